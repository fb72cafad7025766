"""Whether a sentence tells of traders who travel, from abroad to a region or from it abroad: weighed by its words.

Such travels are told in more wordings than rules can know: "34 pengusaha menyeberang ke Melaka", "duduk semeja dengan importir
dari Osaka". The weights of the words stand in lexicons/travel_weights.csv; scripts/fit_travels.py fits them on passages written
for it and on the golden sets (docs/extraction.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.lexicons.loader import travel_weights
from pipelines.stages.extract.article.words import word_features

if TYPE_CHECKING:
    from pipelines.stages.extract.article.document import SentenceView

# What the weights tell apart, in the order of their columns.
DIRECTIONS = ("inbound", "outbound")


def direction(views: Sequence[SentenceView], view: SentenceView, least: float) -> str | None:
    """`inbound`, `outbound`, or None for a sentence that tells of a travel with less than this chance."""
    chances = travels(views, view)
    way = max(chances, key=lambda name: chances[name])
    return way if sum(chances.values()) >= least else None


def travels(views: Sequence[SentenceView], view: SentenceView) -> dict[str, float]:
    """How likely a sentence of an article tells of a travel in each direction."""
    weights = travel_weights()
    found = [weights[name] for name in features(views, view) if name in weights]
    odds = [math.exp(min(30.0, sum(column))) for column in zip(*found, strict=True)]
    return {way: odd / (1.0 + sum(odds)) for way, odd in zip(DIRECTIONS, odds, strict=False)}


def features(views: Sequence[SentenceView], view: SentenceView) -> set[str]:
    """Names of the features that hold for a sentence: its words and those beside it."""
    return {"bias", *word_features(views, view)}
