"""Build the dbt project on stage tables, in a folder of a test's own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.history import FACT_HISTORY
from pipelines.contracts.runs import RUNS
from pipelines.contracts.tables import CLAIM_CHANGES
from pipelines.lexicons.reference import load_reference
from pipelines.stages.resolve import ResolveResult, resolve_claims
from tests.support.gold_claims import GoldTables

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
STARTED = datetime(2026, 1, 1, tzinfo=UTC)


def write_tables(
    tables: GoldTables,
    folder: Path,
    *,
    run_id: str = "run-1",
    previous: ResolveResult | None = None,
    reviews: pl.DataFrame | None = None,
    history: pl.DataFrame | None = None,
) -> ResolveResult:
    """Resolve the claims and write all stage tables as one Parquet part each; runs are an hour apart."""
    result = resolve_claims(
        tables.claims,
        tables.articles,
        tables.clusters,
        reference=load_reference(),
        previous=previous.event_claims if previous else None,
        previous_changes=previous.event_changes if previous else None,
        reviews=reviews,
        run_id=run_id,
    )
    numbers = range(1, int(run_id.removeprefix("run-")) + 1)
    frames = {
        "articles": tables.articles, "article_clusters": tables.clusters, "article_links": tables.links,
        "claims": tables.claims, "claim_changes": CLAIM_CHANGES.frame([]), "rejects": tables.rejects,
        "runs": RUNS.frame([_run_row(number, tables) for number in numbers]),
        "fact_history": FACT_HISTORY.frame([]) if history is None else history, **result.tables(),
    }  # fmt: skip
    write_frames(frames, folder)
    return result


def _run_row(number: int, tables: GoldTables) -> dict[str, Any]:
    moment = STARTED + timedelta(hours=number)
    return {
        "run_id": f"run-{number}", "started_at": moment, "finished_at": moment, "niaga_version": "test",
        "extractor_version": "gold", "n_new_articles": 0, "n_articles": tables.articles.height,
        "n_clusters": tables.clusters["cluster_id"].n_unique(), "n_claims": tables.claims.height, "n_rejects": 0,
    }  # fmt: skip


def write_frames(frames: Mapping[str, pl.DataFrame], folder: Path) -> None:
    """Write stage tables where dbt looks for them."""
    for name, frame in frames.items():
        place = folder / "tables" / name
        place.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(place / "part.parquet")


def dbt(folder: Path, *arguments: str, checked: bool = True) -> subprocess.CompletedProcess[str]:
    """Run dbt on the stage tables in `folder`; the build is `folder`/build.duckdb."""
    environment = os.environ | {
        "NIAGA_WAREHOUSE_DIR": str(folder),
        "NIAGA_BUILD_DB": str(folder / "build.duckdb"),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DO_NOT_TRACK": "1",
    }
    places: Iterable[str] = ("--target-path", str(folder / "target"), "--log-path", str(folder / "logs"))
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", *arguments, *places],
        cwd=DBT_PROJECT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if checked:
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done
