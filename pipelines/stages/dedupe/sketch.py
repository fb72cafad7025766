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
_BREAK: Final = " \n "
_PAIRS_DENSER: Final = 2  # word pairs are kept four times as densely as triples


@dataclass(frozen=True, slots=True)
class Sketches:
    """Sketches of a sequence of texts; `text` below is a position in it.

    Attributes:
        n_words: Words of each text (UInt32).
        n_hashes: Kept hashes of each text, doubles included (UInt32).
        scale: Each text keeps one in 2**scale of its word triples (UInt8); short texts keep more.
        hashes: Columns text (UInt32), hash (UInt64 below 2**46), in no order: the kept word triples; all pairs of
            figures that follow each other; all month names, with the year behind them.
        pairs: Per text the hashes of its kept word pairs (list of UInt64), in order.
        passages: Per text the number of the passage (sentence or line) that each of those pairs stands in, counted
            from somewhere (list of UInt32).
        figures: Per text the hashes of its figures as printed (list of UInt64), in order.
        years: Those of them that may be years.
        months: Per text the hashes of the month names in it (list of UInt64), in order.
    """

    n_words: pl.Series
    n_hashes: pl.Series
    scale: pl.Series
    hashes: pl.DataFrame
    pairs: pl.Series
    passages: pl.Series
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
                "passages",
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
        hashes=pl.concat([part.hashes for part in parts]),
        pairs=joined("pairs"),
        passages=joined("passages"),
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
    hashes: pl.DataFrame
    pairs: pl.Series
    passages: pl.Series
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


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Word pairs of some texts, one text behind the other.

    Attributes:
        n_words: Words of each text.
        end: Per text the number of tokens up to its end.
        second: Per token the one behind it, `_END` at the end of a text.
        at: Token that each kept pair starts at, rising.
        hash: Hash of each kept pair.
        starts: Per text its first kept pair.
        passage: Per kept pair the passages that ended before it.
    """

    n_words: pl.Series
    end: pl.Series
    second: pl.Series
    at: pl.Series
    hash: pl.Series
    starts: pl.Series
    passage: pl.Series


def all_pairs(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """As `Sketches.pairs` and `Sketches.passages`, but every pair of every text."""
    pairs = _word_pairs(texts.str.to_lowercase(), 0)
    offsets = _offsets(pairs.starts, pairs.at.len())
    return _lists(pairs.hash, offsets), _lists(pairs.passage, offsets)


def _word_pairs(lower: pl.Series, scale: int) -> _Pairs:
    # A line ends with a word of its own, and so does a sentence: its full stop parted from its last word.
    marked = lower.str.replace_all("\n", _BREAK, literal=True).str.replace_all(". ", _BREAK, literal=True)
    tokens = marked.str.split(" ")
    n_tokens = tokens.list.len()
    end = n_tokens.cum_sum()
    token = tokens.explode().hash(seed=0)
    passage_end, nothing = _break_hashes()
    is_break = (token == passage_end) | (token == nothing)
    n_breaks = is_break.cum_sum()
    breaks_at_end = n_breaks.gather(end - 1)

    # Word hashes are even over 64 bits, so their sums are, and pairs are sampled by them as they are. The last word of
    # a text begins no pair, and behind it stands a mark, not the next text.
    second = token.shift(-1, fill_value=0).scatter(end - 1, _END)
    pair = token + second * 3
    kept = ((pair <= 2 ** (64 - pair_scale(scale)) - 1) & ~is_break.scatter(end - 1, True)).arg_true()
    return _Pairs(
        n_words=n_tokens - (breaks_at_end - breaks_at_end.shift(1, fill_value=0)),
        end=end,
        second=second,
        at=kept,
        hash=pair.gather(kept),
        starts=kept.search_sorted(end - n_tokens),
        passage=n_breaks.gather(kept),
    )


def _sketch_slice(texts: pl.Series, positions: pl.Series, scale: int) -> _Slice:
    texts = texts.gather(positions)
    lower = texts.str.to_lowercase()
    pairs = _word_pairs(lower, scale)

    # A triple is kept when its first two words are and, where those are kept more densely, by its own hash.
    triple = (pairs.hash + pairs.second.gather(pairs.at + 1) * 5).hash(seed=2)
    sampled = (triple <= 2 ** (64 - scale + pair_scale(scale)) - 1).arg_true()
    triple_at = pairs.at.gather(sampled)
    triple_owner = pairs.end.search_sorted(triple_at, side="right")
    triple_ends = triple_at.search_sorted(pairs.end)

    figures = lower.str.extract_all(FIGURE)
    n_figures = figures.list.len()
    figure = figures.explode(empty_as_null=False).hash(seed=4)
    figure_end = n_figures.cum_sum()
    figure_start = figure_end - n_figures
    is_first = pl.repeat(False, figure.len() + 1, eager=True).scatter(figure_start, True)[: figure.len()]
    follows = (~is_first).arg_true()
    figure_owner = figure_end.search_sorted(follows, side="right")
    figure_pair = (figure.gather(follows - 1) + figure.gather(follows) * 3).hash(seed=5)
    year = figure.is_in(_year_hashes()).arg_true()

    months = texts.str.extract_all(_month_pattern())
    n_months = months.list.len()
    month = months.explode(empty_as_null=False)
    month_end = n_months.cum_sum()
    month_owner = month_end.search_sorted(pl.int_range(month.len(), eager=True), side="right")

    triples = _hashes(positions, triple_owner, triple.gather(sampled))
    figure_pairs = _hashes(positions, figure_owner, figure_pair)
    dates = _hashes(positions, month_owner, month.hash(seed=6))
    pair_offsets = _offsets(pairs.starts, pairs.at.len())
    n_triples = triple_ends - triple_ends.shift(1, fill_value=0)
    return _Slice(
        positions=positions,
        n_words=pairs.n_words,
        n_hashes=n_triples + n_figures.clip(1) - 1 + n_months,
        hashes=pl.concat([triples, figure_pairs, dates]),
        pairs=_lists(pairs.hash, pair_offsets),
        passages=_lists(pairs.passage, pair_offsets),
        figures=_lists(figure, _offsets(figure_start, figure.len())),
        years=_lists(figure.gather(year), _offsets(year.search_sorted(figure_start), year.len())),
        months=_lists(
            month.str.strip_chars_end(" 0123456789").hash(seed=4), _offsets(month_end - n_months, month.len())
        ),
    )


def _hashes(positions: pl.Series, owner: pl.Series, values: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"text": positions.gather(owner), "hash": values // _HASH_DIVISOR})


@cache
def _break_hashes() -> tuple[int, int]:
    """Word hashes of the end of a passage, and of nothing between two spaces."""
    passage_end, nothing = pl.Series([_BREAK.strip(" "), ""]).hash(seed=0)
    return passage_end, nothing


@cache
def _year_hashes() -> pl.Series:
    return pl.Series([str(year) for year in range(1900, 2100)]).hash(seed=4).implode()


@cache
def _month_pattern() -> str:
    # Capitals as printed: a pattern of plain words costs a sixth of one that ignores case.
    names = ["Mei", *sorted(word.capitalize() for word in load_dedupe_words().months if len(word) > 3)]
    return f"(?:{'|'.join(names)})(?: (?:19|20)[0-9][0-9])?"


def _offsets(starts: pl.Series, n: int) -> pa.Array:
    return starts.cast(pl.Int64).append(pl.Series([n], dtype=pl.Int64)).rechunk().to_arrow()


def _lists(values: pl.Series, offsets: pa.Array) -> pl.Series:
    """Cut a series into lists."""
    return pl.Series(pl.from_arrow(pa.LargeListArray.from_arrays(offsets, values.to_arrow())))
