"""Which period a comparison speaks of: "dibandingkan Mei" is said of June, "terhadap semester I 2022" of that of 2023."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.periods import (
    PERIOD_FORMS,
    is_compared,
    is_part,
    month_before,
)
from pipelines.text.edtf import shift_years
from pipelines.text.times import TimeExpression

WITH_A_MONTH = Pattern("article.periods.with_a_month")
_MONTHS_SO_FAR = Pattern("realisations.comparisons.months_so_far")
_REASON = Pattern("realisations.comparisons.reason")
_MONTH_LENGTH = len("2023-06")


def implied_period(
    document: Document, view: SentenceView, context: ArticleContext, told: list[str], current: str | None
) -> str | None:
    """The period under discussion, of those an article has told, that fits what a sentence compares with.

    Args:
        document: The article.
        view: The sentence.
        context: Background of the article.
        told: Periods of figures so far, in order.
        current: The period carried on.

    Returns:
        None where the sentence compares with nothing, or the current period fits. A sentence about the months so far
        goes from a month to the longest of these that ends with it.
    """
    if _MONTHS_SO_FAR.search(view.text) and not view.times and current and is_month(current):
        return next((p for p in reversed(told) if is_part(current, p) and p.endswith(current)), None)
    with_a_month = WITH_A_MONTH.search(view.text) is not None
    bases = []
    if any(t.form == "relative" and t.year and not is_compared(document.text, view, t) for t in view.times):
        return None
    for time in view.times:
        if time.form not in PERIOD_FORMS - {"relative"} or _gives_reason(document, view, time):
            continue
        if not is_compared(document.text, view, time):
            return None
        resolved = context.resolve(time, base=current)
        if resolved:
            bases.append((resolved.edtf, time.year is not None))
    if not with_a_month and not bases:
        return None
    earlier = list(reversed(told))
    if with_a_month and not bases:
        # What is compared with the month before is the latest month told of, not one it was compared with.
        earlier.sort(reverse=True)
    candidates = [current, *earlier] if current else earlier
    for period in candidates:
        if with_a_month and not is_month(period):
            continue
        if all(_fits_base(period, base, dated=dated) for base, dated in bases):
            return None if period == current else period
    spans = [base for base, dated in bases if dated and "/" in base and base[:4] == base.split("/")[1][:4]]
    if current and len(spans) == len(bases) == 1 and int(current[:4]) == int(spans[0][:4]) + 1:
        # "Dibanding Januari-September 2018": said of those months of 2019, though they were not told yet.
        return shift_years(spans[0], 1)
    return None


def _gives_reason(document: Document, view: SentenceView, time: TimeExpression) -> bool:
    """True behind the figures, for when something happened: "turun 27 persen karena pelabuhan tutup pada Februari"."""
    last = view.figures[-1].end if view.figures else view.end
    return last <= time.start and _REASON.search(document.text, last, time.start) is not None


def is_month(period: str) -> bool:
    """True for the EDTF of one month."""
    return len(period) == _MONTH_LENGTH


def _fits_base(period: str, base: str, *, dated: bool) -> bool:
    """True where a period is compared with the month before it, or with its like of a year before."""
    if dated:
        return base in (month_before(period), shift_years(period, -1))
    return base[5:] in ((month_before(period) or "")[5:], period[5:]) and len(base) == len(period)
