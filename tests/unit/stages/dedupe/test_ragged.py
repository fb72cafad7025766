from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages.dedupe.ragged import Ragged, concat, find_among, group, meet, slices, starts_and_end

LISTS = st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=6), max_size=6)
FEW = st.lists(st.lists(st.integers(0, 4), max_size=6), max_size=6)


def ragged(lists: list[list[int]]) -> Ragged:
    values = [value for values in lists for value in values]
    return Ragged(
        np.array(values, dtype=np.uint64), starts_and_end(np.array([len(v) for v in lists], dtype=np.int64))
    )


def as_lists(values: Ragged) -> list[list[int]]:
    return [values[row].tolist() for row in range(len(values))]


@given(LISTS, LISTS)
def test_lists_are_taken_and_joined_like_lists(one: list[list[int]], other: list[list[int]]) -> None:
    both = concat([ragged(one), ragged(other)])
    assert as_lists(both) == one + other
    rows = np.arange(len(both))[::-1]
    assert as_lists(both.take(rows)) == (one + other)[::-1]
    assert both.owners.tolist() == [row for row, values in enumerate(one + other) for _ in values]


@given(st.lists(st.integers(0, 4), max_size=12))
def test_values_are_grouped_by_their_owners_in_order(owners: list[int]) -> None:
    grouped = group(np.arange(len(owners)), np.array(owners, dtype=np.int64), 5)
    assert as_lists(grouped) == [[at for at, who in enumerate(owners) if who == owner] for owner in range(5)]


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 12))
def test_slices_cover_all_and_are_as_large_as_may_be(sizes: list[int], most: int) -> None:
    found = list(slices(np.array(sizes, dtype=np.int64), most))
    assert [at for start, end in found for at in range(start, end)] == list(range(len(sizes)))
    for start, end in found:
        assert sum(sizes[start:end]) <= most or end == start + 1
        assert end == len(sizes) or sum(sizes[start : end + 1]) > most


@given(st.lists(st.integers(0, 5000)), st.lists(st.integers(0, 5000), min_size=1))
def test_known_values_are_found_among_others(values: list[int], known: list[int]) -> None:
    among = find_among(np.array(values, dtype=np.uint64), np.sort(np.array(known, dtype=np.uint64)))
    assert among.tolist() == [at for at, value in enumerate(values) if value in known]


@given(FEW, FEW)
def test_a_meeting_tells_what_both_sides_of_an_owner_have(
    one: list[list[int]], other: list[list[int]]
) -> None:
    n = min(len(one), len(other))
    one, other = one[:n], other[:n]
    mine, theirs = ragged(one), ragged(other)
    meeting = meet(mine.values, mine.owners, theirs.values, theirs.owners)
    assert meeting.held().tolist() == [value in other[row] for row in range(n) for value in one[row]]
    common, fewer = meeting.count(n)
    assert common.tolist() == [len(set(one[row]) & set(other[row])) for row in range(n)]
    assert fewer.tolist() == [min(len(set(one[row])), len(set(other[row]))) for row in range(n)]
