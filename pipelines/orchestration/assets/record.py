"""record: what went wrong and which run changed what, as tables for readers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg
import polars as pl

from pipelines import __version__
from pipelines.adapters.forgotten import read_forgotten
from pipelines.adapters.history import published_history_or_none
from pipelines.adapters.state import REJECT_TABLES, Warehouse
from pipelines.adapters.versions import stage_version
from pipelines.contracts.events import RESOLVE_TABLES
from pipelines.contracts.history import FACT_HISTORY
from pipelines.contracts.runs import RUNS
from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLES, CLAIMS, REJECTS
from pipelines.orchestration.tables import POOL, check_contracts, contract_specs, stored, table_spec

GROUP: Final = "record"
_RATE_CHECK: Final = "reject_rate"
# Of the articles met so far fewer than 1 in 20 is unreadable; above half, the folder or the reader is broken.
_WARN_RATE: Final = 0.05
_FAIL_RATE: Final = 0.50
_TICK: Final = timedelta(microseconds=1)


@dg.multi_asset(
    name="record",
    specs=[
        table_spec(REJECTS, group=GROUP, deps=REJECT_TABLES),
        table_spec(RUNS, group=GROUP, deps=[ARTICLES, ARTICLE_CLUSTERS, CLAIMS, REJECTS, *RESOLVE_TABLES]),
        table_spec(FACT_HISTORY, group=GROUP, deps=[RUNS]),
    ],
    check_specs=[
        *contract_specs((REJECTS, RUNS, FACT_HISTORY)),
        dg.AssetCheckSpec(
            name=_RATE_CHECK,
            asset=REJECTS.name,
            description=f"Rejected documents are fewer than {_WARN_RATE:.0%} (warning) and {_FAIL_RATE:.0%} (error).",
        ),
    ],
    pool=POOL,
)
def record(
    warehouse: dg.ResourceParam[Warehouse],
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Join the rejects of all stages, and note this run if it changes what is published."""
    tables = warehouse.tables
    rejects = warehouse.read_all(REJECT_TABLES)
    yield from check_contracts([(REJECTS, rejects)])
    tables.replace(REJECTS, rejects)
    articles = tables.read(ARTICLES, columns=["is_current", "run_id"])
    n_articles = int(articles["is_current"].sum())
    rate = rejects.height / max(rejects.height + n_articles, 1)
    yield dg.AssetCheckResult(
        asset_key=REJECTS.name,
        check_name=_RATE_CHECK,
        passed=rate <= _WARN_RATE,
        severity=dg.AssetCheckSeverity.ERROR if rate > _FAIL_RATE else dg.AssetCheckSeverity.WARN,
        metadata={"reject_rate": rate},
    )
    runs = warehouse.published_runs()
    if warehouse.has_news():
        # The last run is the one that started last, also after the clock was set back.
        started = max([warehouse.started_at, *(last + _TICK for last in runs["started_at"])])
        row = {
            "run_id": warehouse.run_id,
            "started_at": started,
            "finished_at": max(datetime.now(UTC), started),
            "niaga_version": __version__,
            "extractor_version": stage_version("extract"),
            "n_new_articles": articles.filter(~pl.col("run_id").is_in(runs["run_id"].implode())).height,
            "n_articles": n_articles,
            "n_clusters": tables.read(ARTICLE_CLUSTERS, columns=["cluster_id"]).n_unique(),
            "n_claims": tables.manifest(CLAIMS).rows,
            "n_rejects": rejects.height,
        }
        runs = pl.concat([runs, RUNS.frame([row])])
    yield from check_contracts([(RUNS, runs)])
    tables.replace(RUNS, runs)
    # What earlier runs published is carried into the next build, which adds what is new.
    history = published_history_or_none(warehouse.settings.published_path) if warehouse.has_news() else None
    history = tables.read(FACT_HISTORY) if history is None else history
    forgotten = read_forgotten(warehouse.settings.forgotten_path).events
    history = history.filter(~pl.col("event_id").is_in(forgotten))
    yield from check_contracts([(FACT_HISTORY, history)])
    tables.replace(FACT_HISTORY, history)
    yield stored(warehouse, REJECTS, reject_rate=rate)
    yield stored(warehouse, RUNS)
    yield stored(warehouse, FACT_HISTORY)
