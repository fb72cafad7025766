"""Writing files so that a crash leaves the old content or the new, never a part of it."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Final

# Names that end so are never read by anyone; a sweep at the start of a run removes what a crash left.
TEMPORARY_SUFFIX: Final = ".niaga-tmp"

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
# How libraries that hide the number tell it: DuckDB and dbt by the system's words, SQLite by its own.
_FULL_WORDS: Final = (*(os.strerror(number) for number in sorted(_FULL)), "disk is full", "disk I/O error")
# DuckDB, the system, Polars.
_MEMORY_WORDS: Final = ("Out of Memory Error", os.strerror(errno.ENOMEM), "memory allocation failed")


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


def machine_problem_or_none(error: BaseException) -> str | None:
    """What to do where an error says that the machine lacks room, memory or a permission; else None."""
    if isinstance(error, MemoryError) or any(words in str(error) for words in _MEMORY_WORDS):
        return "there is too little memory: give this process more, or let less run beside it"
    if isinstance(error, OSError) and error.errno in _CLOSED:
        return (
            f"{error.filename or 'a file'} may not be written ({error.strerror}): put its permissions right"
        )
    if isinstance(error, OSError) and error.errno in _FULL:
        return f"the disk is full ({error.strerror}): make room"
    if not isinstance(error, OSError) and any(words in str(error) for words in _FULL_WORDS):
        return "the disk is full: make room"
    return None


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
    """Remove temporary files and folders that a killed process left in a folder; call it under the lock only."""
    orphans = sorted(folder.glob(f"*{TEMPORARY_SUFFIX}"))
    for orphan in orphans:
        if orphan.is_dir() and not orphan.is_symlink():
            shutil.rmtree(orphan, ignore_errors=True)
        else:
            orphan.unlink(missing_ok=True)
    return orphans
