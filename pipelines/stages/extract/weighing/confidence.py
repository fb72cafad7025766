"""How sure a claim is: a logistic model over what the reading itself knows to be weak or strong.

The weights stand in lexicons/confidence.csv; `make calibrate` fits them on the golden sets and prints the
calibration error by cross-validation over articles (docs/extraction.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipelines.lexicons.loader import confidence_weights
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.weighing.likelihood import DISPATCH, SALE, TOTAL, likelihood

_COUNTED = (
    "products",
    "destinations",
    "date",
    "period",
    "exporter",
    "commodity",
    "value",
    "containers",
    "participants",
)
_PERIODS = frozenset({"month", "month_range", "year", "year_range", "quarter", "semester"})
_RANKS_MARKETS = "presence.markets"  # a rule: told without goods, which the likelihood is not about
_STEPS = 5  # of the likelihood that a sentence makes the claim
_REGION = ("region", "origin_region")


def features(document: Document, context: ArticleContext, draft: Draft, *, is_report: bool) -> Iterator[str]:
    """Names of the features that hold for a draft; each holds or does not."""
    kind = draft.type
    yield "bias"
    yield f"type:{kind}"
    yield f"rule:{draft.rule_id}"
    view = document.sentences[draft.sentences[0]]
    filled = {slot for slot in draft.slots if draft.has(slot)}
    for slot in _COUNTED:
        if slot in filled:
            yield f"{kind}:has:{slot}"
    region = next((slot for slot in _REGION if slot in filled), None)
    if region is None:
        yield "region:none"
    elif region in draft.spans:
        yield "region:printed"
    elif context.home_weight < 0.5:
        yield "region:weak_home"
    if kind in ("export_realisation", "export_target"):
        span = draft.spans.get("period")
        here = span is not None and view.start <= span[0] < view.end
        if draft.has("period"):
            yield "period:here" if here else "period:carried"
        else:
            # Without a year to count from "tahun lalu" has no period: that none is told is no sign of a mistake.
            unplaced = kind == "export_realisation" and context.anchor.year is None
            told = _tells_periods(document)
            yield "period:untold" if not told else "period:unplaced" if unplaced else "period:none"
    if kind in (DISPATCH, SALE, TOTAL) and draft.rule_id != _RANKS_MARKETS:
        yield chance_of(document, view, kind)
    if is_report:
        yield f"{kind}:report"
    if not context.anchor.is_published:
        yield "undated"
    if len(view.figures) > 6:
        yield "crowded"
    if view.text.count('"') % 2 or "“" in view.text:
        yield "quoted"
    if draft.slots.get("status") == "planned":
        yield f"{kind}:planned"
    if draft.flags:
        yield "flagged"
    for mark in sorted(draft.evidence):
        if not mark.startswith("alias:"):
            yield f"mark:{mark}"


def chance_of(document: Document, view: SentenceView, kind: str) -> str:
    """Name of the feature that says how likely a sentence makes a claim of a type, by the model of that."""
    return f"{kind}:chance:{int(likelihood(document, view, kind) * _STEPS)}"


def _tells_periods(document: Document) -> bool:
    """False for an article without any calendar period: that a claim of it has none is what the text says."""
    return any(time.form in _PERIODS for time in document.times)


def confidence(names: Iterator[str]) -> float:
    """Probability that a claim with these features is right; unknown features count nothing."""
    weights = confidence_weights()
    score = sum(weights.get(name, 0.0) for name in names)
    return 1.0 / (1.0 + math.exp(-max(-12.0, min(12.0, score))))
