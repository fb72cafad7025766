"""The list of articles that must not be kept, and what every run does with it.

The list is a person's decision, like the reviews file: it lies beside it and outlives the warehouse. A run removes
what it names and takes no article in that it names; everything after follows, because nothing rests on what is gone.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.adapters.durable import write_durably
from pipelines.adapters.state import Warehouse
from pipelines.contracts.events import EVENT_CLAIMS
from pipelines.contracts.tables import ARTICLES
from pipelines.errors import ContractError

# article: an article_id. text: the hash of an article's text, so that a copy under a new name stays away.
# event: an event that rested on such articles alone; its history goes, too.
ARTICLE, TEXT, EVENT = "article", "text", "event"
_COLUMNS: Final = ("kind", "id", "forgotten_at", "reason")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """The list, by kind."""

    articles: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()

    def keep(self, articles: pl.DataFrame) -> pl.DataFrame:
        """The rows of `articles` that may be kept."""
        if not self.articles and not self.texts:
            return articles
        return articles.filter(
            ~pl.col("article_id").is_in(self.articles) & ~pl.col("text_sha256").is_in(self.texts)
        )


def read_forgotten(path: Path) -> Forgotten:
    """The list in a file; nothing where there is none.

    Raises:
        ContractError: The file is not as it should be: an article that must go would come back.
    """
    found: dict[str, set[str]] = {ARTICLE: set(), TEXT: set(), EVENT: set()}
    for number, row in enumerate(_rows(path), start=2):
        if row.get("kind") not in found or not row.get("id"):
            raise ContractError(
                f"{path}: line {number}: kind must be one of {', '.join(found)}, id not empty"
            )
        found[row["kind"]].add(row["id"])
    return Forgotten(frozenset(found[ARTICLE]), frozenset(found[TEXT]), frozenset(found[EVENT]))


def add_forgotten(path: Path, entries: Iterable[tuple[str, str]], *, reason: str) -> None:
    """Add (kind, id) pairs to the list, making it where there is none; known ones are not added twice."""
    rows = _rows(path)
    known = {(row["kind"], row["id"]) for row in rows}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    rows += [
        {"kind": kind, "id": id_, "forgotten_at": now, "reason": reason}
        for kind, id_ in dict.fromkeys(entries)
        if (kind, id_) not in known
    ]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, _COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, buffer.getvalue().encode())


def must_forget(warehouse: Warehouse) -> bool:
    """Whether the warehouse holds an article that the list names."""
    forgotten = read_forgotten(warehouse.settings.forgotten_path)
    articles = warehouse.tables.read(ARTICLES, columns=["article_id", "text_sha256"])
    return forgotten.keep(articles).height < articles.height


def forget(warehouse: Warehouse) -> int:
    """Remove all versions of the articles that the list names; the number of them.

    The stages after collect remove what came of them. The index of near copies, which holds texts, is made anew.
    """
    path = warehouse.settings.forgotten_path
    forgotten = read_forgotten(path)
    articles = warehouse.tables.read(ARTICLES)
    kept = forgotten.keep(articles)
    if kept.height == articles.height:
        return 0
    gone = articles.join(kept, on=["article_id", "text_sha256"], how="anti")["article_id"].unique()
    support = warehouse.tables.read(EVENT_CLAIMS)
    alone = (
        support.group_by("event_id")
        .agg(pl.col("article_id").is_in(gone.implode()).all().alias("alone"))
        .filter("alone")["event_id"]
        .sort()
    )
    # First the list: a kill after it leaves an article that the next run removes, never a history without its end.
    add_forgotten(path, [(EVENT, event) for event in alone], reason="rested on forgotten articles alone")
    shutil.rmtree(warehouse.settings.dedupe_index_dir, ignore_errors=True)
    warehouse.tables.replace(ARTICLES, kept)
    return gone.len()


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if reader.fieldnames is None or set(reader.fieldnames) != set(_COLUMNS):
            raise ContractError(f"{path}: the columns must be {', '.join(_COLUMNS)}")
        return [{name: row.get(name) or "" for name in _COLUMNS} for row in reader]
