"""Claims in the making: slots with the spans they were read from, before they are merged and quoted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

from pipelines.contracts.claims import SlotValue, Span
from pipelines.text.figures import Figure

NATION = "nation"  # mark of a draft that tells what the whole country sent
GROWN = "grown_in"  # mark of a draft whose goods a sentence says were grown in its region, or whose sender it puts there


@dataclass(slots=True, eq=False)
class Draft:
    """A claim under construction; two of equal contents are two.

    Attributes:
        type: Claim type.
        rule_id: The rule that started it.
        sentences: Indexes of the sentences it rests on; the first is the one it is quoted from.
        slots, spans: Values, and where each was read.
        qualifiers, bounds: Of number slots.
        flags: Arithmetic and date findings.
        order: Offset of the deciding figure; claims of an article are sorted by it.
        evidence: Names of weak points, for the confidence model.
    """

    type: str
    rule_id: str
    sentences: list[int]
    order: int
    slots: dict[str, SlotValue] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)
    qualifiers: dict[str, str] = field(default_factory=dict)
    bounds: dict[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    evidence: set[str] = field(default_factory=set)

    def fill(self, slot: str, value: SlotValue, span: Span | None = None) -> None:
        """Set a slot that is still empty."""
        if _is_empty(value) or self.has(slot):
            return
        self.slots[slot] = value
        if span:
            self.spans[slot] = span

    def put(self, slot: str, value: SlotValue, span: Span | None = None) -> None:
        """Set a slot, whatever it held."""
        self.slots[slot] = value
        if span:
            self.spans[slot] = span
        else:
            self.spans.pop(slot, None)

    def put_figure(self, slot: str, figure: Figure) -> None:
        """Set a number slot from a figure, with its qualifier, bounds, unit or currency."""
        self.put(slot, figure.value, (figure.start, figure.end))
        if figure.qualifier:
            self.qualifiers[slot] = figure.qualifier
        if figure.low is not None and figure.high is not None:
            self.bounds[slot] = (figure.low, figure.high)
        if figure.kind == "money":
            self.put("currency", figure.currency, (figure.start, figure.end))
        elif slot in ("quantity", "amount") and figure.unit and figure.kind in ("quantity", "container"):
            self.put("unit", figure.unit, (figure.start, figure.end))
        self.flags.extend(flag for flag in figure.flags if flag not in self.flags)

    def copy(self) -> Draft:
        """A draft of its own with the same contents."""
        return replace(
            self,
            sentences=list(self.sentences),
            slots=dict(self.slots),
            spans=dict(self.spans),
            qualifiers=dict(self.qualifiers),
            bounds=dict(self.bounds),
            flags=list(self.flags),
            evidence=set(self.evidence),
        )

    def has(self, slot: str) -> bool:
        """True where the slot holds a value."""
        value = self.slots.get(slot)
        return bool(value) or not (
            value is None or isinstance(value, str | list)
        )  # written out: asked for most

    def listed(self, slot: str) -> list[str]:
        """The items of a list slot; empty where it holds none."""
        value = self.slots.get(slot)
        return value if isinstance(value, list) else []


def _is_empty(value: SlotValue) -> bool:
    # A comparison with "" or [] would do, but comparing a decimal to anything but a number takes ten times as long.
    return value is None or (not value and isinstance(value, str | list))
