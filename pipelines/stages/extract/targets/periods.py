"""The period that a target is set for."""

from __future__ import annotations

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.periods import told_just_before
from pipelines.stages.extract.draft import Draft
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_AIM = Pattern("targets.periods.aim")
_COMPARED = Pattern("targets.periods.compared")
_COMPARES = Pattern("targets.periods.compares")
_DECIDED = Pattern("targets.periods.decided")
_EXCEEDS_IT = Pattern("targets.metrics.exceeds_it")
_PUT_PERIOD = Pattern("targets.periods.put_period")
_RESULT_OF_AIM = Pattern("realisations.sentences.result_of_aim")
_SET_AGAINST = Pattern("targets.periods.set_against")
_THAT_PERIOD = Pattern("targets.periods.that_period")
_YEAR_END = Pattern("targets.periods.year_end")

_PART_OF_YEAR = frozenset({"month", "month_range", "quarter", "semester"})
_ASIDE_WITHIN = 90
_SAID_WITHIN = 4  # sentences back to a span of years that "selama periode itu" means


def put_period(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    draft: Draft,
    figure: Figure,
    earlier: list[Draft],
) -> None:
    """Give a target the period its sentence sets it for, else that of its paragraph, of its result or of its fellows."""
    forms = {"year", "relative", "quarter", "semester", "month_range", "month", "year_range"}
    told_times = [t for t in view.times if t.form in forms and (t.form != "relative" or _is_span(t))]
    times = [t for t in told_times if not _is_aside(document, view, figure, t)]
    after = [t for t in times if t.start >= figure.end]
    before = [t for t in times if t.end <= figure.start]
    for time in [
        *(after[:1] if after and _belongs(document, figure, after[0]) else []),
        *reversed(before),
        *after,
    ]:
        # "dari target setahun sebelumnya": the year before the one that is told of.
        told = earlier[-1].slots.get("period") if earlier else None
        year = str(told)[:4] if told else str(context.anchor.year) if context.anchor.year else None
        resolved = context.resolve(time, base=year if time.word.endswith("sebelumnya") else None)
        if resolved:
            edtf = resolved.edtf
            if time.until and "/" in edtf:
                edtf = edtf[:4]
            draft.put("period", edtf, (time.start, time.end))
            return
    if _YEAR_END.search(view.text) and context.anchor.year:
        draft.put("period", str(context.anchor.year))
        return
    led = told_just_before(document, view, context)
    resolved = context.resolve(led) if led is not None else None
    if led is not None and resolved is not None:
        draft.put("period", resolved.edtf, (led.start, led.end))
        return
    compares = _EXCEEDS_IT.match(view.text) or _SET_AGAINST.match(view.text)
    if compares and _put_period_of_result(document, view, context, draft):
        return
    if earlier and earlier[-1].sentences[0] >= view.index - 3 and earlier[-1].has("period"):
        if _put_later_year(document, view, context, draft, str(earlier[-1].slots["period"])):
            return
        draft.put("period", earlier[-1].slots["period"], earlier[-1].spans.get("period"))
        return
    if _THAT_PERIOD.search(view.text) and _put_told_period(document, view, context, draft):
        return
    for time in told_times:
        whole = time.form not in _PART_OF_YEAR and _COMPARES.search(document.text, time.end, figure.start)
        resolved = context.resolve(time) if time.form in _PART_OF_YEAR or whole else None
        if resolved and _is_aside(document, view, figure, time):
            # "melebihi target 740 juta seiring tingginya capaian 6 bulan pertama tahun ini": that of the year.
            draft.put("period", resolved.edtf[:4], (time.start, time.end))
            return
    previous = document.sentences[view.index - 1] if view.index else None
    if previous and previous.start >= document.title_end:
        for time in previous.times:
            if time.form in ("year", "relative"):
                resolved = context.resolve(time)
                ahead = resolved is not None and resolved.edtf >= str(context.anchor.year or 0)
                if resolved and len(resolved.edtf) == 4 and (ahead or _COMPARES.search(view.text)):
                    draft.put("period", resolved.edtf, (time.start, time.end))
                    return
    if _put_only_period(view, draft, earlier):
        return
    behind = document.sentences[view.index + 1] if view.index + 1 < len(document.sentences) else None
    if behind is None or _RESULT_OF_AIM.match(behind.text) is None:
        return
    for time in (*behind.times, *(previous.times if previous else ())):
        resolved = (
            context.resolve(time) if time.form in ("year", "semester", "month_range", "month") else None
        )
        if resolved:
            # "... periode Januari-Oktober 2023. Kita ditarget 7.430 juta. Capaiannya hingga Oktober ...": of that year.
            draft.put("period", resolved.edtf[:4], (time.start, time.end))
            return


def _put_period_of_result(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft
) -> bool:
    """The year of the result told just before, which a sentence compares with its target; False where none was."""
    previous = document.sentences[view.index - 1] if view.index else None
    for time in previous.times if previous is not None and previous.start >= document.title_end else ():
        resolved = context.resolve(time) if time.form == "year" else None
        if resolved:
            draft.put("period", resolved.edtf, (time.start, time.end))
            return True
    return False


def _is_span(time: TimeExpression) -> bool:
    """False for relative days: the "kemarin" of "dalam perubahan anggaran kemarin" is no target's period."""
    return not time.word.startswith(tuple(word_set("no_period")))


def _put_only_period(view: SentenceView, draft: Draft, earlier: list[Draft]) -> bool:
    """The period of all targets told before, for one without any; False where they have several or none."""
    if any(t.form in ("year", "relative", "year_range") for t in view.times):
        return False
    periods = {str(d.slots["period"]) for d in earlier if d.has("period")}
    if len(periods) != 1 or draft.slots.get("region") != earlier[-1].slots.get("region"):
        return False
    draft.put("period", periods.pop(), next(d.spans.get("period") for d in earlier if d.has("period")))
    return True


def _put_told_period(document: Document, view: SentenceView, context: ArticleContext, draft: Draft) -> bool:
    """The span of years that was told before, for "selama periode itu"; False where none was."""
    for earlier in reversed(document.sentences[max(0, view.index - _SAID_WITHIN) : view.index]):
        for time in earlier.times:
            resolved = context.resolve(time) if time.form == "year_range" else None
            if resolved:
                draft.put("period", resolved.edtf, (time.start, time.end))
                return True
    return False


def _is_aside(document: Document, view: SentenceView, figure: Figure, time: TimeExpression) -> bool:
    """True for the time of a result, of a decision or of the older aim that a figure is compared with."""
    before = document.text[max(view.start, time.start - _ASIDE_WITHIN) : time.start]
    if time.form != "year" and _DECIDED.search(before):
        return True
    if _AIM.search(before):
        # "60 eksportir, naik dari target 2023 sebanyak 45": the year is that of the next figure.
        follows = any(f.start >= time.end and f.kind == figure.kind for f in view.figures)
        compared = (
            _COMPARED.search(document.text, figure.end, time.start) if time.start > figure.end else None
        )
        return bool(follows and compared)
    return bool(_PUT_PERIOD.search(before))


def _belongs(document: Document, figure: Figure, time: TimeExpression) -> bool:
    """True for a time close behind a figure, where no other aim is named between them."""
    between = document.text[figure.end : time.start]
    return len(between) < 25 and not _AIM.search(between)


def _put_later_year(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft, told: str
) -> bool:
    """The year that the sentence before is about, where it lies behind that of the earlier target.

    "... target 2022 sebesar 1,5 miliar. Untuk 2023 ekspor diyakini bertahan. Pemprov ingin sekurang-kurangnya 2,3 miliar."
    """
    previous = document.sentences[view.index - 1]
    for time in previous.times if not previous.figures else ():
        resolved = context.resolve(time) if time.form == "year" else None
        if resolved and resolved.edtf > told:
            draft.put("period", resolved.edtf, (time.start, time.end))
            return True
    return False
