"""What runs did, as JSON lines that a log collector reads: one object a line, each with the id of its run.

Nothing of the environment and no text of an article is written, only names of steps, counts and messages of ours.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging import INFO, Formatter, LogRecord, getLevelName
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final, Protocol

from pipelines.adapters.delimited import printable

LOG_NAME: Final = "niaga.jsonl"
_MOST_BYTES: Final = 5 * 2**20
_KEPT_FILES: Final = 4
_MOST_CHARACTERS: Final = 1000


class Progress(Protocol):
    """What the steps of a run report to."""

    def update(self, step: str, done: int, total: int) -> None:
        """Say that `done` of `total` items of a step are done; a total of 0 means: working, length unknown."""

    def finish(self, step: str, note: str) -> None:
        """Say that a step is done, and what came of it."""


class RunLog:
    """The lines of one run; also a `Progress` that passes on to another one."""

    def __init__(self, folder: Path, run_id: str, progress: Progress) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._handler = _LinesFile(
            folder / LOG_NAME, maxBytes=_MOST_BYTES, backupCount=_KEPT_FILES, encoding="utf-8", delay=True
        )
        self._handler.setFormatter(_JsonLines())
        self._run_id = run_id
        self._progress = progress
        self._since = time.monotonic()

    def write(self, event: str, *, level: int = INFO, **fields: str | float) -> None:
        """Add one line."""
        record = LogRecord("niaga", level, "", 0, event, None, None)
        record.__dict__["fields"] = {"run_id": self._run_id, **fields}
        self._handler.handle(record)

    def update(self, step: str, done: int, total: int) -> None:
        """Pass on; a line for each article would drown the others."""
        self._progress.update(step, done, total)

    def finish(self, step: str, note: str) -> None:
        """A line for the step, with the seconds since the last one, and pass on."""
        now = time.monotonic()
        self.write("step_done", step=step, note=note, seconds=round(now - self._since, 3))
        self._since = now
        self._progress.finish(step, note)

    def close(self) -> None:
        """Let go of the file."""
        self._handler.close()


@contextmanager
def open_run_log(folder: Path, run_id: str, progress: Progress) -> Iterator[RunLog]:
    """The log of one run, with lines for its start and its end."""
    log = RunLog(folder, run_id, progress)
    started = time.monotonic()
    log.write("run_started")
    try:
        yield log
    finally:
        log.write("run_ended", seconds=round(time.monotonic() - started, 3))
        log.close()


class _LinesFile(RotatingFileHandler):
    def handleError(self, record: LogRecord) -> None:  # noqa: N802 - the library's name
        """A line that cannot be written is lost: a full disk ends the run where it matters, with a message."""


class _JsonLines(Formatter):
    def format(self, record: LogRecord) -> str:
        fields = {
            name: printable(value)[:_MOST_CHARACTERS] if isinstance(value, str) else value
            for name, value in record.__dict__["fields"].items()
        }
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "at": at,
            "level": getLevelName(record.levelno).lower(),
            "event": record.getMessage(),
            **fields,
        }
        return json.dumps(line, ensure_ascii=True)
