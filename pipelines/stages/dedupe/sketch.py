"""Texts as sketches: small samples of their wording by which near copies are found and compared.

Two samples are drawn, both by hash value, so that equal wording is sampled equally wherever it stands: word
triples, which go into the index and find candidates, and word pairs with the passage they stand in, which say how
much of a text another one covers. Digits stay in both: figures are wording too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.lexicons.dedupe_words import load_dedupe_words
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.ragged import (
    Bytes,
    Flags,
    Gathering,
    Hashes,
    Ints,
    Ragged,
    concat,
    find_among,
    starts_and_end,
)
from pipelines.stages.dedupe.words import Words, cut_words, fingerprints, hash_words, mix

PackedPairs = NDArray[np.uint32]

_WORD_BYTES: Final = 8  # of Indonesian news with its spaces, rounded up (8.2 in the development set)
# A posting's hash has 46 bits: at 4e9 postings one hash in 20,000 meets a stranger. Fingerprints lie above them.
_HASH_SHIFT: Final = np.uint64(18)
_FINGERPRINT_SHIFT: Final = np.uint64(2)
_FINGERPRINT_BASE: Final = np.uint64(2**62)
_END: Final = np.uint64(0x9E3779B97F4A7C15)  # stands behind the last word of a text
_BEHIND_LAST: Final = np.uint64(3 * 0x9E3779B97F4A7C15 % 2**64)
_SECOND, _THIRD = np.uint64(3), np.uint64(5)  # so that "a b" and "b a" differ
# A kept word pair has 32 bits: 31 of its hash, and whether it is the first of its passage (sentence or line).
_PAIR_SHIFT: Final = np.uint64(33)
FIRST_OF_PASSAGE: Final = np.uint32(1)
_LISTS: Final = ("triples", "figure_pairs", "dates", "pairs", "figures", "years", "months")
_PAIRS_DENSER: Final = 2  # word pairs are kept four times as densely as triples


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of a sequence of texts.

    Attributes:
        fingerprint: A number per text, 2**62 and above; equal for texts of the same words and figures.
        n_words: Words of each text.
        scale: Each text keeps one in 2**scale of its word triples; short texts keep more.
        triples: Per text the hashes of its kept word triples.
        figure_pairs: Per text the hashes of all pairs of figures that follow each other.
        dates: Per text the hashes of all month names, with the year behind them.
        pairs: Per text its kept word pairs in order, packed as `FIRST_OF_PASSAGE` says.
        figures: Per text the hashes of its figures as printed, in order.
        years: Per text those of them that may be years.
        months: Per text the hashes of the month names in it, in order.
    """

    fingerprint: Hashes
    n_words: Ints
    scale: Bytes
    triples: Ragged
    figure_pairs: Ragged
    dates: Ragged
    pairs: Ragged
    figures: Ragged
    years: Ragged
    months: Ragged

    @property
    def for_index(self) -> tuple[Ragged, ...]:
        """What goes into the index: lists of hashes below 2**46, doubles included."""
        return self.triples, self.figure_pairs, self.dates

    @property
    def n_hashes(self) -> Ints:
        """Hashes of each text that go into the index."""
        return np.diff(sum(part.offsets for part in self.for_index))

    def take(self, rows: Ints) -> Sketches:
        """Sketches of some of the texts, in the order given."""
        return Sketches(
            fingerprint=self.fingerprint[rows],
            n_words=self.n_words[rows],
            scale=self.scale[rows],
            **{name: getattr(self, name).take(rows) for name in _LISTS},
        )


def concat_sketches(parts: Sequence[Sketches]) -> Sketches:
    """Sketches of the texts of all parts, one part behind the other."""
    return Sketches(
        fingerprint=np.concatenate([part.fingerprint for part in parts]),
        n_words=np.concatenate([part.n_words for part in parts]),
        scale=np.concatenate([part.scale for part in parts]),
        **{name: concat([getattr(part, name) for part in parts]) for name in _LISTS},
    )


def sketch_texts(texts: pl.Series, parameters: DedupeParameters) -> Sketches:
    """Sketch texts; what a text gives depends on nothing but the text and the parameters."""
    scale = scale_of(texts, parameters)
    lists = {name: Gathering() for name in _LISTS}
    fingerprint, n_words = np.empty(len(scale), dtype=np.uint64), np.empty(len(scale), dtype=np.int64)
    start = 0
    for words in cut_words(texts):
        end = start + len(words.per_text)
        part = _sketch(words, scale[start:end])
        fingerprint[start:end], n_words[start:end] = part.fingerprint, part.n_words
        for name, gathering in lists.items():
            gathering.add(getattr(part, name), share=end / max(1, len(scale)))
        start = end
    whole = {name: gathering.whole() for name, gathering in lists.items()}
    return Sketches(fingerprint, n_words, scale, **whole)


def scale_of(texts: pl.Series, parameters: DedupeParameters) -> Bytes:
    """log2 of the sampling rate of each text: one short of `min_kept_hashes` at the usual rate is sampled densely."""
    usual = parameters.hash_scale.bit_length() - 1
    enough = [_WORD_BYTES * parameters.min_kept_hashes * 2**level for level in range(1, usual + 1)]
    return np.searchsorted(enough, texts.str.len_bytes().to_numpy(), side="right").astype(np.uint8)


def pair_limits(scale: Bytes) -> PackedPairs:
    """The largest word pair that a text keeps."""
    return np.uint32(2**32 - 1) >> _pair_scale(scale).astype(np.uint32)


def _pair_scale(scale: Bytes) -> Bytes:
    return np.maximum(scale, _PAIRS_DENSER) - np.uint8(_PAIRS_DENSER)


def all_pairs(texts: pl.Series) -> Ragged:
    """As `Sketches.pairs`, but every pair of every text."""
    parts = []
    for words in cut_words(texts):
        packed = _packed_pairs(words, _pairs(words), np.arange(len(words.hash)))
        parts.append(Ragged(packed, words.offsets))
    return concat(parts)


def _limits(scale: Bytes) -> Hashes:
    """The largest of 64 bits by which one hash in 2**scale is kept."""
    return np.uint64(2**64 - 1) >> scale.astype(np.uint64)


def _pairs(words: Words) -> Hashes:
    """Per word the hash of the pair it begins.

    Word hashes are even over 64 bits, so their sums are, and pairs are sampled by them as they are.
    """
    pair = np.empty_like(words.hash)
    np.multiply(words.hash[1:], _SECOND, out=pair[:-1])
    pair[words.last_of_text] = _BEHIND_LAST
    pair += words.hash
    return pair


def _packed_pairs(words: Words, pair: Hashes, at: Ints) -> PackedPairs:
    """Pairs, packed as `FIRST_OF_PASSAGE` says: their hashes, and the words that they begin with."""
    packed = (pair >> _PAIR_SHIFT).astype(np.uint32)
    packed <<= FIRST_OF_PASSAGE
    passage = words.passage.take(at)
    packed[:1] |= FIRST_OF_PASSAGE
    packed[1:] |= passage[1:] != passage[:-1]
    return packed


def _sketch(words: Words, scale: Bytes) -> Sketches:
    every = _pairs(words)
    kept = np.flatnonzero(every <= np.repeat(_limits(_pair_scale(scale)), words.per_text))
    pair = every.take(kept)
    offsets = np.searchsorted(kept, words.offsets)
    per_text = np.diff(offsets)
    triple_at = _kept_triples(words, pair, kept, np.repeat(_limits(scale), per_text))
    at = np.flatnonzero(words.is_figure)
    figures = Ragged(words.hash[at], np.searchsorted(at, words.offsets))
    year = find_among(figures.values, _year_hashes())
    month_at = find_among(words.hash, _month_hashes())
    months = Ragged(words.hash[month_at], np.searchsorted(month_at, words.offsets))
    return Sketches(
        fingerprint=(fingerprints(words) >> _FINGERPRINT_SHIFT) + _FINGERPRINT_BASE,
        n_words=words.per_text,
        scale=scale,
        triples=Ragged(_triples(words, every, triple_at), np.searchsorted(triple_at, words.offsets)),
        figure_pairs=_figure_pairs(figures),
        dates=Ragged(_dates(words, months.values, month_at), months.offsets),
        pairs=Ragged(_packed_pairs(words, pair, kept), offsets),
        figures=figures,
        years=Ragged(figures.values[year], np.searchsorted(year, figures.offsets)),
        months=months,
    )


def _kept_triples(words: Words, pair: Hashes, at: Ints, limit: Hashes) -> Ints:
    """The words that kept triples begin with: those whose first pair is small enough.

    Sampling by the pair, which is there, is as fair as by the triple, which then need not be made of most.
    The last word of a text begins a pair with the mark behind it, but no triple.
    """
    is_kept = pair <= limit
    is_kept[_places_of(words.last_of_text, at)] = False
    return at.take(np.flatnonzero(is_kept))


def _triples(words: Words, pair: Hashes, at: Ints) -> Hashes:
    third = words.hash.take(at + 2, mode="clip")
    third[_places_of(words.last_of_text - 1, at)] = _END
    return (pair.take(at) + third * _THIRD) >> _HASH_SHIFT


def _figure_pairs(figures: Ragged) -> Ragged:
    values = mix(figures.values[:-1] + figures.values[1:] * _SECOND) >> _HASH_SHIFT
    last = figures.offsets[1:][figures.lengths > 0] - 1
    return Ragged(np.delete(values, last[:-1]), starts_and_end(np.maximum(figures.lengths - 1, 0)))


def _dates(words: Words, months: Hashes, at: Ints) -> Hashes:
    behind = words.hash.take(at + 1, mode="clip")
    behind[_places_of(words.last_of_text, at)] = 0
    years = np.zeros_like(behind)
    is_year = find_among(behind, _year_hashes())
    years[is_year] = behind[is_year]
    return mix(months + years * _SECOND) >> _HASH_SHIFT


def _places_of(some: Ints, rising: Ints) -> Ints:
    """Where some numbers stand among rising ones, for those that do."""
    if not len(rising):
        return rising
    places = np.minimum(np.searchsorted(rising, some), len(rising) - 1)
    is_there: Flags = rising[places] == some
    return places[is_there]


@cache
def _year_hashes() -> Hashes:
    return np.sort(hash_words([str(year) for year in range(1900, 2100)]))


@cache
def _month_hashes() -> Hashes:
    # Short forms are words of other meanings, too; "mei" is the one whole name as short.
    return np.sort(hash_words(["mei", *(word for word in load_dedupe_words().months if len(word) > 3)]))
