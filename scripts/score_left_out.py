"""Score every golden set with learned weights that were fitted without it.

Usage: python scripts/score_left_out.py

The rules have been mended on all sets, but what is learned need not be known to have seen them: the sets are parted into eight
folds, and each is read by weights of travels, likelihood, origins and confidence that were fitted on the others. Prints the
figures of score.py over all sets and over the last ones beside those of the shipped weights, which have seen every set.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

import calibrate_confidence  # noqa: E402
import fit_likelihood  # noqa: E402
import fit_origins  # noqa: E402
import fit_travels  # noqa: E402

from pipelines.stages.extract.article import travels  # noqa: E402
from pipelines.stages.extract.weighing import confidence, likelihood, origin_words, origins  # noqa: E402
from tests.golden.scoring import GoldenSet, golden_sets, predict_set, read_gold, score_module  # noqa: E402

LAST = 35  # sets from this one were hardly mended on
Row = dict[str, Any]


class Learned:
    """What the models are fitted on, by set."""

    def __init__(self, sets: Mapping[str, GoldenSet]) -> None:
        self._article_set = {
            article: name for name, golden in sets.items() for article in read_gold(golden.gold)
        }
        self._units = fit_travels.all_units()
        self._sentences = fit_likelihood.samples()
        self._words = fit_origins.words_of_sets(sets)
        self._choices = fit_origins.choices_of_sets(sets, self._words)
        self._today, seen_once = calibrate_confidence.claims_of_sets()
        self._first_sight = [sample for rows in seen_once.values() for sample in rows]

    @contextmanager
    def without(self, fold: list[str]) -> Iterator[None]:
        """Reads by weights that were fitted without these sets."""
        units = [u for u in self._units if u.label is not None and u.source not in fold]
        told = fit_travels.as_table(fit_travels.fit(units))
        likely = {
            claim: fit_likelihood.fit([row for row in rows if row[0] not in fold])
            for claim, rows in self._sentences.items()
        }
        words, choices = (
            fit([row for name, rows in read.items() if name not in fold for row in rows])
            for fit, read in ((fit_origins.fit_words, self._words), (fit_origins.fit, self._choices))
        )
        sure = calibrate_confidence.fit(
            *(
                [row for row in rows if self._article_set[row[0]] not in fold]
                for rows in (self._today, self._first_sight)
            )
        )
        with ExitStack() as patches:
            for module, name, weights in (
                (travels, "travel_weights", told),
                (likelihood, "likelihood_weights", fit_likelihood.as_table(likely)),
                (origin_words, "origin_word_weights", words),
                (origins, "origin_weights", choices),
                (confidence, "confidence_weights", sure),
            ):
                patches.enter_context(patch.object(module, name, lambda weights=weights: weights))
            yield


def report(title: str, sets: Mapping[str, GoldenSet], read: Mapping[str, dict[str, Row]]) -> None:
    """Print the figures of some sets together."""
    gold = {article: row for name in read for article, row in read_gold(sets[name].gold).items()}
    predicted = {article: row for rows in read.values() for article, row in rows.items()}
    result = score_module().score(gold, predicted)[0]
    kinds = {kind: f"{row['f1']:.3f} ({row['gold']})" for kind, row in result["claims"].items()}
    print(
        f"{title}: slots {result['slots']['all']['f1']:.3f}, wholly right {result['strict_share']:.3f}, {kinds}"
    )


def main() -> None:
    """Read each fold by the weights of the others, and all sets by the shipped ones."""
    sets = {golden.name: golden for golden in golden_sets() if not golden.is_sealed}
    learned = Learned(sets)
    left_out: dict[str, dict[str, Row]] = {}
    for fold in fit_origins.folds(sets):
        with learned.without(fold):
            left_out |= {name: predict_set(sets[name]) for name in fold}
    shipped = {name: predict_set(golden) for name, golden in sets.items()}
    last = {name for name in sets if name[1:].isdigit() and int(name[1:]) >= LAST}
    for title, read in (("left out", left_out), ("shipped weights", shipped)):
        report(f"all sets, {title}", sets, read)
        report(f"h{LAST} and later, {title}", sets, {name: read[name] for name in sorted(last)})


if __name__ == "__main__":
    main()
