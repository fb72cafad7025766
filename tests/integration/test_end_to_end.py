"""The whole way, as a user goes it: files in a folder, `niaga run`, `niaga query`; then again, and again with news.

The steps build on each other, in the order of this file: one warehouse lives through the module.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.settings import PROJECT_DIR
from tests.support.command import NIAGA, ask, niaga

SEEDS = sorted((PROJECT_DIR / "data" / "raw").glob("*.txt"))
# Bad input of every kind, and the reason it must be rejected for.
BAD_FILES = {
    "bad/empty.txt": (b"", "empty"),
    "bad/spaces.txt": (b" \n\t\n", "empty"),
    "bad/binary.txt": (bytes(range(256)) * 40, "binary"),
    "bad/undecodable.txt": (b"\x81\x8d\x8f\x90\x9d " * 200, "undecodable"),
    "bad/page.docx": (b"PK", "unsupported_format"),
    "bad/short.txt": (b"Ekspor naik.", "no_text"),
}
BROKEN_UTF8 = b"Pemerintah Kota Bandung menargetkan nilai ekspor tahun 2023 sebesar US$ 120 juta. " + (
    b"Hal itu dikatakan pejabat \xff di kota itu pada acara pembukaan pelatihan ekspor bagi pelaku usaha."
)
SECRET = "s3cr3t-of-the-environment"
METADATA = (
    "article_id,url,published,source,editor\n"
    f"{SEEDS[0].stem},https://suara.example.org/satu,2020-09-09,Suara Contoh,Budi\n"
    f"{SEEDS[1].stem},https://suara.example.org/dua,31/02/2020,Suara Contoh,Budi\n"
)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("raw")
    for seed in SEEDS:
        (folder / seed.name).write_bytes(seed.read_bytes())
    for name, (content, _) in BAD_FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    with (folder / "bad" / "line.txt").open("wb") as stream:
        stream.write(b"a " * 25_000_000)
    (folder / "bad" / "broken_utf8.txt").write_bytes(BROKEN_UTF8)
    (folder / "bad" / "gone.txt").symlink_to(folder / "nowhere.txt")
    (folder / "metadata.csv").write_text(METADATA)
    return folder


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data") / "warehouse"


@pytest.fixture(scope="module")
def first_run(raw: Path, warehouse: Path) -> subprocess.CompletedProcess[str]:
    return niaga(
        "run", "--raw-dir", raw, "--warehouse-dir", warehouse, env={"NIAGA_TOKEN": SECRET, "PASSWORD": SECRET}
    )


def contents(warehouse: Path) -> dict[str, str]:
    """A hash of every row of every published table."""
    with duckdb.connect(str(warehouse / "niaga.duckdb"), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        return {
            f"{schema}.{table}": hashlib.sha256(
                str(connection.execute(f"select * from {schema}.{table} order by all").fetchall()).encode()
            ).hexdigest()
            for schema, table in tables
        }


def test_the_first_run_publishes_and_says_what_it_did(first_run, warehouse: Path) -> None:
    assert first_run.returncode == 0, first_run.stderr
    assert f"Published {warehouse}/niaga.duckdb" in first_run.stdout
    assert "6 articles in 6 clusters" in first_run.stdout
    assert "rejected; `niaga status` lists them" in first_run.stdout
    for step in ("collect", "dedupe", "extract", "resolve", "dbt", "publish"):
        assert f"  {step} " in first_run.stderr


def test_every_bad_file_has_its_reason_and_the_others_landed(first_run, warehouse: Path) -> None:
    found = {row["raw_path"]: row["reason_code"] for row in ask("select * from core.rejects", warehouse)}
    expected = {name: reason for name, (_, reason) in BAD_FILES.items()}
    assert found.items() >= (expected | {"bad/line.txt": "too_large", "bad/gone.txt": "vanished"}).items()
    landed = {row["raw_path"] for row in ask("select raw_path from core.articles", warehouse)}
    assert landed == {*(seed.name for seed in SEEDS), "bad/broken_utf8.txt"}


def test_wrong_metadata_is_reported_and_the_rest_of_it_is_used(first_run, warehouse: Path) -> None:
    reasons = {
        (row["reason_code"], row["detail"].partition(":")[0])
        for row in ask("select * from core.rejects where raw_path = 'metadata.csv'", warehouse)
    }
    assert {reason for reason, _ in reasons} == {"metadata_wrong_date", "metadata_unknown_column"}
    rows = {
        row["raw_path"]: row
        for row in ask("select raw_path, url, published, outlet from core.articles", warehouse)
    }
    assert rows[SEEDS[0].name] == {
        "raw_path": SEEDS[0].name, "url": "https://suara.example.org/satu",
        "published": "2020-09-09", "outlet": "Suara Contoh",
    }  # fmt: skip
    assert rows[SEEDS[1].name]["url"] == "https://suara.example.org/dua"


def test_every_claim_is_proved_by_a_quote_of_its_article(first_run, warehouse: Path) -> None:
    wrong = ask(
        "select claim_id from core.claims join core.articles using (article_id) "
        "where substr(text, (quote_start + 1)::bigint, (quote_end - quote_start)::bigint) is distinct from quote",
        warehouse,
    )
    assert wrong == []
    unproved = ask(
        "select count(*) as n from marts.bridge_event_claims where quote is null or quote = '' "
        "union all select count(*) from marts.bridge_event_claims",
        warehouse,
    )
    assert unproved[0]["n"] == 0
    assert unproved[1]["n"] > 10


def test_the_run_is_on_record(first_run, warehouse: Path) -> None:
    (run,) = ask("select * from core.runs", warehouse)
    assert (run["n_new_articles"], run["n_articles"], run["n_clusters"]) == (6, 6, 6)
    assert json.loads((warehouse / "published.json").read_text())["run_id"] == run["run_id"]


def test_the_run_log_has_every_step_with_the_id_of_its_run_and_no_secret(first_run, warehouse: Path) -> None:
    text = (warehouse / "logs" / "niaga.jsonl").read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    (run,) = ask("select run_id from core.runs", warehouse)
    assert {line["run_id"] for line in lines} == {run["run_id"]}
    assert [line["event"] for line in lines[:1] + lines[-1:]] == ["run_started", "run_ended"]
    assert {line["step"] for line in lines if line["event"] == "step_done"} >= {
        "collect",
        "extract",
        "dbt",
        "publish",
    }
    for path in [*(warehouse / "logs").iterdir(), *(warehouse / "dbt").glob("*.log")]:
        assert SECRET not in path.read_text("utf-8"), path


def test_the_second_run_finds_nothing_new_changes_no_row_and_says_so(
    first_run, raw: Path, warehouse: Path
) -> None:
    before, file_before = contents(warehouse), (warehouse / "niaga.duckdb").stat()
    second = niaga("run", "--raw-dir", raw, "--warehouse-dir", warehouse)
    assert second.returncode == 0, second.stderr
    assert second.stdout.startswith("Nothing new: no file was added or changed, no row changed")
    assert contents(warehouse) == before
    assert (warehouse / "niaga.duckdb").stat().st_ino == file_before.st_ino


def test_no_temporary_file_is_left(first_run, warehouse: Path) -> None:
    assert {path.name for path in warehouse.iterdir()} == {
        "dagster",
        "dbt",
        "dedupe_index",
        "logs",
        "niaga.duckdb",
        "published.json",
        "run.lock",
        "tables",
    }
    assert not list(warehouse.rglob("*.niaga-tmp"))


def test_status_shows_what_is_loaded_and_what_was_rejected(first_run, raw: Path, warehouse: Path) -> None:
    shown = niaga("status", "--raw-dir", raw, "--warehouse-dir", warehouse)
    assert shown.returncode == 0, shown.stderr
    assert "6 in 6 clusters" in shown.stdout
    assert "0 not read yet or changed" in shown.stdout
    assert "export_target" in shown.stdout
    assert "bad/binary.txt" in shown.stdout


@pytest.mark.parametrize(
    "sql", ["select 1 as a union all select 2 order by 1", "from (values (1), (2)) t(a) order by a"]
)
def test_query_prints_the_same_rows_in_each_format(first_run, warehouse: Path, sql: str) -> None:
    as_json = niaga("query", sql, "--format", "json", warehouse=warehouse).stdout
    as_csv = niaga("query", sql, "--format", "csv", warehouse=warehouse).stdout
    as_table = niaga("query", sql, warehouse=warehouse).stdout
    assert json.loads(as_json) == [{"a": 1}, {"a": 2}]
    assert list(csv.reader(io.StringIO(as_csv))) == [["a"], ["1"], ["2"]]
    assert [line.strip() for line in as_table.splitlines() if line.strip(" ─")] == ["a", "1", "2", "2 rows"]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("select * from nowhere", "nowhere does not exist"),
        ("drop table core.articles", "read-only"),
        ("copy core.articles to '/tmp/x.csv'", "disabled"),
        ("select * from read_text('/etc/hostname')", "disabled"),
        ("set memory_limit = '1TB'", "locked"),
    ],
)
def test_a_query_that_may_not_be_fails_with_exit_1_and_a_message(
    first_run, warehouse: Path, sql: str, message: str
) -> None:
    result = niaga("query", sql, warehouse=warehouse)
    assert (result.returncode, result.stdout) == (1, "")
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_an_article_cannot_write_escape_sequences_to_the_terminal(first_run, warehouse: Path) -> None:
    for format_ in ("table", "csv", "json"):
        shown = niaga(
            "query",
            "select chr(27) || ']0;owned' || chr(7) || chr(8238) as t",
            "--format",
            format_,
            warehouse=warehouse,
        )
        assert shown.returncode == 0
        assert not set(shown.stdout) & {"\x1b", "\x07", "\u202e"}


def test_a_cell_that_a_spreadsheet_would_run_is_defused_in_csv_only(first_run, warehouse: Path) -> None:
    sql = "select '=cmd|x' as a, '-5 persen' as b, -5 as c"
    assert (
        niaga("query", sql, "--format", "csv", warehouse=warehouse).stdout == "a,b,c\n'=cmd|x,'-5 persen,-5\n"
    )
    assert ask(sql, warehouse) == [{"a": "=cmd|x", "b": "-5 persen", "c": -5}]


READER = """
import sys
import duckdb
path = sys.argv[1]
seen = set()
for line in sys.stdin:
    with duckdb.connect(path, read_only=True) as connection:
        articles, runs, torn = connection.execute(
            "select (select count(*) from core.articles), (select count(*) from core.runs), "
            "(select count(*) from marts.bridge_event_claims anti join core.claims using (claim_id))"
        ).fetchone()
    print(articles, runs, torn, flush=True)
"""


def test_queries_work_while_a_run_writes_and_see_whole_states_only(
    first_run, raw: Path, warehouse: Path
) -> None:
    (raw / "new").mkdir()
    (raw / "new" / "shoes.txt").write_text(
        "Ekspor sepatu ke Jepang\n\nKabupaten Bogor melepas ekspor 2.500 pasang sepatu kulit ke Jepang pada "
        "Senin (4/3/2024). Nilai ekspor itu mencapai US$ 50.000, kata Bupati Bogor di Cibinong.\n"
    )
    run = subprocess.Popen(
        [NIAGA, "run", "--raw-dir", raw, "--warehouse-dir", warehouse], stderr=subprocess.PIPE
    )
    states = []
    reader = subprocess.Popen(
        [sys.executable, "-c", READER, warehouse / "niaga.duckdb"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert reader.stdin and reader.stdout and run.stderr
    # Read what the run says, so that it never waits for us.
    drain = threading.Thread(target=run.stderr.read, daemon=True)
    drain.start()
    while run.poll() is None:
        reader.stdin.write("look\n")
        reader.stdin.flush()
        states.append(tuple(map(int, reader.stdout.readline().split())))
    assert run.returncode == 0
    reader.stdin.write("look\n")
    reader.stdin.close()
    states.append(tuple(map(int, reader.stdout.readline().split())))
    assert reader.wait() == 0
    assert set(states) == {(6, 1, 0), (7, 2, 0)}
    assert states == sorted(states), "an older state came back"
    assert len(states) > 100


@pytest.mark.parametrize("name", [SEEDS[4].stem, SEEDS[4].name])
def test_clusters_shows_an_article_by_stem_and_by_path(first_run, warehouse: Path, name: str) -> None:
    shown = niaga("clusters", name, warehouse=warehouse)
    assert shown.returncode == 0, shown.stderr
    assert "1 article" in shown.stdout


def test_clusters_of_an_unknown_article_says_how_to_find_one(first_run, warehouse: Path) -> None:
    shown = niaga("clusters", "nobody", warehouse=warehouse)
    assert shown.returncode == 1
    assert "lists them" in " ".join(shown.stderr.split())


def test_only_the_new_article_was_read(first_run, warehouse: Path) -> None:
    runs = ask("select n_new_articles, n_articles from core.runs order by started_at", warehouse)
    assert runs == [{"n_new_articles": 6, "n_articles": 6}, {"n_new_articles": 1, "n_articles": 7}]


def test_a_run_of_another_warehouse_gives_the_same_rows(
    first_run, raw: Path, warehouse: Path, tmp_path: Path
) -> None:
    """From nothing, in another time zone and with another hash seed: the facts are the same."""
    environment = {"TZ": "America/New_York", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
    again = niaga("run", "--raw-dir", raw, "--warehouse-dir", tmp_path / "w", env=environment)
    assert again.returncode == 0, again.stderr
    facts = (
        "select claim_type, articles.raw_path, quote, quote_start, quote_end from marts.bridge_event_claims "
        "join core.articles using (article_id) order by all"
    )
    assert ask(facts, tmp_path / "w") == ask(facts, warehouse)


HOLDER = """
import sys, time
from pathlib import Path
from pipelines.adapters.lock import hold_lock
with hold_lock(Path(sys.argv[1]), what="a scheduled run"):
    print("held", flush=True)
    time.sleep(100)
"""


@pytest.fixture
def held_lock(warehouse: Path) -> Iterator[int]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, warehouse / "run.lock"], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    yield process.pid
    process.kill()
    process.wait()


def test_a_second_run_says_who_writes_and_exits_with_1(
    first_run, held_lock: int, raw: Path, warehouse: Path
) -> None:
    refused = niaga("run", "--raw-dir", raw, "--warehouse-dir", warehouse)
    assert refused.returncode == 1
    assert f"a scheduled run (process {held_lock}" in " ".join(refused.stderr.split())
    assert "running" in niaga("status", "--raw-dir", raw, "--warehouse-dir", warehouse).stdout


def test_a_missing_raw_folder_is_a_message_and_no_traceback(tmp_path: Path) -> None:
    result = niaga("run", "--raw-dir", tmp_path / "nowhere", "--warehouse-dir", tmp_path / "w")
    assert result.returncode == 1
    assert "does not exist; create it" in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_wrong_usage_exits_with_2() -> None:
    assert niaga("run", "--no-such-option").returncode == 2
    assert niaga("query").returncode == 2


def test_an_empty_raw_folder_in_an_oddly_named_place_publishes_empty_tables(tmp_path: Path) -> None:
    odd = tmp_path / "it's a folder"
    (odd / "raw").mkdir(parents=True)
    result = niaga("run", "--raw-dir", odd / "raw", "--warehouse-dir", odd / "w")
    assert result.returncode == 0, result.stderr
    assert ask("select count(*) as n from marts.fct_export_shipments", odd / "w") == [{"n": 0}]


def test_a_warehouse_folder_that_sql_would_take_for_a_pattern_is_refused(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    result = niaga("run", "--raw-dir", tmp_path / "raw", "--warehouse-dir", tmp_path / "w[1]")
    assert result.returncode == 1
    assert "choose another with --warehouse-dir" in " ".join(result.stderr.split())


@pytest.mark.skipif(
    os.geteuid() == 0, reason="root reads everything; tests/unit/adapters/test_readers.py covers it"
)
def test_an_unreadable_folder_is_a_reject(tmp_path: Path) -> None:
    closed = tmp_path / "raw" / "closed"
    closed.mkdir(parents=True)
    closed.chmod(0)
    niaga("run", "--raw-dir", tmp_path / "raw", "--warehouse-dir", tmp_path / "w")
    assert ask("select reason_code from core.rejects", tmp_path / "w") == [{"reason_code": "unreadable"}]
