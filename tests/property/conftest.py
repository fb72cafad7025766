"""Hypothesis profiles: `quick` in `make test`; HYPOTHESIS_PROFILE=long searches deeper before a release."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

# derandomize: the suite gives the same answer on every machine; the long profile explores.
settings.register_profile(
    "quick", max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", max_examples=2500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
