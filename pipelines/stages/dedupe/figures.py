"""Figures of two texts compared place by place: the same report corrected, or the next month of a series?

A figure's place is told by the words around it, with all figures masked, so "naik 5,2 persen" and "naik 4,9 persen"
are one place with two values. A figure that stands in one text only is no conflict: copies drop sentences.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipelines.lexicons.dedupe_words import load_dedupe_words
from pipelines.lexicons.loader import boilerplate_patterns
from pipelines.stages.dedupe.parameters import DedupeParameters

NUMBER, DAY, MONTH, YEAR = "#", "#d", "#m", "#y"

_DATE: Final = re.compile(r"(?<![\d./-])(\d{1,2})([/-])(\d{1,2})\2((?:19|20)\d\d)(?!\d)")
_DIGIT: Final = re.compile(r"[0-9]")
_FIGURE: Final = re.compile(r"\d+(?:[.,]\d+)*")
_PUNCTUATION: Final = ".,:;!?()[]{}\"'“”‘’«»…–—-/*"
_GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?$")
_GROUPED_ENGLISH: Final = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
_YEAR: Final = re.compile(r"(?:19|20)\d\d$")
_MIN_LINE_WORDS: Final = 8  # header lines carry dates, times and counters that differ between copies
_OPENING: Final = 400  # characters: headline and lead
_MAX_FURNITURE_WORDS: Final = (
    16  # copyright lines, calls to follow: longer lines are not worth the patterns' time
)
_EDGE: Final = 2  # marks on either side of a line, for the words that are not there
_FEW_FIGURES: Final = 4
_SHOWN: Final = 5


class Figure(NamedTuple):
    """One figure or month name, with its place: the two words before it and the two behind it, figures masked.

    `kind` is `#` number, `#d` day of a month, `#m` month, `#y` year; `value` has one form, "4044" for 4.044 and "1.9"
    for 1,9. A named tuple because a comparison makes some dozens, and a frozen dataclass takes four times as long.
    """

    kind: str
    value: str
    before_last: str
    before: str
    after: str
    after_next: str


class _Conflict(NamedTuple):
    """Two figures in one place; `is_certain` where the words on both sides are the same."""

    kind: str
    earlier: str
    later: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class FigureVerdict:
    """What the figures say of a pair.

    Attributes:
        is_series: True where the texts are issues of a series, not copies.
        n_agreed: Figures that are equal in the same place.
        n_conflicts: Figures that differ in the same place.
        detail: The deciding figures, for a person; empty where none differ.
    """

    is_series: bool
    n_agreed: int
    n_conflicts: int
    detail: str


@lru_cache(maxsize=4096)
def read_figures(text: str) -> tuple[Figure, ...]:
    """The figures of a text and the month names beside them, without those of header lines and site furniture."""
    months = load_dedupe_words().months
    figures: list[Figure] = []
    for line in text.lower().split("\n"):
        n_words = line.count(" ") + 1
        if n_words < _MIN_LINE_WORDS or not _DIGIT.search(line):
            continue
        if n_words < _MAX_FURNITURE_WORDS and _is_furniture(line):
            continue
        dated = _DATE.sub(_spell_month, line) if "/" in line or "-" in line else line
        figures += _figures_of(dated.split(), months)
    return tuple(figures)


def _figures_of(tokens: list[str], months: Mapping[str, str]) -> list[Figure]:
    # Most words are letters only and are passed over; the few others may hold figures or end with a comma.
    letters = map(str.isalpha, tokens)
    if months.keys().isdisjoint(tokens):
        places = [at for at, only in enumerate(letters, _EDGE) if not only]
    else:
        places = [at for at, only in enumerate(letters, _EDGE) if not only or tokens[at - _EDGE] in months]
    masked = ["^", "^", *tokens, "$", "$"]
    found: list[tuple[int, str]] = []
    for at in places:
        masked[at], values = _read_token(masked[at])
        if values:
            found += [(at, value) for value in values]
    for at, _ in found:
        if masked[at] == NUMBER and masked[at + 1] == MONTH:
            masked[at] = DAY
    return [
        Figure(masked[at], value, masked[at - 2], masked[at - 1], masked[at + 1], masked[at + 2])
        for at, value in found
    ]


# Of 112,000 tokens of 5,000 texts that come here 16,000 are unlike: words before a comma, most of them, and small figures.
@lru_cache(maxsize=2**16)
def _read_token(token: str) -> tuple[str, tuple[str, ...]]:
    """What stands for a token in a figure's place, and the figures or the month in it."""
    bare = token.strip(_PUNCTUATION)
    month = load_dedupe_words().months.get(bare)
    if month is not None:
        return MONTH, (month,)
    values = () if bare.isalpha() else tuple(_FIGURE.findall(bare))
    if not values:
        return bare, ()
    kind = YEAR if len(values) == 1 and _YEAR.match(values[0]) else NUMBER
    return kind, tuple(map(canonical_number, values))


def _is_furniture(line: str) -> bool:
    return any(pattern.match(line) for pattern in _furniture_patterns())


@cache
def _furniture_patterns() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for _, pattern in boilerplate_patterns())


@lru_cache(maxsize=4096)
def correction_or_none(text: str) -> str | None:
    """The phrase by which a text says that it corrects an earlier one."""
    lower = text.lower()
    for marker in load_dedupe_words().corrections:
        start = lower.find(marker.phrase)
        if start < 0 or (marker.opening_only and start > _OPENING):
            continue
        end = start + len(marker.phrase)
        if not lower[max(0, start - 1) : start].isalnum() and not lower[end : end + 1].isalnum():
            return marker.phrase
    return None


def judge_figures(earlier: str, later: str, parameters: DedupeParameters) -> FigureVerdict:
    """Decide from the figures of two texts of the same wording whether they are one report or two.

    Two reports: month or year differ and a figure does; the day differs and some figures do; or many figures do.
    A text that calls itself a correction may differ in more, as long as the period is the same.
    """
    # Aligned in an order of their own, so that a pair is judged the same whichever of the two is met first.
    swapped = later < earlier
    one, other = (later, earlier) if swapped else (earlier, later)
    agreed, conflicts = _align(read_figures(one), read_figures(other), swapped=swapped)
    differ: Counter[str] = Counter()
    for conflict in conflicts:
        differ[conflict.kind] += 2 if conflict.is_certain else 1
    # In half figures, so that a conflict seen from one side only counts half.
    agreed_number, differ_number = 2 * agreed[NUMBER], differ[NUMBER]
    share = differ_number / max(1, differ_number + agreed_number)

    why = None
    for kind in (MONTH, YEAR):
        more_differ = differ[kind] > 2 * agreed[kind]
        # The same figures for another month are another report, too; but a date in the dateline alone is not.
        alone = differ[kind] and not agreed[kind] and (differ[kind] > 2 or agreed[NUMBER] < _FEW_FIGURES)
        if alone or (more_differ and share >= parameters.period_conflict):
            why = "another period"
    corrected = _correction_of_pair_or_none(earlier, later) if conflicts and why is None else None
    day_differs = differ[DAY] > 2 * agreed[DAY] and differ_number >= 4 and not corrected
    if why is None and day_differs and share >= parameters.day_conflict:
        why = "another day"
    limit = parameters.max_correction_conflict if corrected else parameters.max_conflict
    if why is None and share >= limit and differ_number >= 2:
        why = "other figures"
    detail = ", ".join(f"{conflict.earlier} / {conflict.later}" for conflict in conflicts[:_SHOWN])
    if len(conflicts) > _SHOWN:
        detail += ", ..."
    if why:
        detail = f"{why}: {detail}"
    elif corrected:
        detail = f"a correction ({corrected}): {detail}"
    return FigureVerdict(why is not None, sum(agreed.values()), len(conflicts), detail)


def _correction_of_pair_or_none(earlier: str, later: str) -> str | None:
    """The correction phrase that one of the two has; one that both have belongs to the outlet's template."""
    first, second = correction_or_none(earlier), correction_or_none(later)
    return (second or first) if first is None or second is None else None


def bound_conflicts(earlier: Sequence[int], later: Sequence[int]) -> int:
    """The most figures that can stand in one place with different values, from the order of the figures alone.

    Between two figures that both texts have, one that only the earlier has and one that only the later has may
    stand in the same place; where either has none, a figure was dropped or added.

    Args:
        earlier: Hashes of the earlier text's figures, in order.
        later: Hashes of the later text's figures, in order.
    """
    place: dict[int, int] = {}
    for at, figure in enumerate(later):
        place.setdefault(figure, at)
    bound = at_earlier = at_later = 0
    for at, figure in enumerate(earlier):
        there = place.get(figure, -1)
        if there >= at_later:
            bound += min(at - at_earlier, there - at_later)
            at_earlier, at_later = at + 1, there + 1
    return bound + min(len(earlier) - at_earlier, len(later) - at_later)


def canonical_number(token: str) -> str:
    """Digits of a figure in one form: "4.044" gives "4044", "1,9" gives "1.9", "07" gives "7"."""
    if token.isdigit():
        pass
    elif _GROUPED.match(token):
        token = token.replace(".", "").replace(",", ".")
    elif _GROUPED_ENGLISH.match(token):
        token = token.replace(",", "")
    else:
        token = token.replace(",", ".")
    return token.lstrip("0") or "0"


def _spell_month(date: re.Match[str]) -> str:
    day, _, month, year = date.groups()
    number = canonical_number(month)
    name = next((name for name, known in load_dedupe_words().months.items() if known == number), None)
    return f"{day} {name} {year}" if name else date.group()


def _align(
    earlier: Sequence[Figure], later: Sequence[Figure], *, swapped: bool
) -> tuple[Counter[str], list[_Conflict]]:
    """How many figures are equal in the same place, by kind, and those that are not (told the other way if swapped)."""
    same, anywhere = set(later), {(figure.kind, figure.value) for figure in later}
    by_place, by_words_before, by_words_after = _first_values(later)
    agreed: Counter[str] = Counter()
    conflicts: list[_Conflict] = []
    for figure in earlier:
        kind, value, before_last, before, after, after_next = figure
        there = by_place.get((kind, before_last, before, after, after_next))
        is_certain = there is not None
        if figure in same or (not is_certain and (kind, value) in anywhere):
            agreed[kind] += 1
            continue
        if not is_certain:
            before_it, after_it = (kind, before_last, before), (kind, after, after_next)
            there = by_words_before.get(before_it) or by_words_after.get(after_it)
        if there is not None:
            values = (there, value) if swapped else (value, there)
            conflicts.append(_Conflict(kind, *values, is_certain))
    return agreed, conflicts


def _first_values(figures: Sequence[Figure]) -> tuple[dict[tuple[str, ...], str], ...]:
    """The first value by kind and all words around it, by the words before it, and by those behind it."""
    whole: dict[tuple[str, ...], str] = {}
    before_it: dict[tuple[str, ...], str] = {}
    behind_it: dict[tuple[str, ...], str] = {}
    for kind, value, before_last, before, after, after_next in reversed(figures):
        whole[kind, before_last, before, after, after_next] = value
        before_it[kind, before_last, before] = value
        behind_it[kind, after, after_next] = value
    return whole, before_it, behind_it
