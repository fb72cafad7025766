"""Where the goods of a dispatch come from: the region told with them, the sender's home, or the article's."""

from __future__ import annotations

from collections import Counter

from pipelines.lexicons.loader import region_codes, regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import region_name
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import GROWN, NATION, Draft
from pipelines.stages.extract.shipments.origins_told import (
    grown_in,
    home_of_teller,
    is_of_other_goods,
    is_only_dateline,
    named_after,
    named_beside,
    region_of_goods,
)
from pipelines.stages.extract.shipments.senders import goods_words
from pipelines.stages.extract.shipments.sentences import Reading
from pipelines.text.edtf import first_day
from pipelines.text.organisations import Organisation
from pipelines.text.places import RegionMention

_PORT = Pattern("realisations.stated_regions.port")
_AT_HOME = Pattern("shipments.origins.at_home")
_JOINED = Pattern("shipments.origins.joined")
_SECTION = Pattern("shipments.origins.section")
_BY_PROVINCE = Pattern("shipments.origins.by_province")
_VENUE = Pattern("shipments.origins.venue")
_WAREHOUSE = Pattern("shipments.origins.warehouse")

_INDONESIA = "ID"
_CAPITAL = "Provinsi DKI Jakarta"
LED = "led"  # mark of a draft whose origin the sentence before told
_TOLD = "grown"  # mark of a draft whose region a sentence tells; GROWN: as where its goods were grown
_ONE_STORY = 3  # shipments of an article that is about one place
_LEAD = 3  # sentences
_LONG_AGO = 60  # days after which a dispatch is none of those an article reports
_ROUND_UP = 2  # regions that open parts of an article
_ITEM = 200  # characters of an item of a list
_BEFORE = 120  # characters that tell what lies in a city
_GOES_ON = 2  # sentences behind a firm that still speak of it


def settle_origin(reading: Reading, draft: Draft) -> None:
    """Fill the region of the goods; the home of a named sender counts more than what led up to the dispatch."""
    goods = region_of_goods(reading.document, draft)
    beside = named_beside(reading.document, draft, reading.context.home)
    if draft.has("origin_region") and LED not in draft.evidence:
        told = goods or beside
        if told is not None and (
            _is_in(told, str(draft.slots["origin_region"])) or _stands_nearer(draft, told)
        ):
            # "7 ton manggis dari kawasan Pupuan, Tabanan, yang dikirim dari Bali"
            draft.put("origin_region", told.name)
        elif told is None and not _take_home_within(reading.document, draft):
            _take_grown_within(reading.document, draft)
        return
    sender = _home_of_sender(reading.document, draft)
    if reading.report and sender is None:
        sender = _place_of_section(reading, draft)
    view = reading.document.sentences[draft.sentences[0]]
    if goods is not None and goods.start < view.start and any(m.name == sender for m in view.regions):
        goods = None  # "126 ton pinang milik CV X di Kabupaten Y", behind the pinang of another regency
    if goods is None and sender is not None and _is_city(sender):
        sender = grown_in(reading.document, draft) or sender  # a city trades in what others grow
    if sender is not None or goods is not None:
        draft.put("origin_region", goods.name if goods is not None else sender)
    draft.fill("origin_region", _origin_of(reading, draft, beside))


def _take_home_within(document: Document, draft: Draft) -> bool:
    """The regency of the one who sends what its province exports: "NTB mengekspor manggis ... PT X, Kabupaten Lombok Barat"."""
    home = _home_of_sender(document, draft)
    code = region_codes().get(home or "")
    if code is None or region_name(regions()[code].parent_code) != draft.slots["origin_region"]:
        return False
    draft.put("origin_region", home)
    draft.evidence.add(GROWN)
    return True


def _take_grown_within(document: Document, draft: Draft) -> None:
    """The regency that grew what a province or a city sends: "NTB melepas mutiara. Itu dibudidayakan di Lombok Timur"."""
    grown, told = grown_in(document, draft), str(draft.slots["origin_region"])
    code = region_codes().get(grown or "")
    province = regions()[code].parent_code if code else None
    if province and (region_name(province) == told or _is_city(told)):
        draft.put("origin_region", grown)
        draft.evidence.add(GROWN)


def _stands_nearer(draft: Draft, told: RegionMention) -> bool:
    """True for the region goods are named after before where they leave: "melepas kopi arabika Kerinci ..., dari Kota Jambi"."""
    goods, printed = draft.spans.get("products"), draft.spans.get("origin_region")
    return goods is not None and printed is not None and goods[1] <= told.start and told.end <= printed[0]


def _is_city(name: str) -> bool:
    code = region_codes().get(name)
    return code is not None and regions()[code].level == "city"


def _is_in(mention: RegionMention, province: str) -> bool:
    parent = regions().get(regions()[mention.code].parent_code or "")
    return parent is not None and parent.name == province


def settle_total_origin(drafts: list[Draft]) -> None:
    """A total of no region of its own comes from where all its parts come from."""
    told = {str(draft.slots.get("origin_region")) for draft in drafts if "total" not in draft.evidence}
    if len(told) != 1 or told == {"None"}:
        return
    for draft in drafts:
        if "total" in draft.evidence and NATION not in draft.evidence and "origin_region" not in draft.spans:
            draft.put("origin_region", next(iter(told)))


def _origin_of(reading: Reading, draft: Draft, beside: RegionMention | None) -> str | None:
    """The region of goods told before, a regency told with the dispatch, else the one the article is about."""
    home = reading.context.home
    if region_name(home) == _CAPITAL and is_only_dateline(reading.document, home):
        home = _INDONESIA  # where a ministry speaks is not where goods come from
    home_region = regions()[home] if home else None
    province = _province_of_governor(reading, draft)
    if province is not None:
        return province
    grown_there = grown_in(reading.document, draft)
    grown = (
        _place_of_section(reading, draft)
        or grown_there
        or (beside.name if beside is not None else None)
        or home_of_teller(reading.document, draft)
        or _home_of_goods(reading, draft)
        or (named_after(reading.document, draft, home) if len(reading.drafts) <= _ONE_STORY else None)
    )
    if grown is not None:
        draft.evidence.add(_TOLD)
        if grown == grown_there:
            draft.evidence.add(GROWN)
        return grown
    if home_region is not None and home_region.level == "province":
        told = {str(d.slots["origin_region"]) for d in reading.drafts if "origin_region" in d.spans}
        another = _of_another(reading, draft)
        own, *others = (_regency_told(reading.document, index, home, another) for index in draft.sentences)
        if own is not None or told == {home_region.name}:
            return own or home_region.name
        regency = next(filter(None, others), None)
        if regency is not None:
            return regency
        if (
            len(reading.drafts) <= _ONE_STORY
            and reading.document.body
            and not _sent_from_another(reading, draft)
        ):
            lead = _regencies_of_lead(reading.document, home, goods_words(draft))
            named = lead - _homes_of_senders(reading.document) - another
            if len(named) == 1:
                return named.pop()
    few = len(reading.drafts) <= _ONE_STORY
    if few and home == _INDONESIA and NATION not in draft.evidence:
        return _only_place(reading.document) or region_name(home)
    return (_place_of_sending(reading, draft, region_name(home)) if few else None) or region_name(home)


def _province_of_governor(reading: Reading, draft: Draft) -> str | None:
    """The province whose governor saw off goods long before the regency's: "Pada 24 Maret 2021 Pemprov melepas ekspor ..."."""
    home, today = reading.context.home, reading.context.anchor.day
    day = first_day(str(draft.slots.get("date") or ""))
    if home is None or day is None or today is None or (today - day).days < _LONG_AGO:
        return None
    view = reading.document.sentences[draft.sentences[0]]
    if draft.has("exporter") or _BY_PROVINCE.search(view.text) is None:
        return None
    if any(regions()[m.code].level in ("regency", "city") and m.role != "route" for m in view.regions):
        return None
    return region_name(regions()[home].parent_code) if regions()[home].level != "province" else None


def _place_of_section(reading: Reading, draft: Draft) -> str | None:
    """The region that opens the part of a round-up, or of a release, in which a dispatch is told: "Di Banyuwangi, ..."."""
    document = reading.document
    first = document.sentences[draft.sentences[0]]
    if "total" in draft.evidence:
        return None
    openings = [
        (view.index, mention)
        for view in document.body
        for mention in view.regions[:1]
        if mention.role in ("at", "origin") and _SECTION.fullmatch(document.text, view.start, mention.start)
    ]
    if len({mention.name for _, mention in openings}) < (1 if reading.report else _ROUND_UP):
        return None
    before = [mention for index, mention in openings if 0 <= first.index - index <= _GOES_ON]
    return before[-1].name if before else None


def _only_place(document: Document) -> str | None:
    """The one regency, or else the one province, in which a minister of the article saw goods off."""
    told = Counter(
        mention.code
        for mention in document.regions
        if mention.code != _INDONESIA
        and (mention.role == "origin" or mention.start >= document.title_end)
        and mention.role in ("origin", "at", "bare", "seat")
    )
    places = [code for code in told if regions()[code].level != "province"]
    provinces = [code for code in told if regions()[code].level == "province"]
    if len(places) == 1:
        # "di Hotel Nusantara, Kota Bandar Lampung" of goods that are Lampung's again and again
        around = told[regions()[places[0]].parent_code or ""]
        return region_name(provinces[0] if around > told[places[0]] and len(provinces) == 1 else places[0])
    return region_name(provinces[0]) if len(provinces) == 1 and not places else None


def _place_of_sending(reading: Reading, draft: Draft, home: str | None) -> str | None:
    """Where goods were seen off, in an article whose only home is that of other goods."""
    others = [d for d in reading.drafts if d is not draft and d.slots.get("origin_region") == home]
    if not others or any(
        "origin_region" not in d.spans or goods_words(d) & goods_words(draft) for d in others
    ):
        return None
    view = reading.document.sentences[draft.sentences[0]]
    if any(mention.name == home for mention in view.regions):
        return None
    return next((m.name for m in view.regions if m.role == "at" and m.explicit), None)


def _home_of_sender(document: Document, draft: Draft) -> str | None:
    """The region an article puts behind a firm's name: "KSU Talang Mandiri yang berbasis di Kabupaten Solok"."""
    for view in document.body:
        for firm in view.firms:
            if firm.name == draft.slots.get("exporter"):
                mention = _region_behind(document, view, firm)
                if mention is not None:
                    return mention.name
    return None


def _homes_of_senders(document: Document) -> set[str]:
    """The regions that stand behind firms' names; the goods of another sender come from elsewhere."""
    firms = ((view, firm) for view in document.body for firm in view.firms)
    return {found.name for view, firm in firms if (found := _region_behind(document, view, firm)) is not None}


def _region_behind(document: Document, view: SentenceView, firm: Organisation) -> RegionMention | None:
    mention = next((m for m in view.regions if m.start >= firm.end), None)
    if mention is None or mention.role not in ("origin", "at", "bare", "apposition", "seat"):
        return None
    if regions()[mention.code].level == "city" and _WAREHOUSE.search(document.text, view.start, firm.start):
        return None  # "melepas kopi asal Lampung di gudang PT X, Bandarlampung"
    return mention if _AT_HOME.fullmatch(document.text, firm.end, mention.start) else None


def _home_of_goods(reading: Reading, draft: Draft) -> str | None:
    """The region told with a shipment of like goods before; the next lot comes from where this one was grown."""
    next_lot = draft.slots.get("status") == "planned"
    alike = [
        other
        for other in reading.drafts
        if ("origin_region" in other.spans or (next_lot and _TOLD in other.evidence))
        and other.sentences[0] < draft.sentences[0]
        and _are_same(other, draft)
    ]
    told = {str(other.slots["origin_region"]) for other in alike}
    if "total" in draft.evidence:
        return None
    if len(told) == 1:
        return told.pop()
    return None


def _are_same(one: Draft, two: Draft) -> bool:
    """True for goods told in full and in short: "tuna", "tuna loin"; not for "kelapa bulat" and "santan kelapa"."""
    words, others = goods_words(one), goods_words(two)
    if words.isdisjoint(others):
        return False
    same_sender = one.has("exporter") and one.slots["exporter"] == two.slots.get("exporter")
    return same_sender or words <= others or others <= words


def is_other_item(document: Document, source: Draft, draft: Draft) -> bool:
    """True where a region stands in another item of a list: "kelapa bulat asal Kaur 540 ton; santan kelapa 288 ton"."""
    region, goods = source.spans.get("origin_region"), draft.spans.get("quantity")
    if region is None or goods is None:
        return False
    return ";" in document.text[region[1] : min(goods[0], region[1] + _ITEM)]


def _of_another(reading: Reading, draft: Draft) -> set[str]:
    """The regions told with what another firm sends in the same sentence, or in another item of a list."""
    return {
        str(other.slots["origin_region"])
        for other in reading.drafts
        if "origin_region" in other.spans
        and not _are_same(other, draft)
        and (_has_another_sender(other, draft) or is_other_item(reading.document, other, draft))
    }


def _has_another_sender(other: Draft, draft: Draft) -> bool:
    own, told = draft.slots.get("exporter"), other.slots.get("exporter")
    return other.sentences[0] == draft.sentences[0] and bool(own and told) and own != told


def _regency_told(document: Document, index: int, province: str | None, another: set[str]) -> str | None:
    """The regency of a province that a sentence of a dispatch names for it, or None."""
    view = document.sentences[index]
    ports = _ports(view)
    for mention in view.regions:
        region = regions()[mention.code]
        if any(start <= mention.start <= end for start, end in ports):
            continue
        if (
            mention.role in ("at", "bare", "origin")
            and mention.explicit
            and region.parent_code == province
            and region.level == "regency"
            and region.name not in another
        ):
            return region.name
    return None


def _sent_from_another(reading: Reading, draft: Draft) -> bool:
    """True for a later dispatch with a regency of its own: "... dari Pelabuhan Tobelo, Kabupaten Halmahera Utara"."""
    view = reading.document.sentences[draft.sentences[0]]
    return draft is not reading.drafts[0] and any(
        mention.explicit and regions()[mention.code].level == "regency" for mention in view.regions
    )


def _is_joined(document: Document, before: RegionMention | None, mention: RegionMention) -> bool:
    """True for the second of "Kabupaten Aceh Tengah dan Bener Meriah"."""
    return (
        before is not None
        and before.explicit
        and _JOINED.fullmatch(document.text, before.end, mention.start) is not None
    )


def _ports(view: SentenceView) -> list[tuple[int, int]]:
    """Where a sentence names ports with the places they lie in, which are not where goods come from."""
    return [(view.start + match.start(), view.start + match.end()) for match in _PORT.finditer(view.text)]


def _is_venue(view: SentenceView, mention: RegionMention) -> bool:
    """True for the city of a yard or an office in which goods are seen off: "di halaman UPTD Sertifikasi, Kota Serang"."""
    at = mention.start - view.start
    city = regions()[mention.code].level == "city"
    return city and _VENUE.search(view.text[max(0, at - _BEFORE) : at]) is not None


def _regencies_of_lead(document: Document, province: str | None, words: set[str]) -> set[str]:
    """The regencies of a province that an article opens with; where a port lies is not where goods come from."""
    named: set[str] = set()
    for view in document.sentences[: document.body[0].index + _LEAD]:
        ports = _ports(view)
        named |= {
            mention.name
            for before, mention in zip([None, *view.regions], view.regions, strict=False)
            if (mention.explicit or _is_joined(document, before, mention))
            and mention.role in ("origin", "bare", "at", "apposition")
            and regions()[mention.code].parent_code == province
            and not any(start <= mention.start <= end for start, end in ports)
            and not _is_venue(view, mention)
            and not is_of_other_goods(document, view, mention, words)
            and not (
                _is_joined(document, before, mention) and is_of_other_goods(document, view, before, words)
            )
        }
    return named
