"""collect: new and changed files become articles, the rest rejects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Final

import dagster as dg

from pipelines.adapters.forgotten import forget
from pipelines.adapters.state import Warehouse
from pipelines.adapters.work import (
    close_look,
    current_rejects,
    look_at_raw_folder,
    read_raw_folder,
    store_batch,
)
from pipelines.contracts.runs import COLLECT_REJECTS, RAW_DOCUMENTS, RAW_FILES
from pipelines.contracts.tables import ARTICLES
from pipelines.orchestration.assets.web import NAME as WEB_FETCHES
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.tables import (
    OWNERS,
    POOL,
    check_contracts,
    contract_specs,
    keep_contracts,
    stored,
    table_spec,
    unchanged_contracts,
)
from pipelines.stages.collect import Rejection
from pipelines.stages.collect.quality import shares_by_origin

GROUP: Final = "collect"
RAW_FOLDER: Final = dg.AssetSpec(
    key="raw_folder",
    description="Articles as received, at any depth: text, pages, tables and web archives, with metadata.csv and "
    "fields.yml beside them; pages that sources.yml names under web/.",
    group_name=GROUP,
    deps=[WEB_FETCHES],
    kinds={"file"},
    owners=list(OWNERS),
)
# Of what was read in the last days, for each source or folder: (check, asset, share, warning above, error above).
_LATELY_SECONDS: Final = 7 * 86_400.0
_BOUNDS: Final = (
    ("reject_rate", COLLECT_REJECTS, "reject_rate", 0.05, 0.50),
    ("missing_dates", ARTICLES, "undated_share", 0.10, 0.50),
)
_WORST_SHOWN: Final = 10
_TABLES: Final = (RAW_FILES, RAW_DOCUMENTS, ARTICLES, COLLECT_REJECTS)


@dg.multi_asset(
    name="collect",
    specs=[
        table_spec(RAW_FILES, group=GROUP, deps=[RAW_FOLDER.key]),
        table_spec(RAW_DOCUMENTS, group=GROUP, deps=[RAW_FOLDER.key]),
        table_spec(ARTICLES, group=GROUP, deps=[RAW_FOLDER.key], fresh=True),
        table_spec(COLLECT_REJECTS, group=GROUP, deps=[RAW_FOLDER.key]),
    ],
    check_specs=[
        *contract_specs(_TABLES),
        *(
            dg.AssetCheckSpec(
                name=name,
                asset=table.name,
                description=f"The {share} of no source or folder, over 7 days and 20 documents or more, is above "
                f"{warn:.0%} (warning) or {fail:.0%} (error).",
            )
            for name, table, share, warn, fail in _BOUNDS
        ),
    ],
    pool=POOL,
)
def collect(
    warehouse: dg.ResourceParam[Warehouse], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Read the raw folder: what is new or changed becomes articles or rejects."""
    warehouse.take_over()
    forget(warehouse)
    look = look_at_raw_folder(warehouse)
    problems: list[Rejection] = []
    new_versions = 0
    for batch in read_raw_folder(
        warehouse, look, problems=problems,
        on_progress=lambda done, total: progress.update("collect", done, total),
    ):  # fmt: skip
        frames = list(zip(_TABLES, (batch.raw_files, batch.raw_documents, batch.articles), strict=False))
        if not keep_contracts(frames):
            yield from check_contracts(frames)  # tells what is broken, and ends the run
        store_batch(warehouse, batch)
        new_versions += batch.new_versions
    rejects = current_rejects(warehouse, look, problems)
    yield from check_contracts([(COLLECT_REJECTS, rejects)])
    close_look(warehouse, look, rejects)
    yield from unchanged_contracts(_TABLES[:-1])
    yield from _check_shares(warehouse)
    progress.finish(
        "collect",
        f"{look.plan.files_listed} files, {new_versions} new or changed articles, {rejects.height} rejects",
    )
    yield stored(warehouse, RAW_FILES, files_listed=look.plan.files_listed)
    yield stored(warehouse, RAW_DOCUMENTS)
    yield stored(warehouse, ARTICLES, new_versions=new_versions)
    yield stored(warehouse, COLLECT_REJECTS)


def _check_shares(warehouse: Warehouse) -> Iterator[dg.AssetCheckResult]:
    tables = warehouse.tables
    found = shares_by_origin(
        tables.read(RAW_FILES, columns=["raw_path", "read_at_ns"]),
        tables.pieces(
            RAW_DOCUMENTS, columns=["raw_path", "raw_locator", "article_id", "text_sha256", "reason_code"]
        ),
        tables.pieces(ARTICLES, columns=["article_id", "text_sha256", "published"]),
        since_seconds=time.time() - _LATELY_SECONDS,
    )
    for name, table, share, warn, fail in _BOUNDS:
        worst = found.sort(share, "origin", descending=[True, False]).head(_WORST_SHOWN)
        highest = max(worst[share].to_list(), default=0.0)
        yield dg.AssetCheckResult(
            asset_key=table.name,
            check_name=name,
            passed=highest <= warn,
            severity=dg.AssetCheckSeverity.ERROR if highest > fail else dg.AssetCheckSeverity.WARN,
            metadata={"highest": highest}
            | {
                row["origin"]: f"{row[share]:.1%} of {row['documents']:,}"
                for row in worst.iter_rows(named=True)
            },
        )
