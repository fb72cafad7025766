"""The dedupe stage on a small made-up corpus: the floors below which a change is a loss."""

from __future__ import annotations

import polars as pl
import pytest

from benchmarks.dedupe.corpus import EDITS, corpus
from benchmarks.dedupe.repeats import documents, score_repeats
from benchmarks.dedupe.score import Score, agreement, score
from benchmarks.dedupe.tools import as_articles
from pipelines.stages.dedupe import MemoryIndex, add_articles, cluster_articles

COLUMNS = ("article_id", "published", "text", "cluster", "series", "kind", "half")


@pytest.fixture(scope="module")
def truth() -> pl.DataFrame:
    rows = [tuple(getattr(article, name) for name in COLUMNS) for article in corpus(3_000, seed=11)]
    return pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row").sample(
        fraction=1, shuffle=True, seed=3
    )


@pytest.fixture(scope="module")
def clusters(truth: pl.DataFrame) -> pl.DataFrame:
    return cluster_articles(as_articles(truth)).clusters


@pytest.fixture(scope="module")
def found(truth: pl.DataFrame, clusters: pl.DataFrame) -> Score:
    return score(truth, clusters)


def test_the_corpus_is_the_same_every_time_and_a_longer_one_begins_with_it() -> None:
    short = list(corpus(50, seed=5))
    assert list(corpus(80, seed=5))[:50] == short
    assert list(corpus(50, seed=6)) != short


def test_copies_are_found_and_nothing_else_is_joined(found: Score) -> None:
    assert found.f1 >= 0.99
    assert found.precision >= 0.999


def test_months_and_halves_are_not_merged(found: Score) -> None:
    assert found.series_merged <= 0.01
    assert found.halves_merged <= 0.01


@pytest.mark.parametrize("kind", sorted({*EDITS, "correction"}))
def test_every_kind_of_copy_is_found(found: Score, kind: str) -> None:
    assert found.recall_by_kind[kind] >= 0.95


def test_ten_batches_give_the_clusters_of_the_whole(truth: pl.DataFrame, clusters: pl.DataFrame) -> None:
    index = MemoryIndex()
    rows = clusters.clear()
    for batch in as_articles(truth).iter_slices(300):
        changed = add_articles(batch, index=index).clusters
        rows = pl.concat([rows.join(changed, on="article_id", how="anti"), changed])
    same = agreement(clusters, rows)
    assert same.all_pairs >= 0.9999
    assert same.joined_pairs >= 0.99


def test_repeats_are_found_and_clean_documents_have_none() -> None:
    repeats = score_repeats(list(documents(400, seed=9)))
    assert repeats.recall_exact >= 0.999
    assert repeats.recall_edited >= 0.75
    assert repeats.precision >= 0.999
    assert repeats.false_positives == 0
