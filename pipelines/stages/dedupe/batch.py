"""One batch of articles against all that was seen before: sketch, find, compare, group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.stages.dedupe.candidates import Encounters, pack_postings, unpack_postings
from pipelines.stages.dedupe.index import NearCopyIndex
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.reader import Reader
from pipelines.stages.dedupe.regroup import PreviousIds, regroup
from pipelines.stages.dedupe.sketch import sketch_texts
from pipelines.stages.dedupe.state import ARTICLE_SCHEMA, Change, State
from pipelines.stages.dedupe.verify import CONTAINED, DIFFERENT, SERIES

_MORE: Final = 4  # candidates compared where the best is no copy
_NEAR_BEST: Final = 0.6  # of candidates about as good as the best, the earliest is compared
_NEAR_BEST_OF_COPY: Final = 0.2


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
    sketches = sketch_texts(articles["text"], parameters)
    prints = pl.Series(sketches.fingerprint)
    numbers, rows = _number_texts(prints, index)
    reader = Reader(index, articles["text"], rows, sketches, parameters)
    n_old = reader.n_old
    packed = pack_postings(sketches.for_index, numbers.to_numpy().astype(np.int64) - n_old)
    new_texts = range(n_old, n_old + rows.len())
    links = _find_links(Encounters(packed, new_texts, index.lookup, reader.sizes_of, parameters), reader)

    new_prints = pl.DataFrame({"hash": prints.gather(rows), "text": reader.numbers}).sort("hash")
    changed_articles = _changed_articles(articles, numbers, index.state, withdrawn)
    regrouped = regroup(changed_articles, links, reader, previous)
    change = Change(
        articles=changed_articles,
        texts=regrouped.texts,
        links=regrouped.links,
        postings=lambda: pl.concat([unpack_postings(packed, n_old), new_prints]),
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


def _find_links(encounters: Encounters, reader: Reader) -> pl.DataFrame:
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
    clusters = reader.groups("root", copies)
    families = reader.groups("component", links.filter(pl.col("relation") < DIFFERENT))
    nearby, siblings = encounters.nearby(open_texts, links["text"].filter(links["relation"] == SERIES))
    siblings = siblings.filter(families.join(siblings))
    found = links.select("text", first="relation")
    near_best = (
        pl.when(pl.col("first") <= CONTAINED)
        .then(_NEAR_BEST_OF_COPY)
        .when(pl.col("first") == SERIES)
        .then(_NEAR_BEST)
        .otherwise(0.0)
    )
    more = (
        pl.concat([nearest, nearby, siblings])
        .sort("text", "score", "other", descending=[False, True, False])
        .unique(["text", "other"], keep="first", maintain_order=True)
        .join(found, on="text", how="left", maintain_order="left")
        .filter(pl.col("score") >= pl.col("score").max().over("text") * near_best)
        .join(first, on=["text", "other"], how="anti", maintain_order="left")
    )
    more = more.filter(~clusters.join(more)).filter(pl.int_range(pl.len()).over("text") < _MORE)
    links = pl.concat([links, reader.compare(more.select("text", "other"))])
    return links.filter(pl.col("relation") < DIFFERENT)


def _changed_articles(
    articles: pl.DataFrame, numbers: pl.Series, state: State, withdrawn: pl.Series
) -> pl.DataFrame:
    """New rows of articles, and the rows of former versions, which are live no longer; with their numbers."""
    new = articles.select(
        "article_id", "version", text=numbers, first_day="first_day", is_live=pl.lit(True)
    ).with_row_index("article", offset=state.articles.height)
    gone = pl.concat([articles["article_id"], withdrawn])
    former = state.articles_named(gone).with_columns(is_live=pl.lit(False))
    return pl.concat([frame.select("article", *ARTICLE_SCHEMA) for frame in (former, new)])
