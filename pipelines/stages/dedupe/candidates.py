"""Pairs of texts worth comparing: those that share enough of their rarer hashes.

A hash leads from a text to the text that brought it first, or to the first few, not to all that have it: a wire
story in 300 outlets costs 300 times one, and the first of them, which will speak for the others, is the one met.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.ragged import Ints, Ragged

SCHEMA: Final = {"text": pl.UInt32, "other": pl.UInt32, "score": pl.Float64}
# A posting, and what two texts share, are packed into one 64-bit integer each: sorting 4 million of them takes 70 ms,
# sorting two columns 310 ms, grouping by them 1,000.
_LOCAL_BITS: Final = 18
LOCAL_TEXTS: Final = 2**_LOCAL_BITS  # of a batch
_TEXTS: Final = 2**32  # of an archive
_COUNT_BITS: Final = 14
_MOST_COUNTED: Final = 2**_COUNT_BITS - 1  # what a hash shared by more texts adds to a score is nothing

# Hashes (sorted, without doubles) and a limit to columns hash, text, n: the first texts that hold a hash (as many
# as the limit, in the order they came), and how many do. Rows are sorted by hash.
Lookup = Callable[[pl.Series, int], pl.DataFrame]
# Texts to columns n_words, n_hashes, scale.
Sizes = Callable[[pl.Series], pl.DataFrame]


def pack_postings(hashes: Ragged, texts: Ints) -> pl.Series:
    """Sorted postings without doubles, each `hash * 2**18 + text`.

    Args:
        hashes: Hashes of each article.
        texts: Per article its text, counted from the batch's first one; below 0 for a text that was there before.
    """
    owners = np.repeat(texts, hashes.lengths)
    packed = hashes.values * np.uint64(LOCAL_TEXTS)
    packed += owners.view(np.uint64)
    if len(texts) and texts.min() < 0:
        packed = packed[owners >= 0]
    postings = pl.Series(packed).sort()
    return postings.filter(_changes(postings))


def unpack_postings(packed: pl.Series, first_text: int) -> pl.DataFrame:
    """Columns hash, text (numbered from the archive's first one) of packed postings."""
    values = packed.to_numpy()
    text = (values & np.uint64(LOCAL_TEXTS - 1)).astype(np.uint32)
    text += np.uint32(first_text)
    return pl.DataFrame({"hash": values >> np.uint64(_LOCAL_BITS), "text": text})


class Encounters:
    """Who meets whom: the new texts' hashes that other texts hold too, and the first holders of each.

    Args:
        packed: Postings of the new texts, as `pack_postings` gives them.
        texts: Numbers of the new texts.
        lookup: Finds earlier texts by hash.
        sizes: Sizes of texts, new and earlier ones.
        parameters: Limits.
    """

    def __init__(
        self,
        packed: pl.Series,
        texts: range,
        lookup: Lookup,
        sizes: Sizes,
        parameters: DedupeParameters,
    ) -> None:
        self._parameters = parameters
        self._texts = texts
        self._sizes = sizes
        hashes = packed // LOCAL_TEXTS
        is_first = _changes(hashes)
        start = is_first.arg_true()
        n_new = start.shift(-1, fill_value=packed.len()) - start
        unique = hashes.gather(start)
        old = lookup(unique, parameters.anchors)
        old_first = old.filter(_changes(old["hash"]))
        at = unique.search_sorted(old_first["hash"])
        n = n_new.scatter(at, n_new.gather(at) + old_first["n"].cast(n_new.dtype))
        is_shared = n > 1
        holders = is_shared.gather(is_first.cum_sum() - 1).arg_true()

        # From here on only hashes of two texts or more: `run` counts them, `holders` are their new texts.
        self._n = n.filter(is_shared)
        self._start = start.filter(is_shared)
        self._run = hashes.gather(holders).rle_id()
        self._holder = (packed.gather(holders) % LOCAL_TEXTS + texts.start).cast(pl.UInt32)
        self._rank = holders - self._start.gather(self._run)
        self._packed = packed
        run_of = self._start.search_sorted(start.gather(at))
        self._old_first = pl.DataFrame({"run": run_of, "text": old_first["text"]})
        self._old = old.select("hash", "text")
        self._hash = unique.filter(is_shared)

    def nearest(self) -> pl.DataFrame:
        """Candidates through the first holder of each hash; columns text, other, score, best first."""
        other = (self._packed.gather(self._start) % LOCAL_TEXTS + self._texts.start).cast(pl.UInt32)
        other = other.scatter(self._old_first["run"], self._old_first["text"])
        met = pl.DataFrame(
            {"text": self._holder, "other": other.gather(self._run), "n": self._n.gather(self._run)}
        )
        return self._rank_candidates(met.filter(pl.col("text") != pl.col("other")))

    def nearby(self, texts: pl.Series) -> pl.DataFrame:
        """Candidates of some texts through the first few holders of each hash; columns as above."""
        return self._rank_candidates(self._met_nearby(texts))

    def siblings(self, texts: pl.Series) -> pl.DataFrame:
        """As `nearby`, but one shared hash is enough: for texts of a series, whose months share all but few hashes."""
        return self._count_shared(self._met_nearby(texts)).select(list(SCHEMA))

    def _met_nearby(self, texts: pl.Series) -> pl.DataFrame:
        first = self._texts.start
        is_wanted = pl.repeat(False, len(self._texts), eager=True).scatter(texts - first, True)
        wanted = is_wanted.gather(self._holder - first).arg_true()
        run, rank = self._run.gather(wanted), self._rank.gather(wanted)
        holder, n = self._holder.gather(wanted), self._n.gather(run)
        met = []
        for place in range(self._parameters.anchors):
            later = (rank > place).arg_true()
            other = self._packed.gather(self._start.gather(run.gather(later)) + place) % LOCAL_TEXTS
            met.append(
                pl.DataFrame(
                    {
                        "text": holder.gather(later),
                        "other": (other + self._texts.start).cast(pl.UInt32),
                        "n": n.gather(later),
                    }
                )
            )
        known = pl.DataFrame({"hash": self._hash.gather(run), "text": holder, "n": n})
        met.append(known.join(self._old.rename({"text": "other"}), on="hash").select("text", "other", "n"))
        return pl.concat(met)

    def _rank_candidates(self, met: pl.DataFrame) -> pl.DataFrame:
        """Count what each pair shares, drop the pairs that share too little, keep the best of each text."""
        limits = self._parameters
        counted = self._count_shared(met).filter(pl.col("n_shared") >= limits.min_shared)
        mine, theirs = self._sizes(counted["text"]), self._sizes(counted["other"])
        size = _common_size(mine, theirs)
        rare_share = 1 - pl.col("n_common") / mine["n_hashes"].clip(1)
        least = (size * rare_share * limits.min_shared_share).clip(limits.min_shared)
        least_common = (size * limits.min_common_share).clip(2 * limits.min_shared)
        enough = (pl.col("n_shared") - pl.col("n_common") >= least) | (pl.col("n_shared") >= least_common)
        return (
            counted.filter(enough)
            .sort("text", "score", "other", descending=[False, True, False])
            .filter(pl.int_range(pl.len()).over("text") < limits.max_candidates)
            .select(list(SCHEMA))
        )

    def _count_shared(self, met: pl.DataFrame) -> pl.DataFrame:
        """How much each pair shares; columns text, other, n_shared, n_common, score, sorted by text and other."""
        text = (met["text"] - self._texts.start).cast(pl.UInt64)
        n = met["n"].clip(upper_bound=_MOST_COUNTED).cast(pl.UInt64)
        packed = ((text * _TEXTS + met["other"]) * (_MOST_COUNTED + 1) + n).sort().to_numpy()
        pair, n_texts = (
            packed >> np.uint64(_COUNT_BITS),
            (packed & np.uint64(_MOST_COUNTED)).astype(np.float64),
        )
        first = np.flatnonzero(np.append(True, pair[1:] != pair[:-1])[: len(pair)])
        return pl.DataFrame(
            {
                "text": (pair[first] // np.uint64(_TEXTS)).astype(np.uint32) + np.uint32(self._texts.start),
                "other": (pair[first] % np.uint64(_TEXTS)).astype(np.uint32),
                "n_shared": np.diff(np.append(first, len(pair))),
                "n_common": _sums((n_texts > self._parameters.max_postings).astype(np.int64), first),
                "score": _sums(1 / n_texts, first),
            },
            schema=SCHEMA | {"n_shared": pl.Int64, "n_common": pl.Int64},
        )


def _sums(values: NDArray[Any], first: NDArray[np.int64]) -> NDArray[Any]:
    """The sum of the values from each first one to the next."""
    return np.add.reduceat(values, first) if len(first) else values


def _changes(values: pl.Series) -> pl.Series:
    """True where a value differs from the one before it."""
    return (values != values.shift(1)).fill_null(True)


def _common_size(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.Series:
    """Triples that the shorter of two texts keeps at the sparser of their sampling rates."""
    return pl.select(
        pl.min_horizontal(mine["n_words"], theirs["n_words"])
        / 2 ** pl.max_horizontal(mine["scale"], theirs["scale"]).cast(pl.Float64)
    ).to_series()
