"""Reading ahead changes no answer: a wording is found in a text and in every part of it as its plain expression finds it."""

from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

import pipelines.stages.extract  # noqa: F401  # makes the patterns
from pipelines.lexicons.patterns import Pattern, pattern_texts, read_ahead
from pipelines.text.sentences import split_sentences
from tests.property.texts import texts

PATTERNS = [
    (pattern, re.compile(pattern_texts()[pattern.name]))
    for pattern in Pattern._all
    if pattern.name in pattern_texts()
]


def span(match: re.Match[str] | None) -> tuple[int, int] | None:
    return match.span() if match else None


@given(text=texts, cuts=st.tuples(st.integers(0, 400), st.integers(0, 400)), chosen=st.integers(0, 39))
def test_positions_give_what_the_plain_expression_gives(
    text: str, cuts: tuple[int, int], chosen: int
) -> None:
    read_ahead(text, [(sentence.start, sentence.end) for sentence in split_sentences(text)])
    start, end = min(cuts), max(cuts)
    for pattern, plain in PATTERNS[chosen::40]:
        ways: list[tuple[Callable[..., re.Match[str] | None], Callable[..., re.Match[str] | None]]] = [
            (pattern.search, plain.search),
            (pattern.match, plain.match),
        ]
        for fast, slow in ways:
            assert span(fast(text)) == span(slow(text))
            assert span(fast(text, start, end)) == span(slow(text, start, end))
        expected = [match.span() for match in plain.finditer(text)]
        assert [match.span() for match in pattern.finditer(text)] == expected
        expected = [match.span() for match in plain.finditer(text, start, end)]
        assert [match.span() for match in pattern.finditer(text, start, end)] == expected
