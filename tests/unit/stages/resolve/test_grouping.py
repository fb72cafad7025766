from __future__ import annotations

import random

from pipelines.stages.resolve.grouping import Link, group_claims

LINE = "line"


def test_two_claims_of_one_article_never_meet_even_through_a_third() -> None:
    groups = group_claims(
        ["a", "b", "a"], [LINE] * 3, [Link(0, 1, 3.0, joins=True), Link(1, 2, 2.0, joins=True)]
    )
    assert groups == [0, 0, 2]


def test_result_and_target_of_one_article_may_share_their_mission() -> None:
    groups = group_claims(["a", "a"], ["realised", "target"], [Link(0, 1, 2.0, joins=True)])
    assert groups == [0, 0]


def test_a_veto_keeps_groups_apart_though_a_third_claim_likes_both() -> None:
    links = [
        Link(0, 1, 3.0, joins=True),
        Link(1, 2, 2.0, joins=True),
        Link(0, 2, -4.0, joins=False, vetoes=True),
    ]
    assert group_claims(["a", "b", "c"], [LINE] * 3, links) == [0, 0, 2]


def test_order_of_links_changes_nothing() -> None:
    rng = random.Random(7)
    articles = [f"a{n // 2}" for n in range(40)]
    pairs = [(i, j) for i in range(40) for j in range(i + 1, 40) if rng.random() < 0.2]
    links = [Link(i, j, score := rng.uniform(-3, 6), score > 0, score < -1) for i, j in pairs]
    expected = group_claims(articles, [LINE] * 40, links)
    for _ in range(5):
        rng.shuffle(links)
        assert group_claims(articles, [LINE] * 40, links) == expected
