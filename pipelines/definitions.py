"""What Dagster loads (workspace.yaml): the definitions of the warehouse that the environment names."""

from __future__ import annotations

import os

import dagster as dg

from pipelines.orchestration.build import build_definitions
from pipelines.settings import Settings


@dg.definitions
def defs() -> dg.Definitions:
    """Build the definitions when Dagster asks for them, not at import."""
    return build_definitions(Settings.from_environment(os.environ))
