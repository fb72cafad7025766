"""Documents with passages that stand twice, and documents in which people only wrote as they write."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.dedupe.corpus import Writer, edit_words
from pipelines.text.repeats import find_repeats


@dataclass(frozen=True, slots=True)
class Document:
    """A document and where a repeated passage stands in it; [0, 0) where none does."""

    text: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class RepeatScore:
    """How well repeats are found: shares of characters, and clean documents with any find."""

    recall_exact: float
    recall_edited: float
    precision: float
    false_positives: int
    clean: int


def documents(n: int, *, seed: int = 1) -> Iterator[Document]:
    """Half of them with a repeat: the whole body, its first part, or some paragraphs; exact or with 3 % edits."""
    for number in range(n):
        rng = random.Random(f"repeats/{seed}/{number}")
        writer = Writer(rng)
        body = writer.story(rng.randint(4, 14))
        if number % 2:
            yield Document(_clean(writer, body), "clean", 0, 0)
            continue
        kind = "exact" if number % 4 else "edited"
        shape = rng.random()
        if shape < 0.4:
            again = body
        elif shape < 0.7:
            again = body[: max(3, len(body) // 2)]
        else:
            first = rng.randrange(max(1, len(body) - 3))
            again = body[first : first + 3]
        if kind == "edited":
            again = edit_words(writer, again, 0.03)
        head = "\n".join([" ".join(writer.words(8)).capitalize(), *body])
        tail = writer.furniture(("Editor: {name}", "Komentar ({minute})", "Baca juga: {headline}"), 3)
        passage = "\n".join(again)
        text = "\n".join([head, passage, *tail])
        yield Document(text, kind, len(head) + 1, len(head) + 1 + len(passage))


def _clean(writer: Writer, body: list[str]) -> str:
    """A story with a quote, its headline, a caption and a link line told twice."""
    rng = writer.rng
    headline = " ".join(writer.words(rng.randint(6, 14))).capitalize()
    quote = f'"{" ".join(writer.words(rng.randint(8, 34))).capitalize()}," kata {writer.name()}.'
    caption = " ".join(writer.words(rng.randint(6, 18))).capitalize()
    link = "Baca juga: " + " ".join(writer.words(8))
    middle = rng.randrange(1, len(body))
    pattern = writer.words(rng.randint(15, 30))
    listed = [
        " ".join([writer.name(), *pattern[:8], writer.figure(), *pattern[8:], writer.figure(), "persen."])
        for _ in range(rng.randint(0, 4))
    ]
    return "\n".join(
        [
            headline,
            caption,
            quote,
            *body[:middle],
            link,
            caption,
            *listed,
            *body[middle:],
            quote,
            link,
            headline,
        ]
    )


def score_repeats(found_in: list[Document]) -> RepeatScore:
    """Find the repeats of documents and compare them with the truth."""
    covered = {"exact": 0, "edited": 0}
    wanted = {"exact": 0, "edited": 0}
    found = right = false_positives = clean = 0
    for document in found_in:
        repeats = find_repeats(document.text)
        if document.kind == "clean":
            clean += 1
            false_positives += bool(repeats)
            continue
        inside = sum(max(0, min(r.end, document.end) - max(r.start, document.start)) for r in repeats)
        covered[document.kind] += inside
        wanted[document.kind] += document.end - document.start
        found += sum(r.end - r.start for r in repeats)
        right += inside
    return RepeatScore(
        recall_exact=covered["exact"] / max(1, wanted["exact"]),
        recall_edited=covered["edited"] / max(1, wanted["edited"]),
        precision=right / max(1, found),
        false_positives=false_positives,
        clean=clean,
    )
