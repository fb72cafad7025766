"""Fit the weights by which goods are weighed that a figure of a report does not print.

Usage: python scripts/fit_goods.py [--write]

Fitted on the export statistics of all golden sets; what the rules took is no feature, for there they have been mended on.
Prints, for each set by weights that have not seen it, how often the rules had the gold's goods, how often the weighed ones are
the gold's, and what was mended and broken. With --write, fits on all sets and writes pipelines/lexicons/goods_weights.csv.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from fit_choice import Choice, fit_choices  # noqa: E402
from weights_file import write_weights  # noqa: E402

from pipelines.stages.collect import CollectedArticle  # noqa: E402
from pipelines.stages.extract.article.context import read_context  # noqa: E402
from pipelines.stages.extract.article.document import Document, build_document  # noqa: E402
from pipelines.stages.extract.draft import Draft  # noqa: E402
from pipelines.stages.extract.reading import drafts_of_rules  # noqa: E402
from pipelines.stages.extract.realisations import read as realisations  # noqa: E402
from pipelines.stages.extract.weighing.goods import (  # noqa: E402
    Candidate,
    GoodsOfArticle,
    goods_of,
    is_settled,
    take_likeliest,
)
from tests.golden.scoring import GoldenSet, golden_sets, read_articles, read_gold, score_module  # noqa: E402

L2 = 3.0  # between 2 and 6 about as many are mended; less breaks more
LEAST = 8  # figures in which a feature must hold for some goods
ROUNDS = 300
KIND = "export_realisation"
Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read in an article: each figure that gold knows, its gold goods and those taken; and the open choices."""

    goods: dict[tuple[int, int], tuple[str, str]]
    choices: list[Choice]


def read(article_id: str, article: CollectedArticle, gold: Sequence[Any], weights: Weights) -> Reading:
    """The figures of an article whose claims are found, with goods weighed by these weights."""
    candidates: dict[int, list[Candidate]] = {}
    document = build_document(article.text, title=article.title)

    def weigh(document: Document, drafts: Sequence[Draft]) -> None:
        named = GoodsOfArticle(document)
        for at, draft in enumerate(drafts):
            if not is_settled(draft):
                candidates[id(draft)] = list(named.candidates(drafts, at))
                take_likeliest(document, draft, candidates[id(draft)], weights)

    with patch.object(realisations, "weigh_goods", weigh):
        drafts = drafts_of_rules(document, read_context(document, published=article.published))
    told = [draft for draft in drafts if draft.type == KIND]
    claims = [{"type": KIND, **{slot: _plain(v) for slot, v in d.slots.items()}} for d in told]
    score, reading = score_module(), Reading({}, [])
    for i, j in score.align(gold, claims):
        draft, right = told[j], str(gold[i].get("commodity") or "")
        if id(draft) not in candidates or not score.found(gold[i], claims[j]):
            continue
        reading.goods[draft.sentences[0], draft.order] = right, goods_of(draft)
        named = candidates[id(draft)]
        is_right = tuple(_same(right, one.goods) for one in named)
        if any(is_right):
            reading.choices.append(Choice(article_id, tuple(one.names for one in named), is_right))
    return reading


def readings(golden: GoldenSet, weights: Weights) -> dict[str, Reading]:
    """Article to what was read in it."""
    gold = read_gold(golden.gold)
    return {
        article_id: read(
            article_id, article, [c for c in gold[article_id]["claims"] if c["type"] == KIND], weights
        )
        for article_id, article in read_articles(golden).items()
        if article_id in gold
    }


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _same(gold: str, taken: str) -> bool:
    return bool(score_module().text_right(gold, taken)) if gold and taken else gold == taken


def main() -> None:
    """Cross-validate over sets, and with --write fit and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="write the weights fitted on all sets")
    write = parser.parse_args().write
    sets = [golden for golden in golden_sets() if not golden.is_sealed]
    by_rules = {golden.name: readings(golden, {}) for golden in sets}
    choices = {name: [c for r in found.values() for c in r.choices] for name, found in by_rules.items()}
    total: Counter[str] = Counter()
    for golden in sets:
        others = [c for name, found in choices.items() if name != golden.name for c in found]
        weighed = readings(golden, fit_choices(others, l2=L2, least=LEAST, rounds=ROUNDS))
        found: Counter[str] = Counter()
        for article_id, reading in by_rules[golden.name].items():
            for figure, (gold, taken) in reading.goods.items():
                if figure not in weighed[article_id].goods:
                    continue
                before, after = _same(gold, taken), _same(*weighed[article_id].goods[figure])
                found.update(
                    figures=1,
                    rules=before,
                    weighed=after,
                    mended=after and not before,
                    broken=before and not after,
                )
        total.update(found)
        print(f"{golden.name}, left out: {dict(found)}")
    print(f"all: {dict(total)}: {total['rules'] / total['figures']:.3f} by the rules, ", end="")
    print(f"{total['weighed'] / total['figures']:.3f} weighed")
    if write:
        every = [c for found in choices.values() for c in found]
        fitted = fit_choices(every, l2=L2, least=LEAST, rounds=ROUNDS)
        write_weights("goods_weights.csv", {(name,): weight for name, weight in fitted.items()})


if __name__ == "__main__":
    main()
