"""Periods of a report: which one it is about, which one a figure has, and which are only compared with."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import OF_LATER, ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_OPENS_WITH_SPAN = Pattern("article.periods.opens_with_span")
_SINCE = Pattern("article.periods.since")
_COMPARE_BEFORE = Pattern("article.periods.compare_before")
_LEADS_TO_FIGURE = Pattern("article.periods.leads_to_figure")
_TIME_RIGHT_AFTER = Pattern("article.periods.time_right_after")
_FROM_MONTH = Pattern("article.periods.from_month")
_CHANGE = Pattern("article.periods.change")
_INTO = Pattern("article.periods.into")
_CONTRAST = Pattern("article.periods.contrast")
_COMPARED_WITH = Pattern("article.periods.compared_with")
_BECOMES = Pattern("article.periods.becomes")
_ASIDE_VERB = Pattern("article.periods.aside_verb")
_CHANGED_FROM = Pattern("article.periods.changed_from")
_SPOKEN = Pattern("article.periods.spoken")
_OF_THE_BASE = Pattern("article.periods.of_the_base")
_IN_BRACKETS = Pattern("article.periods.in_brackets")
_BEFORE_THAT = Pattern("article.periods.before_that")
_COMPARING = Pattern("article.periods.comparing")
_NEW_CLAUSE = Pattern("article.periods.new_clause")
_AFTER_BASE = Pattern("article.periods.after_base")
_ITS_CHANGE = Pattern("article.periods.its_change")
_AT_THAT_TIME = Pattern("article.periods.at_that_time")
_NOW_SINCE = Pattern("article.periods.now_since")  # "Kakao yang lima tahun lalu memimpin kini hanya 61 juta"
_WITH_A_MONTH = Pattern("article.periods.with_a_month")
_HOPE = Pattern("article.periods.hope")
_ONLY_THEN = Pattern("article.periods.only_then")
_NAMELY_WORTH = Pattern("article.periods.namely_worth")
_SPAN_OF_DAYS = Pattern("article.periods.span_of_days")
_UNTIL_DAY = Pattern("article.periods.until_day")
_RECORD = Pattern("article.periods.record")
_OVER = Pattern("article.periods.over")
_CUMULATED = Pattern("article.periods.cumulated")
_PER = re.compile(r"per\b", re.IGNORECASE)


_UNTIL_WITHIN = 25  # characters from "hingga" over "dengan tanggal" to the day
_SPAN_WITHIN = 30  # characters from "dalam rentang" to the days
_SHORT = 60  # characters of a sentence that only leads to the next
_A_FEW_WORDS = 46  # characters of a sentence that has room for the time only
_OF_FIGURES = (
    "export", "abroad", "growth_up", "growth_down", "target", "achieved", "value_word", "volume_word", "share", "compare",
)  # fmt: skip
_OPENING = 45  # characters in which its topic stands

UNTIL_NOW = Pattern("article.periods.until_now")
PERIOD_FORMS = {"month", "month_range", "year", "quarter", "semester", "relative", "year_range"}


def main_period(document: Document, context: ArticleContext) -> tuple[str | None, tuple[int, int] | None]:
    """The period a report is about: the first one it states without comparing or aiming, else the headline's or the aim's."""
    opening = [*document.body[:8], *(v for v in document.sentences if v.end <= document.title_end)]
    told = [
        (view, time)
        for view in opening
        if view.has("export", "abroad", "source_stat", "send", "value_word", "volume_word")
        for time in view.times
        if time.form in PERIOD_FORMS - {"relative"}
        and not is_compared(document.text, view, time)
        and not is_spoken(document.text, time.start)
    ]
    for aimed_at in (False, True):
        for view, time in told:
            if aimed_at or view.last_cue_before(time.start, *OF_LATER) is None:
                of_the_month = (
                    time.until
                    and _PER.match(document.text, time.start)
                    and (
                        _WITH_A_MONTH.search(document.text, time.end, view.end)
                        or is_against_month_before(document, view, time)
                        or is_told_apart(document, time)
                    )
                )
                resolved = context.resolve(replace(time, until=False) if of_the_month else time)
                if resolved:
                    return resolved.edtf, (time.start, time.end)
    return None, None


def is_told_apart(document: Document, time: TimeExpression) -> bool:
    """True for "per Juni 2015" where the months up to June are told for themselves: "Secara kumulatif Januari-Juni 2015"."""
    return any(
        other.form == "month_range"
        and other.month == 1
        and other.month2 == time.month
        and (other.year2 or other.year or time.year) == time.year
        and _CUMULATED.search(view.text)
        for view in document.body
        if view.has("cumulative")
        for other in view.times
    )


def is_against_month_before(document: Document, view: SentenceView, time: TimeExpression) -> bool:
    """True for a month that its sentence compares with the one before: "per Oktober 2017 ... dibanding di September 2017"."""
    return time.month is not None and any(
        other.form == "month"
        and other.month == (time.month - 2) % 12 + 1
        and is_compared(document.text, view, other)
        for other in view.times
        if other.start > time.end
    )


def told_just_before(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    *,
    meant: bool = False,
    base: str | None = None,
) -> TimeExpression | None:
    """The time that a short sentence without figures sets for the next: "Padahal tahun 2021 meleset. Dari target 33 juta ...".

    It opens that sentence, unless the next one means it: "Angka itu melampaui tahun 2021. Ketika itu ..."
    """
    previous = document.sentences[view.index - 1] if view.index else None
    if (
        previous is None
        or previous.start < document.title_end
        or previous.sentence.paragraph != view.sentence.paragraph
        or previous.figures
        or not previous.times
        or not (len(previous.times) == 1 or _is_month_of(previous.times))
        or previous.end - previous.start > _SHORT
        or not (
            previous.has(*_OF_FIGURES)
            or previous.end - previous.start <= _A_FEW_WORDS
            or _RECORD.search(previous.text)
        )
        or any(
            time.form in PERIOD_FORMS and not is_compared(document.text, view, time) for time in view.times
        )
    ):
        return None
    time = previous.times[-1]
    compared = is_compared(document.text, previous, time)
    if compared and view.figures and all(figure.kind == "percent" for figure in view.figures):
        return None  # "lebih besar dibanding 2019. Terjadi peningkatan 32 persen": of what is compared
    # "Jumlah itu naik drastis dibandingkan Juni. Yang diekspor hanya 114 ton": of June.
    meant = meant or (compared and _ONLY_THEN.match(view.text) is not None)
    meant = meant or (len(previous.times) > 1 and _NAMELY_WORTH.match(view.text) is not None)
    told = (
        time.form in PERIOD_FORMS
        and (meant or time.start - previous.start <= _OPENING)
        and not _HOPE.search(previous.text, 0, time.start - previous.start)
        and not spans_a_record(previous, time)
    )
    return time if told and context.resolve(time, base=base) is not None else None


def _is_month_of(times: list[TimeExpression]) -> bool:
    """True for a month told behind its year: "yang paling kecil sepanjang 2020 terjadi pada Mei"."""
    return len(times) == 2 and times[0].form == "year" and times[1].form == "month"


def spans_a_record(view: SentenceView, time: TimeExpression) -> bool:
    """True for the years that a record stands in: "Sepanjang 2019 dan 2020 belum pernah setinggi ini"."""
    return bool(_RECORD.search(view.text) and _OVER.search(view.text, 0, time.start - view.start))


def _ends(edtf: str) -> str:
    """Sort key of the last month of a period."""
    last = edtf.rsplit("/", maxsplit=1)[-1]
    return last if len(last) > 4 else f"{last}-12"


def is_part(period: str, whole: str) -> bool:
    """True where a period lies within another: a month of a quarter."""
    return period != whole and _first_month(whole) <= _first_month(period) and _ends(period) <= _ends(whole)


def months_in(edtf: str) -> int:
    """How many months a period of months or years has; 0 for days."""
    first, last = _first_month(edtf), _ends(edtf)
    if len(first) != len("2021-05") or len(last) != len("2021-05"):
        return 0
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:]) + 1


def until(month: str, current: str | None) -> str | None:
    """The months from one to the last of the period under discussion, where that lies later in the same year."""
    if current is None or "-" not in current or "/" in month:
        return None
    last = _ends(current)
    return f"{month}/{last}" if last[:4] == month[:4] and last > month else None


def _first_month(edtf: str) -> str:
    first = edtf.split("/", maxsplit=1)[0]
    return first if len(first) > 4 else f"{first}-01"


def looks_back(period: str, current: str | None) -> bool:
    """True where a period lies wholly before the one under discussion."""
    if current is None:
        return False
    return _ends(period) < _first_month(current)


def period_of(
    document: Document, view: SentenceView, figure: Figure, used: set[int], figures: list[Figure]
) -> tuple[TimeExpression | None, bool]:
    """The period printed for a figure, and whether it is one that the report only compares with."""
    text = document.text
    times = [time for time in view.times if _is_period(text, view, time) and not is_spoken(text, time.start)]
    position = next(i for i, f in enumerate(figures) if f.start == figure.start)
    next_start = figures[position + 1].start if position + 1 < len(figures) else view.end
    previous_end = figures[position - 1].end if position else view.start
    for time in times:
        if (
            figure.end <= time.start < next_start
            and (
                _TIME_RIGHT_AFTER.fullmatch(text, figure.end, time.start)
                or (time.form == "month_range" and _FROM_MONTH.fullmatch(text, figure.end, time.start))
            )
            and not (text[time.start - 1] == "(" and _IN_BRACKETS.fullmatch(text, time.end, next_start))
            and not _LEADS_TO_FIGURE.fullmatch(text, time.end, next_start)
        ):
            used.add(time.start)
            return time, figure.kind != "percent" and _compared_figure(text, view, figure)
    before = [
        time
        for time in times
        if previous_end <= time.start
        and time.end <= figure.start
        and time.start not in used
        and not _in_aside(text, view, time)
        and (not _NOW_SINCE.search(text, time.end, figure.start) or UNTIL_NOW.match(text, time.end))
    ]
    if before:
        time = before[-1]
        if len(before) > 1 and _AT_THAT_TIME.fullmatch(text, before[-2].end, time.end):
            time = before[-2]  # "di bawah Februari 2019 yang waktu itu 865 juta"
        plain = [t for t in before if not is_compared(text, view, t)]
        if _OF_THE_BASE.fullmatch(text, time.end, figure.start) and is_compared(text, view, time):
            # "ketimbang triwulan sebelumnya yang tumbuh 11,45 persen"
            return time, True
        base = _AFTER_BASE.search(text, view.start, time.start) if figure.kind == "percent" else None
        if (
            base is not None
            and (not base["beside"] or (position and figures[position - 1].kind == "percent"))
            and _ITS_CHANGE.fullmatch(text, time.end, figure.start)
        ):
            # "tumbuh 4,33 persen, setelah pada triwulan sebelumnya terkontraksi 29,17 persen"
            return time, True
        if _NEW_CLAUSE.search(text, time.end, figure.start) and _COMPARING.search(
            text, max(view.start, time.start - 40), time.start
        ):
            # "naik dibandingkan Desember 2019, nilai ekspor Aceh sebesar 29,6 juta": of the month that rose.
            return (plain[-1], False) if plain else (None, False)
        if figure.kind == "percent" or _BECOMES.search(text, view.start, figure.start):
            return (plain[-1], False) if plain else (None, False)
        return time, is_compared(text, view, time)
    if position == 0:
        # "senilai US$ 5 juta ... selama Januari 2022" with more words between.
        for time in times:
            if figure.kind == "percent" or _CONTRAST.search(text[figure.end : time.start]):
                break
            if (
                figure.end <= time.start
                and time.end <= next_start + 40
                and not is_compared(text, view, time)
                and time.start not in used
            ):
                return time, False
    before_that = (
        position == 0 and not view.times and not view.firms and _BEFORE_THAT.match(view.text) is not None
    )
    return None, figure.kind != "percent" and (before_that or _compared_figure(text, view, figure))


def fell_from(text: str, view: SentenceView, time: TimeExpression, figure: Figure) -> bool:
    """True for what a period changed from: "pada September 2012 turun dari 1.305 juta menjadi 951 juta"."""
    return (
        figure.kind != "percent"
        and time.end <= figure.start
        and _CHANGED_FROM.search(text, max(view.start, figure.start - 40), figure.start) is not None
        and _CHANGE.search(text, time.end, figure.start) is not None
        and _INTO.match(text, figure.end, min(view.end, figure.end + 60)) is not None
    )


def _is_period(text: str, view: SentenceView, time: TimeExpression) -> bool:
    """True for a period, and for the days of a count: "Pada 1-7 Mei 2023 ekspor lewat Karantina mencapai ..."."""
    return (
        time.form in PERIOD_FORMS
        or is_until_day(text, time)
        or (time.form == "day_range" and (view.has("source_stat", "certify") or is_span_of_days(text, time)))
    )


def is_until_day(text: str, time: TimeExpression) -> bool:
    """True for the day up to which a year is counted: "Hingga 30 September 2021, ekspor tercatat ..."."""
    return (
        time.form == "day"
        and _UNTIL_DAY.search(text, max(0, time.start - _UNTIL_WITHIN), time.start) is not None
    )


def until_day(day: str) -> str:
    """The part of a year up to a day, in months where that day ends one."""
    year, month, last = (int(part) for part in day.split("-"))
    if last == monthrange(year, month)[1] and month > 1:
        return f"{year}-01/{day[:7]}"
    return f"{year}-01-01/{day}"


def is_span_of_days(text: str, time: TimeExpression) -> bool:
    """True for days that something is counted over: "dalam rentang 12 sampai 17 April", "hingga 30 September"."""
    return is_until_day(text, time) or (
        time.form == "day_range"
        and _SPAN_OF_DAYS.search(text, max(0, time.start - _SPAN_WITHIN), time.start) is not None
    )


def _in_aside(text: str, view: SentenceView, time: TimeExpression) -> bool:
    """True for a time told of something else: "alumina yang baru berproduksi tahun lalu"."""
    return _ASIDE_VERB.search(text, max(view.start, time.start - 40), time.start) is not None


def is_spoken(text: str, start: int) -> bool:
    """True for the time at which something was made known: "dalam rilisnya pada awal 2024 ini"."""
    return _SPOKEN.search(text, max(0, start - 40), start) is not None


def is_compared(text: str, view: SentenceView, time: TimeExpression) -> bool:
    """True for a period that a statement only compares with."""
    match = _COMPARE_BEFORE.search(text, max(view.start, time.start - 60), time.start)
    if not match:
        return (
            time.form == "relative"
            and any(w in time.word for w in ("sebelumnya", "sama"))
            and "ini" not in time.word
            and not _is_the_like(text, view, time)
        )
    if match[0].lower().startswith(("dari ", "untuk")):
        earlier = text[view.start : time.start - len(match[0])] if len(match[0]) else ""
        if match[0].lower().startswith("untuk"):
            return False
        return _CHANGE.search(earlier) is not None
    return True


def _is_the_like(text: str, view: SentenceView, time: TimeExpression) -> bool:
    """True for what is compared with its own like: "periode yang sama 2018 lebih tinggi dibanding bulan yang sama 2017"."""
    later = view.times[-1]
    return (
        time.year is not None
        and later.year is not None
        and later.year < time.year
        and later.word == time.word
        and _COMPARE_BEFORE.search(text, max(view.start, later.start - 60), later.start) is not None
    )


def _compared_figure(text: str, view: SentenceView, figure: Figure) -> bool:
    before = text[max(view.start, figure.start - 60) : figure.start]
    if _COMPARED_WITH.search(before):
        return True
    if not _CHANGED_FROM.search(before):
        return False
    if figure.kind == "people" and not _INTO.match(text[figure.end : figure.end + 60]):
        return False  # "8,92 juta kilogram dari 21 pelaku usaha ekspor"
    return _CHANGE.search(text, view.start, figure.start) is not None or bool(
        _INTO.match(text[figure.end : figure.end + 60])
    )


def month_before(period: str) -> str | None:
    """The month before a month in EDTF; None for a longer period."""
    match = _MONTH.fullmatch(period)
    if not match:
        return None
    index = int(match[1]) * 12 + int(match[2]) - 2
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def covers_a_time(view: SentenceView) -> bool:
    """True for what is counted over a time: "selama sepekan", "sejak awal tahun hingga Mei"."""
    return bool(_SINCE.search(view.text) or _OPENS_WITH_SPAN.match(view.text))
