"""Dates and periods as Indonesian news prints them; what they mean for an article is for dates.py to say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pipelines.lexicons.loader import calendar_words, numeral_words, relative_times, time_forms, word_set
from pipelines.lexicons.patterns import Pattern, any_of
from pipelines.text.gazetteer import lower

_PART = re.compile(r"\{(?P<part>[a-z_]+)(?::(?P<group>\w+))?\}")  # of a form: "{month}", "{of_year:t_y}"
_EDITION_WITHIN = 16  # characters before a month that make it the name of an issue


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class TimeExpression:
    """A date or period as printed.

    Attributes:
        start, end: Span in the text.
        form: `day`, `day_range`, `month`, `month_range`, `year`, `quarter`, `semester`, `weekday`, `relative`.
        year, month, day: What is printed of the (first) day; None where it is not.
        year2, month2, day2: The same for the last day of a range.
        weekday: 1 (Monday) to 7 where a weekday is printed.
        number: Quarter or semester number; for `relative` forms the name is in `word`.
        word: Relative word in lower case (`hari ini`, `tahun lalu`), or a suffix that places it (`lalu`, `depan`, `ini`).
        until: True behind "hingga/sampai/per" without a start: a year to date.
    """

    start: int
    end: int
    form: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    year2: int | None = None
    month2: int | None = None
    day2: int | None = None
    weekday: int | None = None
    number: int | None = None
    word: str = ""
    until: bool = False


@lru_cache(maxsize=1)
def _vocabulary() -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    words = calendar_words()
    months = {w: n for w, (kind, n) in words.items() if kind == "month"}
    weekdays = {w: n for w, (kind, n) in words.items() if kind == "weekday"}
    counts = {w: n for w, (kind, n) in words.items() if kind in ("roman", "ordinal")}
    return months, weekdays, counts


def _times_expression() -> str:
    """Every form of a date or period, in lower-case text (lexicons/time_forms.yml)."""
    months, weekdays, counts = _vocabulary()
    lexicon = time_forms()
    parts = {
        **lexicon["parts"],
        "month": rf"(?:{any_of(_abbreviations(months))}\.|{any_of(months)}(?![^\W\d_]))",
        "weekday": any_of(weekdays) + r"(?!\w)",
        "count": rf"(?:{any_of(counts)}|[1-4])(?!\w)",  # "Qingdao" is no first quarter
    }

    def filled(expression: str) -> str:
        return _PART.sub(
            lambda place: filled(parts[place["part"]].replace("{}", place["group"] or "")), expression
        )

    forms = "|".join(f"(?:{filled(form)})" for form in lexicon["forms"].values())
    # A date does not go on in the next paragraph: "... dari Februari\n\nTahun 2021 ...".
    return rf"(?<![\w/$])(?:{forms})".replace(r"\s", r"[^\S\n]")


def _abbreviations(months: Mapping[str, int]) -> list[str]:
    """Short names of months that have a longer one, behind which a full stop ends no sentence: "Jan.", not "Mei."."""
    longest = {
        number: max(len(name) for name in months if months[name] == number) for number in months.values()
    }
    return [name for name, number in months.items() if len(name) <= _SHORT < longest[number]]


_TIMES = Pattern("text.times.times", _times_expression)
_SHORT = 4  # letters of an abbreviated month
_EDITION = Pattern("text.times.edition")
_AND = re.compile(r"\sdan\s")


def _follow(match: re.Match[str]) -> bool:
    """True where two months of an expression follow each other: "Januari dan Februari 2020"."""
    first, last = _month(match["mr_m1"]), _month(match["mr_m2"])
    return first is not None and last == first % 12 + 1


def _year(value: str | None) -> int | None:
    if not value:
        return None
    return int(value) if len(value) == 4 else 2000 + int(value)


def _month(value: str | None) -> int | None:
    return _vocabulary()[0][value.rstrip(".")] if value else None


def _weekday(value: str | None) -> int | None:
    return _vocabulary()[1][value] if value else None


def find_times(text: str) -> list[TimeExpression]:
    """Every date and period in a text, in order, without overlaps; impossible days and months are left out."""
    found = []
    for match in _TIMES.finditer(lower(text)):
        first = _first_listed(match)
        if first is not None:
            found.append(first)
        expression = _read(match, text)
        if expression is not None:
            found.append(expression)
    return found


def _first_listed(match: re.Match[str]) -> TimeExpression | None:
    """The first of two months that make no span: "Maret dan Mei"; `_read` gives the second."""
    if (match.lastgroup or "").partition("_")[0] != "mr" or not _AND.search(match[0]) or _follow(match):
        return None
    year = _year(match["mr_y1"]) or _year(match["mr_y2"])
    return TimeExpression(match.start("mr_m1"), match.end("mr_m1"), "month", year, _month(match["mr_m1"]))


def _read(match: re.Match[str], text: str) -> TimeExpression | None:
    start, end = match.span()
    # The groups of a form are named alike: "t_m" is the month of form "t".
    form = (match.lastgroup or "").partition("_")[0]
    if form == "dr":
        return TimeExpression(
            start, end, "day_range", day=int(match["dr_d1"]), month=_month(match["dr_m1"]),
            year=_year(match["dr_y1"]) or _year(match["dr_y2"]), day2=int(match["dr_d2"]),
            month2=_month(match["dr_m2"]), year2=_year(match["dr_y2"]),
        )  # fmt: skip
    if form == "sr":
        month, year = _month(match["sr_m"]), _year(match["sr_y"])
        first, last = int(match["sr_d1"]), int(match["sr_d2"])
        if first and last and first <= last <= 31:
            return TimeExpression(start, end, "day_range", year, month, first, year, month, last)
        return TimeExpression(match.start("sr_d2"), end, "day", year, month, last)
    if form in ("pr", "br"):
        return _read_numeric_range(match, form)
    if form in ("d", "s", "n", "t"):
        return _read_day(match, form)
    if form == "mr":
        if _AND.search(match[0]) and not _follow(match):
            # "Maret, Mei dan Agustus": months of a list, no span.
            return TimeExpression(
                match.start("mr_m2"), end, "month", _year(match["mr_y2"]), _month(match["mr_m2"]),
                word=_placed(match["mr_s"]),
            )  # fmt: skip
        return TimeExpression(
            start, end, "month_range", _year(match["mr_y1"]) or _year(match["mr_y2"]), _month(match["mr_m1"]), None,
            _year(match["mr_y2"]), _month(match["mr_m2"]), word=_placed(match["mr_s"]),
        )  # fmt: skip
    if form == "u":
        return TimeExpression(
            start, end, "month", _year(match["u_y"]), _month(match["u_m"]), word=_placed(match["u_s"]),
            until=True,
        )  # fmt: skip
    if form == "m":
        name = text[slice(*match.span("m_m"))]
        # Short names ("des", "mar") are months only beside a year; "mei" is one wherever it has its capital.
        if (
            len(name) <= 3
            and not match["m_y"]
            and (name.lower() not in word_set("short_month") or not name[0].isupper())
        ):
            return None
        if not name[0].isupper() and name.lower() in word_set("month_with_capital"):
            return None
        if _EDITION.search(text, max(0, start - _EDITION_WITHIN), start):
            return None
        return TimeExpression(
            start, end, "month", _year(match["m_y"]), _month(match["m_m"]), word=_placed(match["m_s"])
        )
    if form in ("q", "h"):
        return _read_part_of_year(match, form, "quarter" if form == "q" else "semester")
    if form == "f":
        raw, printed = match["f_n"], match["f_y"] or match["f_z"] or match["f_w"] or ""
        months = count_of(raw)
        if not 2 <= months <= 11:
            return None
        known = int(printed) if printed.isdigit() else None
        word = f"tahun {printed}" if printed and not known else ""
        return TimeExpression(start, end, "month_range", known, 1, None, known, months, word=word)
    if form == "l":
        months, year = count_of(match["l_n"]), int(match["l_y"])
        if not 2 <= months <= 11:
            return None
        return TimeExpression(start, end, "month_range", year, 13 - months, None, year, 12)
    if form == "o":
        return _read_counted_month(match)
    if form == "b":
        return TimeExpression(start, end, "relative", word=" ".join(match["b"].split()))
    if form == "yr":
        return TimeExpression(start, end, "year_range", _year(match["yr_1"]), year2=_year(match["yr_2"]))
    if form == "span":
        return TimeExpression(
            start, end, "relative", number=count_of(match[0].split()[0]), word="periode itu"
        )
    if form == "last":
        return TimeExpression(start, end, "month", _year(match["last_y"]), 12)
    if form == "same":
        return TimeExpression(start, end, "relative", _year(match["same_y"]), word="periode sama")
    if form == "y":
        return TimeExpression(start, end, "year", _year(match["y_y"]), word=(match["y_s"] or "").strip())
    if form == "w":
        word = (match["w_s"] or "").strip()
        if match["w_w"] == "minggu" and not text[match.start("w_w")].isupper():
            return None
        return TimeExpression(start, end, "weekday", weekday=_weekday(match["w_w"]), word=word)
    return TimeExpression(start, end, "relative", word=" ".join(match["rel"].split()))


def _placed(suffix: str | None) -> str:
    """A suffix that places a month in a year: "Mei setahun lalu" is "Mei tahun lalu"."""
    return (suffix or "").strip().removeprefix("se")


def count_of(word: str) -> int:
    """The number that digits or a numeral tell."""
    return int(word) if word.isdigit() else int(numeral_words()[word][0] or 0)


def _read_day(match: re.Match[str], form: str) -> TimeExpression | None:
    day, printed = int(match[f"{form}_d"]), match[f"{form}_m"]
    month = _month(printed) if form == "t" else int(printed)
    if not 1 <= day <= 31 or not month or not 1 <= month <= 12:
        return None
    weekday = None if form == "n" else _weekday(match[f"{form}_w"])
    if form == "d" and match["d_sep"] != "/" and not (weekday or match["d_y"]):
        return None
    return TimeExpression(
        *match.span(), "day", _year(match[f"{form}_y"]), month, day, weekday=weekday,
        word=(match["t_s"] or "").strip() if form == "t" else "",
    )  # fmt: skip


def _read_numeric_range(match: re.Match[str], form: str) -> TimeExpression | None:
    last_month = int(match[f"{form}_m2"])
    month = int(match[f"{form}_m1"] or last_month) or last_month
    first, last = int(match[f"{form}_d1"]), int(match[f"{form}_d2"])
    if not (1 <= month <= 12 and 1 <= last_month <= 12 and 1 <= first <= 31 and 1 <= last <= 31):
        return None
    year = _year(match[f"{form}_y2"]) or (_year(match["br_y1"]) if form == "br" else None)
    return TimeExpression(*match.span(), "day_range", year, month, first, year, last_month, last)


def _read_counted_month(match: re.Match[str]) -> TimeExpression | None:
    """A month by its place in the year: "bulan keempat 2020"."""
    raw, printed = match["o_n"] or match["o_d"], match["o_y"]
    month = relative_times()["part_of_year"].get(raw) or (
        int(raw) if raw.isdigit() else _vocabulary()[2][raw]
    )
    if not 1 <= month <= 12:
        return None
    year = int(printed) if printed.isdigit() else None
    return TimeExpression(*match.span(), "month", year, month, word="" if year else f"tahun {printed}")


def _read_part_of_year(match: re.Match[str], prefix: str, form: str) -> TimeExpression | None:
    """A quarter or semester; "hingga triwulan III" is the range of months up to its end."""
    start, end = match.span()
    raw, printed = match[f"{prefix}_n"] or "", match[f"{prefix}_y"] or ""
    last = 4 if form == "quarter" else 2
    place = relative_times()["part_of_year"].get(raw, 0)
    number = last if place < 0 else place or (int(raw) if raw.isdigit() else _vocabulary()[2][raw])
    year = int(printed) if printed.isdigit() else None
    if prefix == "q" and match["q_u"]:
        return TimeExpression(start, end, "month_range", year, 1, None, year, min(number, last) * 3)
    if number > last:
        return None
    return TimeExpression(start, end, form, year, number=number, word="" if year else printed)
