"""Wording patterns: the regular expressions over Indonesian words that the rules look for.

The expressions are data (patterns.yml, one block per module that uses them); code only names them. A pattern is
read and compiled on first use, so that importing a module costs nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from importlib.resources import files

import yaml

from pipelines.lexicons.openings import find_beginnings, find_openings

# From this length on it is quicker to ask first whether the letters that a match begins with are in a text at all.
_LONG = 500

Find = Callable[..., re.Match[str] | None]


@lru_cache(maxsize=1)
def pattern_texts() -> dict[str, str]:
    """Name ("missions.held") to regular expression."""
    text = files(__package__).joinpath("patterns.yml").read_text(encoding="utf-8")
    return {
        f"{module}.{name}": regex
        for module, block in yaml.safe_load(text).items()
        for name, regex in block.items()
    }


def any_of(words: Iterable[str]) -> str:
    """A regular expression for any of these words, the longest that fits; what words share is looked at once."""
    endings: dict[str, set[str]] = {}
    for word in sorted(words):
        endings.setdefault(word[:1], set()).add(word[1:])
    optional = endings.pop("", None) is not None
    branches = [re.escape(letter) + any_of(rest) for letter, rest in endings.items()]
    if len(branches) == 1 and not optional:
        return branches[0]
    return f"(?:{'|'.join(branches)}){'?' if optional else ''}" if branches else ""


class Pattern:
    """A regular expression with the methods of `re.Pattern`, compiled on first use.

    Args:
        name: What it is called in patterns.yml, or anywhere else if it is built.
        build: Makes the expression from a lexicon; patterns.yml is not asked then.
    """

    def __init__(self, name: str, build: Callable[[], str] | None = None) -> None:
        self.name = name
        self._build = build

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._build() if self._build else pattern_texts()[self.name])

    @cached_property
    def _openings(self) -> re.Pattern[str] | None:
        return find_openings(self._compiled.pattern)

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return find_beginnings(self._compiled.pattern)

    @cached_property
    def search(self) -> Find:
        """The first match within `text[start:end]`, or None: `search(text, start, end)`."""
        if self._openings is None:
            return self._compiled.search
        return _search_at(self._openings, self._compiled, self._beginnings)

    @cached_property
    def match(self) -> Find:
        """A match at `start`, or None: `match(text, start, end)`."""
        return self._compiled.match

    @cached_property
    def fullmatch(self) -> Find:
        """A match of the whole of `text[start:end]`, or None: `fullmatch(text, start, end)`."""
        return self._compiled.fullmatch

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Every match within `text[start:end]`."""
        if self._openings is None:
            yield from self._compiled.finditer(text, start, end)
            return
        if _lacks(text, self._beginnings):
            return
        for place in self._openings.finditer(text, start, end):
            if place.start() >= start and (found := self.match(text, place.start(), end)) is not None:
                yield found
                start = found.end()

    def findall(self, text: str) -> list[str]:
        """The text of every match."""
        return [match[0] for match in self.finditer(text)]

    @cached_property
    def sub(self) -> Callable[[str | Callable[[re.Match[str]], str], str], str]:
        """The text with every match replaced: `sub(replacement, text)`."""
        return self._compiled.sub


def _search_at(openings: re.Pattern[str], expression: re.Pattern[str], beginnings: frozenset[str]) -> Find:
    """`expression.search`, which tries only where a match can begin."""
    opening, match = openings.search, expression.match

    def search(text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        if end - start > _LONG and _lacks(text, beginnings):
            return None
        place = opening(text, start, end)
        while place is not None:
            found = match(text, place.start(), end)
            if found is not None:
                return found
            place = opening(text, place.end(), end)
        return None

    return search


def _lacks(text: str, beginnings: frozenset[str]) -> bool:
    """True for a long text in which no match can begin."""
    if not beginnings or len(text) < _LONG:
        return False
    lowered = text.lower()
    return not any(letters in lowered for letters in beginnings)
