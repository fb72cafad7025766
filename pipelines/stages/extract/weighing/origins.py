"""Which region goods come from, weighed once more over all the regions that an article names.

The rules (shipments/origins.py, presence/owner.py) decide by the sentence. In articles never seen they find the origin of a
dispatch or of goods sold abroad in 88 of 100 claims; weighed against the other regions by the features below it is 91
(docs/extraction.md). The weights stand in lexicons/origin_weights.csv; `make calibrate` fits them.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.lexicons.loader import origin_weights, region_codes, regions
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import GROWN, NATION, Draft
from pipelines.stages.extract.weighing.origin_words import OriginWords
from pipelines.text.places import RegionMention

_NATION = "ID"
_FAR = 4  # sentences
_NEXT = 3  # sentences
_SEVERAL = 6  # mentions
# Of an article; what names more is a directory, and weighing would take time in its square.
_MOST_REGIONS = 60
# A region is taken instead of that of the rules where it is so much likelier: of 1,760 claims of unseen sets 79 are
# mended then and 26 broken.
_SURER = 1.35
_STEP = 0.7  # of the logarithm of what the words say
_MOST_STEPS = 6
# Least share of the region taken, and the mark that tells the confidence model.
_HOW_SURE = ((0.8, "sure"), (0.55, "likely"), (0.0, "unsure"))


@dataclass(frozen=True, slots=True)
class Goods:
    """What is known of a claim when its origin is weighed.

    Attributes:
        sentence: Index of the sentence it rests on.
        offset: Where the text tells of the goods.
        origin: Code of the region that the rules took, or None.
        is_printed: Whether they took it from a name beside the goods.
    """

    sentence: int
    offset: int
    origin: str | None
    is_printed: bool


class RegionsOfArticle:
    """The regions an article names, as far as they look the same from each of its sentences."""

    def __init__(self, document: Document, context: ArticleContext) -> None:
        self._document, self._home = document, context.home
        self._starts = [view.start for view in document.sentences]
        self._mentions: dict[str, list[RegionMention]] = {}
        for mention in document.regions:
            self._mentions.setdefault(mention.code, []).append(mention)
        self._mentions.setdefault(_NATION, [])
        self._parts = Counter(
            parent
            for code, mentions in self._mentions.items()
            if mentions and (parent := regions()[code].parent_code) in self._mentions
        )
        self._general = {code: tuple(self._of_region(context, code)) for code in self._mentions}
        self._words = OriginWords(document, self._mentions)

    def candidates(self, goods: Goods) -> Iterator[tuple[str, list[str]]]:
        """Every region of the article with the names of the features that hold for it as the origin of goods."""
        told = dict(self.signs(goods))
        chances = {code: self._by_words(goods, code, names) for code, names in told.items()}
        most = max(chances.values())
        for code, names in told.items():
            chance = chances[code]
            by_words = (f"words:{_steps(chance / (1.0 - chance))}", f"words_below:{_steps(chance / most)}")
            ruled = self._as_ruled(goods, names) if code == goods.origin else ()
            yield code, [*names, *ruled, *by_words]

    def signs(self, goods: Goods) -> Iterator[tuple[str, list[str]]]:
        """The same without what the words around the region and the choice of the rules say."""
        view = self._document.sentences[goods.sentence]
        here = {mention.code for mention in view.regions}
        for code in self._mentions:
            if code == goods.origin or not self._is_told_in_passing(view, code):
                yield code, [*self._general[code], *self._near(view, here, goods, code)]

    def words(self, goods: Goods, code: str) -> Iterator[str]:
        """Names of the words that tell of a region, and of those around goods."""
        return self._words.features(goods.sentence, goods.offset, code, is_home=code == self._home)

    def _by_words(self, goods: Goods, code: str, signs: Sequence[str]) -> float:
        is_home = code == self._home
        return self._words.chance(goods.sentence, goods.offset, code, is_home=is_home, signs=signs)

    def _is_told_in_passing(self, view: SentenceView, code: str) -> bool:
        """True for a region of another province that only one other paragraph names, once: "Gubernur Jawa Tengah ..."."""
        mentions = self._mentions[code]
        if len(mentions) != 1 or self._home is None or self._home == _NATION:
            return False
        told = self._document.sentences[self._sentence(mentions[0].start)]
        apart = told.sentence.paragraph != view.sentence.paragraph and told.start >= self._document.title_end
        return apart and _province_of(code) != _province_of(self._home)

    def _of_region(self, context: ArticleContext, code: str) -> Iterator[str]:
        document, mentions, region = self._document, self._mentions[code], regions()[code]
        yield f"level:{region.level}"
        home = context.home
        if code == home:
            yield "home"
            yield f"home:{region.level}"
        elif home and home != _NATION:
            inside = region.parent_code == home
            yield (
                "part_of_home"
                if inside
                else "around_home"
                if regions()[home].parent_code == code
                else "not_home"
            )
        if not mentions:
            yield "unnamed"
            return
        yield "named:many" if len(mentions) >= _SEVERAL else f"named:{min(len(mentions), 3)}"
        if mentions[0].start < document.title_end:
            yield "headline"
            yield f"headline:{region.level}"
        lead = document.body[0] if document.body else None
        if lead and any(m.role != "dateline" and lead.start <= m.start < lead.end for m in mentions):
            yield "lead"
        roles = sorted({mention.role for mention in mentions})
        for role in roles:
            yield f"role:{role}"
        if len(roles) == 1:
            yield f"only_role:{roles[0]}"
        if any(mention.explicit for mention in mentions):
            yield "level_printed"
        if mentions[0] is document.regions[0]:
            yield "named_first"
        if self._parts[code]:
            yield "parts:one" if self._parts[code] == 1 else "parts:several"
        if self._mentions.get(region.parent_code):
            yield "parent_named"
            if region.level != "province" and self._parts[region.parent_code] > 1:
                yield "siblings"

    def _near(self, view: SentenceView, here: set[str], goods: Goods, code: str) -> Iterator[str]:
        mentions = self._mentions[code]
        parts_here = any(regions()[other].parent_code == code for other in here)
        if code in here:
            own = [mention for mention in view.regions if mention.code == code]
            mention = min(own, key=lambda m: abs(m.start - goods.offset))
            yield "here"
            yield f"here:{mention.role}"
            yield "here:before" if mention.start < goods.offset else "here:behind"
            if mention.explicit:
                yield "here:level_printed"
            if len(here) == 1:
                yield "here:alone"
            if parts_here:
                yield "here:with_part"
            if regions()[code].parent_code in here:
                yield "here:with_parent"
        else:
            yield "elsewhere"
            if here:
                yield "others_here"
            if parts_here:
                yield "only_part_here"
        title_end = self._document.title_end
        position = bisect_left(mentions, view.start, key=_start)
        if position and mentions[position - 1].start >= title_end:
            before = mentions[position - 1]
            yield f"before:{min(goods.sentence - self._sentence(before.start), _FAR)}"
            regions_before = bisect_left(self._document.regions, view.start, key=_start)
            if self._document.regions[regions_before - 1].code == code:
                yield "last_before"
        behind = bisect_left(mentions, view.end, key=_start)
        if behind < len(mentions):
            yield f"behind:{min(self._sentence(mentions[behind].start) - goods.sentence, _NEXT)}"

    def _as_ruled(self, goods: Goods, names: Sequence[str]) -> Iterator[str]:
        yield "rule"
        yield "rule:printed" if goods.is_printed else "rule:concluded"
        for name in names:
            if name == "home" or name.startswith("here"):
                yield f"rule:{name}"

    def _sentence(self, offset: int) -> int:
        return max(0, bisect_left(self._starts, offset + 1) - 1)


def weigh_origins(document: Document, context: ArticleContext, drafts: Iterable[Draft]) -> None:
    """Give goods another region of the article where that is more likely than the one the rules took.

    Settled origins and goods without any region are left as they are.
    """
    open_drafts = [d for d in drafts if d.has("origin_region") and not _is_settled(document, d)]
    if not open_drafts or not 1 < len({mention.code for mention in document.regions}) <= _MOST_REGIONS:
        return
    named = RegionsOfArticle(document, context)
    for draft in open_drafts:
        goods = goods_of(document, draft)
        chances = likelihoods(named.candidates(goods), origin_weights())
        likely = likeliest(chances, goods.origin)
        if likely != goods.origin:
            draft.put("origin_region", regions()[likely].name)
            draft.evidence.add("origin:weighed")
        how_sure = next(name for least, name in _HOW_SURE if chances[likely] >= least)
        draft.evidence.add(f"origin:{how_sure}")


def _is_settled(document: Document, draft: Draft) -> bool:
    """True for goods of the whole nation, and for a region that the text prints as that of the goods or of who sends them."""
    if not {NATION, GROWN}.isdisjoint(draft.evidence):
        return True
    printed = draft.spans.get("origin_region")
    if printed is None:
        return False
    at = bisect_left(document.regions, printed[0], key=_start)
    named = document.regions[at : at + 1]
    return bool(named) and named[0].role == "origin" and named[0].start < printed[1]


def goods_of(document: Document, draft: Draft) -> Goods:
    """What a draft tells of its origin."""
    view = document.sentences[draft.sentences[0]]
    told = (draft.spans[slot][0] for slot in ("quantity", "products", "destinations") if slot in draft.spans)
    offset = next((start for start in told if view.start <= start < view.end), view.start)
    origin = region_codes().get(str(draft.slots.get("origin_region")))
    return Goods(view.index, offset, origin, "origin_region" in draft.spans)


def likelihoods(
    candidates: Iterable[tuple[str, Sequence[str]]], weights: Mapping[str, float]
) -> dict[str, float]:
    """Share of each candidate by its weights; the shares add up to 1."""
    scores = {code: sum(weights.get(name, 0.0) for name in names) for code, names in candidates}
    top = max(scores.values())
    shares = {code: math.exp(score - top) for code, score in scores.items()}
    total = sum(shares.values())
    return {code: share / total for code, share in shares.items()}


def likeliest(chances: Mapping[str, float], origin: str | None) -> str:
    """The region to take: that of the rules, unless another one is much likelier."""
    likely = max(chances, key=chances.__getitem__)
    if origin is None or origin not in chances:
        return likely
    return likely if chances[likely] >= _SURER * chances[origin] else origin


def _steps(odds: float) -> int:
    """Odds in steps, few enough that each is seen often."""
    return max(-_MOST_STEPS, min(_MOST_STEPS, round(math.log(odds + 1e-4) / _STEP)))


def _province_of(code: str) -> str:
    region = regions()[code]
    return code if region.level == "province" else region.parent_code


def _start(mention: RegionMention) -> int:
    return mention.start
