"""The pandera check of a table: every way to break a contract is found and named."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.adapters.state import ALL_TABLES
from pipelines.contracts.checks import contract_problems
from pipelines.contracts.fields import Field, Table

FRUITS = Table(
    name="fruits",
    grain="one fruit",
    key=("name",),
    fields=(
        Field("name", pl.String, "name"),
        Field("kind", pl.String, "kind", nullable=True, accepted=("sweet", "sour")),
        Field("size", pl.Int64, "size"),
    ),
)
GOOD = {"name": "mangga", "kind": "sweet", "size": 3}


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return FRUITS.frame([GOOD | row for row in rows])


def test_a_frame_that_keeps_the_contract_has_no_problems() -> None:
    assert contract_problems(FRUITS, frame({}, {"name": "salak", "kind": None})) == []


@pytest.mark.parametrize("table", ALL_TABLES, ids=lambda table: table.name)
def test_an_empty_table_keeps_its_contract(table: Table) -> None:
    assert contract_problems(table, table.frame([])) == []


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        (frame({}, {}), "multiple_fields_uniqueness"),
        (frame({"kind": "bitter"}), "bitter"),
        (frame({"size": None}), "size: not_nullable"),
        (frame({}).drop("kind"), "column_in_dataframe"),
        (frame({}).with_columns(extra=pl.lit(1)), "column_in_schema"),
        (frame({}).select("size", "name", "kind"), "column_ordered"),
        (frame({}).with_columns(pl.col("size").cast(pl.Int32)), "dtype('Int64')"),
    ],
    ids=["key twice", "code not listed", "null", "column missing", "column too many", "order", "type"],
)
def test_a_broken_frame_is_named_with_column_and_reason(broken: pl.DataFrame, named: str) -> None:
    problems = contract_problems(FRUITS, broken)
    assert problems
    assert any(named in problem for problem in problems), problems
