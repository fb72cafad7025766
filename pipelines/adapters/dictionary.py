"""The data dictionary of the published tables: what dbt's YAML says of each table and column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

_MARTS: Final = Path("models") / "marts"


@dataclass(frozen=True, slots=True)
class TableText:
    """What a table is for people.

    Attributes:
        description: Its grain.
        columns: Column name to its meaning.
        key: Columns that identify a row, where a test says so.
    """

    description: str
    columns: dict[str, str]
    key: tuple[str, ...]


def read_dictionary(dbt_dir: Path) -> dict[str, TableText]:
    """Name of each published table, without its schema, to what it and its columns mean."""
    found: dict[str, TableText] = {}
    for path in sorted((dbt_dir / _MARTS).rglob("*.yml")):
        for model in (yaml.safe_load(path.read_text("utf-8")) or {}).get("models", []):
            columns = model.get("columns", [])
            found[model["name"]] = TableText(
                description=" ".join(str(model.get("description", "")).split()),
                columns={
                    column["name"]: " ".join(str(column.get("description", "")).split()) for column in columns
                },
                key=tuple(column["name"] for column in columns if "unique" in column.get("data_tests", [])),
            )
    return found
