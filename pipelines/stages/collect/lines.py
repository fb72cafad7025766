"""Which lines of a document are the article: link lists, buttons, credits and footers are set aside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.lexicons.loader import boilerplate_patterns

# A line this long is prose again, whatever link list stands above it; a shorter one where it ends like a sentence.
_PROSE_LENGTH = 120
_SENTENCE_LENGTH = 60
_LONG_BOILERPLATE = 260
# "Baca juga", with the links below it.
_LABEL_WORDS = 2
# To the end of the line or, where a whole article stands in one, of the sentence that the linked headline runs into.
_INLINE_LINK = re.compile(
    r"\s*\b(?:baca juga|baca\s*:|lihat juga)\s*:(?:[^.!?]|[.!?](?![\"'”’)\]]*\s))*(?:[.!?][\"'”’)\]]*(?=\s)|$)",
    re.IGNORECASE,
)
# The initials of who wrote it may stand behind: "... tumbuh 15 persen. (tek)".
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*\s*(?:\([^()]{1,30}\)|\*+)?\s*$")
_BULLET = re.compile(r"^\s*(?:[-*•–·]|\d{1,2}[.)])\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a document and what it is: `prose`, or a kind of boilerplate (lexicons/boilerplate.csv)."""

    text: str
    kind: str


@lru_cache(maxsize=1)
def _patterns() -> tuple[re.Pattern[str], tuple[str, ...]]:
    """All patterns as one, tried in file order, and the kind of each: group `p3` is the fourth."""
    kinds, patterns = zip(*boilerplate_patterns(), strict=True)
    alternatives = (
        f"(?P<p{place}>(?{'' if kind == 'byline' and '[A-Z]' in pattern else 'i'}:{pattern}))"
        for place, (kind, pattern) in enumerate(zip(kinds, patterns, strict=True))
    )
    return re.compile("|".join(alternatives)), kinds


def _kind(line: str) -> str:
    if len(line) > _LONG_BOILERPLATE:
        return "prose"
    pattern, kinds = _patterns()
    match = pattern.match(line)
    return kinds[int((match.lastgroup or "p0")[1:])] if match else "prose"


def classify_lines(text: str) -> list[Line]:
    """Every non-empty line with its kind, in order; link lists under a heading are `link` as a whole."""
    lines: list[Line] = []
    in_list = False
    after_bare_link = False
    for raw in text.split("\n"):
        line = raw.strip()
        if not line:
            continue
        kind = _kind(line)
        if kind == "prose":
            ends = bool(_SENTENCE_END.search(line))
            is_prose = ends or len(line) > _PROSE_LENGTH
            goes_on = len(line) > (_SENTENCE_LENGTH if ends else _PROSE_LENGTH)
            if (in_list and not goes_on) or (after_bare_link and not is_prose):
                kind = "link"
            else:
                in_list = False
        if kind == "section":
            in_list = True
        bare_link = kind == "link" and (line.endswith(":") or len(line.split()) <= _LABEL_WORDS)
        after_bare_link = bare_link or (after_bare_link and kind == "link" and bool(_BULLET.match(line)))
        if kind == "prose":
            shortened = _INLINE_LINK.sub("", line)
            line = shortened if shortened else line
        lines.append(Line(line, kind))
    return _without_headlines_below(lines)


def _without_headlines_below(lines: list[Line]) -> list[Line]:
    """Headlines behind a button or link below the article are links, too: nothing from there on ends like a sentence."""
    end = len(lines)
    while end and not (lines[end - 1].kind == "prose" and _is_running_text(lines[end - 1].text)):
        end -= 1
    behind = next((at for at in range(end, len(lines)) if lines[at].kind != "prose"), len(lines))
    if not end:
        return lines
    return [
        *lines[:behind],
        *(Line(line.text, "link" if line.kind == "prose" else line.kind) for line in lines[behind:]),
    ]


def _is_running_text(line: str) -> bool:
    return bool(_SENTENCE_END.search(line) or _BULLET.match(line)) or len(line) > _PROSE_LENGTH
