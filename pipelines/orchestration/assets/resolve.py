"""resolve: claims get codes and are joined into events across outlets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import dagster as dg

from pipelines.adapters.reviews import read_reviews_file
from pipelines.adapters.state import Warehouse
from pipelines.adapters.work import resolve_inputs
from pipelines.contracts.events import EVENT_CHANGES, EVENT_CLAIMS, RESOLVE_TABLES
from pipelines.contracts.runs import RESOLVE_REJECTS
from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLES, CLAIMS
from pipelines.lexicons.reference import load_reference
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.tables import (
    POOL,
    check_contracts,
    contract_specs,
    stored,
    table_spec,
    unchanged_contracts,
)
from pipelines.stages.resolve import resolve_claims

GROUP: Final = "resolve"
_TABLES: Final = (*RESOLVE_TABLES, RESOLVE_REJECTS)


@dg.multi_asset(
    name="resolve",
    specs=[table_spec(table, group=GROUP, deps=[CLAIMS, ARTICLES, ARTICLE_CLUSTERS]) for table in _TABLES],
    check_specs=contract_specs(_TABLES),
    pool=POOL,
)
def resolve(
    warehouse: dg.ResourceParam[Warehouse], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Code claims and join them into events; nothing is done where neither they nor the rules changed."""
    tables = warehouse.tables
    inputs = resolve_inputs(warehouse)
    if tables.manifest(EVENT_CLAIMS).inputs == inputs:
        progress.finish("resolve", "claims unchanged")
        yield from unchanged_contracts(_TABLES)
    else:
        progress.update("resolve", 0, 0)
        result = resolve_claims(
            tables.read(CLAIMS),
            tables.read(ARTICLES),
            tables.read(ARTICLE_CLUSTERS),
            reference=load_reference(),
            previous=tables.read(EVENT_CLAIMS),
            previous_changes=tables.read(EVENT_CHANGES),
            reviews=read_reviews_file(warehouse.settings.reviews_path),
            run_id=warehouse.run_id,
        )
        frames = result.tables() | {RESOLVE_REJECTS.name: RESOLVE_REJECTS.frame([])}
        yield from check_contracts((table, frames[table.name]) for table in _TABLES)
        # event_claims last: it carries the note of what all of them were computed from.
        for table in sorted(_TABLES, key=lambda table: table is EVENT_CLAIMS):
            tables.replace(table, frames[table.name], inputs=inputs if table is EVENT_CLAIMS else None)
        events = frames[EVENT_CLAIMS.name]["event_id"].n_unique()
        progress.finish("resolve", f"{events} events of {tables.manifest(CLAIMS).rows} claims")
    for table in _TABLES:
        yield stored(warehouse, table)
