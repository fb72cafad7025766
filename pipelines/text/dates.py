"""What printed dates and periods mean, as EDTF, for an article that was published on a known (or unknown) day.

A year is never turned into a day.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.lexicons.loader import numeral_words, relative_times
from pipelines.text.edtf import day_or_none, shift_years
from pipelines.text.times import TimeExpression, count_of, find_times

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_EDTF = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?.*")
# What a system gives for an unknown date (0001-01-01, 9999-12-31) is none: "last month" would be before all time.
_PUBLICATION_YEARS = range(1900, 2101)


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date that needs no anchor: complete as printed."""

    start: int
    end: int
    edtf: str
    precision: str


@dataclass(frozen=True, slots=True)
class ResolvedTime:
    """What a time expression means: EDTF, its precision, and what did not fit."""

    edtf: str
    precision: str
    method: str
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Anchor:
    """What relative words count from: the publication day, or what is known of it.

    Attributes:
        day: Publication day, where it is known to the day.
        year: Publication year, or the year the text places itself in.
        month: Publication month, where known.
        is_published: False where the anchor was inferred from the text: weekdays then stay unresolved.
    """

    day: date | None = None
    year: int | None = None
    month: int | None = None
    is_published: bool = False

    @classmethod
    def from_edtf(cls, edtf: str | None) -> Anchor:
        """The anchor of a publication date in EDTF (day, month or year); empty for None, an unreadable or senseless one."""
        match = _EDTF.fullmatch(edtf or "")
        if not match or int(match[1]) not in _PUBLICATION_YEARS:
            return cls()
        year, month = int(match[1]), int(match[2]) if match[2] else None
        day = day_or_none(year, month, int(match[3])) if month and match[3] else None
        return cls(day=day, year=year, month=month, is_published=True)


def find_dates(text: str) -> list[FoundDate]:
    """Dates that are complete as printed (year at least), in order."""
    found = []
    for expression in find_times(text):
        resolved = resolve(expression, Anchor())
        if resolved:
            found.append(FoundDate(expression.start, expression.end, resolved.edtf, resolved.precision))
    return found


def _iso_month(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}"


def _shift_month(year: int, month: int, by: int) -> tuple[int, int]:
    index = year * 12 + month - 1 + by
    return index // 12, index % 12 + 1


def complete_year(expression: TimeExpression, anchor: Anchor) -> int | None:
    """The year of a printed day or month that names none: by its suffix, else the anchor's year."""
    if expression.year:
        return expression.year
    if anchor.year is None:
        return None
    word, month = expression.word, expression.month2 or expression.month or 0
    unit, _, placed = word.partition(" ")
    if unit in relative_times()["year_unit"]:
        return anchor.year + relative_times()["shift"][placed]
    by = relative_times()["shift"].get(word, 0)
    if anchor.month and by * (month - anchor.month) < 0:
        return anchor.year + by
    # December figures told in January belong to the year before.
    if anchor.month and not word and anchor.month <= 2 and month >= 11:
        return anchor.year - 1
    return anchor.year


def resolve(expression: TimeExpression, anchor: Anchor, *, base: str | None = None) -> ResolvedTime | None:
    """What an expression means for an article with this anchor; None where it cannot be placed.

    Args:
        expression: As printed.
        anchor: Publication day, or what is known of it.
        base: EDTF of the period under discussion, which "periode yang sama tahun sebelumnya" refers to.
    """
    form = expression.form
    if form == "day":
        return _resolve_day(expression, anchor)
    if form == "day_range":
        return _resolve_day_range(expression, anchor)
    if form == "year" and expression.year:
        return ResolvedTime(str(expression.year), "year", "printed")
    if form == "year_range" and expression.year and expression.year2:
        return ResolvedTime(f"{expression.year}/{expression.year2}", "year", "printed")
    if form in ("month", "month_range"):
        return _resolve_month(expression, anchor)
    if form in ("quarter", "semester") and expression.number:
        year = expression.year
        if year is None and anchor.year:
            year = anchor.year - 1 if expression.word == "lalu" else anchor.year
        if year is None:
            return None
        length = 3 if form == "quarter" else 6
        first = (expression.number - 1) * length + 1
        edtf = f"{_iso_month(year, first)}/{_iso_month(year, first + length - 1)}"
        return ResolvedTime(edtf, form, "printed" if expression.year else "anchored")
    if form == "weekday" and expression.weekday:
        return _resolve_weekday(expression, anchor)
    if form == "relative":
        if expression.year and base:
            shifted = shift_years(base, expression.year - int(base.split("/")[-1][:4]))
            return ResolvedTime(shifted, "period", "shifted") if shifted else None
        return _resolve_relative(expression.word, anchor, base)
    return None


def _resolve_day(expression: TimeExpression, anchor: Anchor) -> ResolvedTime | None:
    year = complete_year(expression, anchor)
    if year is None or expression.month is None or expression.day is None:
        return None
    day = day_or_none(year, expression.month, expression.day)
    if day is None:
        return None
    if not expression.year and anchor.day and not expression.word and (day - anchor.day).days > 200:
        day = day_or_none(year - 1, expression.month, expression.day) or day
    flags: tuple[str, ...] = ()
    if expression.weekday and day.isoweekday() != expression.weekday:
        flags = ("weekday_mismatch",)
    return ResolvedTime(day.isoformat(), "day", "printed" if expression.year else "year_completed", flags)


def _resolve_day_range(expression: TimeExpression, anchor: Anchor) -> ResolvedTime | None:
    year = complete_year(expression, anchor)
    if year is None or not (expression.month and expression.day and expression.day2):
        return None
    first = day_or_none(expression.year or year, expression.month, expression.day)
    last = day_or_none(expression.year2 or year, expression.month2 or expression.month, expression.day2)
    if first is None or last is None or last < first:
        return None
    return ResolvedTime(f"{first.isoformat()}/{last.isoformat()}", "day_range", "printed")


def _resolve_month(expression: TimeExpression, anchor: Anchor) -> ResolvedTime | None:
    year = complete_year(expression, anchor)
    if year is None or expression.month is None:
        return None
    method = "printed" if expression.year else "year_completed"
    if expression.form == "month_range" and expression.month2:
        last_year = expression.year2 or year
        first_year = expression.year if expression.year and expression.year != last_year else last_year
        if expression.month > expression.month2 and first_year == last_year:
            first_year -= 1
        edtf = f"{_iso_month(first_year, expression.month)}/{_iso_month(last_year, expression.month2)}"
        if first_year == last_year and (expression.month, expression.month2) == (1, 12):
            edtf = f"{first_year:04d}"  # "Januari-Desember 2023" is the year
        return ResolvedTime(edtf, "month_range", method)
    if expression.until and expression.month > 1:
        if expression.month == 12:
            return ResolvedTime(f"{year:04d}", "year_to_date", method)
        return ResolvedTime(f"{year:04d}-01/{_iso_month(year, expression.month)}", "year_to_date", method)
    return ResolvedTime(_iso_month(year, expression.month), "month", method)


def _resolve_weekday(expression: TimeExpression, anchor: Anchor) -> ResolvedTime | None:
    if not anchor.is_published:
        return None
    if anchor.day is None:
        return ResolvedTime(str(anchor.year), "year", "published_year") if anchor.year else None
    weekday = expression.weekday or 1
    unit, _, placed = expression.word.partition(" ")
    shifts = relative_times()["shift"]
    weeks = shifts[placed] if unit in relative_times()["week_unit"] else max(0, shifts.get(unit, 0))
    if weeks:
        monday = anchor.day - timedelta(days=anchor.day.isoweekday() - 1)
        day = monday + timedelta(days=7 * weeks + weekday - 1)
    else:
        day = anchor.day - timedelta(days=(anchor.day.isoweekday() - weekday) % 7)
    return ResolvedTime(day.isoformat(), "day", "weekday_dct")


_SPAN_MONTHS = (3, 6)  # of a quarter and of half a year, the spans that follow each other


def _one_before(base: str) -> str | None:
    """The month, quarter, half-year or year before one; None for the months so far."""
    first, _, last = base.partition("/")
    if first.isdigit() and not last:
        return str(int(first) - 1)
    start, end = _MONTH.fullmatch(first), _MONTH.fullmatch(last or first)
    if start is None or end is None:
        return None
    months = (int(end[1]) - int(start[1])) * 12 + int(end[2]) - int(start[2]) + 1
    if months != 1 and (months not in _SPAN_MONTHS or (int(start[2]) - 1) % months):
        return None
    opening = _iso_month(*_shift_month(int(start[1]), int(start[2]), -months))
    closing = _iso_month(*_shift_month(int(end[1]), int(end[2]), -months))
    return opening if months == 1 else f"{opening}/{closing}"


def _resolve_relative(word: str, anchor: Anchor, base: str | None) -> ResolvedTime | None:
    words = relative_times()
    years, counted = _years_back(word)
    if years:
        # "dua tahun sebelumnya" counts from the period under discussion, "dua tahun silam" from today.
        if base and counted in words["from_year"]:
            shifted = shift_years(base, -years)
            return ResolvedTime(shifted, "period", "shifted") if shifted else None
        return ResolvedTime(str(anchor.year - years), "year", "relative") if anchor.year else None
    if not words["same"].keys().isdisjoint(word.split()):
        told = [by for other, by in words["same_of"].items() if other in word]
        resolved = base and (shift_years(base, told[0]) if told else base)
        return ResolvedTime(resolved, "period", "shifted" if told else "repeated") if resolved else None
    if base and (by := words["from_year"].get(word)):
        shifted = shift_years(base, by)
        return ResolvedTime(shifted, "period", "shifted") if shifted else None
    if base and (by := words["from_month"].get(word)):
        month = _MONTH.fullmatch(base)
        if month is None:
            return None
        return ResolvedTime(_iso_month(*_shift_month(int(month[1]), int(month[2]), by)), "month", "shifted")
    if base and word in words["from_span"]:
        before = _one_before(base)
        return ResolvedTime(before, "period", "shifted") if before else None
    if word in words["day"] or word in words["same_day"]:
        return _resolve_relative_day(word, anchor)
    if anchor.year is None:
        return None
    if word in words["year"]:
        return ResolvedTime(str(anchor.year + words["year"][word]), "year", "relative")
    unit, _, placed = word.partition(" ")
    shift = words["shift"].get(placed)
    if shift is None:
        return None
    if unit in words["year_unit"]:
        return ResolvedTime(str(anchor.year + shift), "year", "relative")
    if unit in words["month_unit"] and anchor.month:
        return ResolvedTime(_iso_month(*_shift_month(anchor.year, anchor.month, shift)), "month", "relative")
    if unit in words["week_unit"] and anchor.day:
        # The guide keeps "this week" at the precision of the month.
        day = anchor.day + timedelta(days=7 * shift)
        return ResolvedTime(_iso_month(day.year, day.month), "month", "relative")
    return None


def _years_back(word: str) -> tuple[int, str]:
    """How many years "dua tahun sebelumnya" goes back, and the words behind the number; 0 where there is none."""
    first, _, rest = word.partition(" ")
    return (count_of(first), rest) if first.isdigit() or first in numeral_words() else (0, word)


def _resolve_relative_day(word: str, anchor: Anchor) -> ResolvedTime | None:
    """A day by its distance from the publication day; today and yesterday are in the year of publication."""
    if not anchor.is_published:
        return None
    shift = relative_times()["day"].get(word)
    if anchor.day:
        return ResolvedTime((anchor.day + timedelta(days=shift or 0)).isoformat(), "day", "relative")
    if anchor.year and shift in (0, -1):
        return ResolvedTime(str(anchor.year), "year", "published_year")
    return None
