"""Which language a text is in: Indonesian is kept, others are counted and set aside."""

from __future__ import annotations

from typing import Final

import py3langid

INDONESIAN: Final = "id"
# Malay, Javanese and Sundanese stand so near that short Indonesian texts with local names are taken for them; a
# text in one of them names the same goods and places, and is better read than lost.
NEIGHBOURS: Final = frozenset({"ms", "jv", "su"})
# A language is told apart from some sentences on; below that, and above it, more text changes nothing.
_ENOUGH: Final = 60
_SAMPLE: Final = 3_000


def language_or_none(text: str) -> str | None:
    """The language of a text as ISO 639-1, neighbours of Indonesian as `id`; None where it is too short to tell."""
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < _ENOUGH:
        return None
    code, _ = py3langid.classify(sample)
    return INDONESIAN if code in NEIGHBOURS else str(code)
