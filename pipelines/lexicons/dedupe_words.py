"""What the dedupe stage knows of Indonesian: month names, and phrases that announce a correction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from pipelines.lexicons.loader import calendar_words, read_rows


@dataclass(frozen=True, slots=True)
class CorrectionMarker:
    """A phrase by which a text says that it corrects an earlier one.

    Attributes:
        phrase: Lower case, words parted by one space.
        opening_only: True where the phrase counts only near the start of the text ("ralat" in a headline).
    """

    phrase: str
    opening_only: bool


@dataclass(frozen=True, slots=True)
class DedupeWords:
    """The word lists of the dedupe stage.

    Attributes:
        months: Word to month number as text, "1" to "12"; the first word of a number is its usual name.
        corrections: Correction markers, in the order of the file.
    """

    months: Mapping[str, str]
    corrections: tuple[CorrectionMarker, ...]


@lru_cache(maxsize=1)
def load_dedupe_words() -> DedupeWords:
    """The word lists, from calendar.csv and correction_markers.csv of this package."""
    months = {word: str(number) for word, (kind, number) in calendar_words().items() if kind == "month"}
    corrections = tuple(
        CorrectionMarker(phrase=row["marker"], opening_only=row["position"] == "opening")
        for row in read_rows("correction_markers.csv")
    )
    return DedupeWords(months=MappingProxyType(months), corrections=corrections)
