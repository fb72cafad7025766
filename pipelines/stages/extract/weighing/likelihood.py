"""How likely a sentence tells of goods sent or sold abroad or of the total of a time.

By the classes of its cue words, what it names, and its words and those beside it.
The rules know wordings; of a wording they do not know, this says whether a sentence looks like those that trained annotators
took. The weights stand in lexicons/likelihood.csv; `make calibrate` fits them on the golden sets (docs/extraction.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from pipelines.lexicons.loader import likelihood_weights
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.reports import is_report
from pipelines.stages.extract.article.words import word_features

DISPATCH = "export_shipment"
SALE = "market_presence"
TOTAL = "export_realisation"
CLAIMS = (DISPATCH, SALE, TOTAL)  # in the order of the columns of weights
BIAS = "_bias"
_MOST = 3  # names of one kind that are told apart


def likelihood(document: Document, view: SentenceView, claim: str) -> float:
    """Probability that a sentence makes a claim of this type (`DISPATCH`, `SALE` or `TOTAL`)."""
    if not view.chances:  # asked by every clause of it, and of every claim
        weights = likelihood_weights()
        found = [weights[name] for name in features(document, view) if name in weights]
        scores = dict(zip(CLAIMS, map(sum, zip(*found, strict=True)), strict=True))
        view.chances = {kind: 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, s)))) for kind, s in scores.items()}
    return view.chances[claim]


def features(document: Document, view: SentenceView) -> Iterator[str]:
    """Names of the features that hold for a sentence; those that are no words hold a colon or an underscore."""
    yield BIAS
    for name in sorted(view.classes):
        yield f"cue:{name}"
    if view.index:
        before = document.sentences[view.index - 1]
        for name in sorted(before.classes):
            yield f"cue_before:{name}"
        yield f"markets_before:{min(len(before.countries), 2)}"
    for kind, named in (
        ("markets", view.countries),
        ("goods", view.products),
        ("firms", view.firms),
        ("regions", view.regions),
        ("figures", view.figures),
    ):
        yield f"{kind}:{min(len(named), _MOST)}"
    for name in sorted({figure.unit or figure.kind for figure in view.figures}):
        yield f"figure:{name}"
    if any(figure.is_rate for figure in view.figures):
        yield "is_rate"
    for form in sorted({time.form for time in view.times}):
        yield f"time:{form}"
    if is_report(document):
        yield "is_report"
    yield from word_features(document.sentences, view)
