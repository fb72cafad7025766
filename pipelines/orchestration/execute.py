"""One run of the Dagster job in this process: what `niaga run` does, and the daemon does elsewhere."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import dagster as dg

from pipelines.adapters.durable import machine_problem_or_none, write_durably
from pipelines.adapters.lock import hold_lock
from pipelines.adapters.state import RunOutcome, count_rows, publication_or_none
from pipelines.errors import NiagaError
from pipelines.orchestration.build import build_definitions
from pipelines.orchestration.environment import environment
from pipelines.orchestration.lost_runs import COMMAND_TAGS, end_lost_runs, sign_of_life
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.resources import log_failure
from pipelines.orchestration.schedules import JOB_NAME
from pipelines.settings import Settings

_INSTANCE_CONFIG: Final = """\
# Written by niaga. One run of the warehouse and one visit to the web at a time: their pools, counted by run.
telemetry:
  enabled: false
# No form that asks a visitor for an e-mail address.
nux:
  enabled: false
concurrency:
  pools:
    granularity: run
    default_limit: 1
  runs:
    max_concurrent_runs: 4
"""
_POSTGRES_CONFIG: Final = """\
storage:
  postgres:
    postgres_url:
      env: NIAGA_POSTGRES_URL
"""
_PREPARED_WITHIN: Final = 60.0  # seconds that another process may take to make the databases
# Runs in Dagster's history: four days of hourly ones, 2 MB each.
KEPT_RUNS = 100
# The event log has everything; the console is the command's.
_QUIET: Final = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder of Dagster's storage, with telemetry off and one run at a time."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    config = home / "dagster.yaml"
    wanted = _INSTANCE_CONFIG + (_POSTGRES_CONFIG if settings.uses_postgres else "")
    if not config.exists() or config.read_text(encoding="utf-8") != wanted:
        write_durably(config, wanted.encode())
    return home


def prepare_dagster_storage(settings: Settings) -> Path:
    """Make the folder of Dagster's storage and its databases in it, one process at a time.

    The daemon and the web server start together: on an empty folder both would make the same tables, and one of them
    would end with "table alembic_version already exists".
    """
    home = prepare_dagster_home(settings)
    with (
        hold_lock(home / "prepare.lock", what="niaga prepare", wait_seconds=_PREPARED_WITHIN),
        environment(settings.environment()),
        dg.DagsterInstance.from_config(str(home)) as instance,
    ):
        # Each of the three storages makes its tables when it is first asked.
        instance.get_runs_count()
        instance.all_asset_keys()
        instance.all_instigator_state()
    return home


def run_pipeline(settings: Settings, *, progress: Progress, wait_seconds: float = 0.0) -> RunOutcome:
    """Do one run in this process and record it in Dagster's history.

    Raises:
        NiagaError: A step failed; the message says which and why. The published file is as it was.
        LockHeldError: Another run holds the warehouse.
    """
    home = prepare_dagster_home(settings)
    before = publication_or_none(settings)
    run_id = str(uuid.uuid4())
    with (
        environment(settings.environment()),
        _quiet_dagster(),
        sign_of_life(settings, run_id),
        dg.DagsterInstance.from_config(str(home)) as instance,
    ):
        end_lost_runs(settings, instance)
        definitions = build_definitions(
            settings, progress=progress, what="niaga run", wait_seconds=wait_seconds
        )
        job = definitions.resolve_job_def(JOB_NAME)
        try:
            job.execute_in_process(
                run_config=_QUIET, instance=instance, run_id=run_id, tags=COMMAND_TAGS, raise_on_error=True
            )
        except Exception as error:
            told = _told(error, run_id, published=publication_or_none(settings) != before)
            log_failure(settings, run_id, step="run", error=type(error).__name__, message=str(told))
            raise told from error
        finally:
            _forget_old_runs(instance, kept=KEPT_RUNS)
    after = publication_or_none(settings)
    return count_rows(settings, changed=before is None or after is None or before.run_id != after.run_id)


def forget_run_history(settings: Settings) -> None:
    """Remove all finished runs but the last from Dagster's history, with the previews of tables in them."""
    with (
        environment(settings.environment()),
        dg.DagsterInstance.from_config(str(prepare_dagster_home(settings))) as instance,
    ):
        _forget_old_runs(instance, kept=1)


def _forget_old_runs(instance: dg.DagsterInstance, *, kept: int) -> None:
    """Keep the storage of Dagster flat."""
    finished = dg.RunsFilter(statuses=[dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE])
    for run in instance.get_runs(filters=finished)[kept:]:  # the newest come first
        instance.delete_run(run.run_id)
        _remove_files(instance, run.run_id)


def _remove_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """What Dagster leaves of a deleted run: an emptied SQLite file of full size, and the folder of its logs."""
    for file in Path(instance.root_directory, "history", "runs").glob(f"{run_id}.db*"):
        file.unlink(missing_ok=True)
    shutil.rmtree(Path(instance.storage_directory(), run_id), ignore_errors=True)


def _told(error: Exception, run_id: str, *, published: bool) -> NiagaError:
    """The error a person should read: the one niaga raised on purpose, else where the fault in niaga is."""
    state = "it had published all the same" if published else "the published warehouse is as it was"
    cause: BaseException | None = error
    seen: set[int] = set()  # Dagster re-raises across generators: the chain of contexts may close on itself
    while cause is not None and id(cause) not in seen:
        if isinstance(cause, NiagaError):
            return cause
        if what := machine_problem_or_none(cause):
            return NiagaError(f"{what} and run again; {state}")
        if isinstance(cause, dg.Failure):
            return NiagaError(cause.description or str(cause))
        seen.add(id(cause))
        cause = cause.__cause__ or cause.__context__
    place = traceback.extract_tb(error.__traceback__)[-1]
    return NiagaError(
        f"the run failed, {state}. {type(error).__name__}: {error} "
        f"({place.filename}:{place.lineno}). This is a fault in niaga; the whole traceback is in run {run_id} "
        "of `niaga ui`"
    )


@contextmanager
def _quiet_dagster() -> Iterator[None]:
    """Keep Dagster's console log out of the command's output; the event log keeps all of it."""
    logger = logging.getLogger("dagster")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        # dagster-dbt copies dbt's log to standard output; dbt writes the same to its log file.
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
            yield
    finally:
        logger.setLevel(level)
