"""All that Dagster knows of niaga, as one function of the settings."""

from __future__ import annotations

import dagster as dg

from pipelines.orchestration.assets import collect, dedupe, extract, record, resolve
from pipelines.orchestration.dbt import dbt_definitions
from pipelines.orchestration.progress import Progress, Silent
from pipelines.orchestration.resources import SCHEDULED_WAIT_SECONDS, warehouse_resource
from pipelines.orchestration.schedules import JOB_NAME, build_schedule, build_sensor
from pipelines.settings import Settings


def build_definitions(
    settings: Settings,
    *,
    progress: Progress | None = None,
    what: str = "a scheduled run",
    wait_seconds: float = SCHEDULED_WAIT_SECONDS,
) -> dg.Definitions:
    """Assets, job, schedule, sensor and resources of one warehouse folder.

    Args:
        settings: The folders.
        progress: Where steps report to; nowhere without it.
        what: What a run calls itself in the lock file.
        wait_seconds: How long a run waits for another one to finish.
    """
    job = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.all(),
        description="Everything from the raw folder to the published warehouse; does only what is new.",
    )
    return dg.Definitions(
        assets=[
            collect.RAW_FOLDER,
            collect.collect,
            dedupe.dedupe,
            extract.extract,
            resolve.resolve,
            record.record,
            *dbt_definitions(settings),
        ],
        jobs=[job],
        schedules=[build_schedule(job)],
        sensors=[build_sensor(job, settings)],
        resources={
            "warehouse": warehouse_resource(settings, what=what, wait_seconds=wait_seconds),
            "progress": progress or Silent(),
        },
        # A process of its own for each step costs 3.5 to 4 s a step; the steps share one lock besides.
        executor=dg.in_process_executor,
    )
