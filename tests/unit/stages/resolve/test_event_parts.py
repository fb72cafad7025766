from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve import ResolveResult, resolve_claims
from tests.support.gold_claims import GoldTables, gold_tables


def shipment(**slots: Any) -> dict[str, Any]:
    empty = {
        "type": "export_shipment", "origin_region": "Kota Bitung", "exporter": None, "products": ["tuna"],
        "quantity": None, "unit": None, "containers": None, "value": None, "currency": None,
        "destinations": ["US"],
        "date": "2021-08-24", "is_first": None, "status": "realised",
    }  # fmt: skip
    return empty | slots


PARTS = [
    shipment(quantity=12, unit="tonne"),
    shipment(products=["kopi"], destinations=["JP"], quantity=10, unit="tonne"),
]
WHOLE = shipment(products=["tuna", "kopi"], destinations=["US", "JP"], value=2400000000, currency="IDR")


def resolve(reference: ReferenceData, **articles: list[dict[str, Any]]) -> tuple[GoldTables, ResolveResult]:
    tables = gold_tables({"article_id": name, "claims": claims} for name, claims in articles.items())
    return tables, resolve_claims(
        tables.claims, tables.articles, tables.clusters, reference=reference, run_id="run-1"
    )


def events_of(tables: GoldTables, result: ResolveResult, name: str) -> set[str]:
    mine = result.event_claims.filter(pl.col("article_id") == tables.article_ids[name])
    return set(mine["event_id"])


def test_total_of_one_article_includes_the_parts_of_another(reference: ReferenceData) -> None:
    tables, result = resolve(reference, parts=PARTS, total=[WHOLE])
    totals, parts = events_of(tables, result, "total"), events_of(tables, result, "parts")
    assert totals.isdisjoint(parts)
    assert set(result.event_parts["total_event_id"]) == totals
    assert set(result.event_parts["part_event_id"]) == parts


def test_total_and_parts_of_one_article_are_events_of_one_occasion(reference: ReferenceData) -> None:
    _, result = resolve(reference, both=[*PARTS, WHOLE])
    assert result.event_claims["event_id"].n_unique() == 3
    assert result.event_claims["occasion_id"].n_unique() == 1
    assert result.event_parts.height == 2


def test_total_of_a_province_does_not_include_what_another_article_tells_of_a_regency(
    reference: ReferenceData,
) -> None:
    _, result = resolve(reference, parts=PARTS, total=[WHOLE | {"origin_region": "Provinsi Sulawesi Utara"}])
    assert result.event_parts.is_empty()


def test_total_of_another_day_includes_nothing(reference: ReferenceData) -> None:
    _, result = resolve(reference, parts=PARTS, total=[WHOLE | {"date": "2021-11-24"}])
    assert result.event_parts.is_empty()
