from __future__ import annotations

import pytest

from pipelines.stages.dedupe import cluster_articles
from pipelines.stages.dedupe.render import plain, render_cluster, word_changes
from tests.support.dedupe_articles import APRIL, KOPI, MARET, SEPATU, article, articles

COPY = KOPI.replace("108 ribu", "110 ribu").replace("sedang mengupayakan", "mengupayakan")


def rendered(asked: str) -> str:
    frame = articles(
        article(
            "first",
            KOPI,
            "2020-11-05",
            outlet="Kabar Gayo",
            title="Kopi ke Inggris",
            url="https://a.example.org/1",
        ),
        article("second", COPY, "2020-11-06", outlet="Warta Niaga"),
        article("maret", MARET, "2024-04-15", outlet="Warta Niaga"),
        article("april", APRIL, "2024-05-15", outlet="Kabar\x1b[31mGayo"),
    )
    result = cluster_articles(frame)
    return render_cluster(asked, articles=frame, clusters=result.clusters, links=result.links)


def test_a_cluster_tells_who_copied_whom_when_and_what_differs() -> None:
    text = rendered("second")
    assert text.startswith("Cluster ")
    assert "2 articles, 2 outlets" in text
    assert text.index("2020-11-05  Kabar Gayo  first  representative") < text.index(
        "2020-11-06  Warta Niaga  second  near"
    )
    assert "<- asked for" in text
    assert "[-108-] {+110+}" in text
    assert "[-sedang-]" in text
    assert "figures agree" in text


def test_a_series_tells_why_it_was_not_merged() -> None:
    text = rendered("april")
    assert "linked, not merged" in text
    assert "another period" in text
    assert "maret" in text


def test_a_page_with_two_stories_tells_of_the_other_one() -> None:
    frame = articles(
        article("kopi", KOPI, "2024-03-01"),
        article("sepatu", SEPATU, "2024-03-02"),
        article("both", KOPI + "\n" + SEPATU, "2024-03-03"),
    )
    result = cluster_articles(frame)
    text = render_cluster("kopi", articles=frame, clusters=result.clusters, links=result.links)
    assert "2 articles" in text
    assert "not merged, because the clusters tell different stories" in text
    assert "2024-03-02  outlet unknown  sepatu  contained" in text


def test_a_cluster_of_hundreds_shows_the_first_and_the_one_asked_for() -> None:
    frame = articles(*(article(f"a{number:03d}", KOPI) for number in range(200)))
    result = cluster_articles(frame)
    text = render_cluster("a150", articles=frame, clusters=result.clusters, links=result.links)
    assert "Cluster " in text
    assert "200 articles" in text
    assert "a150  exact  <- asked for" in text
    assert "... and 149 more copies" in text
    assert "a151" not in text


def test_what_articles_hold_cannot_steer_the_terminal() -> None:
    assert "\x1b" not in rendered("april")
    assert plain("a\x1b[0m\u202eb\nc") == "a[0mb c"


def test_an_unknown_article_is_an_error() -> None:
    with pytest.raises(LookupError, match="nobody"):
        rendered("nobody")


def test_word_changes_keep_their_surroundings() -> None:
    (change,) = word_changes("nilai ekspor naik 5 persen tahun ini", "nilai ekspor naik 6 persen tahun ini")
    assert (change.removed, change.added) == ("5", "6")
    assert (change.before, change.after) == ("nilai ekspor naik", "persen tahun ini")


def test_equal_texts_have_no_changes() -> None:
    assert word_changes(KOPI, KOPI) == []
