"""Runs of the command that died: Dagster counts them as under way for ever, and starts no other one meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import dagster as dg

from pipelines.adapters.lock import hold_lock, lock_holder_or_none
from pipelines.settings import Settings

# On runs of `niaga run`, which execute in its own process; the daemon watches over those it starts.
COMMAND_TAGS: Final[Mapping[str, str]] = {"niaga/started_by": "niaga run"}
_UNDER_WAY: Final = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]


@contextmanager
def sign_of_life(settings: Settings, run_id: str) -> Iterator[None]:
    """Hold a lock of the run's own while it goes on; the kernel drops it with the process, however that ends."""
    path = _path(settings, run_id)
    with hold_lock(path, what="niaga run"):
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def end_lost_runs(settings: Settings, instance: dg.DagsterInstance) -> list[str]:
    """Mark the runs of the command as failed that are said to be under way but whose process is gone; their ids."""
    filters = dg.RunsFilter(statuses=_UNDER_WAY, tags=dict(COMMAND_TAGS))
    lost = [
        run for run in instance.get_runs(filters=filters)
        if lock_holder_or_none(_path(settings, run.run_id)) is None
    ]  # fmt: skip
    for run in lost:
        instance.report_run_failed(run, "its process ended before it did: killed, or the machine went down")
        _path(settings, run.run_id).unlink(missing_ok=True)
    return [run.run_id for run in lost]


def _path(settings: Settings, run_id: str) -> Path:
    return settings.dagster_home / "under_way" / f"{run_id}.lock"
