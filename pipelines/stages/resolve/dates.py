"""EDTF strings as first and last day with a precision."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

_POINT = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?[?~%]?")
_MONTHS_OF_PRECISION = {3: "quarter", 6: "semester"}


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days an EDTF date covers.

    Attributes:
        first: First day.
        last: Last day; None for an open interval.
        precision: `day | month | quarter | semester | year | interval`.
    """

    first: date
    last: date | None
    precision: str


def day_range_or_none(edtf: str | None) -> DayRange | None:
    """Read `2024`, `2024-02`, `2024-02-26` or an interval of two of them; None for anything else.

    A quarter or semester is the interval of its months (`2024-01/2024-03`), as GUIDE.md writes it.
    """
    if not edtf:
        return None
    first_text, _, last_text = edtf.partition("/")
    first = _point_or_none(first_text)
    if first is None:
        return None
    if not last_text:
        return first
    if last_text == "..":
        return DayRange(first.first, None, "interval")
    last = _point_or_none(last_text)
    if last is None or last.last is None or last.last < first.first:
        return None
    return DayRange(first.first, last.last, _interval_precision(first, last))


def _point_or_none(text: str) -> DayRange | None:
    match = _POINT.fullmatch(text.strip())
    if match is None:
        return None
    year, month, day = (int(part) if part else 0 for part in match.groups())
    try:
        if day:
            return DayRange(date(year, month, day), date(year, month, day), "day")
        if month:
            return DayRange(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")
        return DayRange(date(year, 1, 1), date(year, 12, 31), "year")
    except ValueError:  # a month 13, a day 31 February or a year 0
        return None


def _interval_precision(first: DayRange, last: DayRange) -> str:
    assert last.last is not None
    whole_months = first.first.day == 1 and last.last.day == monthrange(last.last.year, last.last.month)[1]
    if not whole_months or first.precision == "day" or last.precision == "day":
        return "interval"
    if first.first.year != last.last.year:
        return "interval"
    months = last.last.month - first.first.month + 1
    if months == 12:
        return "year"
    if months in _MONTHS_OF_PRECISION and (first.first.month - 1) % months == 0:
        return _MONTHS_OF_PRECISION[months]
    return "month" if months == 1 else "interval"
