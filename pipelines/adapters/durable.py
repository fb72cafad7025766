"""Writing files so that a crash leaves the old content or the new, never a part of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

# Names that end so are never read by anyone; a sweep at the start of a run removes what a crash left.
TEMPORARY_SUFFIX: Final = ".niaga-tmp"


def write_durably(path: Path, content: bytes) -> None:
    """Replace a file's content in one step and make it survive power loss.

    Guarantees: readers see the old file or the whole new one; after return both content and name are on disk.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_file(path: Path) -> None:
    """Force a file's content to disk."""
    with path.open("rb") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Force a folder's names (creations, renames, removals) to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sweep_temporaries(folder: Path) -> list[Path]:
    """Remove temporary files that a killed run left directly in a folder; call it under the lock only."""
    orphans = sorted(folder.glob(f"*{TEMPORARY_SUFFIX}"))
    for orphan in orphans:
        orphan.unlink(missing_ok=True)
    return orphans
