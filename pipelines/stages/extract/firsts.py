"""Whether a dispatch is the first of its goods, sender or destination, where another sentence says so."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.dispatch_sentences import tells_again
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.senders import goods_words

_THIS_ONE = Pattern("firsts.this_one")
_ROUTINE = Pattern("firsts.routine")
_TOPIC = Pattern("firsts.topic")
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
    shipped = [d for d in drafts if d.slots.get("status") != "planned" and "total" not in d.evidence]
    for view in document.body:
        statement = _statement(view)
        if statement is None or view.index in told:
            continue
        for draft in shipped:
            near = 0 < view.index - draft.sentences[-1] <= _LATER
            this_one = not statement.has_topic and near and _THIS_ONE.match(view.text) is not None
            alone = not statement.has_topic and len(shipped) == 1 and view.has("export", "send", "presence", "buyer")
            if (statement.has_topic and statement.is_about(draft)) or this_one or alone:
                _put(draft, statement)


def _statement(view: SentenceView) -> _Statement | None:
    routine = _ROUTINE.search(view.text) is not None
    again = tells_again(view) or routine
    if not again and not view.has("first"):
        return None
    if view.has("mission", "training"):
        return None
    topical = _TOPIC.match(view.text) is not None
    if not topical and (routine or not view.has("export", "send", "presence", "buyer")):
        return None
    words = (view.text[hit.start - view.start : hit.end - view.start].lower().split() for hit in view.products)
    return _Statement(
        view,
        not again,
        frozenset(mention.code for mention in view.countries),
        frozenset(word for name in words for word in name if len(word) > 3),
        frozenset(firm.name for firm in view.firms),
    )


def _put(draft: Draft, statement: _Statement) -> None:
    if draft.slots.get("is_first") is not None:
        return
    cue = next(iter(statement.view.cues_of("first" if statement.is_first else "not_first")), None)
    draft.put("is_first", statement.is_first, (cue.start, cue.end) if cue else None)
