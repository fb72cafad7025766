"""A run may die anywhere: readers keep a whole file, and the next run ends as if nothing had happened.

`python -m benchmarks.reliability kills` does the same some hundred times (docs/reliability.md).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.crash import (
    Crashes,
    Site,
    orphans,
    published_states,
    spread,
    start,
    wait_until_gone,
)

KILLS = 20
CHAIN = 5  # kills in a row before a run is let through


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> Crashes:
    return Crashes.prepare(tmp_path_factory.mktemp("crash"))


def test_the_points_cover_every_stage_and_kind_of_write(crashes: Crashes) -> None:
    kinds = {point.split()[0] for point in crashes.points}
    assert kinds >= {"open", "fsync", "rename", "remove", "mkdir", "sql"}
    met = "\n".join(crashes.points)
    for place in (
        "raw_files",
        "articles",
        "article_clusters",
        "dedupe_index",
        "claims",
        "event_claims",
        "runs",
    ):
        assert place in met
    for place in ("sql COMMIT", "sql force checkpoint", "rename build.duckdb", "published.json"):
        assert place in met


def test_a_run_killed_at_any_point_is_made_good_by_the_next(crashes: Crashes, tmp_path: Path) -> None:
    """Twenty kills over all points, five in a row on one warehouse, then a run that is let through."""
    killed: list[str] = []
    for number, first in enumerate(spread(len(crashes.points), KILLS // CHAIN, seed=7)):
        site = crashes.base.copy(tmp_path / str(number))
        left = len(crashes.points)
        at = first
        for at_next in [*spread(left, CHAIN - 1, seed=number), 0]:
            killed.append(crashes.kill(site, at=at))
            # What the killed run had finished is not done again: later runs have fewer points.
            left = max(left - at, 10)
            at = at_next % left
        crashes.recover(site)
    assert len([point for point in killed if point]) >= KILLS - 2, killed


def test_a_run_killed_after_it_published_is_not_published_twice_differently(
    crashes: Crashes, tmp_path: Path
) -> None:
    """Between the new file and the note of what it was made of: the next run must see that it need not trust it."""
    at = next(
        number for number, point in enumerate(crashes.points) if point.startswith("rename published.json")
    )
    site = crashes.base.copy(tmp_path / "site")
    assert "published.json" in crashes.kill(site, at=at)
    assert published_states(site) != crashes.before
    crashes.recover(site)


def test_dbt_ends_with_the_run_that_started_it(crashes: Crashes, tmp_path: Path) -> None:
    """Only the run is killed; a dbt that lived on would write into the build of the next run."""
    site = crashes.base.copy(tmp_path / "site")
    run = start(site)
    dbt = None
    deadline = time.monotonic() + 120
    while dbt is None and time.monotonic() < deadline:
        dbt = next((pid for pid in _children(run.pid) if b"niaga-dbt" in _command(pid)), None)
        time.sleep(0.02)
    assert dbt is not None, "dbt never started"
    run.kill()
    assert wait_until_gone(dbt, seconds=10)
    crashes.recover(site)


def test_a_killed_run_does_not_hold_the_schedule_up(crashes: Crashes, tmp_path: Path) -> None:
    """Dagster starts no run while one is under way: a dead one must not count as such for ever."""
    at = next(number for number, point in enumerate(crashes.points) if "tables/claims" in point)
    site = crashes.base.copy(tmp_path / "site")
    crashes.kill(site, at=at)
    assert _runs(site).count("STARTED") == 1
    crashes.recover(site)
    assert "STARTED" not in _runs(site)
    assert _runs(site).count("FAILURE") == 1


RUNS = """
import json, sys
import dagster as dg
with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
    print(json.dumps([run.status.value for run in instance.get_runs()]))
"""


def _runs(site: Site) -> list[str]:
    home = str(site.warehouse / "dagster")
    shown = subprocess.run(
        [sys.executable, "-c", RUNS, home], env=os.environ | {"DAGSTER_HOME": home},
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
    """No file may grow beyond some kilobytes: writing fails as it does on a full disk."""
    for number, kilobytes in enumerate((6, 200, 700)):
        site = crashes.base.copy(tmp_path / str(number))
        code, messages = start(site, limit_bytes=kilobytes * 1024).finish()
        assert code == 1, messages
        assert "Traceback" not in messages
        assert "room" in messages
        assert published_states(site) == crashes.before
        crashes.recover(site)


def test_a_full_disk_while_copying_leaves_no_half_part(crashes: Crashes, tmp_path: Path) -> None:
    site = crashes.base.copy(tmp_path / "site")
    start(site, limit_bytes=6 * 1024).finish()
    assert not [name for name in orphans(site) if name.endswith(".niaga-tmp")]


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


def test_files_dated_in_the_future_or_far_past_are_read_all_the_same(
    crashes: Crashes, tmp_path: Path
) -> None:
    """The clock was set back: a file is newer than now, and another one changed while its time went back."""
    site = crashes.base.copy(tmp_path / "site")
    now = time.time()
    for number, path in enumerate(sorted(site.raw.glob("*.txt"))):
        moment = now + 86_400 * 365 if number % 2 else 86_400.0
        os.utime(path, (moment, moment))
    crashes.recover(site)
