"""Texts cut into words, and each word into a number: the one pass over the text that all else is computed from.

A word is a run of letters and digits; to a figure belong its sign and the marks between its digits ("1.250,5", "-3").
Capitals, white space, quotes, brackets, dashes and all other punctuation are not seen.

numpy works on the bytes of some hundred texts at once, as many as the processor's cache holds: on more the same
operations take twice as long, because fresh memory costs more than the arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.stages.dedupe.ragged import Bytes, Flags, Hashes, Ints, places_of_few, slices, starts_and_end

_SLICE_BYTES: Final = 600_000
# The four marks that mean something get neighbouring codes, so that one comparison finds them all.
_NEWLINE, _COMMA, _MINUS, _STOP = 43, 44, 45, 46
_BLANK: Final = 32
_NOT_WORD: Final = r"[^\p{ASCII}\p{L}\p{M}\p{N}]+"  # of characters that are not ASCII
_OTHER: Final = 0x80  # bytes of characters that are not ASCII
_MOST_WORDS: Final = 128  # of a passage
_PADDING: Final = 16  # line breaks behind the last text: any word can be read in whole numbers of eight bytes
_LATIN_LETTERS: Final = "ªµº²³¹¼½¾"  # and numbers, of U+0080 to U+00BF
# Odd numbers without a pattern: 2**64 over the golden ratio, and the primes of xxHash.
_MULTIPLIERS: Final = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)
_HALF: Final = np.uint64(32)
_WEIGHT: Final = 0x9FB21C651E98DF25


@dataclass(frozen=True, slots=True)
class Words:
    """Words of some texts, one text behind the other.

    Attributes:
        hash: A number per word, even over 64 bits; equal for equal words.
        is_figure: Whether it begins or ends with a digit.
        passage: The sentence or line it stands in, at most 128 words of it; rising from text to text.
        offsets: Per text its first word, and the end of the last text.
    """

    hash: Hashes
    is_figure: Flags
    passage: NDArray[np.int32]
    offsets: Ints

    @property
    def per_text(self) -> Ints:
        """Words of each text."""
        return self.offsets[1:] - self.offsets[:-1]

    @property
    def last_of_text(self) -> Ints:
        """The last word of each text that has one."""
        return self.offsets[1:][self.per_text > 0] - 1


def cut_words(texts: pl.Series) -> Iterator[Words]:
    """The words of texts, some hundred texts at a time; of no texts, no words."""
    _keep_freed_memory()
    for start, end in slices(texts.str.len_bytes().to_numpy().astype(np.int64), _SLICE_BYTES):
        yield _cut(texts[start:end])
    if texts.is_empty():
        yield _cut(texts)


def _keep_freed_memory() -> None:
    """Have the C library keep what a slice frees for the next one.

    Else glibc gives it back to the system, and each slice has its pages mapped anew, which costs a fifth as much as the
    work. It stops doing so with blocks smaller than the largest that it saw freed, up to 32 MB; this one is never
    touched, so it costs nothing.
    """
    np.empty(31 * 2**20, dtype=np.uint8)


def hash_words(words: list[str]) -> Hashes:
    """The numbers of single words."""
    return np.concatenate([part.hash for part in cut_words(pl.Series(words, dtype=pl.String))])


def mix(values: Hashes) -> Hashes:
    """Numbers as even over 64 bits as if drawn; different ones stay different."""
    values = values * np.uint64(_MULTIPLIERS[0])
    values ^= values >> _HALF
    values *= np.uint64(_MULTIPLIERS[1])
    values ^= values >> _HALF
    return values


def fingerprints(words: Words) -> Hashes:
    """A number per text, equal where all words are, in the same order."""
    weights, inverse = _weights(2 ** len(words.hash).bit_length())
    sums = np.zeros(len(words.per_text), dtype=np.uint64)
    has_words = words.per_text > 0
    first = words.offsets[:-1][has_words]
    if len(first):
        weighted = words.hash * weights[: len(words.hash)]
        # The weight of a word is a power, so that dividing by that of the text's first word leaves it the same
        # wherever the text stands.
        sums[has_words] = np.add.reduceat(weighted, first) * inverse[first]
    return mix(sums)


@cache
def _weights(n: int) -> tuple[Hashes, Hashes]:
    powers = [np.full(n, base % 2**64, dtype=np.uint64) for base in (_WEIGHT, pow(_WEIGHT, -1, 2**64))]
    for power in powers:
        power[0] = 1
    return np.multiply.accumulate(powers[0]), np.multiply.accumulate(powers[1])


def _cut(texts: pl.Series) -> Words:
    raw: list[bytes] = texts.cast(pl.Binary).to_list()
    codes, foreign = _codes_of(raw)
    if len(foreign):
        of_text = np.unique(np.searchsorted(_ends(raw), foreign))
        lowered = texts.gather(of_text).str.replace_all(_NOT_WORD, " ").str.to_lowercase().cast(pl.Binary)
        for place, text in zip(of_text, lowered, strict=True):
            raw[place] = text
        codes, _ = _codes_of(raw)
    return _words_of(codes, _ends(raw))


def _ends(raw: list[bytes]) -> Ints:
    """Where each text ends among the codes, which begin with a line break."""
    return np.cumsum(np.fromiter(map(len, raw), dtype=np.int64, count=len(raw)) + 1)


def _codes_of(raw: list[bytes]) -> tuple[Bytes, Ints]:
    """Texts as codes, and where bytes of letters that are not ASCII stand.

    A line break stands before each text and some behind the last: room for the last word to be read.
    """
    joined = bytearray(b"\n").join([b"", *raw, b"\n" * _PADDING])
    codes = np.frombuffer(joined.translate(_code_table()), dtype=np.uint8)
    if joined.isascii():
        return codes, np.empty(0, dtype=np.int64)
    # Punctuation that is not ASCII: U+2000 to U+206F, and of U+0080 to U+00BF all but letters and numbers.
    other = places_of_few(codes >= _OTHER)
    lead, second = codes[other], codes[other + 1]
    wide = other[(lead == 0xE2) & ((second == 0x80) | ((second == 0x81) & (codes[other + 2] < 0xB0)))]
    narrow = other[(lead == 0xC2) & ~_is_latin_letter()[second]]
    for place in (wide, wide + 1, wide + 2, narrow, narrow + 1):
        codes[place] = _BLANK
    return codes, other[codes[other] >= _OTHER]


def _words_of(codes: Bytes, ends: Ints) -> Words:
    marks = places_of_few(codes - np.uint8(_NEWLINE) <= _STOP - _NEWLINE)[:-_PADDING]
    mark, before, behind = codes.take(marks), codes.take(marks - 1), codes.take(marks + 1)
    # A comma or stop between two digits and a minus before one belong to a figure; a stop before a blank ends a sentence.
    within = (mark != _MINUS) & (mark != _NEWLINE) & _is_digit(before)
    sign = (mark == _MINUS) & (before <= _NEWLINE)
    # Of a stop and line breaks behind each other the last one is enough: each is looked for among all words.
    breaks = marks[((mark == _NEWLINE) & (behind != _NEWLINE)) | ((mark == _STOP) & (behind == _BLANK))]

    in_word = codes >= ord("0")
    in_word[marks[(within | sign) & _is_digit(behind)]] = True
    edges = np.flatnonzero(in_word[1:] != in_word[:-1])  # what stands before a word, its last byte, and so on
    starts, last = edges[0::2] + 1, edges[1::2].copy()
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.searchsorted(starts, ends)])
    return Words(
        hash=_hash(codes, starts, last),
        is_figure=_is_digit(codes.take(starts)) | _is_digit(codes.take(last)),
        passage=_passages(np.searchsorted(starts, breaks), len(starts)),
        offsets=offsets,
    )


def _passages(first: Ints, n_words: int) -> NDArray[np.int32]:
    """The passage of each word, from the first words of sentences and lines; what has no end is cut."""
    lengths = np.diff(first, append=n_words)
    long = np.flatnonzero(lengths > _MOST_WORDS)
    if len(long):
        cuts = [np.arange(first[at], first[at] + lengths[at], _MOST_WORDS) for at in long]
        first = np.sort(np.concatenate([first, *cuts]))
        lengths = np.diff(first, append=n_words)
    # An eighth of the time of a running sum over marks of first words.
    return np.repeat(np.arange(len(first), dtype=np.int32), lengths)


def _is_digit(codes: Bytes) -> Flags:
    return codes - np.uint8(ord("0")) < 10


def _hash(codes: Bytes, starts: Ints, last: Ints) -> Hashes:
    """Numbers of words, from their first eight bytes, their last eight, their length, and all between in long ones.

    Args:
        codes: Bytes of the texts.
        starts: Where each word starts.
        last: Where its last byte stands.
    """
    values = _eight_at(codes, starts)
    missing = starts - last
    missing += 7  # bytes up to eight; below 0 for longer words
    longer = np.flatnonzero(missing < 0)
    of_longer = values.take(longer)
    missing <<= 3
    values <<= missing.view(np.uint64)  # what stands behind a shorter word is shifted out
    if len(longer):
        stops = last.take(longer)
        stops += 1
        sizes = stops - starts.take(longer)
        of_longer *= np.uint64(_MULTIPLIERS[2])
        of_longer ^= of_longer >> _HALF
        of_longer += _eight_at(codes, stops - 8)
        of_longer += sizes.view(np.uint64) << np.uint64(56)
        long = np.flatnonzero(sizes > 16)
        if len(long):
            n_between = (sizes[long] - 1) // 8 - 1
            offsets = starts_and_end(n_between)
            step = np.arange(1, offsets[-1] + 1) - np.repeat(offsets[:-1], n_between)
            between = _eight_at(codes, np.repeat((stops - sizes)[long], n_between) + 8 * step)
            of_longer[long] += np.add.reduceat(mix(between + step.view(np.uint64)), offsets[:-1])
        values[longer] = of_longer
    return mix(values)


def _eight_at(codes: Bytes, places: Ints) -> Hashes:
    """The eight bytes from each place on, as one number: the first of them is the lowest.

    Put together from two that lie at multiples of eight, which numpy reads several times faster than any other.
    """
    eights = codes[: len(codes) // 8 * 8].view("<u8")
    at = places >> 3
    low = places & 7
    low <<= 3
    shift = low.view(np.uint64)
    values = eights.take(at)
    values >>= shift
    rest = eights[1:].take(at)
    np.subtract(np.uint64(64), shift, out=shift)
    rest <<= shift  # by 64 bits leaves nothing
    values |= rest
    return values


@cache
def _is_latin_letter() -> Flags:
    """Per second byte of a character from U+0080 to U+00BF whether it is a letter or number."""
    flags = np.zeros(256, dtype=np.bool_)
    flags[[ord(letter) for letter in _LATIN_LETTERS]] = True
    return flags


@cache
def _code_table() -> bytes:
    """Per byte what it becomes: small letters, digits, the marks, or a blank."""
    codes = bytearray([_BLANK]) * 256
    for byte in range(256):
        letter = chr(byte)
        if byte >= 0x80 or letter.isalnum():
            codes[byte] = ord(letter.lower()) if byte < 0x80 else byte
    codes[ord("\n")], codes[ord(",")], codes[ord("-")], codes[ord(".")] = _NEWLINE, _COMMA, _MINUS, _STOP
    return bytes(codes)
