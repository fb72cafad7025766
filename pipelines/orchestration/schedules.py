"""When runs start by themselves: daily, and when files arrive."""

from __future__ import annotations

import hashlib
from typing import Final

import dagster as dg

from pipelines.adapters.readers import list_raw_files
from pipelines.errors import RawFolderError
from pipelines.settings import TIME_ZONE, Settings

JOB_NAME: Final = "refresh"
# After the night's news and before the offices open.
DAILY: Final = "30 5 * * *"
SENSOR_SECONDS: Final = 60


def build_schedule(job: dg.UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """A run each morning, also when no file arrived: new rules and lexicons are applied then."""
    return dg.ScheduleDefinition(
        name="daily_refresh",
        job=job,
        cron_schedule=DAILY,
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="Every day at 05:30 in Jakarta: read what is new and publish.",
    )


def build_sensor(job: dg.UnresolvedAssetJobDefinition, settings: Settings) -> dg.SensorDefinition:
    """A run when the raw folder changed since the sensor last looked."""

    @dg.sensor(
        name="new_raw_files",
        job=job,
        minimum_interval_seconds=SENSOR_SECONDS,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a run when files arrive or change in the raw folder.",
    )
    def new_raw_files(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        """Compare the folder's listing (paths, sizes, times) with the one of the last look."""
        try:
            listing = list_raw_files(settings.raw_dir)
        except RawFolderError as error:
            return dg.SkipReason(str(error))
        seen = hashlib.sha256()
        for file in (*listing.files, *listing.metadata_files):
            seen.update(f"{file.raw_path}\0{file.size}\0{file.mtime_ns}\n".encode())
        cursor = seen.hexdigest()
        if cursor == context.cursor:
            return dg.SkipReason(f"{len(listing.files)} files, none new or changed")
        # The listing is the run key: one state of the folder starts one run, also if a tick is repeated.
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=cursor)], cursor=cursor)

    return new_raw_files
