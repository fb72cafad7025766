"""The period of a figure of a report: printed beside it, carried on, or the one the report compares with."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from itertools import islice

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern, Stretch
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.periods import (
    UNTIL_NOW,
    fell_from,
    is_against_month_before,
    is_compared,
    is_part,
    looks_back,
    month_before,
    until,
    until_day,
)
from pipelines.stages.extract.realisations.attachments import Attached
from pipelines.stages.extract.realisations.comparisons import is_month
from pipelines.stages.extract.realisations.scope import ReportState
from pipelines.stages.extract.realisations.times_meant import (
    goes_on_to,
    is_ahead,
    is_earlier_month,
    is_the_month,
    month_of,
    months_back,
    year_before,
    year_told_last,
)
from pipelines.text.dates import ResolvedTime
from pipelines.text.edtf import shift_years
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_LEADS = Pattern("realisations.figure_periods.leads")
_SINCE = Pattern("realisations.figure_periods.since")
_NOW = Pattern("realisations.figure_periods.now")
_YEAR_BACK = Pattern("realisations.figure_periods.year_back")
_SO_THAT = Pattern("realisations.figure_periods.so_that")
_YEAR_BEFORE = Pattern("realisations.figure_periods.year_before")
_WHOLE_YEAR = Pattern("realisations.figure_periods.whole_year")
_PER = re.compile(r"per\b", re.IGNORECASE)
_FULL_YEAR_BEHIND = Pattern("realisations.figure_periods.full_year_behind")
_WITH_A_MONTH = Pattern("article.periods.with_a_month")
_BEYOND_AIM = Pattern("realisations.figure_periods.beyond_aim")
_THIS_LEVEL = Pattern("article.export_figures.this_level")
_CUMULATIVE_BEHIND = Pattern("realisations.figure_periods.cumulative_behind")
_NOW_AHEAD = Pattern("realisations.figure_periods.now_ahead")
_SO_FAR_LEADS = Pattern("realisations.figure_periods.so_far_leads")
_CUMULATIVE = Pattern("realisations.figure_periods.cumulative")
_LEADS_TO_MONTHS = Pattern("realisations.figure_periods.leads_to_months")
_REASON_OF_BASE = Pattern("realisations.figure_periods.reason_of_base")
_LAST_TOLD = 60  # amounts, among which those of the month under discussion are
_ALIKE = 2  # times by which the amounts of two like months differ at most
_NOW_WITHIN = 30
_TARGET_YEAR = 12  # characters of "target 2022"
_BESIDE = 3  # characters between a year and the month that follows it: "Tahun 2021, sampai dengan Agustus"
_TOLD_AGAIN = ("money", "quantity")
_SPANS = ("month_range", "semester", "quarter")
_PARTS = ("month_range", "semester", "quarter", "month")
_YEAR_BACK_WITHIN = 100  # characters of "Tahun lalu, pada periode yang sama, " and the goods behind
_BEFORE = 60  # characters in front of a figure that say of which period it is

Span = tuple[int, int] | None


def period_of_figure(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    item: Attached,
    local: str | None,
) -> tuple[str | None, Span, str | None]:
    """The period of a figure, where it is printed, and the period that the next figures of the sentence go on with."""
    period, span, local = _period_told(document, view, context, state, item, local)
    if item.figure.kind == "percent" and period is not None and _is_step(period):
        # "pada Juli hingga Agustus ada kenaikan 36 persen": that of August.
        return period.split("/")[1], None, local
    return period, span, local


def _period_told(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    item: Attached,
    local: str | None,
) -> tuple[str | None, Span, str | None]:
    """The period as it is told: beside the figure, or carried on."""
    before = (document.text, max(view.start, item.figure.start - _BEFORE), item.figure.start)
    percent = item.figure.kind == "percent"
    told = (
        state.amounts.get((item.figure.value, item.figure.currency or item.figure.unit))
        if item.time is None and item.figure.kind in _TOLD_AGAIN
        else None
    )
    if told is not None and not item.compared:
        # "Dari nilai ekspor US$ 9,15 miliar itu, migas ...": the period it was told with is under discussion again.
        state.period, state.period_span = told, None
        return told, None, told
    told_last = (state.only_period if view.index - state.last_index == 1 else None) or state.period
    back = _YEAR_BACK.search(
        document.text, max(view.start, item.figure.start - _YEAR_BACK_WITHIN), item.figure.start
    )
    if told_last and not percent and back:
        # "tahun lalu pada periode yang sama", "setahun sebelumnya, dalam kurun serupa"
        earlier = shift_years(told_last, -1)
        return earlier, (item.time.start, item.time.end) if item.time else None, earlier
    if told_last and not percent and _CUMULATIVE_BEHIND.match(document.text, item.figure.end, view.end):
        # "US$88,30 juta pada April dan US$249,40 juta secara kumulatif sejak awal tahun"
        return until(f"{told_last[:4]}-01", told_last) or told_last, None, local
    if item.time is None and local is None and state.period is None:
        aim = _period_of_aim(document, view, context, item.figure)
        if aim is not None:
            return aim.edtf, None, local
    if item.time is None:
        return *_carried(state, item, local, before, percent=percent), local
    return _printed(document, view, context, state, item, local)


def _period_of_aim(
    document: Document, view: SentenceView, context: ArticleContext, figure: Figure
) -> ResolvedTime | None:
    """The year of the target that a result without a period is measured by: "71 juta, melampaui target 2022 sebesar 63 juta"."""
    places = [(view, figure.end)]
    behind = document.sentences[view.index + 1] if view.index + 1 < len(document.sentences) else None
    if behind is not None and _THIS_LEVEL.match(behind.text):
        places.append((behind, behind.start))
    for place, start in places:
        aim = _BEYOND_AIM.search(document.text, start, place.end)
        years = [t for t in place.times if t.form == "year" and aim and t.start >= aim.end() - _TARGET_YEAR]
        if aim and len(years) == 1:
            return context.resolve(years[0])
    return None


def _carried(
    state: ReportState, item: Attached, local: str | None, before: Stretch, *, percent: bool
) -> tuple[str | None, Span]:
    """The period under discussion, or the one it is compared with: "naik dari US$ 3,4 juta"."""
    if local and state.period and looks_back(local, state.period) and _NOW.search(*before):
        # "Semester I tahun lalu cuma 41 ton, sekarang 129 ton"
        return state.period, state.period_span
    period, span = (local, None) if local else (state.period, state.period_span)
    if span is not None and span[0] > item.figure.end and _NOW_AHEAD.search(*before):
        # "Saat ini mencapai 5,57 miliar. ... Pada 2021 nilainya 2,87 miliar": now is no year told later.
        return None, None
    if percent and local and _SO_THAT.search(*before):
        # "Pada Maret 2023 nilainya 24,9 juta sehingga terjadi penurunan 13,8 persen": of the period compared with it.
        later = [p for p in (state.main, shift_years(local, 1)) if p and looks_back(local, p)]
        return next((p for p in later if p == state.main or p in state.told), period), span
    if period is None or percent:
        return period, span
    if _CUMULATIVE.search(*before):
        # "kumulatif nilai ekspor sebesar US$ 16,9 juta": the months so far.
        return until(f"{period[:4]}-01", period) or period, span
    year_before, month = shift_years(period, -1), month_before(period)
    if _YEAR_BEFORE.search(*before):
        return year_before, span
    if item.compared:
        # What the report compares the period with elsewhere; else the month or the year before.
        return state.bases.get(period) or month or year_before, span
    return period, span


def _compared_for(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    time: TimeExpression,
) -> str | None:
    """The month that is compared with the one before it: "pada Juni turun dibanding Mei, yaitu dari 869 menjadi 861 juta"."""
    earlier = [other for other in view.times if other.form == "month" and other.end <= time.start]
    if len(earlier) != 1 or time.form != "month" or is_compared(document.text, view, earlier[0]):
        return None
    resolved = context.resolve(replace(earlier[0], until=False), base=state.period)
    return resolved.edtf if resolved else None


def _is_step(period: str) -> bool:
    """True for two months one after the other that no report counts together: all but January and February."""
    first, _, last = period.partition("/")
    return bool(last) and first[5:] != "01" and is_month(last) and month_before(last) == first


def _year_told(
    view: SentenceView, context: ArticleContext, time: TimeExpression, this_year: str | None
) -> str | None:
    """The year a sentence gives a month besides: "tahun ini sampai Oktober", "Februari ..., lalu Maret 2023"."""
    if time.year is not None or time.form not in ("month", "month_range", "quarter", "semester") or time.word:
        return None
    earlier = [other for other in view.times if other.end <= time.start]
    for other in earlier:
        gap = time.start - other.end
        # "di mana tahun 2022 lalu ekspor pada Januari hingga April sebesar ..."
        leads = time.form == "month_range" and _LEADS_TO_MONTHS.fullmatch(
            view.text, other.end - view.start, time.start - view.start
        )
        if (other.form == "year" and (gap <= _BESIDE or leads)) or (
            other.form == "relative" and other.word == "tahun ini"
        ):
            resolved = context.resolve(other)
            return resolved.edtf if resolved else this_year
    span = earlier[-1] if earlier else None
    if span is None or not span.year or span.form not in _SPANS or time.form != "month" or time.until:
        return None
    # "Pada empat bulan pertama 2024 tertinggi pada Maret": a month of the span told before it.
    resolved = context.resolve(span)
    month = f"{span.year:04d}-{time.month or 0:02d}"
    return str(span.year) if resolved is not None and is_part(month, resolved.edtf) else None


def _same_part(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    time: TimeExpression,
    year: str,
    *,
    base: str | None,
    carried: str | None,
) -> str:
    """A bare year as the part of it that is told of: "Januari sampai Juni US$ 5 juta tahun lalu dan US$ 4 juta tahun ini"."""
    if not year.isdigit() or time.form not in ("year", "relative"):
        return year
    if _WHOLE_YEAR.search(document.text, max(view.start, time.start - 14), time.end):
        return year
    part = next((t for t in reversed(view.times) if t.end <= time.start and t.form in _PARTS), None)
    if part is None and carried and "/" in carried and int(year) == context.anchor.year:
        # "Januari-September 2016 ... Tahun 2017 ini ...", told before that year was over.
        like = shift_years(carried, 1)
        return like if like and {part_of[:4] for part_of in like.split("/")} == {year} else year
    if part is None or (time.form == "year" and part.year is not None):
        return year
    told = context.resolve(part, base=base)
    return (told and shift_years(told.edtf, int(year) - int(told.edtf[:4]))) or year


def _is_like_told(state: ReportState, figure: Figure) -> bool:
    """True for an amount of the size of one that was told of the month under discussion."""
    measure = figure.currency or figure.unit
    return figure.value is not None and any(
        told == measure and period == state.period and amount / _ALIKE < figure.value < amount * _ALIKE
        for (amount, told), period in islice(reversed(state.amounts.items()), _LAST_TOLD)
        if isinstance(amount, Decimal)
    )


def _base_of(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    time: TimeExpression,
    local: str | None,
) -> str | None:
    """The period that a time expression counts from: the one under discussion, or one told just before it."""
    words = set(time.word.split())
    if _NOW_AHEAD.search(document.text, max(view.start, time.start - _NOW_WITHIN), time.start):
        # "Saat ini memasuki semester awal": of the year of the article, whatever year was told of before.
        base = None
    elif local and time.form == "relative" and not words.isdisjoint(word_set("after_local")):
        base = local
    else:
        base = state.period
    if local and not words.isdisjoint(word_set("means_period")):
        # "Pada Januari 2020 35 ton, dari bulan yang sama 2019 33 ton": of the month told just before.
        base = local
    if (
        local is None
        and state.only_period
        and view.index - state.last_index == 1
        and not (time.number and document.sentences[state.last_index].sentence.paragraph != state.paragraph)
        and not words.isdisjoint(word_set("that_one"))
    ):
        # "Pada Januari-Agustus 2018 jagung 109.800 ton. Tuna pada periode tersebut 15 ton": of the sentence before.
        base = state.only_period
    if base is None and "sama" in words:
        # "dari 2.927 ton sampai Mei 2020 menjadi 3.393 ton pada periode yang sama tahun 2021"
        base = state.mentioned
    year = state.main if state.main and state.main.isdigit() else None
    if year and time.form == "month" and is_part(state.period or year, year):
        # "Sepanjang 2022 ... Pada Januari 2,2 juta dan pada Juni 2,1 juta": months of the year the report is about.
        base = local if local and len(local) == len(year) else year
    if {"sama", "ini"} <= words:
        # "Januari-Agustus 2015 US$ 594 juta, pada periode yang sama tahun ini US$ 303 juta"
        this_year = context.anchor.year or int((state.period or local or "0")[:4])
        base = (local and shift_years(local, this_year - int(local[:4]))) or base
    return base


def _printed(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    item: Attached,
    local: str | None,
) -> tuple[str | None, Span, str | None]:
    """The period printed beside a figure; one that the report is not only compared with is carried on."""
    time = item.time
    if time is None:
        return local or state.period, None, local
    if time.until and (
        _WITH_A_MONTH.search(document.text, time.end, view.end)
        or is_earlier_month(context, state, time)
        or (_PER.match(document.text, time.start) and is_against_month_before(document, view, time))
        or (_PER.match(document.text, time.start) and is_the_month(context, state, time))
    ):
        # "per Juni 2020 mencapai 112 juta, naik 55 persen dari bulan sebelumnya": the month, not those so far.
        time = replace(time, until=False)
    told_before = next((t for t in reversed(view.times) if t.end <= time.start), None)
    if (
        told_before is not None
        and "itu" in time.word.split()
        and _REASON_OF_BASE.search(document.text, view.start, time.start)
    ):
        # "Dibanding Mei turun 3,6 persen, karena pada bulan itu diraih 52,5 juta": of what it is compared with.
        that = context.resolve(told_before, base=state.period)
        return (that.edtf if that else None), None, local
    base = _base_of(document, view, context, state, time, local)
    year_of_report = (state.main or state.period or "").rsplit("/", maxsplit=1)[-1][:4] or None
    resolved = context.resolve(time, base=_year_told(view, context, time, year_of_report) or base)
    if resolved and time.form == "day":
        resolved = ResolvedTime(until_day(resolved.edtf), "year_to_date", resolved.method)
    year = year_before(view, time) if time.word in word_set("year_before") else None
    if year is not None:
        # "pada 2012 turun dibanding tahun sebelumnya": the year before that one, whatever months were told of.
        resolved = context.resolve(time, base=str(year.year)) or resolved
    if item.compared and time.word == "bulan lalu" and state.period and is_month(state.period):
        # "dibanding nilai ekspor bulan lalu" in a report about January: December.
        before = month_before(state.period)
        resolved = ResolvedTime(before, "month", "shifted") if before else resolved
    whole = _WHOLE_YEAR.search(document.text, max(view.start, time.start - 14), time.end)
    if resolved and state.main and state.main == f"{resolved.edtf}-01" and not whole:
        # "Turunnya ekspor pada 2023" in a report about its January.
        resolved = ResolvedTime(state.main, "month", "repeated")
    told = local or state.period
    if time.word in word_set("that_month") and told and "/" in told and not is_month(told):
        # "hingga Mei 2018, ekspor pada bulan tersebut": the last month of those.
        resolved = ResolvedTime(told.split("/")[1], "month", "repeated")
    that_year = told_before is None and time.word in word_set("that_year")
    year_told = year_told_last(document, view) if that_year else None
    if year_told is not None:
        resolved = ResolvedTime(year_told, "year", "repeated")
    if state.report and time.word in word_set("this_month") and state.main and is_month(state.main):
        # "Ekspor terbesar di bulan ini": the month of the report, whenever it came out.
        resolved = ResolvedTime(state.main, "month", "repeated")
    if time.word in word_set("since_new_year") and told is None:
        told = month_of(context)
    if time.word in word_set("since_new_year") and told and not told.isdigit():
        # "Jika digabung sejak awal tahun": up to the month under discussion, also without a date of the article.
        resolved = ResolvedTime(until(f"{told[:4]}-01", told) or told, "year_to_date", "shifted")
    if (
        time.word == "tahun lalu"
        and state.period
        and is_month(state.period)
        and (resolved is None or _is_like_told(state, item.figure))
    ):
        # "Tahun lalu nilai ekspor 23 juta" behind a month of 27 million, or in an article without a date: the like month.
        return shift_years(state.period, -1), None, local
    if resolved is None and state.period in state.told and time.word in word_set("last_year"):
        # Without a date of the article the year before the one that it is about.
        resolved = ResolvedTime(
            str(int(str(state.period).rsplit("/", maxsplit=1)[-1][:4]) - 1), "year", "shifted"
        )
    if resolved is None and state.period and fell_from(document.text, view, time, item.figure):
        return state.bases.get(state.period) or month_before(state.period), None, local
    if resolved is None:
        if not item.compared and time.form != "relative":
            return None, None, local
        return (local, None, local) if local else (state.period, state.period_span, local)
    period = _same_part(document, view, context, time, resolved.edtf, base=base, carried=state.period)
    if goes_on_to(document, context, item, period, state.period):
        # "Maret 2020 sebanyak 220 ton. Juni naik menjadi 313 ton": the June that followed.
        period = shift_years(period, 1) or period
    if _FULL_YEAR_BEHIND.match(document.text, item.figure.end, view.end):
        period = period[:4]  # "Di tahun sebelumnya Rp5,91 triliun setahun penuh"
    if time.number and time.form == "relative":
        # "Selama tiga bulan itu" behind March: January to March.
        period = months_back(period, time.number) or period
    if (
        time.year is None
        and is_ahead(context, period)
        and state.period
        and not is_ahead(context, state.period)
    ):
        # "November tahun ini" in a report of January: of the year it tells of.
        period = shift_years(period, -1) or period
    if time.form == "month" and (
        _SINCE.search(document.text, view.start, time.start) or UNTIL_NOW.match(document.text, time.end)
    ):
        # "sejak Januari telah membeli": up to the month under discussion, or that in which the article came out.
        period = until(period, state.period or month_of(context)) or period
    state.mentioned = period
    told_again = period == state.period and fell_from(document.text, view, time, item.figure)
    if item.compared and not told_again:
        # "Pada periode yang sama 2024 baja 1.159 juta, nikel 294 juta": what opens a list of levels holds for all of it.
        leads = _LEADS.fullmatch(document.text, view.start, time.start) is not None
        holds = leads and not view.has("growth_up", "growth_down")
        return (
            period,
            (time.start, time.end),
            period if holds else local or _compared_for(document, view, context, state, time),
        )
    if time.form == "month" and _SO_FAR_LEADS.match(view.text) and not time.until:
        # "Secara kumulatif, volume ekspor pada Februari 2024": the months so far.
        period = until(f"{period[:4]}-01", period) or period
    # A look back at an earlier period is about its own figure only, and so are a count of firms and one of some days.
    days = time.form == "day_range"
    # The first period of another region holds for what is told of it: "Surakarta jauh di bawah. Ekspornya pada 2018 ..."
    elsewhere = state.left is not None and state.left.period == state.period
    back = looks_back(period, state.period) and not elsewhere
    if not (days or back or item.figure.unit == "exporter"):
        state.period, state.period_span = period, (time.start, time.end)
    if fell_from(document.text, view, time, item.figure):
        return state.bases.get(period) or month_before(period) or shift_years(period, -1), None, period
    return period, (time.start, time.end), period
