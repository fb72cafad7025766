"""export_shipment: particular dispatches, read sentence by sentence and joined into the lines of a ceremony."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.counted_goods import with_counted_goods
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.markets import destinations
from pipelines.stages.extract.article.periods import covers_a_time
from pipelines.stages.extract.article.reports import is_report
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.asides import is_former
from pipelines.stages.extract.shipments.ceremonies import settle_ceremony
from pipelines.stages.extract.shipments.figures import is_usable
from pipelines.stages.extract.shipments.gates import is_relevant, note_list
from pipelines.stages.extract.shipments.lines import Line, find_lines
from pipelines.stages.extract.shipments.matching import (
    goes_to_areas,
    is_told_back,
    leads_alone,
    matching_shipment,
)
from pipelines.stages.extract.shipments.sentences import Reading, lists_regions, note_count, note_lead_in
from pipelines.stages.extract.shipments.slots import fill_from_lead, fill_line
from pipelines.stages.extract.shipments.totals import ALONE
from pipelines.stages.extract.shipments.turns import take_in_turn
from pipelines.stages.extract.shipments.uncounted import take_beside, take_uncounted

_TOTAL = Pattern("shipments.read.total")


def read_shipments(
    document: Document, context: ArticleContext, *, skip: set[int]
) -> tuple[list[Draft], set[int], set[int]]:
    """Shipment claims of an article, the offsets of the figures they used, and the sentences behind that count a whole time."""
    if _is_about_smuggling(document):
        return [], set(), set()
    reading = Reading(document, context, skip, report=is_report(document))
    for view in document.sentences:
        _read_sentence(reading, with_counted_goods(document, view))
    if not reading.report:
        if reading.drafts:
            take_beside(reading)
        else:
            take_uncounted(reading)
    return settle_ceremony(reading), reading.taken, reading.recaps


def _is_about_smuggling(document: Document) -> bool:
    """True where an article opens with goods that were seized, and comes back to them."""
    told = [view.index for view in document.sentences if view.has("smuggling")]
    return len(told) >= 2 and told[0] <= 3


def _read_sentence(reading: Reading, view: SentenceView) -> None:
    if view.end <= reading.document.title_end:
        if not reading.report and not covers_a_time(view) and view.has("export", "send", "presence"):
            reading.leads.append(view)
        return
    if take_in_turn(reading, view):
        return
    figures = [figure for figure in view.figures if is_usable(reading, view, figure)]
    relevant = is_relevant(reading, view, figures)
    note_count(reading, view)
    note_list(reading, view, figures)
    if not relevant:
        if reading.last_counted != view.index or view.has("send_strong"):
            note_lead_in(reading, view)
        return
    lines = find_lines(reading, view, figures)
    for line in lines:
        _take(reading, line)
    if lines:
        reading.last_index = view.index


def _take(reading: Reading, line: Line) -> None:
    target = matching_shipment(reading, line)
    if target is None:
        whole = line.quantity is None and line.containers is None
        if (
            whole
            and not (
                line.products
                or line.countries
                or _TOTAL.search(line.view.text)
                or line.view.has("send_strong")
                or (line.view.has("this_one") and reading.leads_to(line.view))
                or leads_alone(reading, line)
            )
            and not reading.drafts
        ):
            return
        _claim_figures(reading, line)
        target = Draft("export_shipment", "shipment.line", [line.view.index], line.first_figure.start)
        reading.drafts.append(target)
        if whole:
            alone = leads_alone(reading, line) or lists_regions(line.view)
            target.evidence.add(ALONE if alone else "whole")
        fill_line(reading, target, line)
        _fill_from_last(reading, target, line)
        # What is told back has its own sender and market, unless the sentence before leads to it.
        back = len(reading.drafts) > 1 and is_told_back(line)
        for lead in reading.leads_to(line.view):
            if (
                line.sender is not None
                and lead.firms
                and line.sender.name not in {f.name for f in lead.firms}
            ):
                continue
            if _goes_elsewhere(reading, target, line, lead):
                continue
            if not back or lead.index == line.view.index - 1:
                fill_from_lead(reading, target, line, lead)
        return
    _claim_figures(reading, line)
    if line.view.index not in target.sentences:
        target.sentences.append(line.view.index)
    fill_line(reading, target, line)


def _fill_from_last(reading: Reading, draft: Draft, line: Line) -> None:
    """The first of the dispatches just told: "... dikirim UD X, terakhir 1,45 ton. Pengiriman perdananya 1,1 ton"."""
    if len(reading.drafts) < 2 or line.products or line.countries or not is_former(line.view):
        return
    last = reading.drafts[-2]
    if line.view.index - max(last.sentences) != 1 or last.slots.get("status") == "planned":
        return
    for slot in ("products", "destinations", "exporter", "origin_region"):
        if last.has(slot):
            draft.fill(slot, last.slots[slot], last.spans.get(slot))


def _goes_elsewhere(reading: Reading, draft: Draft, line: Line, lead: SentenceView) -> bool:
    """True for a sentence behind another dispatch about its market: "Pengiriman ke Jerman yang pertama. Lalu ... ke Hungaria"."""
    if len(reading.drafts) < 2 or not line.countries or goes_to_areas(draft):
        return False
    found = {m.code for m in destinations(reading.document, lead, lead.start, lead.end)}
    areas = any(code.startswith("M49") for code in found)
    return bool(found) and not areas and found.isdisjoint(m.code for m in line.countries)


def _claim_figures(reading: Reading, line: Line) -> None:
    for figure in (line.quantity, line.containers, line.value, *line.told_again):
        if figure is not None:
            reading.taken.add(figure.start)
