from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages.dedupe.ragged import (
    Gathering,
    Ragged,
    among,
    concat,
    find_among,
    owned,
    owner_of,
    places_in_runs,
    places_of_few,
    slices,
    starts_and_end,
    sums,
)

LISTS = st.lists(st.lists(st.integers(0, 2**64 - 1), max_size=6), max_size=6)


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


@given(st.lists(LISTS, min_size=1, max_size=5))
def test_lists_that_come_in_parts_are_gathered_as_if_joined(parts: list[list[list[int]]]) -> None:
    gathering = Gathering()
    for number, part in enumerate(parts, start=1):
        gathering.add(ragged(part), share=number / len(parts))
    assert as_lists(gathering.whole()) == [values for part in parts for values in part]


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 12))
def test_slices_cover_all_and_are_as_large_as_may_be(sizes: list[int], most: int) -> None:
    found = list(slices(np.array(sizes, dtype=np.int64), most))
    assert [at for start, end in found for at in range(start, end)] == list(range(len(sizes)))
    for start, end in found:
        assert sum(sizes[start:end]) <= most or end == start + 1
        assert end == len(sizes) or sum(sizes[start : end + 1]) > most


@given(st.lists(st.integers(0, 300)), st.lists(st.integers(0, 300)))
def test_membership_is_that_of_a_set(values: list[int], known: list[int]) -> None:
    found = among(np.array(values, dtype=np.uint64), np.array(known, dtype=np.uint64))
    assert found.tolist() == [value in known for value in values]


@given(st.integers(1, 5_000), st.integers(0, 5_000))
def test_membership_holds_where_many_values_want_one_slot(n_known: int, n_values: int) -> None:
    known = np.arange(n_known, dtype=np.uint64) << np.uint64(44)
    values = np.arange(n_values, dtype=np.uint64) << np.uint64(43)
    assert among(values, known).tolist() == [at % 2 == 0 and at < 2 * n_known for at in range(n_values)]


def test_membership_holds_where_all_values_want_one_slot() -> None:
    inverse = pow(0x9E3779B97F4A7C15, -1, 2**64)  # undoes the spreading of values over slots
    values = np.array([at * inverse % 2**64 for at in range(3_000)], dtype=np.uint64)
    assert among(values, values[::2]).tolist() == [at % 2 == 0 for at in range(3_000)]


@given(st.lists(st.lists(st.booleans(), min_size=1), min_size=1))
def test_sums_are_those_of_each_run(runs: list[list[bool]]) -> None:
    flags = np.array([flag for run in runs for flag in run])
    first = starts_and_end(np.array([len(run) for run in runs]))[:-1]
    counts, counts_of_others = sums(flags, ~flags, first)
    assert counts.tolist() == [sum(run) for run in runs]
    assert counts_of_others.tolist() == [len(run) - sum(run) for run in runs]


@given(st.lists(st.integers(0, 40), max_size=6), st.integers(0, 50))
def test_places_of_few_are_where_flags_are_set(set_at: list[int], n_flags: int) -> None:
    flags = np.isin(np.arange(n_flags), set_at)
    assert places_of_few(flags).tolist() == np.flatnonzero(flags).tolist()


def test_places_in_runs_begin_anew_with_each_value() -> None:
    assert places_in_runs(np.array([5, 5, 5, 2, 7, 7])).tolist() == [0, 1, 2, 0, 0, 1]
    assert places_in_runs(np.array([], dtype=np.int64)).tolist() == []


@given(st.lists(st.integers(0, 5000)), st.lists(st.integers(0, 5000), min_size=1))
def test_known_values_are_found_among_others(values: list[int], known: list[int]) -> None:
    found = find_among(np.array(values, dtype=np.uint64), np.sort(np.array(known, dtype=np.uint64)))
    assert found.tolist() == [at for at, value in enumerate(values) if value in known]


@given(st.lists(st.tuples(st.integers(0, 2**20 - 1), st.integers(0, 2**44 - 1)), max_size=12))
def test_owned_values_are_equal_where_value_and_owner_are(pairs: list[tuple[int, int]]) -> None:
    owners = np.array([owner for owner, _ in pairs], dtype=np.int64)
    values = np.array([value for _, value in pairs], dtype=np.uint64)
    keys = owned(values, owners)
    assert len(set(keys.tolist())) == len(set(pairs))
    assert owner_of(keys).tolist() == owners.tolist()
