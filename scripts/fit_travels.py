"""Fit the weights of the words by which a sentence is taken to tell of traders who travel abroad or come from there.

Usage: python scripts/fit_travels.py [--write]

Fitted on the sentences that name a country: of the passages written for it (tests/golden/travels), of the short cases and
off-topic lines, of golden articles without a mission; and of golden articles whose missions all go one way those with a word
for a mission. Prints, by eight-fold cross-validation over sets and files, how many passages are told apart, and what is found
in golden articles beside what the rules mark. With --write, fits on all and writes pipelines/lexicons/travel_weights.csv.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PASSAGES = ROOT / "tests" / "golden" / "travels"
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from weights_file import write_table  # noqa: E402

from pipelines.stages.extract.article import visits  # noqa: E402
from pipelines.stages.extract.article.document import build_document  # noqa: E402
from pipelines.stages.extract.article.travels import DIRECTIONS, features  # noqa: E402
from tests.golden.scoring import (  # noqa: E402
    GoldenSet,
    golden_sets,
    off_topic_lines,
    read_articles,
    read_gold,
    short_cases,
)

FOLDS = 8
L2 = 1.0
LEAST = 4  # sentences in which a feature holds
SMALLEST = 0.02  # weights below are not worth a line
PRIOR = (
    -3.0
)  # weight of no words at all, fixed: about one in twenty sentences that name a country tells a travel
ROUNDS = 200
STEP = 0.2
NONE = "none"


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence: where it is from, its features, its direction (None: not fitted on), those of its article, whether marked."""

    source: str
    names: frozenset[str]
    label: str | None
    article: frozenset[str] | None
    is_marked: bool


def sentences(text: str, title: str | None) -> Iterator[tuple[frozenset[str], bool]]:
    """Features of the sentences of a text that name a country, and whether the rules mark them."""
    views = build_document(text, title=title).sentences
    for view in views:
        if view.countries:
            yield frozenset(features(views, view)), view.has("mission")


def of_passages() -> Iterator[Unit]:
    """The sentences of the passages; one about missions within the country counts as none."""
    for path in sorted(PASSAGES.glob("*.jsonl")):
        for at, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            label = row["kind"] if row["kind"] in DIRECTIONS else NONE
            for names, is_marked in sentences(row["text"], None):
                yield Unit(f"{path.stem}:{at % FOLDS}", names, label, None, is_marked)


def of_cases() -> Iterator[Unit]:
    """The sentences of the short cases and of the off-topic lines."""
    told = [(case.text, _ways(case.expect)) for case in short_cases()]
    told += [(line, frozenset()) for line in off_topic_lines()]
    for at, (text, ways) in enumerate(told):
        if not ways or (len(ways) == 1 and ways <= set(DIRECTIONS)):
            for names, is_marked in sentences(text, None):
                yield Unit(f"cases:{at % FOLDS}", names, next(iter(ways), NONE), None, is_marked)


def of_golden(golden: GoldenSet) -> Iterator[Unit]:
    """The sentences of a golden set."""
    gold = read_gold(golden.gold)
    for article_id, article in read_articles(golden).items():
        ways = _ways(gold[article_id]["claims"])
        for names, is_marked in sentences(article.text, article.title):
            label = None if ways else NONE
            if is_marked and len(ways) == 1 and ways <= set(DIRECTIONS):
                (label,) = ways
            yield Unit(golden.name, names, label, ways, is_marked)


def _ways(claims: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Directions of the missions among claims."""
    return frozenset(str(claim.get("direction")) for claim in claims if claim["type"] == "trade_mission")


def fit(units: Sequence[Unit]) -> dict[tuple[str, str], float]:
    """(feature, direction) to weight: multinomial regression against `none`, with an L2 penalty."""
    counts = Counter(name for unit in units for name in unit.names)
    position = {name: at for at, name in enumerate(sorted(n for n, c in counts.items() if c >= LEAST))}
    holds = np.zeros((len(units), len(position)), dtype=np.float32)
    wanted = np.zeros((len(units), len(DIRECTIONS)), dtype=np.float32)
    for at, unit in enumerate(units):
        holds[at, [position[name] for name in unit.names if name in position]] = 1.0
        if unit.label in DIRECTIONS:
            wanted[at, DIRECTIONS.index(unit.label)] = 1.0
    free = np.array([[name != "bias"] for name in position], dtype=np.float32)
    weights = np.where(free, 0.0, PRIOR).astype(np.float32).repeat(len(DIRECTIONS), axis=1)
    squares = np.full_like(weights, 1e-8)  # steps by AdaGrad: rare words would hardly move otherwise
    for _ in range(ROUNDS):
        odds = np.exp(np.minimum(holds @ weights, 30.0))
        chances = odds / (1.0 + odds.sum(axis=1, keepdims=True))
        gradient = (holds.T @ (chances - wanted) + L2 * weights) * free / len(units)
        squares += gradient**2
        weights -= STEP * gradient / np.sqrt(squares)
    return {
        (name, way): float(weights[at, column])
        for name, at in position.items()
        for column, way in enumerate(DIRECTIONS)
    }


def as_table(fitted: Mapping[tuple[str, str], float]) -> dict[str, tuple[float, ...]]:
    """Feature to its weights in the order of `DIRECTIONS`; features that hardly weigh are left out."""
    names = sorted({name for name, _ in fitted})
    rows = {name: tuple(fitted[name, way] for way in DIRECTIONS) for name in names}
    return {name: row for name, row in rows.items() if max(map(abs, row)) >= SMALLEST}


def judged(
    units: Sequence[Unit], weights: Mapping[tuple[str, str], float]
) -> Iterator[tuple[Unit, float, str]]:
    """Each sentence with the chance that it tells of a travel, and the likelier way."""
    for unit in units:
        odds = {way: np.exp(sum(weights.get((name, way), 0.0) for name in unit.names)) for way in DIRECTIONS}
        total = sum(odds.values())
        yield unit, float(total / (1.0 + total)), max(odds, key=lambda way: odds[way])


def report(pairs: Sequence[tuple[Unit, float, str]]) -> None:
    """Print what is found at several chances."""
    for enough in (0.15, 0.25, 0.35, 0.5):
        found: Counter[str] = Counter()
        for unit, chance, way in pairs:
            if unit.article is None:
                if unit.source.startswith("cases"):
                    found["cases: not told, taken"] += unit.label == NONE and chance >= enough
                    continue
                told, taken = unit.label != NONE, chance >= enough
                found["passages: " + ("told" if told else "not told") + (", taken" if taken else "")] += 1
                found["passages: told, taken, right way"] += told and taken and way == unit.label
            elif chance >= enough and not unit.is_marked:
                is_any = bool(unit.article & set(DIRECTIONS))
                kind = "right" if way in unit.article else "other way" if is_any else "false"
                found[f"golden: {kind}"] += 1
        print(f"from {enough}: {dict(sorted(found.items()))}")


def all_units() -> list[Unit]:
    """Every sentence that names a country, marked by the rules alone."""
    with patch.object(visits, "travel_of", lambda *_: None):
        sets = [golden for golden in golden_sets() if not golden.is_sealed]
        return [*of_passages(), *of_cases(), *(unit for golden in sets for unit in of_golden(golden))]


def main() -> None:
    """Cross-validate, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all")
    write = parser.parse_args().write
    units = all_units()
    names = sorted({unit.source for unit in units})
    fold_of = {name: at % FOLDS for at, name in enumerate(names)}
    pairs: list[tuple[Unit, float, str]] = []
    for fold in range(FOLDS):
        weights = fit([u for u in units if u.label is not None and fold_of[u.source] != fold])
        pairs += judged([u for u in units if fold_of[u.source] == fold], weights)
    report(pairs)
    if write:
        fitted = fit([unit for unit in units if unit.label is not None])
        write_table("travel_weights.csv", as_table(fitted), DIRECTIONS)


if __name__ == "__main__":
    main()
