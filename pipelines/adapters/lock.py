"""One writer: an OS file lock around everything that changes the warehouse.

A Dagster pool cannot do this: it does not see a `niaga run` from a shell. The kernel drops the lock when its
process ends, however it ends, so there is no stale lock to remove.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

from pipelines.errors import LockHeldError

_RETRY_SECONDS: Final = 0.1
# `niaga status` looks at the lock by taking it, shared, for some microseconds; that must not turn a run away.
_GRACE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class LockHolder:
    """Who holds the lock, as it wrote into the lock file."""

    pid: int
    host: str
    since: str
    what: str


@contextmanager
def hold_lock(path: Path, *, what: str, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the warehouse lock while the block runs.

    Args:
        path: The lock file; it stays, empty of meaning, when nobody holds it.
        what: What the holder does, for the message that another one gets.
        wait_seconds: How long to wait for another holder to finish.

    Raises:
        LockHeldError: Another process holds it still; the message says who and since when.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as stream:
        deadline = time.monotonic() + max(wait_seconds, _GRACE_SECONDS)
        while not _try_lock(stream):
            if time.monotonic() >= deadline:
                raise LockHeldError(_refusal(path))
            time.sleep(_RETRY_SECONDS)
        try:
            _sign(stream, what)
            yield
        finally:
            stream.truncate(0)
            fcntl.flock(stream, fcntl.LOCK_UN)


def lock_holder_or_none(path: Path) -> LockHolder | None:
    """Who holds the lock now, or None where nobody does."""
    try:
        with path.open("r", encoding="utf-8") as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read_holder(stream)
            fcntl.flock(stream, fcntl.LOCK_UN)
    except FileNotFoundError:
        return None
    return None


def _try_lock(stream: TextIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _sign(stream: TextIO, what: str) -> None:
    holder = LockHolder(
        pid=os.getpid(),
        host=socket.gethostname(),
        since=datetime.now(UTC).isoformat(timespec="seconds"),
        what=what,
    )
    stream.truncate(0)
    stream.write(json.dumps(asdict(holder)))
    stream.flush()


def _read_holder(stream: TextIO) -> LockHolder:
    try:
        return LockHolder(**json.loads(stream.read()))
    except (ValueError, TypeError):  # held, but not signed yet
        return LockHolder(pid=0, host="?", since="?", what="another run")


def _refusal(path: Path) -> str:
    holder = lock_holder_or_none(path)
    who = (
        f"{holder.what} (process {holder.pid} on {holder.host}) since {holder.since}"
        if holder
        else "another run"
    )
    return (
        f"the warehouse {path.parent} is being written by {who}; "
        "wait for it, or give this run --wait SECONDS (queries work meanwhile)"
    )
