"""Firms and papers that a report counts: "127 perusahaan yang mengekspor", "frekuensinya 5.233 kali", "8.016 lembar SKA"."""

from __future__ import annotations

from dataclasses import replace

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.periods import PERIOD_FORMS
from pipelines.text.figures import Figure

_PAPERS = Pattern("article.tallies.papers")
_COUNT_OF_PAPERS = Pattern("article.tallies.count_of_papers")
_FREQUENCY = Pattern("article.tallies.frequency")
_IN_SO_MANY = Pattern("article.tallies.in_so_many")
_LEADS_WITHIN = 20  # characters that lead to a number
_EXPORTING = Pattern("article.tallies.exporting")
_NOT_EXPORTING = Pattern("article.tallies.not_exporting")
_OF_FIRMS = Pattern("article.tallies.of_firms")
_COUNT_OF_EXPORTERS = Pattern("article.tallies.count_of_exporters")
_SENT_BY = Pattern("article.tallies.sent_by")
_FIRMS_THAT_EXPORT = Pattern("article.tallies.firms_that_export")
_ASKS_FOR_PAPERS = Pattern("article.tallies.asks_for_papers")
_WHO_EXPORT = Pattern("article.tallies.who_export")
_NUMBER_OF_FIRMS = Pattern("article.tallies.number_of_firms")
_BECOMES = Pattern("article.tallies.becomes")
_COMPARED = Pattern("article.tallies.compared")
_AMONG_THEM = Pattern("article.tallies.among_them")
_SERIES = Pattern("article.tallies.series")
_CHANGE = Pattern("article.tallies.change")


def settle_tallies(document: Document, view: SentenceView, before: list[Figure]) -> SentenceView:
    """The sentence with its counts of papers and exporting firms as such: kind `document`, or `people` of unit `exporter`.

    Args:
        document: The article.
        view: A sentence of it.
        before: The counts of the sentence before, with which "Tahun 2019 sebanyak 3.655 kali" goes on.
    """
    if not any(
        f.kind in ("number", "people") or f.unit in ("sheet", "set", "unit", "dispatch") or f.noun == "kali"
        for f in view.figures
    ):
        return view
    if before and _goes_on_counting(document, view):
        return replace(view, figures=[_like(figure, before[-1]) for figure in view.figures])
    papers_before = any(figure.kind == "document" for figure in before)
    figures: list[Figure] = []
    firms = not _NOT_EXPORTING.search(view.text) and not any(
        time.form in ("day", "weekday") or time.word == "hari ini" for time in view.times
    )
    for figure in view.figures:
        settled = _settled(document, view, figure, papers_before=papers_before, firms=firms)
        if (
            figure.kind == "number"
            and figures
            and _is_tally(figures[-1])
            and (firms or figures[-1].kind == "document")
        ):
            gap = document.text[figures[-1].end : figure.start]
            goes_on = _COMPARED.fullmatch(gap) or _next_month(document, view, figures[-1], figure)
            if goes_on:
                settled = _like(figure, figures[-1])
        if (
            firms
            and settled.unit == "firm"
            and figures
            and figures[-1].unit == "exporter"
            and not _AMONG_THEM.match(document.text, figure.end, view.end)
        ):
            # "diekspor 22 perusahaan, kopi sembilan perusahaan"
            settled = _like(figure, figures[-1])
        figures.append(settled)
    for position in range(len(figures) - 2, -1, -1):
        first, second = figures[position], figures[position + 1]
        gap = document.text[first.end : second.start]
        if first.kind == "number" and _is_tally(second) and _BECOMES.fullmatch(gap):
            figures[position] = _like(first, second)
    return replace(view, figures=figures) if figures != view.figures else view


def tallies(view: SentenceView) -> list[Figure]:
    """The counts of papers and exporting firms of a settled sentence."""
    return [figure for figure in view.figures if _is_tally(figure)]


def counts_papers(view: SentenceView, figure: Figure) -> bool:
    """True for sheets of paper, not of plywood: "18 lembar sertifikat kesehatan"."""
    goods = any(0 <= hit.start - figure.end <= 1 for hit in view.products)
    return figure.unit in ("sheet", "set") and not goods and _PAPERS.search(view.text) is not None


def _goes_on_counting(document: Document, view: SentenceView) -> bool:
    """True for bare numbers with a time each: "Tahun 2015 baru 313, kemudian 324 pada 2016"."""
    times = [time for time in view.times if time.form in PERIOD_FORMS]
    return (
        len(times) >= len(view.figures)
        and not (view.products or view.countries or view.firms)
        and all(figure.kind == "number" and not figure.noun for figure in view.figures)
        and not any(_CHANGE.search(document.text, view.start, figure.start) for figure in view.figures)
    )


def _settled(
    document: Document, view: SentenceView, figure: Figure, *, papers_before: bool, firms: bool
) -> Figure:
    if figure.noun == "kali" and (
        papers_before
        or view.has("certify")
        or _FREQUENCY.search(view.text)
        or _PAPERS.search(view.text)
        or _counts_dispatches(view, figure)
    ):
        return replace(figure, kind="document", unit=None)
    if (
        figure.unit == "dispatch"
        and any(f.kind in ("quantity", "money") for f in view.figures)
        and _IN_SO_MANY.search(document.text, max(view.start, figure.start - _LEADS_WITHIN), figure.start)
    ):
        # "66.232 ekor dari 278 kali pengiriman"
        return replace(figure, kind="document", unit=None)
    if (
        figure.kind == "number"
        and not figure.noun
        and _COUNT_OF_PAPERS.search(document.text, max(view.start, figure.start - 70), figure.start)
    ):
        return replace(figure, kind="document", unit=None)
    if figure.unit in ("sheet", "set") and (
        view.has("source_stat") or papers_before or counts_papers(view, figure)
    ):
        return replace(figure, kind="document", unit=None)
    is_firm = (
        figure.kind == "people"
        and figure.unit in ("firm", "person")
        and not _AMONG_THEM.match(document.text, figure.end, view.end)
    )
    if firms and is_firm and view.index and _NUMBER_OF_FIRMS.search(document.sentences[view.index - 1].text):
        # "Jumlah perusahaan yang melapor bertambah. Dari 43 perusahaan pada 2021 menjadi 47 perusahaan"
        return replace(figure, kind="people", unit="exporter")
    if firms and is_firm:
        before = document.text[max(view.start, figure.start - 110) : figure.start]
        if _FIRMS_THAT_EXPORT.search(before) or _ASKS_FOR_PAPERS.match(document.text, figure.end, view.end):
            # "Jumlah eksportir yang aktif 23 perusahaan", "61 perusahaan yang mengajukan SKA"
            return replace(figure, kind="people", unit="exporter")
    if firms and (is_firm or figure.unit == "unit"):
        around = document.text[max(view.start, figure.start - 90) : figure.end + 60]
        if view.has("export", "send") and _SENT_BY.search(
            document.text, max(view.start, figure.start - 40), figure.start
        ):
            return replace(figure, kind="people", unit="exporter")
        papers = _PAPERS.search(view.text) and _OF_FIRMS.search(
            document.text, max(view.start, figure.start - 12), figure.start
        )
        if papers or (_EXPORTING.search(around) and view.has("export", "source_stat", "certify", "send")):
            return replace(figure, kind="people", unit="exporter")
    if firms and figure.kind == "number" and not figure.noun:
        before = document.text[max(view.start, figure.start - 80) : figure.start]
        if _COUNT_OF_EXPORTERS.search(before) or _WHO_EXPORT.match(document.text, figure.end, view.end):
            return replace(figure, kind="people", unit="exporter")
    return figure


def _counts_dispatches(view: SentenceView, figure: Figure) -> bool:
    """True for how often goods left over a time, told beside their sum: "sampai Mei sudah tujuh kali dengan berat 140 ton"."""
    return (
        view.has("export", "send")
        and any(other.kind in ("quantity", "money") and other.start > figure.end for other in view.figures)
        and any(time.form in PERIOD_FORMS for time in view.times)
    )


def _next_month(document: Document, view: SentenceView, first: Figure, second: Figure) -> bool:
    """True where a series goes on with the next month: "Januari sebanyak 702 dokumen, Februari 688, dan Maret 795"."""
    time = next((t for t in view.times if first.end <= t.start and t.end <= second.start), None)
    return (
        time is not None
        and _SERIES.fullmatch(document.text, first.end, time.start) is not None
        and document.text[time.end : second.start].isspace()
    )


def _is_tally(figure: Figure) -> bool:
    return figure.kind == "document" or figure.unit == "exporter"


def _like(figure: Figure, other: Figure) -> Figure:
    """A bare number that counts the same as another figure."""
    return replace(figure, kind=other.kind, unit=other.unit, noun=other.noun)
