"""Which shipment told before a line goes on about, or whether it tells of another one."""

from __future__ import annotations

from decimal import Decimal

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import SentenceView
from pipelines.stages.extract.article.event_times import is_since
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.asides import is_former
from pipelines.stages.extract.shipments.lines import Line
from pipelines.stages.extract.shipments.measures import MASSES, PACKAGES
from pipelines.stages.extract.shipments.sentences import Reading, lists_regions
from pipelines.stages.extract.shipments.totals import whole_of
from pipelines.text.edtf import first_day
from pipelines.text.times import TimeExpression

_NATIONWIDE = Pattern("shipments.matching.nationwide")
_THIS_TIME = Pattern("shipments.matching.this_time")
_TOTAL = Pattern("shipments.read.total")
_EARLIER = Pattern("shipments.matching.earlier")
_THIS_DISPATCH = Pattern("shipments.matching.this_dispatch")
_ONE_MORE = Pattern("shipments.matching.one_more")
_LATER = Pattern("shipments.matching.later")
_PACKED = Pattern("shipments.matching.packed")
_CONTENT = Pattern("shipments.matching.content")
_WEIGHED = Pattern("shipments.matching.weighed")
_NET_WEIGHT = Pattern("shipments.matching.net_weight")
_HAS_LEFT = Pattern("shipments.matching.has_left")
_MOST_PARTS = 12  # of a total whose worth is told
_IN_MIND = 200  # shipments told last that a line may tell again; an article that tells more of them is a list
_JUST_TOLD = 2  # sentences
_ROUNDING = Decimal("0.002")  # between an amount and the same told again in a larger unit
_FORGOTTEN = 12  # sentences behind which a dispatch is not gone on about


def matching_shipment(reading: Reading, line: Line) -> Draft | None:
    """The shipment that a line goes on about, or None for a new one."""
    later = (is_later(line.view) and line.view.has("planned")) or is_to_come(reading, line.view)
    another = (later and not _is_of_now(reading, line)) or _ONE_MORE.search(line.view.text) is not None
    for draft in reversed(reading.drafts[-_IN_MIND:]):
        if _equal(draft, line) and not (another and draft.slots.get("status") == "realised"):
            return draft
    if not reading.drafts or lists_regions(line.view):
        return None
    if later:
        return _announced(reading, line)
    if is_told_back(line):
        return None
    if line.view.index - reading.last_index > _FORGOTTEN:
        return None
    if line.value is not None and line.quantity is None and line.containers is None:
        return None if leads_alone(reading, line) else _worth(reading, line)
    if line.containers is not None and line.quantity is None and len(line.products) != 1:
        whole = whole_of(reading.drafts[-_MOST_PARTS:])
        if whole is not None and not whole.has("containers"):
            return whole
    in_mind = reversed(reading.drafts[-_IN_MIND:])
    return next((draft for draft in in_mind if _goes_on_about(reading, draft, line)), None)


def leads_alone(reading: Reading, line: Line) -> bool:
    """True for the worth of what the sentence before tells of one firm: "CV X mengirim kelor ke Jerman. Nilainya ..."."""
    lead = next(iter(reading.leads[-1:]), None)
    if lead is None or lead.index != line.view.index - 1 or len(lead.firms) != 1 or line.sender is not None:
        return False
    return bool(lead.products and lead.countries) and lead.has("send", "export")


def _goes_on_about(reading: Reading, draft: Draft, line: Line) -> bool:
    """True where nothing that a line says speaks against its being about a shipment told before."""
    if line.sender is not None and line.countries and not _continues(reading, draft, line):
        return False
    if _is_of_another_sender(draft, line) or _is_of_another_day(reading, draft, line):
        return False
    if "whole" in draft.evidence and (line.products or line.countries or len(reading.drafts) > 1):
        codes = {mention.code for mention in line.countries}
        alone = len(reading.drafts) == 1 and codes <= set(draft.listed("destinations") or codes)
        same = (_TOTAL, _THIS_TIME, _THIS_DISPATCH)
        told = any(pattern.search(line.view.text) for pattern in same)
        if not (alone and told and (not line.products or _shares_product(draft, line))) or _is_in_list(line):
            return False
    if draft.slots.get("status") == "planned" and not line.view.has("planned"):
        return False
    packed = _is_packing(draft, line)
    if (
        (line.quantity is not None and draft.has("quantity") and not packed and not is_weight(draft, line))
        or (line.containers is not None and draft.has("containers"))
        or (line.value is not None and draft.has("value"))
    ):
        return False
    if draft.has("destinations") and not {m.code for m in line.countries} <= set(
        draft.listed("destinations")
    ):
        return False
    if _is_share(draft, line):
        return False
    if not line.products or _shares_product(draft, line):
        return True
    return draft is reading.drafts[-1] and (packed or _is_content(line) or not draft.has("products"))


def _is_of_another_day(reading: Reading, draft: Draft, line: Line) -> bool:
    """True for goods seen off on a another printed day: "Ketika gubernur melepas 500 kontainer pada 20 November 2019"."""
    date = str(draft.slots.get("date") or "")
    if len(date) != len("2024-01-31") or not line.view.has("send_strong"):
        return False
    days = [
        time
        for time in line.view.times
        if time.form == "day" and time.year is not None and not line.view.is_speech_time(time.start, time.end)
    ]
    told = [resolved.edtf for time in days if (resolved := reading.context.resolve(time))]
    return bool(told) and date not in told


def _is_in_list(line: Line) -> bool:
    """True for one of several amounts of a sentence, each of other goods."""
    amounts = [figure for figure in line.view.figures if figure.kind == "quantity"]
    return line.quantity is not None and len(amounts) > 2 and len(line.view.products) > 2


def _is_of_another_sender(draft: Draft, line: Line) -> bool:
    """True for what one of several senders has of a dispatch: "27 ton milik PT X dan 26,4 ton milik CV Y"."""
    if line.sender is None or not 1 < len(line.view.firms) <= _MOST_PARTS:
        return False
    if draft.slots.get("exporter") == line.sender.name:
        return False
    firms = {firm.name for firm in line.view.firms}
    amounts = [figure for figure in line.view.figures if figure.kind in ("quantity", "container")]
    return 1 < len(firms) <= len(amounts)


def _is_share(draft: Draft, line: Line) -> bool:
    """True for what one of several countries gets of goods told before: "satu kontainer ke AS dan satu lagi ke Denmark"."""
    own = {mention.code for mention in line.countries}
    told = {mention.code for mention in line.view.countries}
    counted = line.containers is not None or line.quantity is not None
    return counted and bool(own) and own < told <= set(draft.listed("destinations"))


def _is_packing(draft: Draft, line: Line) -> bool:
    """True for goods weighed before and counted now: "20 ton itu dikemas dalam 800 karung"."""
    return (
        line.quantity is not None
        and line.quantity.unit in PACKAGES
        and draft.slots.get("unit") in ("tonne", "kg")
        and not _is_in_list(line)
        and _PACKED.search(line.view.text) is not None
    )


def _is_content(line: Line) -> bool:
    """True for the packages in containers told before: "Isinya 1.150 karton aneka rasa"."""
    packages = line.quantity is not None and line.quantity.unit in PACKAGES
    return packages and len(line.view.figures) == 1 and _CONTENT.match(line.view.text) is not None


def is_weight(draft: Draft, line: Line) -> bool:
    """True for goods counted before and weighed now: "Berat 800 karung itu 20 ton", "Berat bersihnya 150 kilogram"."""
    return (
        line.quantity is not None
        and line.quantity.unit in ("tonne", "kg")
        and draft.slots.get("unit") in PACKAGES
        and any(pattern.search(line.view.text) for pattern in (_WEIGHED, _NET_WEIGHT))
    )


def _continues(reading: Reading, draft: Draft, line: Line) -> bool:
    """True where a line that tells sender and goods still is about a dispatch told before."""
    if draft.has("exporter"):
        return line.sender is not None and draft.slots["exporter"] == line.sender.name
    return len(reading.drafts) == 1 and (not draft.has("products") or _shares_product(draft, line))


def _worth(reading: Reading, line: Line) -> Draft | None:
    """The shipment whose worth a line tells; None where it is a figure of its own, or of all together."""
    now = [
        d
        for d in reading.drafts
        if d.slots.get("status") != "planned"
        and not _EARLIER.search(reading.document.sentences[d.sentences[0]].text)
        and not is_former(reading.document.sentences[d.sentences[0]])
    ]
    if _NATIONWIDE.search(reading.document.text, line.start, line.end):
        return None
    shared = not line.products or any(_shares_product(d, line) for d in reading.drafts[-_MOST_PARTS:])
    if not shared and _EARLIER.search(line.view.text):
        return None
    of_all = _TOTAL.search(reading.document.text, line.start, line.end)
    if of_all and _is_of_last(line, now):
        return now[-1]
    if of_all and (len(now) > 1 or len(line.products) > 1):
        whole = whole_of(now)
        return whole if whole is not None and not whole.has("value") else None
    if of_all and now and not now[0].has("value"):
        return now[0]
    if not line.products and not line.countries and _parts_of_one_sentence(line, now):
        whole = whole_of(now)
        return whole if whole is not None and not whole.has("value") else None
    codes = {m.code for m in line.countries}
    for draft in reversed(reading.drafts):
        if codes and codes == set(draft.listed("destinations")) and not draft.has("value"):
            return draft
    if codes and any(codes < set(draft.listed("destinations")) for draft in now[-_MOST_PARTS:]):
        return None
    alike = [d for d in now or reading.drafts if not line.products or _shares_product(d, line)]
    whole = whole_of(alike[-_MOST_PARTS:])
    if whole is not None and not whole.has("value"):
        return whole
    if _THIS_TIME.search(line.view.text) and now and not now[0].has("value"):
        return now[0]
    for draft in reversed(reading.drafts):
        if line.products and _shares_product(draft, line) and not draft.has("value"):
            return draft
    last = reading.drafts[-1]
    return None if last.has("value") else last


def _parts_of_one_sentence(line: Line, drafts: list[Draft]) -> bool:
    """True behind a sentence that sends several goods without their worth: "54 ton pinang dan 8 ton pala. Nilainya ..."."""
    parts = [draft for draft in drafts if drafts[-1].sentences[0] == draft.sentences[0]]
    near = 0 < line.view.index - drafts[-1].sentences[0] <= _JUST_TOLD if drafts else False
    kinds = {str(draft.slots.get("products")) for draft in parts}
    return near and len(kinds) > 1 and not any(draft.has("value") for draft in parts)


def _is_of_last(line: Line, drafts: list[Draft]) -> bool:
    """True for the sum of the dispatch just told, where those before it have their own: "Total devisanya 1.850 dolar AS"."""
    if len(drafts) < 2 or line.products or line.countries:
        return False
    *others, last = drafts[-_MOST_PARTS:]
    near = 0 < line.view.index - last.sentences[0] <= 1
    return near and not last.has("value") and all(draft.has("value") for draft in others)


def _announced(reading: Reading, line: Line) -> Draft | None:
    """The planned shipment just announced that a line goes on about: "... satu kontainer. Bulan depan masih 18 ton juga"."""
    last = reading.drafts[-1]
    taken = (
        (line.quantity is not None and last.has("quantity"))
        or (line.containers is not None and last.has("containers"))
        or (line.value is not None and last.has("value"))
    )
    near = line.view.index - last.sentences[-1] <= 2
    return last if last.slots.get("status") == "planned" and near and not taken else None


def is_told_back(line: Line) -> bool:
    """True for a line that looks back at another dispatch: "Pada 21 Juni sudah pernah dilepas 345 ton"."""
    return (own_time_of(line.view) is not None and _EARLIER.search(line.view.text) is not None) or is_former(
        line.view
    )


def own_time_of(view: SentenceView) -> TimeExpression | None:
    """The first day, month or year that a sentence names, unless as the beginning of something."""
    for time in view.times:
        if time.form in ("day", "month", "year", "relative") and not is_since(view, time):
            return time
    return None


def is_later(view: SentenceView) -> bool:
    """True where a sentence names a time or a turn to come: "bulan depan", "berikutnya", "rencananya"."""
    return _LATER.search(view.text) is not None


def is_to_come(reading: Reading, view: SentenceView, *, end: int | None = None) -> bool:
    """True where a sentence, or its words up to `end`, is dated behind the publication and no verb says that goods have left."""
    today = reading.context.anchor
    time = own_time_of(view)
    if time is None or (end is not None and time.start >= end):
        return False
    if today.day is None or not today.is_published or _HAS_LEFT.search(view.text):
        return False
    resolved = reading.context.resolve(time)
    day = first_day(resolved.edtf) if resolved else None
    return day is not None and day > today.day


def _is_of_now(reading: Reading, line: Line) -> bool:
    """True where a line opens with the day of the ceremony, not with a later one: "Hari ini kita akan melepas ..."."""
    opening = reading.document.text[line.view.start : line.first_figure.start]
    return not is_to_come(reading, line.view) and _LATER.search(opening) is None


def _equal(draft: Draft, line: Line) -> bool:
    same = False
    for slot, figure in (
        ("quantity", line.quantity),
        ("containers", line.containers),
        ("value", line.value),
    ):
        if figure is None or not draft.has(slot):
            continue
        told = _in_kilograms(Decimal(str(draft.slots[slot])), draft.slots.get("unit"), slot)
        if figure.value is not None and _are_one(told, _in_kilograms(figure.value, figure.unit, slot)):
            same = True
        else:
            return False
    if same and _is_of_other_sender(draft, line):
        return False
    if same and line.countries and draft.has("destinations"):
        # "ke Eropa" first and the country later are one destination.
        codes = {m.code for m in line.countries}
        return goes_to_areas(draft) or not codes.isdisjoint(draft.listed("destinations"))
    return same


def _is_of_other_sender(draft: Draft, line: Line) -> bool:
    """True for as much of other goods by another firm: "satu kontainer kopi buatan CV X, satu kontainer gula buatan CV Y"."""
    if line.sender is None or not draft.has("exporter") or draft.slots["exporter"] == line.sender.name:
        return False
    told = {label.text.lower() for label in line.products}
    return bool(told) and told.isdisjoint(name.lower() for name in draft.listed("products"))


def _are_one(told: tuple[Decimal, object], again: tuple[Decimal, object]) -> bool:
    """True for one amount, be it told again rounded: "2.222 kilogram", "2,22 ton"."""
    return told[1] == again[1] and abs(told[0] - again[0]) <= told[0] * _ROUNDING


def _in_kilograms(amount: Decimal, unit: object, slot: str) -> tuple[Decimal, object]:
    """An amount and its measure; masses in kilograms: "empat ton" is told again as "4.000 kilogram"."""
    if slot != "quantity":
        return amount, None
    return (amount * MASSES[str(unit)], "kg") if unit in MASSES else (amount, unit)


def goes_to_areas(draft: Draft) -> bool:
    """True where only areas such as Europe are known of the destination."""
    codes = draft.listed("destinations")
    return bool(codes) and all(code.startswith("M49") for code in codes)


def _shares_product(draft: Draft, line: Line) -> bool:
    known = {word for name in draft.listed("products") for word in name.lower().split()}
    known |= {mark.removeprefix("alias:") for mark in draft.evidence if mark.startswith("alias:")}
    told = {word for label in line.products for word in label.text.lower().split()}
    told -= word_set("product_generic")
    return bool(told & known) or bool(
        {w for w in known if len(w) > 4} & set(line.view.text.lower().split()[:4])
    )
