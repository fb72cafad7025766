"""EDTF dates and intervals as strings: joined, shifted by years, and their first day."""

from __future__ import annotations

import re
from datetime import date

_YEAR = re.compile(r"\d{4}")
_DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def day_or_none(year: int, month: int, day: int) -> date | None:
    """The day with these numbers; None where there is none."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def shift_years(edtf: str, by: int) -> str | None:
    """The same period some years later or earlier; None for an EDTF string without a year."""
    parts = edtf.split("/")
    if not all(_YEAR.match(part) for part in parts):
        return None
    return "/".join(f"{int(part[:4]) + by:04d}{part[4:]}" for part in parts)


def interval(first: str, last: str) -> str:
    """From the start of one date or interval to the end of another; the first alone where that does not come later."""
    start, end = first.split("/", maxsplit=1)[0], last.rsplit("/", maxsplit=1)[-1]
    length = min(len(start), len(end))
    return f"{start}/{end}" if start[:length] < end[:length] else first


def first_day(edtf: str) -> date | None:
    """The first day that an EDTF date or interval covers; None where it cannot be read."""
    match = _DAY.match(edtf)
    if not match:
        return None
    return day_or_none(int(match[1]), int(match[2] or 1), int(match[3] or 1))
