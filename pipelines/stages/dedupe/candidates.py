"""Pairs of texts worth comparing: those that share enough of their rarer hashes.

A hash leads from a text to the text that brought it first, or to the first few, not to all that have it: a wire
story in 300 outlets costs 300 times one, and the first of them, which will speak for the others, is the one met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.ragged import (
    Flags,
    Hashes,
    Ints,
    Ragged,
    places_in_runs,
    slices,
    spread,
    starts_and_end,
    starts_of_runs,
)

SCHEMA: Final = {"text": pl.UInt32, "other": pl.UInt32, "score": pl.Float64}
_COUNTED: Final = SCHEMA | {"n_shared": pl.Int64, "n_common": pl.Int64}
# A posting, and what two texts share, are packed into one 64-bit integer each: sorting 4 million of them takes 70 ms,
# sorting two columns 310 ms, grouping by them 1,000.
_LOCAL_BITS: Final = 18
LOCAL_TEXTS: Final = 2**_LOCAL_BITS  # of a batch
_TEXT_BITS: Final = 32  # of a text of an archive
_SLICE_POSTINGS: Final = 2**15
_COUNT_BITS: Final = 14
_PAIR_BITS: Final = _TEXT_BITS + _COUNT_BITS
_MOST_COUNTED: Final = 2**_COUNT_BITS - 1  # what a hash shared by more texts adds to a score is nothing

# Hashes (sorted, without doubles) and a limit to columns hash, text, n: the first texts that hold a hash (as many
# as the limit, in the order they came), and how many do. Rows are sorted by hash.
Lookup = Callable[[pl.Series, int], pl.DataFrame]
# Texts that met another through a hash: the texts, the others, and how many hold the hash.
_Met = tuple[Ints, Ints, Ints]
# Texts to columns n_words, n_hashes, scale.
Sizes = Callable[[pl.Series], pl.DataFrame]


def pack_postings(lists: Sequence[Ragged], texts: Ints) -> Hashes:
    """Sorted postings without doubles, each `hash * 2**18 + text`.

    Args:
        lists: Lists of hashes per article; an article's hashes are those that it has in any of them.
        texts: Per article its text, counted from the batch's first one; below 0 for a text that was there before.
    """
    packed = np.empty(sum(len(hashes.values) for hashes in lists), dtype=np.uint64)
    end = 0
    for hashes in lists:
        lengths = hashes.lengths
        for first, last in slices(lengths, _SLICE_POSTINGS):
            owners = np.repeat(texts[first:last], lengths[first:last])
            part = hashes.values[hashes.offsets[first] : hashes.offsets[last]] * np.uint64(LOCAL_TEXTS)
            part += owners.view(np.uint64)
            part = part.compress(owners >= 0)
            packed[end : end + len(part)] = part
            end += len(part)
    ordered = packed[:end]
    ordered.sort()
    end = 0
    for start in range(0, len(ordered), _SLICE_POSTINGS):
        part = ordered[start : start + _SLICE_POSTINGS]
        part = part.take(starts_of_runs(part))
        if end and part[0] == packed[end - 1]:
            part = part[1:]
        packed[end : end + len(part)] = part
        end += len(part)
    return packed[:end]


def unpack_postings(packed: Hashes, first_text: int) -> pl.DataFrame:
    """Columns hash, text (numbered from the archive's first one) of packed postings."""
    text = (packed & np.uint64(LOCAL_TEXTS - 1)).astype(np.uint32)
    text += np.uint32(first_text)
    return pl.DataFrame({"hash": packed >> np.uint64(_LOCAL_BITS), "text": text})


@dataclass(frozen=True, slots=True)
class _Runs:
    """Some hashes that two texts or more hold, and who does.

    Attributes:
        holder: New texts, those of one hash behind each other, in the order they came.
        run: The hash that each holds, counted.
        start: Per hash its first holder's place.
        n: Per hash how many texts hold it, earlier ones too.
        old_text: Earlier texts, those of one hash behind each other, in the order they came.
        old_run: The hash that each holds.
    """

    holder: Ints
    run: Ints
    start: Ints
    n: Ints
    old_text: Ints
    old_run: Ints

    def meet_first(self) -> _Met:
        """Each new text and the first holder of each of its hashes."""
        first = self.holder.take(self.start)
        starts = starts_of_runs(self.old_run)
        first[self.old_run.take(starts)] = self.old_text.take(starts)
        other = first.take(self.run)
        met = np.flatnonzero(other != self.holder)
        return self.holder.take(met), other.take(met), self.n.take(self.run.take(met))

    def meet_nearby(self, wanted: Ints, anchors: int) -> Iterator[_Met]:
        """Some of the holders, and the first few that came before each."""
        run, holder = self.run.take(wanted), self.holder.take(wanted)
        rank = wanted - self.start.take(run)
        for place in range(anchors):
            later = np.flatnonzero(rank > place)
            run_of = run.take(later)
            yield holder.take(later), self.holder.take(self.start.take(run_of) + place), self.n.take(run_of)
        first = np.searchsorted(self.old_run, run)
        n_old = np.searchsorted(self.old_run, run, side="right") - first
        yield (
            np.repeat(holder, n_old),
            self.old_text.take(spread(first, n_old)),
            np.repeat(self.n.take(run), n_old),
        )


class Encounters:
    """Who meets whom: the new texts' hashes that other texts hold too, and the first holders of each.

    They are gone through some ten thousand postings at a time, and more than once: cheaper than to keep what comes
    out, because memory that was not touched before costs more than the arithmetic.

    Args:
        packed: Postings of the new texts, as `pack_postings` gives them.
        texts: Numbers of the new texts.
        lookup: Finds earlier texts by hash.
        sizes: Sizes of texts, new and earlier ones.
        parameters: Limits.
    """

    def __init__(
        self,
        packed: Hashes,
        texts: range,
        lookup: Lookup,
        sizes: Sizes,
        parameters: DedupeParameters,
    ) -> None:
        self._parameters = parameters
        self._texts = texts
        self._sizes = sizes
        self._postings = packed
        self._old_hash, self._old_text, self._old_n = self._known(lookup)

    def nearest(self) -> pl.DataFrame:
        """Candidates through the first holder of each hash; columns text, other, score, best first."""
        return self._rank_candidates(_packed((runs.meet_first() for runs in self._runs()), self._texts.start))

    def nearby(self, texts: pl.Series, issues: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Candidates through the first few holders of each hash; columns as above.

        Args:
            texts: Texts whose candidates are wanted.
            issues: Those of them that belong to a series, whose months share all but few hashes.

        Returns:
            Candidates of the texts; and all that the issues share a hash with, one being enough.
        """
        met = _packed(self._met_nearby(texts), self._texts.start)
        of_issues = met.compress(self._flags(issues).take((met >> np.uint64(_PAIR_BITS)).view(np.int64)))
        return self._rank_candidates(met), self._count_shared(of_issues, 1).select(list(SCHEMA))

    def _known(self, lookup: Lookup) -> tuple[Hashes, Ints, Ints]:
        """Earlier holders of the new texts' hashes: hash, text and how many there are, sorted by hash and text."""
        hashes = self._postings[:0]
        if self._texts.start:
            hashes = self._postings >> np.uint64(_LOCAL_BITS)
            hashes = hashes.take(starts_of_runs(hashes))
        known = lookup(pl.Series(hashes), self._parameters.anchors)
        text, n = (known[name].to_numpy().astype(np.int64) for name in ("text", "n"))
        return known["hash"].to_numpy(), text, n

    def _runs(self) -> Iterator[_Runs]:
        return map(self._runs_of, _slices_of_runs(self._postings, _LOCAL_BITS))

    def _runs_of(self, postings: Hashes) -> _Runs:
        hashes = postings >> np.uint64(_LOCAL_BITS)
        start = starts_of_runs(hashes)
        n_new = np.diff(start, append=len(hashes))
        hashes = hashes.take(start)
        old = slice(
            np.searchsorted(self._old_hash, hashes[0]),
            np.searchsorted(self._old_hash, hashes[-1], side="right"),
        )
        old_hash = self._old_hash[old]
        first = starts_of_runs(old_hash)
        n = n_new.copy()
        n[np.searchsorted(hashes, old_hash.take(first))] += self._old_n[old].take(first)
        shared = np.flatnonzero(n > 1)
        n_new = n_new.take(shared)
        holder = postings.take(spread(start.take(shared), n_new)) & np.uint64(LOCAL_TEXTS - 1)
        return _Runs(
            holder=holder.view(np.int64) + self._texts.start,
            run=np.repeat(np.arange(len(shared)), n_new),
            start=starts_and_end(n_new)[:-1],
            n=np.minimum(n.take(shared), _MOST_COUNTED),
            old_text=self._old_text[old],
            old_run=np.searchsorted(hashes.take(shared), old_hash),
        )

    def _met_nearby(self, texts: pl.Series) -> Iterator[_Met]:
        is_wanted = self._flags(texts)
        for runs in self._runs():
            wanted = np.flatnonzero(is_wanted.take(runs.holder - self._texts.start))
            yield from runs.meet_nearby(wanted, self._parameters.anchors)

    def _flags(self, texts: pl.Series) -> Flags:
        """Which of the new texts are among some."""
        flags = np.zeros(len(self._texts), dtype=np.bool_)
        flags[texts.to_numpy().astype(np.int64) - self._texts.start] = True
        return flags

    def _rank_candidates(self, met: Hashes) -> pl.DataFrame:
        """Count what each pair shares, drop the pairs that share too little, keep the best of each text."""
        limits = self._parameters
        counted = self._count_shared(met, limits.min_shared)
        mine, theirs = self._sizes(counted["text"]), self._sizes(counted["other"])
        size = _common_size(mine, theirs)
        rare_share = 1 - pl.col("n_common") / mine["n_hashes"].clip(1)
        least = (size * rare_share * limits.min_shared_share).clip(limits.min_shared)
        least_common = (size * limits.min_common_share).clip(2 * limits.min_shared)
        enough = (pl.col("n_shared") - pl.col("n_common") >= least) | (pl.col("n_shared") >= least_common)
        ranked = counted.filter(enough).sort("text", "score", "other", descending=[False, True, False])
        place = pl.Series(places_in_runs(ranked["text"].to_numpy()))
        return ranked.filter(place < limits.max_candidates).select(list(SCHEMA))

    def _count_shared(self, met: Hashes, least: int) -> pl.DataFrame:
        """How much each pair shares that shares the least at least; columns of `_COUNTED`, sorted by text and other."""
        parts = [self._count(part, least) for part in _slices_of_runs(met, _COUNT_BITS)]
        if not parts:
            return pl.DataFrame(schema=_COUNTED)
        return pl.DataFrame([np.concatenate(column) for column in zip(*parts, strict=True)], schema=_COUNTED)

    def _count(self, met: Hashes, least: int) -> tuple[NDArray[Any], ...]:
        """What `_count_shared` says of some pairs that are whole: its columns."""
        pair = met >> np.uint64(_COUNT_BITS)
        n = (met & np.uint64(_MOST_COUNTED)).view(np.int64)
        first = starts_of_runs(pair)
        n_shared = np.diff(first, append=len(n))
        score = np.add.reduceat(_shares().take(n), first)
        n_common = np.add.reduceat((n > self._parameters.max_postings).astype(np.int64), first)
        enough = np.flatnonzero(n_shared >= least)
        pair = pair.take(first.take(enough))
        return (
            (pair >> np.uint64(_TEXT_BITS)).astype(np.uint32) + np.uint32(self._texts.start),
            pair.astype(np.uint32),
            score.take(enough),
            n_shared.take(enough),
            n_common.take(enough),
        )


def _packed(met: Iterable[_Met], first_text: int) -> Hashes:
    """Who met whom, sorted: `text * 2**46 + other * 2**14 + n` for each hash that n texts hold.

    The text is counted from the first one of the batch.
    """
    parts = [np.empty(0, dtype=np.int64)]
    for text, other, n in met:
        part = (text - first_text) << _TEXT_BITS
        part |= other
        part <<= _COUNT_BITS
        part |= n
        parts.append(part)
    packed = np.concatenate(parts).view(np.uint64)
    packed.sort()
    return packed


def _slices_of_runs(values: Hashes, bits: int) -> Iterator[Hashes]:
    """Sorted values, some ten thousand at a time; those that differ in their last bits only stay together."""
    cuts = values[_SLICE_POSTINGS::_SLICE_POSTINGS] >> np.uint64(bits) << np.uint64(bits)
    begin = 0
    for end in (*np.searchsorted(values, cuts).tolist(), len(values)):
        if begin < end:
            yield values[begin:end]
        begin = end


@cache
def _shares() -> NDArray[np.float64]:
    """What a hash held by so many texts adds to a score."""
    return np.append(0, 1 / np.arange(1, _MOST_COUNTED + 1))


def _common_size(mine: pl.DataFrame, theirs: pl.DataFrame) -> pl.Series:
    """Triples that the shorter of two texts keeps at the sparser of their sampling rates."""
    return pl.select(
        pl.min_horizontal(mine["n_words"], theirs["n_words"])
        / 2 ** pl.max_horizontal(mine["scale"], theirs["scale"]).cast(pl.Float64)
    ).to_series()
