"""One batch of articles against all that was seen before: sketch, find, compare, group."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import polars as pl

from pipelines.stages.dedupe.candidates import Encounters, pack_postings, unpack_postings
from pipelines.stages.dedupe.clusters import find_components, find_stars, group_texts
from pipelines.stages.dedupe.ids import name_groups
from pipelines.stages.dedupe.index import ARTICLE_SCHEMA, TEXT_SCHEMA, Change, NearCopyIndex
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.sketch import Sketches, sketch_texts
from pipelines.stages.dedupe.verify import CONTAINED, DIFFERENT, SERIES, TextView, compare_pairs, view_of
from pipelines.stages.dedupe.verify import SCHEMA as LINK_SCHEMA

UNDATED: Final = 2**31 - 1  # sorts behind every date: an undated article never speaks for a dated one
_MORE: Final = 4  # candidates compared where the best is no copy
_NEAR_BEST: Final = 0.6  # of candidates about as good as the best, the earliest is compared
_NEAR_BEST_OF_COPY: Final = 0.2
_NUMBERS: Final = dict.fromkeys(("text", "other", "component", "root", "series"), pl.UInt32)


def _no_ids() -> pl.DataFrame:
    return pl.DataFrame(schema={"article_id": pl.String, "id": pl.String})


@dataclass(frozen=True, slots=True)
class PreviousIds:
    """Ids that articles had before the index knew them: columns article_id, id."""

    clusters: pl.DataFrame = field(default_factory=_no_ids)
    series: pl.DataFrame = field(default_factory=_no_ids)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a batch changed.

    Attributes:
        texts: Numbers of the texts whose cluster or series may have changed, the batch's own among them.
        links: New verified pairs, columns of verify.SCHEMA; relation is never `different`.
    """

    texts: pl.Series
    links: pl.DataFrame


def add_batch(
    articles: pl.DataFrame,
    index: NearCopyIndex,
    parameters: DedupeParameters,
    *,
    previous: PreviousIds,
    withdrawn: pl.Series,
) -> BatchResult:
    """Add articles to an index and group them with what is there.

    Args:
        articles: Columns article_id, version, first_day, text, sorted by (first_day, article_id), undated ones last;
            none of them is in the index with that version. At most 2**18 rows.
        index: What was seen before; changed.
        parameters: Settings.
        previous: Ids to keep for articles that the index does not know.
        withdrawn: Ids of articles that are there no longer.
    """
    state = index.state
    n_old = state.texts.height
    sketches = sketch_texts(articles["text"], parameters)
    prints = pl.Series(sketches.fingerprint)
    numbers, rows = _number_texts(prints, index)
    hash_places, hash_owners = sketches.hashes.places(rows.to_numpy())
    packed = pack_postings(pl.Series(sketches.hashes.values[hash_places]), pl.Series(hash_owners))
    sizes = _sizes(sketches, rows)
    reader = _Reader(index, n_old, articles["text"], rows, sketches, parameters)
    known = pl.concat([state.texts.select(sizes.columns), sizes])
    links = _find_links(Encounters(packed, n_old, index.lookup, known, parameters), reader)

    new_prints = pl.DataFrame({"hash": prints.gather(rows), "text": reader.numbers}).sort("hash")
    changed_articles = _changed_articles(articles, numbers, state.articles, withdrawn)
    regrouped = _regroup(changed_articles, links, sizes, reader, previous)
    change = Change(
        articles=changed_articles,
        texts=regrouped.texts,
        links=regrouped.links,
        postings=pl.concat([unpack_postings(packed, n_old), new_prints]),
        contents=articles["text"].gather(rows),
    )
    index.apply(change)
    return BatchResult(texts=regrouped.touched, links=regrouped.links.filter(pl.col("relation") < DIFFERENT))


def _number_texts(fingerprints: pl.Series, index: NearCopyIndex) -> tuple[pl.Series, pl.Series]:
    """Text number of each article; and the rows that bring new texts, in the order of their numbers."""
    prints = pl.DataFrame({"hash": fingerprints}).with_row_index("row")
    distinct = prints.unique("hash", keep="first", maintain_order=True)
    known = index.lookup(distinct["hash"].sort(), 1).select("hash", known="text")
    distinct = distinct.join(known, on="hash", how="left", maintain_order="left")
    new = distinct["known"].is_null()
    first_new = index.state.texts.height
    ordinal = (new.cum_sum() - 1 + first_new).cast(pl.UInt32)
    distinct = distinct.with_columns(number=pl.col("known").fill_null(ordinal))
    numbers = prints.join(distinct.select("hash", "number"), on="hash", how="left", maintain_order="left")[
        "number"
    ]
    return numbers, distinct["row"].filter(new)


def _sizes(sketches: Sketches, rows: pl.Series) -> pl.DataFrame:
    """Columns n_words, n_hashes, scale of the new texts."""
    columns = {
        "n_words": pl.Series(sketches.n_words),
        "n_hashes": pl.Series(sketches.hashes.lengths),
        "scale": pl.Series(sketches.scale),
    }
    return pl.DataFrame(
        [values.gather(rows).cast(TEXT_SCHEMA[name]).alias(name) for name, values in columns.items()]
    )


class _Reader:
    """Compares texts, new ones by their sketches at hand, old ones by sketching them again."""

    def __init__(
        self,
        index: NearCopyIndex,
        n_old: int,
        contents: pl.Series,
        rows: pl.Series,
        sketches: Sketches,
        parameters: DedupeParameters,
    ) -> None:
        self._index = index
        self.state = index.state
        self.n_old = n_old
        self.parameters = parameters
        self.numbers = pl.int_range(n_old, n_old + rows.len(), dtype=pl.UInt32, eager=True)
        self._new = TextView(self.numbers.to_numpy(), rows.to_numpy(), contents, sketches)

    def compare(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Compare pairs of texts; see `compare_pairs`."""
        wanted = pl.concat([pairs["text"], pairs["other"]]).unique().sort()
        n_old = int(wanted.search_sorted(self.n_old))
        if not n_old:
            return compare_pairs(pairs, self._new, self.parameters)
        old, new = wanted[:n_old], wanted[n_old:]
        contents = self._index.contents(old)
        fetched = view_of(old, contents, sketch_texts(contents, self.parameters))
        return compare_pairs(pairs, fetched.followed_by(self._new.only(new)), self.parameters)


def _find_links(encounters: Encounters, reader: _Reader) -> pl.DataFrame:
    """Verified pairs of the new texts: with the best candidate, then with candidates of other clusters."""
    nearest = encounters.nearest()
    good = nearest.filter(pl.col("score") >= pl.col("score").max().over("text") * _NEAR_BEST)
    first = good.group_by("text").agg(pl.col("other").min()).sort("text")
    links = reader.compare(first)
    copies = links.filter(pl.col("relation") <= CONTAINED).select("text", "other")
    open_texts = reader.numbers.filter(~reader.numbers.is_in(copies["text"].implode()))

    # A text that came before the one it was copied from may have met none of the other copies: so each text also
    # looks at its candidates in clusters that it is not yet part of. Months of a release share all but a few hashes,
    # and those few lead to the copies of the same month.
    cluster = _numbers_of_groups("root", copies, reader)
    family = _numbers_of_groups("component", links.filter(pl.col("relation") < DIFFERENT), reader)
    in_series = links["text"].filter(links["relation"] == SERIES)
    siblings = encounters.siblings(in_series).filter(_same(family))
    found = links.select("text", first="relation")
    near_best = (
        pl.when(pl.col("first") <= CONTAINED)
        .then(_NEAR_BEST_OF_COPY)
        .when(pl.col("first") == SERIES)
        .then(_NEAR_BEST)
        .otherwise(0.0)
    )
    more = (
        pl.concat([nearest, encounters.nearby(open_texts), siblings])
        .sort("text", "score", "other", descending=[False, True, False])
        .unique(["text", "other"], keep="first", maintain_order=True)
        .join(found, on="text", how="left", maintain_order="left")
        .filter(pl.col("score") >= pl.col("score").max().over("text") * near_best)
        .join(first, on=["text", "other"], how="anti", maintain_order="left")
        .filter(~_same(cluster))
        .filter(pl.int_range(pl.len()).over("text") < _MORE)
    )
    links = pl.concat([links, reader.compare(more.select("text", "other"))])
    return links.filter(pl.col("relation") < DIFFERENT)


def _same(group: pl.Series) -> pl.Expr:
    """Whether `text` and `other` are in one group."""
    return pl.lit(group).gather(pl.col("text")) == pl.lit(group).gather(pl.col("other"))


def _numbers_of_groups(column: str, links: pl.DataFrame, reader: _Reader) -> pl.Series:
    """A number per text, equal for texts that a column of the state or one of the links puts together."""
    group = pl.concat([reader.state.texts[column], reader.numbers])
    one, other = (group.gather(links[side]).to_numpy() for side in ("text", "other"))
    joined, into = (pl.Series(numbers, dtype=pl.UInt32) for numbers in find_components(one, other))
    moved = pl.int_range(group.len(), dtype=pl.UInt32, eager=True).scatter(joined, into)
    return moved.gather(group)


def _changed_articles(
    articles: pl.DataFrame, numbers: pl.Series, known: pl.DataFrame, withdrawn: pl.Series
) -> pl.DataFrame:
    """New rows of articles, and the rows of former versions, which are live no longer; with their numbers."""
    new = articles.select(
        "article_id", "version", text=numbers, first_day="first_day", is_live=pl.lit(True)
    ).with_row_index("article", offset=known.height)
    gone = pl.concat([articles["article_id"], withdrawn]).to_frame("article_id")
    former = (
        known.with_row_index("article")
        .filter(pl.col("is_live"))
        .join(gone, on="article_id", how="semi")
        .with_columns(is_live=pl.lit(False))
    )
    columns = [pl.col(name).cast(dtype) for name, dtype in ARTICLE_SCHEMA.items()]
    return pl.concat([frame.select("article", *columns) for frame in (former, new)])


@dataclass(frozen=True, slots=True)
class _Regrouped:
    """Changed rows of texts, new links, and the texts whose rows of article_clusters are to be told again."""

    texts: pl.DataFrame
    links: pl.DataFrame
    touched: pl.Series


def _regroup(
    changed_articles: pl.DataFrame,
    new_links: pl.DataFrame,
    sizes: pl.DataFrame,
    reader: _Reader,
    previous: PreviousIds,
) -> _Regrouped:
    """Group anew the texts that the batch touches, directly or through links."""
    state = reader.state
    touched = pl.concat([changed_articles["text"], new_links["text"], new_links["other"]]).unique()
    old = touched.filter(touched < reader.n_old)
    touched_components = state.texts["component"].gather(old).unique()
    in_touched = state.texts["component"].is_in(touched_components.implode())
    old = in_touched.arg_true().cast(pl.UInt32)
    links = pl.concat(
        [
            state.links.filter(in_touched.gather(state.links["text"])) if old.len() else state.links.clear(),
            new_links,
        ]
    )
    members = pl.concat([old, reader.numbers])

    articles = _live_articles(state.articles, changed_articles, in_touched)
    first_articles = articles.unique("text", keep="first", maintain_order=True)
    groups, extra = _group(first_articles["text"], links, reader)
    linked = pl.concat([links, extra]).filter(pl.col("relation") < DIFFERENT)
    joined, into = find_components(linked["text"].to_numpy(), linked["other"].to_numpy())
    components = pl.DataFrame({"text": joined, "component": into}, schema_overrides=_NUMBERS)
    table = (
        pl.concat([state.texts.select(sizes.columns)[old], sizes])
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
        known = _previous_ids(state.texts.select(id=f"{column}_id"), old, articles, outside)
        names = name_groups(
            column, in_order.filter(pl.col(head).is_not_null()).with_columns(head=head), known
        )
        table = table.join(names.rename({"id": f"{column}_id"}), left_on=head, right_on="head", how="left")
    table = table.sort("text")
    alive = table["text"].is_in(first_articles["text"].implode())
    texts = table.with_columns(
        cluster_id=pl.when(alive).then("cluster_id"), series_id=pl.when(alive).then("series_id")
    )
    texts = texts.select("text", *TEXT_SCHEMA)
    changed = texts.filter(_differs(texts, state.texts, reader.n_old))
    direct = pl.concat([changed_articles["text"], changed["text"]]).unique()
    roots = texts.join(direct.to_frame("text"), on="text", how="semi")["root"]
    left = state.texts["root"].gather(direct.filter(direct < reader.n_old))
    # A text that speaks for its cluster through another article than before changes what is told of all members.
    first_is_new = first_articles.join(changed_articles, on=["article_id", "text"], how="semi")["text"]
    lost = changed_articles.filter(~pl.col("is_live"))["text"]
    led = texts.filter(pl.col("root").is_in(pl.concat([first_is_new, lost]).implode()))["text"]
    return _Regrouped(
        texts=changed,
        links=pl.concat([new_links, extra]),
        touched=pl.concat([direct, roots, left, led]).unique().sort(),
    )


def _differs(texts: pl.DataFrame, known: pl.DataFrame, n_old: int) -> pl.Series:
    """Which rows say something else than what is known, or are new."""
    before = known[texts["text"].filter(texts["text"] < n_old)]
    now = texts[: before.height]
    same = pl.repeat(True, before.height, eager=True)
    for column in ("component", "root", "cluster_id", "series_id"):
        same = same & now[column].eq_missing(before[column])
    return pl.concat([~same, pl.repeat(True, texts.height - before.height, eager=True)])


def _live_articles(known: pl.DataFrame, changed: pl.DataFrame, in_touched: pl.Series) -> pl.DataFrame:
    """Live articles of the touched texts, the earliest first; columns of `ARTICLE_SCHEMA`."""
    former = changed["article"].filter(~changed["is_live"])
    rows = in_touched.gather(known["text"]) & known["is_live"] if known.height else known["is_live"]
    rows = rows.scatter(former, False) if former.len() else rows
    new = changed.filter(pl.col("is_live")).select(known.columns)
    return pl.concat([known.filter(rows), new]).sort(pl.col("first_day").fill_null(UNDATED), "article_id")


def _group(ordered: pl.Series, links: pl.DataFrame, reader: _Reader) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Clusters and series of some texts, and the links that had to be looked at besides.

    Args:
        ordered: The texts that have a live article, the earliest first.
        links: Verified pairs, of other texts too.
        reader: Compares texts.

    Returns:
        Columns text, root, series of those with links to others: the earliest text of each one's cluster and, for
        clusters of a series, of the series; and rows of links.
    """
    texts = ordered.to_numpy().astype(np.int64)
    place = np.full(reader.n_old + reader.numbers.len(), -1)
    place[texts] = np.arange(len(texts))
    one, other = place[links["text"].to_numpy()], place[links["other"].to_numpy()]
    alive = (one >= 0) & (other >= 0)
    later, earlier = np.maximum(one, other)[alive], np.minimum(one, other)[alive]
    relation = links["relation"].to_numpy()[alive]

    places, heads, is_star = find_stars(later, earlier, relation)
    is_open = ~is_star[np.searchsorted(places, later)]
    relations = dict(
        zip(
            zip(later[is_open].tolist(), earlier[is_open].tolist(), strict=True),
            relation[is_open].tolist(),
            strict=True,
        )
    )
    extra = [pl.DataFrame(schema=LINK_SCHEMA)]

    def compare(pairs: list[tuple[int, int]]) -> list[int]:
        numbers = texts[np.array(pairs, dtype=np.int64)]
        frame = pl.DataFrame({"text": numbers[:, 0], "other": numbers[:, 1]}, schema_overrides=_NUMBERS)
        compared = reader.compare(frame)
        extra.append(compared)
        found: list[int] = compared["relation"].to_list()
        return found

    grouping = group_texts(places[~is_star].tolist(), relations, compare)
    heads[~is_star] = list(grouping.root.values())
    issues, firsts = (
        np.fromiter(side, dtype=np.int64) for side in (grouping.series, grouping.series.values())
    )
    series = pl.DataFrame({"root": texts[issues], "series": texts[firsts]}, schema_overrides=_NUMBERS)
    groups = pl.DataFrame({"text": texts[places], "root": texts[heads]}, schema_overrides=_NUMBERS)
    return groups.join(series, on="root", how="left"), pl.concat(extra)


def _previous_ids(
    known: pl.DataFrame, old: pl.Series, articles: pl.DataFrame, outside: pl.DataFrame
) -> pl.DataFrame:
    """Columns text, id: what the index says, else what the earliest of a text's articles had before."""
    ids = known[old].with_columns(text=old).drop_nulls().select("text", "id")
    if outside.is_empty():
        return ids
    others = articles.select("text", "article_id").join(outside, on="article_id", maintain_order="left")
    others = others.unique("text", keep="first", maintain_order=True).join(ids, on="text", how="anti")
    return pl.concat([ids, others.select("text", "id")])
