"""Runs that follow each other: what arrives in which order changes no fact, and ids that give way lead on."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.contracts.events import EVENT_CHANGES
from pipelines.stages.resolve import ResolveResult
from scripts.score_events import read_folder
from tests.support.build_marts import dbt, write_tables
from tests.support.gold_claims import GoldTables, gold_tables
from tests.support.reviews import decision, reviews

EVENTS = Path(__file__).resolve().parents[1] / "golden" / "events"
FACTS = (
    "fct_export_shipments", "fct_export_targets", "fct_export_realisations", "fct_trade_missions",
    "fct_market_presence", "fct_trainings", "fct_exhibitions",
)  # fmt: skip
# Ids may depend on the order of arrival, and so may the run that first saw a fact; nothing else may.
ARRIVAL = "line_id|event_id|occasion_id|target_id|supersedes_line_id|superseded_by_line_id|first_seen_at"


def of_articles(tables: GoldTables, article_ids: list[str]) -> GoldTables:
    def kept(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.filter(pl.col("article_id").is_in(article_ids)).sample(fraction=1, shuffle=True, seed=3)

    return GoldTables(
        kept(tables.articles),
        kept(tables.clusters),
        tables.links,
        kept(tables.claims),
        tables.rejects,
        tables.article_ids,
        tables.event_keys,
    )


def built_in_batches(tables: GoldTables, folder: Path, *, sizes: list[int], seed: int) -> ResolveResult:
    """Stage tables after as many runs as there are sizes; each run brings so many more articles."""
    arriving = sorted(tables.articles["article_id"])
    random.Random(seed).shuffle(arriving)
    result: ResolveResult | None = None
    for number in range(1, len(sizes) + 1):
        known = of_articles(tables, arriving[: sum(sizes[:number])])
        result = write_tables(known, folder, run_id=f"run-{number}", previous=result)
    assert result is not None
    return result


def facts_of(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of every fact and of the evidence, without what arrival decides; a line is told by its claims."""
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        found = {}
        for fact in FACTS:
            query = f"""
                select columns(lambda name: not regexp_matches(name, '^({ARRIVAL})$'))
                from marts.{fact}
                inner join (
                    select line_id, list_sort(list(claim_id)) as claims from marts.bridge_event_claims group by line_id
                ) as evidence using (line_id)
            """
            found[fact] = sorted(connection.execute(query).fetchall(), key=str)
        found["values"] = sorted(
            connection.execute(
                "select claim_id, slot_code, value_text, value_number, is_preferred from marts.bridge_event_values"
            ).fetchall(),
            key=str,
        )
        return found


def test_order_and_cut_of_arrival_change_no_fact_value_or_evidence(tmp_path: Path) -> None:
    tables = read_folder(EVENTS)
    n_articles = tables.articles.height
    cuts = {"at_once": [n_articles], "in_three": [60, 70, n_articles - 130]}
    answers = {}
    for seed, (name, sizes) in enumerate(cuts.items()):
        folder = tmp_path / name
        built_in_batches(tables, folder, sizes=sizes, seed=seed)
        dbt(folder, "run", "--select", "+marts")
        answers[name] = facts_of(folder)
    assert sum(len(rows) for rows in answers["at_once"].values()) > 500
    assert answers["in_three"] == answers["at_once"]


SHIPMENT = {
    "type": "export_shipment", "origin_region": "Kabupaten Tangerang", "exporter": "CV Triguna",
    "products": ["sepatu"], "quantity": 4044, "unit": "pair", "destinations": ["SN"], "date": "2024-02-26",
    "status": "realised",
}  # fmt: skip


@pytest.fixture
def two_shipments() -> GoldTables:
    return gold_tables(
        {"article_id": name, "published": "2024-02-27", "claims": [SHIPMENT | {"destinations": [country]}]}
        for name, country in (("one", "SN"), ("two", "KE"))
    )


def test_event_whose_claims_are_all_rejected_ends_and_may_come_back(
    two_shipments: GoldTables, tmp_path: Path
) -> None:
    claims = list(two_shipments.claims.iter_rows(named=True))
    together = decision("same_event", *claims)
    rejected = [decision("reject_claim", claim) for claim in claims]
    result: ResolveResult | None = None
    for number, decisions in enumerate(([], [together], rejected, rejected, [together]), start=1):
        result = write_tables(
            two_shipments, tmp_path, run_id=f"run-{number}", previous=result, reviews=reviews(*decisions)
        )
        if decisions == rejected:
            ended = result.event_changes.filter(pl.col("change") == "ended")
            assert ended["run_id"].to_list() == ["run-3"]
        dbt(
            tmp_path, "build", "--select", "+assert_old_event_ids_resolve", "--indirect-selection", "cautious"
        )
    assert result is not None
    assert result.event_claims["event_id"].n_unique() == 1


def redirects(folder: Path) -> set[tuple[str, str]]:
    dbt(folder, "run", "--select", "+event_redirects", "+event_changes")
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        return set(connection.execute("select old_event_id, event_id from marts.event_redirects").fetchall())


def test_merged_and_split_events_are_recorded_and_old_ids_lead_to_the_present_ones(
    two_shipments: GoldTables, tmp_path: Path
) -> None:
    claims = [
        two_shipments.claims.row(by_predicate=pl.col("article_id") == identity, named=True)
        for identity in two_shipments.article_ids.values()
    ]

    def run(number: int, previous: ResolveResult | None, *decisions: dict[str, Any]) -> ResolveResult:
        return write_tables(
            two_shipments, tmp_path, run_id=f"run-{number}", previous=previous, reviews=reviews(*decisions)
        )

    apart = run(1, None)
    before = set(apart.event_claims["event_id"])
    assert len(before) == 2
    together = run(2, apart, decision("same_event", *claims))
    (kept,) = set(together.event_claims["event_id"])
    (gone,) = before - {kept}
    assert together.event_changes.select(EVENT_CHANGES.columns).rows() == [(gone, kept, "merge", "run-2")]
    assert redirects(tmp_path) == {(gone, kept)}
    parted = run(3, together, decision("different_event", *claims))
    assert ("split", "run-3") in parted.event_changes.select("change", "run_id").rows()
    (new,) = set(parted.event_claims["event_id"]) - {kept}
    assert new not in before, "an id that gave way is not given to another event"
    assert redirects(tmp_path) == {(gone, kept), (gone, new), (kept, new)}
