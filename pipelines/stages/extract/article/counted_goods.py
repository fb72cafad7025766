"""Goods and containers that a sentence counts by bare numbers."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.markets import abroad_around
from pipelines.text.figures import Figure

_OPENS_PARTS = Pattern("article.counted_goods.opens_parts")
_IS_PART = Pattern("article.counted_goods.is_part")
_OF_THEM = Pattern("article.counted_goods.of_them")
_ONE_MORE = Pattern("article.counted_goods.one_more")
_ONE_IN = Pattern("article.counted_goods.one_in")
_OUT_OF = Pattern("article.counted_goods.out_of")

_FEW = 10  # "satu dari empat karung kopi" is a share, not four sacks
_SHARE = 30  # characters of "satu dari setiap"
_LEAST_COUNT = 10  # "dua kopi" may be two kinds; a dispatch counts more


def with_counted_goods(document: Document, view: SentenceView) -> SentenceView:
    """The sentence with bare numbers read as what they count.

    "1.100 patung kayu bertolak ke Spanyol" counts pieces; "lima kontainer: tiga ke Inggris dan dua ke Turki" and
    "dari enam kontainer itu, dua berisi kayu" count containers, and the whole they are parts of is left out.
    """
    if not view.figures:
        return view
    figures = _with_parts(document, view, _with_pieces(document, view))
    return replace(view, figures=figures) if figures != view.figures else view


def _with_pieces(document: Document, view: SentenceView) -> list[Figure]:
    if not view.has("send", "send_strong", "export"):
        return view.figures
    starts = {hit.start for hit in view.products}
    bare = {
        figure.start
        for figure in view.figures
        if figure.kind == "number"
        and figure.value is not None
        and figure.value >= _LEAST_COUNT
        and figure.end + 1 in starts
    }
    if not bare or not (view.countries or abroad_around(document, view)):
        return view.figures
    unit = "head" if _counts_animals(document, view) else "piece"
    read: list[Figure] = []
    for figure in view.figures:
        if figure.start not in bare:
            read.append(figure)
            continue
        # "mengirim 15 dari 150 gerbong": what leaves are the fifteen.
        part = read.pop() if read and _is_out_of(document, read[-1], figure) else figure
        read.append(replace(figure, start=part.start, kind="quantity", unit=unit, value=part.value))
    return read


def _is_out_of(document: Document, part: Figure, whole: Figure) -> bool:
    return (
        part.kind == "number"
        and part.value is not None
        and whole.value is not None
        and part.value < whole.value
        and _OUT_OF.fullmatch(document.text, part.end, whole.start) is not None
    )


def _what_leaves(document: Document, view: SentenceView, read: list[Figure], figure: Figure) -> Figure:
    """A count of goods, or the part of it that leaves: "Yang dilepas 5 dari total 40 kontainer"."""
    if not read or not _is_out_of(document, read[-1], figure) or is_share_of_few(view, figure):
        return figure
    part = read.pop()
    return replace(figure, start=part.start, value=part.value)


def _counts_animals(document: Document, view: SentenceView) -> bool:
    """True where the sentence before counts live animals: "18.100 ekor kepiting. 16.800 kepiting ke Singapura"."""
    before = document.sentences[max(0, view.index - 1) : view.index + 1]
    return any(figure.unit == "head" for other in before for figure in other.figures)


def _with_parts(document: Document, view: SentenceView, figures: list[Figure]) -> list[Figure]:
    text = document.text
    read: list[Figure] = []
    whole: Figure | None = None
    for figure in figures:
        if figure.kind in ("container", "quantity"):
            whole = _what_leaves(document, view, read, figure)
            read.append(whole)
            continue
        if (
            whole is not None
            and whole.value is not None
            and figure.kind == "number"
            and figure.value is not None
            and (figure.value < whole.value or _ONE_MORE.match(text, figure.end, view.end))
            and _IS_PART.match(text, figure.end, view.end)
        ):
            market = bisect_left(view.countries, whole.end, key=lambda country: country.start)
            if market < len(view.countries) and view.countries[market].start < figure.start:
                # "16.800 kepiting ke Singapura, 457 ke Malaysia": each market has its own.
                read.append(replace(figure, kind=whole.kind, unit=whole.unit))
                continue
            of_them = _OF_THEM.search(text[max(view.start, whole.start - 8) : whole.start])
            opened = read[-1] is not whole or _OPENS_PARTS.fullmatch(text, whole.end, figure.start)
            if of_them or opened:
                if whole in read:
                    read.remove(whole)
                read.append(replace(figure, kind=whole.kind, unit=whole.unit))
                continue
        read.append(figure)
    return read


def is_share_of_few(view: SentenceView, figure: Figure) -> bool:
    """True for a share told in small numbers: "satu dari empat karung kopi Indonesia berasal dari sini"."""
    if figure.kind != "quantity" or figure.value is None or figure.value > _FEW:
        return False
    at = figure.start - view.start
    return _ONE_IN.search(view.text[max(0, at - _SHARE) : at]) is not None
