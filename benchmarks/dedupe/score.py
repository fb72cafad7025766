"""How well clusters agree with the truth of a corpus."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Score:
    """Pairwise scores of one clustering, each 0 to 1.

    Attributes:
        precision: Share of the joined pairs that belong together.
        recall: Share of the pairs that belong together that are joined.
        f1: Their harmonic mean.
        series_merged: Share of series months whose article stands in a cluster with one of another month.
        halves_merged: Share of the pairs that share half of their text and were joined.
        recall_by_kind: Kind of edit to the share of its articles that stand with their original.
    """

    precision: float
    recall: float
    f1: float
    series_merged: float
    halves_merged: float
    recall_by_kind: dict[str, float]


def pairs(sizes: pl.Expr) -> pl.Expr:
    return (sizes * (sizes - 1) // 2).sum()


def score(truth: pl.DataFrame, clusters: pl.DataFrame) -> Score:
    """Compare clusters (article_id, cluster_id) with a corpus."""
    joined = truth.join(clusters.select("article_id", "cluster_id"), on="article_id", validate="1:1")
    both = joined.group_by("cluster", "cluster_id").len()
    hits = both.select(pairs(pl.col("len"))).item()
    found = both.group_by("cluster_id").agg(n=pl.col("len").sum()).select(pairs(pl.col("n"))).item()
    wanted = both.group_by("cluster").agg(n=pl.col("len").sum()).select(pairs(pl.col("n"))).item()
    precision, recall = hits / max(found, 1), hits / max(wanted, 1)
    months = (
        joined.filter(pl.col("series").is_not_null())
        .with_columns(months=pl.col("cluster").n_unique().over("series", "cluster_id"))
        .group_by("series", "cluster")
        .agg(merged=(pl.col("months") > 1).any())
    )
    halves = (
        joined.filter(pl.col("half").is_not_null())
        .group_by("half")
        .agg(n=pl.len(), merged=pl.col("cluster_id").n_unique() == 1)
        .filter(pl.col("n") == 2)
    )
    heads = joined.filter(pl.col("kind").is_in(["original", "series"])).select("cluster", head="cluster_id")
    by_kind = (
        joined.join(heads, on="cluster")
        .filter(~pl.col("kind").is_in(["original", "series"]))
        .group_by("kind")
        .agg(recall=(pl.col("cluster_id") == pl.col("head")).mean())
        .sort("kind")
    )
    return Score(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / max(precision + recall, 1e-9),
        series_merged=months["merged"].mean() or 0.0,
        halves_merged=halves["merged"].mean() or 0.0,
        recall_by_kind=dict(by_kind.iter_rows()),
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two clusterings agree.

    Attributes:
        all_pairs: Share of all pairs of articles on which they agree: joined in both or in neither (Rand).
        joined_pairs: F1 of the pairs joined by the one against those joined by the other; strays weigh more here.
        articles: Share of articles that stand in the same cluster, member by member, in both.
    """

    all_pairs: float
    joined_pairs: float
    articles: float


def agreement(one: pl.DataFrame, other: pl.DataFrame) -> Agreement:
    """Compare two clusterings (article_id, cluster_id) of the same articles."""
    joined = one.select("article_id", mine="cluster_id").join(
        other.select("article_id", theirs="cluster_id"), on="article_id"
    )
    both = joined.group_by("mine", "theirs").len()
    hits = both.select(pairs(pl.col("len"))).item()
    mine, theirs = (
        both.group_by(side).agg(n=pl.col("len").sum()).select(pairs(pl.col("n"))).item()
        for side in ("mine", "theirs")
    )
    total = joined.height * (joined.height - 1) // 2
    whole = joined.filter(
        (pl.len().over("mine") == pl.len().over("mine", "theirs"))
        & (pl.len().over("theirs") == pl.len().over("mine", "theirs"))
    )
    return Agreement(
        all_pairs=1 - (mine + theirs - 2 * hits) / total,
        joined_pairs=2 * hits / (mine + theirs),
        articles=whole.height / joined.height,
    )
