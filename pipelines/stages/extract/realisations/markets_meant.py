"""Countries that a sentence of a report means without naming them: "negara itu", "ke sana", "ketiganya"."""

from __future__ import annotations

import re

from pipelines.lexicons.loader import numeral_words
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels

_PRONOUN = Pattern("realisations.markets_meant.pronoun")
_REACH = 6  # sentences back in which countries are counted: "Tiongkok ... . Kedua, India ... . Ketiganya"


def with_markets_meant(document: Document, view: SentenceView, labels: list[Label]) -> list[Label]:
    """The labels of a sentence and, for each pronoun that stands for countries told before it, one with their codes."""
    meant = [
        Label(view.start + found.start(), view.start + found.end(), "country", codes, found[0])
        for found in _PRONOUN.finditer(view.text)
        if (codes := _codes_meant(document, view, found))
    ]
    return sorted([*labels, *meant], key=lambda label: label.start) if meant else labels


def _codes_meant(document: Document, view: SentenceView, pronoun: re.Match[str]) -> tuple[str, ...]:
    """Codes of the countries that a pronoun stands for, in the order told; none where that is not certain."""
    told = [name for name in _names(document, view, "country") if name.end <= view.start + pronoun.start()]
    count, bare = pronoun["count"] or pronoun["number"], pronoun["count"] and not pronoun["noun"]
    if count is None:
        if told:
            return told[-1].values  # "Ketiga, Jepang 79 juta; bulan sebelumnya negara itu menyerap 100 juta"
        codes = _codes(_names(document, document.before(view), "country"))
        return codes if len(codes) == 1 else ()
    wanted = int(numeral_words()[count.lower()][0] or 0)
    goods = _names(document, view, "product") if bare else []
    before: SentenceView | None = view
    for _ in range(_REACH):
        if len(_codes(told)) >= wanted:
            break
        before = document.before(before) if before is not None else None
        told = [*_names(document, before, "country"), *told]
        goods += _names(document, before, "product") if bare else []
    codes = _codes(told)
    return codes if len(codes) == wanted and len(goods) != wanted else ()


def _codes(names: list[Label]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for name in names for code in name.values))


def _names(document: Document, view: SentenceView | None, kind: str) -> list[Label]:
    """Countries or goods of a sentence, one by one; none of no sentence."""
    labels = find_labels(document, view, single=True) if view is not None else []
    return [label for label in labels if label.kind == kind]
