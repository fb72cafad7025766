"""export_target: a stated goal for a period, with its original and revised versions."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name, speaker_of
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.labels import find_labels
from pipelines.stages.extract.reports import is_report
from pipelines.stages.extract.target_versions import mark_revisions, unique
from pipelines.text.dates import TimeExpression
from pipelines.text.figures import Figure

_OTHER_TARGET = Pattern("targets.other_target")
_AIM = Pattern("targets.aim")
_COMPARES = Pattern("targets.compares")
_DATELINE = Pattern("targets.dateline")
_REPORTING = Pattern("targets.reporting")
_TOTAL = Pattern("targets.total")
_TARGET_SIDE = ("target", "achieved", "rev_new", "rev_old", "export", "forecast")
_REACHED = Pattern("targets.reached")
_HIT_TARGET = Pattern("targets.hit_target")
_SELF = Pattern("targets.self")
_YEAR_END = Pattern("targets.year_end")
_ORIGINAL = Pattern("targets.original")
_REVISED = Pattern("targets.revised")
_STATES_EXPORTS = Pattern("targets.states_exports")
_GENERIC_BODY = Pattern("targets.generic_body")
_WISH = Pattern("targets.wish")
_FLOOR = Pattern("targets.floor")
_METRIC = Pattern("targets.metric")
_METRIC_2 = Pattern("targets.metric_2")
_METRIC_3 = Pattern("targets.metric_3")
_METRIC_4 = Pattern("targets.metric_4")
_METRIC_5 = Pattern("targets.metric_5")
_METRIC_6 = Pattern("targets.metric_6")
_METRIC_7 = Pattern("targets.metric_7")
_PUT_REGION = Pattern("targets.put_region")
_PUT_REGION_2 = Pattern("targets.put_region_2")
_PUT_PERIOD = Pattern("targets.put_period")
_PUT_ISSUER = Pattern("targets.put_issuer")
_PUT_ISSUER_2 = Pattern("targets.put_issuer_2")


def read_targets(
    document: Document, context: ArticleContext, *, skip: set[int]
) -> tuple[list[Draft], set[int]]:
    """Target claims of an article and the offsets of the figures they used."""
    drafts: list[Draft] = []
    taken: set[int] = set()
    last_index = -10
    announced: Draft | None = None
    for view in document.body:
        near = view.index - last_index <= 2 and bool(drafts)
        if not (view.has("target") or (near and view.has("rev_new", "rev_old"))):
            continue
        before = len(drafts)
        if (
            view.has("target")
            and view.has("export")
            and not any(f.kind in ("money", "percent") for f in view.figures)
        ):
            # "Pemprov menaikkan target ekspor nonmigas 2022." The figures follow in the next sentence.
            announced = Draft("export_target", "target.announced", [view.index], view.start)
            _put_issuer(document, view, announced)
            _put_commodity(document, view, announced, view.end)
        for figure in view.figures:
            is_rate = figure.is_rate and figure.kind != "percent"
            if figure.value is None or is_rate or figure.same_as or figure.start in skip:
                continue
            metric = _metric(document, view, figure, near)
            if metric is None:
                continue
            draft = _draft(document, view, context, figure, metric, drafts)
            if (
                not draft.has("issuer")
                and drafts
                and not view.has("rev_new")
                and _same_breath(document, view, drafts[-1])
            ):
                draft.fill("issuer", drafts[-1].slots.get("issuer"), drafts[-1].spans.get("issuer"))
            if announced is not None and view.index - announced.sentences[0] <= 2:
                for slot in ("issuer", "commodity"):
                    draft.fill(slot, announced.slots.get(slot), announced.spans.get(slot))
            drafts.append(draft)
            taken.add(figure.start)
        if len(drafts) > before:
            last_index = view.index
        elif _is_about_exports(document, view) and view.has("target"):
            last_index = view.index if drafts else last_index
    mark_revisions(document, drafts)
    return unique(drafts), taken


def _same_breath(document: Document, view: SentenceView, earlier: Draft) -> bool:
    """True where a target stands right behind an earlier one, or further on in its paragraph."""
    other = document.sentences[earlier.sentences[0]]
    return view.index - other.index <= 1 or view.sentence.paragraph == other.sentence.paragraph


def _is_about_exports(document: Document, view: SentenceView) -> bool:
    if view.has("export"):
        return True
    if is_report(document) or ("export" in document.cue_classes and _STATES_EXPORTS.search(document.text)):
        return True
    for distance in (1, 2, 3):
        if view.index - distance < 0:
            break
        previous = document.sentences[view.index - distance]
        if previous.has("export"):
            return True
        if _OTHER_TARGET.search(previous.text):
            break
    return False


def _metric(document: Document, view: SentenceView, figure: Figure, near: bool) -> str | None:
    """What a figure of a target sentence measures; None where it is no goal of exports."""
    text = document.text
    if not _is_about_exports(document, view):
        return None
    before = text[max(view.start, figure.start - 110) : figure.start]
    after = text[figure.end : figure.end + 60]
    cue = view.last_cue_before(figure.start, "target")
    later = view.first_cue_after(figure.end, "target")
    if cue is None and not (near and view.has("rev_new", "rev_old")):
        if (
            later is None
            or later.start - figure.end > 40
            or _HIT_TARGET.match(text[figure.start : later.end])
        ):
            return None
        if _METRIC.search(text[figure.end : later.start]):
            return None
    if cue is not None:
        between = text[cue.end : figure.start]
        if _METRIC_2.search(between) and not (_ORIGINAL.search(view.text) and _REVISED.search(between)):
            return None
        if _OTHER_TARGET.search(between) or (not view.has("export") and _OTHER_TARGET.search(view.text)):
            return None
        if (
            any(f.start > cue.end and f.kind == figure.kind and f.end <= figure.start for f in view.figures)
            and not (_REVISED.search(between) or _ORIGINAL.search(between))
            and _METRIC_3.search(between)
        ):
            return None
    if figure.kind == "money":
        if _METRIC_4.search(before[-40:]):
            return None
        return "value"
    if figure.kind == "percent":
        if _METRIC_5.match(after):
            return None
        growth = view.last_cue_before(figure.start, "growth_up", "growth_down")
        if growth is not None and figure.start - growth.end < 60:
            return "growth_pct"
        previous = document.sentences[view.index - 1] if view.index else None
        if (
            previous is not None
            and previous.has("target")
            and previous.has("growth_up")
            and view.has("target", "rev_new", "rev_old")
        ):
            return "growth_pct"
        return (
            "growth_pct"
            if view.has("growth_up") and (_REVISED.search(before) or _ORIGINAL.search(before))
            else None
        )
    if (figure.kind == "quantity" and figure.unit not in ("unit", "piece")) or figure.kind == "quantity":
        return "volume" if view.has("export") or cue is not None else None
    if figure.kind == "people":
        if _counted_again(document, view, figure):
            return None
        if (
            figure.unit == "exporter"
            or _METRIC_6.search(after + before[-30:])
            or _grows(document, view, figure)
        ):
            if _WISH.search(view.text) and not view.has("target"):
                return None
            return "exporters"
        return None
    if figure.kind == "number" and view.has("rev_old") and any(f.unit == "exporter" for f in view.figures):
        return "exporters"
    if figure.kind == "number" and _METRIC_7.search(after) and "eksportir" in view.text.lower():
        return "exporters"
    return None


def _counted_again(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a share of a number of exporters that the sentence totals: "tiap kabupaten dua ... keseluruhan 12"."""
    if _ORIGINAL.search(view.text) and _REVISED.search(view.text):
        return False
    text = document.text
    others = [f for f in view.figures if f.kind == "people" and f.start > figure.end and f.value is not None]
    return any(_TOTAL.search(text[max(view.start, f.start - 24) : f.start]) for f in others)


def _grows(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for firms whose number is to rise, where the text has just counted exporters: "jumlah itu menjadi 25 UMKM"."""
    if not _TOTAL.search(document.text[max(view.start, figure.start - 24) : figure.start]):
        return False
    nearby = document.sentences[max(0, view.index - 2) : view.index]
    return bool(_REPORTING.search(view.text)) or any(_METRIC_6.search(v.text) for v in nearby)


def _draft(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    figure: Figure,
    metric: str,
    earlier: list[Draft],
) -> Draft:
    draft = Draft("export_target", f"target.{metric}", [view.index], figure.start)
    draft.put_figure("amount", figure)
    draft.put("metric", metric)
    if metric == "growth_pct":
        growth = view.last_cue_before(figure.start, "growth_up", "growth_down")
        if growth is not None and "growth_down" in growth.codes and figure.value is not None:
            draft.put("amount", -figure.value, (figure.start, figure.end))
    _put_region(document, view, context, draft)
    _put_period(document, view, context, draft, figure, earlier)
    _put_issuer(document, view, draft)
    if metric != "exporters":
        _put_commodity(document, view, draft, figure.start)
    return draft


def _put_commodity(document: Document, view: SentenceView, draft: Draft, limit: int) -> None:
    """Goods that stand right behind "ekspor" name what the target is about."""
    for label in find_labels(document, view):
        if label.kind == "product" and label.end <= limit:
            export = view.last_cue_before(label.start, "export")
            if export is not None and label.start - export.end <= 25:
                draft.put("commodity", label.text, (label.start, label.end))


def _put_region(document: Document, view: SentenceView, context: ArticleContext, draft: Draft) -> None:
    if _PUT_REGION.search(view.text) or _PUT_REGION_2.search(view.text):
        draft.put("region", "Indonesia")
        return
    for agency in view.agencies:
        named = next((m for m in view.regions if agency.start <= m.start < agency.end), None)
        if named is not None and named.role != "branch":
            draft.put("region", named.name, (named.start, named.end))
            return
    for role in ("origin", "office", "bare"):
        for mention in view.regions:
            if mention.role == role and not _DATELINE.match(document.text, mention.end):
                draft.put("region", mention.name, (mention.start, mention.end))
                return
    draft.put("region", region_name(context.home))


def _put_period(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    draft: Draft,
    figure: Figure,
    earlier: list[Draft],
) -> None:
    forms = {"year", "relative", "quarter", "semester", "month_range", "month", "year_range"}
    times = [
        t
        for t in view.times
        if t.form in forms
        and (
            not _PUT_PERIOD.search(document.text[max(view.start, t.start - 30) : t.start])
            or _AIM.search(document.text[max(view.start, t.start - 30) : t.start])
        )
    ]
    after = [t for t in times if t.start >= figure.end]
    before = [t for t in times if t.end <= figure.start]
    for time in [
        *(after[:1] if after and _belongs(document, figure, after[0]) else []),
        *reversed(before),
        *after,
    ]:
        resolved = context.resolve(time)
        if resolved:
            edtf = resolved.edtf
            if time.until and "/" in edtf:
                edtf = edtf[:4]
            draft.put("period", edtf, (time.start, time.end))
            return
    if _YEAR_END.search(view.text) and context.anchor.year:
        draft.put("period", str(context.anchor.year))
        return
    if earlier and earlier[-1].sentences[0] >= view.index - 3 and earlier[-1].has("period"):
        draft.put("period", earlier[-1].slots["period"], earlier[-1].spans.get("period"))
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


def _belongs(document: Document, figure: Figure, time: TimeExpression) -> bool:
    """True for a time close behind a figure, where no other aim is named between them."""
    between = document.text[figure.end : time.start]
    return len(between) < 25 and not _AIM.search(between)


def _put_issuer(document: Document, view: SentenceView, draft: Draft) -> None:
    cue = next(iter(view.cues_of("target")), None)
    position = cue.start if cue else view.end
    subject = [a for a in view.agencies if a.end <= position]
    by_phrase = [
        a
        for a in view.agencies
        if a.start >= position and _PUT_ISSUER.search(document.text[max(0, a.start - 8) : a.start])
    ]
    if subject:
        chosen = subject[-1]
        draft.put("issuer", chosen.name, (chosen.start, chosen.end))
        return
    generic = _GENERIC_BODY.search(view.text, 0, max(0, position - view.start))
    if generic and draft.has("region"):
        # "pemkab" alone is the body of the region the article is about.
        base = _PUT_ISSUER_2.sub("", str(draft.slots["region"]))
        draft.put(
            "issuer", f"{generic[0]} {base}", (view.start + generic.start(), view.start + generic.end())
        )
        return
    if by_phrase:
        draft.put("issuer", by_phrase[0].name, (by_phrase[0].start, by_phrase[0].end))
        return
    active = any(
        cue.key.startswith(("men", "mem", "bidik")) or cue.key in ("pasang",)
        for cue in view.cues_of("target")
    )
    if active or _SELF.search(view.text):
        speaker = speaker_of(document, view)
        if speaker:
            draft.put("issuer", speaker.name, (speaker.start, speaker.end))
