"""Two runs: decisions of a person reach the marts, and what the warehouse said before can still be asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.adapters.history import published_history_or_none
from tests.support.build_marts import dbt, write_tables
from tests.support.gold_claims import GoldTables, gold_tables
from tests.support.reviews import decision, reviews

SELECT = (
    "run",
    "--select",
    "+fact_history",
    "+review_decisions",
    "+review_queue",
    "+claims",
    "+event_redirects",
)


def shipment(**slots: Any) -> dict[str, Any]:
    empty = {
        "type": "export_shipment", "origin_region": "Kabupaten Tangerang", "exporter": "CV Triguna",
        "products": ["sepatu"], "quantity": 4044, "unit": "pair", "containers": None, "value": None,
        "currency": None, "destinations": ["SN"], "date": "2024-02-26", "is_first": None, "status": "realised",
    }  # fmt: skip
    return empty | slots


FIRST = {"article_id": "one", "published": "2024-02-26", "source": "A", "claims": [shipment()]}
SECOND = {"article_id": "two", "published": "2024-02-27", "source": "B", "claims": [shipment(quantity=4040)]}
THIRD = {
    "article_id": "three",
    "published": "2024-02-27",
    "source": "C",
    "claims": [shipment(destinations=["KE"], quantity=900, speaker="narrator")],
}


def claim_of(tables: GoldTables, name: str) -> dict[str, Any]:
    return tables.claims.row(by_predicate=pl.col("article_id") == tables.article_ids[name], named=True)


@pytest.fixture(scope="module")
def second_build(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Run 1 reads two articles; run 2 a third, with a value decided, a claim rejected and one decision lost."""
    folder = tmp_path_factory.mktemp("runs")
    before = gold_tables([FIRST, THIRD])
    first = write_tables(before, folder)
    dbt(folder, *SELECT)
    build = folder / "build.duckdb"
    history = published_history_or_none(build)
    assert history is not None
    build.unlink()
    after = gold_tables([FIRST, SECOND, THIRD])
    decisions = reviews(
        decision("value_is_wrong", claim_of(after, "two"), slot="quantity", decided_value="4050"),
        decision("reject_claim", claim_of(after, "three")),
        decision("confirm", claim_of(after, "one") | {"claim_id": "gone", "quote": "gone"}),
    )
    write_tables(after, folder, run_id="run-2", previous=first, reviews=decisions, history=history)
    dbt(folder, *SELECT)
    with duckdb.connect(str(build), read_only=True) as connection:
        yield connection


def test_decided_value_is_shown_and_the_claimed_one_stays_beside_it(
    second_build: duckdb.DuckDBPyConnection,
) -> None:
    fact = second_build.execute(
        "select quantity, quantity_min, quantity_max, n_articles, review_status_code from marts.fct_export_shipments"
    ).fetchall()
    assert fact == [(4050, 4040, 4050, 2, "corrected")]
    claimed = second_build.execute(
        "select quantity from core.claims where claim_status_code = 'standing' order by 1"
    ).fetchall()
    assert claimed == [(4040,), (4044,)]


def test_rejected_claim_stays_readable_without_a_fact(second_build: duckdb.DuckDBPyConnection) -> None:
    rejected = second_build.execute(
        "select quantity, event_id from core.claims where claim_status_code = 'rejected'"
    ).fetchall()
    assert rejected == [(900, None)]


def test_run_reports_what_it_made_of_each_decision(second_build: duckdb.DuckDBPyConnection) -> None:
    outcomes = second_build.execute(
        "select decision_code, outcome_code, reviewer from marts.review_decisions order by 1"
    ).fetchall()
    assert outcomes == [
        ("confirm", "claim_not_found", "Ani"),
        ("reject_claim", "applied", "Ani"),
        ("value_is_wrong", "applied", "Ani"),
    ]


def test_what_the_warehouse_said_in_an_earlier_run_can_be_asked(
    second_build: duckdb.DuckDBPyConnection,
) -> None:
    said = """
        select cast(content ->> 'quantity' as double)
        from marts.fact_history
        where valid_from_at <= getvariable('day') and (valid_to_at is null or valid_to_at > getvariable('day'))
        order by 1
    """
    answers = []
    for day in ("2026-01-01 01:30:00+00", "2026-01-01 02:30:00+00"):
        second_build.execute(f"set variable day = timestamptz '{day}'")
        answers.append(second_build.execute(said).fetchall())
    assert answers == [[(900,), (4044,)], [(4050,)]]


def test_what_changed_since_the_last_run_is_a_query(second_build: duckdb.DuckDBPyConnection) -> None:
    changes = second_build.execute(
        """
        select coalesce(valid_to_run_id, valid_from_run_id), valid_to_run_id is not null, count(*)
        from marts.fact_history
        where valid_from_run_id = 'run-2' or valid_to_run_id = 'run-2'
        group by all
        order by all
        """
    ).fetchall()
    assert changes == [("run-2", False, 1), ("run-2", True, 2)]


def test_missing_or_older_published_file_has_no_history(tmp_path: Path) -> None:
    assert published_history_or_none(tmp_path / "niaga.duckdb") is None
    duckdb.connect(str(tmp_path / "niaga.duckdb")).close()
    assert published_history_or_none(tmp_path / "niaga.duckdb") is None
