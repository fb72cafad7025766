"""Which month or year a time without one means, by what the article has told and when it came out."""

from __future__ import annotations

from dataclasses import replace

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.periods import looks_back
from pipelines.stages.extract.realisations.attachments import Attached
from pipelines.stages.extract.realisations.comparisons import is_month
from pipelines.stages.extract.realisations.scope import ReportState
from pipelines.text.edtf import shift_years
from pipelines.text.times import TimeExpression

_GROWS_TO = Pattern("realisations.times_meant.grows_to")


def is_ahead(context: ArticleContext, period: str) -> bool:
    """True for a period that begins after the month of publication."""
    anchor = context.anchor
    return bool(anchor.month and anchor.is_published) and period[:7] > f"{anchor.year:04d}-{anchor.month:02d}"


def goes_on_to(
    document: Document, context: ArticleContext, item: Attached, period: str, before: str | None
) -> bool:
    """True for a month without a year to which something rose or fell from an earlier one: "Juni naik menjadi"."""
    time = item.time
    if time is None or item.compared or time.form != "month" or time.year is not None or before is None:
        return False
    later = shift_years(period, 1)
    return (
        later is not None
        and is_month(before)
        and looks_back(period, before)
        and later[:4] == before[:4]
        and not is_ahead(context, later)
        and _GROWS_TO.match(document.text, time.end) is not None
    )


def month_of(context: ArticleContext) -> str | None:
    """The month that "hari ini" lies in; None where it is not known."""
    now = context.anchor
    return f"{now.year:04d}-{now.month:02d}" if now.year and now.month else None


def months_back(period: str, count: int) -> str | None:
    """So many months of one year up to a month; None where that is no month or lies too early."""
    if not is_month(period) or not 1 < count <= int(period[5:]):
        return None
    return f"{period[:5]}{int(period[5:]) - count + 1:02d}/{period}"


def year_before(view: SentenceView, time: TimeExpression) -> TimeExpression | None:
    """The year that stands before a time in its sentence."""
    return next((t for t in view.times if t.form == "year" and t.year and t.end <= time.start), None)


def year_told_last(document: Document, view: SentenceView) -> str | None:
    """The year that the sentence before names last: "turun dari 2021 yang 574 miliar. Pada tahun tersebut ..."."""
    before = document.before(view)
    times = before.times if before is not None else []
    years = [str(time.year) for time in times if time.form == "year" and time.year]
    return years[-1] if years else None


def is_earlier_month(context: ArticleContext, state: ReportState, time: TimeExpression) -> bool:
    """True for "per Agustus" in a report about September: the month that it is compared with."""
    told = context.resolve(replace(time, until=False), base=state.period)
    return (
        told is not None
        and state.period is not None
        and is_month(told.edtf)
        and is_month(state.period)
        and told.edtf < state.period
    )


def is_the_month(context: ArticleContext, state: ReportState, time: TimeExpression) -> bool:
    """True for "per Agustus" in a report whose main period is that August, which it told without the months before."""
    if state.main is None or not is_month(state.main):
        return False
    told = context.resolve(replace(time, until=False), base=state.main)
    return told is not None and told.edtf == state.main
