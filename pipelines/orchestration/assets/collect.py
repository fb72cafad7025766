"""collect: new and changed files become articles, the rest rejects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import dagster as dg

from pipelines.adapters.state import Warehouse
from pipelines.adapters.work import look_at_raw_folder
from pipelines.contracts.runs import COLLECT_REJECTS, RAW_FILES
from pipelines.contracts.tables import ARTICLES
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.tables import OWNERS, POOL, check_contracts, contract_specs, stored, table_spec

GROUP: Final = "collect"
RAW_FOLDER: Final = dg.AssetSpec(
    key="raw_folder",
    description="Articles as received: .txt files at any depth, metadata.csv beside them. Never written by niaga.",
    group_name=GROUP,
    kinds={"file"},
    owners=list(OWNERS),
)
_TABLES: Final = (RAW_FILES, ARTICLES, COLLECT_REJECTS)


@dg.multi_asset(
    name="collect",
    specs=[
        table_spec(RAW_FILES, group=GROUP, deps=[RAW_FOLDER.key]),
        table_spec(ARTICLES, group=GROUP, deps=[RAW_FOLDER.key], fresh=True),
        table_spec(COLLECT_REJECTS, group=GROUP, deps=[RAW_FOLDER.key]),
    ],
    check_specs=contract_specs(_TABLES),
    pool=POOL,
)
def collect(
    warehouse: dg.ResourceParam[Warehouse], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Read the raw folder: what is new or changed becomes articles or rejects."""
    tables = warehouse.tables
    intake = look_at_raw_folder(
        warehouse, on_progress=lambda done, total: progress.update("collect", done, total)
    )
    frames = (intake.raw_files, intake.articles, intake.rejects)
    yield from check_contracts(zip(_TABLES, frames, strict=True))
    # Articles before the note that their files were read: a crash between the two reads the files again.
    tables.upsert(ARTICLES, intake.articles)
    tables.replace(COLLECT_REJECTS, intake.rejects)
    tables.upsert(RAW_FILES, intake.raw_files, outdated=intake.gone)
    progress.finish(
        "collect",
        f"{intake.files_listed} files, {intake.new_versions} new or changed articles, {intake.rejects.height} rejects",
    )
    yield stored(warehouse, RAW_FILES, files_listed=intake.files_listed)
    yield stored(warehouse, ARTICLES, new_versions=intake.new_versions)
    yield stored(warehouse, COLLECT_REJECTS)
