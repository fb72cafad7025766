"""Goods and markets that belong together: the clauses of a sentence and what each sends where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pipelines.lexicons.loader import country_areas
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels, goods_at_hit
from pipelines.stages.extract.presence.unnamed import unnamed_goods

_OF_MAKERS = Pattern("presence.pairs.of_makers")
_PLANT = Pattern("presence.pairs.plant")
_OR_GOODS = Pattern("presence.pairs.or_goods")
_USES = Pattern("presence.pairs.uses")
_ANY_GOODS = Pattern("presence.read.any_goods")
_AS_KIND = Pattern("presence.pairs.as_kind")
_CAUSE = Pattern("presence.pairs.cause")
_LISTED_AS = Pattern("presence.pairs.listed_as")
_MATERIAL = Pattern("presence.pairs.material")
_OUT_OF = Pattern("presence.pairs.out_of")
_INTO = Pattern("presence.pairs.into")
_TURNS = Pattern("presence.pairs.turns")
_NOT_ONLY = Pattern("presence.pairs.not_only")
_BUT = Pattern("presence.pairs.but")
_ORDERS = Pattern("presence.pairs.orders")
_NOT_THAT = Pattern("presence.pairs.not_that")
_OFFICE_OF = Pattern("presence.pairs.office_of")
_THAT_KIND = Pattern("presence.pairs.that_kind")
_MAKERS = Pattern("presence.pairs.makers")
_BUYERS_TRADE = Pattern("presence.pairs.buyers_trade")
_BUYERS_PLACE = Pattern("presence.pairs.buyers_place")
_IS = Pattern("presence.read.is")
_QUANTIFIED = Pattern("presence.pairs.quantified")
_CLAUSE = Pattern("presence.pairs.clause")
_NEXT_GOODS = Pattern("presence.pairs.next_goods")
_THEN_PLANNED = Pattern("presence.pairs.then_planned")
_TOWARDS = Pattern("presence.pairs.towards")
_AFTERTHOUGHT = Pattern("presence.pairs.afterthought")
_ORIGIN_OF = Pattern("presence.pairs.origin_of")
_COMES_FROM = Pattern("presence.pairs.comes_from")
_MARKETS = Pattern("presence.pairs.markets")
_BUYERS_ARE = Pattern("presence.pairs.buyers_are")
_MARKETS_2 = Pattern("presence.pairs.markets_2")
_LIST_JOIN = Pattern("text.places.list_join")
_COMPANY_BEHIND = Pattern("presence.pairs.company_behind")
_MARKETS_3 = Pattern("presence.pairs.markets_3")
_LIKED_BY = Pattern("presence.pairs.liked_by")
_THEY_LIKE = Pattern("presence.pairs.they_like")
_TRAVELLERS = Pattern("presence.pairs.travellers")
_OF_PLACE = Pattern("presence.read.of_place")
_NO_GOODS = Pattern("presence.read.no_goods")
_SUCH_AS = Pattern("presence.read.such_as")
_SOLE_IN = Pattern("presence.pairs.sole_in")
_SUBJECT = Pattern("presence.pairs.subject")
_SUBJECT_2 = Pattern("presence.pairs.subject_2")
_EXPORTS_OF = Pattern("presence.pairs.exports_of")
_KIND_OF_GOODS = Pattern("presence.pairs.kind_of_goods")

_LIST_OF = 2  # markets before an area that make it one more of a list
_MEASURES = ("money", "quantity", "container", "percent")


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class Pair:
    """A clause with the goods and the markets it tells of; either may be empty, not both.

    Attributes:
        start, end: Span of the clause.
        products: Goods that are sold, as printed.
        countries: Markets.
    """

    start: int
    end: int
    products: tuple[Label, ...]
    countries: tuple[CountryMention, ...]


def _is_other_name(text: str, labels: list[Label], at: int) -> bool:
    """True for goods told by another name, "minyak nilam atau atsiri"; not at the end of a list, "kopi, lada atau pala"."""
    if not at or not _OR_GOODS.fullmatch(text, labels[at - 1].end, labels[at].start):
        return False
    return at < 2 or "," not in text[labels[at - 2].end : labels[at - 1].start]


def _is_what_it_is(text: str, labels: list[Label], at: int) -> bool:
    """True for words that say what the goods before are: "damar, hasil hutan dari pegunungan, ..."; not in a list."""
    if not at or text[labels[at - 1].end : labels[at].start] != ", ":
        return False
    if not _KIND_OF_GOODS.match(labels[at].text):
        return False
    listed = at > 1 and _SUBJECT.fullmatch(text, labels[at - 2].end, labels[at - 1].start)
    then = at + 1 < len(labels) and _SUBJECT.fullmatch(text, labels[at].end, labels[at + 1].start)
    return not (listed or then)


def _is_person(view: SentenceView, before: Label, label: Label) -> bool:
    """True for a name that follows goods: "pembudi daya bunga krisan, Ketut", where no goods are known by it."""
    if not (before.text[:1].islower() and label.text[:1].isupper()):
        return False
    return not any(label.start <= hit.start and hit.end <= label.end for hit in view.products)


def goods_of(document: Document, view: SentenceView, start: int, end: int) -> list[Label]:
    """Goods named in a part of a sentence, one by one."""
    labels = [
        label for label in find_labels(document, view, single=True)
        if label.kind == "product" and start <= label.start and label.end <= end
        and not _NO_GOODS.fullmatch(label.text)
        and not _NOT_THAT.search(document.text, max(view.start, label.start - 32), label.start)
        and not _OFFICE_OF.search(document.text, max(view.start, label.start - 40), label.start)
        and not _is_trade(document, view, label)
        and not _is_kind(document, view, label)
        and not _THAT_KIND.match(document.text, label.start, label.end + 12)
    ]  # fmt: skip
    labels = [
        label for i, label in enumerate(labels)
        if not _is_other_name(document.text, labels, i)
        and not _is_what_it_is(document.text, labels, i)
        and not (i and _is_person(view, labels[i - 1], label))
    ]  # fmt: skip
    labels = [
        label for label, then in zip(labels, [*labels[1:], None], strict=False)
        if then is None or not _is_made_into(document, view, label, then)
    ]  # fmt: skip
    labels = _with_material(document, labels)
    made_of: list[Label] = []
    for label in labels:
        joined = made_of and _SUBJECT.fullmatch(document.text, made_of[-1].end, label.start)
        if joined or _MATERIAL.search(document.text, max(view.start, label.start - 24), label.start):
            # "tas dari bahan kulit, kain tenun dan lukisan": what it is made of.
            made_of.append(label)
    return [label for label in labels if label not in made_of] or labels


def _is_made_into(document: Document, view: SentenceView, label: Label, then: Label) -> bool:
    """True for the raw material of other goods: "menyulap batok kelapa menjadi briket", "limbah kayu diolah jadi mainan"."""
    text = document.text
    gap = _INTO.fullmatch(text, label.end, then.start)
    if gap is None:
        return False
    return gap["by"] is not None or bool(_TURNS.search(text, max(view.start, label.start - 50), label.start))


def _with_material(document: Document, labels: list[Label]) -> list[Label]:
    """Goods with what they are made of as one name: "arang dari batok kelapa"."""
    joined: list[Label] = []
    for label in labels:
        last = joined[-1] if joined else None
        if last is not None and _OUT_OF.fullmatch(document.text, last.end, label.start):
            name = document.text[last.start : label.end]
            joined[-1] = Label(last.start, label.end, "product", (name,), name)
        else:
            joined.append(label)
    return joined


def _is_kind(document: Document, view: SentenceView, label: Label) -> bool:
    """True for words that only say what goods are: "lidi nipah yang menjadi produk UMKM"."""
    if not _ANY_GOODS.fullmatch(label.text):
        return False
    return bool(_AS_KIND.search(document.text, max(view.start, label.start - 24), label.start))


def _is_trade(document: Document, view: SentenceView, label: Label) -> bool:
    """True for the goods of a foreign firm's own trade: "dibeli perusahaan cokelat Jepang", "masuk toko kue di Dubai"."""
    text = document.text
    place = _BUYERS_PLACE.match(text, label.end, view.end)
    if place is not None and any(m.start == place.end() for m in view.countries):
        return bool(_BUYERS_TRADE.search(text, max(view.start, label.start - 30), label.end))
    before = text[max(view.start, label.start - 20) : label.end + 1]
    return any(m.start == label.end + 1 for m in view.countries) and bool(_MAKERS.search(before))


def _is_foreign(document: Document, view: SentenceView, label: Label, start: int) -> bool:
    """True for the goods of another country that open a clause: "Durian Thailand membanjiri pasar China"."""
    if document.text[start : label.start].strip():
        return False
    return any(m.start == label.end + 1 for m in view.countries)


def pairs_of(document: Document, view: SentenceView, used: set[int]) -> list[Pair]:
    """The clauses of a sentence in order: "Udang ke Jepang dan Amerika, gurita ke Italia" makes two."""
    found = []
    for start, end in _clauses(document, view):
        countries = _markets(document, view, start, end, used)
        goods = [
            label for label in goods_of(document, view, start, end)
            if not _is_foreign(document, view, label, start)
        ]  # fmt: skip
        products = _subject(document, view, _told(document, start, goods), countries)
        if countries and (not products or products[0].start >= countries[-1].end):
            products = unnamed_goods(document, view, start, end, countries) or products
        found.append(Pair(start, end, tuple(products), tuple(countries)))
    return found


def goods_of_makers(document: Document, view: SentenceView, start: int, end: int) -> list[Label]:
    """The goods that only name a trade: "Perajin tas rotan ... menembus pasar Jepang"."""
    text = document.text
    for hit in view.products:
        if not start <= hit.start < end:
            continue
        floor = max(view.start, hit.start - 20)
        if _OF_MAKERS.search(text, floor, hit.start):
            goods = goods_at_hit(text, view, hit.start)
            return [goods] if goods else []
        if view.firms and _PLANT.search(text, floor, hit.start):
            # "pabrik furnitur PT Dong Lim": of the firm named right behind
            goods = goods_at_hit(text, view, hit.start)
            if goods and any(firm.start == goods.end + 1 for firm in view.firms):
                return [goods]
    return []


def subject_of(document: Document, view: SentenceView) -> list[Label]:
    """The goods that a sentence without markets is about: the first list it names."""
    goods = _told(document, view.start, goods_of(document, view, view.start, view.end))
    if len(goods) > 1 and _IS.search(document.text, goods[0].end, goods[1].start):
        # "Produk olahan hasil perikanan berupa surimi": the second says which.
        goods = goods[1:]
    run = goods[:1]
    for label in goods[1:]:
        if not _SUBJECT.fullmatch(_gap(document, view, run[-1].end, label.start)):
            break
        run.append(label)
    return run or goods_of_makers(document, view, view.start, view.end)


def _clauses(document: Document, view: SentenceView) -> list[tuple[int, int]]:
    spans = []
    start = view.start
    for match in _CLAUSE.finditer(document.text, view.start, view.end):
        if (
            _QUANTIFIED.match(document.text, match.end(), view.end)
            and not any(start <= f.start < match.start() and f.kind in _MEASURES for f in view.figures)
            and not goods_of(document, view, match.end(), view.end)
        ):
            # "Panel surya ..., hampir seluruhnya dikirim ke Amerika": still the same goods.
            continue
        if _BUT.match(match[0]) and _NOT_ONLY.search(document.text, start, match.start()):
            # "Tidak hanya dinikmati di dalam negeri, tetapi hingga ke Singapura": one sale.
            continue
        if match.start() - start > 20:
            spans.append((start, match.start()))
            start = match.end()
    spans.append((start, view.end))
    return [part for span in spans for part in _turns(document, view, *span)]


def _turns(document: Document, view: SentenceView, start: int, end: int) -> list[tuple[int, int]]:
    """A clause cut where new goods with markets of their own begin."""
    text = document.text
    countries = [m for m in view.countries if start <= m.start and m.end <= end]
    if len(countries) < 2:
        return [(start, end)]
    goods = goods_of(document, view, start, end)
    parts = []
    for here, there in pairwise(countries):
        between = [label for label in goods if here.end <= label.start and label.end <= there.start]
        if not between and _THEN_PLANNED.match(text, here.end, there.start):
            # "dikirim ke India, dan tengah merintis ekspor ke Dubai"
            parts.append((start, here.end))
            start = here.end
        elif (
            between
            and any(start <= label.start < here.start for label in goods)
            and _NEXT_GOODS.fullmatch(text, here.end, between[0].start)
            and _TOWARDS.search(text, between[-1].end, there.start)
        ):
            parts.append((start, here.end))
            start = here.end
    return [*parts, (start, end)]


def _markets(
    document: Document, view: SentenceView, start: int, end: int, used: set[int]
) -> list[CountryMention]:
    if not view.countries:
        return []
    text = document.text
    found = []
    left_out: CountryMention | None = None
    goods = {hit.end for hit in view.products}
    for mention in view.countries:
        if not (start <= mention.start and mention.end <= end) or mention.start in used:
            continue
        before = text[max(view.start, mention.start - 26) : mention.start]
        if _ORIGIN_OF.search(before) and not (
            _MARKETS.search(before)
            or _BUYERS_ARE.search(text, start, mention.start)
            or _ORDERS.match(text, mention.end, end)
        ):
            if _COMES_FROM.search(before):
                left_out = mention  # "Tamu dari Australia, Prancis, dan Inggris"
            continue
        if _MARKETS_2.match(text, mention.end) or _COMPANY_BEHIND.match(text, mention.end):
            continue
        if _SOLE_IN.search(text, start, mention.start):
            continue  # "satu-satunya koperasi perempuan di Asia Tenggara"
        joined = left_out is not None and _LIST_JOIN.fullmatch(text, left_out.end, mention.start)
        people = _MARKETS_3.search(before) and not (
            _LIKED_BY.search(before)
            or (_THEY_LIKE.match(text, mention.end, end) and not _TRAVELLERS.search(before))
        )
        if joined or people:
            left_out = mention  # "... lesu di Amerika dan Eropa"
            continue
        if mention.start - 1 in goods and not _MAKERS.search(before):
            # "furnitur Tiongkok": where the goods come from.
            continue
        found.append(mention)
    found = [
        m for m, then in zip(found, [*found[1:], None], strict=False)
        if not (then and m.code.startswith("M49") and _SUCH_AS.fullmatch(text, m.end, then.start))
    ]  # fmt: skip
    found = [m for i, m in enumerate(found) if not _is_around(text, found, i)]
    led = [m for m in found if _AFTERTHOUGHT.search(text, start, m.start)]
    return [m for m in found if m not in led] if led and len(led) < len(found) else found


def _is_around(text: str, found: list[CountryMention], at: int) -> bool:
    """True for the area in which the country before it lies: "ke Belgia, Eropa, sejak 2019"."""
    if at != len(found) - 1 or not at or not found[at].code.startswith("M49"):
        return False
    area, country = found[at], found[at - 1]
    alone = at < _LIST_OF or not _LIST_JOIN.fullmatch(text, found[at - 2].end, country.start)
    return (
        alone
        and text[country.end : area.start] == ", "
        and area.code in country_areas().get(country.code, ())
    )


def _told(document: Document, start: int, goods: list[Label]) -> list[Label]:
    """The goods a clause is about: not those it only sets aside ("Selain kakao, minyak kelapa ...")."""
    aside = [label for label in goods if _AFTERTHOUGHT.search(document.text, start, label.start)]
    return [label for label in goods if label not in aside] or goods


def _subject(
    document: Document, view: SentenceView, labels: list[Label], countries: list[CountryMention]
) -> list[Label]:
    """The goods that are sold: the list closest to the verb, before it or behind "antara lain"."""
    if not labels:
        return []
    runs: list[list[Label]] = []
    for label in labels:
        gap = _gap(document, view, runs[-1][-1].end, label.start) if runs else ""
        if runs and _SUBJECT.fullmatch(gap):
            runs[-1].append(label)
        else:
            runs.append([label])
    if not countries:
        # "Perikanan masih mendominasi, disusul kerajinan kayu dan pakaian jadi": one ranked list.
        return [label for run in _without_head(document, runs) for label in run]
    before = [run for run in runs if run[-1].end <= countries[0].start]
    after = [run for run in runs if run[0].start >= countries[-1].end]
    tail = document.text[countries[-1].end : after[0][0].start] if after else ""
    if after and _USES.search(tail):
        # "... diminati Belanda karena bermanfaat, antara lain untuk bumbu": what it is good for.
        after = []
    if after and _SUBJECT_2.search(tail):
        return after[0]
    told = [run for run in before[1:] if _IS.search(document.text, view.start, run[0].start)]
    if told:
        return told[-1]
    if before:
        return before[-1] if len(before[-1]) >= len(before[0]) else max(before, key=len)
    if after:
        return after[0] if len(tail) < 40 or _EXPORTS_OF.search(tail) else []
    # "Malaysia akan datang membeli jagung untuk pakan di Malaysia"
    between = [run for run in runs if run[-1].end <= countries[-1].start]
    return [label for label in between[0] if not _ANY_GOODS.fullmatch(label.text)] if between else []


def _without_head(document: Document, runs: list[list[Label]]) -> list[list[Label]]:
    """The goods that are meant: not "bahan pangan" before "antara lain emping dan kunyit", nor what explains their success."""
    text = document.text
    first = runs[0][-1].end
    runs = [run for run in runs if not _CAUSE.search(text, first, run[0].start)]
    if (
        len(runs) > 1
        and len(runs[0]) == 1 < len(runs[1])
        and _LISTED_AS.search(text, first, runs[1][0].start)
    ):
        return runs[1:]
    return runs


def _gap(document: Document, view: SentenceView, start: int, end: int) -> str:
    """What stands between two names, without the region that belongs to the first: "jeruk Sambas dan kelapa dari Kubu Raya"."""
    region = next((m for m in view.regions if m.start >= start and m.end <= end), None)
    if region is None or not _OF_PLACE.fullmatch(document.text, start, region.start):
        return document.text[start:end]
    return document.text[region.end : end]
