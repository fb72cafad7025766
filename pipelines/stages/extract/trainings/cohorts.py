"""Other classes of a programme told in passing: those of earlier years, and the programme all over the nation."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, resolve_in
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_COHORT = Pattern("trainings.cohorts.cohort")
_ENROLLED = Pattern("trainings.cohorts.enrolled")
_NATIONWIDE = Pattern("trainings.cohorts.nationwide")

_FORMS = frozenset(("year", "month", "month_range", "day", "day_range", "weekday"))
_BEFORE = 45  # characters in which "diikuti sebanyak" stands before its figure


def read_cohorts(
    document: Document, context: ArticleContext, view: SentenceView, main: Draft, people: list[Figure]
) -> list[tuple[Draft, Figure]]:
    """Classes of earlier years and the nation-wide class of a sentence, each with the figure of its learners.

    Args:
        document: The article.
        context: Background of the article.
        view: A sentence about trainings.
        main: The class that the article reports.
        people: The learners that the sentence counts.
    """
    if not people or not _COHORT.search(view.text):
        return []
    year = int(str(main.slots["date"])[:4]) if main.has("date") else context.anchor.year
    nationwide = main.slots.get("region") != "Indonesia" and bool(_NATIONWIDE.search(view.text))
    rows: list[tuple[Draft, Figure]] = []
    floor = view.start
    for figure in people:
        if not _ENROLLED.search(document.text, max(view.start, figure.start - _BEFORE), figure.start):
            continue
        time = _time_of(view, figure, floor)
        resolved = resolve_in(context, view, time) if time is not None else None
        told = int(resolved.edtf[:4]) if resolved else None
        is_earlier = told is not None and year is not None and told < year
        if not is_earlier and not (nationwide and told in (None, year)):
            continue
        draft = Draft("training", "training.cohort", [view.index], figure.start)
        draft.put("region", "Indonesia" if nationwide else main.slots.get("region"))
        draft.put_figure("participants", figure)
        draft.slots.pop("unit", None)
        if time is not None and resolved is not None:
            draft.put("date", resolved.edtf, (time.start, time.end))
        elif year is not None:
            draft.put("date", str(year))
        draft.put("status", "realised")
        rows.append((draft, figure))
        floor = figure.end
    return rows


def _time_of(view: SentenceView, figure: Figure, floor: int) -> TimeExpression | None:
    """The last time between the learners counted before and these."""
    return next(
        (
            t
            for t in reversed(view.times)
            if floor <= t.start < figure.start
            and (t.form in _FORMS or t.word.startswith("tahun"))
            and not view.is_speech_time(t.start, t.end)
        ),
        None,
    )
