"""Where goods go: abroad and to which countries, or only to another part of Indonesia."""

from __future__ import annotations

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern, Stretch, any_of
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView

_TO = Pattern("article.markets.to")
_TO_LISTED = Pattern("article.markets.to_listed")
_FROM_COUNTRY = Pattern("article.markets.from_country")
_BUYER_FROM = Pattern("article.markets.buyer_from")
_TO_PLACE = Pattern("article.markets.to_place")
_TO_ISLAND = Pattern("article.markets.to_island", lambda: f"(?i)ke {any_of(word_set('island'))}")
_AFTER_THAT = Pattern("article.markets.after_that")
_BEFORE_THAT = Pattern("article.markets.before_that")
_NAMELY = Pattern("article.markets.namely")
_TO_BUYER = Pattern("article.markets.to_buyer")
_THAT_COUNTRY = Pattern("article.markets.that_country")
_COUNTRY_JOIN = Pattern("article.markets.country_join")
_IS_SERVED = Pattern("article.markets.is_served")
_ON_ROUTE = Pattern("article.markets.on_route")
_AROUND = 2  # sentences before and behind that may name where goods go
_BACK = 5  # sentences before in which "negara itu" is named
_LEADING = 60  # characters of the words that lead to a country
_SAME_NAME = 12  # characters between a country's name and its abbreviation


def goes_inland(document: Document, view: SentenceView) -> bool:
    """True where the only places that goods go to are regions of Indonesia."""
    text = document.text
    inland = [m for m in view.regions if _TO_PLACE.search(text, max(view.start, m.start - 20), m.start)]
    if inland:
        return not view.has("send_strong")
    return not view.has("abroad") and _TO_ISLAND.search(view.text) is not None


def stays_inland(document: Document) -> bool:
    """True where the headline sends goods to another part of Indonesia, or the article does and names no other country."""
    headline = [view for view in document.sentences if view.end <= document.title_end]
    if any(view.has("export") and not view.countries and goes_inland(document, view) for view in headline):
        return True
    if "abroad" in document.cue_classes or any(view.countries for view in document.sentences):
        return False
    return any(view.has("export", "send") and goes_inland(document, view) for view in document.sentences)


def abroad_around(document: Document, view: SentenceView) -> bool:
    """True where a neighbouring sentence or the headline names the foreign destination of the goods."""
    if any(figure.unit == "country" for figure in view.figures) and view.has("send_strong"):
        return True  # "melepas 900 ton karet ke tujuh negara"
    around = document.around(view, _AROUND)
    return any(
        any(
            not _FROM_COUNTRY.search(document.text, max(other.start, m.start - 12), m.start)
            for m in other.countries
        )
        and not other.has("import", "mission", "training", "fair")
        for other in around
        if other.index == view.index or destinations(document, other, other.start, other.end)
    )


def _leads_to(before: Stretch) -> bool:
    """True where the words before a country send goods there: "ke", "pesanan dari", "ke 10 negara, yakni"."""
    if _FROM_COUNTRY.search(*before):
        return _BUYER_FROM.search(*before) is not None
    return any(pattern.search(*before) for pattern in (_TO, _BUYER_FROM, _TO_LISTED, _TO_BUYER, _ON_ROUTE))


def destinations(document: Document, view: SentenceView, start: int, end: int) -> list[CountryMention]:
    """Countries that goods go to within a span, by the preposition or verb before them."""
    text = document.text
    found: list[CountryMention] = []
    for mention in view.countries:
        if not (start <= mention.start and mention.end <= end):
            continue
        before = (text, max(view.start, mention.start - _LEADING), mention.start)
        if found and _BEFORE_THAT.search(*before):
            continue  # "ke Tiongkok setelah sebelumnya tiga kali ke Korea Selatan"
        if mention is not view.countries[-1] and _AFTER_THAT.search(*before):
            continue  # "Setelah ekspor ke Amerika Serikat, kayu olahan kembali diekspor ke Malaysia"
        between = text[found[-1].end : mention.start] if found else ""
        if found and mention.code == found[-1].code and len(between) < _SAME_NAME:
            found[-1] = mention  # "Amerika serikat (AS), Kanada"
            continue
        if found and found[-1].code.startswith("M49") and _NAMELY.fullmatch(between):
            found[-1] = mention  # "di Eropa yakni Jerman dan Spanyol"
            continue
        joined = bool(found) and _COUNTRY_JOIN.fullmatch(between)
        if joined or _leads_to(before):
            found.append(mention)
        elif _IS_SERVED.match(text, mention.end, view.end):
            found += _joined_before(document, view, mention)
    if not found:
        meant = _country_meant(document, view, start, end)
        return [meant] if meant is not None else []
    return found


def _joined_before(document: Document, view: SentenceView, last: CountryMention) -> list[CountryMention]:
    """The countries of a list that ends with one: "Cina, Jepang, dan Jerman menjadi tujuan kelapa parut"."""
    joined = [last]
    for mention in reversed(view.countries[: view.countries.index(last)]):
        if not _COUNTRY_JOIN.fullmatch(document.text, mention.end, joined[0].start):
            break
        joined.insert(0, mention)
    return joined


def _country_meant(document: Document, view: SentenceView, start: int, end: int) -> CountryMention | None:
    """The country that "ke negara itu" or "ke sana" means: the last that goods went to, else the last that was named."""
    if not _THAT_COUNTRY.search(document.text, start, end):
        return None
    before = document.sentences[max(0, view.index - _BACK) : view.index]
    named = [(other, mention) for other in reversed(before) for mention in reversed(other.countries)]
    led_to = (
        mention
        for other, mention in named
        if _leads_to((document.text, max(other.start, mention.start - _LEADING), mention.start))
    )
    return next(led_to, named[0][1] if named else None)
