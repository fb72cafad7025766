"""Whether a dispatch is the first of its goods, sender or destination, where another sentence says so."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.senders import goods_words
from pipelines.stages.extract.shipments.sentences import OF_METHOD, says_again, tells_again

_THIS_ONE = Pattern("shipments.firsts.this_one")
_ROUTINE = Pattern("shipments.firsts.routine")
_CONTRAST = Pattern("shipments.firsts.contrast")
_IS_THIS = Pattern("shipments.firsts.is_this")
_TOPIC = Pattern("shipments.firsts.topic")
FIRST_LED = "first_led"  # mark of a draft that is the first by what led up to it
_LATER = 2  # sentences behind a dispatch in which "ini yang perdana" means it


@dataclass(frozen=True, slots=True)
class _Statement:
    """What a sentence says of first or repeated dispatches: "Kalau Singapura sudah yang ketujuh kalinya"."""

    view: SentenceView
    is_first: bool
    countries: frozenset[str]
    goods: frozenset[str]
    firms: frozenset[str]

    @property
    def has_topic(self) -> bool:
        return bool(self.countries or self.goods or self.firms)

    def is_about(self, draft: Draft) -> bool:
        """True where everything the sentence names is part of a dispatch."""
        return (
            (not self.countries or not self.countries.isdisjoint(draft.listed("destinations")))
            and (not self.goods or not self.goods.isdisjoint(goods_words(draft)))
            and (not self.firms or draft.slots.get("exporter") in self.firms)
        )


def settle_firsts(drafts: list[Draft], document: Document) -> None:
    """Fill `is_first` from the sentences that speak of the goods, the sender or the country of a dispatch."""
    told = {index for draft in drafts for index in draft.sentences}
    parts = [d for d in drafts if "total" not in d.evidence]
    shipped = [d for d in parts if d.slots.get("status") != "planned"]
    announced = [d for d in parts if d.slots.get("status") == "planned"]
    for view in document.body if parts else ():
        if view.index in told:
            continue
        for statement in _statements(view):
            meant = [
                draft
                for draft in shipped
                if (statement.is_about(draft) if statement.has_topic else _is_meant(view, draft, shipped))
            ]
            if not meant and statement.has_topic:
                meant = [draft for draft in announced if statement.is_about(draft)]
            now = [draft for draft in meant if _is_of_day(draft, parts[0])]
            for draft in now or meant:
                _put(draft, statement)


def _is_of_day(draft: Draft, lead: Draft) -> bool:
    """True for a shipment of the day that the article reports; "ini yang perdana" means no former one."""
    return draft.slots.get("date") == lead.slots.get("date")


def _is_meant(view: SentenceView, draft: Draft, shipped: list[Draft]) -> bool:
    """True for the dispatch told just before "ini yang perdana", or the only one of the article."""
    near = 0 < view.index - max(draft.sentences) <= _LATER
    alone = len(shipped) == 1 and view.has("export", "send", "presence", "buyer")
    said = _THIS_ONE.match(view.text) or _IS_THIS.search(view.text)
    return (near and said is not None) or alone


def _statements(view: SentenceView) -> list[_Statement]:
    """What the clauses of a sentence say; most sentences say nothing of it."""
    if view.has("mission", "training"):
        return []
    whole = tells_again(view) or view.has("first") or _ROUTINE.search(view.text)
    if not whole:
        return []
    starts = [0, *(match.end() for match in _CONTRAST.finditer(view.text)), len(view.text)]
    return [found for start, end in pairwise(starts) if (found := _statement(view, start, end)) is not None]


def _statement(view: SentenceView, start: int, end: int) -> _Statement | None:
    text = view.text[start:end]
    cues = {code for cue in view.cues if start <= cue.start - view.start < end for code in cue.codes}
    routine = _ROUTINE.search(text) is not None
    again = routine or "not_first" in cues or says_again(text)
    if not again and ("first" not in cues or OF_METHOD.search(text)):
        return None
    named = routine or bool(cues & {"first", "not_first"})
    topical = named and (start > 0 or _TOPIC.match(text) is not None or _IS_THIS.search(text) is not None)
    if not topical and (routine or not cues & {"export", "send", "presence", "buyer"}):
        return None
    goods = (hit for hit in view.products if start <= hit.start - view.start < end)
    words = (view.text[hit.start - view.start : hit.end - view.start].lower().split() for hit in goods)
    return _Statement(
        view,
        not again,
        frozenset(
            m.code
            for m in view.countries
            if start <= m.start - view.start < end and not m.code.startswith("M49")
        ),
        frozenset(word for name in words for word in name if len(word) > 3),
        frozenset(firm.name for firm in view.firms if start <= firm.start - view.start < end),
    )


def _put(draft: Draft, statement: _Statement) -> None:
    led = FIRST_LED in draft.evidence and not statement.is_first
    if draft.slots.get("is_first") is not None and not led:
        return
    draft.evidence.discard(FIRST_LED)
    cue = next(iter(statement.view.cues_of("first" if statement.is_first else "not_first")), None)
    draft.put("is_first", statement.is_first, (cue.start, cue.end) if cue else None)
