"""What the lines of a ceremony share: date, destination, region, totals, and whether it is the first."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import CountryMention, Document
from pipelines.stages.extract.article.event_times import is_since
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.article.markets import destinations, goes_inland
from pipelines.stages.extract.draft import NATION, Draft
from pipelines.stages.extract.shipments.firsts import settle_firsts
from pipelines.stages.extract.shipments.origins import LED, is_other_item, settle_origin, settle_total_origin
from pipelines.stages.extract.shipments.senders import LED_BY, goods_words, name_senders
from pipelines.stages.extract.shipments.sentences import Reading
from pipelines.stages.extract.shipments.totals import AMOUNTS, HEAD, settle_totals
from pipelines.text.edtf import first_day

_NATIONWIDE = Pattern("shipments.ceremonies.nationwide")
_TOTAL = Pattern("shipments.ceremonies.total")
_DATELINE = Pattern("shipments.read.dateline")
_EVERYWHERE = Pattern("shipments.gates.all_over")
_SUM_OF_ALL = Pattern("shipments.ceremonies.sum_of_all")
_AT_MANY = Pattern("shipments.ceremonies.at_many")
_KINDS = Pattern("shipments.ceremonies.kinds")
_ALL_OVER = Pattern("shipments.ceremonies.all_over")
_GOES_THERE = Pattern("shipments.ceremonies.goes_there")
_EARLIER = Pattern("shipments.matching.earlier")
_HAS_LEFT = Pattern("shipments.matching.has_left")
_COMES_FROM = Pattern("article.markets.from_country")
_GOODS_LISTED = Pattern("shipments.ceremonies.goods_listed")
_NO_GOODS = Pattern("shipments.ceremonies.no_goods")
UNCOUNTED = "shipment.uncounted"  # the rule of a dispatch that no figure counts
_ANNOUNCED = 8  # sentences before the sum of a ceremony in which it is told where it was held
_GOES_ON = 2  # sentences behind a dispatch that tell where it goes
_SPOKEN_OF = 2  # sentences before in which goods are named that a dispatch does not name again
MARKETS_COUNTED = "markets_counted"  # mark of a draft that says only how many countries its goods go to
LED_TO = "led_to"  # mark of a draft whose destination the sentence before told
_DATED = 8  # sentences in which an article tells the day of a ceremony
_OPENING = 8  # sentences in which an article says where its goods go
_TOLD_BEHIND = 8  # sentences behind a dispatch in which it may say so as well
_FEW = 3  # shipments of an article that is about one place
_LISTED_BEHIND = 7  # sentences behind a dispatch that list its goods


def settle_ceremony(reading: Reading) -> list[Draft]:
    """The shipments of an article, complete with what they share, totals that repeat their parts left out."""
    document = reading.document
    drafts = [d for d in reading.drafts if d.rule_id == UNCOUNTED or any(d.has(slot) for slot in AMOUNTS)]
    if not drafts:
        return []
    for draft in drafts:
        text = document.sentences[draft.sentences[0]].text
        before = document.sentences[max(0, draft.sentences[0] - 1)].text
        if (
            _NATIONWIDE.match(text)
            or (_SUM_OF_ALL.match(text) and _AT_MANY.search(before))
            or ("whole" in draft.evidence and _NATIONWIDE.search(text))
            or _EVERYWHERE.search(text)
        ):
            draft.put("origin_region", "Indonesia")
            draft.evidence.add(NATION)
    _mark_nation(document, drafts)
    _take_goods_listed(document, drafts)
    head = _head_of(document, drafts)
    if head is not None:
        head.evidence.add(HEAD)
    _share_ceremony(reading, drafts)
    drafts = settle_totals(drafts, document.text)
    name_senders(drafts, document)
    for draft in drafts:
        settle_origin(reading, draft)
        draft.fill("status", "realised")
    settle_total_origin(drafts)
    _put_in_future(reading, drafts)
    drafts = [d for d in drafts if _is_export(document, d)]
    settle_firsts(drafts, document)
    return drafts


def _put_in_future(reading: Reading, drafts: list[Draft]) -> None:
    """What a day behind the publication was told for is planned, unless a verb says that it has left."""
    today = reading.context.anchor
    if today.day is None or not today.is_published:
        return
    for draft in drafts:
        day = first_day(str(draft.slots.get("date") or ""))
        told = reading.document.sentences[draft.sentences[0]]
        if day is not None and day > today.day and not _HAS_LEFT.search(told.text):
            draft.put("status", "planned")


def _mark_nation(document: Document, drafts: list[Draft]) -> None:
    """The sum of a ceremony in many provinces, told first and of no region, is that of the whole country."""
    whole = drafts[0]
    told = document.sentences[whole.sentences[0]]
    if "whole" not in whole.evidence or NATION in whole.evidence or told.regions:
        return
    before = document.sentences[max(0, told.index - _ANNOUNCED) : told.index + 1]
    if any(_ALL_OVER.search(view.text) for view in before):
        whole.put("origin_region", "Indonesia")
        whole.evidence.add(NATION)
        whole.evidence.discard(LED)
        if LED_BY in whole.evidence:
            whole.slots.pop("exporter")
            whole.spans.pop("exporter")


def _take_goods_listed(document: Document, drafts: list[Draft]) -> None:
    """The goods of a ceremony that a sentence behind lists: "Komoditas yang dilepas antara lain ijuk ke Malaysia"."""
    whole = drafts[0]
    if len(drafts) > _FEW or whole.slots.get("status") == "planned":
        return
    first = max(whole.sentences[0], 0)
    for view in document.sentences[first + 1 : first + 1 + _LISTED_BEHIND]:
        if any(figure.kind in ("money", "quantity", "container") for figure in view.figures):
            continue
        if _GOODS_LISTED.match(view.text) is None or view.times or view.has("domestic", "demand"):
            continue
        goods = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
        if not goods:
            continue
        whole.sentences.append(view.index)
        if all(_NO_GOODS.fullmatch(name) for name in whole.listed("products")):
            whole.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
        return


def _head_of(document: Document, drafts: list[Draft]) -> Draft | None:
    """The draft that counts what a whole ceremony sent, told before what each of several firms sends."""
    realised = [d for d in drafts if d.slots.get("status") != "planned"]
    if not realised or any(realised[0].has(slot) for slot in ("products", "exporter", "quantity")):
        return None
    parts = [
        d for d in realised[1:] if d.has("exporter") and d.has("products") and not _is_earlier(document, d)
    ]
    return realised[0] if len({str(d.slots["exporter"]) for d in parts}) > 1 else None


def _is_earlier(document: Document, draft: Draft) -> bool:
    return _EARLIER.search(document.sentences[draft.sentences[0]].text) is not None


def _is_export(document: Document, draft: Draft) -> bool:
    if draft.has("destinations") or MARKETS_COUNTED in draft.evidence:
        return True
    if NATION in draft.evidence and "export" in document.cue_classes:
        return True  # "bagian dari pelepasan serentak senilai Rp35 triliun di seluruh Indonesia"
    return any(document.sentences[i].has("export") for i in draft.sentences)


def _share_ceremony(reading: Reading, drafts: list[Draft]) -> None:
    """Parts inherit date, destination, goods and region of the ceremony they belong to."""
    document = reading.document
    realised = [d for d in drafts if d.slots.get("status") != "planned"]
    today = [d for d in realised if not _is_earlier(document, d)]
    local = [d for d in drafts if NATION not in d.evidence] or drafts
    lead = next((d for d in today or realised or local if d in local), local[0])
    if today and len(str(lead.slots.get("date") or "")) <= len("2024"):
        _date_from_lead(reading, lead)
    dated = next((d for d in today if d.has("date") and (d is lead or _is_of_a_day(d))), None)
    for draft in drafts:
        if not draft.has("destinations") or LED_TO in draft.evidence:
            _destination_behind(document, draft)
    if not any(d.has("destinations") for d in drafts):
        _destination_from_lead(reading, lead)
    if not reading.report and not any(d.has("destinations") for d in drafts):
        country = _only_country(document)
        if country is not None:
            lead.put("destinations", [country[0]], country[1])
    for draft in drafts:
        if draft in today and dated is not None:
            draft.fill("date", dated.slots["date"], dated.spans.get("date"))
        if draft.evidence.isdisjoint((NATION, HEAD)) and not _TOTAL.search(
            document.sentences[draft.sentences[0]].text
        ):
            _share_slots(document, draft, drafts)


def _is_of_a_day(draft: Draft) -> bool:
    return len(str(draft.slots["date"])) >= len("2024-01-31")


def _share_slots(document: Document, draft: Draft, drafts: list[Draft]) -> None:
    kinds = _KINDS.search(document.sentences[draft.sentences[0]].text) is not None
    if not draft.has("products") and not kinds:
        _take_goods_spoken_of(document, draft, drafts)
    for slot in ("destinations", "products", "origin_region"):
        if slot == "products" and kinds:
            continue  # "empat jenis barang seberat 70 ton" is more than the first of them
        if slot == "origin_region" and (len(drafts) > _FEW or "whole" in draft.evidence):
            continue
        source = next(
            (
                d
                for d in drafts
                if d.has(slot)
                and NATION not in d.evidence
                and not (slot == "destinations" and _is_of_one_more_market(d, draft))
                and (slot != "origin_region" or _is_of_sender(document, d, draft))
            ),
            None,
        )
        if source is not None and not draft.has(slot):
            draft.put(slot, source.slots[slot], source.spans.get(slot))


def _is_of_one_more_market(source: Draft, draft: Draft) -> bool:
    """True for the market of other goods of the sentence: "Rp151 miliar ke sepuluh negara dan Rp2 miliar ke Perancis"."""
    return MARKETS_COUNTED in draft.evidence and source.sentences[0] == draft.sentences[0]


def _is_of_sender(document: Document, source: Draft, draft: Draft) -> bool:
    """True where two shipments have one sender, or none is named and the region is not that of other goods told later."""
    if source.slots.get("exporter") != draft.slots.get("exporter"):
        return False
    unlike = goods_words(draft).isdisjoint(goods_words(source))
    if is_other_item(document, source, draft) and (unlike or source.sentences[0] != draft.sentences[0]):
        return False
    if draft.has("products") and unlike and _is_earlier(document, draft):
        return draft.has("exporter")
    goods = draft.spans.get("products")
    own = goods is not None and document.sentences[draft.sentences[0]].start <= goods[0]
    later = source.sentences[0] > draft.sentences[0]
    return draft.has("exporter") or not (own and later and unlike)


def _take_goods_spoken_of(document: Document, draft: Draft, drafts: list[Draft]) -> None:
    """The goods that the sentences just before name: "Pisang mas dipasok petani. Pada Agustus sudah dikirim 10 ton"."""
    first = draft.sentences[0]
    for view in reversed(document.sentences[max(0, first - _SPOKEN_OF) : first]):
        if goes_inland(document, view) or view.has("domestic", "import"):
            continue
        told = next((d for d in drafts if d.has("products") and view.index in d.sentences[:1]), None)
        if told is not None:
            return
        goods = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
        if goods and view.start >= document.title_end:
            words = {word for label in goods for word in label.text.lower().split()}
            same = max(drafts, key=lambda other: len(words & goods_words(other)))
            if words & goods_words(same):
                draft.put("products", same.slots["products"], same.spans.get("products"))
            else:
                draft.put("products", [goods[0].text], (goods[0].start, goods[0].end))
            return


def _date_from_lead(reading: Reading, lead: Draft) -> None:
    """Date a shipment by the first day the article opens with; that of its dateline counts least."""
    text = reading.document.text
    days = [
        time
        for view in reading.document.body[:_DATED]
        for time in view.times
        if (time.form in ("day", "weekday") or (time.form == "relative" and time.word == "hari ini"))
        and not is_since(view, time)
    ]
    for time in sorted(days, key=lambda day: _DATELINE.match(text, day.end) is not None):
        resolved = reading.context.resolve(time)
        if resolved:
            lead.put("date", resolved.edtf, (time.start, time.end))
            return


def _destination_behind(document: Document, draft: Draft) -> None:
    """Where goods go that the sentence behind them tells, and which: "... senilai Rp2 miliar. Isinya kopra ke Pakistan"."""
    told: list[CountryMention] = []
    goods: list[Label] = []
    for view in document.sentences[draft.sentences[0] + 1 : draft.sentences[0] + 1 + _GOES_ON]:
        found = destinations(document, view, view.start, view.end)
        amounts = any(figure.kind in ("quantity", "container", "money") for figure in view.figures)
        if not found or amounts or not (_GOES_THERE.match(view.text) or view.has("send")):
            break
        told.extend(found)
        goods += [
            label
            for label in find_labels(document, view, single=True)
            if label.kind == "product" and label.start < found[-1].start
        ]
    if told:
        codes = list(dict.fromkeys(mention.code for mention in told))
        draft.put("destinations", codes, (told[0].start, told[-1].end))
    if goods and not draft.has("products"):
        draft.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))


def _destination_from_lead(reading: Reading, lead: Draft) -> None:
    document, first = reading.document, lead.sentences[0]
    behind = [] if reading.report else document.sentences[max(first, _OPENING) : first + _TOLD_BEHIND]
    for view in (*document.sentences[:_OPENING], *behind):
        found = destinations(document, view, view.start, view.end)
        if found and view.has("export", "send"):
            lead.put(
                "destinations",
                list(dict.fromkeys(m.code for m in found)),
                (found[0].start, found[-1].end),
            )
            return


def _only_country(document: Document) -> tuple[str, tuple[int, int]] | None:
    """The one foreign country that a short report names, where it names no other."""
    mentions = [
        mention
        for view in document.sentences
        if not view.has("import", "mission", "training", "fair")
        for mention in view.countries
        if not _COMES_FROM.search(document.text, max(view.start, mention.start - 12), mention.start)
    ]
    if len({mention.code for mention in mentions}) != 1:
        return None
    return mentions[0].code, (mentions[0].start, mentions[0].end)
