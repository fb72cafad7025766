"""sources.yml on disk: read whole, and written by putting a source behind the others."""

from __future__ import annotations

from pathlib import Path

from pipelines.adapters.durable import write_durably
from pipelines.errors import NiagaError
from pipelines.stages.collect.sources import Source, SourcesFile, parse_sources, source_entry


def read_sources(path: Path) -> SourcesFile:
    """The sources of a file; none where there is no file.

    Raises:
        NiagaError: The file cannot be read, or something in it is wrong.
    """
    try:
        return parse_sources(path.read_bytes(), where=str(path))
    except FileNotFoundError:
        return SourcesFile()
    except OSError as error:
        raise NiagaError(f"{path} cannot be read: {error.strerror}") from error


def add_source(path: Path, source: Source) -> None:
    """Write a source behind those of a sources file, which is made where there is none; comments stay.

    Raises:
        NiagaError: A source of this name is there, or the file is not laid out so that one can be put behind.
    """
    config = read_sources(path)
    if any(known.name == source.name for known in config.sources):
        raise NiagaError(f"{path} has a source {source.name!r} already; choose another --name")
    before = (
        path.read_text("utf-8") if path.exists() else "# Outlets that niaga fetches from (docs/intake.md).\n"
    )
    opening = "" if config.sources else "sources:\n"
    entry = source_entry(source)
    after = f"{before.rstrip()}\n{opening}{entry}"
    try:
        whole = parse_sources(after.encode(), where=str(path))
    except NiagaError:
        whole = None
    if whole is None or whole.sources != (*config.sources, source):
        raise NiagaError(
            f"{path} has another layout than niaga writes; put this under `sources:` by hand:\n{entry}"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_durably(path, after.encode())
