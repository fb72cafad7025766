"""What the neighbours of a sentence say of a dispatch: when the goods left and what was ordered."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView

_WHEN_SENT = Pattern("shipments.asides.when_sent")
_FLOWN = Pattern("shipments.asides.flown")
_ORDERED = Pattern("shipments.asides.ordered")
_FORMER = Pattern("shipments.asides.former")
_DAYS = ("day", "day_range", "weekday", "month", "relative")

_NEXT = 2  # sentences behind the dispatch that may tell when it was


def when_sent(document: Document, view: SentenceView) -> SentenceView | None:
    """The sentence behind that tells when the goods leave or were examined: "Barangnya akan dikapalkan Oktober"."""
    for other in document.sentences[view.index + 1 : view.index + 1 + _NEXT]:
        if any(figure.kind == "quantity" for figure in other.figures):
            return None
        if not other.countries and _FLOWN.match(other.text) and any(t.form in _DAYS for t in other.times):
            return other
        if {m.code for m in other.countries} <= {m.code for m in view.countries} and other.has("speech"):
            continue
        if other.countries:
            return None
        if _WHEN_SENT.match(other.text) and any(time.form in _DAYS for time in other.times):
            return other
    return None


def orders(view: SentenceView) -> bool:
    """True where somebody orders or waits for something."""
    return _ORDERED.search(view.text) is not None


def is_former(view: SentenceView) -> bool:
    """True where the dispatch before this one is told: "Yang perdana 24 Januari lalu 1.150 ekor"."""
    return _FORMER.search(view.text) is not None
