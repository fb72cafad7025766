"""What the assets get from outside: the open warehouse and the progress display."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress

import dagster as dg

from pipelines.adapters.priority import give_way
from pipelines.adapters.run_log import RunLog, open_run_log
from pipelines.adapters.state import Warehouse, open_warehouse
from pipelines.orchestration.progress import Progress, Silent
from pipelines.settings import Settings

# A scheduled run that meets another one waits for it rather than fail; an ordinary run takes minutes.
SCHEDULED_WAIT_SECONDS = 1800.0


def progress_resource(settings: Settings, progress: Progress) -> dg.ResourceDefinition:
    """Where steps report to, with the run log between."""

    @dg.resource(description="Progress display, and the run log")
    def reported(context: dg.InitResourceContext) -> Iterator[RunLog]:
        run_id = context.run.run_id if context.run else "no-run"
        with open_run_log(settings.log_dir, run_id, progress) as log:
            yield log

    return reported


def failure_hook(settings: Settings) -> dg.HookDefinition:
    """A line in the run log for each step that fails; Dagster calls no hook in runs of the command."""

    @dg.failure_hook(name="log_failure")
    def hook(context: dg.HookContext) -> None:
        error = context.op_exception
        log_failure(
            settings, context.run_id, step=context.op.name, error=type(error).__name__, message=str(error)
        )

    return hook


def log_failure(settings: Settings, run_id: str, *, step: str, error: str, message: str) -> None:
    """Add the line of a failure to the run log, where the disk still takes it."""
    with suppress(OSError):
        log = RunLog(settings.log_dir, run_id, Silent())
        log.write("failed", level=logging.ERROR, step=step, error=error, message=message)
        log.close()


def warehouse_resource(settings: Settings, *, what: str, wait_seconds: float) -> dg.ResourceDefinition:
    """The warehouse as a resource: its lock is held from before the first step until after the last.

    The in-process executor opens a resource once for a run, so the lock spans the run.
    """

    @dg.resource(description="The warehouse folder, locked for this run")
    def warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
        give_way()
        run_id = context.run.run_id if context.run else "no-run"
        opened: AbstractContextManager[Warehouse] = open_warehouse(
            settings, run_id=run_id, what=what, wait_seconds=wait_seconds
        )
        with opened as held:
            yield held

    return warehouse
