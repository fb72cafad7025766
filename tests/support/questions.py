"""The queries of docs/questions.md and their outputs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

PAGE = Path(__file__).resolve().parents[2] / "docs" / "questions.md"
_QUESTION = re.compile(
    r"^## (?P<title>\d+\. .+?)$.*?```sql\n(?P<sql>.+?)```\n(?:\n```text\n(?P<output>.*?)```\n)?", re.M | re.S
)
_WIDEST_CELL = 60


@dataclass(frozen=True)
class Question:
    """One question of the page."""

    title: str
    sql: str
    output: str | None


def questions() -> list[Question]:
    """All questions in the order of the page."""
    return [
        Question(match["title"], match["sql"], match["output"])
        for match in _QUESTION.finditer(PAGE.read_text("utf-8"))
    ]


def answer(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    """The result of a query as the page prints it: a plain table, long cells cut, null as a dash."""
    result = connection.execute(sql)
    rows = [
        [column[0] for column in result.description],
        *([_shown(v) for v in row] for row in result.fetchall()),
    ]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join([*lines, f"({len(rows) - 1} row{'' if len(rows) == 2 else 's'})"]) + "\n"


def render(connection: duckdb.DuckDBPyConnection) -> str:
    """The page with every output written anew."""
    page = PAGE.read_text("utf-8")
    for question in questions():
        block = f"```sql\n{question.sql}```\n"
        old = block if question.output is None else f"{block}\n```text\n{question.output}```\n"
        page = page.replace(old, f"{block}\n```text\n{answer(connection, question.sql)}```\n")
    return page


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, Decimal):
        value = f"{value.normalize():,f}"
    text = " ".join(str(value).split())
    return text if len(text) <= _WIDEST_CELL else text[: _WIDEST_CELL - 1] + "…"
