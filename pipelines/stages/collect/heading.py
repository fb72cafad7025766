"""Headline, dateline, outlet and publication date, as far as the document itself gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.text.dates import find_dates
from pipelines.text.figures import find_figures

_DATELINE = re.compile(
    r"^\s*(?P<first>[^\W\d_][\w.’' ]{2,38}?)"
    r"(?P<more>(?:\s*[,/]\s*[^\W\d_][\w.’' ]{1,40}?(?:\.(?:com|id|co\.id|net|example))?){0,3})"
    r"\s*(?:\((?P<agency>[^()]{2,40})\))?\s*(?P<dash>-{1,2}|–|—|\|)\s*(?=\S)"
)
_COPYRIGHT_YEAR = re.compile(r"(?:copyright|©|\(c\)|hak cipta)[^\n]{0,80}?\b((?:19|20)\d\d)\b", re.IGNORECASE)
_COPYRIGHT_OUTLET = re.compile(
    r"(?:copyright|©)\s*(?:©|\(c\))?\s*(?:(?:19|20)\d\d)?[.,]?\s*(?:all rights? reserved\.?)?\s*"
    r"(?P<name>[A-Z][\w.&\- ]{2,40}?)\s*(?=(?:(?:19|20)\d\d)|[|.\n]|$)",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_CLOCK = re.compile(r"\b\d{1,2}[:.]\d{2}\b|\bWI(?:B|TA|T)\b")
# "Ekspor" Sapi Bima ke Jabodetabek: a headline may open with a quoted word, a quoted statement is none.
_QUOTED_WORD = re.compile(r'["“”][^"“”\s]+(?: [^"“”\s]+)?["“”] [^"“”]{12,}$')
_DATELINE_DASH = re.compile(r"\s(?:-{1,2}|–|—|\|)\s")
_DATELINE_WORDS = 6
_MAX_TITLE = 170
_TIMESTAMP_LINES = 8
_BESIDE_A_DATE = 12  # letters of a section or an author beside the date of an article


@dataclass(frozen=True, slots=True)
class Dateline:
    """Place, agency or outlet and length of a dateline at the start of a body."""

    place: str
    outlet: str | None
    end: int


def find_dateline(line: str) -> Dateline | None:
    """The dateline that a line opens with (`KENDARI, ANOAEKONOMI - …`), or None."""
    match = _DATELINE.match(line[:140])
    if not match:
        return None
    first = match["first"].strip()
    if len(first.split()) > 4 or not first[0].isupper():
        return None
    more = [part.strip() for part in re.split(r"[,/]", match["more"]) if part.strip()]
    if match["dash"] == "-" and line[match.start("dash") - 1] != " ":
        return None
    place = first
    outlet = match["agency"] or (more[-1] if more else None)
    return Dateline(place=place, outlet=outlet, end=match.end())


def find_dateline_date(line: str) -> str | None:
    """The full date inside the dateline that a line opens with (`BANDUNG (4/3/2024) - …`), as EDTF, or None."""
    dash = _DATELINE_DASH.search(line[:140])
    if not dash:
        return None
    opening = line[: dash.start()]
    days = [date for date in find_dates(opening) if date.precision == "day"]
    if len(days) != 1:
        return None
    rest = opening[: days[0].start] + opening[days[0].end :]
    return days[0].edtf if len(rest.split()) <= _DATELINE_WORDS else None


def looks_like_title(line: str, following: str | None) -> bool:
    """True for a headline: short, no closing full stop, no dateline, followed by prose."""
    return (
        following is not None
        and 12 <= len(line) <= _MAX_TITLE
        and not line.rstrip().endswith((".", ":", ";", ","))
        and (not line.startswith(('"', "“", "”", "(")) or _QUOTED_WORD.match(line) is not None)
        and find_dateline(line) is None
        and not is_timestamp(line)
    )


def is_timestamp(line: str) -> bool:
    """True for a line that is only a date, with or without weekday and time of day; "Mei 2019: US$184 juta" tells more."""
    if len(line) > 70 or not _DIGIT.search(line):
        return False
    dates = find_dates(line)
    if not dates:
        return False
    rest = line
    for date in sorted(dates, key=lambda found: found.start, reverse=True):
        rest = rest[: date.start] + rest[date.end :]
    rest = _CLOCK.sub("", rest)
    if len(re.sub(r"[\W\d_]", "", rest)) > _BESIDE_A_DATE:
        return False
    if all(date.precision != "day" for date in dates):
        return not _DIGIT.search(rest)
    # "Kamis, 22 Mei 2025 20:37 10 wica454": how often an article was read is no amount, as 12 tons are.
    return all(figure.kind in ("number", "count") and not figure.noun for figure in find_figures(rest))


def find_byline_date(lines: list[str]) -> str | None:
    """The publication date that a timestamp line among the first lines gives, as EDTF; None where there is none."""
    for line in lines[:_TIMESTAMP_LINES]:
        if is_timestamp(line):
            for date in find_dates(line):
                if date.precision == "day":
                    return date.edtf
    return None


def find_footer_year(footer: list[str], body: str) -> str | None:
    """The copyright year, unless the body names a later one (then the footer is older than the report)."""
    for line in footer:
        match = _COPYRIGHT_YEAR.search(line)
        if match:
            year = match[1]
            later = [y for y in re.findall(r"\b(20[0-4]\d)\b", body) if y > year]
            return None if later else year
    return None


def find_footer_outlet(footer: list[str]) -> str | None:
    """The name in a copyright line (`COPYRIGHT © ANTARA News Banten 2024`), or None."""
    for line in footer:
        match = _COPYRIGHT_OUTLET.search(line)
        if match and not match["name"].lower().startswith(("all right", "copyright")):
            return match["name"].strip(" .-")
    return None
