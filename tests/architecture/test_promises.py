"""What docs/reliability.md and docs/security.md promise has a test that exists, row by row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("reliability.md", "security.md")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(document: str) -> list[str]:
    lines = (ROOT / "docs" / document).read_text("utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and not line.endswith(("| Test |", "--:|"))]


def promised(document: str) -> list[tuple[str, str]]:
    return [found for row in rows(document) for found in _NAMED.findall(row)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_row_names_a_test(document: str) -> None:
    promises = [row for row in rows(document) if "tests/" in row or len(row) > 60]
    assert len(promises) > 10
    assert [row for row in promises if not _NAMED.search(row)] == []


@pytest.mark.parametrize(
    ("path", "name"), sorted({found for document in DOCUMENTS for found in promised(document)})
)
def test_a_named_test_exists(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    functions = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in functions
