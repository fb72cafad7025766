"""Score event coreference: which pairs of articles end in one event, beside which should.

Usage: python scripts/score_events.py FOLDER [--gold] [--errors]

FOLDER holds articles/*.txt, gold.jsonl and metadata.csv (tests/golden/evaluation/GUIDE.md) and, where pairs are
judged one by one, pairs.csv (a, b, relation same|different, kind; tests/golden/events/README.md). Without it the
same-event pairs are those whose `event_keys` meet. Without --gold the claims are those of the extractor; with it
those of the gold file, which judges resolve alone, and claims of one article in one event are counted too where
the gold gives each claim its `event_key`.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import sys
from collections import defaultdict
from collections.abc import Sized
from itertools import combinations
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipelines.lexicons.reference import load_reference
from pipelines.stages.extract import extract_claims
from pipelines.stages.extract.table import claims_of_articles
from pipelines.stages.resolve import ResolveResult, resolve_claims
from tests.support.gold_claims import GoldTables, gold_tables, read_gold

Pair = tuple[str, str]


def main() -> None:
    """Read the folder, resolve, print the rates and, where asked, every wrong pair."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--gold", action="store_true", help="claims of the gold file instead of the extractor's"
    )
    parser.add_argument("--errors", action="store_true", help="list every wrong pair with its kind")
    arguments = parser.parse_args()
    tables = read_folder(arguments.folder)
    if not arguments.gold:
        claims = claims_of_articles(tables.articles, extract=extract_claims, version="score")
        tables = dataclasses.replace(tables, claims=claims)
    result = resolve_claims(
        tables.claims, tables.articles, tables.clusters, reference=load_reference(), run_id="score"
    )
    joined = joined_pairs(tables, result)
    same, different = judged_pairs(arguments.folder / "pairs.csv", tables)
    print(f"same-event pairs joined: {_rate(joined & same.keys(), same)}")
    print(f"hard negatives joined:   {_rate(joined & different.keys(), different)}")
    print(f"other pairs joined:      {len(joined - same.keys() - different.keys())}")
    if arguments.gold:
        print(
            f"claims of one article merged against the gold: {len(merged_claims(arguments.folder, tables, result))}"
        )
    if arguments.errors:
        for title, wrong, kinds in (
            ("missed", same.keys() - joined, same),
            ("false", joined & different.keys(), different),
            ("not listed", joined - same.keys() - different.keys(), {}),
        ):
            print(title, *(f"  {a} {b}  {kinds.get((a, b), '')}" for a, b in sorted(wrong)), sep="\n")


def read_folder(folder: Path) -> GoldTables:
    """Stage tables of an annotated folder; every article is a cluster of its own."""
    texts = {path.stem: path.read_text("utf-8") for path in sorted((folder / "articles").glob("*.txt"))}
    urls = {}
    if (folder / "metadata.csv").exists():
        with (folder / "metadata.csv").open(encoding="utf-8", newline="") as stream:
            urls = {row["article_id"]: row["url"] for row in csv.DictReader(stream)}
    return gold_tables(read_gold(folder / "gold.jsonl"), texts, urls=urls)


def joined_pairs(tables: GoldTables, result: ResolveResult) -> set[Pair]:
    """Pairs of articles that share an event_id."""
    stems = {article_id: stem for stem, article_id in tables.article_ids.items()}
    members: dict[str, set[str]] = defaultdict(set)
    for event_id, article_id in result.event_claims.select("event_id", "article_id").iter_rows():
        members[event_id].add(stems[article_id])
    return {pair for articles in members.values() for pair in combinations(sorted(articles), 2)}


def judged_pairs(path: Path, tables: GoldTables) -> tuple[dict[Pair, str], dict[Pair, str]]:
    """Pairs that are one event and pairs that are not, with their kind."""
    if not path.exists():
        pairs = combinations(sorted(tables.event_keys), 2)
        return {pair: "same" for pair in pairs if _share_a_key(tables, pair)}, {}
    same: dict[Pair, str] = {}
    different: dict[Pair, str] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            pair = (min(row["a"], row["b"]), max(row["a"], row["b"]))
            (same if row["relation"] == "same" else different)[pair] = row["kind"]
    return same, different


def merged_claims(folder: Path, tables: GoldTables, result: ResolveResult) -> list[tuple[str, str, str]]:
    """Article and two gold event keys of every pair of its claims that ended in one event against the gold."""
    event_of = dict(result.event_claims.select("claim_id", "event_id").iter_rows())
    claims = tables.claims.select("article_id", "claim_id")
    by_article: dict[str, list[str]] = defaultdict(list)
    for article_id, claim_id in claims.iter_rows():
        by_article[article_id].append(claim_id)
    wrong = []
    for entry in read_gold(folder / "gold.jsonl"):
        ids = by_article[tables.article_ids[entry["article_id"]]]
        keyed = [
            (claim["event_key"], event_of.get(claim_id))
            for claim, claim_id in zip(entry["claims"], ids, strict=True)
            if "event_key" in claim
        ]
        wrong += [
            (entry["article_id"], one, other)
            for (one, event), (other, second) in combinations(keyed, 2)
            if event == second and one != other
        ]
    return wrong


def _share_a_key(tables: GoldTables, pair: Pair) -> bool:
    return not set(tables.event_keys[pair[0]]).isdisjoint(tables.event_keys[pair[1]])


def _rate(found: set[Pair], total: Sized) -> str:
    return f"{len(found)}/{len(total)} = {len(found) / max(len(total), 1):.3f}"


if __name__ == "__main__":
    main()
