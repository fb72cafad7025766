"""Goods and markets that are listed without figures of their own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.labels import Label, find_labels
from pipelines.stages.extract.presence_pairs import Pair
from pipelines.stages.extract.reports import is_report

_WORD = re.compile(r"\w+")
_REST_LIST = Pattern("presence.rest_list")
_TRAILING = Pattern("presence.trailing")
_BESIDES = Pattern("presence.besides")
_RANKED_MARKETS = Pattern("presence.ranked_markets")
_SHARES = Pattern("presence.shares")
_TAIL = Pattern("presence.tail")
_LIST_GAP = Pattern("presence.list_gap")
_SAME_GOODS = Pattern("presence.same_goods")


@dataclass(frozen=True, slots=True)
class Figured:
    """Goods and countries of an article that have a figure of their own."""

    goods: tuple[frozenset[str], ...]
    countries: frozenset[str]


def figured(realisations: list[Draft]) -> Figured:
    """What the realisations of an article count one by one."""
    goods = {_words(str(draft.slots["commodity"])) for draft in realisations if draft.has("commodity")}
    countries = {code for draft in realisations for code in draft.listed("destinations")}
    return Figured(tuple(goods), frozenset(countries))


def drop_figured(draft: Draft, told: Figured) -> bool:
    """Take out of a list of main goods or main markets what has its own figure; False where nothing is left."""
    goods, codes = draft.listed("products"), draft.listed("destinations")
    if goods and codes:
        return True
    left = [
        name
        for name in goods
        if not any(_words(name) <= other or other <= _words(name) for other in told.goods)
    ]
    if goods and len(left) < len(goods):
        draft.slots["products"] = left
    others = [code for code in codes if code not in told.countries]
    if codes and len(others) < len(codes):
        draft.slots["destinations"] = others
    return bool(left or others)


def joins_last(document: Document, draft: Draft, pair: Pair, drafts: list[Draft]) -> bool:
    """Give markets to the goods told right before: "Barang itu kopi dan lada. Semuanya untuk pasar Sarawak"."""
    last = drafts[-1] if drafts else None
    if last is None or pair.products or last.has("destinations") or not last.has("products"):
        return False
    apart = draft.sentences[0] - last.sentences[0]
    view = document.sentences[draft.sentences[0]]
    if apart > 1 or not _SAME_GOODS.search(document.text, draft.order, view.end):
        return False
    last.put("destinations", draft.slots["destinations"], draft.spans.get("destinations"))
    return True


def _words(name: str) -> frozenset[str]:
    return frozenset(_WORD.findall(name.lower()))


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
    if not figures and _REST_LIST.match(view.text):
        products = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
        if len(products) >= 2:
            draft.put("products", [label.text for label in products], (products[0].start, products[-1].end))
            return draft
    if figures and not (_RANKED_MARKETS.search(view.text) and all(f.kind == "percent" for f in figures)):
        tail = _TRAILING.match(document.text, figures[-1].end, view.end)
        countries = [m for m in view.countries if tail and m.start >= tail.end() and m.start not in used]
        if len(countries) >= 2 and tail and countries[0].start - tail.end() <= 3:
            draft.put("destinations", [m.code for m in countries], (countries[0].start, countries[-1].end))
            return draft
    return None


def read_tail(document: Document, view: SentenceView, context: ArticleContext) -> Draft | None:
    """Goods that end a sentence about a total: "... tercatat 9,4 juta dolar AS, didominasi produk pertanian serta ikan"."""
    figures = [f for f in view.figures if f.kind in ("money", "quantity", "percent", "container")]
    if not figures or not view.has("export") or view.has("import", "target", "forecast", "transaction"):
        return None
    lead = _TAIL.match(document.text, figures[-1].end, view.end)
    if lead is None or figures[-1].kind == "percent":
        return None
    goods: list[Label] = []
    for label in find_labels(document, view, single=True):
        if label.kind != "product" or label.start < lead.end():
            continue
        gap = document.text[goods[-1].end if goods else lead.end() : label.start]
        if gap.strip() if not goods else not _LIST_GAP.fullmatch(gap):
            break
        goods.append(label)
    if not goods:
        return None
    draft = Draft("market_presence", "presence.tail", [view.index], goods[0].start)
    draft.put("products", [label.text for label in goods], (goods[0].start, goods[-1].end))
    origin = next((m for m in view.regions if m.role == "origin" and m.end <= figures[-1].start), None)
    draft.put("origin_region", origin.name if origin else region_name(context.home))
    draft.put("status", "realised")
    return draft


def read_shares(
    document: Document, view: SentenceView, context: ArticleContext, busy: set[int], drafts: list[Draft]
) -> Draft | None:
    """A list ranked by shares alone: "Ikan menguasai 24,1 persen, disusul perhiasan 15,4 persen ..."."""
    figures = [f for f in view.figures if f.kind in ("money", "quantity", "percent", "container")]
    if view.index in busy or len(figures) < 2 or any(f.kind != "percent" for f in figures):
        return None
    if view.has("growth_up", "growth_down", "import", "target") or not _SHARES.search(view.text):
        return None
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
    if last is not None and last.sentences[0] == view.index - 1 and last.has("destinations"):
        last.slots["destinations"] = list(dict.fromkeys([*last.listed("destinations"), *codes]))
        drafts.pop()
        return last
    before = document.sentences[view.index - 1] if view.index else None
    if before and before.index not in busy and len(before.countries) == 1 and _SHARES.search(before.text):
        codes = list(dict.fromkeys([before.countries[0].code, *codes]))
    draft.put("destinations", codes, (countries[0].start, countries[-1].end))
    return draft


def read_besides(document: Document, view: SentenceView, context: ArticleContext) -> Draft | None:
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
