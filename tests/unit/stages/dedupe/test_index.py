from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages.dedupe.candidates import LOCAL_TEXTS, pack_postings, unpack_postings
from pipelines.stages.dedupe.index import POSTING_SCHEMA, lookup_part, merge_lookups, merge_postings
from pipelines.stages.dedupe.ragged import Ragged, starts_and_end

Postings = list[tuple[int, int]]
POSTINGS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 20)), max_size=40, unique=True)


def part(postings: Postings) -> pl.DataFrame:
    return pl.DataFrame(sorted(postings), schema=POSTING_SCHEMA, orient="row")


def expected(postings: Postings, hashes: list[int], limit: int) -> Postings:
    return [
        (wanted, text)
        for wanted in hashes
        for text in sorted(text for held, text in postings if held == wanted)[:limit]
    ]


@given(
    st.lists(POSTINGS, max_size=3), st.lists(st.integers(0, 13), unique=True, max_size=10), st.integers(1, 4)
)
def test_a_lookup_over_parts_is_a_lookup_over_all_their_postings(
    parts: list[Postings], wanted: list[int], limit: int
) -> None:
    disjoint = [[(held, text + 100 * number) for held, text in some] for number, some in enumerate(parts)]
    hashes = pl.Series(sorted(wanted), dtype=pl.UInt64)
    found = merge_lookups([lookup_part(hashes, part(some), limit) for some in disjoint], limit)
    every = [posting for some in disjoint for posting in some]
    assert list(found.select("hash", "text").iter_rows()) == expected(every, sorted(wanted), limit)
    for held, n in found.select("hash", "n").iter_rows():
        assert n == sum(1 for other, _ in every if other == held)


def lists(hashes: Sequence[Sequence[int]]) -> Ragged:
    flat = [value for some in hashes for value in some]
    lengths = np.array([len(some) for some in hashes], dtype=np.int64)
    return Ragged(np.array(flat, dtype=np.uint64), starts_and_end(lengths))


@given(
    st.lists(st.lists(st.integers(0, 2**46 - 1), max_size=5), max_size=8), st.data(), st.integers(0, 10**6)
)
def test_postings_of_new_texts_come_out_of_packing_once_each(
    hashes: list[list[int]], data: st.DataObject, first_text: int
) -> None:
    texts = data.draw(st.lists(st.integers(-2, 9), min_size=len(hashes), max_size=len(hashes)))
    more = [[value ^ 1 for value in some] for some in hashes]
    packed = pack_postings([lists(hashes), lists(more)], np.array(texts, dtype=np.int64))
    wanted = {
        (value, text)
        for some in (hashes, more)
        for text, values in zip(texts, some, strict=True)
        for value in values
        if text >= 0
    }
    rows = unpack_postings(packed, first_text).rows()
    assert rows == sorted((value, text + first_text) for value, text in wanted)


def test_the_largest_hash_and_text_fit_into_a_packed_posting() -> None:
    packed = pack_postings([lists([[2**46 - 1]])], np.array([LOCAL_TEXTS - 1]))
    assert unpack_postings(packed, 0).row(0) == (2**46 - 1, LOCAL_TEXTS - 1)


@given(POSTINGS, POSTINGS)
def test_merged_parts_are_sorted(one: Postings, other: Postings) -> None:
    merged = merge_postings([part(one), part(other)])
    assert list(merged.iter_rows()) == sorted(one + other)
