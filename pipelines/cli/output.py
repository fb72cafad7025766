"""Query results for people and programs: tables that fit the terminal, CSV, JSON."""

from __future__ import annotations

import csv
import json
import math
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, TextIO
from uuid import UUID

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.contracts.claims import json_number


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


# C0 and C1 controls, and the characters that turn or hide text in a terminal: article text is untrusted, and an
# escape sequence in it could rewrite the screen or the window's title.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# A spreadsheet takes a cell that starts so for a formula.
_FORMULA = re.compile(r"\A[=+\-@\t\r]")

# Characters that a column needs to be legible.
_NARROWEST = 9


def printable(text: str) -> str:
    """The text without control characters and without marks that change the direction of writing."""
    return _CONTROLS.sub("", text)


def print_table(console: Console, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Print rows so that they fit the width of the terminal; long text wraps, nothing is cut.

    More columns than the width can show are printed as one block of "name  value" lines for each row.
    """
    if len(columns) * _NARROWEST > console.width:
        for number, row in enumerate(rows, start=1):
            record = Table(
                box=None, show_header=False, pad_edge=False, title=f"row {number}", title_justify="left"
            )
            for name, value in zip(columns, row, strict=True):
                record.add_row(Text(printable(name)), Text(" ".join(printable(_shown(value)).split())))
            console.print(record)
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    numeric = [
        all(
            isinstance(row[place], int | float | Decimal | None) and not isinstance(row[place], bool)
            for row in rows
        )
        for place in range(len(columns))
    ]
    for name, is_numeric in zip(columns, numeric, strict=True):
        table.add_column(
            Text(printable(name)), justify="right" if is_numeric and rows else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(Text(" ".join(printable(_shown(value)).split())) for value in row))
    console.print(table)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], format_: Format) -> bool:
    """Print rows to standard output as asked; True where a program may read them, so that nothing may follow."""
    if format_ is Format.table:
        print_table(Console(highlight=False), columns, rows)
        return False
    (write_csv if format_ is Format.csv else write_json)(sys.stdout, columns, rows)
    return True


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as CSV (RFC 4180), safe to open in a spreadsheet.

    A text that a spreadsheet would run as a formula gets an apostrophe in front; use JSON for exact text.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_csv_cell(name) for name in columns])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])


def write_json(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as a JSON array of objects; text is exact, dates are ISO 8601."""
    stream.write("[")
    for place, row in enumerate(rows):
        stream.write(",\n " if place else "\n ")
        # ASCII only: safe in any terminal and locale; JSON readers give the same text back.
        stream.write(json.dumps(dict(zip(columns, map(_json_value, row), strict=True)), ensure_ascii=True))
    stream.write("\n]\n")


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return _shown(value)
    text = printable(_shown(value))
    return f"'{text}" if _FORMULA.match(text) else text


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, timedelta | UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [_json_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _json_value(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):  # JSON has no word for it
        return None
    return value


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list | tuple):
        return ", ".join(_shown(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(_json_value(value), ensure_ascii=False)
    return str(value)
