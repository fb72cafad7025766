"""When runs start by themselves: daily, hourly visits to the web, when files arrive, after a request to read again."""

from __future__ import annotations

import hashlib
from typing import Final

import dagster as dg

from pipelines.adapters.alerts import post_alert
from pipelines.adapters.readers import list_raw_files
from pipelines.adapters.sources_file import read_sources
from pipelines.errors import RawFolderError
from pipelines.orchestration.assets import web
from pipelines.orchestration.lost_runs import end_lost_runs
from pipelines.orchestration.reread import ARCHIVE_BYTES, ARCHIVES
from pipelines.settings import TIME_ZONE, Settings

JOB_NAME: Final = "refresh"
FETCH_JOB_NAME: Final = "fetch"
# After the night's news and before the offices open.
DAILY: Final = "30 5 * * *"
# Off the full hour, when everyone asks; the nightly visit ends before the morning's refresh.
HOURLY_FETCH: Final = "7 * * * *"
DAILY_FETCH: Final = "20 4 * * *"
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


def build_fetch_schedules(
    job: dg.UnresolvedAssetJobDefinition, settings: Settings
) -> list[dg.ScheduleDefinition]:
    """Visits to the sources: every hour to those of schedule `hourly`, every night to those of schedule `daily`."""

    def build(schedule: str, cron: str) -> dg.ScheduleDefinition:
        @dg.schedule(
            name=f"{schedule}_fetch",
            job=job,
            cron_schedule=cron,
            execution_timezone=TIME_ZONE,
            default_status=dg.DefaultScheduleStatus.RUNNING,
            description=f"Fetch what the sources of schedule {schedule!r} newly list.",
        )
        def fetch(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
            """Ask for today's partition, unless there is nobody to ask."""
            sources = read_sources(settings.sources_path).sources
            if not any(source.enabled and source.schedule == schedule for source in sources):
                return dg.SkipReason(f"sources.yml names no enabled source of schedule {schedule!r}")
            config = dg.RunConfig(ops={web.NAME: web.FetchConfig(schedule=schedule)})
            moment = context.scheduled_execution_time
            return dg.RunRequest(
                run_key=f"{schedule} {moment.isoformat()}", partition_key=web.today(), run_config=config
            )

        return fetch

    return [build("hourly", HOURLY_FETCH), build("daily", DAILY_FETCH)]


def build_reread_sensor(
    job: dg.UnresolvedAssetJobDefinition, reread_jobs: list[dg.JobDefinition]
) -> dg.SensorDefinition:
    """A refresh when something was forgotten, so that it is read again."""

    @dg.run_status_sensor(
        name="after_reread",
        run_status=dg.DagsterRunStatus.SUCCESS,
        monitored_jobs=list(reread_jobs),
        request_job=job,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Starts a refresh after a day or an archive was marked to be read again.",
    )
    def after_reread(context: dg.RunStatusSensorContext) -> dg.RunRequest:
        """One refresh for one such run."""
        return dg.RunRequest(run_key=context.dagster_run.run_id)

    return after_reread


def build_failure_sensor(settings: Settings) -> dg.SensorDefinition:
    """Tell the alert webhook of every run that failed."""

    @dg.run_failure_sensor(
        name="alert_on_failure",
        default_status=dg.DefaultSensorStatus.RUNNING
        if settings.alert_webhook
        else dg.DefaultSensorStatus.STOPPED,
        description="Posts failed runs to the webhook that NIAGA_ALERT_WEBHOOK names.",
    )
    def alert_on_failure(context: dg.RunFailureSensorContext) -> None:
        """One message for one failed run."""
        if settings.alert_webhook is None:
            return
        run = context.dagster_run
        message = context.failure_event.message or "no message"
        problem = post_alert(
            settings.alert_webhook, title=f"niaga: run of {run.job_name} failed", text=message[:1000],
            facts={"run_id": run.run_id, "job": run.job_name},
        )  # fmt: skip
        if problem:
            context.log.warning(f"the alert webhook did not take it: {problem}")

    return alert_on_failure


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
        end_lost_runs(settings, context.instance)  # or the run asked for here would wait for one that died
        try:
            listing = list_raw_files(settings.raw_dir)
        except RawFolderError as error:
            return dg.SkipReason(str(error))
        seen = hashlib.sha256()
        for file in (*listing.files, *listing.metadata_files, *listing.field_files):
            seen.update(f"{file.raw_path}\0{file.size}\0{file.mtime_ns}\n".encode())
        cursor = seen.hexdigest()
        if cursor == context.cursor:
            return dg.SkipReason(f"{len(listing.files)} files, none new or changed")
        # The listing is the run key: one state of the folder starts one run, also if a tick is repeated.
        archives = [file.raw_path for file in listing.files if file.size >= ARCHIVE_BYTES]
        known = set(context.instance.get_dynamic_partitions(ARCHIVES.name or ""))
        new = [path for path in archives if path not in known]
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=cursor)],
            cursor=cursor,
            dynamic_partitions_requests=[ARCHIVES.build_add_request(new)] if new else [],
        )

    return new_raw_files
