"""Paragraphs and sentences with their offsets."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.lexicons.loader import word_set

# "56,5 juta; 18,5 juta; dan 13,2 juta" is one list; other semicolons part sentences.
_END = re.compile(
    r"[.!?…]+[\"”’»)\]]*(?=\s|$)|;(?=\s)(?!\s+(?:dan\s+|serta\s+)?(?:US\s?\$|USD|Rp)?\s?\d[\d.,]*\s)"
)
# The word that a text ends with, read backwards.
_LAST_WORD = re.compile(r"[\w.]*[^\W\d_]")
_NOT_SPACE = re.compile(r"\S")
_SPEAKS = re.compile(r"[^\W_]")
_LIST_NUMBER = re.compile(r"\s*\d{1,2}")
# A line this long without any full stop (a list, a table, an attack) is cut so that a sentence stays readable.
_MAX_SENTENCE = 2000


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class Sentence:
    """A sentence: its span in the text, its position and that of its paragraph."""

    start: int
    end: int
    index: int
    paragraph: int


def split_sentences(text: str) -> list[Sentence]:
    """Sentences in order; each lies within one line, and together they cover all lines that have a letter or digit."""
    sentences: list[Sentence] = []
    paragraph = offset = 0
    for line in text.split("\n"):
        if _SPEAKS.search(line):
            for start, end in _split_line(line):
                sentences.append(Sentence(offset + start, offset + end, len(sentences), paragraph))
            paragraph += 1
        offset += len(line) + 1
    return sentences


def _split_line(line: str) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(line):
        if match[0].startswith(".") and not _ends_sentence(line, match.start(), match.end()):
            continue
        _append(line, start, match.end(), spans)
        start = match.end()
    _append(line, start, len(line), spans)
    return spans


def _append(line: str, start: int, end: int, spans: list[tuple[int, int]]) -> None:
    while start < end and line[start].isspace():
        start += 1
    while end > start and line[end - 1].isspace():
        end -= 1
    while end - start > _MAX_SENTENCE:
        cut = line.rfind(" ", start, start + _MAX_SENTENCE)
        cut = cut if cut > start else start + _MAX_SENTENCE
        spans.append((start, cut))
        start = cut + 1
    if end > start:
        spans.append((start, end))


def _ends_sentence(line: str, stop: int, after: int) -> bool:
    """False for the full stop of an abbreviation or initial ("PT.", "H. Darwis")."""
    before = line[max(0, stop - 24) : stop]
    word = before.rpartition(" ")[2]
    if not word.isalpha():
        backwards = _LAST_WORD.match(before[::-1])
        word = backwards[0][::-1] if backwards else ""
    following = _NOT_SPACE.search(line, after)
    rest = following[0] if following else ""
    if word and rest:
        last = word.lower()
        if len(last) == 1 and last.isalpha() and word.isupper():
            # "Rp1,2 M." closes a sentence, "H. Darwis" does not.
            return line[max(0, stop - 25) : stop - 1].rstrip()[-1:].isdigit()
        capitals_differ = word.isupper() and last in word_set("abbreviation_in_lower_case")  # SD is a school
        if last in word_set("abbreviation") and not capitals_differ:
            return last in word_set("closing_abbreviation") and not rest.isdigit()
    if _LIST_NUMBER.fullmatch(line, 0, stop):
        return False
    return not (rest.islower() and not line[stop:after].endswith(('"', "”")))
