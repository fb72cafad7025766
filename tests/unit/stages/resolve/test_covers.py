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


def covering(result: ResolveResult) -> pl.DataFrame:
    return result.event_claims.filter(pl.col("evidence_role") == "covers")


def test_total_of_one_article_covers_the_parts_of_another(reference: ReferenceData) -> None:
    tables, result = resolve(reference, parts=PARTS, total=[WHOLE])
    assert covering(result)["article_id"].unique().to_list() == [tables.article_ids["total"]]
    assert covering(result)["event_id"].n_unique() == 2


def test_total_covers_no_part_of_its_own_article(reference: ReferenceData) -> None:
    _, result = resolve(reference, both=[*PARTS, WHOLE])
    assert covering(result).is_empty()
    roles = dict(
        result.claim_codes.join(result.event_claims, on="claim_id")
        .select("claim_id", "line_role")
        .iter_rows()
    )
    assert sorted(roles.values()) == ["part", "part", "total"]
    assert result.event_claims["occasion_id"].n_unique() == 1


def test_total_of_a_province_does_not_cover_what_a_regency_tells(reference: ReferenceData) -> None:
    _, result = resolve(reference, parts=PARTS, total=[WHOLE | {"origin_region": "Provinsi Sulawesi Utara"}])
    assert covering(result).is_empty()


def test_total_of_another_day_covers_nothing(reference: ReferenceData) -> None:
    _, result = resolve(reference, parts=PARTS, total=[WHOLE | {"date": "2021-11-24"}])
    assert covering(result).is_empty()
