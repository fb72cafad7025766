"""resolve on whole articles: gold claims in, events out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.events import RESOLVE_TABLES
from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve import ResolveResult, resolve_claims
from tests.support.gold_claims import GoldTables, development_tables, gold_tables, seed_tables


def resolve(tables: GoldTables, reference: ReferenceData, **options: Any) -> ResolveResult:
    return resolve_claims(
        tables.claims,
        tables.articles,
        tables.clusters,
        reference=reference,
        **({"run_id": "run-1"} | options),
    )


@pytest.fixture(scope="module")
def development(reference: ReferenceData) -> tuple[GoldTables, ResolveResult]:
    tables = development_tables()
    return tables, resolve(tables, reference)


def joined_articles(tables: GoldTables, result: ResolveResult) -> set[tuple[str, str]]:
    stems = {article_id: stem for stem, article_id in tables.article_ids.items()}
    events = result.event_claims.group_by("event_id").agg(pl.col("article_id").unique())
    return {
        pair
        for articles in events["article_id"].to_list()
        for pair in combinations(sorted(stems[a] for a in articles), 2)
    }


def shipment(**slots: Any) -> dict[str, Any]:
    empty = {
        "type": "export_shipment", "origin_region": "Kabupaten Tangerang",
        "exporter": "CV Triguna Mitra Abadi",
        "products": ["sepatu dox"], "quantity": None, "unit": None, "containers": None, "value": None,
        "currency": None, "destinations": ["SN"], "date": None, "is_first": None, "status": "realised",
    }  # fmt: skip
    return empty | slots


def article(name: str, *claims: dict[str, Any], published: str | None = None) -> dict[str, Any]:
    return {"article_id": name, "published": published, "source": name, "claims": list(claims)}


def event_count(result: ResolveResult) -> int:
    return result.event_claims["event_id"].n_unique()


def test_development_groups_are_joined_and_nothing_else(
    development: tuple[GoldTables, ResolveResult],
) -> None:
    tables, result = development
    gold = {
        pair
        for pair in combinations(sorted(tables.event_keys), 2)
        if set(tables.event_keys[pair[0]]) & set(tables.event_keys[pair[1]])
    }
    assert joined_articles(tables, result) == gold


def test_tables_keep_their_contracts_with_and_without_claims(
    development: tuple[GoldTables, ResolveResult], reference: ReferenceData
) -> None:
    for result in (development[1], resolve(gold_tables([]), reference)):
        for table in RESOLVE_TABLES:
            frame = result.tables()[table.name]
            assert dict(frame.schema) == table.schema, table.name
            assert frame.height == frame.select(table.key).unique().height, table.name
            for field in table.fields:
                column = frame[field.name]
                assert field.nullable or column.null_count() == 0, f"{table.name}.{field.name}"
                assert not field.accepted or set(column.drop_nulls().to_list()) <= set(field.accepted), (
                    field.name
                )


def test_every_claim_states_one_event(development: tuple[GoldTables, ResolveResult]) -> None:
    tables, result = development
    assert sorted(result.event_claims["claim_id"]) == sorted(tables.claims["claim_id"])


def test_order_of_rows_changes_nothing(
    development: tuple[GoldTables, ResolveResult], reference: ReferenceData
) -> None:
    tables, result = development
    for seed in (1, 2):
        again = resolve_claims(
            tables.claims.sample(fraction=1, shuffle=True, seed=seed),
            tables.articles.sample(fraction=1, shuffle=True, seed=seed),
            tables.clusters.sample(fraction=1, shuffle=True, seed=seed),
            reference=reference,
            run_id="run-1",
        )
        for name, frame in result.tables().items():
            assert again.tables()[name].equals(frame), name


def test_membership_does_not_depend_on_what_was_known_before(
    development: tuple[GoldTables, ResolveResult], reference: ReferenceData
) -> None:
    tables, result = development
    half = resolve_claims(
        tables.claims.filter(pl.col("claim_id") < "8"),
        tables.articles,
        tables.clusters,
        reference=reference,
        run_id="run-0",
    )
    later = resolve(
        tables, reference, previous=half.event_claims, previous_changes=half.event_changes, run_id="run-1"
    )

    def membership(frame: pl.DataFrame) -> set[frozenset[str]]:
        return {frozenset(ids) for ids in frame.group_by("event_id").agg("claim_id")["claim_id"].to_list()}

    assert membership(later.event_claims) == membership(result.event_claims)
    assert set(half.event_claims["event_id"]) - set(later.event_claims["event_id"]) == set(
        later.event_changes["old_event_id"]
    ) - set(later.event_claims["event_id"])


def test_second_run_without_news_changes_nothing(
    development: tuple[GoldTables, ResolveResult], reference: ReferenceData
) -> None:
    tables, result = development
    again = resolve(
        tables, reference, previous=result.event_claims, previous_changes=result.event_changes, run_id="run-2"
    )
    assert again.event_claims.equals(result.event_claims)
    assert again.event_changes.is_empty()


def outlets() -> Iterator[dict[str, Any]]:
    yield article("one", shipment(quantity=4044, unit="pair", date="2024-02-26"), published="2024-02-26")
    yield article("two", shipment(quantity=4040, unit="pair", date="2024-01-26"), published="2024-02-27")
    yield article("three", shipment(containers=1, exporter=None, date="2024-02"), published="2024-02-28")


def test_three_outlets_with_other_figures_a_wrong_month_and_another_unit_tell_one_shipment(
    reference: ReferenceData,
) -> None:
    assert event_count(resolve(gold_tables(outlets()), reference)) == 1


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(
            shipment(quantity=4044, unit="pair", date="2024-02-26", destinations=["KE"]), id="other-country"
        ),
        pytest.param(shipment(quantity=4044, unit="pair", date="2023-02-27"), id="other-year"),
        pytest.param(
            shipment(
                quantity=4044,
                unit="pair",
                date="2024-02-26",
                origin_region="Kabupaten Serang",
                exporter="CV Lain",
            ),
            id="other-region",
        ),
        pytest.param(
            shipment(quantity=9000, unit="pair", date="2024-02-26", products=["kopi robusta"]),
            id="other-goods",
        ),
    ],
)
def test_another_shipment_stays_another_event(other: dict[str, Any], reference: ReferenceData) -> None:
    first = shipment(quantity=4044, unit="pair", date="2024-02-26")
    assert event_count(resolve(gold_tables([article("one", first), article("two", other)]), reference)) == 2


def test_monthly_shipments_of_one_firm_stay_apart(reference: ReferenceData) -> None:
    articles = [
        article(
            f"m{month}", shipment(containers=1, date=f"2024-{month:02}-15"), published=f"2024-{month:02}-16"
        )
        for month in range(1, 7)
    ]
    assert event_count(resolve(gold_tables(articles), reference)) == 6


def test_part_of_a_national_ceremony_is_not_the_ceremony(reference: ReferenceData) -> None:
    national = shipment(origin_region="Indonesia", exporter=None, products=["sepatu", "kopi"],
                        destinations=[],
                        value=35030000000000, currency="IDR", date="2024-02-26")  # fmt: skip
    part = shipment(exporter=None, value=7260000000, currency="IDR", date="2024-02-26")
    assert event_count(resolve(gold_tables([article("one", national), article("two", part)]), reference)) == 2


def test_link_says_why(development: tuple[GoldTables, ResolveResult]) -> None:
    links = development[1].claim_links
    assert not links.is_empty()
    assert all(reasons.startswith("{") and '":[' in reasons for reasons in links["reasons"])


def test_seed_claims_are_all_events_of_their_own(reference: ReferenceData) -> None:
    tables = seed_tables()
    result = resolve(tables, reference)
    assert event_count(result) == tables.claims.height


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("PT Nusa Kelapa Makmur", "PT NKM", id="initials"),
        pytest.param("UD Srikandi Pandan", "SrikandiPandan", id="run-together"),
        pytest.param("Sikerei Jaya", "UD Sikerai Jaya", id="spelling"),
        pytest.param("CV Nira Utama", "CV. Nira Utama Sejahtera", id="longer-form"),
    ],
)
def test_forms_of_one_firm_do_not_part_its_shipment(one: str, other: str, reference: ReferenceData) -> None:
    reports = [
        article(name, shipment(exporter=exporter, date="2024-02-26"))
        for name, exporter in (("one", one), ("two", other))
    ]
    assert event_count(resolve(gold_tables(reports), reference)) == 1


def test_forms_of_one_firm_become_one_organisation_with_all_its_names(reference: ReferenceData) -> None:
    names = ["PT Nusa Kelapa Makmur", "Nusakelapa Makmur", "PT. NKM", "PT Nusa Kelapa Makmur Tbk"]
    reports = [
        article(str(number), shipment(exporter=name, date="2024-02-26", quantity=4044, unit="pair"))
        for number, name in enumerate(names)
    ]
    result = resolve(gold_tables([*reports, article("x", shipment(exporter="CV Lain"))]), reference)
    firms = result.organisations.filter(pl.col("aliases").list.contains("PT. NKM"))
    assert firms["aliases"].to_list() == [sorted(names)]
    assert firms["organisation_name"].to_list() == ["PT Nusa Kelapa Makmur Tbk"]
    assert result.organisations.height == 2


def test_vague_report_does_not_bring_two_firms_together(reference: ReferenceData) -> None:
    """The third names no firm: it may be about either, and so joins one of them, never both."""
    reports = [
        article("one", shipment(exporter="PT Kayu Lapis Asri", containers=8, date="2024-02-01")),
        article("two", shipment(exporter="PT Rimba Mulya", containers=5, date="2024-02-01")),
        article("vague", shipment(exporter=None, containers=8, date="2024-02-01")),
    ]
    tables = gold_tables(reports)
    result = resolve(tables, reference)
    assert event_count(result) == 2
    assert joined_articles(tables, result) == {("one", "vague")}


@pytest.mark.parametrize(
    ("region", "exporter", "events"),
    [
        pytest.param("Kabupaten Semarang", None, 1, id="city-and-regency-of-one-name"),
        pytest.param("Kabupaten Kendal", None, 2, id="neighbour"),
        pytest.param("Kabupaten Kendal", "CV Triguna Mitra Abadi", 1, id="neighbour-but-one-firm"),
    ],
)
def test_other_region_of_the_province_is_doubt_that_the_firm_can_settle(
    region: str, exporter: str | None, events: int, reference: ReferenceData
) -> None:
    told = shipment(
        origin_region="Kota Semarang", exporter=exporter, quantity=18, unit="tonne", date="2023-05-30"
    )
    reports = [article("one", told), article("two", told | {"origin_region": region})]
    assert event_count(resolve(gold_tables(reports), reference)) == events


@pytest.mark.parametrize(
    ("one", "other", "events"),
    [
        pytest.param("Trade Expo Indonesia ke-38", "TEI 2023", 1, id="edition-and-abbreviation"),
        pytest.param("Inacraft", "TEI 2023", 2, id="another-fair"),
    ],
)
def test_fair_is_known_by_its_name_without_its_edition(
    one: str, other: str, events: int, reference: ReferenceData
) -> None:
    fair = {"type": "exhibition", "region": "Kabupaten Jepara", "status": "realised"}
    reports = [
        article("one", fair | {"name": one, "date": "2023-10-18/2023-10-22"}, published="2023-10-20"),
        article("two", fair | {"name": other, "date": "2023"}, published="2023-10-24"),
    ]
    assert event_count(resolve(gold_tables(reports), reference)) == events


def test_plan_and_its_late_dispatch_are_one_shipment(reference: ReferenceData) -> None:
    told = shipment(quantity=3, unit="tonne")
    reports = [
        article("plan", told | {"status": "planned", "date": "2023-10-10"}, published="2023-10-02"),
        article("deed", told | {"date": "2023-10-24"}, published="2023-10-25"),
        article("again", told | {"date": "2023-11-24"}, published="2023-11-25"),
    ]
    tables = gold_tables(reports)
    assert joined_articles(tables, resolve(tables, reference)) == {("deed", "plan")}


def test_two_firms_with_one_product_on_one_day_have_two_shipments(reference: ReferenceData) -> None:
    reports = [
        article(name, shipment(exporter=exporter, date="2024-02-26", quantity=pairs, unit="pair"))
        for name, exporter, pairs in (("one", "CV Langkah Baru", 4000), ("two", "PT Sumber Kulit Asia", 2500))
    ]
    assert event_count(resolve(gold_tables(reports), reference)) == 2


def target(**slots: Any) -> dict[str, Any]:
    empty = {
        "type": "export_target", "region": "Kota Bandung", "issuer": None, "period": "2020", "metric": "value",
        "amount": 467000000, "currency": "USD", "unit": None, "commodity": None, "revision": None,
    }  # fmt: skip
    return empty | slots


def test_original_and_revised_target_are_two_events_wherever_they_are_told(reference: ReferenceData) -> None:
    original, revised = target(revision="original"), target(revision="revised", amount=358000000)
    reports = [article("one", original, revised), article("two", revised), article("three", target())]
    result = resolve(gold_tables(reports), reference)
    sizes = result.event_claims.group_by("event_id").len()["len"].sort().to_list()
    assert sizes == [2, 2]  # the untagged 467 million is the original


def test_reason_of_a_revised_target_is_told_in_the_words_of_the_quote(reference: ReferenceData) -> None:
    text = "Pemkot menurunkan target ekspor Kota Bandung 2020 menjadi US$ 358 juta akibat pandemi Covid-19, kata Elly."
    claims = [target(revision="original"), target(revision="revised", amount=358000000)]
    tables = gold_tables([article("one", *claims)], {"one": text})
    codes = resolve(tables, reference).claim_codes.join(tables.claims, on="claim_id")
    assert dict(codes.select("revision", "revision_reason").iter_rows()) == {
        "original": None,
        "revised": "pandemi Covid-19",
    }


@pytest.mark.parametrize(
    ("period", "said", "basis"),
    [
        ("2022-05", "dibanding April 2022", "month_on_month"),
        ("2022-05", "dibandingkan Mei 2021", "year_on_year"),
        ("2022-05", "dibanding bulan sebelumnya", "month_on_month"),
        ("2022-01/2022-03", "dari triwulan IV 2021", "quarter_on_quarter"),
        ("2022-01/2022-06", "terhadap semester I 2021", "year_on_year"),
        ("2022", "dari 2021", "year_on_year"),
        ("2022-05", "setelah Maret 2022", "unstated"),
    ],
)
def test_basis_of_growth_is_the_period_it_is_compared_with(
    period: str, said: str, basis: str, reference: ReferenceData
) -> None:
    growth = {
        "type": "export_realisation", "region": "Provinsi Bengkulu", "period": period, "metric": "growth_pct",
        "amount": 5.2,
    }  # fmt: skip
    tables = gold_tables([article("one", growth)], {"one": f"Ekspor Bengkulu naik 5,2 persen {said}."})
    assert resolve(tables, reference).claim_codes["growth_basis_code"].to_list() == [basis]
