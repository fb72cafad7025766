"""Whether a frame keeps its table's contract: types, nulls, code lists and key, checked by pandera."""

from __future__ import annotations

from typing import Any, cast

import pandera.errors
import pandera.polars as pa
import polars as pl

from pipelines.contracts.fields import Field, Table

_SHOWN = 5


def pandera_schema(table: Table) -> pa.DataFrameSchema:
    """The pandera schema of a table: exactly its columns, in order, unique in its key."""
    return pa.DataFrameSchema(
        {field.name: _column(field) for field in table.fields},
        name=table.name,
        strict=True,
        ordered=True,
        unique=list(table.key),
    )


def contract_problems(table: Table, frame: pl.DataFrame) -> list[str]:
    """What is wrong with a frame, one sentence a problem; empty where it keeps the contract.

    The frame must be collected: on a LazyFrame pandera looks at the schema only.
    """
    try:
        pandera_schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as errors:
        cases = cast(Any, errors.failure_cases)
        return sorted(
            f"{column or table.name}: {check} fails for {count} value(s), e.g. {examples}"
            for column, check, count, examples in cases.group_by("column", "check")
            .agg(
                pl.len().alias("count"),
                pl.col("failure_case")
                .cast(pl.String)
                .unique()
                .sort()
                .head(_SHOWN)
                .str.join(", ")
                .str.slice(0, 300),
            )
            .iter_rows()
        )
    return []


def _column(field: Field) -> pa.Column:
    checks = [pa.Check.isin(list(field.accepted))] if field.accepted else []
    return pa.Column(field.dtype, checks=checks, nullable=field.nullable, description=field.meaning)
