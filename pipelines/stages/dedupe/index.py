"""What the stage remembers of the texts it has seen: the interface to an index, and one that lives in memory.

Texts are numbered in the order they were added; articles are rows that point to texts. A text stays when its last
article goes (a page was rewritten): its number is in the postings, and numbers are never given twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import numpy as np
import polars as pl

from pipelines.stages.dedupe.ragged import spread
from pipelines.stages.dedupe.state import Change, State

POSTING_SCHEMA: Final = {"hash": pl.UInt64, "text": pl.UInt32}
LOOKUP_SCHEMA: Final = POSTING_SCHEMA | {"n": pl.UInt32}


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
        self._new: list[Callable[[], pl.DataFrame]] = []
        self._contents = pl.Series([], dtype=pl.String)

    @property
    def state(self) -> State:
        """Articles, texts and links so far."""
        return self._state

    def lookup(self, hashes: pl.Series, limit: int) -> pl.DataFrame:
        """Find the texts that hold the given hashes; see `NearCopyIndex`."""
        self._take_in()
        return merge_lookups([lookup_part(hashes, part, limit) for part in self._parts], limit)

    def contents(self, numbers: pl.Series) -> pl.Series:
        """The texts with the given numbers, in the order given."""
        return self._contents.gather(numbers)

    def apply(self, change: Change) -> None:
        """Add a batch."""
        self._state.apply(change)
        self._contents = self._contents.append(change.contents) if self._contents.len() else change.contents
        self._new.append(change.postings)

    def _take_in(self) -> None:
        """Have the postings of the batches so far.

        Those of the last one are never asked for: they would take 1 % of a run's time and 4 % of its peak memory.
        """
        for postings in self._new:
            self._parts.append(postings())
            while len(self._parts) > 1 and self._parts[-2].height < 2 * self._parts[-1].height:
                last = self._parts.pop()
                self._parts[-1] = merge_postings([self._parts[-1], last])
        self._new.clear()


def lookup_part(hashes: pl.Series, part: pl.DataFrame, limit: int) -> pl.DataFrame:
    """Look hashes up in postings sorted by hash and text; columns and order as `NearCopyIndex.lookup` gives them."""
    if not part.height or hashes.is_empty():
        return pl.DataFrame(schema=LOOKUP_SCHEMA)
    held, wanted = part["hash"].to_numpy(), hashes.to_numpy()
    start = np.searchsorted(held, wanted)
    hit = np.flatnonzero(held[np.minimum(start, len(held) - 1)] == wanted)
    start, found = start[hit], wanted[hit]
    n = np.searchsorted(held, found, side="right") - start
    taken = np.minimum(n, limit)
    at, of = spread(start, taken), np.repeat(np.arange(len(hit)), taken)
    return pl.DataFrame(
        {"hash": found[of], "text": part["text"].to_numpy()[at], "n": n[of].astype(np.uint32)}
    )


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
