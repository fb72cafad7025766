"""How well what came in lately could be read, by where it came from: a source that changed its pages is seen by it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl

from pipelines.stages.collect.model import SET_ASIDE

# Fewer documents than this tell nothing of a share.
_LEAST: Final = 20
_NANOSECONDS: Final = 1_000_000_000


def shares_by_origin(
    raw_files: pl.DataFrame,
    raw_documents: Iterable[pl.DataFrame],
    articles: Iterable[pl.DataFrame],
    *,
    since_seconds: float,
) -> pl.DataFrame:
    """Shares of rejected documents and of articles without a date, of files read since a moment.

    Args:
        raw_files: `raw_path` and `read_at_ns`.
        raw_documents: `raw_path`, `raw_locator`, `article_id`, `text_sha256` and `reason_code`, in pieces.
        articles: `article_id`, `text_sha256` and `published`, in pieces.
        since_seconds: Seconds since 1970.

    Returns:
        One row for each origin with 20 documents or more: `origin` (source of sources.yml, else the first folder of
        the raw path, else "."), `documents`, `reject_rate`, `undated_share`. What is set aside (other languages, pages
        that are no article) does not count.
    """
    lately = raw_files.filter(pl.col("read_at_ns") >= int(since_seconds * _NANOSECONDS)).select("raw_path")
    version = ["article_id", "text_sha256"]
    undated = pl.concat(
        piece.filter(pl.col("published").is_null()).select(*version, is_undated=True) for piece in articles
    )
    source = pl.col("raw_locator").str.extract(r"^source ([a-z0-9_-]+), ")
    folder = pl.col("raw_path").str.extract(r"^([^/]+)/")
    counts = pl.concat(
        piece.join(lately, on="raw_path", how="semi")
        .filter(pl.col("reason_code").is_null() | ~pl.col("reason_code").is_in(list(SET_ASIDE)))
        .join(undated, on=version, how="left")
        .group_by(origin=pl.coalesce(source, folder, pl.lit(".")))
        .agg(
            documents=pl.len(),
            rejected=pl.col("reason_code").is_not_null().sum(),
            undated=pl.col("is_undated").is_not_null().sum(),
        )
        for piece in raw_documents
    )
    return (
        counts.group_by("origin")
        .sum()
        .filter(pl.col("documents") >= _LEAST)
        .select(
            "origin",
            "documents",
            reject_rate=pl.col("rejected") / pl.col("documents"),
            undated_share=pl.col("undated") / (pl.col("documents") - pl.col("rejected")).clip(1),
        )
        .sort("origin")
    )
