"""Where the matches of a regular expression can begin, as a pattern that is cheap to look for.

`re` skips to the next place worth trying only where an expression opens with plain characters. Wording patterns open with
word boundaries, alternatives and letters of either case, and `re` tries the whole of them at every letter of a text. Their
first letters, read off the expression itself, say nearly as much and are found several times faster.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from itertools import takewhile
from re import _constants as ops  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]
from typing import Any

# How many of the first characters are told apart: long enough to know a word, short enough to scan for.
_DEPTH = 8
# How many openings are followed further: a list of words that may repeat has hundreds.
_MOST = 400
# How many are told apart in the end: a longer pattern takes longer to look for than it spares.
_MOST_TOLD_APART = 10_000
# What `re.IGNORECASE` takes for these letters besides their two cases.
_FURTHER_CASES = {"i": "ıİ", "s": "ſ", "k": "\N{KELVIN SIGN}"}
# Signs that are in nearly every sentence.
_COMMON_SIGNS = frozenset(",.()-")
_CATEGORIES = {ops.CATEGORY_DIGIT: r"\d", ops.CATEGORY_SPACE: r"\s", ops.CATEGORY_WORD: r"\w"}
_LINE_BREAK = ord("\n")
_CATEGORIES_OF_BREAKS = frozenset({ops.CATEGORY_SPACE, ops.CATEGORY_NOT_WORD, ops.CATEGORY_NOT_DIGIT})
_CLASSES = frozenset(_CATEGORIES.values())
# How a class of blanks without some of them opens: "[^\S\n]".
_BLANKS_BUT = [(ops.NEGATE, None), (ops.CATEGORY, ops.CATEGORY_NOT_SPACE)]
# What takes up no characters.
_ASSERTIONS = frozenset({ops.AT, ops.ASSERT, ops.ASSERT_NOT})
# Fewer letters than these stand in most articles by chance.
_TELLING = 3
# So many are rare enough to look no further: shorter ones leave more sentences to search, a longer look costs at the start.
_RARE = 5
# First characters that stand in every text so often that looking for them saves nothing: letters, and blanks unless the
# next character is known too.
_LETTERS = frozenset({r"\w"})
_BLANKS = frozenset({r"\s", r"\ "})

# The first characters of a match, each as what stands in the brackets of a character class.
Opening = tuple[str, ...]


@cache
def find_telltales(expression: str) -> frozenset[str]:
    """Letters or signs, in lower case, of which one stands in every text with a match; none where that is open."""
    tree = _parser.parse(expression)
    return _telltales(tree, ignore_case=bool(tree.state.flags & re.IGNORECASE))


def _telltales(nodes: Sequence[Any], *, ignore_case: bool) -> frozenset[str]:
    """What a sequence begins with, or what any later part of it begins with where that is longer and so rarer."""
    best: frozenset[str] = frozenset()
    within_word = False
    for position, (op, argument) in enumerate(nodes):
        if op in _ASSERTIONS:
            best = max(best, _telltales_within(op, argument, ignore_case=ignore_case), key=_shortest)
            continue
        # The second letter of a word tells less than its first.
        begins = frozenset() if within_word else _beginnings(nodes[position:], ignore_case=ignore_case)
        within_word = op is ops.LITERAL
        best = max(best, begins, _telltales_within(op, argument, ignore_case=ignore_case), key=_shortest)
        if _shortest(best) >= _RARE:
            break
    return best


def _telltales_within(op: Any, argument: Any, *, ignore_case: bool) -> frozenset[str]:
    """What the inner part of a group that cannot be left out needs; of alternatives, what each of them needs."""
    if op is ops.ASSERT and argument[0] > 0:
        return _telltales(argument[1], ignore_case=ignore_case)  # stands behind the match
    if op is ops.SUBPATTERN:
        _, added, removed, nodes = argument
        return _telltales(nodes, ignore_case=_ignores_case(ignore_case, added, removed))
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT) and argument[0] >= 1:
        return _telltales(argument[2], ignore_case=ignore_case)
    found: set[str] = set()
    for branch in argument[1] if op is ops.BRANCH else ():
        needed = _telltales(branch, ignore_case=ignore_case)
        if not needed:
            return frozenset()
        found |= needed
    return frozenset(found)


def _beginnings(nodes: Sequence[Any], *, ignore_case: bool) -> frozenset[str]:
    """What every match of a sequence begins with, as plain letters; nothing where one of them would tell nothing."""
    goes_on, ends = _openings(nodes, ignore_case=ignore_case)
    found = {"".join(takewhile(bool, map(_plain_letter, opening))) for opening in goes_on | ends}
    if not all(map(_is_telling, found)):
        return frozenset()
    return frozenset(letters for letters in found if not any(other in letters for other in found - {letters}))


def _shortest(telltales: Collection[str]) -> int:
    return min(map(len, telltales), default=0)


def _ignores_case(outside: bool, added: int, removed: int) -> bool:
    """Whether a group takes both cases of a letter for one."""
    return bool((outside or added & re.IGNORECASE) and not removed & re.IGNORECASE)


@cache
def find_openings(expression: str) -> re.Pattern[str] | None:
    """A pattern that matches the first character of every match of an expression, and of little else.

    Returns:
        The pattern, or None where matches may begin with anything or with what is in every text.
    """
    tree = _parser.parse(expression)
    goes_on, ends = _openings(tree, ignore_case=bool(tree.state.flags & re.IGNORECASE))
    openings = goes_on | ends
    if () in openings or any(_is_everywhere(opening) for opening in openings):
        return None
    depth = _DEPTH
    while len(openings) > _MOST_TOLD_APART:
        depth -= 1
        openings = {opening[:depth] for opening in openings}
    first = "".join(sorted({opening[0] for opening in openings}))
    word_start = r"(?<!\w.)" if _opens_words(tree) else ""
    return re.compile(f"[{first}]{word_start}(?<={_as_regex(openings)})", re.DOTALL)


@cache
def stays_in_line(expression: str) -> bool:
    """True where no match, nor what must stand behind it, can hold a line break."""
    return not _may_break(_parser.parse(expression))


def _may_break(nodes: Iterable[Any]) -> bool:
    """True where a match of a sequence may hold a line break, or where that is not known."""
    for op, argument in nodes:
        if op in (ops.AT, ops.ASSERT_NOT):
            continue
        if op is ops.LITERAL:
            breaks = argument == _LINE_BREAK
        elif op is ops.IN:
            breaks = _is_of_class(_LINE_BREAK, argument)
        elif op is ops.SUBPATTERN:
            breaks = _may_break(argument[3])
        elif op is ops.ASSERT:
            breaks = _may_break(argument[1])
        elif op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
            breaks = _may_break(argument[2])
        else:
            breaks = op is not ops.BRANCH or any(map(_may_break, argument[1]))
        if breaks:
            return True
    return False


def _is_of_class(code: int, members: Sequence[tuple[Any, Any]]) -> bool:
    """True where a character is one of a class: "[^a-z]"."""
    negated = members[0][0] is ops.NEGATE
    for kind, value in members:
        if (
            (kind is ops.LITERAL and value == code)
            or (kind is ops.RANGE and value[0] <= code <= value[1])
            or (kind is ops.CATEGORY and value in _CATEGORIES_OF_BREAKS)
        ):
            return not negated
    return negated


def _is_telling(letters: str) -> bool:
    printed = letters.strip()
    return len(printed) >= _TELLING or bool(
        printed and not letters.isalnum() and printed not in _COMMON_SIGNS
    )


def fold_case(text: str) -> str:
    """The text as beginnings are to be looked for in it: `re.IGNORECASE` takes more letters for one than `lower`."""
    if not text.isascii():
        for letter, others in _FURTHER_CASES.items():
            for other in others:
                text = text.replace(other, letter)
    return text.lower()


def _plain_letter(character: str) -> str:
    """The only letter that a first character can be, in lower case; nothing where it may be several."""
    members = _members(character)
    letters = {fold_case(member[-1]) for member in members}
    return letters.pop() if len(letters) == 1 and not _CLASSES.intersection(members) else ""


def _is_everywhere(opening: Opening) -> bool:
    first = set(_members(opening[0]))
    return bool(_LETTERS & first) or (len(opening) == 1 and bool(_BLANKS & first))


def _openings(nodes: Iterable[Any], *, ignore_case: bool) -> tuple[set[Opening], set[Opening]]:
    """First characters of a sequence: those after which the next node follows, and those after which all is open."""
    goes_on: set[Opening] = {()}
    ends: set[Opening] = set()
    for op, argument in nodes:
        if op in _ASSERTIONS:
            continue
        further, last = _openings_of(op, argument, ignore_case=ignore_case)
        ends |= {(before + after)[:_DEPTH] for before in goes_on for after in last}
        longer = {(before + after)[:_DEPTH] for before in goes_on for after in further}
        goes_on = {opening for opening in longer if len(opening) < _DEPTH}
        ends |= longer - goes_on
        if len(goes_on) > _MOST:
            ends, goes_on = ends | goes_on, set()
        if not goes_on:
            break
    return goes_on, ends


def _openings_of(op: Any, argument: Any, *, ignore_case: bool) -> tuple[set[Opening], set[Opening]]:
    if op is ops.SUBPATTERN:
        _, added, removed, nodes = argument
        return _openings(nodes, ignore_case=_ignores_case(ignore_case, added, removed))
    if op is ops.BRANCH:
        found = [_openings(nodes, ignore_case=ignore_case) for nodes in argument[1]]
        return set().union(*(goes_on for goes_on, _ in found)), set().union(*(ends for _, ends in found))
    if op in (ops.MAX_REPEAT, ops.MIN_REPEAT):
        return _openings_of_repeat(*argument, ignore_case=ignore_case)
    if op is ops.LITERAL:
        return {(_letter(argument, ignore_case=ignore_case),)}, set()
    if op is ops.IN:
        if argument[:2] == _BLANKS_BUT:
            return {(r"\s",)}, set()
        members = [_member(kind, value, ignore_case=ignore_case) for kind, value in argument]
        if None not in members:
            return {("".join(filter(None, members)),)}, set()
    return set(), {()}


def _openings_of_repeat(
    least: int, most: int, nodes: Sequence[Any], *, ignore_case: bool
) -> tuple[set[Opening], set[Opening]]:
    goes_on: set[Opening] = {()} if least == 0 else set()
    ends: set[Opening] = set()
    further: set[Opening] = set()
    last_count = min(most, max(least, 1) + 1)
    for count in range(max(least, 1), last_count + 1):
        further, last = _openings(list(nodes) * count, ignore_case=ignore_case)
        goes_on |= further
        ends |= last
    return goes_on, ends | further if most > last_count else ends


@cache
def _letter(code: int, *, ignore_case: bool) -> str:
    letter = chr(code)
    if not ignore_case:
        return re.escape(letter)
    cases = {letter, letter.lower(), letter.upper(), *_FURTHER_CASES.get(letter.lower(), "")}
    return "".join(sorted(re.escape(case) for case in cases if len(case) == 1))


def _member(kind: Any, value: Any, *, ignore_case: bool) -> str | None:
    """One member of a character class; None where it stands for too much."""
    if kind is ops.LITERAL:
        return _letter(value, ignore_case=ignore_case)
    if kind is ops.RANGE and not ignore_case:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return _CATEGORIES.get(value) if kind is ops.CATEGORY else None


def _members(character: str) -> list[str]:
    return re.findall(r"\\?.", character)


def _opens_words(nodes: Sequence[Any]) -> bool:
    """True where no match can begin within a word."""
    op, argument = nodes[0]
    if op is ops.SUBPATTERN:
        return _opens_words(argument[3])
    if op is ops.BRANCH:
        return all(_opens_words(branch) for branch in argument[1])
    if op is ops.AT and argument is ops.AT_BOUNDARY:
        goes_on, ends = _openings(nodes[1:], ignore_case=False)
        return all(re.fullmatch(r"\w+", opening[0]) for opening in goes_on | ends)
    if op is ops.ASSERT_NOT:
        direction, behind = argument
        return direction < 0 and behind[0][0] is ops.IN and (ops.CATEGORY, ops.CATEGORY_WORD) in behind[0][1]
    return False


def _as_regex(openings: Iterable[Opening]) -> str:
    """Alternatives of first characters, each only where its followers stand behind it."""
    return "|".join(
        f"[{first}]" + (f"(?={_in_a_row(rests)})" if rests else "") for first, rests in _by_first(openings)
    )


def _in_a_row(openings: Collection[Opening]) -> str:
    if not openings:
        return ""
    rows = [f"[{first}]{_in_a_row(rests)}" for first, rests in _by_first(openings)]
    return rows[0] if len(rows) == 1 else f"(?:{'|'.join(rows)})"


def _by_first(openings: Iterable[Opening]) -> Iterator[tuple[str, set[Opening]]]:
    """What follows each first character; nothing where anything may."""
    followers: dict[str, set[Opening]] = {}
    for first, *rest in sorted(openings):
        followers.setdefault(first, set()).add(tuple(rest))
    for first, rests in followers.items():
        yield first, set() if () in rests else rests
