"""What the stage remembers of the texts it has seen: the interface to an index, and one that lives in memory.

Texts are numbered in the order they were added; articles are rows that point to texts. A text stays when its last
article goes (a page was rewritten): its number is in the postings, and numbers are never given twice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Protocol

import polars as pl

from pipelines.stages.dedupe.verify import SCHEMA as LINK_SCHEMA

ARTICLE_SCHEMA: Final = {
    "article_id": pl.String,
    "version": pl.UInt64,  # of its text
    "text": pl.UInt32,
    "first_day": pl.Int32,  # days since 1970; null where undated
    "is_live": pl.Boolean,  # false once the article has another text
}
TEXT_SCHEMA: Final = {
    "n_words": pl.UInt32,
    "n_hashes": pl.UInt32,
    "scale": pl.UInt8,
    "component": pl.UInt32,  # smallest number among the texts that links connect it with
    "root": pl.UInt32,  # text that speaks for its cluster
    "cluster_id": pl.String,
    "series_id": pl.String,
}
POSTING_SCHEMA: Final = {"hash": pl.UInt64, "text": pl.UInt32}
LOOKUP_SCHEMA: Final = POSTING_SCHEMA | {"n": pl.UInt32}


@dataclass(frozen=True, slots=True)
class State:
    """Articles, texts and links; the row of an article or a text is its number."""

    articles: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ARTICLE_SCHEMA))
    texts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=TEXT_SCHEMA))
    links: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=LINK_SCHEMA))

    def changed(self, change: Change) -> State:
        """The state after a change."""
        return State(
            articles=_upserted(self.articles, change.articles, "article"),
            texts=_upserted(self.texts, change.texts, "text"),
            links=pl.concat([self.links, change.links]) if change.links.height else self.links,
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What one batch adds to the state and changes in it.

    Attributes:
        articles: Rows of `ARTICLE_SCHEMA` with their number, `article`; new ones and changed ones.
        texts: Rows of `TEXT_SCHEMA` with their number, `text`; new ones and changed ones.
        links: New rows of links.
        postings: New postings: hash (sorted), text.
        contents: The new texts, in the order of their numbers.
    """

    articles: pl.DataFrame
    texts: pl.DataFrame
    links: pl.DataFrame
    postings: pl.DataFrame
    contents: pl.Series


class NearCopyIndex(Protocol):
    """The texts seen so far. One user at a time."""

    @property
    def state(self) -> State:
        """Articles, texts and links so far."""
        ...

    def lookup(self, hashes: pl.Series, limit: int) -> pl.DataFrame:
        """Find the texts that hold the given hashes.

        Args:
            hashes: Hashes (UInt64), sorted, without doubles.
            limit: Texts wanted per hash: those with the smallest numbers.

        Returns:
            Columns hash, text, n (how many texts hold the hash), sorted by hash and text.
        """
        ...

    def contents(self, numbers: pl.Series) -> pl.Series:
        """The texts with the given numbers, in the order given."""
        ...

    def apply(self, change: Change) -> None:
        """Add a batch; it is seen by the calls that follow."""
        ...


class MemoryIndex:
    """An index for one run: nothing is kept, nothing is written."""

    def __init__(self) -> None:
        self._state = State()
        self._parts: list[pl.DataFrame] = []
        self._contents = pl.Series([], dtype=pl.String)

    @property
    def state(self) -> State:
        """Articles, texts and links so far."""
        return self._state

    def lookup(self, hashes: pl.Series, limit: int) -> pl.DataFrame:
        """Find the texts that hold the given hashes; see `NearCopyIndex`."""
        return merge_lookups([lookup_part(hashes, part, limit) for part in self._parts], limit)

    def contents(self, numbers: pl.Series) -> pl.Series:
        """The texts with the given numbers, in the order given."""
        return self._contents.gather(numbers)

    def apply(self, change: Change) -> None:
        """Add a batch."""
        self._state = self._state.changed(change)
        self._contents = self._contents.append(change.contents) if self._contents.len() else change.contents
        if change.postings.height:
            self._parts.append(change.postings)
        while len(self._parts) > 1 and self._parts[-2].height < 2 * self._parts[-1].height:
            last = self._parts.pop()
            self._parts[-1] = merge_postings([self._parts[-1], last])


def lookup_part(hashes: pl.Series, part: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Look hashes up in postings sorted by hash and text; columns and order as `NearCopyIndex.lookup` gives them."""
    held = part["hash"]
    if not part.height or hashes.is_empty():
        return pl.DataFrame(schema=LOOKUP_SCHEMA)
    start = held.search_sorted(hashes, side="left")
    hit = ((start < held.len()) & (held.gather(start.clip(upper_bound=held.len() - 1)) == hashes)).arg_true()
    start, found = start.gather(hit), hashes.gather(hit)
    n = held.search_sorted(found, side="right") - start
    rows = pl.DataFrame({"hash": found, "start": start, "n": n.cast(pl.UInt32)})
    places = rows.with_columns(
        place=pl.int_ranges(0, pl.min_horizontal("n", limit), dtype=pl.UInt32)
    ).explode("place")
    at = places["start"] + places["place"]
    return places.select("hash", text=part["text"].gather(at), n="n")


def merge_lookups(found: list[pl.DataFrame], limit: int) -> pl.DataFrame:
    """What several parts hold, as if they were one."""
    found = [rows for rows in found if rows.height]
    if not found:
        return pl.DataFrame(schema=LOOKUP_SCHEMA)
    if len(found) == 1:
        return found[0]
    n = (
        pl.concat([rows.group_by("hash").agg(pl.col("n").first()) for rows in found])
        .group_by("hash")
        .agg(pl.col("n").sum())
    )
    return (
        pl.concat(found)
        .drop("n")
        .sort("hash", "text")
        .filter(pl.int_range(pl.len()).over("hash") < limit)
        .join(n, on="hash", how="left", maintain_order="left")
    )


def merge_postings(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Several sorted parts as one."""
    return pl.concat(parts).sort("hash", "text")


def _upserted(frame: pl.DataFrame, rows: pl.DataFrame, number: str) -> pl.DataFrame:
    """Rows with a number inside the frame replace what stands there; those behind it are appended."""
    rows = rows.sort(number)
    known = rows.filter(pl.col(number) < frame.height)
    if known.height:
        frame = frame.with_columns(frame[name].scatter(known[number], known[name]) for name in frame.columns)
    new = rows.filter(pl.col(number) >= frame.height).select(frame.columns)
    return pl.concat([frame, new]) if new.height else frame
