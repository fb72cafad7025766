"""Reading again by a click: the pages of one day of ingestion, or one file of the raw folder."""

# No postponed annotations: Dagster reads the type of `context` as it stands.

from typing import Final

import dagster as dg
import polars as pl

from pipelines.adapters.state import Warehouse
from pipelines.contracts.runs import RAW_FILES
from pipelines.orchestration.assets.web import INGESTION_DAYS
from pipelines.orchestration.tables import POOL
from pipelines.stages.collect.formats import WEB_FOLDER

# Files large enough that one would want to read one alone; kept by the sensor that sees files arrive.
ARCHIVES: Final = dg.DynamicPartitionsDefinition(name="archives")
ARCHIVE_BYTES: Final = 10_000_000


def build_reread_jobs() -> list[dg.JobDefinition]:
    """Jobs that forget that a day or an archive was read; the refresh that follows reads it."""

    @dg.op(pool=POOL)
    def forget_day(context: dg.OpExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> None:
        """Forget the manifests of one day."""
        context.log.info(
            f"{_forget(warehouse, f'{WEB_FOLDER}/{context.partition_key}/')} files to read again"
        )

    @dg.op(pool=POOL)
    def forget_archive(context: dg.OpExecutionContext, warehouse: dg.ResourceParam[Warehouse]) -> None:
        """Forget one file."""
        context.log.info(f"{_forget(warehouse, context.partition_key)} files to read again")

    @dg.job(partitions_def=INGESTION_DAYS, description="Read the pages of one day of ingestion again.")
    def reread_day() -> None:
        forget_day()

    @dg.job(partitions_def=ARCHIVES, description="Read one large file of the raw folder again.")
    def reread_archive() -> None:
        forget_archive()

    return [reread_day, reread_archive]


def _forget(warehouse: Warehouse, prefix: str) -> int:
    files = warehouse.tables.read(RAW_FILES, columns=["raw_path"])
    chosen = files.filter(pl.col("raw_path").str.starts_with(prefix))
    warehouse.tables.upsert(RAW_FILES, RAW_FILES.frame([]), outdated=chosen)
    return chosen.height
