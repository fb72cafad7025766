"""How a run tells a person where it is."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What the steps of a run report to; the command draws it, Dagster's own runs keep silent."""

    def update(self, step: str, done: int, total: int) -> None:
        """Say that `done` of `total` items of a step are done; a total of 0 means: working, length unknown."""

    def finish(self, step: str, note: str) -> None:
        """Say that a step is done, and what came of it."""


class Silent:
    """Reports nothing: Dagster's event log has it all."""

    def update(self, step: str, done: int, total: int) -> None:
        """Keep silent."""

    def finish(self, step: str, note: str) -> None:
        """Keep silent."""
