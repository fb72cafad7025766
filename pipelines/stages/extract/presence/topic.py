"""The goods a whole article is about, for clauses that leave them out: "kami juga akan masuk ke Jepang"."""

from __future__ import annotations

from collections import Counter

from pipelines.lexicons.loader import word_set
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.draft import Draft

_OFTEN = 3  # times that an article names what it is about
_MOST = 0.5  # its share of all goods that are named


def implied_goods(document: Document, shipments: list[Draft]) -> tuple[Label, ...]:
    """What a clause sells that does not say it: what the article is about, or else what it dispatches."""
    ruling = ruling_goods(document)
    if ruling is not None:
        return (ruling,)
    sent = next((s for s in shipments if len(s.listed("products")) == 1 and "products" in s.spans), None)
    if sent is None or any(s.listed("products") != sent.listed("products") for s in shipments):
        return ()
    start, end = sent.spans["products"]
    name = sent.listed("products")[0]
    return (Label(start, end, "product", (name,), name),)


def ruling_goods(document: Document) -> Label | None:
    """The one product that an article names most of all, as its body first prints it, or None where there are several."""
    named: Counter[frozenset[str]] = Counter()
    for view in document.sentences:
        for hit in view.products:
            named[_words(hit.key)] += 1
    if not named:
        return None
    total = sum(named.values())
    counts = {goods: _mentions(goods, named) for goods in named}
    best = max(counts, key=lambda goods: (counts[goods], len(goods), sorted(goods)))
    if counts[best] < _OFTEN or counts[best] < _MOST * total:
        return None
    return next((label for view in document.body if (label := _label(document, view, best))), None)


def significant(name: str) -> frozenset[str]:
    """The words of a product's name that tell one from another: not "produk", "hasil" or "olahan"."""
    words = frozenset(name.lower().replace("-", " ").split())
    return words - word_set("goods_filler") or words


def _mentions(goods: frozenset[str], named: Counter[frozenset[str]]) -> int:
    """How often goods are named, in full or by a part of their name."""
    return sum(count for other, count in named.items() if other <= goods)


def _label(document: Document, view: SentenceView, goods: frozenset[str]) -> Label | None:
    for hit in view.products:
        if _words(hit.key) == goods:
            return next(
                (
                    label
                    for label in find_labels(document, view, single=True)
                    if label.kind == "product" and label.start <= hit.start and hit.end <= label.end
                ),
                None,
            )
    return None


def _words(key: str) -> frozenset[str]:
    return frozenset(key.split())
