"""One hostile article never stops the others: a limit of time for each, and a quarantine for those that kill the reader.

An error is caught where it happens. What ends the process itself (memory, a fault in a library) cannot be caught: so
the article being read is noted in a file, and one that was being read each time a run died is left out.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from pipelines.adapters.durable import write_durably
from pipelines.contracts.ids import text_sha256
from pipelines.errors import ArticleLimitError

# Of 100,000 articles the slowest takes 0.2 s. Time of this process's own work: a sleeping machine or a busy
# neighbour makes no article slow, so the same article is read or left out on every machine.
READ_SECONDS: Final = 60.0
# A run may be killed while any article is being read; the same one three times is no accident.
DEATHS: Final = 3


class Quarantine:
    """The deaths of readers by article, in a file of the warehouse folder; one reader at a time, under the run lock.

    A new version of the reader gets a new chance at every article.
    """

    def __init__(self, folder: Path, *, version: str) -> None:
        self._marker = folder / "being_read.json"
        self._store = folder / "quarantine.json"
        self._version = version
        self._deaths = self._load()
        self._note_death()

    def guard(self, read: Callable[..., Any], *, seconds: float = READ_SECONDS) -> Callable[..., Any]:
        """The same reader, within its limits.

        The one given raises ArticleLimitError where an article takes too long or is in quarantine.
        """

        def guarded(text: str, **known: Any) -> Any:
            key = text_sha256(text)
            if self._deaths.get(key, 0) >= DEATHS:
                raise ArticleLimitError(
                    "killed_the_reader",
                    f"the process that read it died {self._deaths[key]} times; it is left out",
                )
            # Not synced: it must outlive the process, not the machine, and a sync costs as much as the reading.
            self._marker.write_text(json.dumps({"version": self._version, "text_sha256": key}), "utf-8")
            with _cpu_limit(seconds):
                return read(text, **known)

        return guarded

    def close(self) -> None:
        """Say that nothing is being read any more."""
        self._marker.unlink(missing_ok=True)

    def _load(self) -> dict[str, int]:
        try:
            stored = json.loads(self._store.read_bytes())
            if stored["version"] == self._version:
                return {str(key): int(count) for key, count in stored["deaths"].items()}
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            pass  # lost or of another version: every article gets its chances anew
        return {}

    def _note_death(self) -> None:
        try:
            marked = json.loads(self._marker.read_bytes())
            key = str(marked["text_sha256"])
            if marked["version"] != self._version:
                return
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return
        self._deaths[key] = self._deaths.get(key, 0) + 1
        write_durably(
            self._store, json.dumps({"version": self._version, "deaths": self._deaths}, indent=1).encode()
        )
        self._marker.unlink(missing_ok=True)


@contextmanager
def open_quarantine(folder: Path, *, version: str) -> Iterator[Quarantine]:
    """The quarantine of a warehouse folder; an ordinary end of the block, an error too, is no death."""
    quarantine = Quarantine(folder, version=version)
    try:
        yield quarantine
    finally:
        quarantine.close()


@contextmanager
def _cpu_limit(seconds: float) -> Iterator[None]:
    """Raise ArticleLimitError in the block when this process has worked for so long in it.

    Python runs signal handlers in the main thread only; in another one the block is not limited.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def expire(_: int, __: FrameType | None) -> None:
        raise ArticleLimitError("took_too_long", f"reading it took more than {seconds:g} s of processor time")

    # The time of all threads counts: idle ones cost nothing, and reading uses one.
    before = signal.signal(signal.SIGPROF, expire)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before if before is not None else signal.SIG_DFL)
