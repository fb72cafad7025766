"""Fit how likely a sentence tells of a dispatch or of goods sold abroad, on the golden sets.

Usage: python scripts/fit_likelihood.py [--write] [--without SET ...]

A sentence tells of a dispatch where one of its amounts is that of a shipment of the gold and of no other claim; of goods
sold abroad where it names the markets and the goods of a gold claim; the lines of other news tell of neither. Prints, by
five-fold cross-validation over articles, how many of the sentences at each probability do. With --write, fits on all
sets and writes pipelines/lexicons/likelihood.csv.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from weights_file import write_weights  # noqa: E402

from pipelines.stages.extract.article.document import Document, SentenceView, build_document  # noqa: E402
from pipelines.stages.extract.weighing.likelihood import DISPATCH, SALE, features  # noqa: E402
from pipelines.text.figures import Figure  # noqa: E402
from tests.golden.scoring import (  # noqa: E402
    golden_sets,
    off_topic_lines,
    read_articles,
    read_gold,
    score_module,
)

FOLDS = 5
L2 = 5.0
LEAST = 3  # sentences in which a feature must hold
STEPS = 12  # of Newton's method
Row = dict[str, Any]
Sample = tuple[str, frozenset[str], bool]  # article, features, whether it makes the claim
Amount = tuple[str | None, float]


def samples(without: Sequence[str] = ()) -> dict[str, list[Sample]]:
    """The sentences of the golden sets, by the claim that they might make."""
    found: dict[str, list[Sample]] = {DISPATCH: [], SALE: []}
    for golden in golden_sets():
        if golden.is_sealed or golden.name in without:
            continue
        gold = read_gold(golden.gold)
        for article_id, article in read_articles(golden).items():
            document = build_document(article.text, title=article.title)
            claims = gold[article_id]["claims"]
            for claim, told in ((DISPATCH, _dispatches(document, claims)), (SALE, _sales(document, claims))):
                found[claim] += [
                    (article_id, frozenset(features(document, view)), makes) for view, makes in told
                ]
    for line in off_topic_lines():
        document = build_document(line, title=None)
        for claim, told in ((DISPATCH, _dispatches(document, [])), (SALE, _sales(document, []))):
            found[claim] += [(line, frozenset(features(document, view)), makes) for view, makes in told]
    return found


def _dispatches(document: Document, claims: list[Row]) -> Iterator[tuple[SentenceView, bool]]:
    sent = {amount for claim in claims if claim["type"] == DISPATCH for amount in _amounts(claim)}
    others = {amount for claim in claims if claim["type"] != DISPATCH for amount in _amounts(claim)}
    for view in document.body:
        amounts = {_amount(f) for f in view.figures if f.value is not None and f.kind in _COUNTED}
        if amounts:
            yield view, bool(amounts & sent - others)


_COUNTED = ("quantity", "container", "money")
_NUMBERS = (("quantity", "unit"), ("amount", "unit"), ("amount", "currency"), ("value", "currency"),
            ("transaction", "currency"))  # fmt: skip


def _amounts(claim: Row) -> Iterator[Amount]:
    if claim.get("containers") is not None:
        yield "container", float(claim["containers"])
    for slot, unit in _NUMBERS:
        if claim.get(slot) is not None:
            yield _in_kilograms(claim.get(unit), float(claim[slot]))


def _amount(figure: Figure) -> Amount:
    assert figure.value is not None
    if figure.kind == "container":
        return "container", float(figure.value)
    return _in_kilograms(figure.currency if figure.kind == "money" else figure.unit, float(figure.value))


def _in_kilograms(unit: str | None, value: float) -> Amount:
    kilograms = score_module().MASS_KG.get(unit)
    return ("kg", round(value * kilograms, 3)) if kilograms else (unit, value)


def _sales(document: Document, claims: list[Row]) -> Iterator[tuple[SentenceView, bool]]:
    sold = [claim for claim in claims if claim["type"] == SALE and claim.get("destinations")]
    for view in document.body:
        if view.countries:
            yield view, any(_tells(view, claim) for claim in sold)


def _tells(view: SentenceView, claim: Row) -> bool:
    words = score_module().words
    markets = set(claim["destinations"])
    named = markets & {mention.code for mention in view.countries}
    goods = [words(name) for name in claim.get("products") or ()]
    own = words(view.text)
    told = not goods or any(2 * len(name & own) >= len(name) for name in goods)
    return 2 * len(named) >= len(markets) and (told or len(markets) > 1)


def fit(rows: Sequence[Sample]) -> dict[str, float]:
    """Logistic regression by Newton's method with an L2 penalty."""
    counts = Counter(name for _, names, _ in rows for name in names)
    position = {
        name: at for at, name in enumerate(sorted(name for name, count in counts.items() if count >= LEAST))
    }
    holds = np.zeros((len(rows), len(position)))
    for at, (_, names, _) in enumerate(rows):
        holds[at, [position[name] for name in names if name in position]] = 1.0
    makes = np.array([makes for _, _, makes in rows], dtype=float)
    weights = np.zeros(len(position))
    penalty = np.full(len(position), L2)
    penalty[position["bias"]] = 0.01
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-(holds @ weights)))
        gradient = holds.T @ (chance - makes) + penalty * weights
        curve = (holds * (chance * (1 - chance))[:, None]).T @ holds + np.diag(penalty)
        weights -= np.linalg.solve(curve, gradient)
    return dict(zip(position, weights.tolist(), strict=True))


def chance(weights: dict[str, float], names: frozenset[str]) -> float:
    """Probability by these weights."""
    return float(1 / (1 + np.exp(-sum(weights.get(name, 0.0) for name in names))))


def main() -> None:
    """Cross-validate, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    parser.add_argument("--without", nargs="*", default=(), help="sets to leave out")
    options = parser.parse_args()
    read = samples(options.without)
    for claim, rows in read.items():
        articles = sorted({article for article, _, _ in rows})
        fold_of = {article: index % FOLDS for index, article in enumerate(articles)}
        judged: list[tuple[float, bool]] = []
        for fold in range(FOLDS):
            weights = fit([row for row in rows if fold_of[row[0]] != fold])
            judged += [(chance(weights, names), makes) for a, names, makes in rows if fold_of[a] == fold]
        print(
            f"{claim}: {len(rows)} sentences of {len(articles)} articles, {sum(m for _, m in judged)} make it"
        )
        for low in np.arange(0.0, 1.0, 0.1):
            group = [makes for p, makes in judged if low <= p < low + 0.1]
            if group:
                print(f"  {low:.1f} to {low + 0.1:.1f}: {len(group)}, {sum(group) / len(group):.2f} of them")
    if options.write:
        fitted = {claim: fit(rows) for claim, rows in read.items()}
        named = {(claim, name): weight for claim in fitted for name, weight in fitted[claim].items()}
        write_weights("likelihood.csv", named, keys=("claim", "feature"))


if __name__ == "__main__":
    main()
