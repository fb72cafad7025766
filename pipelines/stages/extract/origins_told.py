"""Where a sentence says goods were grown or made: by farmers of a regency, by goods and region, by who tells of them."""

from __future__ import annotations

import re
from collections import Counter

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.senders import goods_words
from pipelines.text.gazetteer import Hit

_WORD = re.compile(r"[^\W\d_]+")
_GROWN = Pattern("origins.grown")
_TELLER = Pattern("origins.teller")
_MAKER_IN = Pattern("origins.maker_in")
_FROM = Pattern("origins.from")

_BESIDE = 60  # characters between goods and where they grew
_QUALITY = 8  # characters between goods and the region they are named after: "vanili kering Alor"
_TOLD_OF = 4  # sentences through which somebody stays the one who tells
_LEAD = 3  # sentences
_GOES_ON = 2  # sentences behind that still speak of the goods


def grown_in(document: Document, draft: Draft) -> str | None:
    """The regency that is said to have grown the goods: "75 ton kelapa yang dipasok petani Konawe Selatan"."""
    told = draft.spans.get("products") or draft.spans.get("quantity")
    if told is None or "total" in draft.evidence:
        return None
    around = {at + step for at in draft.sentences[:_LEAD] for step in range(_GOES_ON + 1)}
    for view in (document.sentences[at] for at in sorted(around) if at < len(document.sentences)):
        same = view.start <= told[0] < view.end
        if not same and goods_words(draft).isdisjoint(_WORD.findall(view.text.lower())):
            continue
        for mention in view.regions:
            near = not same or 0 <= mention.start - told[1] <= _BESIDE
            if near and regions()[mention.code].level != "province":
                if _GROWN.search(document.text[max(view.start, mention.start - 70) : mention.start]):
                    return mention.name
    return None


def region_of_goods(document: Document, draft: Draft) -> str | None:
    """The region that a sentence around gives to these goods of several: "kakao dari Manokwari Selatan, tuna dari Raja Ampat"."""
    first = draft.sentences[0]
    if "total" in draft.evidence:
        return None
    words = goods_words(draft)
    for view in reversed(document.sentences[max(0, first - _TOLD_OF) : first]):
        told = [
            (hit, mention)
            for mention in view.regions
            for hit in view.products
            if regions()[mention.code].level != "province"
            and hit.end < mention.start <= hit.end + _BESIDE
            and _FROM.fullmatch(document.text, hit.end, mention.start)
        ]
        own = [m.name for hit, m in told if _says(document, hit, words)]
        if own and len({m.name for _, m in told}) > 1:
            return own[0]
    return None


def home_of_teller(document: Document, draft: Draft) -> str | None:
    """The regency of somebody who tells what he sent: "X, produsen sambal di Tanjungpinang. ... Bulan lalu saya kirim ..."."""
    first = draft.sentences[0]
    if _TELLER.search(document.sentences[first].text) is None:
        return None
    behind = document.sentences[first + 1 : first + 1 + _GOES_ON]
    before = document.sentences[max(0, first - _TOLD_OF) : first + 1]
    for view in (*reversed(before), *behind):
        for mention in reversed(view.regions):
            words = document.text[max(view.start, mention.start - 90) : mention.start]
            if regions()[mention.code].level != "province" and _MAKER_IN.search(words):
                return mention.name
        if view.agencies and view.index != first:
            return None
    return None


def named_beside(document: Document, draft: Draft, home: str | None) -> str | None:
    """The region elsewhere that goods are named after where they are sent: "melepas 62 ton jagung Gorontalo" told in Manado."""
    if "total" in draft.evidence:
        return None
    words, view = goods_words(draft), document.sentences[draft.sentences[0]]
    for mention in view.regions:
        province = regions()[mention.code].parent_code or mention.code
        if home is not None and province in (home, regions()[home].parent_code):
            continue
        if mention.role in ("bare", "origin") and any(
            mention.start - hit.end == 1 and _says(document, hit, words) for hit in view.products
        ):
            return mention.name
    return None


def named_after(document: Document, draft: Draft, province: str | None) -> str | None:
    """The regency of the province that an article names goods after: "Vanili Alor diuji di laboratorium"."""
    if "total" in draft.evidence or province is None or regions()[province].level != "province":
        return None
    words = goods_words(draft)
    named = Counter(
        mention.name
        for view in document.body
        for mention in view.regions
        if regions()[mention.code].parent_code == province
        and any(
            0 < mention.start - hit.end <= _QUALITY and _says(document, hit, words) for hit in view.products
        )
    )
    often = [name for name, times in named.items() if times > 1]
    return often[0] if len(often) == len(named) == 1 else None


def _says(document: Document, hit: Hit, words: set[str]) -> bool:
    return not words.isdisjoint(document.text[hit.start : hit.end].lower().split())
