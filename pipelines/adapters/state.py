"""The stage tables of one warehouse folder, opened for writing, and what the published file was made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.adapters.backup import sweep_lost_backups
from pipelines.adapters.durable import sweep_temporaries, write_durably
from pipelines.adapters.lock import hold_lock
from pipelines.adapters.tables import TableStore
from pipelines.adapters.versions import digest_files
from pipelines.contracts.events import EVENT_CHANGES, EVENT_CLAIMS, RESOLVE_TABLES
from pipelines.contracts.fields import Table
from pipelines.contracts.history import FACT_HISTORY
from pipelines.contracts.runs import (
    COLLECT_REJECTS,
    DEDUPE_REJECTS,
    EXTRACT_REJECTS,
    EXTRACTIONS,
    RAW_DOCUMENTS,
    RAW_FILES,
    RESOLVE_REJECTS,
    RUNS,
)
from pipelines.contracts.tables import (
    ARTICLE_CLUSTERS,
    ARTICLES,
    CLAIM_CHANGES,
    CLAIMS,
    REJECTS,
    STAGE_TABLES,
)
from pipelines.errors import NiagaError
from pipelines.settings import PROJECT_DIR, Settings

# Tables that dbt reads, besides the list of runs.
PUBLISHED_TABLES: Final[tuple[Table, ...]] = (*STAGE_TABLES, *RESOLVE_TABLES)
REJECT_TABLES: Final[tuple[Table, ...]] = (COLLECT_REJECTS, DEDUPE_REJECTS, EXTRACT_REJECTS, RESOLVE_REJECTS)
ALL_TABLES: Final[tuple[Table, ...]] = (
    RAW_FILES, RAW_DOCUMENTS, EXTRACTIONS, *REJECT_TABLES, *PUBLISHED_TABLES, RUNS, FACT_HISTORY,
)  # fmt: skip

# Where a row names the run that stored it first.
_RUN_COLUMNS: Final = (
    (ARTICLES, "run_id"),
    (EVENT_CLAIMS, "first_seen_run_id"),
    (EVENT_CHANGES, "run_id"),
    (CLAIM_CHANGES, "run_id"),
)

_PATTERN_CHARACTERS: Final = frozenset("*?[]")
_DBT_SOURCES: Final = frozenset({".sql", ".yml", ".yaml", ".csv"})
_BUILDERS: Final = ("dbt-core", "dbt-duckdb", "duckdb")


@dataclass(frozen=True, slots=True)
class Publication:
    """What the published file was made of, and by which run."""

    signature: str
    run_id: str
    published_at: str


@dataclass(frozen=True, slots=True)
class Warehouse:
    """One warehouse folder in the hands of its one writer.

    Attributes:
        settings: Where it is.
        tables: Its stage tables.
        run_id: The run that has it open.
        started_at: When that run began, UTC.
    """

    settings: Settings
    tables: TableStore
    run_id: str
    started_at: datetime

    def signature(self) -> str:
        """Hash of all that the marts are computed from: stage tables, lexicons, dbt project, builder versions."""
        parts = [f"{table.name}={self.tables.manifest(table).version}" for table in PUBLISHED_TABLES]
        parts.append(digest_files(PROJECT_DIR / "pipelines", ["lexicons"]))
        parts.append(
            digest_files(
                self.settings.dbt_dir,
                ["models", "macros", "tests", "seeds", "dbt_project.yml", "profiles.yml"],
                suffixes=_DBT_SOURCES,
            )
        )
        parts += [f"{name}={installed_version(name)}" for name in _BUILDERS]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def has_news(self) -> bool:
        """Whether the published file is missing or was made of anything else than what is there now."""
        publication = publication_or_none(self.settings)
        return (
            publication is None
            or not self.settings.published_path.exists()
            or publication.signature != self.signature()
        )

    def record_publication(self) -> None:
        """Note what the published file was made of; call it right after publishing."""
        stored = {
            "signature": self.signature(),
            "run_id": self.run_id,
            "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        write_durably(_publication_path(self.settings), json.dumps(stored, indent=1).encode())

    def published_runs(self) -> pl.DataFrame:
        """The rows of `runs` up to the one that is published: a run that failed after its note leaves no row."""
        runs = self.tables.read(RUNS)
        publication = publication_or_none(self.settings)
        if publication is None or publication.run_id not in runs["run_id"]:
            return runs
        last = runs["run_id"].to_list().index(publication.run_id)
        return runs.head(last + 1)

    def take_over(self) -> int:
        """Make what runs stored that never published this run's own; the number of rows.

        A run that was killed or failed leaves rows that name it, and no row in `runs`: nobody could tell when they
        were first seen. They reach readers with this run.
        """
        known = self.published_runs()["run_id"]
        taken = 0
        for table, column in _RUN_COLUMNS:
            rows = self.tables.read(table)
            unknown = ~pl.col(column).is_in(known.implode())
            if count := rows.filter(unknown).height:
                mine = pl.when(unknown).then(pl.lit(self.run_id)).otherwise(pl.col(column)).alias(column)
                self.tables.replace(table, rows.with_columns(mine), inputs=self.tables.manifest(table).inputs)
                taken += count
        return taken

    def read_all(self, tables: Sequence[Table]) -> pl.DataFrame:
        """The rows of several tables of one shape, one after the other."""
        return pl.concat(self.tables.read(table) for table in tables)


@contextmanager
def open_warehouse(
    settings: Settings, *, run_id: str, what: str, wait_seconds: float = 0.0
) -> Iterator[Warehouse]:
    """Open a warehouse folder for writing: under the lock, swept of what a killed run left.

    Raises:
        LockHeldError: Another run has it.
        NiagaError: The folder's name cannot be used.
    """
    if set(str(settings.warehouse_dir)) & _PATTERN_CHARACTERS:
        raise NiagaError(
            f"the warehouse folder {settings.warehouse_dir} has one of * ? [ ] in its name, which SQL takes for a "
            "pattern; choose another with --warehouse-dir or NIAGA_WAREHOUSE_DIR"
        )
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    with hold_lock(settings.lock_path, what=what, wait_seconds=wait_seconds):
        tables = TableStore(settings.tables_dir)
        sweep_temporaries(settings.warehouse_dir)
        sweep_lost_backups(settings)
        tables.sweep()
        tables.create(ALL_TABLES)
        tables.migrate(ALL_TABLES)
        yield Warehouse(settings=settings, tables=tables, run_id=run_id, started_at=datetime.now(UTC))


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """What a run left behind."""

    changed: bool
    articles: int
    clusters: int
    claims: int
    events: int
    rejects: int

    def summary(self) -> str:
        """One line for a person."""
        return f"{self.articles} articles in {self.clusters} clusters, {self.claims} claims, {self.events} events"


def count_rows(settings: Settings, *, changed: bool) -> RunOutcome:
    """Count what the stage tables hold, for a run's closing lines."""
    tables = TableStore(settings.tables_dir)
    return RunOutcome(
        changed=changed,
        articles=int(tables.read(ARTICLES, columns=["is_current"])["is_current"].sum()),
        clusters=tables.read(ARTICLE_CLUSTERS, columns=["cluster_id"])["cluster_id"].n_unique(),
        claims=tables.manifest(CLAIMS).rows,
        events=tables.read(EVENT_CLAIMS, columns=["event_id"])["event_id"].n_unique(),
        rejects=tables.manifest(REJECTS).rows,
    )


def publication_or_none(settings: Settings) -> Publication | None:
    """What the published file was made of, or None where nothing was published or the note is lost."""
    try:
        return Publication(**json.loads(_publication_path(settings).read_bytes()))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # the next run builds and publishes again: right, only slower


def _publication_path(settings: Settings) -> Path:
    return settings.warehouse_dir / "published.json"
