"""How likely goods come from a region, by the words in which an article tells of it: "petani di <region>", "Pelabuhan <region>".

The weights stand in lexicons/origin_word_weights.csv; `make calibrate` fits them on the dispatches and sales of all golden
sets. What they say is one sign among those that origins.py weighs.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipelines.lexicons.loader import origin_word_weights
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.words import placed_words
from pipelines.text.places import RegionMention

_EDGE = "#"  # in place of a word before the first and behind the last of a sentence
_MOST_MENTIONS = 12  # of a region whose words are looked at


class OriginWords:
    """The words with which an article tells of each of its regions."""

    def __init__(self, document: Document, mentions: Mapping[str, Sequence[RegionMention]]) -> None:
        self._document, self._mentions = document, mentions
        self._starts = [view.start for view in document.sentences]
        self._of_region: dict[str, frozenset[str]] = {}

    def chance(self, sentence: int, offset: int, code: str, *, is_home: bool, signs: Iterable[str]) -> float:
        """Probability that the goods told at an offset of a sentence come from a region.

        Args:
            sentence: Index of the sentence that tells the goods.
            offset: Where it does.
            code: The region.
            is_home: Whether the article is about the region.
            signs: What speaks for or against the region besides words.
        """
        weights = origin_word_weights()
        names = [*signs, *self.features(sentence, offset, code, is_home=is_home)]
        score = weights["bias"] + sum(weights.get(name, 0.0) for name in names)
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))

    def features(self, sentence: int, offset: int, code: str, *, is_home: bool) -> Iterator[str]:
        """Names of the words beside the region, anywhere and next to the goods, and of the words of the goods' sentence."""
        view, mentions = self._document.sentences[sentence], self._mentions[code]
        here = [mention for mention in mentions if view.start <= mention.start < view.end]
        if here:
            nearest = min(here, key=lambda mention: abs(mention.start - offset))
            side = "before" if nearest.start < offset else "behind"
            yield from (f"here:{side}:{words}" for words in self._beside(nearest))
        earlier = [mention for mention in mentions if mention.start < view.start]
        if earlier:
            yield from (f"earlier:{words}" for words in self._beside(earlier[-1]))
        if code not in self._of_region:
            told = (self._beside(mention) for mention in mentions[:_MOST_MENTIONS])
            self._of_region[code] = frozenset(f"ever:{words}" for beside in told for words in beside)
        yield from self._of_region[code]
        place = "home" if is_home else "here" if here else "elsewhere"
        yield from {f"{place}:{word}" for word, _ in placed_words(view)}

    def _beside(self, mention: RegionMention) -> Iterator[str]:
        """The words around a region, one and two to each side."""
        words, at = self._place(mention)
        if at is not None:
            before, behind = _word(words, at - 1), _word(words, at + 1)
            yield f"{before} _"
            yield f"{_word(words, at - 2)} {before} _"
            yield f"_ {behind}"
            yield f"_ {behind} {_word(words, at + 2)}"
            yield f"{before} _ {behind}"

    def _place(self, mention: RegionMention) -> tuple[list[tuple[str, int]], int | None]:
        """The words of the sentence of a region, and which of them it is; None where another name covers it."""
        view: SentenceView = self._document.sentences[max(0, bisect_right(self._starts, mention.start) - 1)]
        words = placed_words(view)
        at = bisect_left(words, mention.start, key=_start)
        return words, at if at < len(words) and words[at][1] == mention.start else None


def _start(word: tuple[str, int]) -> int:
    return word[1]


def _word(words: Sequence[tuple[str, int]], at: int) -> str:
    return words[at][0] if 0 <= at < len(words) else _EDGE
