"""A sentence that may tell of a dispatch, with what was told before it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.markets import destinations
from pipelines.stages.extract.shipments.sentences import Reading
from pipelines.text.figures import Figure

_JUST_TOLD = 4  # shipments
GOODS = frozenset({"quantity", "container"})  # kinds of figures that count goods


_EXACT = 20  # amounts below are printed in full; larger ones are told again without their fractions


def amount_of(figure: Figure) -> tuple[str | None, Decimal | None]:
    """An amount as it is told again: "103,59 ton" and "103 ton" are one."""
    value = figure.value
    return figure.unit, value if value is None or value < _EXACT else value // 1


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that may tell of a dispatch, and what was told before it.

    Attributes:
        reading, document, view: Where it stands.
        figures, kinds: Its figures that a dispatch may have, and what they count.
        near: Whether a sentence shortly before told of a dispatch.
        led: Whether one shortly before announced a dispatch without figures.
        released: Whether that one tells of goods seen off on a day.
    """

    reading: Reading
    document: Document
    view: SentenceView
    figures: list[Figure]
    kinds: frozenset[str]
    near: bool
    led: bool
    released: bool

    @property
    def goods(self) -> bool:
        """True where goods or containers are counted."""
        return not self.kinds.isdisjoint(GOODS)

    @property
    def sends(self) -> bool:
        """True where something is sent."""
        return self.view.has("send", "send_strong")

    @property
    def abroad(self) -> bool:
        """True where something goes to another country."""
        return bool(destinations(self.document, self.view, self.view.start, self.view.end))

    def has_time(self, *forms: str) -> bool:
        """True where a time of one of these forms is named."""
        return any(time.form in forms for time in self.view.times)

    @property
    def repeats_amount(self) -> bool:
        """True where the first amount of goods is one that a shipment told shortly before has."""
        drafts = self.reading.drafts[-_JUST_TOLD:]
        before = {(draft.slots.get("quantity"), draft.slots.get("unit")) for draft in drafts}
        first = next((figure for figure in self.view.figures if figure.kind == "quantity"), None)
        return first is not None and (first.value, first.unit) in before
