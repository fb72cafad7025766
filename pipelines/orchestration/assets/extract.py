"""extract: articles become claims, one for each statement, each with its evidence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import dagster as dg

from pipelines.adapters.quarantine import open_quarantine
from pipelines.adapters.state import Warehouse
from pipelines.adapters.versions import stage_version
from pipelines.contracts.runs import EXTRACT_REJECTS, EXTRACTIONS
from pipelines.contracts.tables import ARTICLES, CLAIM_CHANGES, CLAIMS
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.tables import POOL, check_contracts, contract_specs, stored, table_spec
from pipelines.stages.extract import extract_claims
from pipelines.stages.extract.changes import articles_read_again, claim_changes
from pipelines.stages.extract.table import evidence_problems, extract_new

GROUP: Final = "extract"
EVIDENCE_CHECK: Final = "evidence"
_TABLES: Final = (CLAIMS, EXTRACTIONS, EXTRACT_REJECTS, CLAIM_CHANGES)


@dg.multi_asset(
    name="extract",
    specs=[table_spec(table, group=GROUP, deps=[ARTICLES]) for table in _TABLES],
    check_specs=[
        *contract_specs(_TABLES),
        dg.AssetCheckSpec(
            name=EVIDENCE_CHECK,
            asset=CLAIMS.name,
            blocking=True,
            description="Every quote stands verbatim in its article, at the offsets the claim gives.",
        ),
    ],
    pool=POOL,
)
def extract(
    warehouse: dg.ResourceParam[Warehouse], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Read each current article that this version of the extractor has not read as it is now."""
    tables = warehouse.tables
    articles = tables.read(ARTICLES)
    version = stage_version("extract")
    with open_quarantine(warehouse.settings.warehouse_dir, version=version) as quarantine:
        extraction = extract_new(
            articles,
            extractions=tables.read(EXTRACTIONS),
            rejects=tables.read(EXTRACT_REJECTS),
            version=version,
            run_id=warehouse.run_id,
            extract=quarantine.guard(extract_claims),
            on_progress=lambda done, total: progress.update("extract", done, total),
        )
    again = articles_read_again(tables.read(EXTRACTIONS), extraction.extractions)
    changes = claim_changes(
        tables.read_matching(CLAIMS, again.select("article_id")), extraction.claims,
        again=again, run_id=warehouse.run_id,
    )  # fmt: skip
    frames = (extraction.claims, extraction.extractions, extraction.rejects, changes)
    yield from check_contracts(zip(_TABLES, frames, strict=True))
    misplaced = evidence_problems(articles, extraction.claims)
    yield dg.AssetCheckResult(
        asset_key=CLAIMS.name,
        check_name=EVIDENCE_CHECK,
        passed=misplaced.is_empty(),
        metadata={"claims_checked": extraction.claims.height, "misplaced": misplaced.height},
    )
    if not misplaced.is_empty():
        raise dg.Failure(
            f"{misplaced.height} claims quote what their article does not say there, first: {misplaced.row(0)}",
            allow_retries=False,
        )
    # What changed before the claims it is found in, and claims before the note that the article was read: a crash
    # between them reads the article again.
    tables.upsert(CLAIM_CHANGES, changes, outdated=extraction.withdrawn)
    tables.upsert(CLAIMS, extraction.claims, outdated=extraction.outdated)
    tables.replace(EXTRACT_REJECTS, extraction.rejects)
    tables.upsert(EXTRACTIONS, extraction.extractions, outdated=extraction.outdated)
    read_now = extraction.extractions.height
    note = f"{read_now} articles read, {extraction.claims.height} claims in them"
    if again.height:
        counts = dict(changes["change"].value_counts().iter_rows())
        told = ", ".join(f"{counts.get(change, 0)} {change}" for change in ("added", "changed", "removed"))
        note += f"; {again.height} again by a new version: claims {told} (marts.claim_changes)"
    progress.finish("extract", note)
    yield stored(warehouse, CLAIMS, articles_read=read_now, extractor_version=version)
    yield stored(warehouse, EXTRACTIONS)
    yield stored(warehouse, EXTRACT_REJECTS)
    yield stored(warehouse, CLAIM_CHANGES, articles_read_again=again.height, claims_changed=changes.height)
