"""The golden sets, what the extractor predicts for them and how sure it was: for tests and `make quality`.

A prediction goes the way of `niaga extract`: bytes through `collect_document`, text through `extract_claims`,
claims in the gold layout as JSON gives them back.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from pipelines.stages.collect import CollectedArticle, RawDocument, RawMetadata, collect_document
from pipelines.stages.collect.raw import parse_metadata
from pipelines.stages.extract import extract_claims

GOLDEN = Path(__file__).resolve().parent
ROOT = GOLDEN.parents[1]
SEAL = "SEALED"
# The lines and most short cases give no date; a day keeps weekdays and "hari ini" readable.
OFF_TOPIC_PUBLISHED = "2024-03-05"

Row = dict[str, Any]


@lru_cache(maxsize=1)
def score_module() -> ModuleType:
    """score.py of the evaluation copy: the definition of every figure."""
    spec = importlib.util.spec_from_file_location("golden_score", GOLDEN / "evaluation" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """Articles with gold claims.

    Attributes:
        name: `dev`, `seeds`, or the folder's name.
        kind: `development` (rules were written on it) or `held back` (scored once before it was looked at).
        articles, gold, metadata: Folder of .txt files, gold JSON lines, metadata.csv or None.
        is_sealed: True while nobody who builds the extractor may look at its score.
    """

    name: str
    kind: str
    articles: Path
    gold: Path
    metadata: Path | None
    is_sealed: bool


def golden_sets() -> list[GoldenSet]:
    """Every set of the checkout in a fixed order, sealed ones included."""
    evaluation = GOLDEN / "evaluation"
    sets = [
        _set("dev", "development", evaluation / "dev"),
        GoldenSet("seeds", "development", ROOT / "data" / "raw", evaluation / "gold.jsonl", None, False),
    ]
    for folder, kind in (("extended", "development"), ("heldout", "held back")):
        sets += [
            _set(path.parent.name, kind, path.parent)
            for path in sorted((GOLDEN / folder).glob("*/gold.jsonl"))
        ]
    return sets


def _set(name: str, kind: str, folder: Path) -> GoldenSet:
    metadata = folder / "metadata.csv"
    return GoldenSet(
        name,
        kind,
        folder / "articles",
        folder / "gold.jsonl",
        metadata if metadata.exists() else None,
        (folder / SEAL).exists(),
    )


def first_scores() -> list[Row]:
    """What the held-back sets scored first, as first_scores.yaml records it."""
    return list(yaml.safe_load((GOLDEN / "first_scores.yaml").read_text("utf-8")))


def read_gold(path: Path) -> dict[str, Row]:
    """Gold articles by id."""
    return {
        row["article_id"]: row
        for row in map(json.loads, filter(str.strip, path.read_text("utf-8").splitlines()))
    }


def predict_bytes(stem: str, content: bytes, metadata: RawMetadata | None = None) -> Row:
    """The line of `niaga extract` for one document; a rejected document has no claims and says why."""
    article = collect_document(RawDocument(f"{stem}.txt", content, metadata))
    if not isinstance(article, CollectedArticle):
        return {"article_id": stem, "text": "", "claims": [], "rejected": article.reason_code}
    claims = extract_claims(
        article.text, published=article.published, title=article.title, outlet=article.outlet
    )
    return {
        "article_id": stem,
        "text": article.text,
        "claims": json.loads(json.dumps([claim.gold_layout() for claim in claims])),
    }


def read_articles(golden: GoldenSet) -> dict[str, CollectedArticle]:
    """The articles of a set as the pipeline takes them in, by id; rejected ones are left out."""
    rows = parse_metadata(str(golden.metadata), golden.metadata.read_bytes()).rows if golden.metadata else {}
    collected = {
        path.stem: collect_document(RawDocument(path.name, path.read_bytes(), rows.get(path.stem)))
        for path in sorted(golden.articles.glob("*.txt"))
    }
    return {stem: article for stem, article in collected.items() if isinstance(article, CollectedArticle)}


def predict_set(golden: GoldenSet) -> dict[str, Row]:
    """Predictions for the articles of a set, by id."""
    rows = parse_metadata(str(golden.metadata), golden.metadata.read_bytes()).rows if golden.metadata else {}
    return {
        path.stem: predict_bytes(path.stem, path.read_bytes(), rows.get(path.stem))
        for path in sorted(golden.articles.glob("*.txt"))
    }


@dataclass(frozen=True, slots=True)
class Case:
    """A short case of cases/*.yaml: a text, what it claims, whether that is all, and why it may fail (known gap)."""

    id: str
    file: str
    text: str
    published: str | None
    expect: tuple[Row, ...]
    is_complete: bool
    known_gap: str | None


def short_cases() -> list[Case]:
    """Every short case, in file order."""
    cases = []
    for path in sorted((GOLDEN / "cases").glob("*.yaml")):
        for row in yaml.safe_load(path.read_text("utf-8")):
            published = row.get("published")
            cases.append(
                Case(
                    row["id"], path.name, row["text"], str(published) if published else None,
                    tuple(row["expect"] or ()), row.get("complete", not row["expect"]), row.get("known_gap"),
                )
            )  # fmt: skip
    return cases


def predict_excerpt(stem: str, text: str, published: str | None) -> Row:
    """What the extractor reads in a piece of an article.

    Collect turns documents of a few words away; a piece that is too short for it is read as it stands, so
    that no false claim hides behind a rejection.
    """
    row = predict_bytes(stem, text.encode(), RawMetadata(published=published))
    if "rejected" in row:
        claims = [claim.gold_layout() for claim in extract_claims(text, published=published)]
        row = {"article_id": stem, "text": text, "claims": json.loads(json.dumps(claims))}
    return row


def predict_case(case: Case) -> Row:
    """What the extractor reads in a short case."""
    return predict_excerpt(case.id, case.text, case.published)


def case_failures(case: Case, predicted: Row) -> list[str]:
    """What is wrong with a prediction; empty where the case passes.

    Every claim of `expect` must be met by a claim of its own: each slot it lists agrees as score.py compares
    (a slot listed as null or [] must be empty), and the quote overlaps the evidence. Where `expect` is complete (or
    empty), nothing else may be claimed; elsewhere further claims are no failure, and `make quality` counts them.
    """
    claims = predicted["claims"]
    if not case.expect:
        return [f"claimed: {shown(claim)}" for claim in claims]
    problems = [
        [_claim_problems(case, expected, claim, predicted["text"]) for claim in claims]
        for expected in case.expect
    ]
    met = (
        dict(score_module().best_assignment([[0.0 if wrong else 1.0 for wrong in row] for row in problems]))
        if claims
        else {}
    )
    failures = []
    for position, expected in enumerate(case.expect):
        row = problems[position]
        if position in met and not row[met[position]]:
            continue
        same_type = [
            wrong for wrong, claim in zip(row, claims, strict=True) if claim["type"] == expected["type"]
        ]
        nearest = min(same_type, key=len, default=None)
        if nearest:
            failures.append(f"{expected['type']}: " + "; ".join(nearest))
        else:
            failures.append(f"missed: {shown(expected)}")
    if case.is_complete:
        failures += [
            f"claimed: {shown(claim)}" for column, claim in enumerate(claims) if column not in met.values()
        ]
    return failures


def shown(claim: Row) -> str:
    """A claim's type and filled slots, for messages."""
    hidden = {"type", "spans", "quote_start", "quote_end", "confidence", "flags", "qualifiers"}
    slots = {name: value for name, value in claim.items() if name not in hidden and value not in (None, [])}
    return f"{claim['type']} {slots}"


def _claim_problems(case: Case, expected: Row, claim: Row, text: str) -> list[str]:
    score = score_module()
    if expected["type"] != claim["type"]:
        return [f"is a {claim['type']}"]
    problems = []
    for slot, value in expected.items():
        if slot in ("type", "quote") or slot not in claim:
            continue
        found = claim[slot]
        if score.empty(value) != score.empty(found):
            problems.append(f"{slot} {value!r} is {found!r}")
        elif score.empty(value):
            continue
        elif slot in score.SLOTS[expected["type"]]:
            if score.slot_score(slot, expected, claim) < 1.0:
                problems.append(f"{slot} {value!r} is {found!r}")
        elif (
            value != found
        ):  # unit, currency: part of the measure, compared with it; alone they must be equal
            if slot == "unit" and {value, found} <= set(score.MASS_KG):
                continue
            problems.append(f"{slot} {value!r} is {found!r}")
    if expected.get("quote"):
        start = text.find(expected["quote"])
        if start < 0:
            problems.append(f"quote {expected['quote']!r} is not in the collected text")
        elif not (claim["quote_start"] < start + len(expected["quote"]) and start < claim["quote_end"]):
            problems.append(f"quote {expected['quote']!r} lies outside {claim['quote']!r}")
    return problems


def off_topic_lines() -> list[str]:
    """Paragraphs and sentences of other news; none makes a claim."""
    return [
        line for line in (GOLDEN / "off_topic" / "lines.txt").read_text("utf-8").splitlines() if line.strip()
    ]


def predict_off_topic(texts: Iterable[str]) -> list[Row]:
    """What the extractor claims of texts that claim nothing, each read as an article of its own."""
    return [
        predict_excerpt(f"off-{number:03d}", text, OFF_TOPIC_PUBLISHED)
        for number, text in enumerate(texts, 1)
    ]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidences can be believed.

    Attributes:
        claims: Predicted claims.
        error: Expected calibration error over ten equal bins.
        sure_share: Share of claims with a confidence of at least 0.9.
        sure_found: Share of those that score.py calls found.
    """

    claims: int
    error: float
    sure_share: float
    sure_found: float


def confidences(gold: dict[str, Row], predicted: dict[str, Row]) -> list[tuple[float, bool]]:
    """(confidence, found by score.py) of every predicted claim."""
    score = score_module()
    pairs: list[tuple[float, bool]] = []
    for article_id, article in sorted(gold.items()):
        claims = predicted.get(article_id, {"claims": []})["claims"]
        found: set[int] = set()
        for kind in score.SLOTS:
            golds = [claim for claim in article["claims"] if claim["type"] == kind]
            positions = [place for place, claim in enumerate(claims) if claim["type"] == kind]
            for i, j in score.align(golds, [claims[place] for place in positions]):
                if score.found(golds[i], claims[positions[j]]):
                    found.add(positions[j])
        pairs += [(claim["confidence"], place in found) for place, claim in enumerate(claims)]
    return pairs


def calibrate(pairs: Sequence[tuple[float, bool]]) -> Calibration:
    """Calibration figures of (confidence, found) pairs; zeros where there are none."""
    if not pairs:
        return Calibration(0, 0.0, 0.0, 0.0)
    error = sum(
        abs(sum(c for c, _ in group) - sum(f for _, f in group)) for group in bins(pairs).values()
    ) / len(pairs)
    sure = [found for confidence, found in pairs if confidence >= 0.9]
    return Calibration(len(pairs), error, len(sure) / len(pairs), sum(sure) / len(sure) if sure else 0.0)


def bins(pairs: Sequence[tuple[float, bool]]) -> dict[int, list[tuple[float, bool]]]:
    """Pairs by tenth of confidence, in order; 1.0 lies in the last."""
    grouped: dict[int, list[tuple[float, bool]]] = {}
    for confidence, found in sorted(pairs):
        grouped.setdefault(min(int(confidence * 10), 9), []).append((confidence, found))
    return grouped
