"""What the assets get from outside: the open warehouse and the progress display."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager

import dagster as dg

from pipelines.adapters.state import Warehouse, open_warehouse
from pipelines.settings import Settings

# A scheduled run that meets another one waits for it rather than fail; an ordinary run takes minutes.
SCHEDULED_WAIT_SECONDS = 1800.0


def warehouse_resource(settings: Settings, *, what: str, wait_seconds: float) -> dg.ResourceDefinition:
    """The warehouse as a resource: its lock is held from before the first step until after the last.

    The in-process executor opens a resource once for a run, so the lock spans the run.
    """

    @dg.resource(description="The warehouse folder, locked for this run")
    def warehouse(context: dg.InitResourceContext) -> Iterator[Warehouse]:
        run_id = context.run.run_id if context.run else "no-run"
        opened: AbstractContextManager[Warehouse] = open_warehouse(
            settings, run_id=run_id, what=what, wait_seconds=wait_seconds
        )
        with opened as held:
            yield held

    return warehouse
