"""Clusters and series of the texts that a batch touches, with their ids."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from pipelines.stages.dedupe.clusters import find_components, find_series, find_stars, group_texts
from pipelines.stages.dedupe.ids import name_groups
from pipelines.stages.dedupe.reader import SIZES, Reader
from pipelines.stages.dedupe.state import ARTICLE_SCHEMA, TEXT_SCHEMA
from pipelines.stages.dedupe.verify import DIFFERENT, SERIES
from pipelines.stages.dedupe.verify import SCHEMA as LINK_SCHEMA

_NUMBERS: Final = dict.fromkeys(("text", "other", "component", "root", "series"), pl.UInt32)


def _no_ids() -> pl.DataFrame:
    return pl.DataFrame(schema={"article_id": pl.String, "id": pl.String})


@dataclass(frozen=True, slots=True)
class PreviousIds:
    """Ids that articles had before the index knew them: columns article_id, id."""

    clusters: pl.DataFrame = field(default_factory=_no_ids)
    series: pl.DataFrame = field(default_factory=_no_ids)


@dataclass(frozen=True, slots=True)
class Regrouped:
    """Changed rows of texts, new links, and the texts whose rows of article_clusters are to be told again."""

    texts: pl.DataFrame
    links: pl.DataFrame
    touched: pl.Series


def regroup(
    changed_articles: pl.DataFrame,
    new_links: pl.DataFrame,
    reader: Reader,
    previous: PreviousIds,
) -> Regrouped:
    """Group anew the texts that the batch touches, directly or through links."""
    state = reader.state
    touched = pl.concat([changed_articles["text"], new_links["text"], new_links["other"]]).unique()
    old = touched.filter(touched < reader.n_old)
    old = state.connected(old)
    known = state.texts.rows(old.to_numpy())
    links = pl.concat([state.links_of(old), new_links])
    members = pl.concat([old, reader.numbers])

    articles = _live_articles(state.articles_of(old), changed_articles)
    first_articles = articles.unique("text", keep="first", maintain_order=True)
    groups, extra = _group(first_articles["text"], links, reader)
    linked = pl.concat([links, extra]).filter(pl.col("relation") < DIFFERENT)
    joined, into = find_components(linked["text"].to_numpy(), linked["other"].to_numpy())
    components = pl.DataFrame({"text": joined, "component": into}, schema_overrides=_NUMBERS)
    table = (
        pl.concat([known.select(SIZES), reader.new_sizes])
        .with_columns(text=members)
        .join(components, on="text", how="left", maintain_order="left")
        .join(groups, on="text", how="left", maintain_order="left")
        .with_columns(pl.col("component").fill_null(pl.col("text")), pl.col("root").fill_null(pl.col("text")))
    )

    in_order = first_articles.select("text", "article_id", "version").join(
        table.select("text", "root", "series"), on="text", how="left", maintain_order="left"
    )
    for column, head, outside in (
        ("cluster", "root", previous.clusters),
        ("series", "series", previous.series),
    ):
        ids = _previous_ids(known.select(text=old, id=f"{column}_id"), articles, outside)
        names = name_groups(column, in_order.filter(pl.col(head).is_not_null()).with_columns(head=head), ids)
        table = table.join(names.rename({"id": f"{column}_id"}), left_on=head, right_on="head", how="left")
    table = table.sort("text")
    alive = table["text"].is_in(first_articles["text"].implode())
    texts = table.with_columns(
        cluster_id=pl.when(alive).then("cluster_id"), series_id=pl.when(alive).then("series_id")
    )
    texts = texts.select("text", *TEXT_SCHEMA)
    changed = texts.filter(_differs(texts, known))
    direct = pl.concat([changed_articles["text"], changed["text"]]).unique()
    roots = texts.join(direct.to_frame("text"), on="text", how="semi")["root"]
    left = pl.Series(state.texts.column("root")[direct.filter(direct < reader.n_old).to_numpy()])
    # A text that speaks for its cluster through another article than before changes what is told of all members.
    first_is_new = first_articles.join(changed_articles, on=["article_id", "text"], how="semi")["text"]
    lost = changed_articles.filter(~pl.col("is_live"))["text"]
    led = texts.filter(pl.col("root").is_in(pl.concat([first_is_new, lost]).implode()))["text"]
    return Regrouped(
        texts=changed,
        links=pl.concat([new_links, extra]),
        touched=pl.concat([direct, roots, left, led]).unique().sort(),
    )


def _differs(texts: pl.DataFrame, known: pl.DataFrame) -> pl.Series:
    """Which rows say something else than what is known, or are new: those behind the known ones."""
    now = texts[: known.height]
    same = pl.repeat(True, known.height, eager=True)
    for column in ("component", "root", "cluster_id", "series_id"):
        same = same & now[column].eq_missing(known[column])
    return pl.concat([~same, pl.repeat(True, texts.height - known.height, eager=True)])


def _live_articles(known: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """Live articles after a change, the earliest first; columns of `ARTICLE_SCHEMA`."""
    still = known.join(changed, on="article", how="anti")
    live = pl.concat([frame.select(*ARTICLE_SCHEMA) for frame in (still, changed.filter(pl.col("is_live")))])
    return live.sort("first_day", "article_id")


def _group(ordered: pl.Series, links: pl.DataFrame, reader: Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clusters and series of some texts, and the links that had to be looked at besides.

    Args:
        ordered: The texts that have a live article, the earliest first.
        links: Verified pairs, of other texts too.
        reader: Compares texts.

    Returns:
        Columns text, root, series: the earliest text of each one's cluster and, for clusters of a series, of the
        series; and rows of links.
    """
    place = pl.DataFrame({"text": ordered}).with_row_index("place")
    pairs = links.join(place, on="text", maintain_order="left").join(
        place, left_on="other", right_on="text", suffix="_other", maintain_order="left"
    )
    one, other = (pairs[name].to_numpy().astype(np.int64) for name in ("place", "place_other"))
    later, earlier = np.maximum(one, other), np.minimum(one, other)
    relation = pairs["relation"].to_numpy()
    texts = ordered.to_numpy()

    places, heads, is_star = find_stars(later, earlier, relation)
    is_open = np.zeros(len(texts), dtype=np.bool_)
    is_open[places[~is_star]] = True
    is_open = is_open[later] & is_open[earlier]
    relations = dict(
        zip(
            zip(later[is_open].tolist(), earlier[is_open].tolist(), strict=True),
            relation[is_open].tolist(),
            strict=True,
        )
    )
    extra = [pl.DataFrame(schema=LINK_SCHEMA)]
    series = [(later[relation == SERIES], earlier[relation == SERIES])]

    def compare(pairs: list[tuple[int, int]]) -> list[int]:
        asked = np.array(pairs, dtype=np.int64)
        numbers = texts[asked]
        frame = pl.DataFrame({"text": numbers[:, 0], "other": numbers[:, 1]}, schema_overrides=_NUMBERS)
        compared = reader.compare(frame)
        extra.append(compared)
        is_series = compared["relation"].to_numpy() == SERIES
        series.append((asked[is_series, 0], asked[is_series, 1]))
        found: list[int] = compared["relation"].to_list()
        return found

    heads[~is_star] = list(group_texts(places[~is_star].tolist(), relations, compare).values())
    roots = np.arange(len(texts))
    roots[places] = heads
    one, other = (np.concatenate(side) for side in zip(*series, strict=True))
    issues, firsts = find_series(one, other, roots)
    first_of = np.full(len(texts), -1)
    first_of[issues] = firsts
    first = first_of[roots]
    groups = pl.DataFrame(
        {"text": texts, "root": texts[roots], "series": texts[first]}, schema_overrides=_NUMBERS
    )
    in_series = pl.Series(first >= 0)
    return groups.with_columns(pl.when(in_series).then("series")), pl.concat(extra)


def _previous_ids(known: pl.DataFrame, articles: pl.DataFrame, outside: pl.DataFrame) -> pl.DataFrame:
    """Columns text, id: what the index says, else what the earliest of a text's articles had before."""
    ids = known.drop_nulls()
    if outside.is_empty():
        return ids
    others = articles.select("text", "article_id").join(outside, on="article_id", maintain_order="left")
    others = others.unique("text", keep="first", maintain_order=True).join(ids, on="text", how="anti")
    return pl.concat([ids, others.select("text", "id")])
