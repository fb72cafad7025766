"""Lists of unequal length as two flat arrays: what numpy can work on without a loop over the lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]
Bytes = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_SPARE: Final = 1.2
_ENDING_BITS: Final = 14  # 16 KB: stays in the nearest cache, and 12 hashes let one value in 1,400 pass
_ENDING_MASK: Final = 2**_ENDING_BITS - 1
# Slots per value, or up to twice as many: with 50,000 values 2 take .9 ms, 1 and 4 a tenth more.
_ROOM: Final = 2
_FEW: Final = 100  # values that are faster sorted than looked up
_NONE: Final = np.uint64(2**64 - 1)
_SLOT_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_OWNER_SHIFT: Final = np.uint64(44)
_VALUE: Final = np.uint64(2**44 - 1)


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of unequal length, one behind the other.

    Attributes:
        values: Their values.
        offsets: Where each list starts, and the end of the last one: one more than there are lists.
    """

    values: NDArray[Any]
    offsets: Ints

    @property
    def lengths(self) -> Ints:
        """Values of each list."""
        return self.offsets[1:] - self.offsets[:-1]  # np.diff takes four times as long for some hundred lists

    def lengths_of(self, rows: Ints) -> Ints:
        """Values of some lists, in the order given: for few of many lists quicker than `lengths`."""
        return self.offsets[rows + 1] - self.offsets[rows]

    @property
    def owners(self) -> Ints:
        """The list that each value belongs to."""
        return np.repeat(np.arange(len(self)), self.lengths)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> NDArray[Any]:
        return self.values[self.offsets[row] : self.offsets[row + 1]]

    def places(self, rows: Ints) -> tuple[Ints, Ints]:
        """Where the values of some lists stand, and for each the position in `rows` of the list it belongs to."""
        lengths = self.lengths_of(rows)
        return spread(self.offsets[rows], lengths), np.repeat(np.arange(len(rows)), lengths)

    def take(self, rows: Ints) -> Ragged:
        """Some of the lists, in the order given."""
        lengths = self.lengths_of(rows)
        return Ragged(self.values[spread(self.offsets[rows], lengths)], starts_and_end(lengths))


def starts_and_end(lengths: Ints) -> Ints:
    """Offsets of lists of the given lengths."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)])


def spread(starts: Ints, lengths: Ints) -> Ints:
    """The places of some runs, one run behind the other."""
    ends = np.cumsum(lengths)
    # Each place among those asked for, moved by as much as its run was.
    places = np.repeat(starts - (ends - lengths), lengths)
    places += np.arange(len(places))
    return places


class Gathering:
    """Lists of hashes that come in parts, kept in one array as they come: they are never held twice, as by `concat`.

    Room is made by what the first part took of it; what is not used of an array costs no memory.
    """

    def __init__(self) -> None:
        self._room: NDArray[Any] = np.empty(0, dtype=np.uint64)
        self._n = 0
        self._lengths: list[Ints] = []

    def add(self, part: Ragged, *, share: float) -> None:
        """Put a part behind the others; with it, this share of all is in."""
        end = self._n + len(part.values)
        if end > len(self._room):
            room = np.empty(max(end, int(end / share * _SPARE)), dtype=part.values.dtype)
            room[: self._n] = self._room[: self._n]
            self._room = room
        self._room[self._n : end] = part.values
        self._n = end
        self._lengths.append(part.lengths)

    def whole(self) -> Ragged:
        """All of them."""
        return Ragged(self._room[: self._n], starts_and_end(np.concatenate(self._lengths)))


def concat(parts: Sequence[Ragged]) -> Ragged:
    """The lists of all parts, one part behind the other."""
    return Ragged(
        np.concatenate([part.values for part in parts]),
        starts_and_end(np.concatenate([part.lengths for part in parts])),
    )


def slices(sizes: Ints, most: int) -> Iterator[tuple[int, int]]:
    """Cut a sequence into [start, end) whose sizes sum up to `most` at most; what is larger goes alone."""
    ends = np.cumsum(sizes)
    start = 0
    while start < len(sizes):
        before = ends[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + most, side="right")))
        yield start, end
        start = end


def starts_of_runs(values: Hashes | Ints) -> Ints:
    """Where runs of equal values start."""
    is_start = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=is_start[1:])
    return np.flatnonzero(is_start)


def places_in_runs(values: Hashes | Ints) -> Ints:
    """Per value how many stand before it in its run of equal values."""
    starts = starts_of_runs(values)
    return np.arange(len(values)) - np.repeat(starts, np.diff(starts, append=len(values)))


def places_of_few(flags: Flags) -> Ints:
    """Where flags are set, as `np.flatnonzero` says, but looked for eight at a time.

    Takes two thirds of its time where one flag in 60 is set, half where one in 700 is, and twice as much where a fourth is.
    """
    whole = len(flags) // 8 * 8
    eights = flags[:whole].view(np.uint64)
    some = np.flatnonzero(eights != 0)
    places = np.flatnonzero(eights.take(some).view(np.bool_))
    places += (some * 8 - np.arange(0, 8 * len(some), 8)).take(places >> 3)
    return np.concatenate([places, np.flatnonzero(flags[whole:]) + whole])


def find_among(values: Hashes, known: Hashes) -> Ints:
    """Places of the values that are among some known ones, which are sorted."""
    # Their last bits rule out nearly all values at the cost of one look at each.
    is_ending = np.zeros(2**_ENDING_BITS, dtype=np.bool_)
    is_ending[known.view(np.int64) & _ENDING_MASK] = True
    likely = np.flatnonzero(is_ending.take(values.view(np.int64) & _ENDING_MASK))
    wanted = values[likely]
    nearest = known[np.minimum(np.searchsorted(known, wanted), len(known) - 1)]
    places: Ints = likely[nearest == wanted]
    return places


def among(values: Hashes, known: Hashes) -> Flags:
    """Which values are among the known ones, none of which is 2**64 - 1.

    A hash table with one place per slot: known values that lose theirs to another one are looked for in a table of
    their own. For some ten thousand values, which stay in the processor's cache, faster than sets and than sorting.
    """
    bits = max(1, (_ROOM * len(known)).bit_length())
    table = np.full(2**bits, _NONE)
    shift = np.uint64(64 - bits)
    slots = ((known * _SLOT_MULTIPLIER) >> shift).view(np.int64)
    table[slots] = known
    there = table.take(((values * _SLOT_MULTIPLIER) >> shift).view(np.int64))
    found: Flags = there == values
    lost = known[np.flatnonzero(table.take(slots) != known)]
    if len(lost):
        rest = np.flatnonzero((there != values) & (there != _NONE))  # whose slot another one took
        # Even hashes lose a sixth of their places; should most be lost, the table is no use, nor is it for few.
        look_up = among if _FEW < len(lost) < len(known) // 2 else np.isin
        found[rest] = look_up(values.take(rest), lost)
    return found


def sums(flags: Flags, others: Flags, first: Ints) -> tuple[Ints, Ints]:
    """How many of the flags, and of others, are set from each first one, the first of all among them, to the next."""
    # In the halves of one number: a running sum takes four times as long as to put them there and to part them.
    both = others.astype(np.int64)
    both <<= 32
    both += flags
    totals = np.cumsum(both).take(np.append(first[1:], len(flags)) - 1)
    totals[1:] -= totals[:-1].copy()
    return totals & (2**32 - 1), totals >> 32


def owned(values: Hashes, owners: Ints) -> Hashes:
    """Values of several owners made unlike each other: the lowest 44 bits of each, and its owner, below 2**20."""
    marked = owners.astype(np.uint64)
    marked <<= _OWNER_SHIFT
    marked |= values & _VALUE
    return marked


def owner_of(values: Hashes) -> Ints:
    """The owners of values as `owned` gives them."""
    return (values >> _OWNER_SHIFT).view(np.int64)
