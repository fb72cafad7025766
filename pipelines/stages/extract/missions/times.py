"""When a mission is: the time a sentence gives it, whether that is another one's, and whether it lies ahead."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, resolve_in
from pipelines.stages.extract.article.document import SentenceView
from pipelines.stages.extract.article.event_times import is_told_then
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.missions.figures import deals
from pipelines.text.times import TimeExpression

_AFTER_IT = Pattern("missions.times.after_it")
_DONE = Pattern("missions.times.done")
_FOLLOWS_UP = Pattern("missions.times.follows_up")  # "menindaklanjuti forum investasi yang digelar"
_PLANNED = Pattern("missions.times.planned")
_REHEARSAL = Pattern("missions.times.rehearsal")  # "memimpin rapat persiapan misi dagang, Jumat"
_SAME_YEAR = Pattern("missions.times.same_year")
_SINCE = Pattern("missions.times.since")

# From the most to the least telling of when a mission was.
_FORMS = (
    "day_range", "day", "weekday", "month_range", "month", "quarter", "semester", "relative", "year_range", "year"
)  # fmt: skip
_OPENING = 12  # characters before the time that a sentence begins with
_FAR = 30  # characters between what is announced and what only tells more about it


def mission_time(view: SentenceView) -> TimeExpression | None:
    """The time of a sentence that tells most about when its mission was, or None."""
    for form in _FORMS:
        for time in view.times:
            if form in ("day", "weekday") and _is_speech_time(view, time):
                continue
            if time.until and form == "month":
                continue  # "minimal Rp3 miliar sampai November 2021"
            if form in ("day", "weekday") and _REHEARSAL.search(view.text):
                continue
            if time.word == "lalu" and _FOLLOWS_UP.search(view.text, 0, time.start - view.start):
                continue
            if form == "year" and _SINCE.search(view.text, 0, time.start - view.start):
                continue  # "selama 42 kali misi dagang sejak tahun 2019"
            if time.form == form and (
                form != "relative" or time.word in word_set("mission_time") or _opens(view, time)
            ):
                return time
    return None


def _opens(view: SentenceView, time: TimeExpression) -> bool:
    """True for a year before the one told, where a sentence begins with it: "Setahun sebelumnya delegasi ..."."""
    return time.word in word_set("year_before") and time.start - view.start <= _OPENING


def resolve_told(
    context: ArticleContext, view: SentenceView | None, time: TimeExpression, main: Draft | None
) -> str | None:
    """What a time in a sentence about missions means; "tahun sebelumnya" is the year before the main one's."""
    if time.word in word_set("year_before"):
        year = str(main.slots["date"])[:4] if main is not None and main.has("date") else context.anchor.year
        resolved = context.resolve(time, base=str(year)) if year else None
    else:
        resolved = resolve_in(context, view, time) if view is not None else context.resolve(time)
    return resolved.edtf if resolved else None


def _is_speech_time(view: SentenceView, time: TimeExpression) -> bool:
    """True for the day of the talk, unless that was at the mission: "katanya seusai misi dagang di Palu, Senin"."""
    if not is_told_then(view, time):
        return False
    speech = view.last_cue_before(time.start, "speech")
    if speech is not None and "achieved" in speech.codes and (view.has("transaction") or deals(view)):
        return False  # "Misi dagang ... mencatat transaksi Rp190 miliar, Jumat"
    start = speech.end - view.start if speech is not None else 0
    return not _AFTER_IT.search(view.text, start, time.start - view.start)


def year_told(view: SentenceView, told: Sequence[Draft]) -> str | None:
    """The year of the mission told last, for "tahun yang sama"; None where a sentence does not say that."""
    if not _SAME_YEAR.search(view.text):
        return None
    return next((str(draft.slots["date"])[:4] for draft in reversed(told) if draft.has("date")), None)


def is_other_time(context: ArticleContext, mission: Draft, time: TimeExpression, *, main: bool) -> bool:
    """True where a time is certainly not the mission's: another year, or another month of it.

    Args:
        context: Background of the article.
        mission: A mission told before.
        time: A time told now.
        main: Whether the mission is the one that the article reports.
    """
    other = resolve_told(context, None, time, mission)
    if other is None:
        return False
    if not mission.has("date"):
        # The mission an article reports is this year's: "Pada 2020 pernah pula ..." is another.
        year = context.anchor.year
        return time.form == "year" and main and year is not None and int(other[:4]) < year
    own = str(mission.slots["date"])
    length = min(7, len(own), len(other))
    return own[:length] != other[:length]


def is_finer(context: ArticleContext, mission: Draft, time: TimeExpression) -> bool:
    """True for the month or the day of a mission of which only the year was told: "Tahun depan ... digelar Maret 2025"."""
    resolved = context.resolve(time)
    return (
        time.form in ("month", "day", "weekday")
        and resolved is not None
        and resolved.edtf[:4] == str(mission.slots.get("date") or "")
    )


def is_older(mission: Draft, main: Draft) -> bool:
    """True for a mission of a year before the main one's."""
    own, other = str(mission.slots.get("date") or ""), str(main.slots.get("date") or "")
    return mission is not main and bool(own) and bool(other) and own[:4] < other[:4]


def side_of_today(context: ArticleContext, mission: Draft) -> int:
    """-1 where a mission's date is certainly past, 1 where it certainly lies ahead, else 0."""
    anchor = context.anchor
    if not mission.has("date") or anchor.year is None:
        return 0
    start, end = str(mission.slots["date"]).split("/")[0], str(mission.slots["date"]).split("/")[-1]
    today = f"{anchor.year:04d}" + (f"-{anchor.month:02d}" if anchor.month else "")
    if anchor.is_published and anchor.day is not None:
        today = anchor.day.isoformat()
    return (start[: len(today)] > today[: len(start)]) - (end[: len(today)] < today[: len(end)])


def is_announced(text: str) -> bool:
    """True for an announcement: "akan berkunjung untuk memperkuat kerja sama yang telah dibangun"."""
    planned, done = _PLANNED.search(text), _DONE.search(text)
    return planned is not None and (done is None or planned.end() + _FAR < done.start())
