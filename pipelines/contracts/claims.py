"""Claim types and their slots, as tests/golden/evaluation/GUIDE.md defines them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

CLAIM_SLOTS: Final[Mapping[str, tuple[str, ...]]] = {
    "export_shipment": (
        "origin_region", "exporter", "products", "quantity", "unit", "containers", "value", "currency",
        "destinations", "date", "is_first", "status",
    ),
    "export_target": (
        "region", "issuer", "period", "metric", "amount", "currency", "unit", "commodity", "revision",
    ),
    "export_realisation": (
        "region", "period", "metric", "amount", "currency", "unit", "commodity", "destinations",
    ),
    "trade_mission": (
        "region", "direction", "destinations", "date", "participants", "transaction", "currency",
        "transaction_status", "status",
    ),
    "market_presence": ("origin_region", "exporter", "products", "destinations", "status"),
    "training": ("region", "organiser", "participants", "date", "status"),
    "exhibition": (
        "region", "name", "place", "date", "participants", "transaction", "currency", "status",
    ),
}  # fmt: skip

CLAIM_TYPES: Final = tuple(CLAIM_SLOTS)
LIST_SLOTS: Final = frozenset({"products", "destinations"})
NUMBER_SLOTS: Final = frozenset({"quantity", "containers", "value", "amount", "participants", "transaction"})
METRICS: Final = ("value", "volume", "growth_pct", "exporters", "other")
STATUSES: Final = ("realised", "planned")
DIRECTIONS: Final = ("outbound", "inbound", "domestic")
TRANSACTION_STATUSES: Final = ("realised", "potential", "target")
REVISIONS: Final = ("original", "revised")

Span = tuple[int, int]
SlotValue = str | Decimal | bool | list[str] | None


@dataclass(frozen=True, slots=True)
class Claim:
    """One typed statement of one article, with its evidence.

    Attributes:
        type: One of `CLAIM_TYPES`.
        slots: Every slot of the type; None or [] where the article does not state it. Numbers are exact decimals.
        quote: The evidence, verbatim: at most two sentences and 500 characters.
        quote_start: Offset of the quote in `articles.text`, in code points, from 0.
        quote_end: End of the quote, exclusive.
        spans: Slot name to the span the slot was read from; a slot that was inherited or inferred has none.
        qualifiers: Number slot to `about | at_least | at_most | nearly | more_than | range`.
        bounds: Number slot to the (low, high) of a printed range.
        flags: What an arithmetic or date check found (`weekday_mismatch`, `suspected_value`, ...).
        speaker: Who says it: `official | exporter | other | narrator`.
        rule_id: The rule that read it.
        confidence: Calibrated probability that score.py would call the claim found.
    """

    type: str
    slots: Mapping[str, SlotValue]
    quote: str
    quote_start: int
    quote_end: int
    spans: Mapping[str, Span]
    rule_id: str
    confidence: float
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    bounds: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    speaker: str = "narrator"

    def gold_layout(self) -> dict[str, Any]:
        """The claim as a JSON-ready object: gold slots plus evidence (DESIGN.md, `niaga extract`)."""
        row: dict[str, Any] = {"type": self.type}
        for name in CLAIM_SLOTS[self.type]:
            value = self.slots.get(name)
            row[name] = json_number(value) if isinstance(value, Decimal) else value
        row |= {
            "quote": self.quote,
            "quote_start": self.quote_start,
            "quote_end": self.quote_end,
            "confidence": round(self.confidence, 4),
            "rule_id": self.rule_id,
            "spans": {slot: list(span) for slot, span in self.spans.items()},
            "qualifiers": dict(self.qualifiers),
            "flags": list(self.flags),
        }
        return row


def json_number(value: Decimal) -> int | float:
    """A decimal as the plainest JSON number: whole numbers without a point."""
    return int(value) if value == value.to_integral_value() else float(value)
