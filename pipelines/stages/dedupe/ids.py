"""Ids of clusters and series: given once, by the first article, and kept whatever joins."""

from __future__ import annotations

import polars as pl

from pipelines.contracts.ids import make_id


def name_groups(kind: str, members: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """An id per group: the one its earliest known member had, else a new one, of the group's first article.

    Args:
        kind: What is named, part of a new id.
        members: Columns head, text, article_id, version: the texts of each group with their first articles, the
            earliest first.
        previous: Columns text, id: the ids that texts had.

    Returns:
        Columns head, id; no id twice.
    """
    kept = (
        members.select("head", "text")
        .join(previous, on="text", maintain_order="left")
        .unique("head", keep="first", maintain_order=True)
        .unique("id", keep="first", maintain_order=True)
        .select("head", "id")
    )
    used = set(kept["id"])
    heads = members.unique("head", keep="first", maintain_order=True).join(kept, on="head", how="anti")
    ids = []
    for article, version in heads.select("article_id", "version").iter_rows():
        new = make_id(kind, article)
        # The group that this article once founded may go on without it.
        ids.append(make_id(kind, article, str(version)) if new in used else new)
    named = heads.select("head", id=pl.Series(ids, dtype=pl.String))
    return pl.concat([kept, named])
