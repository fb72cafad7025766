"""Decisions of people, applied: pairs joined or kept apart, claims rejected, values decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import polars as pl

from pipelines.contracts.claims import (
    CLAIM_SLOTS,
    DIRECTIONS,
    LIST_SLOTS,
    NUMBER_SLOTS,
    REVISIONS,
    STATUSES,
)
from pipelines.contracts.reviews import PAIR_DECISIONS, REVIEW_DECISIONS
from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve.coding import KILOGRAMS, find_region
from pipelines.stages.resolve.dates import day_range_or_none

REGION_SLOTS: Final = ("region", "origin_region")
DATE_SLOTS: Final = ("date", "period")
CODED_SLOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "status": STATUSES,
    "direction": DIRECTIONS,
    "revision": REVISIONS,
    "is_first": ("true", "false"),
}
# Lists and organisation names are compared as sets and aliases, and a metric or the status of a deal says which
# line a claim states: a wrong one is a claim to reject.
UNDECIDABLE_SLOTS: Final = frozenset(
    {
        *LIST_SLOTS, "exporter", "issuer", "organiser", "commodity", "currency", "unit", "metric",
        "transaction_status",
    }
)  # fmt: skip
MONEY_SLOTS: Final = ("value", "transaction")
# A decimal(28, 4) column holds such a number of tonnes in kilograms too.
_LARGEST, _SMALLEST = Decimal(10) ** 20, Decimal("0.0001")


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
    in_order = sorted(reviews.iter_rows(named=True), key=lambda row: (_moment(row), row["decision_id"]))
    for review in in_order:
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


def _moment(review: Mapping[str, Any]) -> datetime:
    """When it was decided; a time without a zone is UTC."""
    moment = datetime.fromisoformat(review["decided_at"])
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


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

    def type_of(self, claim_id: str) -> str:
        return str(self._by_id[claim_id]["claim_type"])

    def unit_of(self, claim_id: str, slot: str) -> str | None:
        claim = self._by_id[claim_id]
        columns = {"quantity": ("unit",), "amount": ("currency", "unit")}
        named = columns.get(slot, ("currency",) if slot in MONEY_SLOTS else ())
        return next((claim[column] for column in named if claim[column]), None)


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
        if outcome == "applied" and finder.type_of(other_id or "") != finder.type_of(claim_id or ""):
            outcome = "blocked"
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
        unit = review["decided_unit"] or finder.unit_of(claim_id, slot)
        return _decided_number(slot, value, unit, reference)
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
    if value not in CODED_SLOTS.get(slot, (value,)):
        return {"outcome": "unreadable_value"}
    return {"decided_text": value}


def _decided_number(slot: str, value: str, unit: str | None, reference: ReferenceData) -> dict[str, Any]:
    number = _amount_or_none(value)
    # Growth may be negative; goods, money and people are not.
    if number is None or (number < 0 and slot != "amount"):
        return {"outcome": "unreadable_value"}
    if not _is_unit_of(slot, unit, reference):
        return {"outcome": "unknown_unit"}
    kilograms = number * Decimal(KILOGRAMS[unit]) if unit is not None and unit in KILOGRAMS else None
    return {
        "decided_number": number,
        "decided_unit": unit,
        "decided_kg": kilograms and kilograms.quantize(_SMALLEST),
    }


def _amount_or_none(value: str) -> Decimal | None:
    """A number that an amount column holds exactly."""
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= _LARGEST or number % _SMALLEST:
        return None
    return number


def _is_unit_of(slot: str, unit: str | None, reference: ReferenceData) -> bool:
    """Whether a number of the slot is counted in the unit: money needs a currency, people and containers none."""
    if slot in MONEY_SLOTS:
        return unit in reference.currency_codes
    if slot == "quantity":
        return unit is None or unit in reference.unit_codes
    if slot == "amount":
        return unit is None or unit in reference.unit_codes or unit in reference.currency_codes
    return unit is None
