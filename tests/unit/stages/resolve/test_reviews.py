from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve import ResolveResult, resolve_claims
from tests.support.gold_claims import GoldTables, gold_tables
from tests.support.reviews import decision, reviews


def shipment(**slots: Any) -> dict[str, Any]:
    empty = {
        "type": "export_shipment", "origin_region": "Kabupaten Tangerang", "exporter": "CV Triguna",
        "products": ["sepatu"], "quantity": 4044, "unit": "pair", "containers": None, "value": None,
        "currency": None, "destinations": ["SN"],
        "date": "2024-02-26", "is_first": None, "status": "realised",
    }  # fmt: skip
    return empty | slots


@pytest.fixture
def tables() -> GoldTables:
    """Two reports of one shipment, and one of another country."""
    return gold_tables(
        [
            {"article_id": "one", "published": "2024-02-26", "claims": [shipment()]},
            {"article_id": "two", "published": "2024-02-27", "claims": [shipment(quantity=4040)]},
            {"article_id": "three", "published": "2024-02-27", "claims": [shipment(destinations=["KE"])]},
        ]
    )


def claim_of(tables: GoldTables, name: str) -> dict[str, Any]:
    return tables.claims.row(by_predicate=pl.col("article_id") == tables.article_ids[name], named=True)


def resolve(tables: GoldTables, reference: ReferenceData, *decisions: dict[str, Any]) -> ResolveResult:
    return resolve_claims(
        tables.claims,
        tables.articles,
        tables.clusters,
        reference=reference,
        reviews=reviews(*decisions),
        run_id="run-1",
    )


def event_of(result: ResolveResult, claim: dict[str, Any]) -> str | None:
    found = result.event_claims.filter(pl.col("claim_id") == claim["claim_id"])["event_id"].to_list()
    return found[0] if found else None


def outcomes(result: ResolveResult) -> list[str]:
    return result.review_decisions["outcome"].to_list()


def test_without_decisions_two_reports_are_one_shipment(tables: GoldTables, reference: ReferenceData) -> None:
    result = resolve(tables, reference)
    one, two, three = (event_of(result, claim_of(tables, name)) for name in ("one", "two", "three"))
    assert one == two != three


def test_same_event_joins_what_the_score_keeps_apart(tables: GoldTables, reference: ReferenceData) -> None:
    one, three = claim_of(tables, "one"), claim_of(tables, "three")
    result = resolve(tables, reference, decision("same_event", one, three))
    assert event_of(result, one) == event_of(result, three)
    assert outcomes(result) == ["applied"]


def test_different_event_parts_what_the_score_joins(tables: GoldTables, reference: ReferenceData) -> None:
    one, two = claim_of(tables, "one"), claim_of(tables, "two")
    result = resolve(tables, reference, decision("different_event", two, one))
    assert event_of(result, one) != event_of(result, two)


def test_rejected_claim_states_no_event_but_keeps_its_codes(
    tables: GoldTables, reference: ReferenceData
) -> None:
    two = claim_of(tables, "two")
    result = resolve(tables, reference, decision("reject_claim", two))
    assert event_of(result, two) is None
    assert two["claim_id"] in result.claim_codes["claim_id"].to_list()


def test_decided_mass_is_given_in_kilograms_too(reference: ReferenceData) -> None:
    tables = gold_tables([{"article_id": "one", "claims": [shipment(quantity=18, unit="tonne")]}])
    result = resolve(
        tables,
        reference,
        decision("value_is_wrong", claim_of(tables, "one"), slot="quantity", decided_value="17.5"),
    )
    row = result.review_decisions.row(0, named=True)
    assert (row["outcome"], row["decided_number"], row["decided_unit"], row["decided_kg"]) == (
        "applied", pytest.approx(17.5), "tonne", pytest.approx(17500),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("slot", "value", "unit", "expected"),
    [
        ("date", "2024-03", None, "applied"),
        ("date", "soon", None, "unreadable_value"),
        ("origin_region", "Kota Tangerang", None, "applied"),
        ("origin_region", "Atlantis", None, "unreadable_value"),
        ("amount", "5", None, "unknown_slot"),
        ("products", "kopi", None, "unknown_slot"),
        ("quantity", "5", "piece", "applied"),
        ("quantity", "5", "ton", "unknown_unit"),
        ("quantity", "5", "USD", "unknown_unit"),
        ("quantity", "many", None, "unreadable_value"),
        ("quantity", None, None, "applied"),
        ("quantity", "NaN", None, "unreadable_value"),
        ("quantity", "Infinity", None, "unreadable_value"),
        ("quantity", "-5", None, "unreadable_value"),
        ("quantity", "1e27", None, "unreadable_value"),
        ("quantity", "0.00001", None, "unreadable_value"),
        ("containers", "2", None, "applied"),
        ("containers", "2", "container", "unknown_unit"),
        ("value", "5", "EUR", "applied"),
        ("value", "5", "euro", "unknown_unit"),
        ("value", "5000", None, "unknown_unit"),
        ("status", "planned", None, "applied"),
        ("status", "done", None, "unreadable_value"),
        ("is_first", "true", None, "applied"),
        ("is_first", "yes", None, "unreadable_value"),
    ],
)
def test_decided_value_is_read_or_reported(
    slot: str,
    value: str | None,
    unit: str | None,
    expected: str,
    tables: GoldTables,
    reference: ReferenceData,
) -> None:
    wrong = decision(
        "value_is_wrong", claim_of(tables, "one"), slot=slot, decided_value=value, decided_unit=unit
    )
    assert outcomes(resolve(tables, reference, wrong)) == [expected]


def test_decided_number_of_people_or_containers_has_no_currency(reference: ReferenceData) -> None:
    tables = gold_tables([{"article_id": "one", "claims": [shipment(value=9, currency="USD", containers=3)]}])
    wrong = decision("value_is_wrong", claim_of(tables, "one"), slot="containers", decided_value="2")
    row = resolve(tables, reference, wrong).review_decisions.row(0, named=True)
    assert (row["outcome"], row["decided_unit"]) == ("applied", None)


def test_later_is_judged_across_time_zones(tables: GoldTables, reference: ReferenceData) -> None:
    one, three = claim_of(tables, "one"), claim_of(tables, "three")
    result = resolve(
        tables,
        reference,
        decision("same_event", one, three, decided_at="2026-01-02T08:00:00+07:00"),
        decision("different_event", one, three, decided_at="2026-01-02T02:00:00+00:00"),
    )
    by_kind = dict(result.review_decisions.select("decision", "outcome").iter_rows())
    assert by_kind == {"same_event": "contradicted", "different_event": "applied"}


def test_claim_is_found_by_its_quote_when_its_id_has_changed(
    tables: GoldTables, reference: ReferenceData
) -> None:
    two = claim_of(tables, "two")
    result = resolve(
        tables, reference, decision("reject_claim", two | {"claim_id": "id-of-an-older-extractor"})
    )
    assert event_of(result, two) is None
    assert outcomes(result) == ["applied"]


def test_decision_on_a_claim_that_is_gone_is_reported(tables: GoldTables, reference: ReferenceData) -> None:
    gone = claim_of(tables, "two") | {"claim_id": "gone", "quote": "nobody said this"}
    assert outcomes(resolve(tables, reference, decision("reject_claim", gone))) == ["claim_not_found"]


def test_later_decision_on_a_pair_replaces_the_earlier(tables: GoldTables, reference: ReferenceData) -> None:
    one, three = claim_of(tables, "one"), claim_of(tables, "three")
    result = resolve(
        tables,
        reference,
        decision("same_event", one, three, decided_at="2026-01-01T00:00:00+00:00"),
        decision("different_event", three, one, decided_at="2026-01-02T00:00:00+00:00"),
    )
    assert event_of(result, one) != event_of(result, three)
    by_kind = dict(result.review_decisions.select("decision", "outcome").iter_rows())
    assert by_kind == {"same_event": "contradicted", "different_event": "applied"}


def test_claims_of_two_types_cannot_be_made_one(reference: ReferenceData) -> None:
    presence = {
        "type": "market_presence", "origin_region": "Kabupaten Tangerang", "exporter": "CV Triguna",
        "products": ["sepatu"], "destinations": ["SN"], "status": "realised",
    }  # fmt: skip
    tables = gold_tables(
        [{"article_id": "one", "claims": [shipment()]}, {"article_id": "two", "claims": [presence]}]
    )
    one, two = claim_of(tables, "one"), claim_of(tables, "two")
    result = resolve(tables, reference, decision("same_event", one, two))
    assert outcomes(result) == ["blocked"]
    assert event_of(result, one) != event_of(result, two)


def test_two_things_of_one_article_cannot_be_made_one(reference: ReferenceData) -> None:
    tables = gold_tables([{"article_id": "one", "claims": [shipment(), shipment(destinations=["KE"])]}])
    first, second = tables.claims.iter_rows(named=True)
    assert outcomes(resolve(tables, reference, decision("same_event", first, second))) == ["blocked"]
