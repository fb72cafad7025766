"""Decisions of people, applied: pairs joined or kept apart, claims rejected, values decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import polars as pl

from pipelines.contracts.claims import CLAIM_SLOTS, LIST_SLOTS, NUMBER_SLOTS
from pipelines.contracts.reviews import PAIR_DECISIONS, REVIEW_DECISIONS
from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve.coding import KILOGRAMS, find_region
from pipelines.stages.resolve.dates import day_range_or_none

REGION_SLOTS: Final = ("region", "origin_region")
DATE_SLOTS: Final = ("date", "period")
# Lists and organisation names are compared as sets and aliases; a wrong one is a claim to reject.
UNDECIDABLE_SLOTS: Final = frozenset(
    {*LIST_SLOTS, "exporter", "issuer", "organiser", "commodity", "currency", "unit"}
)


@dataclass(frozen=True, slots=True)
class Reviews:
    """What a run has to respect.

    Attributes:
        together: Pairs of claim ids that are one event, whatever their score.
        apart: Pairs of claim ids that are not.
        rejected: Claims that state no event.
        decisions: All decisions with their outcome (table review_decisions).
    """

    together: frozenset[tuple[str, str]]
    apart: frozenset[tuple[str, str]]
    rejected: frozenset[str]
    decisions: pl.DataFrame


NO_REVIEWS: Final = Reviews(frozenset(), frozenset(), frozenset(), REVIEW_DECISIONS.frame([]))


def read_reviews(reviews: pl.DataFrame, claims: pl.DataFrame, *, reference: ReferenceData) -> Reviews:
    """Find the claims that decisions are about, and what follows.

    A later decision on the same pair, or the same claim and slot, replaces an earlier one (`contradicted`).
    A claim is found by its id, else by article, type and quote where only one claim has them.
    """
    finder = _ClaimFinder(claims)
    last: dict[tuple[str, ...], int] = {}
    rows: list[dict[str, Any]] = []
    for review in reviews.sort("decided_at", "decision_id").iter_rows(named=True):
        row, subject = _outcome(review, finder, reference)
        if row["outcome"] == "applied":
            if subject in last:
                rows[last[subject]]["outcome"] = "contradicted"
            last[subject] = len(rows)
        rows.append(row)
    applied = [row for row in rows if row["outcome"] == "applied"]
    return Reviews(
        together=_pairs(applied, "same_event"),
        apart=_pairs(applied, "different_event"),
        rejected=frozenset(row["claim_id"] for row in applied if row["decision"] == "reject_claim"),
        decisions=REVIEW_DECISIONS.frame(sorted(rows, key=lambda row: row["decision_id"])),
    )


def _pairs(rows: Iterable[Mapping[str, Any]], decision: str) -> frozenset[tuple[str, str]]:
    found = [sorted((row["claim_id"], row["other_claim_id"])) for row in rows if row["decision"] == decision]
    return frozenset((one, other) for one, other in found)


class _ClaimFinder:
    """Claims by id, and by article, type and quote."""

    def __init__(self, claims: pl.DataFrame) -> None:
        self._by_id: dict[str, dict[str, Any]] = {}
        self._by_quote: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        columns = ("claim_id", "article_id", "claim_type", "quote", "unit", "currency")
        for row in claims.select(columns).sort("claim_id").iter_rows(named=True):
            self._by_id[row["claim_id"]] = row
            self._by_quote[(row["article_id"], row["claim_type"], row["quote"])].append(row["claim_id"])

    def find(self, claim_id: str, article_id: str, claim_type: str, quote: str) -> tuple[str | None, str]:
        """The claim's present id and an outcome: `applied`, `claim_not_found` or `ambiguous_claim`."""
        if claim_id in self._by_id:
            return claim_id, "applied"
        found = self._by_quote.get((article_id, claim_type, quote), [])
        if len(found) == 1:
            return found[0], "applied"
        return None, "ambiguous_claim" if found else "claim_not_found"

    def unit_of(self, claim_id: str, slot: str) -> str | None:
        claim = self._by_id[claim_id]
        unit: str | None = claim["unit"] if slot == "quantity" else claim["currency"]
        return (unit or claim["unit"]) if slot == "amount" else unit


def _outcome(
    review: Mapping[str, Any], finder: _ClaimFinder, reference: ReferenceData
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The review_decisions row of one review, and what it decides on (two decisions on it contradict)."""
    row: dict[str, Any] = dict.fromkeys(REVIEW_DECISIONS.columns)
    for name in REVIEW_DECISIONS.columns:
        if name in review:
            row[name] = review[name]
    row["decided_unit"] = None
    decision = review["decision"]
    claim_id, outcome = finder.find(
        review["claim_id"], review["article_id"], review["claim_type"], review["quote"]
    )
    other_id: str | None = None
    if outcome == "applied" and decision in PAIR_DECISIONS:
        other_id, outcome = finder.find(
            review["other_claim_id"] or "",
            review["other_article_id"] or "",
            review["claim_type"],
            review["other_quote"] or "",
        )
    row |= {"claim_id": claim_id, "other_claim_id": other_id, "outcome": outcome}
    if outcome == "applied" and decision == "value_is_wrong":
        row |= _decided_value(review, claim_id or "", finder, reference)
    if decision in PAIR_DECISIONS:
        return row, ("pair", *sorted((claim_id or "", other_id or "")))
    return row, (decision, claim_id or "", review["slot"] or "")


def _decided_value(
    review: Mapping[str, Any], claim_id: str, finder: _ClaimFinder, reference: ReferenceData
) -> dict[str, Any]:
    slot, value = review["slot"], review["decided_value"]
    if slot not in CLAIM_SLOTS[review["claim_type"]] or slot in UNDECIDABLE_SLOTS:
        return {"outcome": "unknown_slot"}
    if value is None:
        return {}
    if slot in NUMBER_SLOTS:
        return _decided_number(value, review["decided_unit"] or finder.unit_of(claim_id, slot))
    if slot in REGION_SLOTS:
        region_id = find_region(value, reference)["region_id"]
        return {"decided_text": region_id} if region_id else {"outcome": "unreadable_value"}
    if slot in DATE_SLOTS:
        days = day_range_or_none(value)
        if days is None:
            return {"outcome": "unreadable_value"}
        return {
            "decided_text": value,
            "first_day": days.first,
            "last_day": days.last,
            "date_precision": days.precision,
        }
    return {"decided_text": value}


def _decided_number(value: str, unit: str | None) -> dict[str, Any]:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return {"outcome": "unreadable_value"}
    kilograms = number * Decimal(KILOGRAMS[unit]) if unit is not None and unit in KILOGRAMS else None
    return {"decided_number": number, "decided_unit": unit, "decided_kg": kilograms}
