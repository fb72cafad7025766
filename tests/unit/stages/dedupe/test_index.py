from __future__ import annotations

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stages.dedupe.candidates import LOCAL_TEXTS, pack_postings, unpack_postings
from pipelines.stages.dedupe.index import POSTING_SCHEMA, lookup_part, merge_lookups, merge_postings

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


@settings(deadline=None)
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


@given(POSTINGS, st.integers(0, 10**6))
def test_packed_postings_come_out_as_they_went_in(postings: Postings, first_text: int) -> None:
    frame = part(postings)
    packed = pack_postings(
        pl.concat([frame["hash"], frame["hash"]]), pl.concat([frame["text"], frame["text"]])
    )
    assert packed.is_sorted()
    assert unpack_postings(packed, first_text).equals(frame.with_columns(pl.col("text") + first_text))


def test_the_largest_hash_and_text_fit_into_a_packed_posting() -> None:
    packed = pack_postings(
        pl.Series([2**46 - 1], dtype=pl.UInt64), pl.Series([LOCAL_TEXTS - 1], dtype=pl.UInt32)
    )
    assert unpack_postings(packed, 0).row(0) == (2**46 - 1, LOCAL_TEXTS - 1)


@given(POSTINGS, POSTINGS)
def test_merged_parts_are_sorted(one: Postings, other: Postings) -> None:
    merged = merge_postings([part(one), part(other)])
    assert list(merged.iter_rows()) == sorted(one + other)
