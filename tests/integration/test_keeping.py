"""The commands that keep a warehouse, on a real one: export, doctor, forget; the steps build on each other."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from pipelines.adapters.lock import hold_lock
from pipelines.adapters.tables import TableStore
from pipelines.adapters.versions import stage_version
from pipelines.contracts.ids import text_sha256
from pipelines.contracts.runs import EXTRACTIONS
from pipelines.contracts.tables import CLAIMS
from pipelines.settings import PROJECT_DIR
from pipelines.stages.collect import RawDocument, RawMetadata, Rejection, collect_document
from tests.support.command import ask, niaga

SEEDS = sorted((PROJECT_DIR / "data" / "raw").glob("*.txt"))
ALONE = (
    "Ekspor sepatu ke Jepang\n\nKabupaten Bogor melepas ekspor 2.500 pasang sepatu kulit ke Jepang pada Senin "
    "(4/3/2024). Nilai ekspor itu mencapai US$ 50.000, kata Bupati Bogor di Cibinong.\n"
)
TOLD_TWICE = (
    "Kota Semarang menargetkan nilai ekspor tahun 2024 sebesar US$ 120 juta. Hal itu dikatakan kepala dinas "
    "perdagangan setempat pada pembukaan pelatihan bagi pelaku usaha di balai kota.\n"
)
METADATA = (
    "article_id,url,published,source\n"
    "alone,https://satu.example.org/sepatu,2024-03-05,Harian Satu\n"
    "twice,https://satu.example.org/target,2024-01-05,Harian Satu\n"
    "other,https://dua.example.org/target,2024-01-05,Harian Dua\n"
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keeping")
    (folder / "raw").mkdir()
    for seed in SEEDS[:2]:
        shutil.copy2(seed, folder / "raw")
    (folder / "raw" / "alone.txt").write_text(ALONE)
    (folder / "raw" / "twice.txt").write_text("Target ekspor\n\n" + TOLD_TWICE)
    (folder / "raw" / "other.txt").write_text("Semarang kejar target\n\n" + TOLD_TWICE)
    (folder / "raw" / "metadata.csv").write_text(METADATA)
    result = command(folder, "run")
    assert result.returncode == 0, result.stderr
    return folder


def command(
    home: Path, *arguments: str | Path, within: Sequence[str] = (), **env: str
) -> subprocess.CompletedProcess[str]:
    return niaga(
        *arguments, raw=home / "raw", warehouse=home / "warehouse", within=within,
        env={"NIAGA_REVIEWS": str(home / "reviews.csv")} | env,
    )  # fmt: skip


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and not path.name.endswith(("-wal", "-shm"))  # SQLite's own log: it tidies as it closes
    }


def findings(result: subprocess.CompletedProcess[str]) -> dict[str, str]:
    """Check to verdict, from the lines of doctor."""
    lines = [line for line in result.stdout.splitlines() if line.strip() and not line.startswith(" ")]
    return {line[8:25].strip(): line[:8].strip() for line in lines}


def test_exports_of_two_fresh_environments_are_equal_byte_by_byte(home: Path, tmp_path: Path) -> None:
    """The same input, copied in another order; another time zone, locale and hash seed."""
    other = tmp_path / "other"
    (other / "raw").mkdir(parents=True)
    for path in sorted((home / "raw").iterdir(), reverse=True):
        shutil.copyfile(path, other / "raw" / path.name)
    strange = {"TZ": "America/New_York", "LC_ALL": "C", "PYTHONHASHSEED": "7", "LANG": "tr_TR.UTF-8"}
    result = command(other, "run", **strange)
    assert result.returncode == 0, result.stderr
    for folder, env in ((home, {}), (other, strange)):
        result = command(folder, "export", folder / "out", **env)
        assert result.returncode == 0, result.stderr
    mine, theirs = files(home / "out"), files(other / "out")
    assert len(mine) > 50
    assert {name for name in mine if mine[name] != theirs.get(name)} == set()
    assert mine.keys() == theirs.keys()


def test_every_published_column_is_in_the_dictionary(home: Path) -> None:
    package = json.loads((home / "out" / "datapackage.json").read_text("utf-8"))
    fields = [
        (resource["title"], field["name"], field["description"])
        for resource in package["resources"]
        for field in resource.get("schema", {}).get("fields", [])
    ]
    assert len(fields) > 300
    assert [field for field in fields if not field[2]] == []


def test_doctor_finds_nothing_in_a_sound_warehouse_and_changes_nothing(home: Path) -> None:
    before = files(home / "warehouse")
    result = command(home, "doctor")
    assert result.returncode == 0, result.stdout
    assert set(findings(result).values()) == {"ok"}
    assert len(findings(result)) == 15
    assert command(home, "doctor", "--quiet").stdout == ""
    assert files(home / "warehouse") == before


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def _break_evidence(folder: Path) -> None:
    with duckdb.connect(str(folder / "niaga.duckdb")) as connection:
        connection.execute("update core.claims set quote_start = quote_start + 1")


ILLS = {
    "stage tables": lambda folder: _flip(next((folder / "tables" / "claims").glob("*.parquet"))),
    "dedupe index": lambda folder: next((folder / "dedupe_index").glob("contents*.parquet")).unlink(),
    "evidence": _break_evidence,
    "run history": lambda folder: (folder / "dagster" / "schedules" / "schedules.db").write_bytes(
        b"x" * 5000
    ),
    "leftovers": lambda folder: (folder / "build.duckdb").write_bytes(b"half"),
    "published file": lambda folder: (folder / "niaga.duckdb").write_bytes(b"no database"),
    "clock": lambda folder: (folder / "published.json").write_text(
        (folder / "published.json").read_text().replace('"published_at": "2', '"published_at": "3')
    ),
}


@pytest.mark.parametrize("check", ILLS)
def test_doctor_names_what_is_wrong_and_what_to_do(home: Path, tmp_path: Path, check: str) -> None:
    shutil.copytree(home / "warehouse", tmp_path / "warehouse")
    ILLS[check](tmp_path / "warehouse")
    result = niaga(
        "doctor",
        "--quiet",
        raw=home / "raw",
        warehouse=tmp_path / "warehouse",
        env={"NIAGA_REVIEWS": str(tmp_path / "r")},
    )
    assert findings(result)[check] in {"wrong", "warning"}, result.stdout
    assert "→" in result.stdout
    assert result.returncode == ("wrong" in findings(result).values())


@pytest.fixture
def copied(home: Path, tmp_path: Path) -> Path:
    """The same warehouse in another place, with an article that it has not read."""
    shutil.copytree(home / "warehouse", tmp_path / "warehouse")
    shutil.copytree(home / "raw", tmp_path / "raw")
    (tmp_path / "raw" / "new.txt").write_text(ALONE.replace("sepatu", "tas"))
    return tmp_path


# The superuser may write anywhere; without these two rights it is bound by permissions like anybody else.
RIGHTS = "-dac_override,-dac_read_search"
ORDINARY = () if os.geteuid() else ("setpriv", f"--bounding-set={RIGHTS}", f"--inh-caps={RIGHTS}")


@pytest.mark.parametrize("closed", ["", "tables", "dagster"])
def test_a_folder_that_may_not_be_written_is_a_message_and_readers_keep_what_they_have(
    copied: Path, closed: str
) -> None:
    before = ask("from core.runs", copied / "warehouse")
    folders = [copied / "warehouse" / closed]
    folders += [path for path in folders[0].rglob("*") if path.is_dir()]
    for folder in folders:
        folder.chmod(0o555)
    try:
        result = command(copied, "run", within=ORDINARY)
        assert result.returncode == 1
        assert "may not be written" in " ".join(result.stderr.replace("\n", " ").split())
        assert "Traceback" not in result.stderr
        shown = findings(command(copied, "doctor", "--quiet", within=ORDINARY))
        assert shown["warehouse folder"] == "wrong"
        assert shown.get("run history", "ok") == "ok"
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert ask("from core.runs", copied / "warehouse") == before
    assert findings(command(copied, "doctor"))["stage tables"] == "ok"


def test_a_run_with_too_little_memory_ends_with_a_message_and_harms_nothing(copied: Path) -> None:
    before = ask("from core.runs", copied / "warehouse")
    result = command(copied, "run", NIAGA_BUILD_MEMORY="1MB")
    assert result.returncode == 1
    assert "too little memory" in " ".join(result.stderr.split()), result.stderr
    assert "Traceback" not in result.stderr
    assert ask("from core.runs", copied / "warehouse") == before
    assert findings(command(copied, "doctor"))["stage tables"] == "ok"


def test_a_run_waits_for_another_one_as_long_as_it_may(home: Path) -> None:
    lock = home / "warehouse" / "run.lock"
    with ThreadPoolExecutor(max_workers=1) as thread:
        with hold_lock(lock, what="another run"):
            waiting = thread.submit(command, home, "run", "--wait", "120")
            impatient = command(home, "run", "--wait", "1")
            assert impatient.returncode == 1
            assert "another run" in " ".join(impatient.stderr.split())
            assert not waiting.done()
        result = waiting.result()
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Nothing new")


def test_an_article_that_killed_its_readers_is_named_in_status_and_the_others_land(copied: Path) -> None:
    """Three runs died while they read it: so says the note that the quarantine keeps."""
    article = collect_document(
        RawDocument("new.txt", (copied / "raw" / "new.txt").read_bytes(), RawMetadata())
    )
    assert not isinstance(article, Rejection)
    note = {"version": stage_version("extract"), "deaths": {text_sha256(article.text): 3}}
    (copied / "warehouse" / "quarantine.json").write_text(json.dumps(note))
    (copied / "raw" / "another.txt").write_text(ALONE.replace("sepatu", "jaket"))
    result = command(copied, "run")
    assert result.returncode == 0, result.stderr
    claims = ask(
        "select distinct raw_path from core.claims join core.articles using (article_id)",
        copied / "warehouse",
    )
    read = {row["raw_path"] for row in claims}
    assert "another.txt" in read
    assert "new.txt" not in read
    status = command(copied, "status").stdout
    (line,) = [line for line in status.partition("poison")[2].splitlines() if line.startswith("new.txt")][:1]
    assert "killed_the_reader" in line
    assert "3 times" in line


def test_a_new_version_reads_again_and_says_what_changed(copied: Path) -> None:
    """The tables are made to look as if an older version had read them: a claim more, one less, one otherwise."""
    store = TableStore(copied / "warehouse" / "tables")
    extractions, claims = store.read(EXTRACTIONS), store.read(CLAIMS)
    old, most = pl.lit("0.0.1+old"), extractions.sort("claim_count")["article_id"][-1]
    store.replace(EXTRACTIONS, extractions.with_columns(extractor_version=old))
    mine = claims.filter(pl.col("article_id") == most).sort("quote_start")
    lost, turned = mine["claim_id"][0], mine["claim_id"][1]
    spare = mine.head(1).with_columns(claim_id=pl.lit("f" * 32))
    before = pl.concat([claims.filter(pl.col("claim_id") != lost), spare]).with_columns(
        extractor_version=old,
        speaker=pl.when(pl.col("claim_id") == turned).then(pl.lit("other")).otherwise("speaker"),
    )
    store.replace(CLAIMS, before.select(CLAIMS.columns))
    result = command(copied, "run")
    assert result.returncode == 0, result.stderr
    said = " ".join(result.stderr.split())
    assert f"{extractions.height} again by a new version: claims 1 added, 1 changed, 1 removed" in said
    rows = ask(
        "select * from marts.claim_changes join core.runs using (run_id) order by change_code",
        copied / "warehouse",
    )
    assert [(row["claim_id"], row["change_code"]) for row in rows] == [
        (lost, "added"), (turned, "changed"), ("f" * 32, "removed"),
    ]  # fmt: skip
    said_before, says_now = json.loads(rows[1]["detail"])["speaker"]
    assert (said_before, says_now) == ("other", mine["speaker"][1])
    assert {row["version_before"] for row in rows} == {"0.0.1+old"}
    assert {row["version_after"] for row in rows} == {row["extractor_version"] for row in rows}
    assert set(store.read(CLAIMS)["claim_id"]) > set(claims["claim_id"])  # and those of the new article


def test_forget_removes_an_article_and_what_rests_on_it_alone(home: Path) -> None:
    facts = "select distinct claim_type, line_id, article_id from marts.bridge_event_claims order by all"
    before = ask(facts, home / "warehouse")
    alone = _article(home, "alone.txt")
    twice = _article(home, "twice.txt")
    mine = {row["line_id"] for row in before if row["article_id"] == alone}
    assert mine, "the article states facts"
    both = {row["line_id"] for row in before if row["article_id"] == twice}
    assert both

    result = command(
        home, "forget", "https://satu.example.org/sepatu", "--yes", "--reason", "asked by its publisher"
    )
    assert result.returncode == 0, result.stderr
    assert f"{len(mine)} facts rested on it alone and are gone; 0 keep other sources" in result.stdout
    assert "still holds it; delete it" in " ".join(result.stderr.split())
    after = ask(facts, home / "warehouse")
    assert after == [row for row in before if row["article_id"] != alone]

    result = command(home, "forget", "twice", "--yes")
    assert result.returncode == 0, result.stderr
    assert "0 facts rested on it alone" in result.stdout
    kept = {row["line_id"] for row in ask(facts, home / "warehouse")}
    assert both <= kept, "the other outlet still tells it"


def test_nothing_of_a_forgotten_text_is_left_in_the_warehouse_folder(home: Path) -> None:
    """Parquet and the index hold texts compressed: read as what they are, not as bytes alone."""
    words = "2.500 pasang sepatu kulit"
    for path in (home / "warehouse").rglob("*"):
        if path.is_file():
            assert words.encode() not in path.read_bytes(), path
    for path in (home / "warehouse").rglob("*.parquet"):
        with duckdb.connect() as connection:
            rows = connection.execute("select * from read_parquet(?)", [str(path)]).fetchall()
        assert words not in str(rows), path
    with duckdb.connect(str(home / "warehouse" / "niaga.duckdb"), read_only=True) as connection:
        for schema, table in connection.execute(
            "select schema_name, table_name from duckdb_tables()"
        ).fetchall():
            assert words not in str(connection.execute(f"from {schema}.{table}").fetchall()), table


def test_a_forgotten_article_does_not_come_back(home: Path) -> None:
    """Not by its file, which is still there; not by a copy under a new name; not by another build."""
    (home / "raw" / "again").mkdir()
    (home / "raw" / "alone.txt").rename(home / "raw" / "again" / "renamed.txt")
    result = command(home, "run")
    assert result.returncode == 0, result.stderr
    assert ask("select 1 from core.articles where text like '%sepatu kulit%'", home / "warehouse") == []
    result = command(home, "run")
    assert result.stdout.startswith("Nothing new")


def test_forgetting_what_is_not_there_says_how_to_find_it(home: Path) -> None:
    result = command(home, "forget", "https://nowhere.example.org", "--yes")
    assert result.returncode == 1
    assert "lists them" in " ".join(result.stderr.split())


def _article(home: Path, raw_path: str) -> Any:
    (row,) = ask(f"select article_id from core.articles where raw_path = '{raw_path}'", home / "warehouse")
    return row["article_id"]
