"""Names and places of fairs as a sentence prints them."""

from __future__ import annotations

import re

from pipelines.lexicons.loader import fair_names
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.text.gazetteer import Hit
from pipelines.text.times import find_times

_COMMITTEE = Pattern("exhibitions.names.committee")
_BEHIND = Pattern("exhibitions.names.behind")
_AFTER_ANOTHER = Pattern("exhibitions.names.after_another")
_NO_NAME = Pattern("exhibitions.names.no_name")
_BEFORE = Pattern("exhibitions.names.before")
_HALL = Pattern("exhibitions.names.hall")
_PLACE = Pattern("exhibitions.names.place")

_LONG_NAME = 6  # letters that make the beginning of a name the name
_PLACE_BEHIND = re.compile(
    r"(?:\s*\([\w -]+\))?(?:\s+ke-\d+)?,\s+(?P<name>(?:[A-Z][\w’'().-]*)(?:\s+[A-Z][\w’'().-]*)*)"
)


def same_name(first: str, second: str) -> bool:
    """True for two names of one fair: half of the words of the shorter are in the other, or one is misprinted."""
    a, b = set(first.lower().split()), set(second.lower().split())
    if len(a) == len(b) == 1 and min(len(first), len(second)) >= _LONG_NAME:
        # "Inacraft", misprinted "Inacraf".
        return first.lower().startswith(second.lower()) or second.lower().startswith(first.lower())
    return len(a & b) >= 0.5 * min(len(a), len(b))


def fair_as_named(document: Document, hit: Hit) -> str:
    """The full name where the article prints it somewhere, else the name or abbreviation as printed."""
    full = fair_names()[hit.key]
    return full if full.lower() in document.text.lower() else document.text[hit.start : hit.end]


def fair_name(
    document: Document, view: SentenceView, known: str | None
) -> tuple[str | None, tuple[int, int] | None]:
    """The name of the fair of a sentence and its span; of two, not the one `known` that is only over by now."""
    if view.fairs:
        hit = view.fairs[0]
        if (
            len(view.fairs) > 1
            and known
            and same_name(fair_as_named(document, hit), known)
            and _AFTER_ANOTHER.search(document.text, view.start, hit.start)
        ):
            hit = view.fairs[-1]
        return fair_as_named(document, hit), (hit.start, hit.end)
    for pattern in (_BEFORE, _BEHIND):
        match = pattern.search(document.text, view.start, view.end)
        if match and any(cue.start == match.start("name") for cue in view.cues_of("mission")):
            continue  # "Pameran Buyers Meet Sellers"
        if match and len(match["name"]) > 4 and not _NO_NAME.match(match["name"]):
            committee = _COMMITTEE.match(match["name"])
            start = match.start("name") + (committee.end() if committee else 0)
            return document.text[start : match.end("name")].strip(), (start, match.end("name"))
    return None, None


def fair_place(
    document: Document, view: SentenceView, span: tuple[int, int] | None
) -> tuple[str | None, tuple[int, int] | None]:
    """Where a sentence says that its fair is held, and the span of that; (None, None) where it does not."""
    start = span[1] if span else view.start
    if span is None:
        cue = next(iter(view.cues_of("fair")), None)
        start = cue.start if cue else view.start
    match = _PLACE_BEHIND.match(document.text, span[1], view.end) if span else None
    if match is None or not _is_place(view, match):
        match = _PLACE.search(document.text, start, view.end)
    if match is None or any(start <= cue.start < match.start() for cue in view.cues_of("speech")):
        return None, None  # where somebody spoke
    printed = match["name"]
    cut = find_times(printed)
    if cut:
        printed = printed[: cut[0].start]
    printed = printed.rstrip("., (")
    return (printed, (match.start("name"), match.start("name") + len(printed))) if printed else (None, None)


def _is_place(view: SentenceView, match: re.Match[str]) -> bool:
    """True for capitalised words that name a town, a country or a hall: "TEI, Jakarta", not "TEI, Mientje Tahalele"."""
    named: list[Spanned] = [*view.regions, *view.countries]
    return bool(_HALL.search(match["name"])) or any(
        match.start("name") <= mention.start < match.end("name") for mention in named
    )
