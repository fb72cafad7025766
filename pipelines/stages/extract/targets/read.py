"""export_target: a stated goal for a period, with its original and revised versions."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.event_regions import that_region
from pipelines.stages.extract.article.labels import find_labels
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.targets.issuers import put_issuer
from pipelines.stages.extract.targets.metrics import (
    is_about_exports,
    leans_on_target,
    may_be_aim,
    metric_of,
    softly_aims,
    tells_version,
)
from pipelines.stages.extract.targets.periods import put_period
from pipelines.stages.extract.targets.versions import mark_revisions, unique
from pipelines.text.figures import Figure
from pipelines.text.places import RegionMention

_OF_GOODS = Pattern("targets.read.of_goods")
_PUT_REGION = Pattern("targets.read.put_region")
_PUT_REGION_2 = Pattern("targets.read.put_region_2")
_GOODS_BETWEEN = 45  # characters of the goods in "ekspor durian Sulawesi Tengah"
_REPEATED_WITHIN = 4  # sentences in which an aim may be told again


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
        if announced is not None and view.index - announced.sentences[0] == 1:
            near = True  # "... merevisi sasaran ekspor 2024. Dari rencana awal 18.000 ton, kini 15.500 ton."
        aim = None if view.has("target") else _unnamed_aim(document, view, context)
        if not (view.has("target") or aim is not None or (near and tells_version(view))):
            continue
        before = len(drafts)
        if (
            view.has("target")
            and is_about_exports(document, view)
            and not any(f.kind in ("money", "percent") for f in view.figures)
            and not (near and any(f.kind in ("quantity", "container") for f in view.figures))
        ):
            # "Pemprov menaikkan target ekspor nonmigas 2022." The figures follow in the next sentence.
            announced = Draft("export_target", "target.announced", [view.index], view.start)
            put_issuer(document, view, announced)
            _put_commodity(document, view, announced, view.end)
        for figure in view.figures:
            if figure.start in skip or not may_be_aim(document, figure):
                continue
            told = str(drafts[-1].slots["metric"]) if near and drafts else None
            metric = metric_of(document, view, figure, near=near, aim=aim, told=told)
            if metric is None:
                continue
            draft = _draft(document, view, context, figure, metric, drafts)
            breath = drafts[-1] if drafts and _same_breath(document, view, drafts[-1]) else None
            news = announced if announced and view.index - announced.sentences[0] <= 2 else None
            put_issuer(document, view, draft, earlier=drafts, breath=breath, announced=news)
            if news is not None:
                draft.fill("commodity", news.slots.get("commodity"), news.spans.get("commodity"))
            drafts.append(draft)
            taken.add(figure.start)
        if len(drafts) > before:
            last_index = view.index
        elif is_about_exports(document, view) and view.has("target"):
            last_index = view.index if drafts else last_index
    taken |= _told_again(document, drafts)
    mark_revisions(document, drafts)
    return unique(drafts), taken


def _told_again(document: Document, drafts: list[Draft]) -> set[int]:
    """Offsets of the figures that repeat an aim in the sentences behind it: "Kita realistis saja di 11 ribu kontainer"."""
    return {
        figure.start
        for draft in drafts
        for view in document.sentences[draft.sentences[0] + 1 : draft.sentences[0] + 1 + _REPEATED_WITHIN]
        for figure in view.figures
        if figure.value == draft.slots["amount"]
        and (figure.currency or figure.unit) == draft.slots.get("currency", draft.slots.get("unit"))
        and figure.kind in ("money", "quantity", "container")
        and not view.has("achieved")
    }


def _unnamed_aim(document: Document, view: SentenceView, context: ArticleContext) -> int | None:
    """Offset from which a sentence aims without a word for it; None where it does not."""
    return view.start if leans_on_target(document, view) else softly_aims(view, context)


def _same_breath(document: Document, view: SentenceView, earlier: Draft) -> bool:
    """True where a target stands right behind an earlier one, or further on in its paragraph."""
    other = document.sentences[earlier.sentences[0]]
    return view.index - other.index <= 1 or view.sentence.paragraph == other.sentence.paragraph


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
    _put_region(document, view, context, draft, figure)
    if earlier and not (view.regions or view.agencies) and _same_breath(document, view, earlier[-1]):
        if view.sentence.paragraph == document.sentences[earlier[-1].sentences[0]].sentence.paragraph:
            draft.put("region", earlier[-1].slots.get("region"), earlier[-1].spans.get("region"))
    put_period(document, view, context, draft, figure, earlier)
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


def _put_region(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft, figure: Figure
) -> None:
    own = _exporting(document, view, figure) or that_region(document, view)
    if own is not None:
        draft.put("region", own.name, (own.start, own.end))
        return
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
            if mention.role == role:
                draft.put("region", mention.name, (mention.start, mention.end))
                return
    draft.put("region", region_name(context.home))


def _exporting(document: Document, view: SentenceView, figure: Figure) -> RegionMention | None:
    """The region whose exports are aimed at: "Apdurin menargetkan ekspor durian Sulawesi Tengah mencapai ..."."""
    export = view.last_cue_before(figure.start, "export")
    if export is None:
        return None
    return next(
        (
            mention
            for mention in view.regions
            if export.end <= mention.start < min(figure.start, export.end + _GOODS_BETWEEN)
            and mention.role in ("origin", "bare")
            and _OF_GOODS.fullmatch(document.text, export.end, mention.start)
        ),
        None,
    )
