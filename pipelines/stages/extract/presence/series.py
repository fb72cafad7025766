"""Goods or markets listed in a sentence of their own: "... hingga pasar luar negeri. Seperti Jerman dan Denmark."."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.presence.gates import may_speak_of_sales, tells_of_sale
from pipelines.stages.extract.presence.lists import goods_at, markets_at
from pipelines.stages.extract.presence.pairs import Pair, subject_of

_MORE_MARKETS = Pattern("presence.series.more_markets")
_OPENS = Pattern("presence.series.opens")
_ABROAD = Pattern("presence.series.abroad")
_EXPORTED = Pattern("presence.series.exported")
_REST = Pattern("presence.series.rest")
_GOODS = Pattern("presence.series.goods")
_SECTORS = Pattern("presence.series.sectors")
_AMERICA = Pattern("presence.series.america")
_THERE = Pattern("presence.series.there")
_ORDERED = Pattern("presence.series.ordered")
_TO_THEM = Pattern("presence.series.to_them")
_GOES_ON = Pattern("presence.series.goes_on")
_SOME_TO = Pattern("presence.series.some_to")
_COUNTED = ("money", "quantity", "container")
_SEVERAL = 2  # markets that make a list


def read_series(document: Document, view: SentenceView, used: set[int]) -> tuple[SentenceView, Pair] | None:
    """The sentence that a list belongs to, and both together as one clause; None where a sentence is no such list."""
    before = document.sentences[view.index - 1] if view.index else None
    if view.figures or before is None or before.start < document.title_end:
        return None
    if some := _SOME_TO.match(view.text):
        return _read_some(document, view, before, view.start + some.end(), used)
    opening = _OPENS.match(view.text)
    if opening is None or any(f.kind in _COUNTED for f in before.figures):
        return None
    shares = any(f.kind == "percent" for f in before.figures)
    if not may_speak_of_sales(document, before) or _not_of_sales(before):
        return None
    offset = view.start + opening.end()
    areas = _are_areas(document, before)
    told_where = before.countries or _ABROAD.search(before.text) or _EXPORTED.search(before.text)
    if areas and told_where and tells_of_sale(before.text):
        markets = markets_at(document, view, offset, used)
        if markets and _ends(document, view, markets[-1].end):
            return before, Pair(before.start, view.end, tuple(subject_of(document, before)), tuple(markets))
    if (
        not shares
        and not before.countries
        and not _names_goods(document, before)
        and _GOODS.search(before.text)
    ):
        goods = goods_at(document, view, offset)
        if len(goods) > 1 and _ends(document, view, goods[-1].end):
            return before, Pair(before.start, view.end, tuple(goods), ())
    return None


def _read_some(
    document: Document, view: SentenceView, before: SentenceView, offset: int, used: set[int]
) -> tuple[SentenceView, Pair] | None:
    """What of goods sold at home goes abroad: "Pesanan rotan dari Martapura banyak. Ada juga yang ke Jepang."."""
    markets = markets_at(document, view, offset, used)
    if not markets or before.countries or not _ends(document, view, markets[-1].end):
        return None
    if _not_of_sales(before) or not may_speak_of_sales(document, before):
        return None
    goods = subject_of(document, before)
    if not (tells_of_sale(before.text) or _ORDERED.search(before.text)):
        return None
    return (before, Pair(before.start, view.end, tuple(goods), tuple(markets))) if goods else None


def read_there(document: Document, view: SentenceView, told: list[Draft]) -> tuple[SentenceView, Pair] | None:
    """A sale to the markets just named: "Ada buyer dari Turki, dia cocok. Sebulan 20 ton diekspor ke sana."."""
    before = document.sentences[view.index - 1] if view.index else None
    if view.countries or before is None or before.start < document.title_end or not _THERE.search(view.text):
        return None
    markets = before.countries
    known = {code for draft in told for code in draft.listed("destinations")}
    if not markets or _not_of_sales(before):
        return None
    if any(m.code in known for m in markets) and not _sells_others(document, view, told):
        return None
    if view.has("import") or any(
        f.kind in _COUNTED and not f.is_rate and f.value is not None for f in view.figures
    ):
        return None
    goods = subject_of(document, view) or subject_of(document, before)
    return before, Pair(before.start, view.end, tuple(goods), tuple(markets))


def _sells_others(document: Document, view: SentenceView, told: list[Draft]) -> bool:
    """True for further goods that go to the markets just told: "Barang kecil dikirim ke tiga negara tersebut"."""
    if not _TO_THEM.search(view.text):
        return False
    known = {name.lower() for draft in told for name in draft.listed("products")}
    goods = [label.text.lower() for label in subject_of(document, view)]
    return bool(goods) and known.isdisjoint(goods)


def _are_areas(document: Document, view: SentenceView) -> bool:
    """True where a sentence names only areas: in "Eropa, Asia, hingga Amerika" the last is one too."""
    others = [m for m in view.countries if not m.code.startswith("M49")]
    if not others or len(others) == len(view.countries):
        return not others
    return all(_AMERICA.fullmatch(document.text, m.start, m.end) for m in others)


def _not_of_sales(view: SentenceView) -> bool:
    return view.has("import", "mission", "fair", "training")


def _names_goods(document: Document, view: SentenceView) -> bool:
    """True where a sentence names goods itself, not only "hasil pertanian dan perkebunan"."""
    return any(not _SECTORS.fullmatch(label.text) for label in subject_of(document, view))


def _ends(document: Document, view: SentenceView, offset: int) -> bool:
    """True where a sentence says nothing more behind its list."""
    return bool(_REST.fullmatch(document.text, offset, view.end))


def read_more_markets(
    document: Document, view: SentenceView, drafts: list[Draft], used: set[int]
) -> Draft | None:
    """Further markets of the goods told before: "... dijual ke Jepang. Di samping itu ada pula Australia dan Prancis."."""
    last = drafts[-1] if drafts else None
    if last is None or view.figures or view.products:
        return None
    opening = _MORE_MARKETS.match(view.text)
    if (
        opening is None
        or not last.has("destinations")
        or not view.index - 2 <= last.sentences[-1] < view.index
    ):
        return None
    markets = markets_at(document, view, view.start + opening.end(), used)
    if not markets or not _ends(document, view, markets[-1].end):
        return None
    draft = Draft("market_presence", "presence.market", [view.index], view.start)
    for slot in ("origin_region", "exporter", "products", "status"):
        draft.fill(slot, last.slots.get(slot), last.spans.get(slot))
    codes = list(dict.fromkeys(mention.code for mention in markets))
    draft.put("destinations", codes, (markets[0].start, markets[-1].end))
    return draft


def goes_on_listing(document: Document, view: SentenceView, drafts: list[Draft], used: set[int]) -> bool:
    """Put the markets of a sentence into the list before that it goes on with: "Kemudian Estonia, Prancis dan Jerman."."""
    last = drafts[-1] if drafts else None
    opening = _GOES_ON.match(view.text)
    if last is None or opening is None or view.figures or view.products:
        return False
    if not last.has("destinations") or last.sentences[-1] != view.index - 1:
        return False
    markets = markets_at(document, view, view.start + opening.end(), used)
    if len(markets) < _SEVERAL or not _ends(document, view, markets[-1].end):
        return False
    codes = [*last.listed("destinations"), *(mention.code for mention in markets)]
    last.slots["destinations"] = list(dict.fromkeys(codes))
    last.sentences.append(view.index)
    return True
