"""What a line of a dispatch, or the sentence that leads to it, says: amounts, goods, market, sender, place and day."""

from __future__ import annotations

import re
from datetime import timedelta

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.event_times import is_since, is_years_ago
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.article.markets import destinations
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.asides import when_sent
from pipelines.stages.extract.shipments.ceremonies import LED_TO, MARKETS_COUNTED
from pipelines.stages.extract.shipments.firsts import FIRST_LED
from pipelines.stages.extract.shipments.lines import Line
from pipelines.stages.extract.shipments.matching import (
    goes_to_areas,
    is_to_come,
    is_weight,
    own_time_of,
)
from pipelines.stages.extract.shipments.measures import WRAPPED
from pipelines.stages.extract.shipments.origins import LED
from pipelines.stages.extract.shipments.senders import LED_BY, goods_words
from pipelines.stages.extract.shipments.sentences import (
    Reading,
    lists_regions,
    tells_again,
    tells_first,
)
from pipelines.stages.extract.shipments.status import status_of
from pipelines.text.edtf import first_day
from pipelines.text.places import RegionMention
from pipelines.text.times import TimeExpression

_DATELINE = Pattern("shipments.read.dateline")
_BESIDES = Pattern("shipments.slots.besides")
_AT_THAT_TIME = Pattern("shipments.slots.at_that_time")
_THEN = Pattern("shipments.read.then")
_GOODS_JOIN = Pattern("shipments.lines.names_join")
_DAY_BEFORE = Pattern("shipments.slots.day_before")
_DAY_AFTER = Pattern("shipments.slots.day_after")
_BEFORE = 40  # characters of the words that lead to a place or a time


def fill_line(reading: Reading, draft: Draft, line: Line) -> None:
    """Give a shipment what a line of it says and it lacks."""
    view = line.view
    # Goods are weighed, boxes only hold them: "Enam koli kepiting ... Berat bersihnya 150 kilogram".
    holds = draft.slots.get("unit") in WRAPPED and is_weight(draft, line)
    if line.quantity is not None and (holds or not draft.has("quantity")):
        draft.put_figure("quantity", line.quantity)
    if line.containers is not None and not draft.has("containers"):
        draft.put("containers", line.containers.value, (line.containers.start, line.containers.end))
    if line.value is not None and not draft.has("value"):
        draft.put_figure("value", line.value)
    if line.products:
        # "tetes tebu (molases)": the name in brackets may stand alone later.
        alias = re.match(
            r"\s*\(([^()]{3,30})\)",
            reading.document.text[line.products[-1].end : line.products[-1].end + 36],
        )
        if alias:
            draft.evidence.update(f"alias:{word}" for word in alias[1].lower().split())
    if line.products and not draft.has("products"):
        draft.put(
            "products",
            [label.text for label in line.products],
            (line.products[0].start, line.products[-1].end),
        )
    if line.counts_markets:
        draft.evidence.add(MARKETS_COUNTED)
    if line.countries and (goes_to_areas(draft) or not draft.has("destinations")):
        codes = list(dict.fromkeys(m.code for m in line.countries))
        draft.put("destinations", codes, (line.countries[0].start, line.countries[-1].end))
    if line.sender is not None and not draft.has("exporter"):
        draft.put("exporter", line.sender.name, (line.sender.start, line.sender.end))
    elif line.sender is None and len(reading.drafts) > 1:
        _fill_sender_meant(reading, draft, view)
    _fill_origin(draft, line)
    fill_date(reading, draft, line)
    if "status" not in draft.slots:
        to_come = is_to_come(reading, view, end=line.end)
        draft.put("status", "planned" if to_come else status_of(reading.document, line))
    if tells_again(view):
        draft.fill("is_first", False)
    elif draft.slots.get("is_first") is None and tells_first(view) and _first_is_about_goods(view, line):
        cue = view.cues_of("first")[0]
        draft.put("is_first", True, (cue.start, cue.end))


def _fill_sender_meant(reading: Reading, draft: Draft, view: SentenceView) -> None:
    """The one firm of the sentence before, where "saat itu" goes on about it."""
    before = reading.document.sentences[view.index - 1]
    if _THEN.match(view.text) and len(before.firms) == 1 and not before.figures:
        firm = before.firms[0]
        draft.put("exporter", firm.name, (firm.start, firm.end))


def fill_from_lead(reading: Reading, draft: Draft, line: Line, lead: SentenceView) -> None:
    """What a sentence before said of the dispatch: where to, what, by whom, whether it is the first."""
    draft.sentences.append(lead.index)
    found = destinations(reading.document, lead, lead.start, lead.end)
    countries = [mention for mention in found if not mention.code.startswith("M49")]
    # "14 kg ke Australia dan 10 kg ke Eropa" has its markets; "ke Eropa" alone may be the Jerman told before.
    area = goes_to_areas(draft) and len(line.view.countries) == 1
    if found and (not draft.has("destinations") or (countries and area)):
        codes = list(dict.fromkeys(mention.code for mention in found))
        draft.put("destinations", codes, (found[0].start, found[-1].end))
        draft.evidence.add(LED_TO)
    whole = Line(lead.start, lead.end, lead)
    labels = [label for label in find_labels(reading.document, lead, single=True) if label.kind == "product"]
    if labels and not draft.has("products"):
        run = _listed_with_first(reading.document, labels)
        draft.put("products", [label.text for label in run], (run[0].start, run[-1].end))
    if lead.firms and not draft.has("exporter") and not _is_of_others(draft, lead):
        draft.put("exporter", lead.firms[0].name, (lead.firms[0].start, lead.firms[0].end))
        draft.evidence.add(LED_BY)
    if not draft.has("origin_region") and LED not in draft.evidence:
        _fill_origin(draft, whole)
        draft.evidence.add(LED)
    if not own_time_of(line.view):
        fill_date(reading, draft, whole)
    if draft.slots.get("is_first") is None and tells_again(lead):
        draft.fill("is_first", False)
    elif draft.slots.get("is_first") is None and tells_first(lead) and not _comes_next(reading, draft):
        cue = lead.cues_of("first")[0]
        draft.put("is_first", True, (cue.start, cue.end))
        if goods_words(draft).isdisjoint(lead.text.lower().split()):
            draft.evidence.add(FIRST_LED)


def _is_of_others(draft: Draft, lead: SentenceView) -> bool:
    """True where several firms of a lead send goods of their own: "karet milik PT X dan kelapa milik CV Y"; now it is pinang."""
    several = len({firm.name for firm in lead.firms}) > 1
    return several and draft.has("products") and goods_words(draft).isdisjoint(lead.text.lower().split())


def _comes_next(reading: Reading, draft: Draft) -> bool:
    """True for what is planned behind another dispatch, which is the first: "... yang pertama. Bulan depan 8 ton lagi"."""
    return draft.slots.get("status") == "planned" and len(reading.drafts) > 1


def _listed_with_first(document: Document, labels: list[Label]) -> list[Label]:
    """The first goods of a sentence with those joined to them: "melepas manggis dan kerajinan tangan ke Dubai"."""
    run = labels[:1]
    for label in labels[1:]:
        if not _GOODS_JOIN.fullmatch(document.text, run[-1].end, label.start):
            break
        run.append(label)
    return run


def _first_is_about_goods(view: SentenceView, line: Line) -> bool:
    cue = view.cues_of("first")[0]
    if line.start <= cue.start <= line.end:
        return True
    return len(view.figures) <= 2 and not any(line.start <= time.start < line.end for time in view.times)


def _fill_origin(draft: Draft, line: Line) -> None:
    if lists_regions(line.view):
        _fill_place_of_line(draft, line)
    for mention in line.view.regions:
        told = line.start <= mention.start < line.end or mention.start < line.heading
        if mention.role != "origin" or not told:
            continue
        at = mention.start - line.view.start
        if not _BESIDES.search(line.view.text[max(0, at - _BEFORE) : at]):
            meant = _within(line, mention)
            draft.fill("origin_region", meant.name, (meant.start, meant.end))
            return
    _fill_place_of_line(draft, line)


def _fill_place_of_line(draft: Draft, line: Line) -> None:
    """Of several places in which a sentence has goods seen off, the own: "Di Batang 54 ton ..., lalu di Kota Dumai 2.000 ton"."""
    listed = lists_regions(line.view)
    places = [m for m in line.view.regions if listed or (m.role == "at" and m.explicit)]
    if len({mention.code for mention in places}) < 2 or not any((line.quantity, line.containers, line.value)):
        return
    own = [m for m in places if line.start <= m.start and m.end <= line.first_figure.start]
    if len(own) == 1:
        draft.fill("origin_region", own[0].name, (own[0].start, own[0].end))


def _within(line: Line, origin: RegionMention) -> RegionMention:
    """The regency told behind its province: "Provinsi Papua Barat mengekspor kakao asal Ransiki, Kabupaten Manokwari Selatan"."""
    return next(
        (
            other
            for other in line.view.regions
            if origin.end <= other.start < line.end
            and other.role in ("origin", "bare")
            and other.explicit
            and regions()[other.code].parent_code == origin.code
        ),
        origin,
    )


def fill_date(reading: Reading, draft: Draft, line: Line) -> None:
    """Date a shipment by a line, else by the sentences around it."""
    if draft.has("date"):
        return
    later = when_sent(reading.document, line.view)
    times = [t for t in line.view.times if not is_since(line.view, t) and not is_years_ago(line.view, t)]
    # "Bulan lalu saya kirim 300 lembar, katanya, Rabu (5/6)": the day is that of the speech.
    unspoken = [t for t in times if not line.view.is_speech_time(t.start, t.end)]
    times = unspoken if unspoken or later else times
    own = [t for t in times if line.start <= t.start < line.end]
    only = len(times) == 1
    near = [t for t in times if only or line.start - 60 <= t.start]
    printed = [t for t in own if not _DATELINE.match(reading.document.text, t.end, line.end)]
    behind = later.times if later and not near else []
    if _DAY_AFTER.search(reading.document.text, line.start, line.end) and not own:
        near = []
    for times in (printed, own, near, behind, _times_meant(reading.document, line.view)):
        if _date_from(reading, draft, times):
            return
    _date_from_day_beside(reading, draft, line)


def _date_from_day_beside(reading: Reading, draft: Draft, line: Line) -> None:
    """The day ahead of the dispatch just told, or behind it: "Sehari sebelumnya di Bantaeng 22 ton talas dikirim"."""
    after = _DAY_AFTER.search(reading.document.text, line.start, line.end) is not None
    if not after and not _DAY_BEFORE.match(line.view.text):
        return
    dates = (str(d.slots["date"]) for d in reversed(reading.drafts) if d is not draft and d.has("date"))
    told = next(dates, "")
    day = first_day(told) if len(told) == len("2024-01-31") else None
    if day is not None:
        draft.put("date", (day + timedelta(days=1 if after else -1)).isoformat())


def _times_meant(document: Document, view: SentenceView) -> list[TimeExpression]:
    """What "saat itu" or "bersamaan dengan itu" means: the time the sentence before tells."""
    if view.index == 0 or not _AT_THAT_TIME.match(view.text):
        return []
    before = document.sentences[view.index - 1]
    return [
        time
        for time in before.times
        if time.form != "weekday"  # that of the ceremony, whose full date may stand elsewhere
        and not is_since(before, time)
        and not before.is_speech_time(time.start, time.end)
    ]


def _date_from(reading: Reading, draft: Draft, times: list[TimeExpression]) -> bool:
    """Date a shipment by the most exact of some times; False where none can be resolved."""
    for form in ("day", "day_range", "weekday", "relative", "month", "year"):
        for time in times:
            if time.form != form:
                continue
            if time.form == "relative" and not time.word.startswith(
                ("hari", "bulan", "pekan", "minggu", "tahun", "kemarin", "besok")
            ):
                continue
            resolved = reading.context.resolve(time)
            if resolved:
                draft.put("date", resolved.edtf, (time.start, time.end))
                draft.flags.extend(flag for flag in resolved.flags if flag not in draft.flags)
                return True
    return False
