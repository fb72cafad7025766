"""export_shipment: particular dispatches, read sentence by sentence and joined into the lines of a ceremony."""

from __future__ import annotations

import re
from datetime import timedelta

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.ceremonies import LED_TO, MARKETS_COUNTED, UNCOUNTED, settle_ceremony
from pipelines.stages.extract.context import ArticleContext
from pipelines.stages.extract.dispatch_asides import is_former, when_sent
from pipelines.stages.extract.dispatch_counts import with_counted_goods
from pipelines.stages.extract.dispatch_gates import is_relevant, note_list
from pipelines.stages.extract.dispatch_lines import Line, find_lines
from pipelines.stages.extract.dispatch_matching import (
    goes_to_areas,
    is_later,
    is_to_come,
    is_told_back,
    is_weight,
    leads_alone,
    matching_shipment,
    own_time_of,
)
from pipelines.stages.extract.dispatch_measures import WRAPPED
from pipelines.stages.extract.dispatch_places import destinations
from pipelines.stages.extract.dispatch_sentences import (
    Reading,
    covers_a_time,
    is_usable,
    lists_regions,
    note_count,
    note_lead_in,
    tells_again,
    tells_first,
)
from pipelines.stages.extract.dispatch_status import status_of
from pipelines.stages.extract.dispatch_turns import take_in_turn
from pipelines.stages.extract.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.event_times import is_since, is_years_ago
from pipelines.stages.extract.firsts import FIRST_LED
from pipelines.stages.extract.labels import Label, find_labels
from pipelines.stages.extract.origins import LED
from pipelines.stages.extract.reports import is_report
from pipelines.stages.extract.senders import LED_BY, goods_words
from pipelines.stages.extract.totals import ALONE
from pipelines.text.edtf import first_day
from pipelines.text.places import RegionMention
from pipelines.text.times import TimeExpression

_TOTAL = Pattern("shipments.total")
_DATELINE = Pattern("shipments.dateline")
_BESIDES = Pattern("shipments.besides")
_AGREED = Pattern("shipments.agreed")
_STARTS_TODAY = Pattern("shipments.starts_today")
_AT_THAT_TIME = Pattern("shipments.at_that_time")
_THEN = Pattern("shipments.then")
_SAME_OCCASION = Pattern("shipments.same_occasion")
_GOODS_JOIN = Pattern("dispatch_lines.names_join")
_DAY_BEFORE = Pattern("shipments.day_before")
_DAY_AFTER = Pattern("shipments.day_after")

_BEFORE = 40  # characters of the words that lead to a place or a time
_HOPED_BEHIND = 60  # characters behind "melepas ekspor" that are about something else
_BESIDE_LEAD = 3  # sentences around that tell more of a dispatch without figures


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
            _take_beside(reading)
        else:
            _take_uncounted(reading)
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
        _fill(reading, target, line)
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
                _fill_from_lead(reading, target, line, lead)
        return
    _claim_figures(reading, line)
    if line.view.index not in target.sentences:
        target.sentences.append(line.view.index)
    _fill(reading, target, line)


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


def _take_uncounted(reading: Reading) -> None:
    """The dispatch of an article that counts nothing: goods seen off to a country on a day."""
    for lead in reading.leads:
        days = [time for time in lead.times if time.form in ("day", "weekday") or time.word == "hari ini"]
        opens = bool(days) and (lead.has("send_strong") or _STARTS_TODAY.search(lead.text) is not None)
        if not opens or lead.has("mission", "training", "fair", "target") or _is_announced(lead):
            continue
        if _AGREED.search(lead.text):
            continue
        near = [other for other in reading.leads if 0 < abs(other.index - lead.index) <= _BESIDE_LEAD]
        draft = Draft("export_shipment", UNCOUNTED, [], lead.start)
        line = Line(lead.start, lead.end, lead)
        _fill_date(reading, draft, line)
        _fill_from_lead(reading, draft, line, lead)
        draft.evidence.discard(LED_BY)  # told in the sentence itself
        for told in near:
            if not (draft.has("destinations") and draft.has("products")):
                _fill_from_lead(reading, draft, line, told)
        if draft.has("destinations") and draft.has("products"):
            _take_headline_count(reading, draft)
            draft.put("status", "realised")
            reading.drafts.extend(_by_market(reading.document, draft, lead))
            return


def _take_beside(reading: Reading) -> None:
    """What a ceremony sent besides and nobody counts: "Pada kesempatan yang sama juga dilepas teh hijau ke Malaysia"."""
    document = reading.document
    for lead in reading.leads:
        occasion = _SAME_OCCASION.search(lead.text)
        if occasion is None or lead.end <= document.title_end or _is_announced(lead):
            continue
        start = lead.start + occasion.end()
        goods = [
            label
            for label in find_labels(document, lead, single=True)
            if label.kind == "product" and label.start >= start
        ]
        markets = destinations(document, lead, start, lead.end)
        if not goods or not markets:
            continue
        draft = Draft("export_shipment", UNCOUNTED, [lead.index], lead.start)
        draft.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
        codes = list(dict.fromkeys(market.code for market in markets))
        draft.put("destinations", codes, (markets[0].start, markets[-1].end))
        draft.put("status", "realised")
        reading.drafts.append(draft)


def _by_market(document: Document, draft: Draft, lead: SentenceView) -> list[Draft]:
    """A dispatch without figures, or one for each goods and their market: "melepas kopi ke Jepang dan lada ke India"."""
    goods = [label for label in find_labels(document, lead, single=True) if label.kind == "product"]
    parts: list[tuple[list[Label], list[CountryMention]]] = []
    start = lead.start
    for market in destinations(document, lead, lead.start, lead.end):
        own = [label for label in goods if start <= label.start and label.end <= market.start]
        if own:
            parts.append((own, [market]))
        elif parts:
            parts[-1][1].append(market)
        start = market.end
    if len(parts) < 2 or draft.has("quantity") or draft.has("containers"):
        return [draft]
    drafts = []
    for own, markets in parts:
        part = draft.copy()
        part.put("products", [label.text for label in own], (own[0].start, own[-1].end))
        codes = list(dict.fromkeys(market.code for market in markets))
        part.put("destinations", codes, (markets[0].start, markets[-1].end))
        drafts.append(part)
    return drafts


def _is_announced(view: SentenceView) -> bool:
    """True where goods are to be seen off; what an official hopes for behind that does not count."""
    verb = next(iter(view.cues_of("send_strong")), None)
    planned = view.cues_of("planned")
    if verb is not None and planned and planned[0].start > verb.end + _HOPED_BEHIND:
        return False
    return bool(planned) or is_later(view)


def _take_headline_count(reading: Reading, draft: Draft) -> None:
    """The amount that only the headline tells: "Gubernur Lepas Ekspor Dua Kontainer Kopi"."""
    headline = (view for view in reading.leads if view.end <= reading.document.title_end)
    for view in headline:
        told = [
            f for f in view.figures if f.kind in ("container", "quantity") and is_usable(reading, view, f)
        ]
        if len(told) == 1 and told[0].kind == "container":
            draft.put("containers", told[0].value, (told[0].start, told[0].end))
        elif len(told) == 1:
            draft.put_figure("quantity", told[0])


def _claim_figures(reading: Reading, line: Line) -> None:
    for figure in (line.quantity, line.containers, line.value, *line.told_again):
        if figure is not None:
            reading.taken.add(figure.start)


def _fill(reading: Reading, draft: Draft, line: Line) -> None:
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
    _fill_date(reading, draft, line)
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


def _fill_from_lead(reading: Reading, draft: Draft, line: Line, lead: SentenceView) -> None:
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
    if lead.firms and not draft.has("exporter"):
        draft.put("exporter", lead.firms[0].name, (lead.firms[0].start, lead.firms[0].end))
        draft.evidence.add(LED_BY)
    if not draft.has("origin_region") and LED not in draft.evidence:
        _fill_origin(draft, whole)
        draft.evidence.add(LED)
    if not own_time_of(line.view):
        _fill_date(reading, draft, whole)
    if draft.slots.get("is_first") is None and tells_again(lead):
        draft.fill("is_first", False)
    elif draft.slots.get("is_first") is None and tells_first(lead) and not _comes_next(reading, draft):
        cue = lead.cues_of("first")[0]
        draft.put("is_first", True, (cue.start, cue.end))
        if goods_words(draft).isdisjoint(lead.text.lower().split()):
            draft.evidence.add(FIRST_LED)


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


def _fill_date(reading: Reading, draft: Draft, line: Line) -> None:
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
