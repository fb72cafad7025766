"""Query results for people and programs: tables that fit the terminal, CSV, JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, TextIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.adapters.delimited import json_value, printable, shown, write_csv


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


# Characters that a column needs to be legible.
_NARROWEST = 9


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
                record.add_row(Text(printable(name)), Text(" ".join(printable(shown(value)).split())))
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
        table.add_row(*(Text(" ".join(printable(shown(value)).split())) for value in row))
    console.print(table)


def print_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], format_: Format) -> bool:
    """Print rows to standard output as asked; True where a program may read them, so that nothing may follow."""
    if format_ is Format.table:
        print_table(Console(highlight=False), columns, rows)
        return False
    (write_csv if format_ is Format.csv else write_json)(sys.stdout, columns, rows)
    return True


def write_json(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows as a JSON array of objects; text is exact, dates are ISO 8601."""
    stream.write("[")
    for place, row in enumerate(rows):
        stream.write(",\n " if place else "\n ")
        # ASCII only: safe in any terminal and locale; JSON readers give the same text back.
        stream.write(json.dumps(dict(zip(columns, map(json_value, row), strict=True)), ensure_ascii=True))
    stream.write("\n]\n")
