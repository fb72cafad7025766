"""Decisions of people for tests."""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.contracts.ids import make_id
from pipelines.contracts.reviews import REVIEWS


def reviews(*decisions: dict[str, Any]) -> pl.DataFrame:
    """Rows of `reviews`; what a decision does not give is empty."""
    return REVIEWS.frame([_row(decision) for decision in decisions])


def decision(
    kind: str, claim: dict[str, Any], other: dict[str, Any] | None = None, **columns: Any
) -> dict[str, Any]:
    """A decision on one claim or a pair, as rows of the claims table."""
    row = {
        "decision": kind,
        "claim_id": claim["claim_id"],
        "article_id": claim["article_id"],
        "claim_type": claim["claim_type"],
        "quote": claim["quote"],
    }
    if other is not None:
        row |= {
            "other_claim_id": other["claim_id"],
            "other_article_id": other["article_id"],
            "other_quote": other["quote"],
        }
    return row | columns


def _row(decision: dict[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(REVIEWS.columns)
    row |= {
        "reviewer": "Ani",
        "decided_at": "2026-01-02T08:00:00+00:00",
        "reason": "called the office",
    } | decision
    return row | {"decision_id": make_id("decision", *(str(value) for value in row.values()))}
