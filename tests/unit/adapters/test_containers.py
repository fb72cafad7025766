"""Every format a raw file may have, at any depth and compression, and everything that can be wrong inside one."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from pipelines.adapters import containers
from pipelines.adapters.containers import read_documents, sha256_of
from pipelines.stages.collect import CollectedArticle, RawDocument, Rejection, collect_document
from pipelines.stages.collect.raw import MetadataTree, parse_metadata
from pipelines.stages.collect.records import FieldTree, parse_fields

TEXT = "Pemerintah Kabupaten Contoh melepas ekspor {} ton kopi ke Jepang, kata bupati di pelabuhan itu, Senin (4/3/2024)."
ROWS = [
    {
        "url": f"https://suara.example.org/{n}",
        "title": f"Ekspor kopi ke-{n} dilepas bupati",
        "text": TEXT.format(n),
    }
    for n in (1, 2, 3)
]
NOTHING = MetadataTree({})


def table(separator: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, ROWS[0], delimiter=separator)
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue().encode()


def parquet() -> bytes:
    out = io.BytesIO()
    pl.DataFrame(ROWS).write_parquet(out)
    return out.getvalue()


PAGE = (
    "<html><head><title>Ekspor kopi dilepas</title></head>"
    f"<body><h1>Ekspor kopi dilepas</h1><p>{TEXT.format(1)}</p></body></html>"
)
CONTENTS = {
    "a.txt": (TEXT.format(1) + "\n").encode(),
    "a.md": f"# Ekspor kopi\n\n**{TEXT.format(1)}**\n".encode(),
    "a.html": PAGE.encode(),
    "a.json": json.dumps(ROWS).encode(),
    "b.json": json.dumps({"total": 3, "articles": ROWS}).encode(),
    "a.jsonl": "".join(json.dumps(row) + "\n" for row in ROWS).encode(),
    "a.ndjson": "\n\n".join(json.dumps(row) for row in ROWS).encode(),
    "a.csv": table(","),
    "b.csv": table(";"),
    "a.tsv": table("\t"),
    "a.parquet": parquet(),
}
RECORDS = {name: 1 if name.split(".")[1] in {"txt", "md", "html"} else 3 for name in CONTENTS}


def pack(name: str, content: bytes, how: str) -> tuple[str, bytes]:
    if how == "gz":
        return f"{name}.gz", gzip.compress(content)
    if how == "zst":
        return f"{name}.zst", zstandard.ZstdCompressor().compress(content)
    if how == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(f"dalam/{name}", content)
        return f"{name}.zip", out.getvalue()
    return name, content


def read(folder: Path, name: str, content: bytes, *, start: int = 0, fields: bytes | None = None):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    mapping = parse_fields("fields.yml", fields)[0] if fields else FieldTree({}).of(name)
    return list(read_documents(folder, name, metadata=NOTHING, fields=mapping, start=start))


def outcomes(folder: Path, name: str, content: bytes, **more):
    found = [item.document for item in read(folder, name, content, **more)]
    return [one if isinstance(one, Rejection) else collect_document(one) for one in found]


def problems(folder: Path, name: str, content: bytes, **more) -> list[tuple[str, str | None]]:
    found = outcomes(folder, name, content, **more)
    return [(one.reason_code, one.raw_locator) for one in found if isinstance(one, Rejection)]


@pytest.mark.parametrize("how", ["plain", "gz", "zst", "zip"])
@pytest.mark.parametrize("name", CONTENTS)
def test_every_format_in_every_compression_gives_its_articles(tmp_path: Path, name: str, how: str) -> None:
    packed, content = pack(name, CONTENTS[name], how)
    articles = outcomes(tmp_path, f"2024/{packed}", content)
    assert len(articles) == RECORDS[name]
    assert all(isinstance(article, CollectedArticle) for article in articles), articles
    for number, article in enumerate(articles, start=1):
        assert TEXT.format(number) in article.text
        assert (article.raw_locator is None) == (RECORDS[name] == 1 and how != "zip")
    if RECORDS[name] == 3:
        assert [article.url for article in articles] == [row["url"] for row in ROWS]
        assert [article.title for article in articles] == [row["title"] for row in ROWS]


@pytest.mark.parametrize("how", ["plain", "gz", "zip"])
@pytest.mark.parametrize("name", ["a.json", "a.jsonl", "a.csv", "a.parquet"])
def test_a_reading_goes_on_behind_any_record(tmp_path: Path, name: str, how: str) -> None:
    packed, content = pack(name, CONTENTS[name], how)
    whole = read(tmp_path, packed, content)
    for number, item in enumerate(whole):
        assert read(tmp_path, packed, content, start=item.resume_at) == whole[number + 1 :]


def test_the_id_of_a_record_without_address_does_not_depend_on_its_place(tmp_path: Path) -> None:
    lines = [json.dumps({"isi": TEXT.format(n)}) for n in (1, 2)]
    before = {a.text: a.article_id for a in outcomes(tmp_path, "a.jsonl", "\n".join(lines).encode())}
    after = {a.text: a.article_id for a in outcomes(tmp_path, "a.jsonl", "\n".join(lines[::-1]).encode())}
    assert before == after
    assert len(set(before.values())) == 2


def test_fields_yml_names_their_fields(tmp_path: Path) -> None:
    row = {
        "naskah": TEXT.format(7),
        "kepala": "Ekspor kopi ketujuh dilepas",
        "terbit": "Senin, 4 Maret 2024",
        "kanal": "Suara X",
    }
    fields = b"text: naskah\ntitle: kepala\npublished: [muat, terbit]\nsource: kanal\n"
    (article,) = outcomes(tmp_path, "a.jsonl", json.dumps(row).encode(), fields=fields)
    assert (article.title, article.published, article.outlet) == (
        "Ekspor kopi ketujuh dilepas",
        "2024-03-04",
        "Suara X",
    )


@pytest.mark.parametrize(
    "content", [b"text: [", b"- text", b"\xff\xfe", b"text: 3", b"naskah: text"],
    ids=["no yaml", "a list", "no utf-8", "a number", "unknown field"],
)  # fmt: skip
def test_a_wrong_fields_yml_is_told_and_the_usual_names_hold(content: bytes) -> None:
    mapping, told = parse_fields("fields.yml", content)
    assert [problem.reason_code for problem in told] == ["fields_wrong"]
    assert mapping.value({"isi": "x"}, "text") == "x"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024-03-04", "2024-03-04"),
        ("2024-03-03T23:30:00Z", "2024-03-04"),
        ("2024-03-04T00:30:00+08:00", "2024-03-04"),
        ("Mon, 04 Mar 2024 10:20:00 +0700", "2024-03-04"),
        ("Senin, 4 Maret 2024 | 10:20 WIB", "2024-03-04"),
        (2024, "2024"),
        ("kemarin", None),
        (None, None),
    ],
)
def test_dates_of_records_are_read_as_exports_print_them(
    tmp_path: Path, value: object, expected: str | None
) -> None:
    row = {"text": TEXT.format(1).replace(", Senin (4/3/2024)", ""), "date": value}
    (article,) = outcomes(tmp_path, "a.json", json.dumps(row).encode())
    assert article.published == expected


def test_stamps_of_parquet_are_dates(tmp_path: Path) -> None:
    out = io.BytesIO()
    pl.DataFrame({"text": [TEXT.format(1)], "date": [datetime(2024, 3, 3, 23, tzinfo=UTC)]}).write_parquet(
        out
    )
    (article,) = outcomes(tmp_path, "a.parquet", out.getvalue())
    assert article.published == "2024-03-04"


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.jsonl", b'{"text": 1}\n{"x": 2}\nnot json\n[1]\n', [
            ("record_unreadable", "record 1"), ("fields_missing", "record 2"),
            ("record_unreadable", "record 3"), ("record_unreadable", "record 4"),
        ]),
        ("a.json", b"{", [("damaged", None)]),
        ("a.json", b"[" * 200_000, [("damaged", None)]),
        ("a.json", b"3", [("damaged", None)]),
        ("a.json", b"[" + b"{}," * 5_000_001 + b"{}]", [("damaged", None)]),
        ("a.csv", b"judul,tanggal\nx,2024\n", [("fields_missing", "row 1")]),
        ("a.csv", b"", []),
        ("a.parquet", b"PAR1 but no more", [("damaged", None)]),
        ("a.txt.gz", b"no gzip at all", [("damaged", None)]),
        ("a.txt.gz", gzip.compress(b"x" * 9000)[:-9], [("damaged", None)]),
        ("a.txt.zst", b"no zstd at all", [("damaged", None)]),
        ("a.zip", b"PK no zip", [("damaged", None)]),
        ("a.jsonl", b'{"text": "' + b"x" * 30, [("record_unreadable", "record 1")]),
    ],
    ids=[
        "wrong lines", "cut json", "nested json", "a number", "values", "no text column", "no header", "no parquet",
        "no gzip", "cut gzip", "no zstd", "no zip", "cut line",
    ],
)  # fmt: skip
def test_what_is_wrong_inside_a_file_is_told_with_its_place(
    tmp_path: Path, name: str, content: bytes, expected
) -> None:
    assert problems(tmp_path, name, content) == expected


def test_records_before_the_damage_are_kept_and_the_place_is_told(tmp_path: Path) -> None:
    noise = random.Random(1)
    lines = [
        json.dumps({"text": f"{TEXT.format(n)} {noise.randbytes(300).hex()}"}) + "\n" for n in range(1, 400)
    ]
    packed = gzip.compress("".join(lines).encode())
    found = [item.document for item in read(tmp_path, "a.jsonl.gz", packed[: len(packed) // 2])]
    assert len(found) > 100
    assert all(isinstance(document, RawDocument) for document in found[:-1])
    assert (found[-1].reason_code, found[-1].raw_locator) == ("damaged", f"after {len(found) - 1}")


def test_a_line_of_50_mb_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    content = b'{"text": "' + b"x" * 50_000_000 + b'"}\n' + json.dumps(ROWS[0]).encode()
    found = outcomes(tmp_path, "a.jsonl", content)
    assert [getattr(one, "reason_code", None) for one in found] == ["too_large", None]


def test_a_legacy_code_page_in_a_table_is_decoded_text_by_text(tmp_path: Path) -> None:
    legacy = TEXT.format(1).encode() + b" Caf\xe9 di Takengon menyambutnya."
    content = b'text\n"' + legacy + b'"\n"' + TEXT.format(2).encode() + b'"\n'
    first, second = outcomes(tmp_path, "a.csv", content)
    assert "Café di Takengon" in first.text
    assert second.text == TEXT.format(2)


# ---- zip


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "name", ["../../evil.txt", "/etc/evil.txt", "a/../../evil.txt", "..\\evil.txt", "C:\\evil.txt"]
)
def test_no_name_in_a_zip_leads_out_of_it(tmp_path: Path, name: str) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    before = sorted(tmp_path.rglob("*"))
    content = zipped(**{name: TEXT.format(1).encode(), "a.txt": TEXT.format(2).encode()})
    found = outcomes(raw, "x.zip", content)
    assert [getattr(one, "reason_code", "read") for one in found] == ["unsafe_member_name", "read"]
    assert sorted(tmp_path.rglob("*")) == sorted([*before, raw / "x.zip"]), "reading unpacks nothing"


@pytest.mark.parametrize("name", [".", ""])
def test_a_member_without_a_name_is_told_and_the_others_are_read(tmp_path: Path, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        nameless = zipfile.ZipInfo("x.txt")
        archive.writestr(nameless, TEXT.format(1))
        nameless.filename = name  # the directory at the end of the file is written with it
        archive.writestr("b.txt", TEXT.format(2))
    first, second = outcomes(tmp_path, "a.zip", out.getvalue())
    assert (first.reason_code, second.text) == ("unsafe_member_name", TEXT.format(2))


def test_members_that_are_not_read_are_told_by_name(tmp_path: Path) -> None:
    content = zipped(
        **{"a.docx": b"x", "in.zip": zipped(a=b"x"), "b.txt": TEXT.format(1).encode(), "metadata.csv": b"x"}
    )
    found = outcomes(tmp_path, "x.zip", content)
    assert [getattr(one, "reason_code", one.raw_locator) for one in found] == [
        "unsupported_format", "unsupported_format", "member b.txt",
    ]  # fmt: skip


def test_an_encrypted_member_is_told(tmp_path: Path) -> None:
    content = bytearray(zipped(**{"a.txt": TEXT.format(1).encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    assert problems(tmp_path, "x.zip", bytes(content)) == [("encrypted", "member a.txt")]


def test_metadata_csv_beside_a_zip_speaks_of_its_members(tmp_path: Path) -> None:
    rows = parse_metadata(
        "metadata.csv", b"article_id,url,published,source\na,https://x.example/1,2024-03-04,Suara X\n"
    )
    (tmp_path / "x.zip").write_bytes(zipped(**{"dalam/a.txt": TEXT.format(1).encode()}))
    tree = MetadataTree.build([("metadata.csv", rows)])
    (item,) = read_documents(tmp_path, "x.zip", metadata=tree, fields=FieldTree({}).of("x.zip"))
    assert item.document.metadata.url == "https://x.example/1"


# ---- bombs


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(containers, "_RATIO_FROM", 1_000_000)


@pytest.mark.parametrize("how", ["gz", "zst", "zip"])
def test_a_decompression_bomb_is_stopped(tmp_path: Path, small_limits: None, how: str) -> None:
    line = json.dumps({"text": "ekspor " * 1000}).encode() + b"\n"
    packed, content = pack("a.jsonl", line * 20_000, how)
    found = [item.document for item in read(tmp_path, packed, content)]
    assert isinstance(found[-1], Rejection)
    assert found[-1].reason_code == "decompression_bomb"
    assert len(found) < 10_000


def test_a_column_of_one_repeated_text_is_stopped(tmp_path: Path) -> None:
    texts = pa.DictionaryArray.from_arrays(pa.array([0] * 1000, pa.int32()), pa.array(["a" * 15_000_000]))
    out = io.BytesIO()
    pq.write_table(pa.table({"text": texts}), out, compression="zstd")
    assert len(out.getvalue()) < 100_000  # 15 GB
    found = [item.document for item in read(tmp_path, "a.parquet", out.getvalue())]
    assert isinstance(found[-1], Rejection)
    assert found[-1].reason_code == "damaged"
    assert len(found) < 10


def test_a_list_of_millions_in_a_row_is_stopped(tmp_path: Path) -> None:
    out = io.BytesIO()
    pq.write_table(pa.table({"text": pa.array([[0] * 1_000_001], pa.list_(pa.int8()))}), out)
    assert problems(tmp_path, "a.parquet", out.getvalue()) == [("damaged", None)]


def test_a_fault_in_reading_a_file_is_named_and_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise IndexError("a fault of ours")

    monkeypatch.setattr(containers, "read_records", fail)
    assert problems(tmp_path, "a.csv", CONTENTS["a.csv"]) == [("collect_failed", None)]


def test_a_document_is_read_no_further_than_its_limit(tmp_path: Path) -> None:
    assert problems(tmp_path, "a.txt.gz", gzip.compress(b"a " * 25_000_000)) == [("too_large", None)]


def test_a_file_that_went_is_told_and_not_raised(tmp_path: Path) -> None:
    (item,) = read_documents(tmp_path, "gone.txt", metadata=NOTHING, fields=FieldTree({}).of("gone.txt"))
    assert isinstance(item.document, Rejection)
    assert item.document.reason_code == "vanished"
    assert isinstance(sha256_of(tmp_path, "gone.txt"), Rejection)


def test_a_document_carries_its_bytes_as_received(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "a.txt", b"\xff\x00\r\n")
    assert isinstance(item.document, RawDocument)
    assert item.document.content == b"\xff\x00\r\n"
