"""Whether an article can hold a claim at all: one pass over its letters before the costly reading begins.

Every rule needs a word of export, of a mission, a training or a fair, or else a foreign country and, close to it, goods or
money that are sent or a wording of selling. Most news has neither and is left here.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import ahocorasick

from pipelines.lexicons.loader import (
    country_names,
    cue_words,
    currency_aliases,
    fair_names,
    numeral_words,
    scale_words,
    unit_words,
)
from pipelines.lexicons.patterns import Pattern, read_ahead
from pipelines.stages.extract.article.visits import GUEST, VISIT
from pipelines.text.gazetteer import lower

# Cue classes that suffice alone, and those that make an amount of money near a foreign country a dispatch.
_ENOUGH: Final = frozenset({"export", "abroad", "mission", "training", "fair"})
_SENT: Final = frozenset({"send", "send_strong", "buyer"})
# The words that make a country a market (presence/read.py).
_SELLS: Final = (
    Pattern("presence.read.strong_sold"),
    Pattern("presence.read.plan"),
    Pattern("presence.read.ranked_markets"),
    # Or those that send traders there.
    Pattern("article.visits.taken_out"),
    Pattern("article.visits.sent_out"),
)
# How many characters goods may stand from the country they go to. The rules look two or three sentences around, and a
# sentence of the golden sets has 85 on average.
_REACH: Final = 400
# What stands before a unit that counts something: "5 ton", "(18) Ton", "dua kontainer".
_NUMBER_BEFORE: Final = re.compile(r"(?:[\d)]|(?P<word>[^\W\d_]+))[\s-]*$")


@lru_cache(maxsize=1)
def _automaton() -> Any:
    """Word to (length, is a prefix, what it tells): `enough`, `crime`, `country`, `nickname`, `unit`, `sent` or `money`."""
    told: dict[str, tuple[bool, str]] = {}
    for alias in currency_aliases():
        told[alias] = (True, "money")
    for country in country_names():
        if country.code != "ID":
            kind = "nickname" if country.kind in ("nickname", "area") else "country"
            told[lower(country.alias)] = (False, kind)
    for unit in unit_words().values():
        if unit.kind in ("quantity", "container"):
            told[unit.word] = (False, "unit")
    for cue, kind in cue_words():
        if kind in _SENT:
            told[cue.rstrip("*")] = (cue.endswith("*"), "sent")
    for cue, kind in cue_words():
        if kind == "smuggling":
            told[cue.rstrip("*")] = (cue.endswith("*"), "crime")
    for fair in fair_names():
        told[lower(fair)] = (False, "enough")
    for cue, kind in cue_words():
        if kind in _ENOUGH:
            told[cue.rstrip("*")] = (cue.endswith("*"), "enough")
    automaton = ahocorasick.Automaton()
    for word, (is_prefix, tells) in told.items():
        if word:
            automaton.add_word(word, (len(word), is_prefix, tells))
    automaton.make_automaton()
    return automaton


def may_hold_claims(text: str) -> bool:
    """False where no rule can find a claim in a text; goods that are smuggled make none without a word of export."""
    lowered = lower(text)
    size = len(lowered)
    is_near = is_crime = False
    countries: list[int] = []
    last_seen = dict.fromkeys(("country", "unit", "sent", "money"), -size - _REACH)
    for last, (length, is_prefix, tells) in _automaton().iter(lowered):
        start, end = last - length + 1, last + 1
        if start and lowered[start - 1].isalnum() and lowered[start].isalnum():
            continue
        if not is_prefix and end < size and lowered[end].isalnum() and lowered[end - 1].isalnum():
            continue
        if tells == "enough":
            return True
        if tells == "crime":
            is_crime = True
            continue
        if (tells == "country" and not text[start].isupper()) or (
            tells == "unit" and not _is_counted(lowered, start)
        ):
            continue
        if tells in ("country", "nickname"):
            countries.append(start)
        last_seen["country" if tells == "nickname" else tells] = start
        if countries and (
            _are_near(last_seen, "unit") or (_are_near(last_seen, "sent") and _are_near(last_seen, "money"))
        ):
            is_near = True
    return not is_crime and (is_near or _names_market(text, countries))


def _are_near(last_seen: dict[str, int], other: str) -> bool:
    return abs(last_seen["country"] - last_seen[other]) <= _REACH


def _names_market(text: str, countries: list[int]) -> bool:
    """True where a line that names a country has a wording of selling."""
    end = 0
    for country in countries:
        if country < end:
            continue
        start, end = text.rfind("\n", 0, country) + 1, text.find("\n", country)
        end = end if end >= 0 else len(text)
        line = text[start:end]
        read_ahead(line, [(0, len(line))])
        if any(pattern.search(line) for pattern in _SELLS) or (GUEST.search(line) and VISIT.search(line)):
            return True
    return False


def _is_counted(lowered: str, start: int) -> bool:
    """True where a number stands before a unit."""
    before = _NUMBER_BEFORE.search(lowered, max(0, start - 20), start)
    if before is None:
        return False
    word = before["word"]
    return word is None or word in numeral_words() or word in scale_words()
