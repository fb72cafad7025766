"""Which goods a figure of a report is of where none stand beside it: the article's, the paragraph's, the last figure's, or none.

The rules (realisations/scope.py) carry goods on from sentence to sentence. Here they are weighed against the other goods that
the article has named, and against none, by features without words (docs/extraction.md). The weights stand in
lexicons/goods_weights.csv; `make calibrate` fits them.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.lexicons.loader import goods_weights
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.draft import Draft

PRINTED = "goods:printed"  # mark of a draft whose goods stand beside its figure
STATED = "goods:stated"  # mark of a draft whose sentence says what it is about: goods named in it or before, or all of them
RECAP = "goods:recap"  # mark of a draft behind a dispatch that counts what left over a time
_WEIGHED = "goods:weighed"
_NONE = ""  # the candidate "no goods, or all of them"
_DRIVES = Pattern("realisations.attachments.drives")
_ITS_FIGURE = Pattern("realisations.scope.its_figure")
_SUBTOTAL = Pattern("realisations.scope.subtotal")
_NEXT_TO_EXPORT = 25  # characters behind "ekspor" in which goods are what is exported
_NEAREST = 4  # names of goods before a figure that are weighed
_BEHIND = 2  # and behind it
_NEAR = 2  # sentences
_FAR = 4  # sentences
_IN_LEAD = 6  # names of goods of headline and lead that are weighed
_BACK = 12  # figures that are looked back at
# Goods are taken instead of those of the rules where they are so much likelier.
_SURER = math.log(2.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Goods that a figure may be of, or none, with the names of the features that hold for them.

    Attributes:
        goods: Their name in small letters; empty for none.
        span: Where the text names them; None for none.
        names: Features.
    """

    goods: str
    span: tuple[int, int] | None
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Past:
    """What the figures before one are of.

    Attributes:
        goods: Of the last few, in order.
        last: The one right before.
        first, in_paragraph: Goods of the first figure of the article, and of the paragraph; None where there is none.
        near: Where the one right before stands.
        how: Whether its goods stand beside it.
    """

    goods: list[str]
    last: Draft | None
    first: str | None
    in_paragraph: str | None
    near: str
    how: str

    def features(self, goods: str) -> Iterator[str]:
        """How far the figures before speak for goods, or for none."""
        if goods == self.first:
            yield "first_figure"
        if goods == self.in_paragraph:
            yield "first_of_paragraph"
        if self.goods:
            yield f"told:{round(4 * self.goods.count(goods) / len(self.goods))}"


class GoodsOfArticle:
    """The goods an article names, as far as they look the same from each of its figures."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._named = [
            (label, view)
            for view in document.sentences
            for label in find_labels(document, view)
            if label.kind == "product"
        ]
        self._starts = [label.start for label, _ in self._named]
        self._counts = Counter(_key(label) for label, _ in self._named)
        self._most = max(self._counts.values(), default=0)
        self._in_sentence: dict[int, set[str]] = {}
        self._opens_paragraph: dict[int, str] = {}  # paragraph to the goods it names first
        for label, view in self._named:
            self._in_sentence.setdefault(view.index, set()).add(_key(label))
            self._opens_paragraph.setdefault(view.sentence.paragraph, _key(label))
        self._first_sentence: dict[int, int] = {}  # of a paragraph
        for view in document.sentences:
            self._first_sentence.setdefault(view.sentence.paragraph, view.index)
        self._lead_end = document.body[0].end if document.body else document.title_end
        self._lead = self._named[: min(_IN_LEAD, bisect_right(self._starts, self._lead_end))]
        self._roles: dict[str, set[str]] = {}
        for label, view in self._named:
            self._roles.setdefault(_key(label), set()).update(self._roles_of(label, view))
        self._only_in("headline")
        self._only_in("lead")
        self._last_setting: tuple[int, list[str]] = (-1, [])

    def _roles_of(self, label: Label, view: SentenceView) -> Iterator[str]:
        cue = view.last_cue_before(label.start, "export")
        exported = cue is not None and label.start - cue.end <= _NEXT_TO_EXPORT
        if exported:
            yield "exported"
        if label.start < self._lead_end:
            yield "headline" if view.end <= self._document.title_end else "lead"
            if exported:
                yield "opens_exported"

    def _only_in(self, place: str) -> None:
        """Note the goods that headline or lead names and no other."""
        named = [roles for roles in self._roles.values() if place in roles]
        if len(named) == 1:
            named[0].add(f"only_{place}")

    def candidates(self, drafts: Sequence[Draft], at: int) -> Iterator[Candidate]:
        """None, and every name of goods that the draft at a position may be of; those before it are settled."""
        draft = drafts[at]
        view = self._document.sentences[draft.sentences[0]]
        past = self._past(drafts, at, view)
        setting = [*self._setting(view), f"metric:{draft.slots.get('metric')}"]
        if draft.has("destinations"):
            setting.append("market")
        if "period_carried" in draft.evidence:
            setting.append("carried_period")
        if RECAP in draft.evidence:
            setting.append("recap")
        yield Candidate(_NONE, None, tuple(self._as_none(past, setting)))
        for goods, (span, distance) in self._within_reach(draft, past.last, view).items():
            yield Candidate(goods, span, tuple(self._as_goods(goods, distance, past, setting, draft, view)))

    def _as_none(self, past: _Past, setting: Sequence[str]) -> Iterator[str]:
        """Features of a figure of no goods, or of all of them."""
        for name in (*setting, self._variety(), *past.features(_NONE)):
            yield f"none:{name}"
        if past.last is None:
            yield "none:first"
            return
        if past.goods[-1] == _NONE:
            yield f"none:like_last:{past.near}"
            yield from (f"none:like_last:{past.near}:{name}" for name in setting)
        else:
            yield from (f"none:unlike_last:{past.how}:{name}" for name in (past.near, *setting))

    def _as_goods(
        self, goods: str, distance: str, past: _Past, setting: Sequence[str], draft: Draft, view: SentenceView
    ) -> Iterator[str]:
        """Features of a figure of these goods."""
        yield "goods"
        yield distance
        yield from sorted(self._roles.get(goods, ()))
        yield from past.features(goods)
        yield self._variety()
        yield f"count:{_size(self._counts[goods])}"
        if self._counts[goods] == self._most:
            yield "most"
        if distance == "here:before" and len(self._in_sentence[view.index]) == 1:
            yield "here:only"
        before = bisect_right(self._starts, draft.order)
        if before and goods == _key(self._named[before - 1][0]):
            yield "nearest"
        sentence_before = self._in_sentence.get(view.index - 1, ())
        if goods in sentence_before:
            yield "sentence_before:only" if len(sentence_before) == 1 else "sentence_before:several"
        if goods == self._opens_paragraph.get(view.sentence.paragraph):
            yield "opens_paragraph"
        if _SUBTOTAL.match(goods):
            yield "subtotal"
        if RECAP in draft.evidence and goods == goods_of(draft):
            yield "dispatched"
        if past.goods and goods == past.goods[-1]:
            yield f"like_last:{past.near}"
            yield from (f"like_last:{past.how}:{name}" for name in (past.near, *setting))

    def _within_reach(
        self, draft: Draft, last: Draft | None, view: SentenceView
    ) -> dict[str, tuple[tuple[int, int], str]]:
        """Goods a figure may be of: where they are named, and how far away that is."""
        found: dict[str, tuple[tuple[int, int], str]] = {}
        for source in (last, draft):
            if source is not None and source.has("commodity") and "commodity" in source.spans:
                found[goods_of(source)] = source.spans["commodity"], "away"
        before = bisect_right(self._starts, draft.order)
        for label, where in (*self._lead, *self._named[max(0, before - _NEAREST) : before + _BEHIND]):
            if (where is view or where.start < self._lead_end) and _DRIVES.match(
                self._document.text, label.end
            ):
                continue  # "perikanan mendorong kenaikan ekspor sebesar 6,4 persen": the total's
            if label.start < draft.order or where is view:
                found[_key(label)] = (label.start, label.end), _distance(label, where, view, draft.order)
        return found

    def _setting(self, view: SentenceView) -> list[str]:
        """What holds for a sentence, whatever goods its figures are of."""
        if self._last_setting[0] != view.index:
            opens = self._first_sentence[view.sentence.paragraph] == view.index
            names = ["any", "opens" if opens else "inside"]
            if _ITS_FIGURE.search(view.text):
                names.append("its_figure")
            if view.has("export"):
                names.append("export")
            if view.has("source_stat"):
                names.append("source")
            if view.index in self._in_sentence:
                names.append("goods_here")
            self._last_setting = view.index, names
        return self._last_setting[1]

    def _variety(self) -> str:
        return f"distinct:{_size(len(self._counts))}"

    def _past(self, drafts: Sequence[Draft], at: int, view: SentenceView) -> _Past:
        told = drafts[max(0, at - _BACK) : at]
        paragraphs = [self._document.sentences[d.sentences[0]].sentence.paragraph for d in told]
        goods = [goods_of(d) for d in told]
        here = paragraphs.index(view.sentence.paragraph) if view.sentence.paragraph in paragraphs else None
        last = told[-1] if told else None
        near = "first"
        if last is not None:
            gap = view.index - last.sentences[0]
            if gap == 0:
                near = "same"
            elif paragraphs[-1] == view.sentence.paragraph:
                near = "next" if gap == 1 else "near"
            else:
                near = "paragraph_before" if gap <= _NEAR else "far"
        how = "printed" if last is not None and PRINTED in last.evidence else "open"
        first = goods_of(drafts[0]) if at else None
        return _Past(goods, last, first, goods[here] if here is not None else None, near, how)


def weigh_goods(document: Document, drafts: Sequence[Draft]) -> None:
    """Give figures without goods beside them other goods of the article, or none, where these are much likelier."""
    if all(map(is_settled, drafts)):
        return
    named, weights = GoodsOfArticle(document), goods_weights()
    for at, draft in enumerate(drafts):
        if not is_settled(draft):
            take_likeliest(document, draft, named.candidates(drafts, at), weights)


def take_likeliest(
    document: Document, draft: Draft, candidates: Iterable[Candidate], weights: Mapping[str, float]
) -> None:
    """Give a draft the likeliest goods, unless those of the rules are about as likely."""
    scored = [(sum(weights.get(name, 0.0) for name in one.names), one) for one in candidates]
    best, likely = max(scored, key=lambda pair: pair[0])
    ruled = next((score for score, one in scored if one.goods == goods_of(draft)), -math.inf)
    if best - ruled <= _SURER:
        return
    draft.put("commodity", document.text[slice(*likely.span)] if likely.span else None, likely.span)
    draft.evidence.add(_WEIGHED)


def goods_of(draft: Draft) -> str:
    """The goods of a draft in small letters; empty where it has none."""
    return str(draft.slots.get("commodity") or _NONE).lower()


def is_settled(draft: Draft) -> bool:
    """True where goods stand beside the figure, or the sentence says what it is about."""
    return not draft.evidence.isdisjoint((PRINTED, STATED))


def _key(label: Label) -> str:
    return label.text.lower()


def _distance(label: Label, where: SentenceView, view: SentenceView, figure: int) -> str:
    if where is view:
        return "here:before" if label.end <= figure else "here:behind"
    inside = where.sentence.paragraph == view.sentence.paragraph
    return f"back:{min(view.index - where.index, _FAR)}:{'inside' if inside else 'outside'}"


def _size(count: int) -> str:
    return str(count) if count <= 1 else "2-3" if count <= 3 else "4-7" if count <= 7 else "8+"
