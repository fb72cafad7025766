"""When an event of a sentence takes place: the most telling of its dates that is not the day somebody spoke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.text.dates import Anchor
from pipelines.text.edtf import shift_years
from pipelines.text.times import TimeExpression

if TYPE_CHECKING:
    from pipelines.stages.extract.article.document import SentenceView

_SAID_THEN = Pattern("article.event_times.said_then")
_TOLD_BY = Pattern("article.event_times.told_by")
_SINCE = Pattern("article.event_times.since")
_SEVERAL = Pattern("article.event_times.several")

_BEFORE = 40  # characters of the words that lead to a time

_FORMS = ("day_range", "month_range", "day", "month", "weekday", "relative", "quarter")


def event_time(view: SentenceView, *, start: int | None = None) -> TimeExpression | None:
    """The time of a sentence's event, ranges first; only behind the offset `start` where one is given."""
    for form in _FORMS:
        for time in view.times:
            if start is not None and time.start < start:
                continue
            if form in ("day", "weekday") and is_told_then(view, time):
                continue
            if time.form == form and (form != "relative" or time.word in word_set("event_time")):
                return time
    return None


def is_told_then(view: SentenceView, time: TimeExpression) -> bool:
    """True for the day on which somebody told it: "kata X, Rabu.", "X di Padang, Rabu, mengatakan ...", "menurut X ..."."""
    start, end = time.start - view.start, time.end - view.start
    return (
        view.is_speech_time(time.start, time.end)
        or _SAID_THEN.match(view.text, end) is not None
        or _TOLD_BY.search(view.text[:start]) is not None
    )


def is_years_ago(view: SentenceView, time: TimeExpression) -> bool:
    """True for "tahun lalu" in "enam tahun lalu", which is not last year."""
    at = time.start - view.start
    return time.form == "relative" and _SEVERAL.search(view.text, max(0, at - _BEFORE), at) is not None


def ahead(edtf: str, time: TimeExpression, anchor: Anchor) -> str:
    """The date of a planned event: a month printed without its year lies ahead, not behind."""
    if time.year is not None or anchor.year is None or anchor.month is None or time.form == "year":
        return edtf
    last = edtf.rsplit("/", maxsplit=1)[-1]
    if len(last) >= 7 and last[:7] < f"{anchor.year:04d}-{anchor.month:02d}":
        return shift_years(edtf, 1) or edtf
    return edtf


def lies_ahead(edtf: str, anchor: Anchor) -> bool:
    """True where a date begins on a later day than today, or in a later month where only that is known."""
    if anchor.year is None or anchor.month is None or len(edtf) < 7:
        return False
    if anchor.day is not None and len(edtf) >= len("2024-01-01"):
        return edtf[:10] > anchor.day.isoformat()
    return edtf[:7] > f"{anchor.year:04d}-{anchor.month:02d}"


def is_since(view: SentenceView, time: TimeExpression) -> bool:
    """True for the beginning of something: "yang pertama sejak 8 tahun lalu"."""
    at = time.start - view.start
    return _SINCE.search(view.text, max(0, at - _BEFORE), at) is not None
