"""A run may die anywhere: readers keep a whole file, and the next run ends as if nothing had happened.

`python -m benchmarks.reliability kills` does the same some hundred times (docs/reliability.md).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import polars as pl
import pytest

from pipelines.adapters.tables import TableStore
from pipelines.contracts.runs import RUNS
from tests.support.crash import (
    Crashes,
    Site,
    orphans,
    published_states,
    start,
    wait_until_gone,
)

# Where the twenty runs die: writing, naming, committing and tidying in every stage, in dbt and in publishing. In the
# order of a run: four warehouses take every fourth each, and a killed run finishes nothing that comes later.
POINTS = (
    "open tables/articles/",
    "rename tables/articles/manifest.json",
    "fsync tables/raw_documents/",
    "remove tables/raw_files/",
    "fsync dedupe_index/postings-",
    "rename tables/article_clusters/manifest.json",
    "rename dedupe_index/manifest.json",
    "remove dedupe_index/articles-",
    "open being_read.json",
    "rename tables/claims/",
    "rename tables/claims/manifest.json",
    "open tables/extractions/",
    "mkdir tables/claim_products",
    "rename tables/event_claims/manifest.json",
    "rename tables/runs/manifest.json",
    "open dbt/manifest.json",
    "sql create table",
    "sql force checkpoint",
    "rename build.duckdb",
    "rename published.json",
)
WAREHOUSES = 4


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> Crashes:
    return Crashes.prepare(tmp_path_factory.mktemp("crash"))


def test_the_points_cover_every_stage_and_kind_of_write(crashes: Crashes) -> None:
    kinds = {point.split()[0] for point in crashes.points}
    assert {point.split()[0] for point in POINTS} == kinds - {"rmdir"} == {
        "open", "fsync", "rename", "remove", "mkdir", "sql",
    }  # fmt: skip
    met = [next(n for n, point in enumerate(crashes.points) if point.startswith(name)) for name in POINTS]
    assert met == sorted(met)
    tables = {point.split("/")[1] for point in crashes.points if " tables/" in point}
    assert tables >= {"raw_files", "articles", "article_clusters", "claims", "event_claims", "runs"}
    assert "sql COMMIT" in crashes.points


@pytest.fixture(scope="module")
def killed(crashes: Crashes, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The points at which runs were killed, twenty in all; each warehouse came right with the run after."""
    folder = tmp_path_factory.mktemp("killed")

    def kill_and_recover(first: int) -> list[str]:
        site = crashes.base.copy(folder / str(first))
        points = [crashes.kill(site, at=name) for name in POINTS[first::WAREHOUSES]]
        crashes.recover(site)
        return points

    with ThreadPoolExecutor(max_workers=2) as two:
        return [point for points in two.map(kill_and_recover, range(WAREHOUSES)) for point in points]


def test_a_run_killed_at_any_point_is_made_good_by_the_next(killed: list[str]) -> None:
    """Each of them died where it should; what readers had meanwhile and the end of it is looked at on the way."""
    assert len(killed) == 20
    for name in POINTS:
        assert any(point.startswith(name) for point in killed), name


@pytest.fixture(scope="module")
def site_without_run(crashes: Crashes, tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, int]:
    """A warehouse whose run was killed, and only it, while its dbt was at work; the process id of that dbt."""
    site = crashes.base.copy(tmp_path_factory.mktemp("dbt") / "site")
    run = start(site)
    dbt = None
    deadline = time.monotonic() + 120
    while dbt is None and time.monotonic() < deadline:
        dbt = next((pid for pid in _children(run.pid) if b"niaga-dbt" in _command(pid)), None)
        time.sleep(0.02)
    run.kill()
    assert dbt is not None, "dbt never started"
    return site, dbt


def test_dbt_ends_with_the_run_that_started_it(site_without_run: tuple[Site, int]) -> None:
    """A dbt that lived on would write into the build of the next run."""
    assert wait_until_gone(site_without_run[1], seconds=10)


def test_a_killed_run_does_not_hold_the_schedule_up(
    crashes: Crashes, site_without_run: tuple[Site, int]
) -> None:
    """Dagster starts no run while one is under way: a dead one must not count as such for ever."""
    site, _ = site_without_run
    assert _runs(site).count("STARTED") == 1
    crashes.recover(site)
    assert "STARTED" not in _runs(site)
    assert _runs(site).count("FAILURE") == 1


_HISTORY = """
import json, sys
import dagster as dg
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    print(json.dumps([run.status.value for run in instance.get_runs()]))
"""


def _runs(site: Site) -> list[str]:
    home = str(site.warehouse / "dagster")
    shown = subprocess.run(
        [sys.executable, "-c", _HISTORY, home], env=os.environ | {"DAGSTER_HOME": home},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(shown.stdout)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_a_full_disk_ends_the_run_with_a_message_and_harms_nothing(crashes: Crashes, tmp_path: Path) -> None:
    """No file may grow beyond some kilobytes: writing fails as it does on a full disk, in one stage or another."""
    site = crashes.base.copy(tmp_path / "site")
    for kilobytes in (6, 200, 700):
        code, messages = start(site, limit_bytes=kilobytes * 1024).finish()
        assert code == 1, messages
        assert "Traceback" not in messages
        assert "room" in messages
        assert published_states(site) == crashes.before
        assert not [name for name in orphans(site) if name.endswith(".niaga-tmp")]
    crashes.recover(site)


def test_a_damaged_part_is_named_and_the_published_file_stays(crashes: Crashes, tmp_path: Path) -> None:
    site = crashes.base.copy(tmp_path / "site")
    part = next((site.warehouse / "tables" / "claims").glob("*.parquet"))
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 0xFF
    part.write_bytes(bytes(content))
    code, messages = start(site).finish()
    assert code == 1
    assert part.name in messages.replace("\n", "")
    assert "run again" in " ".join(messages.split())
    assert published_states(site) == crashes.before


def test_a_truncated_build_of_a_killed_run_is_never_built_upon(crashes: Crashes, tmp_path: Path) -> None:
    site = crashes.base.copy(tmp_path / "site")
    build = site.warehouse / "build.duckdb"
    build.write_bytes(site.published.read_bytes()[: 300 * 1024])
    (site.warehouse / "build.duckdb.wal").write_bytes(b"\0" * 100)
    (site.warehouse / "build.duckdb.tmp").mkdir()
    crashes.recover(site)


def test_a_clock_that_was_set_back_changes_no_row_and_no_order(crashes: Crashes, tmp_path: Path) -> None:
    """The last run says it was tomorrow; one file is a year newer than now, another one's time went back."""
    site = crashes.base.copy(tmp_path / "site")
    now = time.time()
    for number, path in enumerate(sorted(site.raw.glob("*.txt"))):
        moment = now + 86_400 * 365 if number % 2 else 86_400.0
        os.utime(path, (moment, moment))
    store = TableStore(site.warehouse / "tables")
    tomorrow = store.read(RUNS).with_columns(
        pl.col("started_at", "finished_at") + pl.duration(days=1)
    )  # fmt: skip
    store.replace(RUNS, tomorrow)
    crashes.recover(site)
    runs = store.read(RUNS)
    assert runs.height == 2
    assert runs["started_at"].is_sorted()
    assert (runs["finished_at"] >= runs["started_at"]).all()
