"""Fit the confidence model on the golden sets and say how well it is calibrated.

Usage: python scripts/calibrate_confidence.py [--write]

Prints, by five-fold cross-validation over articles, the expected calibration error and what share of claims
has a confidence of at least 0.9 and is found by score.py; and the same for held-back sets as they were read at
first sight (tests/golden/first_sight.csv), each by a model that has not seen it. With --write, fits on all and
writes pipelines/lexicons/confidence.csv. Sealed sets (a file SEALED in the folder) are never read.

The rules have been mended on every set but at first sight, so that their claims of today are better than those of an
article never seen. The claims at first sight are fitted on too, so that a confidence promises no more than they keep.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path[:0] = [str(ROOT), str(ROOT / "scripts"), str(GOLDEN / "evaluation")]

import score  # noqa: E402
from weights_file import write_weights  # noqa: E402

from pipelines.stages.collect import CollectedArticle, RawDocument, RawMetadata, collect_document  # noqa: E402
from pipelines.stages.extract import reading  # noqa: E402
from pipelines.stages.extract.weighing.confidence import features  # noqa: E402

FOLDS = 5
# Error, share at 0.9 or more and share of these found, of h29 to h38 at first sight, each left out:
# 1: .021, 68 %, 94.9 %; 10: .032, 65 %, 96.2 %. Less trust in a single sign generalises.
L2 = 10.0
# Times that a claim at first sight counts. The same of h10 to h18, with L2 = 1:
# 2: .050, 74 %, 91.5 %; 4: .040, 71 %, 91.9 %; 6: .029, 63 %, 92.9 %; 8: .023, 61 %, 92.9 %.
FIRST_SIGHT_WEIGHT = 6
# The sets before this one were read at first sight by rules that have been mended a good deal since.
RECENT = 29
Sample = tuple[str, frozenset[str], bool]


def golden_sets() -> list[Path]:
    """Folders of articles with gold, in a fixed order, without the sealed ones."""
    found = sorted(
        path.parent for path in GOLDEN.glob("**/gold.jsonl") if (path.parent / "articles").is_dir()
    )
    return [path for path in found if not (path / "SEALED").exists() and path.name != "events"]


def samples(folder: Path) -> list[Sample]:
    """(article, features, found) of every claim predicted for a set."""
    metadata = {
        row["article_id"]: row for row in csv.DictReader((folder / "metadata.csv").open(encoding="utf-8"))
    }
    rows: list[Sample] = []
    for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        gold = json.loads(line)
        article_id = gold["article_id"]
        known = metadata.get(article_id, {})
        raw = RawDocument(
            f"{article_id}.txt",
            (folder / "articles" / f"{article_id}.txt").read_bytes(),
            RawMetadata(
                known.get("url") or None, known.get("published") or None, known.get("source") or None
            ),
        )
        article = collect_document(raw)
        if not isinstance(article, CollectedArticle):
            continue
        document, context, drafts = reading.read_drafts(
            article.text, published=article.published, title=article.title
        )
        report = reading.is_report(document)
        claims = [reading.claim_of(document, draft, 0.0).gold_layout() for draft in drafts]
        right = found_indexes(gold["claims"], claims)
        for index, draft in enumerate(drafts):
            rows.append(
                (article_id, frozenset(features(document, context, draft, is_report=report)), index in right)
            )
    return rows


def first_sight() -> dict[str, list[Sample]]:
    """Set: the claims of a held-back set as its first scoring made them; h10 to h18 with the models of origins and likelihood.

    Those are younger than these scorings. They were put into the code of then, fitted without the set.
    """
    read: dict[str, list[Sample]] = defaultdict(list)
    with (GOLDEN / "first_sight.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            names = frozenset(row["features"].split())
            read[row["set"]].append((row["article"], names, row["found"] == "1"))
    return read


def weighted(sets: dict[str, list[Sample]]) -> list[Sample]:
    """The claims of sets at first sight, each as often as it counts."""
    return [sample for found in sets.values() for sample in found for _ in range(FIRST_SIGHT_WEIGHT)]


def found_indexes(gold: list[dict[str, object]], predicted: list[dict[str, object]]) -> set[int]:
    """Positions of the predicted claims that score.py calls found."""
    right: set[int] = set()
    for kind in score.SLOTS:
        golds = [claim for claim in gold if claim["type"] == kind]
        positions = [i for i, claim in enumerate(predicted) if claim["type"] == kind]
        pairs = score.align(golds, [predicted[i] for i in positions])
        right |= {positions[j] for i, j in pairs if score.found(golds[i], predicted[positions[j]])}
    return right


def fit(rows: list[Sample], *, rounds: int = 250) -> dict[str, float]:
    """Logistic regression by gradient steps with an L2 penalty; features seen fewer than 5 times are left out."""
    counts: dict[str, int] = defaultdict(int)
    for _, names, _ in rows:
        for name in names:
            counts[name] += 1
    weights = {name: 0.0 for name, count in sorted(counts.items()) if count >= 5}
    data = [([name for name in names if name in weights], right) for _, names, right in rows]
    momentum = dict.fromkeys(weights, 0.0)
    for _ in range(rounds):
        gradient = {
            name: L2 * weight / len(data) if name != "bias" else 0.0 for name, weight in weights.items()
        }
        for names, right in data:
            error = predict(weights, names) - right
            for name in names:
                gradient[name] += error / len(data)
        for name in weights:
            momentum[name] = 0.9 * momentum[name] - 0.5 * gradient[name]
            weights[name] += momentum[name]
    return weights


def predict(weights: dict[str, float], names: list[str]) -> float:
    """Probability that a claim with these features is right."""
    return 1 / (1 + math.exp(-max(-12.0, min(12.0, sum(weights.get(name, 0.0) for name in names)))))


def calibration(pairs: list[tuple[float, bool]]) -> tuple[float, float, float]:
    """Expected calibration error over ten bins, share of claims at 0.9 or more, and how many of those are right."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for pair in pairs:
        bins[min(int(pair[0] * 10), 9)].append(pair)
    error = sum(
        abs(sum(p for p, _ in group) / len(group) - sum(r for _, r in group) / len(group)) * len(group)
        for group in bins.values()
    )
    sure = [right for p, right in pairs if p >= 0.9]
    return error / len(pairs), len(sure) / len(pairs), sum(sure) / max(1, len(sure))


def _line(pairs: list[tuple[float, bool]]) -> str:
    error, share, right = calibration(pairs)
    return f"calibration error {error:.3f}; {share:.1%} of claims at 0.9 or more, {right:.1%} of them found"


def main() -> None:
    """Cross-validate, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    write = parser.parse_args().write
    rows = [sample for folder in golden_sets() for sample in samples(folder)]
    articles = sorted({article for article, _, _ in rows})
    fold_of = {article: index % FOLDS for index, article in enumerate(articles)}
    seen_once = first_sight()
    unmended = weighted(seen_once)
    pairs: list[tuple[float, bool]] = []
    for fold in range(FOLDS):
        weights = fit([row for row in [*rows, *unmended] if fold_of[row[0]] != fold])
        pairs += [
            (predict(weights, sorted(names)), right)
            for article, names, right in rows
            if fold_of[article] == fold
        ]
    print(
        f"{len(rows)} claims of today, of {len(articles)} articles, {FOLDS}-fold cross-validation: {_line(pairs)}"
    )
    unseen: list[tuple[float, bool]] = []
    recent: list[tuple[float, bool]] = []
    for name, held in seen_once.items():
        others = weighted({other: found for other, found in seen_once.items() if other != name})
        own = {article for article, _, _ in held}
        weights = fit([*(row for row in rows if row[0] not in own), *others])
        judged = [(predict(weights, sorted(names)), ok) for _, names, ok in held]
        unseen += judged
        recent += judged if int(name.removeprefix("h")) >= RECENT else []
        print(f"{name} at first sight, left out: {_line(judged)}")
    print(f"all at first sight, each left out: {_line(unseen)}")
    print(f"h{RECENT} and later at first sight, each left out: {_line(recent)}")
    if write:
        fitted = fit([*rows, *unmended])
        write_weights("confidence.csv", {(name,): weight for name, weight in fitted.items()})


if __name__ == "__main__":
    main()
