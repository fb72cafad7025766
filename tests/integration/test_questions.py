"""docs/questions.md says what its queries give."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.support.build_marts import dbt, write_tables
from tests.support.gold_claims import GoldTables, development_tables, gold_tables
from tests.support.questions import Question, answer, questions


def built(tables: GoldTables, folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    write_tables(tables, folder)
    dbt(folder, "run")
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    yield from built(development_tables(), tmp_path_factory.mktemp("development"))


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """What the development set has no case of: a plan that came true, goods of three regencies of a province."""
    sold = {"origin_region": "Kabupaten Temanggung", "products": ["kopi robusta"], "destinations": ["EG"]}
    reports = [
        article("plan", "2022-01-10", {"type": "market_presence", "status": "planned", **sold}),
        article("deed", "2023-05-03", {**SHIPMENT, **sold, "date": "2023-05-02"}),
        article("late", "2024-05-03", {**SHIPMENT, **sold, "date": "2024-05-02", "quantity": 40}),
        *(
            article(
                name, "2023-06-01", {**SHIPMENT, "origin_region": f"Kabupaten {name}", "products": ["kopi"]}
            )
            for name in ("Semarang", "Kendal")
        ),
        article("goal", "2022-01-18", {**TARGET, "amount": 120_000_000}),
        article("outcome", "2023-01-20", {**TARGET, "type": "export_realisation", "amount": 114_000_000}),
        article(
            "other money",
            "2023-01-21",
            {**TARGET, "type": "export_realisation", "amount": 1_700_000_000_000, "currency": "IDR"},
        ),
    ]
    yield from built(gold_tables(reports), tmp_path_factory.mktemp("planted"))


SHIPMENT = {
    "type": "export_shipment", "quantity": 18, "unit": "tonne", "destinations": ["JP"], "date": "2023-05-30",
    "status": "realised",
}  # fmt: skip
TARGET = {
    "type": "export_target", "region": "Kabupaten Sleman", "period": "2022", "metric": "value", "currency": "USD",
}  # fmt: skip


def article(name: str, published: str, *claims: dict[str, Any]) -> dict[str, Any]:
    return {"article_id": name, "published": published, "source": name, "claims": list(claims)}


def sql_of(number: int) -> str:
    return questions()[number - 1].sql


def test_there_are_fifteen_questions() -> None:
    assert [question.title.split(".")[0] for question in questions()] == [str(n) for n in range(1, 16)]


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.title.split(".")[0])
def test_question_gives_what_the_page_shows(question: Question, marts: duckdb.DuckDBPyConnection) -> None:
    assert answer(marts, question.sql) == question.output


def test_planned_market_is_followed_to_the_first_two_years_only(planted: duckdb.DuckDBPyConnection) -> None:
    assert planted.execute(sql_of(7)).fetchall() == [
        ("Kabupaten Temanggung", "kopi robusta", "Egypt", "2022-01-10", "2023-05-02", "kopi robusta")
    ]


def test_target_stands_beside_what_was_achieved_in_its_own_currency_only(
    planted: duckdb.DuckDBPyConnection,
) -> None:
    columns = [column[0] for column in planted.execute(sql_of(2)).description]
    (row,) = planted.fetchall()
    found = dict(zip(columns, row, strict=True))
    assert (found["amount"], found["realised_amount"], found["achieved_share"]) == (
        120_000_000,
        114_000_000,
        0.95,
    )
    assert str(found["announced"]) == "2022-01-18"


def test_market_opened_and_shipped_to_again(planted: duckdb.DuckDBPyConnection) -> None:
    found = {row[1]: row[2:] for row in planted.execute(sql_of(5)).fetchall()}
    assert found == {"EG": ("2023-05-02", 2, 1), "JP": ("2023-05-30", 2, 0)}


def test_goods_of_three_regencies_of_a_province(planted: duckdb.DuckDBPyConnection) -> None:
    assert planted.execute(sql_of(14)).fetchall() == [
        ("Provinsi Jawa Tengah", "coffee", 3, "Kabupaten Kendal, Kabupaten Semarang, Kabupaten Temanggung")
    ]
