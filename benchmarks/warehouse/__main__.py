"""Measure resolve, `dbt run` and the fifteen questions: python -m benchmarks.warehouse [--claims N] [--folder D]."""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from benchmarks.warehouse.generate import generate
from pipelines.contracts.history import FACT_HISTORY
from pipelines.contracts.runs import RUNS
from pipelines.contracts.tables import ARTICLE_LINKS, CLAIM_CHANGES, REJECTS
from pipelines.lexicons.reference import load_reference
from pipelines.stages.resolve import resolve_claims
from tests.support.build_marts import DBT_PROJECT, write_frames
from tests.support.questions import questions

REPEATS = 5


def main() -> None:
    """Generate, resolve, build, ask; print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="keep the tables and the build here")
    parser.add_argument(
        "--only-resolve", action="store_true", help="generate and resolve; what the whole calls first"
    )
    arguments = parser.parse_args()
    if arguments.only_resolve:
        print(json.dumps(measure_resolve(arguments.claims, arguments.folder)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        figures: dict[str, Any] = {"claims": arguments.claims}
        # In a process of its own: a child's peak memory would otherwise count what this one holds.
        command = [sys.executable, "-m", "benchmarks.warehouse", "--only-resolve"]
        command += ["--claims", str(arguments.claims), "--folder", str(folder)]
        figures |= json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        figures |= measure_dbt(folder)
        figures |= measure_questions(folder)
    print(json.dumps(figures, indent=1))


def measure_resolve(n_claims: int, folder: Path) -> dict[str, Any]:
    """Resolve from nothing: seconds, and the peak memory of this process."""
    frames = generate(n_claims)
    start, cpu = time.perf_counter(), time.process_time()
    result = resolve_claims(
        frames["claims"],
        frames["articles"],
        frames["article_clusters"],
        reference=load_reference(),
        run_id="run-1",
    )
    seconds = time.perf_counter() - start
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    run = {
        "run_id": "run-1", "started_at": moment, "finished_at": moment, "niaga_version": "0", "extractor_version": "0",
        "n_new_articles": 0, "n_articles": 0, "n_clusters": 0, "n_claims": 0, "n_rejects": 0,
    }  # fmt: skip
    others = {
        "runs": RUNS.frame([run]), "rejects": REJECTS.frame([]), "article_links": ARTICLE_LINKS.frame([]),
        "fact_history": FACT_HISTORY.frame([]), "claim_changes": CLAIM_CHANGES.frame([]),
    }  # fmt: skip
    write_frames({**frames, **others, **result.tables()}, folder)
    return {
        "resolve_seconds": round(seconds, 1),
        "resolve_cpu_seconds": round(time.process_time() - cpu, 1),
        "resolve_peak_gb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2),
        "articles": frames["articles"].height,
        "events": result.event_claims["event_id"].n_unique(),
        "links": result.claim_links.height,
    }


def measure_dbt(folder: Path) -> dict[str, Any]:
    """`dbt run` without tests in a process of its own: seconds and peak memory."""
    environment = os.environ | {
        "NIAGA_WAREHOUSE_DIR": str(folder),
        "NIAGA_BUILD_DB": str(folder / "build.duckdb"),
        "DBT_PROFILES_DIR": str(DBT_PROJECT),
        "DO_NOT_TRACK": "1",
    }
    (folder / "build.duckdb").unlink(missing_ok=True)
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "dbt.cli.main", "run", "--target-path", str(folder / "target"), "--log-path",
         str(folder / "logs")],
        cwd=DBT_PROJECT, env=environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"dbt run failed, see {folder / 'logs'}")
    return {
        "dbt_run_seconds": round(time.perf_counter() - start, 1),
        "dbt_cpu_seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "dbt_peak_gb": round(usage.ru_maxrss / 1e6, 2),
        "build_gb": round((folder / "build.duckdb").stat().st_size / 1e9, 2),
    }


def measure_questions(folder: Path) -> dict[str, Any]:
    """Medians of five runs of each question, after one to warm up, in milliseconds: wall, and CPU of all threads."""
    wall: dict[str, int] = {}
    cpu: dict[str, int] = {}
    with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
        for question in questions():
            times = []
            for _ in range(REPEATS + 1):
                start, start_cpu = time.perf_counter(), time.process_time()
                connection.execute(question.sql).fetchall()
                times.append((time.perf_counter() - start, time.process_time() - start_cpu))
            number = question.title.split(".")[0]
            wall[number], cpu[number] = (
                round(statistics.median(column) * 1000) for column in zip(*times[1:], strict=True)
            )
    return {"question_ms": wall, "question_cpu_ms": cpu}


if __name__ == "__main__":
    main()
