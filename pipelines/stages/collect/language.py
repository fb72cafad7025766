"""Which language a text is in: Indonesian is kept, others are counted and set aside."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import py3langid

from pipelines.lexicons.loader import word_set

INDONESIAN: Final = "id"
# Malay, Javanese and Sundanese stand so near that short Indonesian texts with local names are taken for them; a
# text in one of them names the same goods and places, and is better read than lost.
NEIGHBOURS: Final = frozenset({"ms", "jv", "su"})
# Some sentences tell a language; more text changes nothing but the time it takes.
_ENOUGH: Final = 60
_SAMPLE: Final = 600
# One word in ten is a longer function word ("yang", "untuk", "tersebut"): Indonesian, or so near to it that it is read
# as such. Short ones ("di", "si", "per") are words of Italian and Spanish, too.
_ENOUGH_WORDS: Final = 20
_LONGER: Final = 4
_SHARE: Final = 0.1


@lru_cache(maxsize=1)
def _function_words() -> frozenset[str]:
    return frozenset(word for word in word_set("stop") if len(word) >= _LONGER)


def language_or_none(text: str) -> str | None:
    """The language of a text as ISO 639-1, neighbours of Indonesian as `id`; None where it is too short to tell."""
    sample = text[:_SAMPLE]
    words = sample.casefold().split()
    if len(words) >= _ENOUGH_WORDS and sum(map(_function_words().__contains__, words)) >= _SHARE * len(words):
        return INDONESIAN  # the classifier takes as long as a third of the rest of the reading
    if sum(map(str.isalpha, sample)) < _ENOUGH:
        return None
    code, _ = py3langid.classify(sample)
    return INDONESIAN if code in NEIGHBOURS else str(code)
