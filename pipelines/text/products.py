"""Goods as printed: noun phrases that start at a product word or behind a quantity."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pipelines.lexicons.loader import cue_words, product_terms, word_set
from pipelines.lexicons.patterns import Pattern

_WORD = re.compile(r"[^\W\d_]+(?:[-/’'][^\W\d_]+)*")
_VERB = Pattern("text.products.verb")
_MAX_WORDS = 5


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class ProductPhrase:
    """A product name with its span; `known` where its head is in the lexicon."""

    start: int
    end: int
    text: str
    known: bool


@lru_cache(maxsize=1)
def _verbs() -> frozenset[str]:
    keep = word_set("goods_though_cue")
    return frozenset(cue for cue, _ in cue_words() if " " not in cue and "*" not in cue and cue not in keep)


@lru_cache(maxsize=1)
def _term_words() -> frozenset[str]:
    words = {word.strip("(),/") for term in product_terms() for word in term.split()}
    return frozenset(words - word_set("stop") - word_set("list_connector"))


def _continues(word: str, printed: str, *, first: bool) -> bool:
    if word in _term_words():
        return True
    if word in word_set("stop") or word in word_set("abbreviation") or word in _verbs():
        return False
    if _VERB.match(word):
        return False
    if word.endswith("nya") and not first:
        return False  # "kopi liberika daerahnya", "mebel kayu kontribusinya"
    if printed[0].isupper() and not first:
        return False
    if not first and word in word_set("product_generic"):
        return False
    return len(word) > 2


def product_phrase_at(
    text: str,
    start: int,
    limit: int,
    barriers: frozenset[int] = frozenset(),
    terms: Mapping[int, int] = MappingProxyType({}),
) -> ProductPhrase | None:
    """The product phrase that starts at (or one generic word behind) an offset, or None.

    Args:
        text: The article.
        start: Where the phrase may begin; leading spaces and generic words ("produk", "komoditas") are skipped.
        limit: Where it must end at the latest.
        barriers: Offsets at which another mention starts; a phrase never runs into one.
        terms: Start to end of lexicon terms in the text; a term is never cut.
    """
    position = start
    first_start = last_end = -1
    words = 0
    known = False
    while position < limit and words < _MAX_WORDS:
        match = _WORD.match(text, position)
        if match is None:
            if words == 0 and text[position] in " \"'“‘":
                position += 1
                continue
            break
        if match.end() > limit or (match.start() in barriers and words):
            break
        if match.start() in terms and terms[match.start()] <= limit:
            if first_start < 0:
                first_start = match.start()
            last_end, words, known = terms[match.start()], words + 1, True
            if last_end < limit and (
                text[last_end] == " " or (text[last_end] == "-" and last_end + 1 in terms)
            ):
                position = last_end + 1  # "tuna-cakalang-tongkol" are goods of one name
                continue
            break
        word = match[0].lower()
        if words == 0 and word in word_set("product_generic"):
            nxt = _WORD.match(text, match.end() + 1) if match.end() + 1 < limit else None
            if (
                nxt
                and text[match.end()] == " "
                and _continues(nxt[0].lower(), nxt[0], first=True)
                and (nxt.start() not in barriers)
            ):
                if word in word_set("goods_head"):
                    first_start, words, last_end = match.start(), 1, match.end()
                position = match.end() + 1
                continue
            return None
        if not _continues(word, match[0], first=words == 0):
            break
        if first_start < 0:
            first_start = match.start()
        known = known or word in _term_words()
        last_end, words = match.end(), words + 1
        if last_end < limit and text[last_end] == " ":
            position = last_end + 1
        else:
            break
    if first_start < 0 or last_end <= first_start:
        return None
    phrase = text[first_start:last_end]
    *before, last = phrase.split(" ")
    if before and last.lower() in word_set("product_generic") and terms.get(first_start) != last_end:
        # "tuna segar jenis Big Eye": the kind has a name of its own.
        phrase = " ".join(before)
        last_end = first_start + len(phrase)
    if words == 1 and phrase.lower() in word_set("product_generic"):
        return None
    return ProductPhrase(first_start, last_end, phrase, known)


_JOIN = Pattern("text.products.join")


def product_list_at(
    text: str,
    start: int,
    limit: int,
    barriers: frozenset[int] = frozenset(),
    terms: Mapping[int, int] = MappingProxyType({}),
) -> list[ProductPhrase]:
    """A list of product phrases from an offset on: "kopi, lada hitam, dan keripik pisang"."""
    found: list[ProductPhrase] = []
    position = start
    while position < limit:
        phrase = product_phrase_at(text, position, limit, barriers, terms)
        if phrase is None or (found and not phrase.known and not found[-1].known):
            break
        found.append(phrase)
        joined = _JOIN.match(text, phrase.end, limit)
        if joined is None or any(phrase.end <= barrier <= joined.end() for barrier in barriers):
            break
        position = joined.end()
    return found
