"""What the warehouse said before: every version of every fact, carried from file to file."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.claims import CLAIM_TYPES
from pipelines.contracts.fields import Field, Table

UTC_TIMESTAMP: Final = pl.Datetime("us", "UTC")

FACT_HISTORY: Final = Table(
    name="fact_history",
    grain="one version of one fact line, as published from one run until another",
    key=("line_id", "valid_from_run_id"),
    fields=(
        Field("line_id", pl.String, "stated line of an event"),
        Field("event_id", pl.String, "event"),
        Field("claim_type", pl.String, "kind of fact", accepted=CLAIM_TYPES),
        Field("content", pl.String, "JSON object: what the fact said"),
        Field("valid_from_run_id", pl.String, "run that published it first"),
        Field("valid_from_at", UTC_TIMESTAMP, "start of that run"),
        Field("valid_to_run_id", pl.String, "run that published something else, or nothing", nullable=True),
        Field("valid_to_at", UTC_TIMESTAMP, "start of that run", nullable=True),
    ),
)
