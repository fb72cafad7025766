"""Fit how likely a sentence tells of a dispatch, of goods sold abroad or of the total of a time, on the golden sets.

Usage: python scripts/fit_likelihood.py [--write]

A sentence tells of a dispatch where one of its amounts is that of a shipment of the gold and of no other claim; of goods
sold abroad where it names the markets and the goods of a gold claim; of a total where one of its amounts or growths is that
of a realisation; the short cases are read in the same way, and the lines of
other news tell of neither. Prints, by
eight-fold cross-validation over sets, how many of the sentences at each probability do. With --write, fits on all sets and
writes pipelines/lexicons/likelihood.csv.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from fit_logistic import chance, fit_logistic  # noqa: E402
from weights_file import write_table  # noqa: E402

from pipelines.stages.extract.article.document import Document, SentenceView, build_document  # noqa: E402
from pipelines.stages.extract.weighing.likelihood import BIAS, CLAIMS, DISPATCH, SALE, TOTAL, features  # noqa: E402
from pipelines.text.figures import Figure  # noqa: E402
from tests.golden.scoring import (  # noqa: E402
    golden_sets,
    off_topic_lines,
    read_articles,
    read_gold,
    score_module,
    short_cases,
)

FOLDS = 8
L2 = 8.0
LEAST = 4  # sentences in which a feature must hold
SMALLEST = 0.02  # weights below are not worth a line
Row = dict[str, Any]
Sample = tuple[str, frozenset[str], bool]  # set, features, whether it makes the claim
Amount = tuple[str | None, float]
Weights = dict[str, float]


def samples() -> dict[str, list[Sample]]:
    """The sentences of the golden sets, by the claim that they might make."""
    found: dict[str, list[Sample]] = {DISPATCH: [], SALE: [], TOTAL: []}
    for golden in golden_sets():
        if golden.is_sealed:
            continue
        gold = read_gold(golden.gold)
        for article_id, article in read_articles(golden).items():
            document = build_document(article.text, title=article.title)
            _add(found, golden.name, document, gold[article_id]["claims"])
    for at, case in enumerate(short_cases()):
        _add(found, f"cases {at % FOLDS}", build_document(case.text, title=None), list(case.expect))
    for at, line in enumerate(off_topic_lines()):
        _add(found, f"other news {at % FOLDS}", build_document(line, title=None), [])
    return found


def _add(found: dict[str, list[Sample]], name: str, document: Document, claims: list[Row]) -> None:
    for claim, told in ((DISPATCH, _dispatches), (SALE, _sales), (TOTAL, _totals)):
        found[claim] += [
            (name, frozenset(features(document, view)), makes) for view, makes in told(document, claims)
        ]


def _dispatches(document: Document, claims: list[Row]) -> Iterator[tuple[SentenceView, bool]]:
    sent = {amount for claim in claims if claim["type"] == DISPATCH for amount in _amounts(claim)}
    others = {amount for claim in claims if claim["type"] != DISPATCH for amount in _amounts(claim)}
    for view in document.body:
        amounts = {_amount(f) for f in view.figures if f.value is not None and f.kind in _COUNTED}
        if amounts:
            yield view, bool(amounts & sent - others)


def _totals(document: Document, claims: list[Row]) -> Iterator[tuple[SentenceView, bool]]:
    told: set[Amount] = set()
    for claim in claims:
        if claim["type"] == TOTAL:
            is_growth = claim.get("metric") == "growth_pct" and claim.get("amount") is not None
            told |= {("percent", float(claim["amount"]))} if is_growth else set(_amounts(claim))
    for view in document.body:
        figures = [f for f in view.figures if f.value is not None]
        amounts = {_amount(f) for f in figures if f.kind in _COUNTED}
        amounts |= {
            ("percent", float(f.value)) for f in figures if f.kind == "percent" and f.value is not None
        }
        if amounts:
            yield view, bool(amounts & told)


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


def fit(rows: Sequence[Sample]) -> Weights:
    """Weights of the features of sentences."""
    return fit_logistic([(names, makes) for _, names, makes in rows], l2=L2, least=LEAST, bias=BIAS)


def as_table(fitted: Mapping[str, Weights]) -> dict[str, tuple[float, ...]]:
    """Feature to its weights in the order of `CLAIMS`; features that hardly weigh are left out."""
    names = {name for weights in fitted.values() for name in weights}
    rows = {name: tuple(fitted[claim].get(name, 0.0) for claim in CLAIMS) for name in sorted(names)}
    return {name: row for name, row in rows.items() if max(map(abs, row)) >= SMALLEST}


def fit_left_out(read: Mapping[str, Sequence[Sample]]) -> dict[str, dict[str, Weights]]:
    """Set to the weights of each claim that were fitted without it, and without the other sets of its fold."""
    names = sorted({name for rows in read.values() for name, _, _ in rows})
    fitted: dict[str, dict[str, Weights]] = {}
    for fold in (set(names[at::FOLDS]) for at in range(FOLDS)):
        weights = {claim: fit([row for row in rows if row[0] not in fold]) for claim, rows in read.items()}
        fitted |= dict.fromkeys(fold, weights)
    return fitted


def main() -> None:
    """Cross-validate, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    write = parser.parse_args().write
    read = samples()
    left_out = fit_left_out(read)
    for claim, rows in read.items():
        judged = [(chance(left_out[name][claim], names), makes) for name, names, makes in rows]
        print(f"{claim}: {len(rows)} sentences, {sum(makes for _, makes in judged)} make it")
        for tenth in range(10):
            group = [makes for p, makes in judged if min(int(p * 10), 9) == tenth]
            if group:
                print(f"  from .{tenth}: {len(group)}, {sum(group) / len(group):.2f} of them")
    if write:
        table = as_table({claim: fit(rows) for claim, rows in read.items()})
        write_table("likelihood.csv", table, CLAIMS)


if __name__ == "__main__":
    main()
