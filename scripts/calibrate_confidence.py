"""Fit the confidence model on the golden sets and say how well it is calibrated.

Usage: python scripts/calibrate_confidence.py [--write]

Prints, by five-fold cross-validation over articles, the expected calibration error and what share of claims
has a confidence of at least 0.9 and is found by score.py; and the same for held-back sets as they were read at
first sight (tests/golden/first_sight.csv), each by a model that has not seen it. With --write, fits on all and
writes pipelines/lexicons/confidence.csv. Sealed sets (a file SEALED in the folder) are never read.

The rules have been mended on every set but at first sight, so that their claims of today are better than those of an
article never seen. The claims at first sight are fitted on too, so that a confidence promises no more than they keep. How
likely a sentence makes a claim is told by weights that were fitted without the sentence's set.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import fit_likelihood  # noqa: E402
from fit_logistic import chance, fit_logistic  # noqa: E402
from weights_file import write_weights  # noqa: E402

from pipelines.stages.extract import reading  # noqa: E402
from pipelines.stages.extract.article.document import Document, build_document  # noqa: E402
from pipelines.stages.extract.weighing import likelihood  # noqa: E402
from pipelines.stages.extract.weighing.confidence import chance_of, features  # noqa: E402
from tests.golden.scoring import (  # noqa: E402
    Calibration,
    GoldenSet,
    calibrate,
    golden_sets,
    read_articles,
    read_gold,
    score_module,
)

FOLDS = 5
# Error, share at 0.9 or more and share of these found, of h29 to h38 at first sight, each left out:
# 1: .021, 68 %, 94.9 %; 10: .032, 65 %, 96.2 %. Less trust in a single sign generalises.
L2 = 10.0
LEAST = 5  # claims in which a feature must hold
# Times that a claim at first sight counts. The same of h10 to h18, with L2 = 1:
# 2: .050, 74 %, 91.5 %; 4: .040, 71 %, 91.9 %; 6: .029, 63 %, 92.9 %; 8: .023, 61 %, 92.9 %.
FIRST_SIGHT_WEIGHT = 6
# The sets before this one were read at first sight by rules that have been mended a good deal since.
RECENT = 29
CHANCE = ":chance:"  # part of the names of the features that only a model of likelihood tells
Sample = tuple[str, frozenset[str], bool]  # article, features, whether score.py finds the claim
Weights = dict[str, float]
Row = dict[str, object]


def claims_of_today(golden: GoldenSet) -> Iterator[tuple[Sample, int]]:
    """Every claim predicted for a set, with the offset of its sentence."""
    gold = read_gold(golden.gold)
    for article_id, article in read_articles(golden).items():
        document, context, drafts = reading.read_drafts(
            article.text, published=article.published, title=article.title
        )
        report = reading.is_report(document)
        claims = [reading.claim_of(document, draft, 0.0).gold_layout() for draft in drafts]
        right = _found(gold[article_id]["claims"], claims)
        for index, draft in enumerate(drafts):
            names = frozenset(features(document, context, draft, is_report=report))
            yield (article_id, names, index in right), document.sentences[draft.sentences[0]].start


def _found(gold: Sequence[Row], predicted: Sequence[Row]) -> set[int]:
    """Positions of the predicted claims that score.py calls found."""
    score = score_module()
    right: set[int] = set()
    for kind in score.SLOTS:
        golds = [claim for claim in gold if claim["type"] == kind]
        positions = [i for i, claim in enumerate(predicted) if claim["type"] == kind]
        pairs = score.align(golds, [predicted[i] for i in positions])
        right |= {positions[j] for i, j in pairs if score.found(golds[i], predicted[positions[j]])}
    return right


def claims_at_first_sight(golden: GoldenSet, rows: Sequence[Mapping[str, str]]) -> list[Sample]:
    """The claims of a held-back set as its first scoring made them; h10 to h18 with the models of origins and likelihood.

    Those are younger than these scorings. They were put into the code of then, fitted without the set.
    """
    documents = {
        article_id: build_document(article.text, title=article.title)
        for article_id, article in read_articles(golden).items()
    }
    read: list[Sample] = []
    for row in rows:
        names = set(row["features"].split())
        if row["likely"]:
            names.add(_chance_at(documents[row["article"]], int(row["sentence"]), row["likely"]))
        read.append((row["article"], frozenset(names), row["found"] == "1"))
    return read


def _chance_at(document: Document, offset: int, kind: str) -> str:
    view = next(view for view in reversed(document.sentences) if view.start <= offset)
    return chance_of(document, view, kind)


def claims_of_sets() -> tuple[list[Sample], dict[str, list[Sample]]]:
    """The claims of all golden sets as they are read today, and set to those at first sight."""
    recorded: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (GOLDEN / "first_sight.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            recorded[row["set"]].append(row)
    left_out = fit_likelihood.fit_left_out(fit_likelihood.samples())
    today: list[Sample] = []
    seen_once: dict[str, list[Sample]] = {}
    for golden in golden_sets():
        if golden.is_sealed or golden.name not in left_out:
            continue
        with likelihood_by(left_out[golden.name]):
            today += (sample for sample, _ in claims_of_today(golden))
            if golden.name in recorded:
                seen_once[golden.name] = claims_at_first_sight(golden, recorded[golden.name])
    return today, seen_once


@contextmanager
def likelihood_by(weights: Mapping[str, Weights]) -> Iterator[None]:
    """Tells how likely a sentence makes a claim by these weights of each claim."""
    table = fit_likelihood.as_table(weights)
    with patch.object(likelihood, "likelihood_weights", lambda: table):
        yield


def fit(today: Sequence[Sample], first_sight: Sequence[Sample]) -> Weights:
    """Weights of the features of claims; those at first sight count more."""
    rows = [(names, is_found) for _, names, is_found in [*today, *first_sight]]
    counted = [1.0] * len(today) + [float(FIRST_SIGHT_WEIGHT)] * len(first_sight)
    return fit_logistic(rows, l2=L2, least=LEAST, counted=counted)


def judged(weights: Weights, rows: Sequence[Sample]) -> list[tuple[float, bool]]:
    """(confidence, found) of claims."""
    return [(chance(weights, names), is_found) for _, names, is_found in rows]


def _line(pairs: Sequence[tuple[float, bool]]) -> str:
    found: Calibration = calibrate(pairs)
    return (
        f"calibration error {found.error:.3f}; {found.sure_share:.1%} of {found.claims} claims at 0.9 or more, "
        f"{found.sure_found:.1%} of them found"
    )


def main() -> None:
    """Cross-validate, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    write = parser.parse_args().write
    today, seen_once = claims_of_sets()
    unmended = [sample for found in seen_once.values() for sample in found]
    articles = sorted({article for article, _, _ in today})
    fold_of = {article: index % FOLDS for index, article in enumerate(articles)}
    pairs: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        weights = fit(*([row for row in rows if fold_of[row[0]] != fold] for rows in (today, unmended)))
        pairs += judged(weights, [row for row in today if fold_of[row[0]] == fold])
    print(f"today, of {len(articles)} articles, {FOLDS}-fold cross-validation: {_line(pairs)}")
    unseen: list[tuple[float, bool]] = []
    recent: list[tuple[float, bool]] = []
    for name, held in sorted(seen_once.items(), key=lambda found: int(found[0].removeprefix("h"))):
        own = {article for article, _, _ in held}
        weights = fit(*([row for row in rows if row[0] not in own] for rows in (today, unmended)))
        told = judged(weights, held)
        unseen += told
        recent += told if int(name.removeprefix("h")) >= RECENT else []
        print(f"{name} at first sight, left out: {_line(told)}")
    print(f"all at first sight, each left out: {_line(unseen)}")
    print(f"h{RECENT} and later at first sight, each left out: {_line(recent)}")
    for low, high in ((0.0, 0.2), (0.2, 0.3), (0.3, 0.4), (0.4, 0.5)):
        group = [is_found for p, is_found in unseen if low <= p < high]
        print(f"at first sight from {low} to {high}: {len(group)} claims, {sum(group)} of them found")
    if write:
        fitted = fit(today, unmended)
        write_weights("confidence.csv", {(name,): weight for name, weight in fitted.items()})


if __name__ == "__main__":
    main()
