"""Wording patterns: the regular expressions over Indonesian words that the rules look for.

The expressions are data (patterns/*.yml: a file per package, in it a block per module that uses them); code only names
them. A pattern is compiled on first use, so that importing a module costs nothing.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, lru_cache, reduce
from importlib.resources import files
from operator import or_
from typing import Any, ClassVar

import ahocorasick
import yaml

from pipelines.lexicons.openings import find_openings, find_telltales, fold_case, stays_in_line

# So many articles and sentences are known at a time (see `read_ahead`).
_MOST_KNOWN = 2_000

Find = Callable[..., re.Match[str] | None]
# A part of a text, from where to where: `PATTERN.search(*before)`.
Stretch = tuple[str, int, int]


@lru_cache(maxsize=1)
def pattern_texts() -> dict[str, str]:
    """Name ("missions.talk.held": file, block, name) to regular expression."""
    return {
        f"{file.name.removesuffix('.yml')}.{module}.{name}": regex
        for file in files(__package__).joinpath("patterns").iterdir()
        if file.name.endswith(".yml")
        for module, block in yaml.safe_load(file.read_text(encoding="utf-8")).items()
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
        name: What it is called in patterns/*.yml, or anything else if it is built.
        build: Makes the expression from a lexicon; patterns/*.yml are not asked then.
    """

    _all: ClassVar[list[Pattern]] = []

    def __init__(self, name: str, build: Callable[[], str] | None = None) -> None:
        self.name = name
        self._build = build
        self._bit = 1 << len(Pattern._all)
        Pattern._all.append(self)

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self._build() if self._build else pattern_texts()[self.name])

    @cached_property
    def _openings(self) -> re.Pattern[str] | None:
        return find_openings(self._compiled.pattern)

    @cached_property
    def _telltales(self) -> frozenset[str]:
        return find_telltales(self._compiled.pattern)

    @cached_property
    def _stays_in_line(self) -> bool:
        return stays_in_line(self._compiled.pattern)

    @cached_property
    def search(self) -> Find:
        """The first match within `text[start:end]`, or None: `search(text, start, end)`."""
        if self._openings is None:
            return _search_known(self._compiled, self._bit)
        return _search_at(self._openings, self._compiled, self._bit)

    @cached_property
    def match(self) -> Find:
        """A match at `start`, or None: `match(text, start, end)`."""
        if self._openings is None:
            return _match_known(self._compiled, self._bit)
        return self._compiled.match

    @cached_property
    def fullmatch(self) -> Find:
        """A match of the whole of `text[start:end]`, or None: `fullmatch(text, start, end)`."""
        return self._compiled.fullmatch

    def finditer(self, text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[re.Match[str]]:
        """Every match within `text[start:end]`."""
        if not self.may_match(text) or (start and _is_ruled_out(text, start, end, self._bit)):
            return iter(())
        if self._openings is None:
            return self._compiled.finditer(text, start, end)
        return self._matches_at(self._openings, text, start, end)

    def may_match(self, text: str) -> bool:
        """False where a text was read ahead and holds nothing of what a match needs."""
        return bool(_possible.get(text, _ANY) & self._bit)

    def _matches_at(
        self, openings: re.Pattern[str], text: str, start: int, end: int
    ) -> Iterator[re.Match[str]]:
        for first, last in self._stretches(text, start, end):
            for place in openings.finditer(text, first, last):
                if place.start() >= start and (found := self.match(text, place.start(), end)) is not None:
                    yield found
                    start = found.end()

    def _stretches(self, text: str, start: int, end: int) -> Sequence[tuple[int, int]]:
        """Where in `text[start:end]` a match can begin: of a whole article in the lines that hold what every match does."""
        lines = None if start else _lines.get(text)
        if lines is None or not self._stays_in_line:
            return ((start, end),)
        return [(first, min(last, end)) for first, last, possible in lines if possible & self._bit]

    def findall(self, text: str) -> list[str]:
        """The text of every match."""
        return [match[0] for match in self.finditer(text)] if self.may_match(text) else []

    @cached_property
    def sub(self) -> Callable[[str | Callable[[re.Match[str]], str], str], str]:
        """The text with every match replaced: `sub(replacement, text)`."""
        return self._compiled.sub


# Article or sentence that was read ahead to the patterns that may match in it, as bits; in any other text all may.
_possible: dict[str, int] = {}
_ANY = -1
# Article that was read ahead to the ends of its sentences, and what may match in each.
_sentences: dict[str, tuple[list[int], list[int]]] = {}
# Article that was read ahead to its lines, each with the patterns that may match in it.
_lines: dict[str, list[tuple[int, int, int]]] = {}


def _search_at(openings: re.Pattern[str], expression: re.Pattern[str], bit: int) -> Find:
    """`expression.search`, which tries only where a match can begin, in texts that may hold one."""
    opening, match, possible = openings.search, expression.match, _possible.get

    def search(text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        if not possible(text, _ANY) & bit or (start and _is_ruled_out(text, start, end, bit)):
            return None
        place = opening(text, start, end)
        while place is not None:
            found = match(text, place.start(), end)
            if found is not None:
                return found
            place = opening(text, place.end(), end)
        return None

    return search


def _search_known(expression: re.Pattern[str], bit: int) -> Find:
    """`expression.search` in texts that may hold a match."""
    search_any, possible = expression.search, _possible.get

    def search(text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        if not possible(text, _ANY) & bit or (start and _is_ruled_out(text, start, end, bit)):
            return None
        return search_any(text, start, end)

    return search


def _match_known(expression: re.Pattern[str], bit: int) -> Find:
    """`expression.match` in texts that may hold a match: one that may begin with anything is long to rule out."""
    match_any, possible = expression.match, _possible.get

    def match(text: str, start: int = 0, end: int = sys.maxsize) -> re.Match[str] | None:
        return match_any(text, start, end) if possible(text, _ANY) & bit else None

    return match


def _is_ruled_out(text: str, start: int, end: int, bit: int) -> bool:
    """True for a part of an article that reaches into no sentence with what a match holds."""
    known = _sentences.get(text)
    if known is None:
        return False
    ends, found = known
    at = bisect_right(ends, start)
    while not found[at] & bit:
        if end <= ends[at]:
            return True
        at += 1
    return False


def read_ahead(text: str, sentences: Sequence[tuple[int, int]]) -> list[str]:
    """Note which patterns can match in an article and in each of its sentences, found in one pass.

    The others then answer at once: a hundred patterns are looked for in each sentence, and nine in ten are not there.
    Changes no answer.

    Args:
        text: The article.
        sentences: Spans in order, apart.

    Returns:
        The sentences.
    """
    if len(_possible) > _MOST_KNOWN:
        _forget()
    ends = [*(end for _, end in sentences), sys.maxsize]
    # What stands before a sentence is counted to it, which does no harm; behind the last one there may be more.
    automaton, always = _automaton(len(Pattern._all))
    found = [always] * len(ends)
    at, possible = 0, always
    for last, patterns in automaton.iter(fold_case(text)):
        if last >= ends[at]:
            found[at] = possible
            at, possible = bisect_right(ends, last), always
        possible |= patterns
    found[at] = possible
    printed = [text[start:end] for start, end in sentences]
    _possible.update(zip(printed, found, strict=False))
    _possible[text] = reduce(or_, found)
    _sentences[text] = ends, found
    _lines[text] = list(_possible_in_lines(text, ends, found))
    return printed


def _forget() -> None:
    for known in (_possible, _sentences, _lines):
        known.clear()


def _possible_in_lines(
    text: str, ends: Sequence[int], found: Sequence[int]
) -> Iterator[tuple[int, int, int]]:
    """Start and end of each line, and what may match in it: what may in any of its sentences, of which `ends` are the ends."""
    start = sentence = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        while ends[sentence] <= start:
            sentence += 1
        possible = found[sentence]
        while ends[sentence] < end:
            sentence += 1
            possible |= found[sentence]
        yield start, end, possible
        start = end + 1


@lru_cache(maxsize=1)
def _automaton(count: int) -> tuple[Any, int]:
    """What matches of the first `count` patterns hold, with the bits of these; and the bits of those without telltales."""
    _forget()
    found: dict[str, int] = defaultdict(int)
    always = 0
    for pattern in Pattern._all[:count]:
        if not pattern._telltales:
            always |= pattern._bit
        for letters in pattern._telltales:
            found[letters] |= pattern._bit
    automaton = ahocorasick.Automaton()
    for letters, bits in found.items():
        automaton.add_word(letters, bits)
    automaton.make_automaton()
    return automaton, always
