"""Python and dbt may not disagree about the tables between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.contracts.events import RESOLVE_TABLES
from pipelines.contracts.fields import Table
from pipelines.contracts.history import FACT_HISTORY
from pipelines.contracts.runs import RUNS
from pipelines.contracts.tables import STAGE_TABLES
from pipelines.lexicons.loader import read_rows

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
TABLES = (*STAGE_TABLES, RUNS, FACT_HISTORY, *RESOLVE_TABLES)


def yaml_files() -> list[Path]:
    return sorted((PROJECT / "models").rglob("*.yml"))


def sources() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in yaml_files():
        for source in (yaml.safe_load(path.read_text("utf-8")) or {}).get("sources", []):
            for table in source["tables"]:
                found[table["name"]] = table | {"source": source["name"]}
    return found


def models() -> dict[str, dict[str, Any]]:
    return {
        model["name"]: model
        for path in yaml_files()
        for model in (yaml.safe_load(path.read_text("utf-8")) or {}).get("models", [])
    }


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_source_declares_the_columns_and_meanings_of_the_stage_table(table: Table) -> None:
    declared = sources()[table.name]
    assert declared["description"] == f"One row for {table.grain}."
    described = {column["name"]: column["description"] for column in declared["columns"]}
    expected = {
        field.name: field.meaning + (f" ({field.unit})" if field.unit else "") for field in table.fields
    }
    assert described == expected
    assert list(described) == table.columns


def test_every_source_is_a_stage_table_or_a_lexicon() -> None:
    stage_names = {table.name for table in TABLES}
    odd = {
        name for name, table in sources().items() if table["source"] != "lexicons" and name not in stage_names
    }
    assert not odd


def test_lexicon_sources_declare_the_columns_of_their_files() -> None:
    lexicons = {name: table for name, table in sources().items() if table["source"] == "lexicons"}
    assert lexicons
    for name, table in lexicons.items():
        columns = list(next(iter(read_rows(f"{name}.csv"))))
        assert [column["name"] for column in table["columns"]] == columns, name


def test_every_model_has_its_yaml_beside_it_that_opens_with_its_grain() -> None:
    documented = models()
    for path in sorted((PROJECT / "models").rglob("*.sql")):
        assert path.with_suffix(".yml").exists(), path.name
        assert documented[path.stem]["description"].startswith("One row for "), path.name


def test_every_mart_column_has_a_type_and_a_description() -> None:
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    bare = [
        f"{name}.{column['name']}"
        for name, model in models().items()
        if name in marts
        for column in model["columns"]
        if not column.get("description") or not column.get("data_type")
    ]
    assert not bare


def test_every_code_column_of_a_mart_lists_its_values_or_its_dimension() -> None:
    marts = {path.stem for path in (PROJECT / "models" / "marts").rglob("*.sql")}
    # Codes of a standard or of another stage: their own dimension or document lists them.
    listed_elsewhere = {
        "kemendagri_code", "bps_code", "alpha3_code", "m49_code", "area_m49_code", "continent_m49_code",
        "hs_chapter_code", "unece_code", "base_unit_code", "reason_code", "line_code", "destination_code",
        "unit_or_currency_code", "currency_or_unit_code", "legal_form_code", "country_code", "currency_code",
        "unit_code", "slot_code",
    }  # fmt: skip
    bare = [
        f"{name}.{column['name']}"
        for name, model in models().items()
        if name in marts
        for column in model["columns"]
        if column["name"].endswith("_code")
        and column["name"] not in listed_elsewhere
        and not any(
            "accepted_values" in test for test in column.get("data_tests", []) if isinstance(test, dict)
        )
    ]
    assert not bare
