"""Coreference on the annotated event set: resolve alone, on gold claims (tests/golden/events/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.lexicons.reference import load_reference
from pipelines.stages.resolve import ResolveResult, resolve_claims
from scripts.score_events import joined_pairs, judged_pairs, merged_claims, read_folder
from tests.support.gold_claims import GoldTables

EVENTS = Path(__file__).resolve().parent / "events"


@pytest.fixture(scope="module")
def resolved() -> tuple[GoldTables, ResolveResult]:
    tables = read_folder(EVENTS)
    result = resolve_claims(
        tables.claims, tables.articles, tables.clusters, reference=load_reference(), run_id="test"
    )
    return tables, result


def test_same_event_pairs_are_joined(resolved: tuple[GoldTables, ResolveResult]) -> None:
    tables, result = resolved
    same, _ = judged_pairs(EVENTS / "pairs.csv", tables)
    found = joined_pairs(tables, result) & same.keys()
    assert len(same) >= 100
    assert len(found) >= 0.95 * len(same), sorted(same.keys() - found)


def test_hard_negatives_stay_apart(resolved: tuple[GoldTables, ResolveResult]) -> None:
    tables, result = resolved
    _, different = judged_pairs(EVENTS / "pairs.csv", tables)
    wrong = joined_pairs(tables, result) & different.keys()
    assert len(different) >= 100
    assert len(wrong) <= 0.02 * len(different), sorted(wrong)


def test_no_two_claims_of_one_article_are_merged_that_the_gold_keeps_apart(
    resolved: tuple[GoldTables, ResolveResult],
) -> None:
    assert merged_claims(EVENTS, *resolved) == []
