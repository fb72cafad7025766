"""Which goods and which country a figure stands for: labels beside figures, chains and respectively-lists."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.text.figures import Figure
from pipelines.text.products import ProductPhrase, product_list_at, product_phrase_at

_AFTER = Pattern("article.labels.after")
_COUNTRY_JOIN = Pattern("article.labels.country_join")
_NOT_SCOPE = Pattern("article.labels.not_scope")
_GENERIC_START = Pattern("article.labels.generic_start")
_BOTH_KINDS = Pattern("article.labels.both_kinds")
_LEFT_OUT = Pattern("article.labels.left_out")
_LEADS_TO_GOODS = Pattern("article.labels.leads_to_goods")
_SECTOR = Pattern("article.labels.sector")
_BESIDES = Pattern("article.labels.besides")
_ALL_BUT = Pattern("article.labels.all_but")
_AND = Pattern("article.labels.and")
_SAME_COUNTRY = re.compile(r"\s*,\s*|\s*\(\s*")
_WORD_BEFORE = re.compile(r"([^\W\d_][\w’'-]*) $")


_LED_WITHIN = 12  # characters from the words that lead to goods to their name
_ALL_BUT_WITHIN = 40  # characters before goods that leave them out


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class Label:
    """Goods or countries that stand together.

    Attributes:
        start, end: Span.
        kind: `product` or `country`.
        values: Product names, or country codes.
        text: As printed.
    """

    start: int
    end: int
    kind: str
    values: tuple[str, ...]
    text: str


def find_labels(document: Document, view: SentenceView, *, single: bool = False) -> list[Label]:
    """Product and country groups of a sentence in order; a coordinated list is one label unless `single`."""
    if not view.labels:
        view.labels = _read_labels(document.text, view, headline=view.end <= document.title_end)
    return list(view.labels[single])


def _read_labels(text: str, view: SentenceView, *, headline: bool) -> dict[bool, list[Label]]:
    """The labels of a sentence as lists (False) and as single names (True)."""
    lists = _goods_lists(text, view, headline=headline) if view.products else []
    # "migas dan nonmigas" are all goods, not some.
    goods = [found for found in lists if not _BOTH_KINDS.fullmatch(text, found[0].start, found[-1].end)]
    sectors = _sectors(text, view, goods)
    found = {
        False: [_label_of(text, phrases) for phrases in goods],
        True: [_label_of(text, [phrase]) for phrases in goods for phrase in phrases],
    }
    for single, labels in found.items():
        labels.extend([*sectors, *_countries(text, view, single=single)])
        labels.sort(key=lambda label: label.start)
    return found


def span_of_goods(text: str, label: Label) -> tuple[int, int]:
    """Where the goods of a statement are told, with the words that leave them out: "di luar sektor nikel"."""
    all_but = _ALL_BUT.search(text, max(0, label.start - _ALL_BUT_WITHIN), label.start)
    return (all_but.start() if all_but else label.start), label.end


def goods_at_hit(text: str, view: SentenceView, start: int) -> Label | None:
    """The goods whose name begins at a word for goods, whatever stands before it."""
    terms = {hit.start: hit.end for hit in view.products}
    phrase = product_phrase_at(text, start, view.end, _barriers(view), terms)
    return _label_of(text, [phrase]) if phrase else None


def _barriers(view: SentenceView) -> frozenset[int]:
    """Where other names begin; a name of goods never runs into one."""
    named: list[Spanned] = [
        *view.countries, *view.regions, *view.figures, *view.times, *view.firms, *view.agencies,
    ]  # fmt: skip
    return frozenset(mention.start for mention in named)


def _goods_lists(text: str, view: SentenceView, *, headline: bool) -> list[list[ProductPhrase]]:
    """Goods that are told together: "kopi, lada hitam, dan keripik pisang" is one list."""
    barriers, terms = _barriers(view), {hit.start: hit.end for hit in view.products}
    found: list[list[ProductPhrase]] = []
    position = view.start
    for hit in view.products:
        if hit.start < position or any(firm.start <= hit.start < firm.end for firm in view.firms):
            continue
        if text[hit.start - 1 : hit.start] == "." and text[hit.start - 2 : hit.start - 1].isalpha():
            continue  # "outlet.tv"
        if text[hit.start - 1 : hit.start] == "(" and found and hit.start - found[-1][-1].end <= 2:
            # "perhiasan (permata)": the brackets only explain the name before them.
            continue
        if text[hit.start].isupper() and _inside_name(text, view.start, hit.start, headline=headline):
            continue
        if _NOT_SCOPE.search(text, max(view.start, hit.start - 14), hit.start):
            trade = product_phrase_at(text, hit.start, view.end, barriers, terms)
            position = (
                trade.end if trade else position
            )  # "perajin tas anyaman tali strapping": no goods at all
            continue
        start = _generic_start(text, view.start, hit.start)
        phrases = product_list_at(text, start, view.end, barriers, terms)
        if len(phrases) > 1 and _is_aside(text, phrases):
            # "Di luar migas, karet naik 3 persen": what is left out stands alone.
            phrases = phrases[:1]
        if phrases:
            found.append(phrases)
            position = phrases[-1].end
    return found


def _is_aside(text: str, phrases: list[ProductPhrase]) -> bool:
    """True where goods that are left out stand before others, with no word that makes a list of them."""
    start = phrases[0].start
    before = max(0, start - _ALL_BUT_WITHIN)
    aside = _ALL_BUT.search(text, before, start) or _BESIDES.search(text, before, start)
    return aside is not None and _AND.search(text, start, phrases[-1].end) is None


def _label_of(text: str, phrases: list[ProductPhrase]) -> Label:
    start, end = phrases[0].start, phrases[-1].end
    return Label(start, end, "product", tuple(phrase.text for phrase in phrases), text[start:end])


def _sectors(text: str, view: SentenceView, goods: list[list[ProductPhrase]]) -> list[Label]:
    """Sectors ("sektor pertanian") where no goods are named; the one in an office's name is none."""
    if not _SECTOR.search(view.text):
        return []
    taken = [(phrases[0].start, phrases[-1].end) for phrases in goods]
    taken += [(office.start, office.end) for office in view.agencies]
    return [
        Label(match.start(1), match.end(1), "product", (match[1],), match[1])
        for match in _SECTOR.finditer(text, view.start, view.end)
        if not any(start < match.end(1) and match.start(1) < end for start, end in taken)
    ]


def _countries(text: str, view: SentenceView, *, single: bool) -> list[Label]:
    """Countries, joined to lists unless `single`; a country told twice in a row is one."""
    found: list[Label] = []
    for mention in view.countries:
        start, end = mention.start, mention.end
        if _LEFT_OUT.search(text, max(view.start, start - 24), start):
            continue
        last = found[-1] if found else None
        clear = last is None or not any(last.end <= f.start < start for f in view.figures)
        if last and clear and not single and _COUNTRY_JOIN.fullmatch(text, last.end, start):
            values = last.values if mention.code in last.values else (*last.values, mention.code)
            found[-1] = Label(last.start, end, "country", values, text[last.start : end])
        elif last and _SAME_COUNTRY.fullmatch(text, last.end, start) and last.values[-1] == mention.code:
            found[-1] = Label(last.start, end, "country", last.values, last.text)
        else:
            found.append(Label(start, end, "country", (mention.code,), text[start:end]))
    return found


def _inside_name(text: str, floor: int, start: int, *, headline: bool) -> bool:
    """True for a capitalised word behind another one: "Tanjung Emas", "Pelabuhan Anggrek"."""
    match = _WORD_BEFORE.search(text[max(floor, start - 24) : start])
    if match is None or not match[1][0].isupper() or start - len(match[0]) <= floor:
        return False
    return headline or _LEADS_TO_GOODS.fullmatch(match[1]) is None  # "(*) Ekspor Timah ..."


def _generic_start(text: str, floor: int, start: int) -> int:
    """Where a phrase begins that has a generic head: "produk perikanan", "hasil hutan"."""
    match = _GENERIC_START.search(text, max(floor, start - 16), start)
    return start - len(match[0]) if match else start


def label_after(document: Document, view: SentenceView, figure: Figure, labels: list[Label]) -> Label | None:
    """The label that a connective behind the figure points to ("US$ 5 juta dari kopi", "18 ton ke Jepang")."""
    match = _AFTER.match(document.text, figure.end, view.end)
    if not match:
        return None
    for label in labels:
        # "dengan komoditas kopi": the word that leads to the goods may be a part of their name.
        if label.start > figure.end and label.end > match.end() and label.start - match.end() <= _LED_WITHIN:
            return label
    return None
