"""dedupe: articles that carry the same text get one cluster; template series are linked, never merged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import dagster as dg

from pipelines.adapters.state import Warehouse
from pipelines.adapters.work import dedupe_inputs, open_current_index
from pipelines.contracts.runs import DEDUPE_REJECTS
from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLE_LINKS, ARTICLES
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.tables import (
    POOL,
    check_contracts,
    contract_specs,
    stored,
    table_spec,
    unchanged_contracts,
)
from pipelines.stages.dedupe import Clusters, cluster_articles

GROUP: Final = "dedupe"
_TABLES: Final = (ARTICLE_CLUSTERS, ARTICLE_LINKS, DEDUPE_REJECTS)


@dg.multi_asset(
    name="dedupe",
    specs=[table_spec(table, group=GROUP, deps=[ARTICLES]) for table in _TABLES],
    check_specs=contract_specs(_TABLES),
    pool=POOL,
)
def dedupe(
    warehouse: dg.ResourceParam[Warehouse], progress: dg.ResourceParam[Progress]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Cluster the current articles; nothing is done where neither they nor the rules changed."""
    tables = warehouse.tables
    inputs = dedupe_inputs(warehouse)
    if tables.manifest(ARTICLE_CLUSTERS).inputs == inputs:
        progress.finish("dedupe", "articles unchanged")
        yield from unchanged_contracts(_TABLES)
    else:
        progress.update("dedupe", 0, 0)
        previous = Clusters(clusters=tables.read(ARTICLE_CLUSTERS), links=tables.read(ARTICLE_LINKS))
        with open_current_index(warehouse) as index:
            result = cluster_articles(tables.read(ARTICLES), index=index, previous=previous)
            frames = (result.clusters, result.links, result.rejects)
            yield from check_contracts(zip(_TABLES, frames, strict=True))
            tables.replace(DEDUPE_REJECTS, result.rejects)
            tables.replace(ARTICLE_LINKS, result.links)
            tables.replace(ARTICLE_CLUSTERS, result.clusters, inputs=inputs)
            # Last: after a crash before it the index knows less, and those articles are only compared again.
            index.commit()
        clusters = result.clusters["cluster_id"].n_unique()
        progress.finish("dedupe", f"{result.clusters.height} articles in {clusters} clusters")
    for table in _TABLES:
        yield stored(warehouse, table)
