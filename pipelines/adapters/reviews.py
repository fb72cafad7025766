"""The reviews file: decisions of people as CSV, read by every run, added to by `niaga review`."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.adapters.durable import write_durably
from pipelines.contracts.claims import CLAIM_TYPES
from pipelines.contracts.ids import make_id
from pipelines.contracts.reviews import DECISIONS, PAIR_DECISIONS, REVIEWS
from pipelines.errors import ContractError

# The id is computed from the row, so that a person can add a row by hand.
FILE_COLUMNS: Final = tuple(name for name in REVIEWS.columns if name != "decision_id")
REQUIRED: Final = (
    "decision",
    "claim_id",
    "article_id",
    "claim_type",
    "quote",
    "reviewer",
    "decided_at",
    "reason",
)


def read_reviews_file(path: Path) -> pl.DataFrame:
    """The decisions of the file as `reviews` rows; none where there is no file. A row told twice counts once.

    Raises:
        ContractError: Columns or values are not as contracts/reviews.py declares; all problems are named.
    """
    if not path.exists():
        return REVIEWS.frame([])
    try:
        # A spreadsheet writes a byte order mark.
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ContractError(f"{path} is not UTF-8: save it as CSV in UTF-8") from error
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if reader.fieldnames is None or set(reader.fieldnames) != set(FILE_COLUMNS):
        raise ContractError(f"{path}: the columns must be {', '.join(FILE_COLUMNS)}")
    rows = list(reader)
    problems = [problem for number, row in enumerate(rows, start=2) for problem in _problems(number, row)]
    if problems:
        raise ContractError(f"{path} cannot be applied; correct these lines: {'; '.join(problems)}")
    found = {(entry := _entry(row))["decision_id"]: entry for row in rows}
    return REVIEWS.frame([dict(found[key]) for key in sorted(found, key=str)])


def add_review(path: Path, review: Mapping[str, str | None]) -> str:
    """Append one decision to the file, making it where there is none; the decision's id.

    Raises:
        ContractError: The decision is incomplete, or the file is not as it should be.
    """
    read_reviews_file(path)
    row = {name: review.get(name) or "" for name in FILE_COLUMNS}
    if problems := _problems(0, row):
        raise ContractError(f"the decision is incomplete: {'; '.join(problems)}")
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, FILE_COLUMNS, lineterminator="\n")
    before = path.read_text("utf-8") if path.exists() else ""
    if not before:
        writer.writeheader()
    elif not before.endswith("\n"):
        before += "\n"
    writer.writerow(row)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, (before + buffer.getvalue()).encode())
    return str(_entry(row)["decision_id"])


def _problems(number: int, row: Mapping[str, str | None]) -> list[str]:
    where = f"line {number}: " if number else ""
    found = [f"{where}{name} is empty" for name in REQUIRED if not row.get(name)]
    if not row.keys() <= set(FILE_COLUMNS):
        found.append(f"{where}more cells than columns: a comma in a text needs quotation marks around it")
    claim_type, decided_at = row.get("claim_type"), row.get("decided_at")
    if claim_type and claim_type not in CLAIM_TYPES:
        found.append(f"{where}claim_type {claim_type!r} is none of {', '.join(CLAIM_TYPES)}")
    if decided_at and not _is_moment(decided_at):
        found.append(f"{where}decided_at {decided_at!r} is no ISO 8601 date or time")
    decision = row.get("decision")
    if decision and decision not in DECISIONS:
        found.append(f"{where}decision {decision!r} is none of {', '.join(DECISIONS)}")
    if decision in PAIR_DECISIONS and not row.get("other_claim_id"):
        found.append(f"{where}{decision} needs other_claim_id")
    if decision in PAIR_DECISIONS and row.get("claim_id") == row.get("other_claim_id"):
        found.append(f"{where}{decision} needs two claims, not one twice")
    if decision == "value_is_wrong" and not row.get("slot"):
        found.append(f"{where}value_is_wrong needs slot")
    return found


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _entry(row: Mapping[str, str | None]) -> dict[str, str | None]:
    values = {name: row.get(name) or None for name in FILE_COLUMNS}
    return {"decision_id": make_id("decision", *values.values()), **values}
