"""Texts as sketches: small samples of their wording by which near copies are found and compared.

Two samples are drawn, both by hash value, so that equal wording is sampled equally wherever it stands: word
triples, which go into the index and find candidates, and word pairs with the passage they stand in, which say how
much of a text another one covers. Digits stay in both: figures are wording too.

The work goes through the processor's cache in slices of some hundred texts. On 20,000 articles at once the same
expressions took 73 µs an article, in slices of 500 they take 17: fresh memory costs more than the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase, ascii_uppercase
from typing import Final

import polars as pl
import pyarrow as pa

from pipelines.lexicons.dedupe_words import load_dedupe_words
from pipelines.stages.dedupe.parameters import DedupeParameters

PASSAGE_WORDS: Final = 32
_SLICE_TEXTS: Final = 1024
_SLICE_BYTES: Final = 4_000_000
_SHORT_BYTES: Final = 400  # up to here the fingerprint is taken of the normalised text
_WORD_BYTES: Final = 8  # of Indonesian news with its spaces, rounded up (8.2 in the development set)
FIGURE: Final = r"[0-9]+(?:[.,][0-9]+)*"
_NOT_WORD: Final = r"[^\p{L}\p{N}]+"
# A posting's hash has 46 bits: at 4e9 postings one hash in 20,000 meets a stranger. Fingerprints lie above them.
_HASH_DIVISOR: Final = 2**18
_FINGERPRINT_DIVISOR: Final = 4
_FINGERPRINT_BASE: Final = 2**62
# What a fingerprint does not see: white space, quotes, brackets, and the bytes by which UTF-8 writes curly quotes
# (e2 80 98 to 9e), so that of a dash (e2 80 93 or 94) one byte is left, which then becomes a hyphen.
_UNSEEN: Final = b" \t\n\r\"'`()[]" + bytes([0xE2, 0x80, 0x98, 0x99, 0x9A, 0x9C, 0x9D, 0x9E, 0xC2, 0xA0])
_BARE: Final = bytes.maketrans(
    bytes([0x93, 0x94]) + ascii_uppercase.encode(), b"--" + ascii_lowercase.encode()
)
_END: Final = 0x9E3779B97F4A7C15
_NO_PAIR: Final = 2**64 - 1
_PAIRS_DENSER: Final = 2  # word pairs are kept four times as densely as triples


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of a sequence of texts; `text` below is a position in it.

    Attributes:
        n_words: Words of each text (UInt32).
        n_hashes: Kept hashes of each text, doubles included (UInt32).
        scale: Each text keeps one in 2**scale of its word triples (UInt8); short texts keep more.
        hashes: Columns text (UInt32), hash (UInt64 below 2**46), in no order: the kept word triples, and all pairs
            of figures that follow each other.
        pairs: Per text the hashes of its kept word pairs (list of UInt64), in order.
        places: Per text the word each of those pairs starts at, counted from somewhere (list of UInt32).
        starts: Per text that count for its first word (UInt32).
        figures: Per text the hashes of its figures as printed (list of UInt64), in order.
        years: Those of them that may be years.
        months: Per text the month names in it (list of String).
    """

    n_words: pl.Series
    n_hashes: pl.Series
    scale: pl.Series
    hashes: pl.DataFrame
    pairs: pl.Series
    places: pl.Series
    starts: pl.Series
    figures: pl.Series
    years: pl.Series
    months: pl.Series

    def followed_by(self, other: Sketches) -> Sketches:
        """These texts and others behind them."""
        n = self.n_words.len()
        moved = other.hashes.with_columns(pl.col("text") + n)
        joined = {
            name: pl.concat([getattr(self, name), getattr(other, name)])
            for name in (
                "n_words",
                "n_hashes",
                "scale",
                "pairs",
                "places",
                "starts",
                "figures",
                "years",
                "months",
            )
        }
        return Sketches(hashes=pl.concat([self.hashes, moved]), **joined)


def normalise(text: pl.Series) -> pl.Series:
    """Lower-case words parted by one space; texts that are equal after it are exact copies."""
    return text.str.to_lowercase().str.replace_all(_NOT_WORD, " ").str.strip_chars(" ")


def fingerprint(texts: pl.Series) -> pl.Series:
    """A hash per text, 2**62 and above; equal for texts that differ in capitals, white space, quotes and dashes only.

    Short texts lose all other punctuation too: they have too few word triples to be found as near copies.
    """
    parts = [
        _fingerprint(texts[start : start + _SLICE_TEXTS]) for start in range(0, texts.len(), _SLICE_TEXTS)
    ]
    return pl.concat(parts) if parts else pl.Series([], dtype=pl.UInt64)


def sketch_texts(texts: pl.Series, parameters: DedupeParameters) -> Sketches:
    """Sketch texts; what a text gives depends on nothing but the text and the parameters."""
    scales = scale_of(texts, parameters)
    parts = [_sketch_slice(texts, positions, scale) for scale, positions in _slices(texts, scales)]
    order = pl.concat([part.positions for part in parts], rechunk=True)
    back = order.arg_sort()

    def joined(name: str) -> pl.Series:
        column: pl.Series = pl.concat([getattr(part, name) for part in parts], rechunk=True)
        return column.gather(back)

    return Sketches(
        n_words=joined("n_words").cast(pl.UInt32),
        n_hashes=joined("n_hashes").cast(pl.UInt32),
        scale=scales,
        hashes=pl.concat([frame for part in parts for frame in (part.triples, part.figure_pairs)]),
        pairs=joined("pairs"),
        places=joined("places"),
        starts=joined("starts"),
        figures=joined("figures"),
        years=joined("years"),
        months=joined("months"),
    )


def scale_of(texts: pl.Series, parameters: DedupeParameters) -> pl.Series:
    """log2 of the sampling rate of each text: one short of `min_kept_hashes` at the usual rate is sampled densely."""
    usual = parameters.hash_scale.bit_length() - 1
    size = texts.str.len_bytes()
    scale = pl.repeat(usual, texts.len(), dtype=pl.UInt8, eager=True)
    for level in range(1, usual + 1):
        scale = scale - (size < _WORD_BYTES * parameters.min_kept_hashes * 2**level).cast(pl.UInt8)
    return scale.alias("scale")


def pair_scale(scale: int) -> int:
    """log2 of the sampling rate of word pairs where triples are kept at one in 2**scale."""
    return max(0, scale - _PAIRS_DENSER)


@dataclass(frozen=True, slots=True)
class _Slice:
    positions: pl.Series
    n_words: pl.Series
    n_hashes: pl.Series
    triples: pl.DataFrame
    figure_pairs: pl.DataFrame
    pairs: pl.Series
    places: pl.Series
    starts: pl.Series
    figures: pl.Series
    years: pl.Series
    months: pl.Series


def _fingerprint(texts: pl.Series) -> pl.Series:
    is_short = (texts.str.len_bytes() <= _SHORT_BYTES).arg_true()
    if is_short.len():
        texts = texts.scatter(is_short, normalise(texts.gather(is_short)))
    # Bytes, because Python deletes some of a text's bytes in 4 µs, and a pattern replaces them in 20.
    bare = [text.translate(_BARE, _UNSEEN) for text in texts.cast(pl.Binary)]
    return pl.Series(bare, dtype=pl.Binary).hash(seed=3) // _FINGERPRINT_DIVISOR + _FINGERPRINT_BASE


def _slices(texts: pl.Series, scales: pl.Series) -> Iterator[tuple[int, pl.Series]]:
    """Positions of texts of one scale, some hundred at a time and some megabytes at most."""
    sizes = texts.str.len_bytes()
    for scale in scales.unique().sort():
        positions = (scales == scale).arg_true()
        filled = sizes.gather(positions).cum_sum() // _SLICE_BYTES
        start = 0
        while start < positions.len():
            end = min(start + _SLICE_TEXTS, positions.len())
            if filled[end - 1] != filled[start]:
                end = start + max(1, int((filled[start:end] == filled[start]).sum()))
            yield scale, positions[start:end]
            start = end
    if texts.is_empty():
        yield 0, pl.Series([], dtype=pl.UInt32)


def _sketch_slice(texts: pl.Series, positions: pl.Series, scale: int) -> _Slice:
    texts = texts.gather(positions)
    lower = texts.str.to_lowercase()
    words = lower.str.replace_all("\n", " ", literal=True).str.split(" ")
    n_words = words.list.len()
    end = n_words.cum_sum()
    start = end - n_words
    word = words.explode().hash(seed=0)

    # Word hashes are even over 64 bits, so their sums are, and pairs are sampled by them as they are. The last word of
    # a text begins no pair, and behind it stands a mark, not the next text.
    second = word.shift(-1, fill_value=0).scatter(end - 1, _END)
    pair = (word + second * 3).scatter(end - 1, _NO_PAIR)
    kept = (pair < 2 ** (64 - pair_scale(scale)) - 1).arg_true()
    pair = pair.gather(kept)
    pair_starts = kept.search_sorted(start)

    # A triple is kept when its first two words are and, where those are kept more densely, by its own hash.
    triple = (pair + second.gather(kept + 1) * 5).hash(seed=2)
    sampled = (triple <= 2 ** (64 - scale + pair_scale(scale)) - 1).arg_true()
    sampled_at = kept.gather(sampled)
    owner = end.search_sorted(sampled_at, side="right")
    n_triples = sampled_at.search_sorted(end) - sampled_at.search_sorted(start)
    triples = pl.DataFrame({"text": positions.gather(owner), "hash": triple.gather(sampled) // _HASH_DIVISOR})

    figures = lower.str.extract_all(FIGURE)
    figure = figures.explode(empty_as_null=False).hash(seed=4)
    n_figures = figures.list.len()
    figure_end = n_figures.cum_sum()
    figure_start = figure_end - n_figures
    is_first = pl.repeat(False, figure.len() + 1, eager=True).scatter(figure_start, True)[: figure.len()]
    follows = (~is_first).arg_true()
    figure_owner = figure_end.search_sorted(follows, side="right")
    figure_pair = (figure.gather(follows - 1) + figure.gather(follows) * 3).hash(seed=5) // _HASH_DIVISOR
    year = figure.is_in(_year_hashes()).arg_true()
    pair_offsets = _offsets(pair_starts, kept.len())
    figure_offsets = _offsets(figure_start, figure.len())
    return _Slice(
        positions=positions,
        n_words=n_words,
        n_hashes=n_triples + (n_figures.cast(pl.Int64) - 1).clip(0),
        triples=triples,
        figure_pairs=pl.DataFrame({"text": positions.gather(figure_owner), "hash": figure_pair}),
        pairs=_lists(pair, pair_offsets),
        places=_lists(kept, pair_offsets),
        starts=start,
        figures=_lists(figure, figure_offsets),
        years=_lists(figure.gather(year), _offsets(year.search_sorted(figure_start), year.len())),
        months=texts.str.extract_all(_month_pattern()),
    )


@cache
def _year_hashes() -> pl.Series:
    return pl.Series([str(year) for year in range(1900, 2100)]).hash(seed=4).implode()


@cache
def _month_pattern() -> str:
    # Capitals as printed: a pattern of plain words costs a sixth of one that ignores case.
    return (
        "|".join(sorted(word.capitalize() for word in load_dedupe_words().months if len(word) > 3)) + "|Mei"
    )


def _offsets(starts: pl.Series, n: int) -> pa.Array:
    return starts.cast(pl.Int64).append(pl.Series([n], dtype=pl.Int64)).rechunk().to_arrow()


def _lists(values: pl.Series, offsets: pa.Array) -> pl.Series:
    """Cut a series into lists."""
    return pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(offsets, values.to_arrow())))
