"""Human decisions: what a reviewer writes, and what a run made of it."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.claims import CLAIM_TYPES
from pipelines.contracts.fields import Field, Table
from pipelines.contracts.tables import AMOUNT

DECISIONS: Final = ("same_event", "different_event", "value_is_wrong", "reject_claim", "confirm")
PAIR_DECISIONS: Final = ("same_event", "different_event")
OUTCOMES: Final = (
    "applied",
    "claim_not_found",
    "ambiguous_claim",
    "unknown_slot",
    "unreadable_value",
    "unknown_unit",
    "contradicted",
    "blocked",
)

REVIEWS: Final = Table(
    name="reviews",
    grain="one decision of a person, as the reviews file holds it",
    key=("decision_id",),
    fields=(
        Field("decision_id", pl.String, "hash of the decision's other columns"),
        Field("decision", pl.String, "what was decided", accepted=DECISIONS),
        Field("claim_id", pl.String, "claim decided on"),
        Field("article_id", pl.String, "its article: finds the claim again when its id has changed"),
        Field("claim_type", pl.String, "kind of claim", accepted=CLAIM_TYPES),
        Field("quote", pl.String, "its quote: finds the claim again when its id has changed"),
        Field("other_claim_id", pl.String, "the second claim, of a decision on a pair", nullable=True),
        Field("other_article_id", pl.String, "article of the second claim", nullable=True),
        Field("other_quote", pl.String, "quote of the second claim", nullable=True),
        Field("slot", pl.String, "slot whose value is wrong", nullable=True),
        Field("original_value", pl.String, "what the claim says", nullable=True),
        Field(
            "decided_value",
            pl.String,
            "what is right; empty where only the claimed value is wrong",
            nullable=True,
        ),
        Field(
            "decided_unit",
            pl.String,
            "unit or currency of the decided value; empty for the claim's own",
            nullable=True,
        ),
        Field("reviewer", pl.String, "who decided"),
        Field("decided_at", pl.String, "when, ISO 8601"),
        Field("reason", pl.String, "why"),
    ),
)

REVIEW_DECISIONS: Final = Table(
    name="review_decisions",
    grain="one decision of a person with what this run made of it",
    key=("decision_id",),
    fields=(
        Field("decision_id", pl.String, "decision"),
        Field("decision", pl.String, "what was decided", accepted=DECISIONS),
        Field("outcome", pl.String, "whether the run could apply it", accepted=OUTCOMES),
        Field("claim_id", pl.String, "claim it applies to now", nullable=True),
        Field("other_claim_id", pl.String, "second claim it applies to now", nullable=True),
        Field("slot", pl.String, "slot whose value is wrong", nullable=True),
        Field("original_value", pl.String, "what the claim says", nullable=True),
        Field("decided_value", pl.String, "what is right, as decided", nullable=True),
        Field("decided_text", pl.String, "the decided value as a code, date or name", nullable=True),
        Field("decided_number", AMOUNT, "the decided value as a number", nullable=True, unit="decided_unit"),
        Field("decided_unit", pl.String, "unit or currency of decided_number", nullable=True),
        Field(
            "decided_kg",
            AMOUNT,
            "decided_number in kilograms, where its unit is a mass",
            nullable=True,
            unit="kg",
        ),
        Field("first_day", pl.Date, "first day of a decided date", nullable=True),
        Field("last_day", pl.Date, "last day of a decided date", nullable=True),
        Field("date_precision", pl.String, "precision of a decided date", nullable=True),
        Field("reviewer", pl.String, "who decided"),
        Field("decided_at", pl.String, "when, ISO 8601"),
        Field("reason", pl.String, "why"),
    ),
)
