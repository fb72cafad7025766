"""Passages that stand twice in one document: a crawler saved the body again, in whole or in part.

Only whole passages count. A quote, a headline or a caption told twice is how people write, and two paragraphs of
one pattern with other figures are two statements: none of them is a repeat.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Final

WINDOW: Final = 8  # words; an eight-word run stands twice by chance in set phrases only, and those are short
MAX_GAP: Final = 24  # words between two matching windows of one passage: room for two edits side by side
MAX_SHIFT: Final = 6  # words that edits may add or drop between two matching windows
MAX_OPEN: Final = 16  # passages followed at a time; more only in texts made of set phrases
MIN_DISTINCT: Final = 4  # a window of fewer different words is a counter or a stutter
MIN_IDENTITY: Final = 0.88  # share of equal words in an edited passage; 3 % edits leave some 0.95
# Shortest passages, in words. A headline has up to 16, a quote of one paragraph told again up to about 35.
MIN_PARAGRAPH: Final = 20
MIN_PASSAGE: Final = 40
MIN_UNALIGNED: Final = 60
MIN_QUOTATION: Final = 80

_WORD: Final = re.compile(r"\w+")
_OPENING: Final = "\"'“”‘’«„"
_CLOSING: Final = ".!?…,;:)]*\"'“”’»"
_SENTENCE_END: Final = re.compile(r"[.!?…][\"'”’»)\]*]*\s")


@dataclass(frozen=True, slots=True)
class Repeat:
    """A passage that repeats an earlier one of the same document.

    Attributes:
        start: Start of the later passage, in code points.
        end: End of the later passage, exclusive.
        first_start: Start of the passage it repeats.
        first_end: End of the passage it repeats, exclusive; never behind `start`.
        exact: Whether both are equal, character by character.
    """

    start: int
    end: int
    first_start: int
    first_end: int
    exact: bool


@dataclass(slots=True)
class _Run:
    """Two equal-looking word ranges while they are being followed: [first, first_end) and [later, later_end)."""

    first: int
    later: int
    first_end: int
    later_end: int
    n_equal: int


def find_repeats(text: str) -> tuple[Repeat, ...]:
    """Find passages that stand a second time in a text.

    Returns:
        The later passages in order of `start`, disjoint; each names the first passage it repeats. Both are whole
        sentences (to the end of the text at most) or at least 60 words long. Figures never differ inside a repeat.
    """
    matches = list(_WORD.finditer(text))
    if len(matches) < 2 * WINDOW:
        return ()
    words = [match.group().lower() for match in matches]
    runs = _find_runs(words)
    if not runs:
        return ()
    page = _Page(text, words, [match.span() for match in matches])
    found: list[Repeat] = []
    taken = 0
    for run in runs:
        repeat = page.accept_or_none(run)
        if repeat is not None and repeat.start >= taken:
            found.append(repeat)
            taken = repeat.end
    return tuple(found)


def _find_runs(words: Sequence[str]) -> list[_Run]:
    windows = list(zip(*(words[offset:] for offset in range(WINDOW)), strict=False))
    first_at: dict[tuple[str, ...], int] = {}
    open_runs: list[_Run] = []
    done: list[_Run] = []
    for later, window in enumerate(windows):
        first = first_at.setdefault(window, later)
        if first + WINDOW > later or len(set(window)) < MIN_DISTINCT:
            continue
        still_open = [run for run in open_runs if later - run.later_end <= MAX_GAP]
        if len(still_open) < len(open_runs):
            done += [run for run in open_runs if later - run.later_end > MAX_GAP]
            open_runs = still_open
        run = next((run for run in open_runs if _continues(run, first, later)), None)
        if run is not None and _extend(run, first, later, words):
            continue
        if run is not None:  # a figure differs between here and the run's end
            open_runs.remove(run)
            done.append(run)
        elif len(open_runs) == MAX_OPEN:
            done.append(open_runs.pop(0))
        open_runs.append(_Run(first, later, first + WINDOW, later + WINDOW, WINDOW))
    runs = sorted(done + open_runs, key=lambda run: (run.later, -run.later_end))
    ends = [*(run.later for run in runs[1:]), len(words)][: len(runs)]
    before = 0
    for run, end in zip(runs, ends, strict=True):
        _grow(run, words, start=before, end=end)
        before = max(before, run.later_end)
    for run, following in pairwise(runs):
        # A body saved thrice: the windows across its end match those across the first one's end, a few words far.
        overlap = run.later_end - following.later
        if 0 < overlap <= WINDOW and following.later_end - following.later >= MIN_PARAGRAPH:
            run.later_end, run.first_end = run.later_end - overlap, run.first_end - overlap
            run.n_equal -= overlap
    return [run for run in runs if run.later_end - run.later >= MIN_PARAGRAPH]


def _continues(run: _Run, first: int, later: int) -> bool:
    shift = (later - first) - (run.later_end - run.first_end)
    return first + WINDOW > run.first_end and later + WINDOW > run.later_end and abs(shift) <= MAX_SHIFT


def _extend(run: _Run, first: int, later: int, words: Sequence[str]) -> bool:
    gap_first, gap_later = words[run.first_end : first], words[run.later_end : later]
    if gap_first or gap_later:
        n_equal = _equal_words_or_none(gap_first, gap_later)
        if n_equal is None:
            return False
        run.n_equal += n_equal + WINDOW
    else:
        run.n_equal += later + WINDOW - run.later_end
    run.first_end, run.later_end = first + WINDOW, later + WINDOW
    return True


def _equal_words_or_none(first: Sequence[str], later: Sequence[str]) -> int | None:
    """How many words two stretches share in order; None where a figure of one stands for another of the other."""
    n_equal = 0
    matcher = SequenceMatcher(a=first, b=later, autojunk=False)
    for operation, first_start, first_end, later_start, later_end in matcher.get_opcodes():
        if operation == "equal":
            n_equal += later_end - later_start
        elif _figures(first[first_start:first_end]) and _figures(later[later_start:later_end]):
            return None
    return n_equal


def _figures(words: Sequence[str]) -> bool:
    return any(word[0].isdecimal() for word in words)


def _grow(run: _Run, words: Sequence[str], *, start: int, end: int) -> None:
    """Carry a run on at both ends over equal words, and over an edit of two words that three equal ones follow.

    A run is left where its windows stop matching, so what it lacks is short; the bound keeps a text of a thousand
    equal bodies from being walked a thousand times.
    """
    later_stop = min(end, run.later_end + MAX_GAP)
    while run.later_end < later_stop and run.first_end < run.later:
        step = _step_or_none(words, run.first_end, run.later_end, run.later, later_stop, 1)
        if step is None:
            break
        run.first_end, run.later_end = run.first_end + step[0], run.later_end + step[1]
        run.n_equal += step[2]
    later_stop = max(start, run.first_end, run.later - MAX_GAP)
    while run.later > later_stop and run.first > 0:
        step = _step_or_none(words, run.first - 1, run.later - 1, -1, later_stop - 1, -1)
        if step is None:
            break
        run.first, run.later = run.first - step[0], run.later - step[1]
        run.n_equal += step[2]


def _step_or_none(
    words: Sequence[str], first: int, later: int, first_stop: int, later_stop: int, way: int
) -> tuple[int, int, int] | None:
    """(words to go in the first passage, in the later one, equal words among them), or None at the end."""
    if words[first] == words[later]:
        return 1, 1, 1
    for skip_first, skip_later in ((1, 1), (0, 1), (1, 0), (2, 2), (1, 2), (2, 1)):
        at_first, at_later = first + way * skip_first, later + way * skip_later
        room = min((first_stop - at_first) * way, (later_stop - at_later) * way)
        if room < 3 or any(words[at_first + way * n] != words[at_later + way * n] for n in range(3)):
            continue
        skipped = [words[first + way * n] for n in range(skip_first)]
        skipped += [words[later + way * n] for n in range(skip_later)]
        return None if _figures(skipped) else (skip_first + 3, skip_later + 3, 3)
    return None


class _Page:
    """A text with its words; decides which runs are repeats, and where exactly they start and end."""

    def __init__(self, text: str, words: Sequence[str], spans: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._words = words
        self._spans = spans

    def accept_or_none(self, run: _Run) -> Repeat | None:
        overlap = max(0, run.first_end - run.later)  # the word before the first passage also ends it
        run = _Run(
            run.first + overlap, run.later + overlap, run.first_end, run.later_end, run.n_equal - overlap
        )
        n_words = run.later_end - run.later
        if n_words < MIN_PARAGRAPH or run.n_equal < MIN_IDENTITY * n_words:
            return None
        is_exact = run.n_equal == n_words == run.first_end - run.first
        if not (is_exact and n_words >= MIN_UNALIGNED):
            starts = self._snap_or_none(run.first, run.later, 1, n_words)
            ends = self._snap_or_none(run.first_end, run.later_end, -1, n_words)
            if starts is None or ends is None:
                return None
            run = _Run(starts[0], starts[1], ends[0], ends[1], run.n_equal)
            if not self._long_enough(run):
                return None
        start, end = self._outer_span(run.later, run.later_end)
        first_start, first_end = self._outer_span(run.first, run.first_end)
        if first_end > start:
            return None
        exact = self._text[start:end] == self._text[first_start:first_end]
        return Repeat(start, end, first_start, first_end, exact)

    def _long_enough(self, run: _Run) -> bool:
        n_words = run.later_end - run.later
        if abs(n_words - (run.first_end - run.first)) > MAX_SHIFT + n_words // 10:
            return False
        inside = [self._boundary(at) for at in range(run.later + 1, run.later_end)]
        start = self._outer_span(run.later, run.later_end)[0]
        if self._text[start] in _OPENING and 2 not in inside:
            return n_words >= MIN_QUOTATION
        edges = (run.first, run.first_end, run.later, run.later_end)
        if n_words >= MIN_PARAGRAPH and all(self._boundary(edge) == 2 for edge in edges):
            return True
        return n_words >= MIN_PASSAGE and any(
            self._boundary(at) for at in range(run.later + 1, run.later_end)
        )

    def _snap_or_none(self, first: int, later: int, way: int, n_words: int) -> tuple[int, int] | None:
        """The nearest place, a few words out or further in, where a sentence starts (or ends) in both passages."""
        for offset in (0, -1, -2, -3, *range(1, n_words)):
            at_later = later + way * offset
            if not 0 <= at_later <= len(self._words) or not self._boundary(at_later):
                continue
            slack = 0 if offset == 0 else 2 if offset < 0 else MAX_SHIFT
            for shift in sorted(range(-slack, slack + 1), key=abs):
                at_first = first + way * offset + shift
                if 0 <= at_first <= len(self._words) and self._boundary(at_first):
                    added_first = self._words[slice(*sorted((at_first, first)))]
                    added_later = self._words[slice(*sorted((at_later, later)))]
                    if offset >= 0 or not (_figures(added_first) and _figures(added_later)):
                        return at_first, at_later
        return None

    def _boundary(self, at: int) -> int:
        """2 where a paragraph ends before word `at`, 1 where a sentence does, else 0."""
        if at == 0 or at == len(self._words):
            return 2
        between = self._text[self._spans[at - 1][1] : self._spans[at][0]]
        return 2 if "\n" in between else 1 if _SENTENCE_END.search(between) else 0

    def _outer_span(self, start_word: int, end_word: int) -> tuple[int, int]:
        """Code points of words [start_word, end_word) with quotes before and punctuation behind them."""
        start, end = self._spans[start_word][0], self._spans[end_word - 1][1]
        while start > 0 and self._text[start - 1] in _OPENING:
            start -= 1
        while end < len(self._text) and self._text[end] in _CLOSING:
            end += 1
        return start, end
