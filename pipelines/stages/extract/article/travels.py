"""Whether a sentence tells of traders who travel, from abroad to a region or from it abroad: weighed by its words.

Such travels are told in more wordings than rules can know: "34 pengusaha menyeberang ke Melaka", "duduk semeja dengan importir
dari Osaka". The weights of the words stand in lexicons/travel_weights.csv; scripts/fit_travels.py fits them on passages written
for it and on the golden sets (docs/extraction.md).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from pipelines.lexicons.loader import travel_weights

if TYPE_CHECKING:
    from pipelines.stages.extract.article.document import SentenceView

# What the weights tell apart, in the order of their columns.
DIRECTIONS = ("inbound", "outbound")

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Travels:
    """The travels that the sentences of one article tell."""

    def __init__(self, views: Sequence[SentenceView]) -> None:
        self._views = views
        self._words: dict[int, list[str]] = {}

    def direction(self, view: SentenceView, least: float) -> str | None:
        """`inbound`, `outbound`, or None for a sentence that tells of one with less than this chance."""
        chances = self.chances(view)
        way = max(chances, key=lambda name: chances[name])
        return way if sum(chances.values()) >= least else None

    def chances(self, view: SentenceView) -> dict[str, float]:
        """How likely a sentence tells of a travel in each direction."""
        weights = travel_weights()
        found = [weights[name] for name in self.features(view) if name in weights]
        odds = [math.exp(min(30.0, sum(column))) for column in zip(*found, strict=True)]
        return {way: odd / (1.0 + sum(odds)) for way, odd in zip(DIRECTIONS, odds, strict=False)}

    def features(self, view: SentenceView) -> set[str]:
        """Names of the features that hold: the words of the sentence, its pairs of words, and the words beside it."""
        own = self._words_of(view.index)
        beside = chain(self._words_of(view.index - 1), self._words_of(view.index + 1))
        return {
            "bias",
            *own,
            *(f"{first} {second}" for first, second in pairwise(own)),
            *(f"beside:{word}" for word in beside),
        }

    def _words_of(self, index: int) -> list[str]:
        if not 0 <= index < len(self._views):
            return []
        words = self._words.get(index)
        if words is None:
            words = self._words[index] = list(words_of(self._views[index]))
        return words


def words_of(view: SentenceView) -> Iterator[str]:
    """The words of a sentence in small letters; what is named in it stands as its kind ("<country>", "<people>", "<name>")."""
    named = sorted(
        chain(
            ((m.start, m.end, "<country>") for m in view.countries),
            ((m.start, m.end, "<region>") for m in view.regions),
            ((m.start, m.end, "<firm>") for m in view.firms),
            ((m.start, m.end, "<agency>") for m in view.agencies),
            ((m.start, m.end, "<time>") for m in view.times),
            ((m.start, m.end, f"<{m.kind}>") for m in view.figures),
        )
    )
    at, text = view.start, view.text
    for start, end, kind in named:
        if start >= at:
            yield from _plain(text, at - view.start, start - view.start)
            yield kind
            at = end
    yield from _plain(text, at - view.start, len(text))


def _plain(text: str, start: int, end: int) -> Iterator[str]:
    for match in _WORD.finditer(text, start, end):
        word = match[0]
        is_name = (
            word[0].isupper()
            and word[1:2].islower()
            and text[match.start() - 2 : match.start()][:1].islower()
        )
        yield "<name>" if is_name else word.lower()
