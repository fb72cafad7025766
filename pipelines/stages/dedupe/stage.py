"""The dedupe stage: articles in, clusters of articles that carry the same text out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLE_LINKS, REJECTS
from pipelines.stages.dedupe.batch import BatchResult, add_batch
from pipelines.stages.dedupe.index import MemoryIndex, NearCopyIndex
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.regroup import PreviousIds
from pipelines.stages.dedupe.state import UNDATED
from pipelines.stages.dedupe.verify import CONTAINED, DIFFERENT, EXACT, RELATIONS

_EDTF_START: Final = r"^(\d{4}(?:-\d{2}(?:-\d{2})?)?)(?:[~?%/].*)?$"
_SAME_WORDS: Final = "the same words in the same order"
_VERSION_DIGITS: Final = 16  # hex digits of a text's SHA-256 that mark its version in an index


@dataclass(frozen=True, slots=True)
class Clusters:
    """What the stage said last time: rows of `article_clusters` and `article_links`."""

    clusters: pl.DataFrame
    links: pl.DataFrame


@dataclass(frozen=True, slots=True)
class DedupeResult:
    """What the stage says.

    Attributes:
        clusters: Rows of `article_clusters`.
        links: Rows of `article_links`.
        rejects: Rows of `rejects`.
    """

    clusters: pl.DataFrame
    links: pl.DataFrame
    rejects: pl.DataFrame


def cluster_articles(
    articles: pl.DataFrame,
    *,
    index: NearCopyIndex | None = None,
    previous: Clusters | None = None,
    parameters: DedupeParameters | None = None,
) -> DedupeResult:
    """Group articles that carry the same text.

    In:  articles, all of them; only rows with is_current count.
    Out: one row of article_clusters per article, and article_links.
    Guarantees: no article is lost; each cluster has exactly one representative, the earliest by (first day
        published, article_id); the result does not depend on row order; articles of a template series (same
        wording, other figures) are linked, never merged; a cluster keeps its cluster_id when articles join it.

    Args:
        articles: Rows of `articles`.
        index: What was seen before; only articles that are new to it, or have a new text, are read. It is changed, and
            kept where its owner commits it. Without one, all articles are read.
        previous: The last result; articles that the index does not know keep the ids they have in it.
        parameters: Settings; those the index was made with.
    """
    parameters = parameters or DedupeParameters()
    index = index if index is not None else MemoryIndex()
    current = order_articles(articles)
    known = index.state.articles.frame().filter(pl.col("is_live"))
    withdrawn = known.join(current, on="article_id", how="anti")["article_id"]
    _add(current, withdrawn, index, parameters, _previous_ids(previous))
    state = index.state
    live = state.articles.frame().filter(pl.col("is_live")).sort("first_day", "article_id")
    rows, links = state.texts.frame().with_row_index("text"), state.links.frame()
    texts = live["text"].unique()
    return DedupeResult(
        clusters=cluster_rows(live, rows, links, texts),
        links=link_rows(live, links.filter(pl.col("relation") < DIFFERENT), texts),
        rejects=REJECTS.frame([]),
    )


def add_articles(
    articles: pl.DataFrame,
    *,
    index: NearCopyIndex,
    previous: Clusters | None = None,
    parameters: DedupeParameters | None = None,
) -> DedupeResult:
    """Add articles to an archive too large to be told anew each time.

    As `cluster_articles`, but `articles` are the new ones, or those with a new text, and the result is what changed:
    rows that replace those with the same key or stand beside them. Articles that are not among them stay as they are.
    Rows of article_links whose article got a new text are to be removed by the caller.
    """
    parameters = parameters or DedupeParameters()
    results = _add(
        order_articles(articles), pl.Series([], dtype=pl.String), index, parameters, _previous_ids(previous)
    )
    if not results:
        return DedupeResult(ARTICLE_CLUSTERS.frame([]), ARTICLE_LINKS.frame([]), REJECTS.frame([]))
    texts = pl.concat([result.texts for result in results]).unique()
    links = pl.concat([result.links for result in results])
    state = index.state
    connected = state.connected(texts)
    rows = state.texts.rows(connected.to_numpy()).with_columns(text=connected)
    articles = state.articles_of(connected).sort("first_day", "article_id")
    return DedupeResult(
        clusters=cluster_rows(articles, rows, state.links_of(connected), texts),
        links=link_rows(articles, links, texts),
        rejects=REJECTS.frame([]),
    )


def _add(
    current: pl.DataFrame,
    withdrawn: pl.Series,
    index: NearCopyIndex,
    parameters: DedupeParameters,
    ids: PreviousIds,
) -> list[BatchResult]:
    """Add what is new to the index, some articles at a time."""
    known = index.state.articles_named(current["article_id"])
    news = current.join(known, on=["article_id", "version"], how="anti", maintain_order="left")
    results = []
    for start in range(0, max(news.height, withdrawn.len() and 1), parameters.batch_articles):
        batch = news[start : start + parameters.batch_articles]
        results.append(add_batch(batch, index, parameters, previous=ids, withdrawn=withdrawn))
        withdrawn = withdrawn.clear()
    return results


def order_articles(articles: pl.DataFrame) -> pl.DataFrame:
    """Columns article_id, version, first_day (or UNDATED), text of current articles: the earliest first."""
    return (
        articles.filter(pl.col("is_current"))
        .select(
            "article_id",
            version=pl.col("text_sha256")
            .str.slice(0, _VERSION_DIGITS)
            .str.to_integer(base=16, dtype=pl.UInt64),
            first_day=first_day(pl.col("published")).fill_null(UNDATED),
            text="text",
        )
        .sort("first_day", "article_id")
    )


def first_day(published: pl.Expr) -> pl.Expr:
    """First day of an EDTF date, in days since 1970: 2024 gives 1 January 2024. Null where there is none."""
    start = published.str.extract(_EDTF_START)
    padded = start + pl.lit("-01-01").str.slice(start.str.len_chars() - 4)
    return padded.str.to_date("%Y-%m-%d", strict=False).cast(pl.Int32)


def _previous_ids(previous: Clusters | None) -> PreviousIds:
    if previous is None:
        return PreviousIds()
    return PreviousIds(
        clusters=previous.clusters.select("article_id", id="cluster_id"),
        series=previous.clusters.select("article_id", id="series_id").drop_nulls(),
    )


def cluster_rows(
    articles: pl.DataFrame, rows: pl.DataFrame, links: pl.DataFrame, texts: pl.Series
) -> pl.DataFrame:
    """Rows of article_clusters for the live articles of some texts, sorted by article_id.

    Args:
        articles: Live articles of these texts and of all that are connected with them, the earliest first.
        rows: Those texts: columns text and those of `TEXT_SCHEMA`.
        links: All links among them.
        texts: The texts that are told of.
    """
    roots = rows.join(texts.to_frame("text"), on="text", how="semi").select("root").unique()
    rows = rows.join(roots, on="root", how="semi")
    articles = articles.join(
        rows.select("text", "root", "cluster_id", "series_id"), on="text", maintain_order="left"
    ).with_columns(n=pl.len().over("root"))
    heads = articles.filter(pl.col("text") == pl.col("root")).unique(
        "root", keep="first", maintain_order=True
    )
    articles = articles.join(heads.select("root", representative_id="article_id"), on="root").join(
        texts.unique().to_frame("text"), on="text", how="semi"
    )
    articles = articles.join(_to_roots(links, rows), on="text", how="left")
    same = pl.col("text") == pl.col("root")
    is_head = pl.col("article_id") == pl.col("representative_id")
    relation = (
        pl.when(is_head & (pl.col("n") == 1))
        .then(pl.lit("unique"))
        .when(is_head)
        .then(pl.lit("representative"))
        .when(same)
        .then(pl.lit("exact"))
        .otherwise(pl.col("relation"))
    )
    return (
        articles.select(
            "article_id",
            "cluster_id",
            "representative_id",
            relation=relation,
            series_id="series_id",
            similarity=pl.when(is_head).then(None).when(same).then(1.0).otherwise("similarity"),
            numeric_agreement=pl.when(is_head).then(None).when(same).then(1.0).otherwise("numeric_agreement"),
            reason=pl.when(is_head & (pl.col("n") == 1))
            .then(pl.lit("no other article carries this text"))
            .when(is_head)
            .then(pl.format("earliest of {} articles with this text", "n"))
            .when(same)
            .then(pl.lit(_SAME_WORDS))
            .otherwise("reason"),
        )
        .cast(pl.Schema(ARTICLE_CLUSTERS.schema))
        .select(ARTICLE_CLUSTERS.columns)
        .sort("article_id")
    )


def link_rows(articles: pl.DataFrame, links: pl.DataFrame, texts: pl.Series) -> pl.DataFrame:
    """Rows of article_links: verified pairs of texts, told of their first articles, and exact copies of texts.

    Args:
        articles: Live articles of these texts and of those that links lead to, the earliest first.
        links: Verified pairs.
        texts: The texts whose exact copies are told.
    """
    firsts = (
        articles.select("text", "article_id")
        .with_row_index("place")
        .unique("text", keep="first", maintain_order=True)
    )
    pairs = links.join(firsts, on="text").join(
        firsts.rename({"text": "other", "article_id": "other_article_id", "place": "other_place"}), on="other"
    )
    swapped = pl.col("place") < pl.col("other_place")
    turned = [("article_id", "other_article_id"), ("covered", "covered_other")]
    pairs = pairs.with_columns(
        pl.when(swapped).then(there).otherwise(here).alias(here)
        for one, other in turned
        for here, there in ((one, other), (other, one))
    )
    pairs = _described(pairs).select(
        "article_id",
        "other_article_id",
        relation="relation",
        similarity="similarity",
        numeric_agreement="numeric_agreement",
        reason="reason",
    )
    copies = (
        articles.join(texts.to_frame("text"), on="text", how="semi")
        .join(firsts.select("text", other_article_id="article_id"), on="text")
        .filter(pl.col("article_id") != pl.col("other_article_id"))
        .select(
            "article_id",
            "other_article_id",
            relation=pl.lit("exact"),
            similarity=pl.lit(1.0),
            numeric_agreement=pl.lit(1.0),
            reason=pl.lit(_SAME_WORDS),
        )
    )
    rows = pl.concat([pairs, copies]).unique(
        ["article_id", "other_article_id"], keep="first", maintain_order=True
    )
    return (
        rows.cast(pl.Schema(ARTICLE_LINKS.schema))
        .select(ARTICLE_LINKS.columns)
        .sort("article_id", "other_article_id")
    )


def _to_roots(links: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """How texts compare with the text that speaks for their cluster; columns text, relation, similarity, ..., reason."""
    members = rows.filter(pl.col("text") != pl.col("root")).select("text", "root")
    turned = links.rename(
        {"text": "other", "other": "text", "covered": "covered_other", "covered_other": "covered"}
    ).select(links.columns)
    both = pl.concat([links, turned]).join(members, on="text")
    direct = both.filter(pl.col("other") == pl.col("root")).unique("text", keep="first", maintain_order=True)
    copies = direct.filter(pl.col("relation") <= CONTAINED)
    # Far from the first text, but a copy of one between: the relation is that of the pair that joined it.
    drifted = direct.filter(pl.col("relation") > CONTAINED).select("text", "covered", "covered_other")
    between = (
        both.filter((pl.col("relation") <= CONTAINED) & (pl.col("other") != pl.col("root")))
        .join(rows.select(other="text", other_root="root"), on="other")
        .filter(pl.col("root") == pl.col("other_root"))
        .sort("text", "other")
        .unique("text", keep="first", maintain_order=True)
        .join(copies, on="text", how="anti")
    )
    through = _described(between).join(drifted, on="text", how="left", suffix="_direct")
    near = pl.max_horizontal("covered_direct", "covered_other_direct")
    columns = ["text", "relation", "similarity", "numeric_agreement", "reason"]
    return pl.concat(
        [
            _described(copies).select(columns),
            through.with_columns(
                similarity=near.cast(pl.Float64).round(4),
                reason=pl.format("a copy of another article of this cluster: {}", "reason"),
            ).select(columns),
        ]
    )


def _described(links: pl.DataFrame) -> pl.DataFrame:
    """Links with relation by name, similarity, numeric_agreement and reason; `text` is the one that is told of."""
    n = pl.col("n_agreed").cast(pl.Int64) + pl.col("n_conflicts")
    figures = (
        pl.when(n == 0)
        .then(pl.lit("no figures in common"))
        .when(pl.col("n_conflicts") == 0)
        .then(pl.format("all {} figures they share agree", "n_agreed"))
        .otherwise(pl.format("{} of {} figures differ", "n_conflicts", n))
    )
    detail = pl.when(pl.col("detail") == "").then(pl.lit("")).otherwise(pl.format(" ({})", "detail"))
    percent = [(pl.col(name) * 100).round().cast(pl.Int64) for name in ("covered", "covered_other")]
    is_exact = pl.col("relation") == EXACT
    return links.with_columns(
        similarity=pl.when(is_exact)
        .then(1.0)
        .otherwise(pl.max_horizontal("covered", "covered_other").cast(pl.Float64).round(4)),
        numeric_agreement=pl.when(is_exact).then(1.0).when(n > 0).then((pl.col("n_agreed") / n).round(4)),
        reason=pl.when(is_exact)
        .then(pl.lit(_SAME_WORDS))
        .otherwise(
            pl.format(
                "{} % of this text stands in the other, {} % of the other in this; {}{}",
                *percent,
                figures,
                detail,
            )
        ),
        relation=pl.col("relation").replace_strict(
            list(range(len(RELATIONS))), list(RELATIONS), return_dtype=pl.String
        ),
    )
