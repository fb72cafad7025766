"""Figures beside those of exports: points of an index, and amounts told once more in another currency."""

from __future__ import annotations

from itertools import pairwise

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document

_FARM_INDEX = Pattern("realisations.other_figures.farm_index")
_IN_OTHER_MONEY = Pattern("realisations.other_figures.in_other_money")


def told_otherwise(document: Document) -> set[int]:
    """Offsets of figures of an article that are no exports, or repeat an amount in another currency."""
    return _index_points(document) | _equivalents(document)


def _index_points(document: Document) -> set[int]:
    """Offsets of changes of an index: "berdampak pada nilai tukar petani (NTP) yang mengalami kenaikan 0,50 persen"."""
    points: set[int] = set()
    for view in document.body:
        index = _FARM_INDEX.search(view.text) if view.figures else None
        if index:
            behind = view.start + index.start()
            points |= {f.start for f in view.figures if f.kind == "percent" and f.start > behind}
    return points


def _equivalents(document: Document) -> set[int]:
    """Offsets of amounts told alone that are elsewhere the other currency of one: "39,4 juta dolar AS atau Rp 612 miliar"."""
    money = [figure for view in document.sentences for figure in view.figures if figure.currency]
    known = {(figure.value, figure.currency) for figure in money if figure.same_as}
    again = {f.start for f in money if not f.same_as and (f.value, f.currency) in known}
    for before, view in pairwise(document.body):
        if not before.figures or not view.figures:
            continue
        first = view.figures[0]
        in_money = first.kind == "money" and any(f.kind == "money" for f in before.figures)
        if (
            in_money
            and all(f.currency != first.currency for f in before.figures)
            and _IN_OTHER_MONEY.fullmatch(document.text, view.start, first.start)
        ):
            # "... mencapai US$1,53 miliar. Jumlah ini setara Rp21,95 triliun"
            again.add(first.start)
    return again
