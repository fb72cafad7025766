"""Record how a held-back set was read at first sight, before anything is mended on it: what the learned parts are fitted on.

Usage: python scripts/record_first_sight.py SET

Appends the set's claims with their features to tests/golden/first_sight.csv, and the regions that the rules gave goods to
tests/golden/first_origins.csv. A set that stands there already is refused: there is only one first sight.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from calibrate_confidence import CHANCE, claims_of_today  # noqa: E402

from pipelines.lexicons.loader import region_codes  # noqa: E402
from pipelines.stages.extract import reading  # noqa: E402
from pipelines.stages.extract.article.context import read_context  # noqa: E402
from pipelines.stages.extract.article.document import build_document  # noqa: E402
from pipelines.stages.extract.draft import Draft  # noqa: E402
from pipelines.stages.extract.weighing.likelihood import DISPATCH, SALE  # noqa: E402
from pipelines.stages.extract.weighing.origins import Goods, goods_of  # noqa: E402
from tests.golden.scoring import GoldenSet, golden_sets, read_articles, read_gold, score_module  # noqa: E402

Row = dict[str, Any]


def claims_at_first_sight(golden: GoldenSet) -> Iterator[tuple[object, ...]]:
    """Rows of first_sight.csv: set, article, offset of the sentence, whether score.py finds the claim, its features.

    How likely the sentence makes a claim is asked anew when the confidence is fitted: only of which type is recorded.
    """
    for (article_id, names, is_found), offset in claims_of_today(golden):
        likely = next((name.partition(CHANCE)[0] for name in names if CHANCE in name), "")
        told = sorted(name for name in names if CHANCE not in name)
        yield golden.name, article_id, offset, int(is_found), likely, " ".join(told)


def origins_at_first_sight(golden: GoldenSet) -> Iterator[tuple[object, ...]]:
    """Rows of first_origins.csv: where goods with a region in the gold are told, and what the rules gave them."""
    documents = {name: build_document(a.text, title=a.title) for name, a in read_articles(golden).items()}
    for article_id, kind, goods, code in origins_of(golden):
        start = documents[article_id].sentences[goods.sentence].start
        yield (golden.name, article_id, kind, start, goods.offset, goods.origin or "",
               int(goods.is_printed), code)  # fmt: skip


def origins_of(golden: GoldenSet) -> Iterator[tuple[str, str, Goods, str]]:
    """Article, type, what the rules took for the goods and the gold's region of the claims that have one and are read."""
    score = score_module()
    codes = {score.region_key(name): code for name, code in region_codes().items()}
    gold = read_gold(golden.gold)
    for article_id, article in read_articles(golden).items():
        document = build_document(article.text, title=article.title)
        drafts = reading.drafts_of_rules(document, read_context(document, published=article.published))
        for kind in (DISPATCH, SALE):
            told = [claim for claim in gold[article_id]["claims"] if claim["type"] == kind]
            read = [draft for draft in drafts if draft.type == kind]
            pairs = score.align([_anywhere(claim) for claim in told], [_anywhere(_layout(d)) for d in read])
            for at, draft in ((at, read[j]) for at, j in pairs):
                code = codes.get(score.region_key(told[at].get("origin_region") or ""))
                if code is not None:
                    yield article_id, kind, goods_of(document, draft), code


def _layout(draft: Draft) -> Row:
    return {"type": draft.type, **draft.slots}


def _anywhere(claim: Row) -> Row:
    return {**claim, "origin_region": None}


def main() -> None:
    """Append both records."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("set", help="name of a held-back set")
    name = parser.parse_args().set
    golden = next((golden for golden in golden_sets() if golden.name == name), None)
    if golden is None or golden.kind != "held back":
        parser.error(f"no held-back set is called {name}")
    records = {
        GOLDEN / "first_sight.csv": list(claims_at_first_sight(golden)),
        GOLDEN / "first_origins.csv": list(origins_at_first_sight(golden)),
    }
    for path in records:
        with path.open(encoding="utf-8", newline="") as handle:
            if any(row["set"] == name for row in csv.DictReader(handle)):
                parser.error(f"{path.name} holds {name} already")
    for path, rows in records.items():
        with path.open("a", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(rows)
        print(f"{path.name}: {len(rows)} claims of {name}")


if __name__ == "__main__":
    main()
