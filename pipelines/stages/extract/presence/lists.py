"""Goods and markets that are listed without figures of their own."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.article.reports import is_report
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.presence.gates import ranks_markets
from pipelines.stages.extract.presence.pairs import Pair

_WORD = re.compile(r"\w+")
_REST_LIST = Pattern("presence.lists.rest_list")
_REST_GOODS = Pattern("presence.lists.rest_goods")
_SENT_NEXT = Pattern("presence.lists.sent_next")
_ANY_GOODS = Pattern("presence.read.any_goods")
_ALL_OF_THEM = Pattern("presence.lists.all_of_them")
_ALSO_LIST = Pattern("presence.lists.also_list")
_NAMED_NEXT = Pattern("presence.lists.named_next")
_AMOUNTS = ("money", "quantity", "percent", "container")
_SEVERAL = 2  # goods that make a list
_TRAILING = Pattern("presence.lists.trailing")
_BESIDES = Pattern("presence.lists.besides")
_SET_ASIDE = Pattern("presence.lists.set_aside")
_ANNOUNCES = Pattern("presence.lists.announces_shares")
_SHARES = Pattern("presence.lists.shares")
_TAIL = Pattern("presence.lists.tail")
_LIST_GAP = Pattern("presence.lists.list_gap")
_SAME_GOODS = Pattern("presence.lists.same_goods")
_REST_MARKETS = Pattern("presence.lists.rest_markets")
_RANKS_ON = Pattern("presence.lists.ranks_on")
_LEADS = Pattern("presence.lists.leads")
_VAGUE = Pattern("presence.lists.vague")
_ONWARD = Pattern("presence.lists.onward")
_MARKET_GAP = Pattern("presence.lists.market_gap")
_MARKET_LEAD = Pattern("presence.lists.market_lead")


@dataclass(frozen=True, slots=True)
class Figured:
    """Goods and countries of an article that have a figure of their own, and both where one figure counts them."""

    goods: tuple[frozenset[str], ...]
    countries: frozenset[str]
    pairs: frozenset[tuple[frozenset[str], str]]


def figured(realisations: list[Draft]) -> Figured:
    """What the realisations of an article count one by one."""
    goods = {_words(str(draft.slots["commodity"])) for draft in realisations if draft.has("commodity")}
    countries = {code for draft in realisations for code in draft.listed("destinations")}
    pairs = {
        (_words(str(draft.slots["commodity"])), code)
        for draft in realisations
        if draft.has("commodity")
        for code in draft.listed("destinations")
    }
    return Figured(tuple(goods), frozenset(countries), frozenset(pairs))


def drop_figured(draft: Draft, told: Figured) -> bool:
    """Take out of a list of main goods or main markets what has its own figure; False where nothing is left.

    Goods that are sold somewhere stay, unless a figure counts just these goods there.
    """
    goods, codes = draft.listed("products"), draft.listed("destinations")
    if goods and codes:
        return draft.slots.get("status") == "planned" or not all(
            _is_counted_there(name, code, told) for name in goods for code in codes
        )
    left = [name for name in goods if not _is_counted(name, told)]
    if goods and len(left) < len(goods):
        draft.slots["products"] = left
    others = [code for code in codes if code not in told.countries]
    if codes and len(others) < len(codes):
        draft.slots["destinations"] = others
    return bool(left or others)


def _is_counted(name: str, told: Figured) -> bool:
    own = _words(name)
    return any(own <= other or other <= own for other in told.goods)


def _is_counted_there(name: str, code: str, told: Figured) -> bool:
    return (_words(name), code) in told.pairs


def joins_last(document: Document, draft: Draft, pair: Pair, drafts: list[Draft]) -> bool:
    """Give markets to the goods told right before: "Barang itu kopi dan lada. Semuanya untuk pasar Sarawak".

    In a release a sentence "Negara tujuannya ..." tells the markets of all that the region exports.
    """
    last = drafts[-1] if drafts else None
    if last is None or pair.products or last.has("destinations") or not last.has("products"):
        return False
    apart = draft.sentences[0] - last.sentences[0]
    view = document.sentences[draft.sentences[0]]
    same = _ALL_OF_THEM if apart and is_report(document) else _SAME_GOODS
    if apart > 1 or not same.search(document.text, draft.order, view.end):
        return False
    last.put("destinations", draft.slots["destinations"], draft.spans.get("destinations"))
    return True


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(name.lower()))


def read_also(document: Document, view: SentenceView, drafts: list[Draft]) -> Draft | None:
    """More of the goods that the sentence before listed: "Ada juga fesyen muslim", "Selain itu ada karet dan kayu"."""
    last = drafts[-1] if drafts else None
    if last is None or last.rule_id != "presence.product" or last.sentences[-1] != view.index - 1:
        return None
    if (
        view.figures
        or view.countries
        or view.has("import", "domestic", "fair")
        or not _ALSO_LIST.match(view.text)
    ):
        return None
    goods = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
    if not goods or _VAGUE.search(goods[-1].text):
        return None
    draft = Draft("market_presence", "presence.product", [view.index], view.start)
    draft.put("origin_region", last.slots.get("origin_region"))
    draft.put("status", last.slots["status"])
    draft.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
    return draft


def names_its_goods(document: Document, view: SentenceView, drafts: list[Draft]) -> bool:
    """Put goods into the claim before that only counted them: "Tiga makanan ... Ketiganya ialah kerupuk, ...".

    One that told markets only takes them from "Produk yang diekspor meliputi ..." too, but for a release.
    """
    last = drafts[-1] if drafts else None
    if last is None or last.sentences[-1] != view.index - 1 or view.countries:
        return False
    told = last.listed("products")
    loose = all(_ANY_GOODS.fullmatch(name) for name in told)
    if len(told) > 1 or not (loose or last.has("destinations")):
        return False
    opening = _NAMED_NEXT.match(view.text)
    if opening is None and loose and not is_report(document):
        opening = _SENT_NEXT.match(view.text)
    if opening is None:
        return False
    goods = goods_at(document, view, view.start + opening.end())
    if len(goods) < _SEVERAL:
        return False
    last.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
    if last.has("destinations"):
        last.rule_id = "presence.market"
    return True


def read_rest(
    document: Document, view: SentenceView, context: ArticleContext, busy: set[int], used: set[int]
) -> Draft | None:
    """What a report names without a figure: "Sisanya jamu, gitar, dan teh celup", "..., disusul Jerman dan Jepang"."""
    if not is_report(document) and view.index - 1 not in busy:
        return None
    figures = [f for f in view.figures if f.kind in ("money", "quantity", "percent")]
    draft = Draft("market_presence", "presence.rest", [view.index], view.end)
    draft.put("origin_region", region_name(context.home))
    draft.put("status", "realised")
    if view.has("import", "domestic"):
        return None
    if not figures and not view.countries and _REST_LIST.match(view.text):
        products = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
        if len(products) >= 2:
            draft.put("products", [label.text for label in products], (products[0].start, products[-1].end))
            return draft
    others = _REST_GOODS.search(document.text, max([view.start, *(f.end for f in figures)]), view.end)
    named = goods_at(document, view, others.end()) if others is not None and figures else []
    if len(named) >= 2:
        draft.put("products", [label.text for label in named], (named[0].start, named[-1].end))
        return draft
    floor = max([view.start, *(f.end for f in figures)])
    rest = _REST_MARKETS.search(document.text, floor, view.end)
    if rest is None and (ahead := _REST_MARKETS.match(document.text, view.start, view.end)):
        # "Pembeli lainnya Taiwan dan Vietnam, yang porsinya tak sampai satu persen": the figure stands behind.
        countries = markets_at(document, view, ahead.end(), used)
        if len(countries) >= 2:
            draft.put("destinations", _codes(countries), (countries[0].start, countries[-1].end))
            return draft
    if rest is not None:
        countries = markets_at(document, view, rest.end(), used)
        counted = figures and view.index in busy and not view.has("potential", "transaction")
        goods = goods_at(document, view, rest.end() + 1) if counted and not countries else []
        if goods and not _VAGUE.search(goods[-1].text):
            draft.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
            return draft
        if any(not mention.code.startswith("M49") for mention in countries):
            draft.put("destinations", _codes(countries), (countries[0].start, countries[-1].end))
            return draft
    if figures and not (ranks_markets(view.text) and all(f.kind == "percent" for f in figures)):
        tail = _TRAILING.match(document.text, figures[-1].end, view.end)
        countries = [m for m in view.countries if tail and m.start >= tail.end() and m.start not in used]
        if len(countries) >= 2 and tail and countries[0].start - tail.end() <= 3:
            draft.put("destinations", [m.code for m in countries], (countries[0].start, countries[-1].end))
            return draft
    return None


def read_tail(
    document: Document, view: SentenceView, context: ArticleContext, told: Figured, place: str | None
) -> Draft | None:
    """Goods that end a sentence about a total: "... tercatat 9,4 juta dolar AS, didominasi produk pertanian serta ikan"."""
    figures = [f for f in view.figures if f.kind in ("money", "quantity", "percent", "container")]
    if not figures or view.has("import", "target", "forecast", "transaction"):
        return None
    if not view.has("export") and place is None:
        return None
    lead = _TAIL.match(document.text, figures[-1].end, view.end)
    if lead is None or figures[-1].kind == "percent":
        return None
    goods = goods_at(document, view, lead.end())
    if not goods:
        return None
    draft = Draft("market_presence", "presence.tail", [view.index], goods[0].start)
    draft.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
    onward = _ONWARD.match(document.text, goods[-1].end, view.end)
    countries = markets_at(document, view, onward.end(), frozenset()) if onward else []
    if countries:
        draft.put("destinations", _codes(countries), (countries[0].start, countries[-1].end))
    elif not view.has("export"):
        return None
    if all(_is_counted(label.text, told) for label in goods):
        return None
    origin = next((m for m in view.regions if m.role == "origin" and m.end <= figures[-1].start), None)
    draft.put("origin_region", origin.name if origin else place or region_name(context.home))
    draft.put("status", "realised")
    return draft


def goods_at(document: Document, view: SentenceView, offset: int) -> list[Label]:
    """The list of goods that begins at an offset; empty where none does."""
    goods: list[Label] = []
    for label in find_labels(document, view, single=True):
        if label.kind != "product" or label.start < offset:
            continue
        gap = document.text[goods[-1].end if goods else offset : label.start]
        if gap.strip() if not goods else not _LIST_GAP.fullmatch(gap):
            break
        goods.append(label)
    return goods


def markets_at(
    document: Document, view: SentenceView, offset: int, used: Container[int]
) -> list[CountryMention]:
    """The list of markets that begins at an offset; empty where none does."""
    found: list[CountryMention] = []
    for mention in view.countries:
        if mention.start < offset or mention.start in used:
            continue
        gap = document.text[found[-1].end if found else offset : mention.start]
        if not (_MARKET_GAP if found else _MARKET_LEAD).fullmatch(gap):
            break
        found.append(mention)
    return found


def _codes(countries: list[CountryMention]) -> list[str]:
    return list(dict.fromkeys(mention.code for mention in countries))


def read_shares(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    busy: set[int],
    drafts: list[Draft],
    told: Figured,
) -> Draft | None:
    """A list ranked by shares alone: "Ikan menguasai 24,1 persen, disusul perhiasan 15,4 persen ..."."""
    figures = [f for f in view.figures if f.kind in ("money", "quantity", "percent", "container")]
    if view.index in busy or not figures or any(f.kind != "percent" for f in figures):
        return None
    if view.has("growth_up", "growth_down", "import", "target"):
        return None
    if not _SHARES.search(view.text) and not _goes_on_ranking(document, view, busy, drafts):
        return None
    if len(figures) == 1:
        return _read_leader(document, view, context, told)
    labels = [label for label in find_labels(document, view, single=True) if label.start <= figures[-1].end]
    products = [label for label in labels if label.kind == "product"]
    draft = Draft("market_presence", "presence.shares", [view.index], view.start)
    draft.put("origin_region", region_name(context.home))
    draft.put("status", "realised")
    if len(products) >= max(3, len(figures)):
        draft.put("products", [label.text for label in products], (products[0].start, products[-1].end))
        return draft
    countries = [m for m in view.countries if not m.code.startswith("M49")]
    if len(countries) < 2 or products:
        return None
    codes = list(dict.fromkeys(m.code for m in countries))
    last = drafts[-1] if drafts else None
    reach = 2 if _RANKS_ON.search(view.text) else 1
    if last is not None and last.sentences[0] >= view.index - reach and last.has("destinations"):
        last.slots["destinations"] = list(dict.fromkeys([*last.listed("destinations"), *codes]))
        drafts.pop()
        return last
    before = document.sentences[view.index - 1] if view.index else None
    if before and before.index not in busy and len(before.countries) == 1 and _SHARES.search(before.text):
        codes = list(dict.fromkeys([before.countries[0].code, *codes]))
    draft.put("destinations", codes, (countries[0].start, countries[-1].end))
    return draft


def _goes_on_ranking(document: Document, view: SentenceView, busy: set[int], drafts: list[Draft]) -> bool:
    """True for a list of shares that the sentence before announces or begins: "Di belakangnya Jepang 8,1 persen"."""
    last = drafts[-1] if drafts else None
    if last is not None and last.rule_id == "presence.shares" and last.sentences[0] == view.index - 1:
        return bool(_RANKS_ON.search(view.text))
    before = document.sentences[view.index - 1] if view.index else None
    if before is None or before.index in busy or any(f.kind in _AMOUNTS for f in before.figures):
        return False
    return bool(_ANNOUNCES.search(before.text))


def _read_leader(
    document: Document, view: SentenceView, context: ArticleContext, told: Figured
) -> Draft | None:
    """The first of all markets, of which a release tells no more: "Singapura paling dominan dengan porsi 48 persen"."""
    if len(view.countries) != 1 or view.products or not _LEADS.search(view.text) or not is_report(document):
        return None
    draft = Draft("market_presence", "presence.shares", [view.index], view.start)
    draft.put("origin_region", region_name(context.home))
    draft.put("status", "realised")
    draft.put("destinations", [view.countries[0].code], (view.countries[0].start, view.countries[0].end))
    return draft if drop_figured(draft, told) else None


def take_besides(
    document: Document, view: SentenceView, draft: Draft, used: Container[int], shipments: list[Draft]
) -> None:
    """The markets that a sale names first as known: "Selain Prancis, minyak nilam itu dijual ke Swiss"."""
    if draft.slots["status"] != "realised" or not (draft.has("products") and draft.has("destinations")):
        return
    aside = _SET_ASIDE.search(document.text, draft.order, view.end)
    if aside is None or aside.end() > draft.spans["destinations"][0]:
        return
    sent = {code for shipment in shipments for code in shipment.listed("destinations")}
    markets = markets_at(document, view, aside.end(), used)
    codes = [code for code in _codes(markets) if code not in sent]
    if markets and document.text[markets[-1].end] == "," and codes:
        draft.put("destinations", list(dict.fromkeys([*codes, *draft.listed("destinations")])))


def read_besides(view: SentenceView, context: ArticleContext) -> Draft | None:
    """The markets before "selain": "Selain UEA dan Rusia, dinas juga ingin mengekspor ke Eropa"."""
    match = _BESIDES.match(view.text)
    if not match or not view.has("export", "presence"):
        return None
    countries = [m for m in view.countries if m.end <= view.start + match.end()]
    if not countries:
        return None
    draft = Draft("market_presence", "presence.besides", [view.index], view.start)
    draft.put(
        "destinations",
        list(dict.fromkeys(m.code for m in countries)),
        (countries[0].start, countries[-1].end),
    )
    origin = next((m for m in view.regions if m.role in ("origin", "office")), None)
    draft.put(
        "origin_region",
        origin.name if origin else region_name(context.home),
        (origin.start, origin.end) if origin else None,
    )
    draft.put("status", "realised")
    return draft
