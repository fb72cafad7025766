"""Where a sentence says goods were grown or made: by farmers of a regency, by goods and region, by who tells of them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.senders import goods_words
from pipelines.stages.extract.shipments.told import GOODS
from pipelines.text.gazetteer import Hit
from pipelines.text.places import RegionMention

_WORD = re.compile(r"[^\W\d_]+")
_GROWN = Pattern("shipments.origins_told.grown")
_TELLER = Pattern("shipments.origins_told.teller")
_MAKER_IN = Pattern("shipments.origins_told.maker_in")
_FROM = Pattern("shipments.origins_told.from")
_JOINED = Pattern("shipments.origins.joined")

_BESIDE = 60  # characters between goods and where they grew
_QUALITY = 8  # characters between goods and the region they are named after: "vanili kering Alor"
_TOLD_OF = 4  # sentences through which somebody stays the one who tells
_LEAD = 3  # sentences
_NAMED = 300  # regions of an article that are looked through for its own
_GOES_ON = 2  # sentences behind that still speak of the goods
_LONGEST = (
    3_000  # characters; what is longer is a list or a page run together, read once for each of its goods
)
_NEAREST = 4  # goods before a region that it may belong to
_SHORT = 3  # letters of words that name no goods
_NAMED_WITHIN = 60  # sentences in which goods are named after a region


def grown_in(document: Document, draft: Draft) -> str | None:
    """The regency that is said to have grown the goods: "75 ton kelapa yang dipasok petani Konawe Selatan"."""
    told = draft.spans.get("products") or draft.spans.get("quantity")
    if told is None or "total" in draft.evidence:
        return None
    around = {at + step for at in draft.sentences[:_LEAD] for step in range(_GOES_ON + 1)}
    for view in _readable(document.sentences[at] for at in sorted(around) if at < len(document.sentences)):
        same = view.start <= told[0] < view.end
        said = {word.removesuffix("nya") for word in _WORD.findall(view.text.lower())}
        if not same and goods_words(draft).isdisjoint(said):
            continue
        for mention in view.regions:
            near = not same or 0 <= mention.start - told[1] <= _BESIDE
            if near and regions()[mention.code].level != "province":
                if _GROWN.search(document.text[max(view.start, mention.start - 70) : mention.start]):
                    return mention.name
    return None


def region_of_goods(document: Document, draft: Draft) -> RegionMention | None:
    """The regency that the sentence of a dispatch, or one before, gives to these goods: "ketak dari Beleka, Lombok Tengah"."""
    first = draft.sentences[0]
    if "total" in draft.evidence:
        return None
    words = goods_words(draft)
    for view in _readable(reversed(document.sentences[max(0, first - _TOLD_OF) : first + 1])):
        told = [
            (hit, mention)
            for mention in view.regions
            if regions()[mention.code].level != "province"
            for hit in _goods_before(view, mention, _BESIDE)
            if _FROM.fullmatch(document.text, hit.end, mention.start)
        ]
        listed = view.index != first and any(figure.kind in GOODS for figure in view.figures)
        says = _names if listed else _says
        own = [m for hit, m in told if says(document, hit, words)]
        if own and (len({m.name for _, m in told}) > 1 or not _goes_on_with_another(document, view, own[0])):
            return own[0]
    return None


def is_of_other_goods(
    document: Document, view: SentenceView, mention: RegionMention | None, words: set[str]
) -> bool:
    """True for the region of goods told beside these ones: "Mete dari Buton Utara itu milik PT X. Yang kedua pinang"."""
    if mention is None:
        return False
    told = [
        hit
        for hit in _goods_before(view, mention, _BESIDE)
        if _FROM.fullmatch(document.text, hit.end, mention.start)
    ]
    return bool(told and words) and not any(_says(document, hit, words) for hit in told)


def _goes_on_with_another(document: Document, view: SentenceView, mention: RegionMention) -> bool:
    """True for goods of several regions: "kopi dari Kabupaten Aceh Tengah dan Bener Meriah"."""
    following = next((other for other in view.regions if other.start >= mention.end), None)
    return (
        following is not None
        and regions()[following.code].level != "province"
        and _JOINED.fullmatch(document.text, mention.end, following.start) is not None
    )


def home_of_teller(document: Document, draft: Draft) -> str | None:
    """The regency of somebody who tells what he sent: "X, produsen sambal di Tanjungpinang. ... Bulan lalu saya kirim ..."."""
    first = draft.sentences[0]
    if not any(_TELLER.search(view.text) for view in _readable(document.sentences[first : first + 1])):
        return None
    behind = document.sentences[first + 1 : first + 1 + _GOES_ON]
    before = document.sentences[max(0, first - _TOLD_OF) : first + 1]
    for view in _readable((*reversed(before), *behind)):
        for mention in reversed(view.regions):
            words = document.text[max(view.start, mention.start - 90) : mention.start]
            if regions()[mention.code].level != "province" and _MAKER_IN.search(words):
                return mention.name
        if view.agencies and view.index != first:
            return None
    return None


def is_only_dateline(document: Document, home: str | None) -> bool:
    """True where an article is written in a region and tells nothing of it."""
    return all(
        mention.role in ("dateline", "seat", "route")
        for mention in document.regions[:_NAMED]
        if mention.code == home
    )


def named_beside(document: Document, draft: Draft, home: str | None) -> RegionMention | None:
    """The region elsewhere that goods are named after where they are sent: "melepas 62 ton jagung Gorontalo" told in Manado."""
    if "total" in draft.evidence:
        return None
    words, view = goods_words(draft), document.sentences[draft.sentences[0]]
    for mention in view.regions if any(_readable([view])) else ():
        province = regions()[mention.code].parent_code or mention.code
        near = home is not None and province in (home, regions()[home].parent_code)
        own = draft.spans.get("products") or (0, 0)
        if near and not (mention.role == "bare" and own[1] < mention.start <= own[1] + 1):
            continue
        of_home = mention.code == home or regions()[mention.code].level == "province"
        if near and of_home and not is_only_dateline(document, home):
            continue
        if mention.role in ("bare", "origin") and any(
            _says(document, hit, words) for hit in _goods_before(view, mention, 1)
        ):
            return mention
    return None


def named_after(document: Document, draft: Draft, province: str | None) -> str | None:
    """The regency of the province that an article names goods after: "Vanili Alor diuji di laboratorium"."""
    if "total" in draft.evidence or province is None or regions()[province].level != "province":
        return None
    words = goods_words(draft)
    named = Counter(
        mention.name
        for view in _readable(document.sentences[:_NAMED_WITHIN])
        for mention in view.regions
        if regions()[mention.code].parent_code == province
        and any(_says(document, hit, words) for hit in _goods_before(view, mention, _QUALITY))
    )
    often = [name for name, times in named.items() if times > 1]
    return often[0] if len(often) == len(named) == 1 else None


def _goods_before(view: SentenceView, mention: RegionMention, within: int) -> list[Hit]:
    """The goods that end some characters before a region."""
    position = bisect_left(view.products, mention.start, key=lambda hit: hit.start)
    near = view.products[max(0, position - _NEAREST) : position]
    return [hit for hit in near if 0 < mention.start - hit.end <= within]


def _readable(views: Iterable[SentenceView]) -> Iterator[SentenceView]:
    """The sentences that are short enough to be read again for each of their goods."""
    return (view for view in views if view.end - view.start <= _LONGEST)


def _names(document: Document, hit: Hit, words: set[str]) -> bool:
    """True for the same goods told in full or in short; another item of a list only shares a word with them."""
    said = {word for word in document.text[hit.start : hit.end].lower().split() if len(word) > _SHORT}
    return bool(said) and bool(words) and (said <= words or words <= said)


def _says(document: Document, hit: Hit, words: set[str]) -> bool:
    return not words.isdisjoint(document.text[hit.start : hit.end].lower().split())
