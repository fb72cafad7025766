"""The tools that are compared: each takes a corpus and gives article_id, cluster_id.

All get the articles in the order of their dates, so that each can let the earliest speak for a cluster, and the same
budget: one core. What is timed starts with the texts in memory and ends with the clusters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib import import_module
from itertools import pairwise

import polars as pl

from pipelines.stages.dedupe import cluster_articles

Assign = Callable[[pl.DataFrame], pl.DataFrame]


def niaga(corpus: pl.DataFrame) -> pl.DataFrame:
    """The dedupe stage, without an index on disk."""
    return cluster_articles(as_articles(corpus)).clusters


def rensa(threshold: float, *, permutations: int = 128) -> Assign:
    """rensa's RMinHashDeduplicator on two-word shingles; a copy joins the earliest text that is found for it."""

    def assign(corpus: pl.DataFrame) -> pl.DataFrame:
        peer = import_module("rensa")
        ids, texts = corpus["article_id"].to_list(), corpus["text"].to_list()
        hashes = peer.RMinHash.from_token_sets(
            [shingles(text) for text in texts], num_perm=permutations, seed=42
        )
        known = peer.RMinHashDeduplicator(threshold=threshold, num_perm=permutations, use_lsh=True)
        order = {article: place for place, article in enumerate(ids)}
        clusters: dict[str, str] = {}
        for article, minhash in zip(ids, hashes, strict=True):
            found = known.get_duplicates(minhash)
            if found:
                clusters[article] = clusters[min(found, key=order.__getitem__)]
            else:
                clusters[article] = article
                known.add(article, minhash)
        return as_clusters(ids, (clusters[article] for article in ids))

    return assign


def datasketch(threshold: float, *, permutations: int = 128) -> Assign:
    """datasketch's MinHashLSH on two-word shingles; a copy joins the earliest text that is found for it."""

    def assign(corpus: pl.DataFrame) -> pl.DataFrame:
        peer = import_module("datasketch")
        ids, texts = corpus["article_id"].to_list(), corpus["text"].to_list()
        known = peer.MinHashLSH(threshold=threshold, num_perm=permutations)
        hashes = {}
        order = {article: place for place, article in enumerate(ids)}
        clusters: dict[str, str] = {}
        for article, text in zip(ids, texts, strict=True):
            minhash = peer.MinHash(num_perm=permutations)
            minhash.update_batch([shingle.encode() for shingle in shingles(text)])
            found = [other for other in known.query(minhash) if hashes[other].jaccard(minhash) >= threshold]
            if found:
                clusters[article] = clusters[min(found, key=order.__getitem__)]
            else:
                clusters[article] = article
                hashes[article] = minhash
                known.insert(article, minhash)
        return as_clusters(ids, (clusters[article] for article in ids))

    return assign


def shingles(text: str) -> list[str]:
    words = text.lower().split()
    return list(map(" ".join, pairwise(words)))


def as_articles(corpus: pl.DataFrame) -> pl.DataFrame:
    """A corpus as the columns of `articles` that the stage reads."""
    return corpus.select(
        "article_id", "published", "text", is_current=pl.lit(True), text_sha256=pl.lit("0" * 64)
    )


def as_clusters(ids: Sequence[str], clusters: Iterable[str]) -> pl.DataFrame:
    return pl.DataFrame({"article_id": ids, "cluster_id": list(clusters)})


TOOLS: dict[str, Assign] = {
    "niaga": niaga,
    **{f"rensa {threshold}": rensa(threshold) for threshold in (0.15, 0.2, 0.25, 0.3, 0.4)},
    **{f"datasketch {threshold}": datasketch(threshold) for threshold in (0.2, 0.3, 0.5)},
}
