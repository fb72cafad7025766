"""Goods that no lexicon knows, told where a clause has its goods: "Sembawi asal Solok sudah dijual ke Belanda"."""

from __future__ import annotations

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView, Spanned
from pipelines.stages.extract.article.labels import Label

_SUBJECT = Pattern("presence.unnamed.subject")
_OBJECT = Pattern("presence.unnamed.object")
_SPLIT = Pattern("presence.unnamed.split")
_NO_NAME = Pattern("presence.unnamed.no_name")


def unnamed_goods(
    document: Document, view: SentenceView, start: int, end: int, countries: list[CountryMention]
) -> list[Label]:
    """The nouns that a clause with markets says are sold, where it names no goods that are known."""
    if not countries:
        return []
    match = _SUBJECT.match(document.text, start, end)
    if match is None or match.end() > countries[0].start:
        match = _OBJECT.search(document.text, start, countries[0].start)
    if match is None:
        return []
    labels: list[Label] = []
    at, last = match.start("goods"), match.end("goods")
    taken: list[Spanned] = [*view.regions, *view.firms, *view.agencies, *view.countries]
    for gap in (*_SPLIT.finditer(document.text, at, last), None):
        stop = gap.start() if gap else last
        name = document.text[at:stop]
        if not _is_name(name) or any(m.start < stop and at < m.end for m in taken):
            return []
        labels.append(Label(at, stop, "product", (name,), name))
        at = gap.end() if gap else last
    return labels


def _is_name(name: str) -> bool:
    """False for words that name no goods: pronouns, people, what is done with goods."""
    words = name.lower().split()
    return bool(words) and not any(
        word in word_set("no_goods_name") or _NO_NAME.match(word) for word in words
    )
