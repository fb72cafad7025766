"""Whether an article can hold a claim at all: one pass over its letters before the costly reading begins.

Every rule needs a word of export, of a mission, a training or a fair, or else a foreign country beside a quantity or
a word of selling. Most news has neither and is left here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

import ahocorasick

from pipelines.lexicons.loader import country_names, cue_words, fair_names, unit_words
from pipelines.lexicons.patterns import Pattern
from pipelines.text.gazetteer import lower

# Cue classes that suffice alone, and those that count beside the name of a foreign country.
_ENOUGH: Final = frozenset({"export", "abroad", "mission", "training", "fair"})
_WITH_COUNTRY: Final = frozenset({"send", "send_strong", "presence", "buyer", "certify", "main_product"})
# The words that make a country a market (presence.py).
_SELLS: Final = (
    Pattern("presence.strong_sold"),
    Pattern("presence.plan"),
    Pattern("presence.ranked_markets"),
)


@lru_cache(maxsize=1)
def _automaton() -> Any:
    """Word to (word, is a prefix, what it tells): `enough`, `country`, `nickname` or `trade`."""
    told: dict[str, tuple[bool, str]] = {}
    for country in country_names():
        if country.code != "ID":
            kind = "nickname" if country.kind in ("nickname", "area") else "country"
            told[lower(country.alias)] = (False, kind)
    for unit in unit_words().values():
        if unit.kind in ("quantity", "container"):
            told[unit.word] = (False, "trade")
    for cue, kind in cue_words():
        if kind in _WITH_COUNTRY:
            told[cue.rstrip("*")] = (cue.endswith("*"), "trade")
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
    """False where no rule can find a claim in a text."""
    lowered = lower(text)
    size = len(lowered)
    missing = {"country", "trade"}
    for last, (length, is_prefix, tells) in _automaton().iter(lowered):
        start, end = last - length + 1, last + 1
        if start and lowered[start - 1].isalnum() and lowered[start].isalnum():
            continue
        if not is_prefix and end < size and lowered[end].isalnum() and lowered[end - 1].isalnum():
            continue
        if tells == "enough":
            return True
        if tells == "country" and not text[start].isupper():
            continue
        missing.discard("country" if tells == "nickname" else tells)
        if not missing:
            return True
    return "country" not in missing and any(pattern.search(text) for pattern in _SELLS)
