"""How a run tells a person where it is."""

from __future__ import annotations

from pipelines.adapters.run_log import Progress

__all__ = ["Progress", "Silent"]


class Silent:
    """Reports nothing: Dagster's event log and the run log have it all."""

    def update(self, step: str, done: int, total: int) -> None:
        """Keep silent."""

    def finish(self, step: str, note: str) -> None:
        """Keep silent."""
