"""`niaga query` ends in time and within its memory, also where the engine looks neither at its clock nor its counter."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from pipelines.cli.limits import parse_size
from tests.support.command import niaga


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("warehouse")
    with duckdb.connect(str(folder / "niaga.duckdb")) as connection:
        connection.execute("create table t as select 1 as a")
    return folder


@pytest.mark.parametrize(
    "sql",
    [
        "select length(repeat('x', 4000000000))",  # one string of 4 GB, which DuckDB does not count
        "select list(range) from range(1000000000)",
        "select string_agg(repeat('x', 1000000), '') from range(100000)",
    ],
)
def test_too_much_memory_is_a_message(warehouse: Path, sql: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    result = niaga("query", sql, "--memory", "300MB", "--timeout", "60", warehouse=warehouse)
    assert (result.returncode, result.stdout) == (1, "")
    assert "emory" in result.stderr
    assert "Traceback" not in result.stderr
    most = max(before, 2_600_000)  # kilobytes: the limit and the room beside it
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss <= most


@pytest.mark.parametrize(
    "sql",
    [
        "with recursive t(a) as (select 1 union all select a + 1 from t) select max(a) from t",
        "select count(*) from range(100000000) a, range(100000000) b where (a.range * b.range) % 7 = 3",
    ],
)
def test_too_much_time_is_a_message(warehouse: Path, sql: str) -> None:
    started = time.monotonic()
    result = niaga("query", sql, "--timeout", "1", warehouse=warehouse)
    assert result.returncode == 1
    assert "the query took more than 1 s" in " ".join(result.stderr.split())
    assert time.monotonic() - started < 30


def test_what_heeds_no_interrupt_ends_with_the_process() -> None:
    code = "import time; from pipelines.cli.limits import end_process_after\n"
    code += "with end_process_after(0.1, 'too long'): time.sleep(60)"
    started = time.monotonic()
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (1, "niaga: too long\n")
    assert time.monotonic() - started < 30


def test_a_size_that_is_none_is_wrong_usage_and_said_so(warehouse: Path) -> None:
    result = niaga("query", "from t", "--memory", "lots", warehouse=warehouse)
    assert result.returncode == 1
    assert "write 512MB or 2GB" in " ".join(result.stderr.split())


def test_sizes_are_read_as_duckdb_reads_them() -> None:
    assert [parse_size(text) for text in ("512MB", "2 GiB", "1.5k", "7")] == [512_000_000, 2 * 2**30, 1500, 7]
