"""What right claims of the five seed articles must yield on the published marts, each row with its quote."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.support.build_marts import dbt, write_tables
from tests.support.gold_claims import GoldTables, gold_tables, seed_tables


@pytest.fixture(scope="module")
def seeds() -> GoldTables:
    return seed_tables()


@pytest.fixture(scope="module")
def marts(seeds: GoldTables, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("seeds")
    write_tables(seeds, folder)
    dbt(folder, "build")
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        yield connection


def rows(marts: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return marts.execute(query).fetchall()


def test_shipment_of_shoes_to_senegal_is_told_once(marts: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        marts,
        """
        select origin_region_name, exporter_names, product_names, quantity, unit_code, destination_codes,
            is_first, date_edtf, date_precision_code
        from marts.fct_export_shipments
        """,
    )
    assert found == [
        (
            "Kabupaten Tangerang",
            "CV Triguna Mitra Abadi",
            "sepatu dox",
            4044,
            "pair",
            "SN",
            True,
            "2024",
            "year",
        )
    ]


def test_revised_target_of_bandung_supersedes_the_original(marts: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        marts,
        """
        select new.region_name, new.period_edtf, old.amount, new.amount, new.currency_code,
            old.is_latest_version
        from marts.fct_export_targets as new
        inner join marts.fct_export_targets as old on new.supersedes_line_id = old.line_id
        """,
    )
    assert found == [("Kota Bandung", "2020", 467_000_000, 358_000_000, "USD", False)]


def test_missions_of_the_seeds(marts: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        marts,
        """
        select region_name, destination_codes, date_edtf, status_code, participants
        from marts.fct_trade_missions
        """,
    )
    assert sorted(found, key=str) == [
        ("Kabupaten Bogor", "M49:142, M49:150", "2020", "planned", None),
        ("Kabupaten Bogor", "RU", "2019-11", "realised", None),
        ("Kabupaten Tangerang", None, None, "realised", 200),
    ]


def test_trainings_and_exhibitions_of_the_seeds(marts: duckdb.DuckDBPyConnection) -> None:
    trainings = rows(marts, "select region_name, participants, date_edtf from marts.fct_trainings order by 2")
    assert trainings == [("Kota Bandung", 85, None), ("Kota Tangerang", 120, "2017-10-04/2017-10-08")]
    fairs = rows(marts, "select fair_place, date_edtf, status_code from marts.fct_exhibitions order by 1")
    assert fairs == [
        ("Bali", "2017", "realised"),
        ("Pontianak", "2017", "realised"),
        ("Solo", "2017-12", "planned"),
    ]


def test_market_presence_of_the_seeds(marts: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        marts,
        """
        select origin_region_name, product_names, destination_codes, status_code
        from marts.fct_market_presence
        """,
    )
    assert ("Kabupaten Tangerang", "sepatu Sibatik", "TW", "realised") in found
    assert ("Kabupaten Tangerang", "sepatu", "AE, SA", "planned") in found
    assert ("Kabupaten Bogor", None, "AE, RU", "realised") in found
    assert ("Kabupaten Bogor", None, "M49:142, M49:150", "planned") in found
    assert len(found) == 9


def test_every_fact_leads_to_its_quote_in_the_article(
    marts: duckdb.DuckDBPyConnection, seeds: GoldTables
) -> None:
    texts = dict(rows(marts, "select article_id, text from core.articles"))
    evidence = rows(marts, "select article_id, quote, quote_start, quote_end from marts.bridge_event_claims")
    assert len(evidence) == seeds.claims.height
    assert all(texts[article][start:end] == quote for article, quote, start, end in evidence)


def test_every_measure_of_a_fact_says_how_it_may_be_added_up(marts: duckdb.DuckDBPyConnection) -> None:
    measures = rows(
        marts,
        """
        select table_name, column_name
        from information_schema.columns
        where table_schema = 'marts' and table_name like 'fct_%'
            and not regexp_matches(column_name, '_(min|max)$')
            and (
                data_type like 'DECIMAL%'
                or table_name in ('fct_coverage', 'fct_target_outcomes') and data_type in ('BIGINT', 'DOUBLE')
            )
        order by all
        """,
    )
    assert measures == rows(marts, "select fact_name, measure_name from marts.measure_rules order by all")


def test_rules_of_adding_up_can_be_run(marts: duckdb.DuckDBPyConnection) -> None:
    rules = rows(
        marts,
        "select fact_name, measure_name, group_by, row_filter from marts.measure_rules where rule_code = 'sum'",
    )
    for fact, measure, group_by, row_filter in rules:
        columns = ", ".join(group_by)
        marts.execute(f"select {columns}, sum({measure}) from marts.{fact} where {row_filter} group by all")
    assert {"quantity", "value", "amount", "transaction_value"} <= {rule[1] for rule in rules}


def test_regions_are_those_of_the_ministry_with_both_codes(marts: duckdb.DuckDBPyConnection) -> None:
    counted = rows(marts, "select level_code, count(*) from marts.dim_region group by all order by all")
    assert counted == [("city", 98), ("country", 1), ("province", 38), ("regency", 416)]
    codes = rows(
        marts,
        "select kemendagri_code, bps_code, province_name from marts.dim_region where region_name = 'Kabupaten Tangerang'",
    )
    assert codes == [("36.03", "3603", "Provinsi Banten")]


def test_coverage_tells_what_was_read_and_what_of_it_was_on_topic(marts: duckdb.DuckDBPyConnection) -> None:
    found = rows(
        marts,
        """
        select region_name, sum(n_articles_on_topic)
        from marts.fct_coverage
        inner join marts.dim_region using (region_id)
        group by all
        order by all
        """,
    )
    assert ("Kota Bandung", 1) in found
    read = rows(
        marts,
        """
        select sum(n_articles_read)
        from (select distinct outlet_name, published_month, n_articles_read from marts.fct_coverage)
        """,
    )
    assert read == rows(marts, "select count(*) from core.articles")


def test_empty_warehouse_builds_with_all_its_columns(tmp_path: Path) -> None:
    write_tables(gold_tables([]), tmp_path)
    dbt(tmp_path, "run")
    with duckdb.connect(str(tmp_path / "build.duckdb"), read_only=True) as connection:
        assert rows(connection, "select count(*) from marts.fct_export_shipments") == [(0,)]
        assert rows(connection, "select count(*) from marts.dim_region") == [(553,)]


def test_year_outside_the_calendar_is_a_year_like_any_other(tmp_path: Path) -> None:
    target = {
        "type": "export_target",
        "region": "Kota Bandung",
        "metric": "value",
        "amount": 5,
        "currency": "USD",
    }
    claims = [target | {"period": period} for period in ("1932", "2060", "9999")]
    write_tables(gold_tables([{"article_id": "odd", "published": "2024-01-02", "claims": claims}]), tmp_path)
    selection = ("--select", "+fct_export_targets", "+marts.core", "--indirect-selection", "cautious")
    dbt(tmp_path, "build", *selection)
    with duckdb.connect(str(tmp_path / "build.duckdb"), read_only=True) as connection:
        query = "select period_edtf from marts.fct_export_targets order by first_day"
        assert rows(connection, query) == [("1932",), ("2060",), ("9999",)]
        query = "select count(*) from marts.dim_date where year_number in (1932, 1945, 2049, 2060)"
        assert rows(connection, query) == [(366 + 365 + 365 + 366,)]


def test_false_quote_fails_the_build(seeds: GoldTables, tmp_path: Path) -> None:
    result = write_tables(seeds, tmp_path)
    assert not result.event_claims.is_empty()
    path = tmp_path / "tables" / "claims" / "part.parquet"
    claims = pl.read_parquet(path)
    claims.with_columns(quote=pl.col("quote") + "x").write_parquet(path)
    done = dbt(tmp_path, "build", "--select", "+assert_quote_found_at_offsets", checked=False)
    assert done.returncode != 0
    assert "assert_quote_found_at_offsets" in done.stdout
