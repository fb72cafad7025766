"""What a clause about sales leaves to its neighbours: whose goods and which goods."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from pipelines.lexicons.loader import Region, region_codes, regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.stages.extract.article.labels import Label
from pipelines.stages.extract.article.narrator import Owner, is_of_another_firm, means_firm
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.presence.gates import tells_of_all_goods, tells_of_sale
from pipelines.stages.extract.presence.pairs import Pair, goods_of, goods_of_makers
from pipelines.stages.extract.presence.topic import ruling_goods
from pipelines.text.places import RegionMention, level_meant

_BOTH = Pattern("presence.owner.both")
_TOPIC = Pattern("presence.owner.topic")
_ANAPHOR = Pattern("presence.owner.anaphor")
_SUBJECT_VERB = Pattern("presence.owner.subject_verb")
_HEAD_WORDS = Pattern("presence.owner.head_words")
_HEAD_AT = Pattern("presence.owner.head_at")
_OF_PLACE = Pattern("presence.read.of_place")
_OF_PLACE_BEHIND = Pattern("presence.owner.of_place_behind")
_ANY_GOODS = Pattern("presence.read.any_goods")
_PRIDE_OF = Pattern("presence.owner.pride_of")
_BESIDE = Pattern("presence.owner.beside")
_OPENS_AT = Pattern("presence.owner.opens_at")
_SECTORS = Pattern("presence.series.sectors")
_MIDDLEMAN = Pattern("presence.read.middleman")
_PARTNER = Pattern("presence.owner.partner")
_SEAT = Pattern("presence.owner.seat")
_HIS_FIRM = Pattern("presence.owner.his_firm")
_LIVES_IN = Pattern("presence.owner.lives_in")
_MADE_BY = Pattern("presence.place.made_by")
_INTRODUCED = 8  # sentences back in which a seller's trade may have been told
_SHORTLY = 2  # sentences back in which a maker is introduced
_QUALITY_WITHIN = 60  # characters in which goods may be described before their region is named
_SEAT_NAMES = 3  # "Desa Lea, Kecamatan Kota Raja, Kabupaten Belu"

# "daerah itu" may be of any level.


def topic_goods(document: Document, view: SentenceView, pair: Pair, owner: Owner | None) -> list[Label]:
    """The goods under discussion where a clause names none: of the words before it, of the sentence before, of the headline."""
    if tells_of_all_goods(document, view, pair):
        return []
    ahead = goods_of(document, view, view.start, pair.start) or goods_of_makers(
        document, view, view.start, pair.end
    )
    if ahead:
        return ahead[:1]
    title = [v for v in document.sentences if v.end <= document.title_end]
    ruling = ruling_goods(document)
    for earlier in (*document.sentences[max(0, view.index - 2) : view.index][::-1], *title):
        if earlier.has("import", "smuggling") or is_of_another_firm(view, earlier, owner):
            continue
        labels = [
            label for label in goods_of(document, earlier, earlier.start, earlier.end)
            if not _ANY_GOODS.fullmatch(label.text)
        ]  # fmt: skip
        named = [
            label for label in labels
            if not _SECTORS.fullmatch(label.text)
            and any(label.start <= hit.start and hit.end <= label.end for hit in earlier.products)
        ]  # fmt: skip
        labels = named or labels or goods_of_makers(document, earlier, earlier.start, earlier.end)
        if ruling is not None and _lists_others(labels, ruling) and not tells_of_sale(earlier.text):
            continue  # "Bumbu rendang butuh lengkuas dan serai. ... kita menjajaki pasar Australia."
        if labels:
            run = _of_article(document, labels) or labels[:1]
            for label in labels[1:]:
                if _BOTH.search(view.text) and _TOPIC.fullmatch(document.text[run[-1].end : label.start]):
                    run.append(label)
            return run
    return _trade_of_seller(document, view, pair)


def _lists_others(labels: list[Label], ruling: Label) -> bool:
    """True for several goods of which none is what the article is about."""
    return len(labels) > 1 and all(ruling.text.lower() not in label.text.lower() for label in labels)


def _trade_of_seller(document: Document, view: SentenceView, pair: Pair) -> list[Label]:
    """What the seller whom a clause means makes: "Hartini, perajin tas agel ... Kami juga punya pembeli di Irak."."""
    clause = document.text[pair.start : pair.end]
    if not means_firm(clause):
        return []
    for earlier in document.sentences[max(0, view.index - _INTRODUCED) : view.index][::-1]:
        goods = goods_of_makers(document, earlier, earlier.start, earlier.end)
        if goods and earlier.start >= document.title_end:
            return goods
    return []


def _of_article(document: Document, labels: list[Label]) -> list[Label]:
    """The one of several goods that the whole article is about: "Selain nanas, Subang penghasil manggis"."""
    if len(labels) == 1:
        return []
    ruling = ruling_goods(document)
    return [] if ruling is None else [x for x in labels if x.text.lower() == ruling.text.lower()][:1]


def place_of_goods(document: Document, goods: list[Label]) -> RegionMention | None:
    """The region told beside goods that were named before the clause: "Lada hitam Lampung dikenal ..."."""
    if not goods:
        return None
    position = bisect_left(document.regions, goods[-1].end, key=_start)
    mention = document.regions[position] if position < len(document.regions) else None
    if mention is None or not _OF_PLACE.fullmatch(document.text, goods[-1].end, mention.start):
        return _place_they_stand_for(document, goods[-1])
    return mention


def _place_they_stand_for(document: Document, goods: Label) -> RegionMention | None:
    """The region whose pride a sentence calls goods: "Kepiting bakau juga menjadi andalan Kabupaten Mimika"."""
    view = document.sentences[bisect_right(document.sentences, goods.start, key=_start) - 1]
    behind = (m for m in view.regions if m.start >= goods.end)
    return next((m for m in behind if _PRIDE_OF.search(document.text, goods.end, m.start)), None)


def origin_of(
    document: Document, view: SentenceView, context: ArticleContext, pair: Pair, products: list[Label]
) -> RegionMention | None:
    """The region whose goods a clause tells of, or None where it is the home of the article."""
    text = document.text
    meant = _ANAPHOR.search(text, pair.start, pair.end)
    if meant is not None:
        return _region_meant(document, view, context, meant.start(), meant["level"])
    inside = [
        m for m in view.regions
        if pair.start <= m.start < pair.end
        and not _MIDDLEMAN.search(text, max(view.start, m.start - 40), m.start)
        and not _PARTNER.search(text, max(view.start, m.start - 100), m.start)
    ]  # fmt: skip
    named_after = next((m for m in inside if products and _is_named_after(text, products[-1], m)), None)
    if named_after is not None and not _SUBJECT_VERB.match(text, inside[0].end, pair.end):
        return named_after
    for mention in inside:
        if mention.role in ("origin", "office"):
            if not lies_in_home(mention, context):
                # "Dari Surabaya, pala Fakfak itu diteruskan ke Belanda": where they pass through
                passed = (
                    m for m in inside if products and _OF_PLACE.fullmatch(text, products[-1].end, m.start)
                )
                grown = next((m for m in passed if m is not mention and lies_in_home(m, context)), None)
                if grown is not None:
                    return grown
            return _place_of_maker(text, view, mention, inside) or mention
    subject = inside[0] if inside else None
    if subject is not None and is_subject(document, pair, subject):
        # "Lalu, Papua mengekspor kopi ...", "NTT punya ...": whoever the article is about else.
        return subject
    ahead = pair.countries[0].start if pair.countries else pair.end
    for mention in inside:
        beside = len(products) == 1 and _BESIDE.fullmatch(text, products[0].end, mention.start)
        if mention.role == "bare" and beside:
            return mention
        if (
            mention.explicit
            and mention.role in ("bare", "at")
            and mention.start < ahead
            and lies_in_home(mention, context)
        ):
            return mention
    return _place_it_opens_with(document, view, context)


def _place_of_maker(
    text: str, view: SentenceView, office: RegionMention, inside: list[RegionMention]
) -> RegionMention | None:
    """The regency of the makers of whom the office of its province tells: "Dinas NTB menyebut perajin di Lombok Tengah ..."."""
    if office.role != "office":
        return None
    for mention in inside:
        if mention.start > office.end and regions()[mention.code].parent_code == office.code:
            before = text[max(view.start, office.end, mention.start - 130) : mention.start]
            if _LIVES_IN.search(before) or _MADE_BY.search(before):
                return mention
    return None


def _place_it_opens_with(
    document: Document, view: SentenceView, context: ArticleContext
) -> RegionMention | None:
    """The place of "Di Bantul, perajin tas kulit bilang ..."."""
    place = view.regions[0] if view.regions else None
    if place is None or not _OPENS_AT.fullmatch(document.text, view.start, place.start):
        return None
    return place if document.text[place.end : place.end + 1] == "," and lies_in_home(place, context) else None


def _region_meant(
    document: Document, view: SentenceView, context: ArticleContext, at: int, level: str
) -> RegionMention | None:
    """The region of "mete asal kabupaten itu": the one of that level that was named last.

    Where its own paragraph names none, one told in passing before it, of another province, is not meant.
    """
    named = [
        m for m in document.regions[: bisect_left(document.regions, at, key=_start)] if _is_level(m, level)
    ]
    for mention in reversed(named):
        told = document.sentences[bisect_right(document.sentences, mention.start, key=_start) - 1]
        if told.sentence.paragraph == view.sentence.paragraph or lies_in_home(mention, context):
            return mention
    return named[-1] if named else None


def _is_named_after(text: str, goods: Label, mention: RegionMention) -> bool:
    """True for the region right behind goods: "kopi dari Dairi", "tuna Gorontalo"; "jeruk Sambas" may only be a variety."""
    if not _OF_PLACE.fullmatch(text, goods.end, mention.start):
        return mention.explicit and is_place_of(text, goods.end, mention.start)
    linked = mention.explicit or text[goods.end : mention.start].strip() != ""
    return linked or regions()[mention.code].level == "province"


def is_place_of(text: str, goods_end: int, place_start: int) -> bool:
    """True for a place told right behind goods or their description: "salak pondoh berkualitas tinggi asal Kabupaten Sleman"."""
    if _OF_PLACE.fullmatch(text, goods_end, place_start):
        return True
    near = place_start - goods_end <= _QUALITY_WITHIN
    return near and bool(_OF_PLACE_BEHIND.fullmatch(text, goods_end, place_start))


def is_subject(document: Document, pair: Pair, mention: RegionMention) -> bool:
    """True for the region that a clause is about: "Papua mengekspor ...", "Perajin di Bantul, Yogyakarta, menjual ..."."""
    head = _HEAD_WORDS if mention.role == "bare" else _HEAD_AT
    return bool(
        head.fullmatch(document.text, pair.start, mention.start)
        and _SUBJECT_VERB.match(document.text, mention.end, pair.end)
    )


def _start(mention: Spanned) -> int:
    return mention.start


def _is_level(mention: RegionMention, word: str) -> bool:
    level = level_meant(word)
    return level is None or regions()[mention.code].level == level


def lies_in_home(mention: RegionMention, context: ArticleContext) -> bool:
    """True for a region of the province that an article is about, that province itself included."""
    return _is_in_home(regions()[mention.code], context)


def is_in_home(name: str, context: ArticleContext) -> bool:
    """The same for an official name; false for the nation in an article about one of its regions."""
    code = region_codes().get(name)
    return code is None or _is_in_home(regions()[code], context)


def _is_in_home(region: Region, context: ArticleContext) -> bool:
    home = regions().get(context.home or "")
    if home is None or home.level == "country":
        return True
    return _province(region) == _province(home)


def _province(region: Region) -> str:
    return region.code if region.level == "province" else region.parent_code


def take_seat(document: Document, draft: Draft) -> None:
    """The region in which the firm of a claim is at home, where its clause names none: "UD Lempung, Desa Lea, Kabupaten Belu"."""
    if not draft.has("exporter") or "origin_region" in draft.spans:
        return
    for firm in document.firms:
        if firm.name != draft.slots["exporter"]:
            continue
        first = bisect_left(document.regions, firm.end, key=_start)
        before = document.regions[first - 1] if first else None
        # "Rani dari Takalar. CV Lontar miliknya ..."
        seat = (
            before
            if before is not None and _HIS_FIRM.fullmatch(document.text, before.end, firm.start)
            else None
        )
        for mention in document.regions[first : first + _SEAT_NAMES]:
            if not _SEAT.fullmatch(document.text, firm.end, mention.start):
                break
            if seat is not None and regions()[seat.code].parent_code == mention.code:
                break  # "di Kabupaten Belu, Nusa Tenggara Timur"
            seat = mention
        if seat is not None:
            draft.put("origin_region", seat.name, (seat.start, seat.end))
            return


def take_home_of_maker(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft, clause: str
) -> None:
    """The regency of the maker whom a clause means: "Nurhayati, pemilik usaha abon di Tallo, Kota Makassar ... Produknya ..."."""
    home = regions().get(context.home or "")
    if home is None or home.level != "province" or "origin_region" in draft.spans:
        return
    if not means_firm(clause):
        return
    for other in document.sentences[max(0, view.index - _SHORTLY) : view.index + 1][::-1]:
        apart = other.sentence.paragraph != view.sentence.paragraph and other.index < view.index - 1
        if apart or other.start < document.title_end:
            continue
        for mention in other.regions:
            level = regions()[mention.code].level
            if (
                level in ("regency", "city")
                and lies_in_home(mention, context)
                and _LIVES_IN.search(document.text, max(other.start, mention.start - 130), mention.start)
            ):
                draft.put("origin_region", mention.name, (mention.start, mention.end))
                return
