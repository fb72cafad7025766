"""The published file: replaced in one step, and closed to everything but reading."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb
import polars as pl
import pytest

from pipelines.adapters.warehouse import publish, read_published, start_build
from pipelines.errors import NiagaError


def build(path: Path, value: int) -> None:
    start_build(path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema marts; create schema staging")
        connection.execute(f"create table marts.t as select {value} as value")
        connection.execute("create view staging.v as select * from marts.t")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    build(tmp_path / "build.duckdb", 1)
    publish(tmp_path / "build.duckdb", tmp_path / "niaga.duckdb")
    return tmp_path / "niaga.duckdb"


def test_the_next_version_takes_the_place_while_an_old_reader_keeps_its_own(published: Path) -> None:
    with read_published(published) as old:
        build(published.with_name("build.duckdb"), 2)
        publish(published.with_name("build.duckdb"), published)
        assert old.execute("select value from marts.t").fetchall() == [(1,)]
    with read_published(published) as new:
        assert new.execute("select value from marts.t").fetchall() == [(2,)]


def test_publishing_leaves_no_working_schema_and_no_other_file(published: Path) -> None:
    with read_published(published) as connection:
        schemas = connection.execute(
            "select distinct schema_name from duckdb_tables() union select distinct schema_name "
            "from duckdb_views() where not internal"
        ).fetchall()
    assert schemas == [("marts",)]
    assert [path.name for path in published.parent.iterdir()] == ["niaga.duckdb"]


def test_a_truncated_build_is_not_published(published: Path) -> None:
    broken = published.with_name("build.duckdb")
    broken.write_bytes(published.read_bytes()[:5000])
    with pytest.raises(NiagaError, match="cannot be opened"):
        publish(broken, published)
    with read_published(published) as connection:
        assert connection.execute("select value from marts.t").fetchall() == [(1,)]


def test_a_missing_build_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NiagaError, match="run `niaga run`"):
        publish(tmp_path / "build.duckdb", tmp_path / "niaga.duckdb")


def test_asking_before_anything_is_published_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NiagaError, match="run `niaga run` first"), read_published(tmp_path / "niaga.duckdb"):
        pass


ATTACKS = {
    "insert": "insert into marts.t values (9)",
    "drop": "drop table marts.t",
    "read a file": "select * from read_text('/etc/hostname')",
    "read a file by name": "select * from '/etc/hostname'",
    "list files": "select * from glob('/etc/*')",
    "read csv": "select * from read_csv('/etc/passwd')",
    "write a file": "copy marts.t to '{folder}/out.csv'",
    "export": "export database '{folder}/out'",
    "attach": "attach '{folder}/other.duckdb' as other",
    "attach the web": "attach 'https://x.example/a.duckdb' as other",
    "load an extension": "load httpfs",
    "install an extension": "install httpfs",
    "read another database": "from read_duckdb('{folder}/other.duckdb', table_name = 't')",
    "read by a name built at run time": "from query('from read_text(''/etc/hostname'')')",
    "read the environment": "from read_blob('/proc/self/environ')",
    "ask for a variable": "select getenv('HOME')",
    "read a variable of the program": "from seen_by_python",
    "read through a view": "create temp view v as from read_csv('/etc/passwd')",
    "read the web": "from 'http://127.0.0.1:9/x.csv'",
    "load a library": "load '{folder}/x.duckdb_extension'",
    "import": "import database '{folder}'",
    "log to a file": "call enable_logging(storage = 'file', storage_path = '{folder}/log')",
    "profile to a file": "pragma profiling_output = '{folder}/profile.json'",
    "more threads": "set global threads = 64",
    "look elsewhere for files": "set file_search_path = '/etc'",
    "read secrets": "from duckdb_secrets()",
    "forget a limit": "reset memory_limit",
    "second statement": "select 1; drop table marts.t",
    "overflow the stack": "select " + "(" * 50_000 + "1" + ")" * 50_000,
    "lift the lock": "set enable_external_access = true",
    "lift the memory limit": "set memory_limit = '100GB'",
    "change the temp folder": "set temp_directory = '{folder}'",
    "unlock": "set lock_configuration = false",
    "secret": "create secret s (type s3, key_id 'x', secret 'y')",
}


@pytest.mark.parametrize("sql", ATTACKS.values(), ids=ATTACKS.keys())
def test_sql_of_strangers_reaches_nothing_but_the_tables(published: Path, sql: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    seen_by_python = pl.DataFrame({"secret": [1]})
    assert seen_by_python.height
    with read_published(published) as connection, pytest.raises(duckdb.Error):
        connection.execute(sql.format(folder=tmp_path)).fetchall()
    assert sorted(tmp_path.rglob("*")) == before
    with read_published(published) as connection:
        assert connection.execute("select value from marts.t").fetchall() == [(1,)]


def test_a_query_that_takes_too_long_is_ended(published: Path) -> None:
    started = time.monotonic()
    with (
        pytest.raises(NiagaError, match="took more than"),
        read_published(published, seconds=0.5) as connection,
    ):
        connection.execute("select count(*) from range(100000000) a, range(100000000) b").fetchall()
    assert time.monotonic() - started < 30


def test_a_query_that_wants_too_much_memory_fails_alone(published: Path) -> None:
    with read_published(published, memory="50MB") as connection, pytest.raises(duckdb.Error):
        connection.execute("select list(i) from range(100000000) t(i)").fetchall()
