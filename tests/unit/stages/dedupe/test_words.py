from __future__ import annotations

import re

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stages.dedupe.words import cut_words, fingerprints, hash_words

# The definition of a word, in one pattern: what the cut, which works on bytes, is held against.
WORD = re.compile(r"(?:(?:(?<=[\s])|^)-(?=[0-9]))?(?:[^\W_]|(?<=[0-9])[.,](?=[0-9]))+")
TEXTS = st.lists(st.text(alphabet="ab1290.,- \n!_(é“—ß三", max_size=60), min_size=1, max_size=5)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_words_are_those_that_the_pattern_finds(texts: list[str]) -> None:
    for text, hashes in zip(texts, hashes_of(texts), strict=True):
        plain = re.sub(r"[^\w.,\-\n]|_", " ", text)
        found = [match.group().lower() for match in WORD.finditer(plain)]
        assert hashes == hash_words(found).tolist()


def hashes_of(texts: list[str]) -> list[list[int]]:
    found: list[list[int]] = []
    for words in cut_words(pl.Series(texts, dtype=pl.String)):
        cuts = np.split(words.hash, words.offsets[1:-1])
        found += [cut.tolist() for cut in cuts[: len(words.per_text)]]
    return found


@given(st.lists(st.text(alphabet="ab0", min_size=1, max_size=70), unique=True, min_size=1, max_size=20))
def test_different_words_have_different_numbers(words: list[str]) -> None:
    assert len(set(hash_words(words).tolist())) == len(words)


@pytest.mark.parametrize(
    ("one", "other"),
    [("100000000", "1000000000"), ("a" * 40 + "b" + "a" * 40, "a" * 41 + "b" + "a" * 39), ("ab", "ba")],
)
def test_words_that_look_alike_have_different_numbers(one: str, other: str) -> None:
    first, second = hash_words([one, other])
    assert first != second


def test_numbers_are_even_over_all_bits() -> None:
    hashes = hash_words([f"kata{number}" for number in range(20_000)])
    for bit in range(64):
        share = float(((hashes >> np.uint64(bit)) & np.uint64(1)).mean())
        assert share == pytest.approx(0.5, abs=0.02)


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_texts_have_one_fingerprint_only_where_all_words_are_the_same(
    one: list[str], other: list[str]
) -> None:
    # Behind some text, so that the place among the others is seen to change nothing.
    texts = pl.Series(["kata " * len(other), " ".join(one), " ".join(other)])
    (words,) = cut_words(texts)
    prints = fingerprints(words)
    assert bool(prints[1] == prints[2]) is (one == other)


def test_more_text_than_a_slice_holds_is_cut_as_in_one() -> None:
    texts = [f"berita nomor {number} " * 400 for number in range(400)]
    parts = list(cut_words(pl.Series(texts)))
    assert len(parts) > 1
    assert sum(len(words.per_text) for words in parts) == 400
    assert hashes_of(texts)[399] == hash_words("berita nomor 399 ".split() * 400).tolist()
