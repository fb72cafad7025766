"""The checks of `niaga doctor`: is this installation sound, and if not, what is to be done. Nothing is changed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from pipelines.adapters.dedupe_index import check_index
from pipelines.adapters.durable import TEMPORARY_SUFFIX
from pipelines.adapters.lock import lock_holder_or_none
from pipelines.adapters.readers import list_raw_files
from pipelines.adapters.reviews import read_reviews_file
from pipelines.adapters.state import ALL_TABLES, publication_or_none
from pipelines.adapters.tables import TableStore
from pipelines.adapters.warehouse import read_published
from pipelines.errors import NiagaError
from pipelines.settings import Settings

# A build is about as large as the published file, and both lie there for a moment; besides, room for stage tables.
_FREE_TIMES: Final = 3
_FREE_BYTES: Final = 500 * 2**20
_PYTHONS: Final = ((3, 11), (3, 14))
_COMMANDS: Final = ("niaga", "niaga-dbt", "dbt")


class Verdict(StrEnum):
    """What came of a check."""

    ok = "ok"
    warning = "warning"
    wrong = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its name, what was found, and what to do where it is not well."""

    check: str
    verdict: Verdict
    found: str
    remedy: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Do all checks, one after the other; one that fails by itself is a finding, too."""
    checks: Sequence[tuple[str, Callable[[Settings], Finding]]] = (
        ("python", _python), ("packages", _packages), ("commands", _commands), ("raw folder", _raw_folder),
        ("warehouse folder", _folder), ("disk", _disk), ("lock", _lock), ("leftovers", _leftovers),
        ("stage tables", _tables), ("dedupe index", _index), ("published file", _published),
        ("evidence", _evidence), ("reviews", _reviews), ("run history", _history), ("clock", _clock),
    )  # fmt: skip
    for name, check in checks:
        try:
            finding = check(settings)
        except NiagaError as error:
            finding = Finding(name, Verdict.wrong, str(error), "do what the message says")
        except OSError as error:
            finding = Finding(name, Verdict.wrong, str(error), "put its permissions or the disk right")
        yield finding


def _python(_: Settings) -> Finding:
    found = f"Python {sys.version.split()[0]}"
    lowest, beyond = _PYTHONS
    if lowest <= sys.version_info[:2] < beyond:
        return Finding("python", Verdict.ok, found)
    return Finding("python", Verdict.wrong, found, "make the environment with Python 3.11, 3.12 or 3.13")


def _packages(_: Settings) -> Finding:
    wanted = [Requirement(text) for text in requires("niaga") or []]
    wrong: list[str] = []
    for requirement in wanted:
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            found = installed_version(requirement.name)
        except PackageNotFoundError:
            wrong.append(f"{requirement.name} is missing")
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            wrong.append(f"{requirement.name} is {found}, needed is {requirement.specifier}")
    if wrong:
        return Finding(
            "packages", Verdict.wrong, "; ".join(wrong), "make run installs what constraints.txt names"
        )
    return Finding(
        "packages", Verdict.ok, f"niaga {installed_version('niaga')}, all it needs in versions it knows"
    )


def _commands(_: Settings) -> Finding:
    missing = [name for name in _COMMANDS if not os.access(Path(sys.executable).with_name(name), os.X_OK)]
    if missing:
        return Finding("commands", Verdict.wrong, f"missing: {', '.join(missing)}", "rm -r .venv && make run")
    return Finding("commands", Verdict.ok, "niaga and dbt stand beside this Python")


def _raw_folder(settings: Settings) -> Finding:
    listing = list_raw_files(settings.raw_dir)
    found = f"{len(listing.files)} files in {settings.raw_dir}"
    unreadable = [problem.raw_path for problem in listing.problems if problem.reason_code == "unreadable"]
    if unreadable:
        return Finding(
            "raw folder",
            Verdict.warning,
            f"{found}; cannot be read: {', '.join(unreadable[:5])}",
            "chmod a+r",
        )
    return Finding("raw folder", Verdict.ok, found)


def _folder(settings: Settings) -> Finding:
    folder = settings.warehouse_dir
    if not folder.is_dir():
        return Finding("warehouse folder", Verdict.warning, f"{folder} does not exist", "niaga run makes it")
    inner = (settings.tables_dir, settings.dedupe_index_dir, settings.dagster_home, settings.log_dir)
    closed = [path for path in (folder, *inner) if path.is_dir() and not os.access(path, os.W_OK)]
    if closed:
        return Finding(
            "warehouse folder",
            Verdict.wrong,
            f"{closed[0]} may not be written",
            "chown or chmod it for this user",
        )
    return Finding("warehouse folder", Verdict.ok, f"{folder} may be written")


def _disk(settings: Settings) -> Finding:
    folder = next(path for path in (settings.warehouse_dir, *settings.warehouse_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    published = settings.published_path.stat().st_size if settings.published_path.exists() else 0
    needed = _FREE_TIMES * published + _FREE_BYTES
    found = f"{free / 2**30:.1f} GB free, a run may need {needed / 2**30:.1f} GB"
    if free < needed:
        return Finding("disk", Verdict.wrong, found, "make room, or move the warehouse folder")
    return Finding("disk", Verdict.ok, found)


def _lock(settings: Settings) -> Finding:
    holder = lock_holder_or_none(settings.lock_path)
    if holder is None:
        return Finding("lock", Verdict.ok, "no run is going on")
    return Finding(
        "lock", Verdict.ok, f"{holder.what}, process {holder.pid} on {holder.host}, since {holder.since}"
    )


def _leftovers(settings: Settings) -> Finding:
    if lock_holder_or_none(settings.lock_path) is not None:
        return Finding("leftovers", Verdict.ok, "not looked for: a run is going on")
    found = list(settings.warehouse_dir.rglob(f"*{TEMPORARY_SUFFIX}"))
    found += [
        path
        for path in (settings.build_path, settings.build_path.with_suffix(".duckdb.wal"))
        if path.exists()
    ]
    if found:
        names = ", ".join(str(path.relative_to(settings.warehouse_dir)) for path in sorted(found)[:5])
        return Finding(
            "leftovers",
            Verdict.warning,
            f"a run was killed or failed: {names}",
            "niaga run sweeps and goes on",
        )
    return Finding("leftovers", Verdict.ok, "no run left anything half done")


def _tables(settings: Settings) -> Finding:
    if not settings.tables_dir.is_dir():
        return Finding("stage tables", Verdict.warning, "there are none yet", "niaga run")
    if lock_holder_or_none(settings.lock_path) is not None:
        return Finding("stage tables", Verdict.ok, "not read: a run is going on")
    store = TableStore(settings.tables_dir)
    store.verify(ALL_TABLES)
    rows = sum(store.manifest(table).rows for table in ALL_TABLES)
    return Finding(
        "stage tables", Verdict.ok, f"{len(ALL_TABLES)} tables, {rows:,} rows, every byte as written"
    )


def _index(settings: Settings) -> Finding:
    if not settings.dedupe_index_dir.is_dir():
        return Finding(
            "dedupe index", Verdict.warning, "there is none yet", "niaga run makes it from the articles"
        )
    if lock_holder_or_none(settings.lock_path) is not None:
        return Finding("dedupe index", Verdict.ok, "not read: a run is going on")
    parts = check_index(settings.dedupe_index_dir)
    return Finding("dedupe index", Verdict.ok, f"{parts} parts, all there")


def _published(settings: Settings) -> Finding:
    if not settings.published_path.exists():
        return Finding("published file", Verdict.warning, "nothing is published yet", "niaga run")
    with read_published(settings.published_path, seconds=60) as connection:
        ((articles, facts),) = connection.execute(
            "select (select count(*) from core.articles), (select count(distinct event_id) from marts.bridge_event_claims)"
        ).fetchall()
        last = connection.execute("select run_id from core.runs order by started_at desc limit 1").fetchall()
    found = f"{articles:,} articles, {facts:,} events"
    publication = publication_or_none(settings)
    if publication is None or last != [(publication.run_id,)]:
        return Finding(
            "published file", Verdict.warning, f"{found}; the note of what it was made of is lost or of another run",
            "niaga run builds and publishes again",
        )  # fmt: skip
    return Finding("published file", Verdict.ok, found)


def _evidence(settings: Settings) -> Finding:
    if not settings.published_path.exists():
        return Finding("evidence", Verdict.ok, "nothing is published yet")
    with read_published(settings.published_path, seconds=600) as connection:
        ((claims, misplaced, unproved),) = connection.execute(
            """
            select
                (select count(*) from core.claims),
                (
                    select count(*) from core.claims join core.articles using (article_id)
                    where substr(text, (quote_start + 1)::bigint, (quote_end - quote_start)::bigint)
                        is distinct from quote
                ),
                (select count(*) from marts.bridge_event_claims where quote is null or quote = '')
            """
        ).fetchall()
    if misplaced or unproved:
        return Finding(
            "evidence", Verdict.wrong, f"{misplaced} quotes are not at their offsets, {unproved} are empty",
            "the file was changed by hand, or a fault in niaga: restore a backup, report it",
        )  # fmt: skip
    return Finding("evidence", Verdict.ok, f"all {claims:,} quotes stand where their claims say")


def _reviews(settings: Settings) -> Finding:
    decisions = read_reviews_file(settings.reviews_path).height
    return Finding("reviews", Verdict.ok, f"{decisions} decisions of people")


def _history(settings: Settings) -> Finding:
    if settings.dagster_home.is_dir() and not os.access(settings.dagster_home, os.W_OK):
        return Finding("run history", Verdict.ok, "not read: its folder may not be written")
    broken: list[str] = []
    stores = sorted(settings.dagster_home.rglob("*.db")) if settings.dagster_home.is_dir() else []
    for store in stores:
        try:
            with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
                if connection.execute("pragma quick_check").fetchone() != ("ok",):
                    broken.append(store.name)
        except sqlite3.Error as error:
            broken.append(f"{store.name} ({error})")
    if broken:
        return Finding(
            "run history", Verdict.wrong, f"damaged: {', '.join(broken[:5])}",
            f"remove {settings.dagster_home}: only the history of runs is lost",
        )  # fmt: skip
    return Finding("run history", Verdict.ok, f"{len(stores)} files of Dagster, whole")


def _clock(settings: Settings) -> Finding:
    publication = publication_or_none(settings)
    now = datetime.now(UTC)
    if publication is not None and datetime.fromisoformat(publication.published_at) > now:
        return Finding(
            "clock", Verdict.warning, f"it is {now:%F %T} UTC here, but the last run published later",
            "set the clock; nothing is lost, times of runs are out of order",
        )  # fmt: skip
    return Finding("clock", Verdict.ok, f"{now:%F %T} UTC")
