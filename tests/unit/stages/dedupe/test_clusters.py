from __future__ import annotations

from collections.abc import Iterable

from pipelines.stages.dedupe.clusters import find_components, group_texts, stable_ids
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
    grouping = group_texts([1, 2, 3], {(2, 1): NEAR, (3, 1): CONTAINED}, never)
    assert grouping.root == {1: 1, 2: 1, 3: 1}


def test_a_copy_of_a_copy_joins_and_is_compared_with_the_first() -> None:
    questions, compare = asked({})
    grouping = group_texts([1, 2, 3], {(2, 1): NEAR, (3, 2): NEAR}, compare)
    assert grouping.root[3] == 1
    assert questions == [(3, 1)]


def test_no_chain_of_copies_leads_to_another_month() -> None:
    _, compare = asked({(3, 1): SERIES})
    grouping = group_texts([1, 2, 3], {(2, 1): NEAR, (3, 2): NEAR}, compare)
    assert grouping.root == {1: 1, 2: 1, 3: 3}
    assert grouping.series == {1: 1, 3: 1}


def test_a_text_that_two_clusters_share_joins_them() -> None:
    _, compare = asked({})
    assert group_texts([1, 2, 3], {(3, 1): CONTAINED, (3, 2): CONTAINED}, compare).root == {1: 1, 2: 1, 3: 1}


def test_clusters_are_not_joined_where_a_member_is_another_month_of_the_first() -> None:
    _, compare = asked({})
    relations = {(3, 1): NEAR, (3, 2): NEAR, (2, 1): SERIES}
    assert group_texts([1, 2, 3], relations, compare).root == {1: 1, 2: 2, 3: 1}


def test_months_of_a_release_and_their_copies_are_one_series() -> None:
    relations = {(2, 1): NEAR, (3, 1): SERIES, (4, 3): NEAR, (5, 3): SERIES}
    _, compare = asked({})
    grouping = group_texts([1, 2, 3, 4, 5], relations, compare)
    assert grouping.root == {1: 1, 2: 1, 3: 3, 4: 3, 5: 5}
    assert set(grouping.series.values()) == {1}


def test_components_are_named_by_their_smallest_number() -> None:
    assert find_components([(5, 4), (4, 9), (7, 8)]) == {4: 4, 5: 4, 9: 4, 7: 7, 8: 7}


def test_the_earliest_known_member_gives_the_id_and_no_id_is_given_twice() -> None:
    names = {1: ("a", "v1"), 3: ("c", "v1")}
    ids = stable_ids("cluster", {1: [1, 2], 3: [3, 4]}, {2: "kept", 4: "kept"}, names)
    assert ids[1] == "kept"
    assert ids[3] != "kept"


def test_a_founder_that_left_its_cluster_founds_another_under_another_id() -> None:
    names = {1: ("a", "v2"), 2: ("b", "v1")}
    former = stable_ids("cluster", {1: [1]}, {}, {1: ("a", "v1")})[1]
    ids = stable_ids("cluster", {2: [2], 1: [1]}, {2: former}, names)
    assert ids[2] == former
    assert ids[1] != former
