"""Amounts of several regions in one sentence: "Riau mengekspor US$18,2 miliar, Lampung US$5,4 miliar"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.figures import Figure
from pipelines.text.places import RegionMention

_TO_AMOUNT = Pattern("realisations.region_lists.to_amount")
_FROM_AMOUNT = Pattern("realisations.region_lists.from_amount")
_BY_GATE = Pattern("realisations.region_lists.by_gate")
_RESPECTIVELY = Pattern("realisations.region_lists.respectively")
_BESIDE = Pattern("realisations.region_lists.beside")
# Places that goods pass through, and the province behind the name of a regency.
_NO_OWNERS = frozenset({"route", "apposition", "dateline", "seat", "branch"})


def regions_of_figures(document: Document, view: SentenceView, figures: Sequence[Figure]) -> dict[int, str]:
    """Offset of a figure to the code of the region whose it is; nothing unless two regions or more have one each."""
    if len(figures) < 2 or len({mention.code for mention in view.regions}) < 2:
        return {}
    # "Lewat provinsi lain 6,3 juta dolar. Rinciannya, Jawa Timur 4,9 juta, ...": where one region's goods are loaded.
    if any(
        _BY_GATE.search(near.text) for near in document.sentences[max(0, view.index - 1) : view.index + 1]
    ):
        return {}
    owners = [mention for mention in view.regions if mention.role not in _NO_OWNERS]
    behind = _behind(document, figures, owners)
    for told in (
        _respectively(document, figures, owners),
        behind if len(behind) == len(figures) else {},
        _before(document, view, figures, owners),
        behind,
    ):
        if len(set(told.values())) > 1:
            return told
    return {}


def _respectively(
    document: Document, figures: Sequence[Figure], owners: Sequence[RegionMention]
) -> dict[int, str]:
    """As many regions in a row as amounts: "menempatkan Jawa Barat, Riau dan Bali teratas, masing-masing ..."."""
    listed = [mention for mention in owners if mention.end <= figures[0].start]
    amounts = [figure for figure in figures if figure.kind == figures[0].kind]
    row = listed[-len(amounts) :]
    if len(row) < len(amounts) or not _RESPECTIVELY.search(document.text, row[-1].end, figures[0].start):
        return {}
    if not all(_BESIDE.fullmatch(document.text, first.end, last.start) for first, last in pairwise(row)):
        return {}
    return {figure.start: mention.code for figure, mention in zip(amounts, row, strict=True)}


def _before(
    document: Document, view: SentenceView, figures: Sequence[Figure], owners: Sequence[RegionMention]
) -> dict[int, str]:
    """Regions told before their amounts; what is told next of the same region is its own too."""
    told: dict[int, str] = {}
    floor, own = view.start, None
    for figure in figures:
        between = [mention for mention in owners if floor <= mention.start and mention.end <= figure.start]
        if between:
            near = _TO_AMOUNT.fullmatch(document.text, between[-1].end, figure.start)
            own = between[-1].code if near else None
        if own is not None:
            told[figure.start] = own
        floor = figure.end
    return told


def _behind(document: Document, figures: Sequence[Figure], owners: Sequence[RegionMention]) -> dict[int, str]:
    """Regions told behind their amounts: "12 ton dari Sambas dan 8 ton dari Bengkayang"."""
    told: dict[int, str] = {}
    for figure in figures:
        owner = next((mention for mention in owners if mention.start >= figure.end), None)
        if owner is not None and _FROM_AMOUNT.fullmatch(document.text, figure.end, owner.start):
            told[figure.start] = owner.code
    return told
