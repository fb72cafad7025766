"""The DuckDB files: the build a run writes, the published file readers open, and the read-only connection."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import duckdb

from pipelines.adapters.durable import sync_file, sync_folder
from pipelines.errors import NiagaError

# A query is a guest: it may not take the machine from the run that builds the next version.
QUERY_MEMORY: Final = "2GB"
QUERY_TEMPORARY_DISK: Final = "4GB"
QUERY_SECONDS: Final = 300.0
# Steps on the way to the marts. The views of staging read the stage tables' files: for a reader they would break.
WORKING_SCHEMAS: Final = ("staging", "intermediate")


def start_build(build_path: Path) -> None:
    """Begin with no build file: what a killed or failed run left is never built upon."""
    for leftover in (build_path, build_path.with_name(build_path.name + ".wal")):
        leftover.unlink(missing_ok=True)
    shutil.rmtree(build_path.with_name(build_path.name + ".tmp"), ignore_errors=True)  # what DuckDB spilled


def publish(build_path: Path, published_path: Path) -> None:
    """Make a finished build the published file, in one step.

    Guarantees: at every moment `published_path` is the whole old version or the whole new one; connections
    that have the old one open keep reading it.

    Raises:
        NiagaError: The build is missing or cannot be opened.
    """
    if not build_path.exists():
        raise NiagaError(f"there is no build to publish at {build_path}; run `niaga run`")
    try:
        with duckdb.connect(str(build_path)) as connection:
            for schema in WORKING_SCHEMAS:
                connection.execute(f"drop schema if exists {schema} cascade")
            connection.execute("force checkpoint")
    except duckdb.Error as error:
        raise NiagaError(
            f"the build {build_path} cannot be opened ({error}); run `niaga run` again"
        ) from error
    if build_path.with_name(build_path.name + ".wal").exists():
        raise NiagaError(f"the build {build_path} was not closed cleanly; run `niaga run` again")
    sync_file(build_path)
    build_path.replace(published_path)
    sync_folder(published_path.parent)


@contextmanager
def read_published(
    published_path: Path, *, memory: str = QUERY_MEMORY, seconds: float | None = QUERY_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection to the published file, locked down for statements of strangers.

    SQL on it cannot write, reach files or the network, load extensions or lift these limits.

    Raises:
        NiagaError: Nothing is published yet, the file is no warehouse, or the block took too long.
    """
    if not published_path.exists():
        raise NiagaError(f"nothing is published at {published_path} yet; run `niaga run` first")
    config: dict[str, Any] = {
        "enable_external_access": "false",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": memory,
        "max_temp_directory_size": QUERY_TEMPORARY_DISK,
        "lock_configuration": "true",
    }
    try:
        connection = duckdb.connect(str(published_path), read_only=True, config=config)
    except duckdb.Error as error:
        raise NiagaError(f"{published_path} cannot be opened: {error}") from error
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        connection.interrupt()

    timer = threading.Timer(seconds, expire) if seconds is not None else None
    try:
        if timer is not None:
            timer.daemon = True
            timer.start()
        yield connection
    except duckdb.InterruptException as error:
        if expired.is_set():
            raise NiagaError(
                f"the query took more than {seconds:.0f} s; narrow it or raise --timeout"
            ) from error
        raise
    finally:
        if timer is not None:
            timer.cancel()
        connection.close()
