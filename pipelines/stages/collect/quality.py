"""How well what came in lately could be read, by where it came from: a source that changed its pages is seen by it."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.stages.collect.model import SET_ASIDE

# Fewer documents than this tell nothing of a share.
_LEAST: Final = 20
_NANOSECONDS: Final = 1_000_000_000


def shares_by_origin(
    raw_files: pl.DataFrame, raw_documents: pl.DataFrame, articles: pl.DataFrame, *, since_seconds: float
) -> pl.DataFrame:
    """Shares of rejected documents and of articles without a date, of files read since a moment.

    Args:
        raw_files: `raw_path` and `read_at_ns`.
        raw_documents: `raw_path`, `raw_locator`, `article_id`, `text_sha256` and `reason_code`.
        articles: `article_id`, `text_sha256` and `published`.
        since_seconds: Seconds since 1970.

    Returns:
        One row for each origin with 20 documents or more: `origin` (source of sources.yml, else the first folder of
        the raw path, else "."), `documents`, `reject_rate`, `undated_share`; the worst first. What is set aside
        (other languages, pages that are no article) does not count.
    """
    lately = raw_files.filter(pl.col("read_at_ns") >= int(since_seconds * _NANOSECONDS)).select("raw_path")
    source = pl.col("raw_locator").str.extract(r"^source ([a-z0-9_-]+), ")
    folder = pl.col("raw_path").str.extract(r"^([^/]+)/")
    return (
        raw_documents.join(lately, on="raw_path", how="semi")
        .filter(pl.col("reason_code").is_null() | ~pl.col("reason_code").is_in(list(SET_ASIDE)))
        .join(articles, on=["article_id", "text_sha256"], how="left")
        .group_by(origin=pl.coalesce(source, folder, pl.lit(".")))
        .agg(
            documents=pl.len(),
            reject_rate=pl.col("reason_code").is_not_null().mean(),
            undated_share=(pl.col("published").is_null() & pl.col("reason_code").is_null()).sum()
            / pl.col("reason_code").is_null().sum().clip(1),
        )
        .filter(pl.col("documents") >= _LEAST)
        .sort(pl.max_horizontal("reject_rate", "undated_share"), "origin", descending=[True, False])
    )
