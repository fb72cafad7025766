"""Fit the weights by which the region of goods is weighed against the other regions of an article.

Usage: python scripts/fit_origins.py [--write]

Fitted on the dispatches and the goods sold abroad that held-back sets told at first sight (tests/golden/first_origins.csv),
for there the rules are as often wrong as in an article never seen. Prints, for each set by weights that have not seen it, how
often the rules took the gold's region, how often the weighed one is the gold's, and what was mended and broken.
With --write, fits on all sets and writes pipelines/lexicons/origin_weights.csv.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from fit_choice import Choice, fit_choices  # noqa: E402
from weights_file import write_weights  # noqa: E402

from pipelines.stages.extract.article.context import read_context  # noqa: E402
from pipelines.stages.extract.article.document import build_document  # noqa: E402
from pipelines.stages.extract.weighing.origins import Goods, RegionsOfArticle, likeliest, likelihoods  # noqa: E402
from tests.golden.scoring import golden_sets, read_articles  # noqa: E402

L2 = 8.0  # between 4 and 10 as many are mended; less breaks more
LEAST = 4  # claims in which a feature must hold for some region
ROUNDS = 600
Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Sample:
    """One claim at first sight: its regions with their features, what the rules took and what is right."""

    article: str
    candidates: tuple[tuple[str, tuple[str, ...]], ...]
    rules: str
    gold: str


def samples() -> dict[str, list[Sample]]:
    """Set to its claims at first sight whose region the article names."""
    rows: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    with (GOLDEN / "first_origins.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            rows[row["set"], row["article"]].append(row)
    sets = {golden.name: golden for golden in golden_sets()}
    read: dict[str, list[Sample]] = {}
    for name in dict.fromkeys(name for name, _ in rows):
        found = read[name] = []
        for article_id, article in read_articles(sets[name]).items():
            document = build_document(article.text, title=article.title)
            named = RegionsOfArticle(document, read_context(document, published=article.published))
            for row in rows.get((name, article_id), ()):
                start = int(row["sentence"])
                sentence = next(
                    (view.index for view in document.sentences if view.start <= start < view.end), 0
                )
                goods = Goods(sentence, int(row["offset"]), row["rules"] or None, row["printed"] == "1")
                candidates = tuple((code, tuple(names)) for code, names in named.candidates(goods))
                if any(code == row["gold"] for code, _ in candidates):
                    found.append(Sample(article_id, candidates, row["rules"], row["gold"]))
    return read


def fit(rows: Sequence[Sample]) -> Weights:
    """Softmax regression over the regions of each claim; the many claims of one article count less each."""
    choices = [
        Choice(
            row.article,
            tuple(names for _, names in row.candidates),
            tuple(code == row.gold for code, _ in row.candidates),
        )
        for row in rows
    ]
    return fit_choices(choices, l2=L2, least=LEAST, rounds=ROUNDS)


def weighed(row: Sample, weights: Weights) -> str:
    """The region that is taken for a claim."""
    return likeliest(likelihoods(row.candidates, weights), row.rules or None)


def main() -> None:
    """Cross-validate over sets, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    write = parser.parse_args().write
    read = samples()
    total: Counter[str] = Counter()
    for name, rows in read.items():
        weights = fit([row for other, found in read.items() if other != name for row in found])
        found: Counter[str] = Counter(claims=len(rows))
        for row in rows:
            before, after = row.rules == row.gold, weighed(row, weights) == row.gold
            found.update(
                rules=before, weighed=after, mended=after and not before, broken=before and not after
            )
        total.update(found)
        print(f"{name}, left out: {dict(found)}")
    print(f"all: {dict(total)}: {total['rules'] / total['claims']:.3f} by the rules, ", end="")
    print(f"{total['weighed'] / total['claims']:.3f} weighed")
    if write:
        fitted = fit([row for rows in read.values() for row in rows])
        write_weights("origin_weights.csv", {(name,): weight for name, weight in fitted.items()})


if __name__ == "__main__":
    main()
