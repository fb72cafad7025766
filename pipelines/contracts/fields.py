"""Fields and tables as data: each column is declared once, with its type, unit and meaning.

Parquet files, pandera checks, Dagster's column schemas and the dbt source YAML are all compared with
(or generated from) these declarations; a test fails where one of them says something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Attributes:
        name: Column name; `_id`, `_code`, `_name`, `_date`, `_at`, `is_`/`has_` as docs/naming.md says.
        dtype: Polars type as stored in Parquet.
        meaning: One sentence for the data dictionary.
        nullable: False where every row has a value.
        unit: Unit of a number (`characters`, `share`), or the column that holds it.
        accepted: The only values allowed, where the column is a code list of ours.
    """

    name: str
    dtype: Any
    meaning: str
    nullable: bool = False
    unit: str | None = None
    accepted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table between stages.

    Attributes:
        name: Table name; equals its Dagster asset key and its file name.
        grain: What one row stands for.
        key: Columns that identify a row.
        fields: Its columns in order.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    fields: tuple[Field, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """Column name to Polars type, in order."""
        return {field.name: field.dtype for field in self.fields}

    @property
    def columns(self) -> list[str]:
        """Column names in order."""
        return [field.name for field in self.fields]

    def frame(self, rows: list[dict[str, Any]]) -> pl.DataFrame:
        """Rows as a frame with exactly this table's columns and types.

        Raises:
            KeyError: A row lacks a column or has one that the table does not declare.
        """
        names = set(self.schema)
        for row in rows:
            if row.keys() != names:
                odd = sorted(row.keys() ^ names)
                raise KeyError(f"table {self.name}: columns missing or not declared: {odd}")
        return pl.DataFrame(rows, schema=self.schema, orient="row")
