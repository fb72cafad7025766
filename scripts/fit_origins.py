"""Fit the weights by which the region of goods is weighed against the other regions of an article.

Usage: python scripts/fit_origins.py [--write]

First the words that tell of regions (origin_word_weights.csv), on the dispatches and sales of all golden sets as they are read
today. Then the choice between the regions (origin_weights.csv), on the claims that held-back sets told at first sight
(tests/golden/first_origins.csv), for there the rules are as often wrong as in an article never seen; what the words say is
told there by weights fitted without the set. Prints, for each set by weights that have not seen it, how often the rules took
the gold's region, how often the weighed one is the gold's, and what was mended and broken. With --write, fits on all sets and
writes both files.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from fit_choice import Choice, fit_choices  # noqa: E402
from fit_logistic import fit_logistic  # noqa: E402
from record_first_sight import origins_of  # noqa: E402
from weights_file import write_weights  # noqa: E402

from pipelines.stages.extract.article.context import read_context  # noqa: E402
from pipelines.stages.extract.article.document import build_document  # noqa: E402
from pipelines.stages.extract.weighing import origin_words  # noqa: E402
from pipelines.stages.extract.weighing.origins import Goods, RegionsOfArticle, likeliest, likelihoods  # noqa: E402
from tests.golden.scoring import GoldenSet, golden_sets, read_articles  # noqa: E402

FOLDS = 8
WORDS_L2 = 3.0
L2 = 8.0  # between 4 and 10 as many are mended; less breaks more
LEAST = 4  # claims in which a feature must hold for some region
SMALLEST = 0.02  # weights of words below are not worth a line
ROUNDS = 600
Weights = dict[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A claim of a golden set: where its goods are told, what the rules took, and what is right."""

    article: str
    goods: Goods
    gold: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One claim: its regions with their features, what the rules took and what is right."""

    article: str
    candidates: tuple[tuple[str, tuple[str, ...]], ...]
    rules: str
    gold: str


def rows_of_today(golden: GoldenSet) -> Iterator[Row]:
    """The claims of a set as they are read today."""
    for article_id, _, goods, code in origins_of(golden):
        yield Row(article_id, goods, code)


def rows_at_first_sight(
    golden: GoldenSet, recorded: Mapping[str, Sequence[Mapping[str, str]]]
) -> Iterator[Row]:
    """The claims of a set as it was read at first sight."""
    for article_id, article in read_articles(golden).items():
        document = build_document(article.text, title=article.title)
        for row in recorded.get(article_id, ()):
            start = int(row["sentence"])
            sentence = next((view.index for view in document.sentences if view.start <= start < view.end), 0)
            goods = Goods(sentence, int(row["offset"]), row["rules"] or None, row["printed"] == "1")
            yield Row(article_id, goods, row["gold"])


def samples(golden: GoldenSet, rows: Sequence[Row], *, by_words: bool) -> list[Sample]:
    """The claims whose region the article names; with `by_words`, the features of their regions are the words."""
    articles, named = read_articles(golden), {}
    found: list[Sample] = []
    for row in rows:
        if row.article not in named:
            article = articles[row.article]
            document = build_document(article.text, title=article.title)
            named[row.article] = RegionsOfArticle(
                document, read_context(document, published=article.published)
            )
        regions = named[row.article]
        told = (
            ((code, (*names, *regions.words(row.goods, code))) for code, names in regions.signs(row.goods))
            if by_words
            else ((code, tuple(names)) for code, names in regions.candidates(row.goods))
        )
        candidates = tuple(told)
        if any(code == row.gold for code, _ in candidates):
            found.append(Sample(row.article, candidates, row.goods.origin or "", row.gold))
    return found


def fit_words(rows: Sequence[Sample]) -> Weights:
    """Weights of the words, each region of a claim for itself; the many claims of one article count less each."""
    of_article = Counter(row.article for row in rows)
    pairs = [(frozenset(names), code == row.gold) for row in rows for code, names in row.candidates]
    counted = [of_article[row.article] ** -0.5 for row in rows for _ in row.candidates]
    return fit_logistic(pairs, l2=WORDS_L2, least=LEAST, counted=counted)


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


def recorded_at_first_sight() -> dict[str, dict[str, list[dict[str, str]]]]:
    """Set to article to the rows of first_origins.csv."""
    recorded: dict[str, dict[str, list[dict[str, str]]]] = defaultdict(lambda: defaultdict(list))
    with (GOLDEN / "first_origins.csv").open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            recorded[row["set"]][row["article"]].append(row)
    return recorded


def words_of_sets(sets: Mapping[str, GoldenSet]) -> dict[str, list[Sample]]:
    """Set to its claims of today with the words that tell of their regions."""
    return {
        name: samples(golden, list(rows_of_today(golden)), by_words=True) for name, golden in sets.items()
    }


def choices_of_sets(
    sets: Mapping[str, GoldenSet], told: Mapping[str, Sequence[Sample]]
) -> dict[str, list[Sample]]:
    """Set to its claims at first sight; what the words say is told by weights fitted without the fold of the set."""
    recorded = recorded_at_first_sight()
    first: dict[str, list[Sample]] = {}
    for fold in folds(sets):
        words = fit_words([row for name, rows in told.items() if name not in fold for row in rows])
        with patch.object(origin_words, "origin_word_weights", lambda words=words: words):
            for name in (name for name in fold if name in recorded):
                rows = list(rows_at_first_sight(sets[name], recorded[name]))
                first[name] = samples(sets[name], rows, by_words=False)
    return first


def folds(sets: Iterable[str]) -> list[list[str]]:
    """The sets in folds, each read by weights that were fitted on the others."""
    names = sorted(sets)
    return [names[at::FOLDS] for at in range(FOLDS)]


def main() -> None:
    """Cross-validate, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    write = parser.parse_args().write
    sets = {golden.name: golden for golden in golden_sets() if not golden.is_sealed}
    told = words_of_sets(sets)
    first = choices_of_sets(sets, told)
    total: Counter[str] = Counter()
    for name, rows in sorted(first.items()):
        weights = fit([row for other, found in first.items() if other != name for row in found])
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
        words = fit_words([row for rows in told.values() for row in rows])
        kept = {(name,): weight for name, weight in words.items() if abs(weight) >= SMALLEST}
        write_weights("origin_word_weights.csv", kept)
        fitted = fit([row for rows in first.values() for row in rows])
        write_weights("origin_weights.csv", {(name,): weight for name, weight in fitted.items()})


if __name__ == "__main__":
    main()
