"""What a query prints: exact for programs, readable for people, harmless for terminals and spreadsheets."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from rich.console import Console

from pipelines.adapters.delimited import printable, write_csv
from pipelines.cli.output import print_table, write_json

ESCAPE = "\x1b]0;owned\x07\x1b[31mred\x9b1m\u202eabc"


def as_json(*row: object) -> object:
    stream = io.StringIO()
    write_json(stream, [f"c{place}" for place in range(len(row))], [row])
    (found,) = json.loads(stream.getvalue())
    return list(found.values())


def as_csv(*row: object) -> str:
    stream = io.StringIO()
    write_csv(stream, ["c"] * len(row), [row])
    return stream.getvalue().split("\n", 1)[1]


def as_table(*row: object, width: int = 80) -> str:
    stream = io.StringIO()
    print_table(
        Console(file=stream, width=width, color_system=None), [f"c{n}" for n in range(len(row))], [row]
    )
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("467000000.0000"), 467000000),
        (Decimal("7.5000"), 7.5),
        (date(2024, 3, 4), "2024-03-04"),
        (datetime(2024, 3, 4, 5, 6, tzinfo=UTC), "2024-03-04T05:06:00+00:00"),
        (["kopi", None], ["kopi", None]),
        ({"a": Decimal(1)}, {"a": 1}),
        (float("nan"), None),
        (b"\x00\xff", "00ff"),
        (ESCAPE, ESCAPE),
    ],
)
def test_json_keeps_values_exact(value: object, expected: object) -> None:
    assert as_json(value) == [expected]


def test_json_of_no_rows_is_an_empty_list() -> None:
    stream = io.StringIO()
    write_json(stream, ["a"], [])
    assert json.loads(stream.getvalue()) == []


@pytest.mark.parametrize("show", [as_csv, as_table])
def test_no_control_sequence_reaches_a_terminal(show) -> None:
    shown = show(f"Ekspor {ESCAPE} naik")
    assert not set(shown) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert "Ekspor" in shown
    assert "naik" in shown


def test_markup_in_an_article_is_printed_as_it_stands() -> None:
    assert "[red]merah[/red]" in as_table("[red]merah[/red]")


@pytest.mark.parametrize("formula", ["=1+1", "+62 811", "-5 persen", "@SUM(A1)", "\t=1", "\r=1"])
def test_csv_defuses_what_a_spreadsheet_would_run(formula: str) -> None:
    assert as_csv(formula).lstrip('"').startswith("'")


@pytest.mark.parametrize(
    ("value", "shown"), [(-5, "-5\n"), (Decimal("-0.5000"), "-0.5\n"), (None, '""\n'), (True, "true\n")]
)
def test_csv_leaves_numbers_alone(value: object, shown: str) -> None:
    assert as_csv(value) == shown


def test_a_table_fits_the_terminal_and_loses_no_word() -> None:
    quote = "Industri kecil menengah binaan pemerintah mengekspor 4.044 pasang sepatu ke Senegal " * 3
    shown = as_table("Kabupaten Tangerang", quote, 4044, width=60)
    assert max(map(len, shown.splitlines())) <= 60
    for word in quote.split():
        assert word in shown


def test_printable_keeps_line_breaks_and_letters() -> None:
    assert printable("a\nb\tc é 印\x00") == "a\nb\tc é 印"
