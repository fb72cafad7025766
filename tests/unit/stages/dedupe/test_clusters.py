from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages.dedupe.clusters import find_components, find_series, find_stars, group_texts
from pipelines.stages.dedupe.ids import name_groups
from pipelines.stages.dedupe.verify import CONTAINED, DIFFERENT, NEAR, SERIES


def asked(known: dict[tuple[int, int], int]) -> tuple[list[tuple[int, int]], object]:
    questions: list[tuple[int, int]] = []

    def compare(pairs: list[tuple[int, int]]) -> Iterable[int]:
        questions.extend(pairs)
        return [known.get(pair, DIFFERENT) for pair in pairs]

    return questions, compare


def never(pairs: list[tuple[int, int]]) -> Iterable[int]:
    raise AssertionError(pairs)


def test_copies_join_the_earliest() -> None:
    assert group_texts([1, 2, 3], {(2, 1): NEAR, (3, 1): CONTAINED}, never) == {1: 1, 2: 1, 3: 1}


def test_a_copy_of_a_copy_joins_and_is_compared_with_the_first() -> None:
    questions, compare = asked({})
    root = group_texts([1, 2, 3], {(2, 1): NEAR, (3, 2): NEAR}, compare)
    assert root[3] == 1
    assert questions == [(3, 1)]


def test_no_chain_of_copies_leads_to_another_month() -> None:
    _, compare = asked({(3, 1): SERIES})
    relations = {(2, 1): NEAR, (3, 2): NEAR}
    assert group_texts([1, 2, 3], relations, compare) == {1: 1, 2: 1, 3: 3}
    assert relations[3, 1] == SERIES


def test_a_text_that_two_clusters_share_joins_them() -> None:
    _, compare = asked({})
    assert group_texts([1, 2, 3], {(3, 1): CONTAINED, (3, 2): CONTAINED}, compare) == {1: 1, 2: 1, 3: 1}


def test_clusters_are_not_joined_where_a_member_is_another_month_of_the_first() -> None:
    _, compare = asked({})
    relations = {(3, 1): NEAR, (3, 2): NEAR, (2, 1): SERIES}
    assert group_texts([1, 2, 3], relations, compare) == {1: 1, 2: 2, 3: 1}


def test_months_of_a_release_and_their_copies_are_one_series() -> None:
    roots = np.array([0, 1, 1, 3, 3, 5, 6, 6])  # 2 is a copy of 1, 4 of 3, 7 of 6
    issues, firsts = find_series(np.array([3, 5, 7]), np.array([2, 4, 6]), roots)
    assert dict(zip(issues, firsts, strict=True)) == {1: 1, 3: 1, 5: 1}


def test_components_are_named_by_their_smallest_number() -> None:
    numbers, smallest = find_components(np.array([5, 4, 7]), np.array([4, 9, 8]))
    assert dict(zip(numbers, smallest, strict=True)) == {4: 4, 5: 4, 9: 4, 7: 7, 8: 7}


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=40))
def test_components_are_those_that_walking_along_the_pairs_finds(pairs: list[tuple[int, int]]) -> None:
    near: dict[int, set[int]] = {}
    for one, other in pairs:
        near.setdefault(one, set()).add(other)
        near.setdefault(other, set()).add(one)
    expected = {}
    for number in near:
        seen, ahead = {number}, [number]
        while ahead:
            new = near[ahead.pop()] - seen
            seen |= new
            ahead += new
        expected[number] = min(seen)
    sides = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    numbers, smallest = find_components(sides[:, 0], sides[:, 1])
    assert dict(zip(numbers.tolist(), smallest.tolist(), strict=True)) == expected


def test_a_star_is_a_text_and_its_copies_whatever_else_they_are_linked_with() -> None:
    pairs = {
        (2, 1): NEAR, (3, 1): CONTAINED, (4, 2): SERIES, (6, 5): NEAR, (7, 6): NEAR, (5, 3): DIFFERENT,
        (9, 8): NEAR, (10, 8): NEAR, (10, 9): SERIES,
    }  # fmt: skip
    later, earlier = (np.array(side) for side in zip(*pairs, strict=True))
    texts, heads, is_star = find_stars(later, earlier, np.array(list(pairs.values())))
    assert texts.tolist() == [1, 2, 3, 5, 6, 7, 8, 9, 10]
    assert texts[is_star].tolist() == [1, 2, 3]
    assert heads[is_star].tolist() == [1, 1, 1]


@given(st.data())
def test_a_star_is_grouped_as_its_pairs_are(data: st.DataObject) -> None:
    family = data.draw(st.lists(st.sampled_from([NEAR, CONTAINED]), min_size=1, max_size=8))
    relations = {(number, 0): relation for number, relation in enumerate(family, start=1)}
    later, earlier = (np.array(side) for side in zip(*relations, strict=True))
    texts, heads, is_star = find_stars(later, earlier, np.array(family))
    assert is_star.all()
    assert group_texts(texts.tolist(), relations, never) == dict(zip(texts, heads, strict=True))


def members(*rows: tuple[int, int, str, int]) -> pl.DataFrame:
    schema = {"head": pl.UInt32, "text": pl.UInt32, "article_id": pl.String, "version": pl.UInt64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def known(**ids: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"text": list(ids.values()), "id": list(ids)}, schema={"text": pl.UInt32, "id": pl.String}
    )


def named(groups: pl.DataFrame, previous: pl.DataFrame) -> dict[int, str]:
    return dict(name_groups("cluster", groups, previous).iter_rows())


def test_the_earliest_known_member_gives_the_id() -> None:
    groups = members((1, 1, "a", 1), (1, 2, "b", 1), (1, 3, "c", 1))
    assert named(groups, known(older=2, newer=3)) == {1: "older"}


def test_no_id_is_given_twice() -> None:
    split = pl.DataFrame(
        {"text": [2, 4], "id": ["kept", "kept"]}, schema={"text": pl.UInt32, "id": pl.String}
    )
    ids = named(members((1, 1, "a", 1), (1, 2, "b", 1), (3, 3, "c", 1), (3, 4, "d", 1)), split)
    assert ids[1] == "kept"
    assert ids[3] != "kept"


def test_a_founder_that_left_its_cluster_founds_another_under_another_id() -> None:
    former = named(members((1, 1, "a", 1)), known())[1]
    ids = named(members((2, 2, "b", 1), (3, 3, "a", 2)), known(**{former: 2}))
    assert ids[2] == former
    assert ids[3] != former
