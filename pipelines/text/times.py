"""Dates and periods as Indonesian news prints them; what they mean for an article is for dates.py to say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipelines.lexicons.loader import calendar_words, numeral_words
from pipelines.lexicons.patterns import Pattern, any_of
from pipelines.text.gazetteer import lower

_YEAR = r"(?:19|20)\d{2}"
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
    """Every form of a date or period, in lower-case text."""
    months, weekdays, counts = _vocabulary()
    month = any_of(months) + r"(?![^\W\d_])\.?"
    weekday = any_of(weekdays) + r"(?!\w)"
    count = rf"(?:{any_of(counts)}|[1-4])(?!\w)"  # "Qingdao" is no first quarter
    to = r"(?:\s*(?:--?|–|—|/)\s*|(?<=[a-z])[?\ufffd](?=[a-z])|\s+(?:hingga|sampai(?:\s+dengan)?|s[./]?d\.?|dan|to|until)\s+)"
    part = r"(?:(?:akhir|awal|pertengahan|medio|penghujung|(?:pekan|minggu)\s+\w+)\s+)?"

    def of_year(group: str) -> str:
        return rf"(?:,?\s+(?:(?:di\s?|pada\s+)?tahun\s+)?(?P<{group}>{_YEAR}))?"

    suffix = (
        r"(?P<{0}>\s+(?:lalu|silam|kemarin|depan|mendatang|nanti|ini|yang lalu"
        r"|tahun ini|tahun lalu|tahun depan|tahun sebelumnya))?"
    )
    parts = [
        # 4 Oktober hingga 8 Oktober 2017; 30 Mei - 2 Juni 2019
        rf"(?:{weekday}\s*,?\s*\(?)?(?:tanggal\s+)?(?P<dr_d1>\d{{1,2}})\s+(?P<dr_m1>{month}){of_year('dr_y1')}{to}(?:{weekday},?\s+)?(?:tanggal\s+)?(?P<dr_d2>\d{{1,2}})\s+(?P<dr_m2>{month}){of_year('dr_y2')}",
        # 16-20 Februari 2020; 27 sampai 30 Juni 2019
        rf"(?:{weekday}{to}{weekday},?\s*\(?)?(?P<sr_d1>\d{{1,2}}){to}(?:tanggal\s+)?(?P<sr_d2>\d{{1,2}})\s+(?P<sr_m>{month}){of_year('sr_y')}",
        # Selasa-Kamis (6-8/6/2023); (6-8/6); (30/5-1/6/2023); Selasa (6/6) hingga Kamis (8/6/2023)
        rf"(?:{weekday}{to}{weekday},?\s*)?\((?P<pr_d1>\d{{1,2}})(?:\s*/\s*(?P<pr_m1>\d{{1,2}}))?\s*(?:-|–|—|s/d|hingga|sampai|dan)\s*(?P<pr_d2>\d{{1,2}})\s*/\s*(?P<pr_m2>\d{{1,2}})(?:\s*/\s*(?P<pr_y2>{_YEAR}|\d{{2}}))?\)",
        rf"(?:{weekday},?\s*)?\((?P<br_d1>\d{{1,2}})\s*/\s*(?P<br_m1>\d{{1,2}})(?:\s*/\s*(?P<br_y1>{_YEAR}|\d{{2}}))?\){to}(?:{weekday},?\s*)?\((?P<br_d2>\d{{1,2}})\s*/\s*(?P<br_m2>\d{{1,2}})(?:\s*/\s*(?P<br_y2>{_YEAR}|\d{{2}}))?\)",
        # Rabu (16/3/2022), Rabu, 16 Maret 2022, Rabu (16/3), (30/11/2019)
        rf"(?:(?P<d_w>{weekday})\s*,?\s*)?\(?(?P<d_d>\d{{1,2}})\s*(?P<d_sep>/|-|\.)\s*(?P<d_m>\d{{1,2}})(?:\s*(?P=d_sep)\s*(?P<d_y>{_YEAR}|\d{{2}}))?\)",
        rf"(?P<s_w>{weekday})\s*,?\s*(?P<s_d>\d{{1,2}})\s*/\s*(?P<s_m>\d{{1,2}})(?:\s*/\s*(?P<s_y>{_YEAR}|\d{{2}}))?",
        # 17/8/2023, 17-08-2023, 17.08.2023
        rf"(?P<n_d>\d{{1,2}})(?P<n_sep>\s*/\s*|-|\.)(?P<n_m>\d{{1,2}})(?P=n_sep)(?P<n_y>{_YEAR})(?!\d)",
        rf"(?:(?P<t_w>{weekday})\s*,?\s*\(?)?(?:tanggal\s+)?(?P<t_d>\d{{1,2}})\s+(?P<t_m>{month}){of_year('t_y')}{suffix.format('t_s')}",
        # Januari-September 2019; November 2022 hingga Maret 2023; bulan Januari sampai akhir bulan Mei tahun ini
        rf"(?:bulan\s+)?(?P<mr_m1>{month}){of_year('mr_y1')}(?:\s+lalu)?{to}{part}(?:bulan\s+)?(?P<mr_m2>{month}){of_year('mr_y2')}{suffix.format('mr_s')}",
        # hingga Mei 2024; per September; s.d. Oktober
        rf"(?P<u_until>hingga|sampai(?:\s+dengan)?|s/d|s\.d\.?|per)\s+{part}(?:bulan\s+)?(?P<u_m>{month})(?!\s*[-–—]\s*{month}){of_year('u_y')}{suffix.format('u_s')}",
        rf"(?:bulan\s+)?(?P<m_m>{month})(?:[,/]?\s*(?:(?:(?:di|pada)\s+)?tahun\s+)?(?P<m_y>{_YEAR}))?{suffix.format('m_s')}",
        # triwulan I 2024, kuartal ketiga tahun 2023, semester I/2014, Q2 2022
        rf"(?P<q_u>(?:hingga|sampai(?:\s+dengan)?|s/d)\s+(?:akhir\s+)?)?(?P<q_k>tri\s?wulan|kuartal|quartal|tw|q)\s*(?:ke-?\s*)?(?P<q_n>{count})(?:\s*(?:/|-|,)?\s*(?:tahun\s+|pada\s+|di\s+)?(?P<q_y>{_YEAR}|ini|lalu))?",
        rf"(?P<h_k>semester|paruh)\s*(?:ke-?\s*)?(?P<h_n>{count}|awal(?=\s+(?:tahun\s+)?(?:ini|lalu|{_YEAR})|\s*[,.]))(?:\s*(?:/|-|,)?\s*(?:tahun\s+|pada\s+)?(?P<h_y>{_YEAR}|ini|lalu))?",
        r"(?P<f_n>dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|\d{1,2})\s+bulan\s+pertama(?:\s+(?:di\s+|pada\s+)?(?:tahun\s+)?(?P<f_y>(?:19|20)\d{2}|ini|lalu))?",
        # sepanjang 2023; 2019-2023; tahun 2022
        rf"(?P<yr_1>{_YEAR}){to}(?P<yr_2>{_YEAR})(?!\d)",
        rf"(?P<y_p>(?:di)?tahun\s+(?:anggaran\s+)?|pada\s+|sepanjang\s+|selama\s+|di\s+|\bdalam\s+)?(?<![\d.,/$-])(?P<y_y>{_YEAR})(?![\d/]|[.,]\d|\s?[-–]\s?{_YEAR}|\s*(?:ton|kg|kilo|unit|pcs|pasang|ekor|orang|peserta|dokumen|persen|%|kontainer|juta|ribu|pelaku))(?P<y_s>\s+(?:lalu|silam|kemarin|mendatang|nanti|ini))?",
        rf"(?P<w_w>{weekday})(?P<w_s>\s+(?:lalu|kemarin|pekan lalu|pekan depan|pekan ini|minggu lalu|minggu depan|depan|mendatang))?",  # noqa: E501 - one form, one line
        rf"(?P<same>(?:(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|\d{{1,2}})\s+bulan|periode|bulan|waktu|tahun|triwulan|kuartal|semester|kurun waktu|kurun|rentang waktu|masa)\s+(?:yang\s+)?(?:sama|serupa)\s+(?:di\s?|pada\s+)?(?:tahun\s+)?(?P<same_y>{_YEAR}))",  # noqa: E501 - one form, one line
        r"(?P<span>(?:dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|\d{1,2})\s+bulan\s+(?:ini|itu|tersebut|yang sama|berjalan))",  # noqa: E501 - one form, one line
        rf"(?P<last>(?:bulan\s+)?(?:terakhir|penutup|pamungkas)\s+(?:tahun\s+)?(?P<last_y>{_YEAR}))",
        r"(?P<rel>hari ini|hari yang sama|kemarin lusa|kemarin|besok|lusa|(?:periode|bulan|waktu|tahun|triwulan|kuartal|semester|kurun waktu|kurun|rentang waktu|masa)\s+(?:yang\s+)?(?:sama|serupa)\s+(?:(?:di|pada)\s+)?(?:(?:tahun|bulan)\s+(?:lalu|sebelumnya|ini|kemarin)|setahun\s+(?:sebelumnya|lalu))|(?:periode|bulan|waktu|tahun|triwulan|kuartal|semester|kurun waktu|kurun|rentang waktu|masa)\s+(?:yang\s+)?(?:sama|serupa|itu|tersebut)|(?:tahun|bulan|pekan|minggu|triwulan|semester|kuartal|periode)\s+(?:ini|lalu|kemarin|depan|mendatang|sebelumnya|berikutnya|berjalan|yang lalu)|setahun\s+(?:sebelumnya|lalu|terakhir|kemudian|berselang|setelahnya|sesudahnya|berikutnya)|sebulan\s+sebelumnya|tahun-tahun\s+sebelumnya|sejak awal tahun|awal tahun ini|akhir tahun ini|akhir tahun lalu|akhir tahun(?!\s+(?:19|20)\d\d))",  # noqa: E501 - one form, one line
    ]  # fmt: skip
    return r"(?<![\w/$])(?:" + "|".join(f"(?:{p})" for p in parts) + ")"


_TIMES = Pattern("times.times", _times_expression)
_EDITION = Pattern("times.edition")


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
        expression = _read(match, text)
        if expression is not None:
            found.append(expression)
    return found


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
        return TimeExpression(
            start, end, "month_range", _year(match["mr_y1"]) or _year(match["mr_y2"]), _month(match["mr_m1"]), None,
            _year(match["mr_y2"]), _month(match["mr_m2"]), word=(match["mr_s"] or "").strip(),
        )  # fmt: skip
    if form == "u":
        return TimeExpression(
            start, end, "month", _year(match["u_y"]), _month(match["u_m"]), word=(match["u_s"] or "").strip(),
            until=True,
        )  # fmt: skip
    if form == "m":
        name = text[slice(*match.span("m_m"))]
        # Short names ("des", "mar") are months only beside a year; "mei" is one wherever it has its capital.
        if (
            len(name) <= 3
            and not match["m_y"]
            and (name.lower() not in ("mei", "may") or not name[0].isupper())
        ):
            return None
        if not name[0].isupper() and name.lower() in ("mei", "may", "march", "mar"):
            return None
        if _EDITION.search(text, max(0, start - _EDITION_WITHIN), start):
            return None
        return TimeExpression(
            start, end, "month", _year(match["m_y"]), _month(match["m_m"]), word=(match["m_s"] or "").strip()
        )
    if form in ("q", "h"):
        return _read_part_of_year(match, form, "quarter" if form == "q" else "semester")
    if form == "f":
        raw, printed = match["f_n"], match["f_y"] or ""
        months = int(raw) if raw.isdigit() else int(numeral_words()[raw][0] or 0)
        if not 2 <= months <= 11:
            return None
        known = int(printed) if printed.isdigit() else None
        word = f"tahun {printed}" if printed and not known else ""
        return TimeExpression(start, end, "month_range", known, 1, None, known, months, word=word)
    if form == "yr":
        return TimeExpression(start, end, "year_range", _year(match["yr_1"]), year2=_year(match["yr_2"]))
    if form == "span":
        return TimeExpression(start, end, "relative", word="periode itu")
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


def _read_part_of_year(match: re.Match[str], prefix: str, form: str) -> TimeExpression | None:
    """A quarter or semester; "hingga triwulan III" is the range of months up to its end."""
    start, end = match.span()
    raw, printed = match[f"{prefix}_n"] or "", match[f"{prefix}_y"] or ""
    number = int(raw) if raw.isdigit() else 1 if raw == "awal" else _vocabulary()[2][raw]
    year = int(printed) if printed.isdigit() else None
    if prefix == "q" and match["q_u"]:
        return TimeExpression(start, end, "month_range", year, 1, None, year, min(number, 4) * 3)
    if form == "semester" and number > 2:
        return None
    return TimeExpression(start, end, form, year, number=number, word="" if year else printed)
