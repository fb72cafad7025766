"""Names and cue words found in one pass over a text: an Aho-Corasick automaton over every lexicon."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import ahocorasick

from pipelines.lexicons.loader import (
    calendar_words,
    country_names,
    cue_words,
    fair_names,
    product_terms,
    region_aliases,
    region_word_clashes,
    regions,
    word_set,
)
from pipelines.lexicons.patterns import Pattern

_LEVEL_BEFORE = Pattern("text.gazetteer.level_before")
_TOWARDS = Pattern("text.gazetteer.towards")
_GOES_TO = Pattern("text.gazetteer.goes_to")
_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST_SMALL = 4  # letters of a country that is known without its capital
_LEVEL_WITHIN = 24  # characters before a name that tell its level


class Hit(NamedTuple):
    """A lexicon entry found in a text; a tuple, for an article has seventy of them.

    Attributes:
        start, end: Span.
        kind: `region`, `seat` (a town that stands for its regency), `country`, `product`, `fair` or `cue`.
        key: The entry in lower case.
        codes: Region codes (candidates), country codes, or cue classes.
    """

    start: int
    end: int
    kind: str
    key: str
    codes: tuple[str, ...]


@dataclass(slots=True)
class _Entry:
    regions: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    product: bool = False
    fair: bool = False
    prefix: bool = False
    exact: str | None = None
    any_case: bool = False
    clash: bool = False
    seat: bool = False
    blocked: bool = False
    levelled: bool = False
    directed: bool = False

    @property
    def is_cue_only(self) -> bool:
        """True where it names nothing, and stands in the way of no name."""
        return not (self.regions or self.countries or self.product or self.fair or self.blocked)


def lower(text: str) -> str:
    """The text in lower case with every character still at its offset."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


_SET_PHRASE = "set_phrase"  # class of cues that only keep the cues inside them from counting


@lru_cache(maxsize=1)
def _automaton() -> Any:
    entries: dict[str, _Entry] = {}

    def entry(name: str) -> _Entry:
        return entries.setdefault(lower(name), _Entry())

    for region in regions().values():
        if region.level != "country":
            entry(region.base_name).regions += (region.code,)
            if "-" in region.base_name:
                entry(region.base_name.replace("-", " ")).regions += (region.code,)
    for name in region_word_clashes():
        entry(name).clash = True
    for alias in region_aliases():
        if alias.confidence == "low":
            continue
        found = entry(alias.alias)
        if alias.code not in found.regions and (alias.kind != "seat" or not found.regions):
            found.seat = alias.kind == "seat" and not found.regions
            found.regions += (alias.code,)
        if alias.alias.isupper() and len(alias.alias) <= 4:
            found.exact = alias.alias
        if alias.kind == "nickname":
            found.any_case = True
    for country in country_names():
        if country.confidence == "low" and country.kind not in ("name", "demonym"):
            continue
        found = entry(country.alias)
        found.directed = country.confidence == "towards" and not found.countries
        if country.code not in found.countries:
            found.countries += (country.code,)
        if country.alias.isupper() and len(country.alias) <= 4:
            found.exact = country.alias
        if country.kind in ("nickname", "area"):
            found.any_case = True
    for term in product_terms():
        entry(term).product = True
        if " " not in term:  # "nontimah", "non-kopi"
            for but in word_set("all_but"):
                for joint in ("", " ", "-"):
                    entry(f"{but}{joint}{term}").product = True
    for fair in fair_names():
        entry(fair).fair = True
    for name in word_set("region_with_level"):
        entry(name).levelled = True
    for phrase in word_set("not_a_name"):
        entry(phrase).blocked = True
    for cue, kind in cue_words():
        found = entry(cue.rstrip("*"))
        found.cues += (kind,)
        found.prefix = found.prefix or cue.endswith("*")
    automaton = ahocorasick.Automaton()
    for name, value in entries.items():
        if name:
            automaton.add_word(name, (len(name), name, value, value.is_cue_only))
    automaton.make_automaton()
    return automaton


def find_hits(text: str, lowered: str | None = None) -> tuple[list[Hit], list[Hit]]:
    """Names and cues of a text, each list in order and without overlaps among names (the longest wins).

    Returns:
        (names, cues); a cue may lie inside a name. Names of places must be printed with a capital.
    """
    lowered = lowered if lowered is not None else lower(text)
    found: list[tuple[int, int, str, _Entry, bool]] = []
    # A blank behind the text spares a look whether it ends there; one before it is `padded[-1]`.
    padded = f"{lowered} "
    for last, (length, name, value, is_cue_only) in _automaton().iter(lowered):
        start, end = last - length + 1, last + 1
        if padded[start - 1].isalnum() and padded[start].isalnum():
            continue
        if padded[end].isalnum() and padded[last].isalnum():
            if value.product and padded.startswith("nya", end) and not padded[end + 3].isalnum():
                # "briketnya rutin dibeli Irak"
                found.append((start, -end, name, value, False))
                continue
            if not value.prefix:
                continue
            while padded[end].isalpha():
                end += 1
        found.append((start, -end, name, value, is_cue_only))
    found.sort()
    names: list[Hit] = []
    cues: list[Hit] = []
    name_end = cue_end = -1
    for start, minus_end, name, value, is_cue_only in found:
        end = -minus_end
        if value.cues:
            codes = value.cues
            if start < cue_end:
                # A cue inside a longer one still counts ("kembali diekspor" is an export), but not as the same thing twice
                # and not within a set phrase ("turun-temurun" is no fall).
                outer = cues[-1].codes
                codes = () if _SET_PHRASE in outer else tuple(code for code in codes if code not in outer)
            if codes:
                cues.append(Hit(start, end, "cue", name, codes))
                cue_end = max(cue_end, end)
        if is_cue_only or start < name_end:
            continue
        if value.blocked:
            name_end = end
            continue
        if end - start > len(name):
            continue
        hit = _name_hit(text, start, end, name, value)
        if hit is not None:
            names.append(hit)
            name_end = end
    return names, cues


def _is_proper(printed: str) -> bool:
    """True where every word of a name has its capital ("Batu bara" is coal, "Batu Bara" a regency)."""
    if " " not in printed:
        return printed[0].isupper() or not printed[0].isalpha()
    small = word_set("name_particle")
    return all(
        word[0].isupper() or not word[0].isalpha() or word in small or word[1:2] in ("'", "’")
        for word in printed.split()
    )


def _opens_sentence(text: str, start: int) -> bool:
    before = text[max(0, start - 3) : start].rstrip()
    return not before or before[-1] in ".!?\n\"“'" or text[start - 1] == "\n"


def _goes_on(text: str, end: int) -> bool:
    """True where a capitalised word follows that is no month: "Batu Ampar" is no part of Kota Batu."""
    following = text[end + 1 : end + 2]
    if text[end : end + 1] != " " or not following.isupper() or text[end + 1 : end + 4].isupper():
        return False
    word = _WORD.match(text, end + 1)
    return word is None or word[0].lower() not in calendar_words()


def _may_be_a_word(text: str, start: int, end: int) -> bool:
    """True for a name that is an ordinary word too, where nothing says that it is the place: "Bupati Batang Wihaji" does."""
    doubtful = _opens_sentence(text, start) or _goes_on(text, end)
    return doubtful and not _LEVEL_BEFORE.search(text, max(0, start - _LEVEL_WITHIN), start)


def _is_small_country(text: str, start: int, printed: str, value: _Entry) -> bool:
    """True for a country printed without its capital where goods go to: "plywood ke singapura"."""
    if (
        not value.countries
        or value.regions
        or value.exact is not None
        or value.product
        or not printed.islower()
    ):
        return False
    return (
        len(printed) > _SHORTEST_SMALL
        and _GOES_TO.search(text, max(0, start - _LEVEL_WITHIN), start) is not None
    )


def _name_hit(text: str, start: int, end: int, name: str, value: _Entry) -> Hit | None:
    if value.regions or value.countries:
        printed = text[start:end]
        levelled = not value.levelled or _LEVEL_BEFORE.search(text, max(0, start - _LEVEL_WITHIN), start)
        if (
            (levelled and _is_proper(printed) and not (value.clash and _may_be_a_word(text, start, end)))
            or value.any_case
            or _is_small_country(text, start, printed, value)
        ):
            exact = value.exact
            if exact is None or printed == exact or (len(exact) > 3 and printed[0].isupper()):
                if value.countries and not value.regions:
                    if value.directed and not _TOWARDS.search(text, max(0, start - _LEVEL_WITHIN), start):
                        return None
                    return Hit(start, end, "country", name, value.countries)
                if value.regions:
                    kind = "seat" if value.seat else "region"
                    return Hit(start, end, kind, name, value.regions)
    if value.fair and text[start].isupper():
        return Hit(start, end, "fair", name, (name,))
    if value.product:
        return Hit(start, end, "product", name, (name,))
    return None
