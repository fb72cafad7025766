"""All that Dagster knows of niaga, as one function of the settings."""

from __future__ import annotations

import dagster as dg

from pipelines.adapters.sources_file import read_sources
from pipelines.orchestration.assets import collect, dedupe, extract, record, resolve, web
from pipelines.orchestration.dbt import dbt_definitions
from pipelines.orchestration.progress import Progress, Silent
from pipelines.orchestration.reread import build_reread_jobs
from pipelines.orchestration.resources import (
    SCHEDULED_WAIT_SECONDS,
    failure_hook,
    progress_resource,
    warehouse_resource,
)
from pipelines.orchestration.schedules import (
    FETCH_JOB_NAME,
    JOB_NAME,
    build_failure_sensor,
    build_fetch_schedules,
    build_reread_sensor,
    build_schedule,
    build_sensor,
)
from pipelines.settings import Settings


def build_definitions(
    settings: Settings,
    *,
    progress: Progress | None = None,
    what: str = "a scheduled run",
    wait_seconds: float = SCHEDULED_WAIT_SECONDS,
) -> dg.Definitions:
    """Assets, jobs, schedules, sensors and resources of one warehouse folder.

    Args:
        settings: The folders.
        progress: Where steps report to; nowhere without it.
        what: What a run calls itself in the lock file.
        wait_seconds: How long a run waits for another one to finish.
    """
    sources = read_sources(settings.sources_path).sources
    job = dg.define_asset_job(
        JOB_NAME,
        selection=dg.AssetSelection.all() - dg.AssetSelection.assets(web.NAME),
        description="Everything from the raw folder to the published warehouse; does only what is new.",
        hooks={failure_hook(settings)},
    )
    fetch_job = dg.define_asset_job(
        FETCH_JOB_NAME,
        selection=dg.AssetSelection.assets(web.NAME),
        partitions_def=web.INGESTION_DAYS,
        description="Visit the sources of sources.yml; a partition of the past fetches what is dated to that day.",
    )
    reread_jobs = build_reread_jobs()
    return dg.Definitions(
        assets=[
            web.build_web_fetches(settings, sources),
            collect.RAW_FOLDER,
            collect.collect,
            dedupe.dedupe,
            extract.extract,
            resolve.resolve,
            record.record,
            *dbt_definitions(settings),
        ],
        jobs=[job, fetch_job, *reread_jobs],
        schedules=[build_schedule(job), *build_fetch_schedules(fetch_job, settings)],
        sensors=[
            build_sensor(job, settings),
            build_reread_sensor(job, reread_jobs),
            build_failure_sensor(settings),
        ],
        resources={
            "warehouse": warehouse_resource(settings, what=what, wait_seconds=wait_seconds),
            "progress": progress_resource(settings, progress or Silent()),
        },
        # A process of its own for each step costs 3.5 to 4 s a step; the steps share one lock besides.
        executor=dg.in_process_executor,
    )
