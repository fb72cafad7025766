"""CSV that is safe to open in a spreadsheet, and the text of a value as every format of ours prints it."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final, TextIO
from uuid import UUID

from pipelines.contracts.claims import json_number

# C0 and C1 controls, and the characters that turn or hide text in a terminal: article text is untrusted, and an
# escape sequence in it could rewrite the screen or the window's title.
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# A spreadsheet takes a cell that starts so for a formula; some skip white space and read full-width signs as well.
_FORMULA: Final = re.compile(r"\A\s*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]")


def printable(text: str) -> str:
    """The text without control characters and without marks that change the direction of writing."""
    return _CONTROLS.sub("", text)


def write_csv(stream: TextIO, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows as CSV (RFC 4180), safe to open in a spreadsheet; the number of rows.

    A text that a spreadsheet would run as a formula gets an apostrophe in front; other formats keep exact text.
    """
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    written = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        written += 1
    return written


def shown(value: Any) -> str:
    """A value as text: no value is empty, decimals without exponent and closing zeros, lists joined by commas."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, list | tuple):
        return ", ".join(shown(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(json_value(value), ensure_ascii=False)
    return str(value)


def json_value(value: Any) -> Any:
    """A value as JSON knows it: dates in ISO 8601, exact numbers, no infinity."""
    if isinstance(value, Decimal):
        return json_number(value)
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, timedelta | UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):  # JSON has no word for it
        return None
    return value


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool | int | float | Decimal):
        return shown(value)
    text = printable(shown(value))
    return f"'{text}" if _FORMULA.match(text) else text
