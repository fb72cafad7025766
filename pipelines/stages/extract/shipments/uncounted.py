"""Dispatches that no figure counts: goods seen off to a country on a day, and what a ceremony sent besides."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.article.markets import destinations
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.ceremonies import UNCOUNTED
from pipelines.stages.extract.shipments.figures import is_usable
from pipelines.stages.extract.shipments.lines import Line
from pipelines.stages.extract.shipments.matching import (
    is_later,
)
from pipelines.stages.extract.shipments.senders import LED_BY
from pipelines.stages.extract.shipments.sentences import (
    Reading,
    looks_back,
)
from pipelines.stages.extract.shipments.slots import fill_date, fill_from_lead

_AGREED = Pattern("shipments.uncounted.agreed")
_STARTS_TODAY = Pattern("shipments.uncounted.starts_today")
_SAME_OCCASION = Pattern("shipments.uncounted.same_occasion")
_HOPED_BEHIND = 60  # characters behind "melepas ekspor" that are about something else
_BESIDE_LEAD = 3  # sentences around that tell more of a dispatch without figures


def take_uncounted(reading: Reading) -> None:
    """The dispatch of an article that counts nothing: goods seen off to a country on a day."""
    for lead in reading.leads:
        days = [time for time in lead.times if time.form in ("day", "weekday") or time.word == "hari ini"]
        sent = lead.has("send_strong") or (lead.has("send") and lead.has("first"))
        opens = bool(days) and (sent or _STARTS_TODAY.search(lead.text) is not None)
        if not opens or lead.has("mission", "training", "fair", "target") or _is_announced(lead):
            continue
        if _AGREED.search(lead.text):
            continue
        near = [
            other
            for other in reading.leads
            if 0 < abs(other.index - lead.index) <= _BESIDE_LEAD and not looks_back(other)
        ]
        draft = Draft("export_shipment", UNCOUNTED, [], lead.start)
        line = Line(lead.start, lead.end, lead)
        fill_date(reading, draft, line)
        fill_from_lead(reading, draft, line, lead)
        draft.evidence.discard(LED_BY)  # told in the sentence itself
        for told in near:
            if not (draft.has("destinations") and draft.has("products")):
                fill_from_lead(reading, draft, line, told)
        if draft.has("destinations") and draft.has("products"):
            _take_headline_count(reading, draft)
            draft.put("status", "realised")
            reading.drafts.extend(_by_market(reading.document, draft, lead))
            return


def take_beside(reading: Reading) -> None:
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
    apart = len({frozenset(market.code for market in markets) for _, markets in parts}) > 1
    if not apart or draft.has("quantity") or draft.has("containers"):
        return [
            draft
        ]  # "30 pelaku usaha mengekspor kerajinan ke Singapura, kata kepala dinas saat melepas ekspor ke Singapura"
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
