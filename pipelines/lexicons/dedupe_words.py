"""What the dedupe stage knows of Indonesian: month names, number words, phrases that announce a correction."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

NUMERAL_KINDS = frozenset({"unit", "whole"})


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
        months: Word to month number as text, "1" to "12".
        numerals: Number word to its value as text, "dua" to "2".
        corrections: Correction markers, in the order of the file.
    """

    months: Mapping[str, str]
    numerals: Mapping[str, str]
    corrections: tuple[CorrectionMarker, ...]


@cache
def load_dedupe_words() -> DedupeWords:
    """The word lists, from calendar.csv, numerals.csv and correction_markers.csv of this package."""
    months = {row["word"]: row["number"] for row in _rows("calendar.csv") if row["kind"] == "month"}
    numerals = {row["word"]: row["value"] for row in _rows("numerals.csv") if row["kind"] in NUMERAL_KINDS}
    corrections = tuple(
        CorrectionMarker(phrase=row["marker"], opening_only=row["position"] == "opening")
        for row in _rows("correction_markers.csv")
    )
    return DedupeWords(months=months, numerals=numerals, corrections=corrections)


def _rows(name: str) -> list[dict[str, str]]:
    text = (files("pipelines.lexicons") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
