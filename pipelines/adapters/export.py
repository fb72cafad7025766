"""The published tables as files for others: Parquet, CSV, Excel, a data dictionary and a datapackage.json.

The same input gives the same bytes, wherever and whenever: rows are sorted, nothing tells the time, and what names
the run that stored a row is left out unless it is asked for.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from pipelines import __version__
from pipelines.adapters.delimited import printable, shown, write_csv
from pipelines.adapters.dictionary import TableText, read_dictionary
from pipelines.adapters.durable import TEMPORARY_SUFFIX, sync_file, sync_folder
from pipelines.adapters.warehouse import read_published
from pipelines.errors import NiagaError

PACKAGE_NAME: Final = "datapackage.json"
_SCHEMAS: Final = ("core", "marts")
# Whole articles are their publishers'; quotes of at most two sentences are what the facts rest on.
_TEXT_COLUMNS: Final = frozenset({("articles", "text")})
# Which run stored a row, and when: differs between two warehouses of the same input.
_RUN_TABLES: Final = frozenset({"runs", "fact_history", "event_changes", "event_redirects", "claim_changes"})
_RUN_SUFFIXES: Final = ("run_id", "first_seen_at")
_BATCH_ROWS: Final = 122_880  # DuckDB's own row group
# Limits of the file format.
_SHEET_ROWS: Final = 1_048_575
_SHEET_CHARACTERS: Final = 32_767
_EXACT_DIGITS: Final = 15
_EPOCH: Final = datetime(1980, 1, 1)
_TYPES: Final = {
    "BOOLEAN": "boolean", "BIGINT": "integer", "INTEGER": "integer", "HUGEINT": "integer", "DOUBLE": "number",
    "DATE": "date", "TIMESTAMP": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime",
}  # fmt: skip


class ExportFormat(StrEnum):
    """The kinds of file an export has."""

    parquet = "parquet"
    csv = "csv"
    excel = "excel"


@dataclass(frozen=True, slots=True)
class _Table:
    """One table as it leaves: its columns with DuckDB's types, and what they mean."""

    schema: str
    name: str
    columns: Mapping[str, str]
    text: TableText

    def sql(self, *, as_text: bool) -> str:
        """All rows in one order; with `as_text`, times as ISO 8601 in UTC."""
        names = []
        for name, type_ in self.columns.items():
            quoted = '"' + name.replace('"', '""') + '"'
            if as_text and type_ == "TIMESTAMP WITH TIME ZONE":
                names.append(f"strftime({quoted} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ') as {quoted}")
            else:
                names.append(quoted)
        return f'select {", ".join(names)} from "{self.schema}"."{self.name}" order by all'


@dataclass(slots=True)
class Exported:
    """What an export holds: rows of each table, and the tables too long for a spreadsheet."""

    rows: dict[str, int] = field(default_factory=dict)
    left_out_of_excel: list[str] = field(default_factory=list)


def export_published(
    published_path: Path,
    out_dir: Path,
    *,
    dbt_dir: Path,
    formats: Sequence[ExportFormat],
    with_texts: bool = False,
    with_runs: bool = False,
    replace: bool = False,
) -> Exported:
    """Write all published tables of one moment into a folder.

    Guarantees: the folder appears whole or not at all; an earlier export there is replaced only with `replace`, by
        two renames; all tables are of one run, also while another run publishes.

    Raises:
        NiagaError: Nothing is published, or the folder exists and is no export of ours.
    """
    _check_place(out_dir, replace=replace)
    out_dir.parent.mkdir(parents=True, exist_ok=True)
    work = out_dir.with_name(f"{out_dir.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        with read_published(published_path, seconds=None) as connection:
            exported = _write_all(
                connection, work, _tables(connection, dbt_dir, with_texts, with_runs), formats
            )
        for path in sorted(work.rglob("*")):
            sync_folder(path) if path.is_dir() else sync_file(path)
        sync_folder(work)
        _put_in_place(work, out_dir)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return exported


def _check_place(out_dir: Path, *, replace: bool) -> None:
    if not out_dir.exists() or (out_dir.is_dir() and not any(out_dir.iterdir())):
        return
    if not (out_dir / PACKAGE_NAME).is_file():
        raise NiagaError(f"{out_dir} exists and is no export of niaga; name a new folder")
    if not replace:
        raise NiagaError(f"{out_dir} holds an export; name a new folder, or give --replace")


def _put_in_place(work: Path, out_dir: Path) -> None:
    former = out_dir.with_name(f"{out_dir.name}.{os.getpid()}.former{TEMPORARY_SUFFIX}")
    if out_dir.exists():
        out_dir.rename(former)
    work.rename(out_dir)
    sync_folder(out_dir.parent)
    shutil.rmtree(former, ignore_errors=True)


def _tables(
    connection: duckdb.DuckDBPyConnection, dbt_dir: Path, with_texts: bool, with_runs: bool
) -> list[_Table]:
    texts = read_dictionary(dbt_dir)
    found: dict[tuple[str, str], dict[str, str]] = {}
    for schema, table, column, type_ in connection.execute(
        "select schema_name, table_name, column_name, data_type from duckdb_columns() "
        "where list_contains(?, schema_name) order by schema_name, table_name, column_index",
        [list(_SCHEMAS)],
    ).fetchall():
        columns = found.setdefault((schema, table), {})
        if not with_texts and (table, column) in _TEXT_COLUMNS:
            continue
        if not with_runs and column.endswith(_RUN_SUFFIXES):
            continue
        columns[column] = type_
    return [
        _Table(schema, name, columns, texts.get(name, TableText("", {}, ())))
        for (schema, name), columns in found.items()
        if with_runs or name not in _RUN_TABLES
    ]


def _write_all(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    tables: Sequence[_Table],
    formats: Sequence[ExportFormat],
) -> Exported:
    exported = Exported()
    resources: list[dict[str, Any]] = []
    _write_dictionary(folder / "dictionary.csv", tables)
    for table in tables:
        exported.rows[f"{table.schema}.{table.name}"] = _count(connection, table)
        if ExportFormat.parquet in formats:
            path = folder / "parquet" / f"{table.name}.parquet"
            path.parent.mkdir(exist_ok=True)
            _write_parquet(connection, table, path)
            resources.append(_resource(folder, path, table, "parquet"))
        if ExportFormat.csv in formats:
            path = folder / "csv" / f"{table.name}.csv"
            path.parent.mkdir(exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as stream:
                write_csv(stream, list(table.columns), _rows(connection, table))
            resources.append(_resource(folder, path, table, "csv"))
    if ExportFormat.excel in formats:
        exported.left_out_of_excel = _write_excel(connection, tables, folder / "niaga.xlsx", exported.rows)
        resources.append(_file(folder, folder / "niaga.xlsx") | {"name": "workbook", "format": "xlsx"})
    resources.append(
        _file(folder, folder / "dictionary.csv")
        | {"name": "dictionary", "format": "csv", "encoding": "utf-8"}
    )
    package = {
        "profile": "data-package",
        "name": "niaga",
        "title": "Regional exports of Indonesia, as its news reports them",
        "description": "Facts, each with the quote that proves it: join bridge_event_claims.",
        "version": __version__,
        "resources": sorted(resources, key=lambda resource: str(resource["path"])),
    }
    (folder / PACKAGE_NAME).write_text(
        json.dumps(package, indent=1, ensure_ascii=False) + "\n", "utf-8", newline="\n"
    )
    return exported


def _count(connection: duckdb.DuckDBPyConnection, table: _Table) -> int:
    ((rows,),) = connection.execute(f'select count(*) from "{table.schema}"."{table.name}"').fetchall()
    return int(rows)


def _rows(connection: duckdb.DuckDBPyConnection, table: _Table) -> Iterator[tuple[Any, ...]]:
    result = connection.execute(table.sql(as_text=True))
    while rows := result.fetchmany(10_000):
        yield from rows


def _write_parquet(connection: duckdb.DuckDBPyConnection, table: _Table, path: Path) -> None:
    reader = connection.sql(table.sql(as_text=False)).to_arrow_reader(_BATCH_ROWS)
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_table(pa.Table.from_batches([batch]), row_group_size=_BATCH_ROWS)


def _write_dictionary(path: Path, tables: Sequence[_Table]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, ["table", "column", "type", "meaning"], _dictionary_rows(tables))


def _dictionary_rows(tables: Sequence[_Table]) -> Iterator[tuple[str, str, str, str]]:
    for table in tables:
        yield (f"{table.schema}.{table.name}", "", "", table.text.description)
        for name, type_ in table.columns.items():
            yield (f"{table.schema}.{table.name}", name, type_, table.text.columns.get(name, ""))


def _write_excel(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[_Table], path: Path, rows: Mapping[str, int]
) -> list[str]:
    """One sheet for each table; texts are written as texts, never as formulas, numbers or links."""
    left_out: list[str] = []
    options = {
        "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
        "strings_to_numbers": False, "tmpdir": str(path.parent),
    }  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "niaga", "created": _EPOCH})
        bold = book.add_format({"bold": True})
        _write_sheet(
            book, "dictionary", ["table", "column", "type", "meaning"], _dictionary_rows(tables), bold
        )
        for table in tables:
            if rows[f"{table.schema}.{table.name}"] > _SHEET_ROWS:
                left_out.append(table.name)
            else:
                _write_sheet(book, table.name, list(table.columns), _rows(connection, table), bold)
    return left_out


def _write_sheet(
    book: xlsxwriter.Workbook, name: str, columns: Sequence[str], rows: Iterator[tuple[Any, ...]], bold: Any
) -> None:
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column, bold)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if value is None:
                continue
            if isinstance(value, bool):
                sheet.write_boolean(number, place, value)
            elif isinstance(value, int | float | Decimal) and _is_exact(value):
                sheet.write_number(number, place, value)
            else:
                text = value.isoformat() if isinstance(value, date | datetime) else shown(value)
                sheet.write_string(number, place, printable(text)[:_SHEET_CHARACTERS])


def _is_exact(value: float | Decimal) -> bool:
    """Whether a spreadsheet, which counts with 15 digits, shows the number as it is."""
    if isinstance(value, float):
        return math.isfinite(value)
    return len(Decimal(value).normalize().as_tuple().digits) <= _EXACT_DIGITS


def _resource(folder: Path, path: Path, table: _Table, format_: str) -> dict[str, Any]:
    fields = []
    for name, type_ in table.columns.items():
        is_list = type_.endswith("[]")
        # In CSV a list is its items joined by commas.
        kind = ("string" if format_ == "csv" else "array") if is_list else _type(type_)
        fields.append({"name": name, "type": kind, "description": table.text.columns.get(name, "")})
    schema: dict[str, Any] = {"fields": fields}
    if len(table.text.key) == 1:
        schema["primaryKey"] = list(table.text.key)
    return _file(folder, path) | {
        "name": f"{table.name.replace('_', '-')}-{format_}",
        "profile": "tabular-data-resource" if format_ == "csv" else "data-resource",
        "title": f"{table.schema}.{table.name}",
        "description": table.text.description,
        "format": format_,
        "encoding": "utf-8",
        "schema": schema,
    }


def _type(type_: str) -> str:
    return "number" if type_.startswith("DECIMAL") else _TYPES.get(type_, "string")


def _file(folder: Path, path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
    }
