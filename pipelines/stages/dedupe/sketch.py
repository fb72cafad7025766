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

from pipelines.lexicons.dedupe_words import load_dedupe_words
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.ragged import Bytes, Gathering, Hashes, Ints, Ragged, beside, concat, find_among
from pipelines.stages.dedupe.words import Words, cut_words, fingerprints, hash_words, mix

_WORD_BYTES: Final = 8  # of Indonesian news with its spaces, rounded up (8.2 in the development set)
# A posting's hash has 46 bits: at 4e9 postings one hash in 20,000 meets a stranger. Fingerprints lie above them.
_HASH_SHIFT: Final = np.uint64(18)
_FINGERPRINT_SHIFT: Final = np.uint64(2)
_FINGERPRINT_BASE: Final = np.uint64(2**62)
_END: Final = np.uint64(0x9E3779B97F4A7C15)  # stands behind the last word of a text
_SECOND, _THIRD = np.uint64(3), np.uint64(5)  # so that "a b" and "b a" differ
# A kept word pair is its hash with the last 20 bits replaced: by the number of the passage (sentence or line) that it
# stands in, counted from the text's first.
PAIR_SHIFT: Final = np.uint64(20)
PASSAGE_MASK: Final = np.uint64(2**20 - 1)
_PASSAGE_BITS: Final = 7  # a passage has 128 words at most
_LISTS: Final = ("hashes", "pairs", "figures", "years", "months")
_PAIRS_DENSER: Final = 2  # word pairs are kept four times as densely as triples


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of a sequence of texts.

    Attributes:
        fingerprint: A number per text, 2**62 and above; equal for texts of the same words and figures.
        n_words: Words of each text.
        scale: Each text keeps one in 2**scale of its word triples; short texts keep more.
        hashes: Per text its hashes for the index (below 2**46), doubles included: the kept word triples; all pairs of
            figures that follow each other; all month names, with the year behind them.
        pairs: Per text its kept word pairs in order, packed as `PAIR_SHIFT` says.
        figures: Per text the hashes of its figures as printed, in order.
        years: Per text those of them that may be years.
        months: Per text the hashes of the month names in it, in order.
    """

    fingerprint: Hashes
    n_words: Ints
    scale: Bytes
    hashes: Ragged
    pairs: Ragged
    figures: Ragged
    years: Ragged
    months: Ragged

    def take(self, rows: Ints) -> Sketches:
        """Sketches of some of the texts, in the order given."""
        return Sketches(
            fingerprint=self.fingerprint[rows],
            n_words=self.n_words[rows],
            scale=self.scale[rows],
            hashes=self.hashes.take(rows),
            pairs=self.pairs.take(rows),
            figures=self.figures.take(rows),
            years=self.years.take(rows),
            months=self.months.take(rows),
        )


def concat_sketches(parts: Sequence[Sketches]) -> Sketches:
    """Sketches of the texts of all parts, one part behind the other."""
    return Sketches(
        fingerprint=np.concatenate([part.fingerprint for part in parts]),
        n_words=np.concatenate([part.n_words for part in parts]),
        scale=np.concatenate([part.scale for part in parts]),
        hashes=concat([part.hashes for part in parts]),
        pairs=concat([part.pairs for part in parts]),
        figures=concat([part.figures for part in parts]),
        years=concat([part.years for part in parts]),
        months=concat([part.months for part in parts]),
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


def pair_limits(scale: Bytes) -> Hashes:
    """The largest word pair hash that a text keeps."""
    return _limits(np.maximum(scale, _PAIRS_DENSER) - np.uint8(_PAIRS_DENSER))


def all_pairs(texts: pl.Series) -> Ragged:
    """As `Sketches.pairs`, but every pair of every text."""
    parts = []
    for words in cut_words(texts):
        pair, _ = _pairs(words)
        every = np.arange(len(pair))
        parts.append(Ragged(_packed_pairs(words, pair, every, words.per_text), words.offsets))
    return concat(parts)


def _limits(scale: Bytes) -> Hashes:
    """The largest of 64 bits by which one hash in 2**scale is kept."""
    return np.uint64(2**64 - 1) >> scale.astype(np.uint64)


def _pairs(words: Words) -> tuple[Hashes, Hashes]:
    """Per word the hash of the pair it begins, and the hash of the pair's second word.

    Word hashes are even over 64 bits, so their sums are, and pairs are sampled by them as they are.
    """
    second = np.roll(words.hash, -1)
    second[words.last_of_text] = _END
    return words.hash + second * _SECOND, second


def _packed_pairs(words: Words, pair: Hashes, kept: Ints, per_text: Ints) -> Hashes:
    start = words.offsets[:-1]
    first_passage = np.append(words.passage, 0)[start]
    # Both rise, so the sum tells passages apart and cuts those without an end.
    passage = words.passage[kept] - np.repeat(first_passage, per_text)
    passage += (kept - np.repeat(start, per_text)) >> _PASSAGE_BITS
    packed = pair[kept]
    packed &= ~PASSAGE_MASK
    packed |= np.minimum(passage.view(np.uint64), PASSAGE_MASK)
    return packed


def _sketch(words: Words, scale: Bytes) -> Sketches:
    pair, second = _pairs(words)
    kept = np.flatnonzero(pair <= np.repeat(pair_limits(scale), words.per_text))
    offsets = np.searchsorted(kept, words.offsets)
    pairs = Ragged(_packed_pairs(words, pair, kept, np.diff(offsets)), offsets)

    # A triple is kept when its first two words are and, where those are kept more densely, by its own hash. The last
    # word of a text begins a pair with the mark behind it, but no triple.
    begins_triple = np.flatnonzero(second[kept] != _END)
    at = kept[begins_triple]
    triple = mix(pair[at] + second[at + 1] * _THIRD)
    owner = pairs.owners[begins_triple]
    sampled = triple <= _limits(np.minimum(scale, _PAIRS_DENSER))[owner]

    at = np.flatnonzero(words.is_figure)
    figures = Ragged(words.hash[at], np.searchsorted(at, words.offsets))
    year = find_among(figures.values, _year_hashes())
    follows = np.flatnonzero(figures.owners[1:] == figures.owners[:-1]) + 1

    at = find_among(words.hash, _month_hashes())
    months = Ragged(words.hash[at], np.searchsorted(at, words.offsets))
    year_behind = np.zeros_like(months.values)
    with_year = find_among(second[at], _year_hashes())
    year_behind[with_year] = second[at[with_year]]

    of_triple, of_pair = owner[sampled], figures.owners[follows]
    rows = np.arange(len(scale) + 1)
    hashes = beside(
        [
            Ragged(triple[sampled], np.searchsorted(of_triple, rows)),
            Ragged(
                mix(figures.values[follows - 1] + figures.values[follows] * _SECOND),
                np.searchsorted(of_pair, rows),
            ),
            Ragged(mix(months.values + year_behind * _SECOND), months.offsets),
        ]
    )
    return Sketches(
        fingerprint=(fingerprints(words) >> _FINGERPRINT_SHIFT) + _FINGERPRINT_BASE,
        n_words=words.per_text,
        scale=scale,
        hashes=Ragged(hashes.values >> _HASH_SHIFT, hashes.offsets),
        pairs=pairs,
        figures=figures,
        years=Ragged(figures.values[year], np.searchsorted(year, figures.offsets)),
        months=months,
    )


@cache
def _year_hashes() -> Hashes:
    return np.sort(hash_words([str(year) for year in range(1900, 2100)]))


@cache
def _month_hashes() -> Hashes:
    # Short forms are words of other meanings, too; "mei" is the one whole name as short.
    return np.sort(hash_words(["mei", *(word for word in load_dedupe_words().months if len(word) > 3)]))
