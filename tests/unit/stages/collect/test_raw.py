"""metadata.csv as people really write it."""

from __future__ import annotations

import pytest

from pipelines.stages.collect import RawMetadata
from pipelines.stages.collect.raw import MetadataTree, parse_metadata

HEADER = b"article_id,url,published,source\n"


def codes(content: bytes) -> list[str]:
    return [problem.reason_code for problem in parse_metadata("metadata.csv", content).problems]


def test_a_plain_file_gives_its_rows() -> None:
    parsed = parse_metadata("metadata.csv", HEADER + b"a-1,https://x.example/1,2024-02-26,Suara X\n")
    assert parsed.rows == {"a-1": RawMetadata("https://x.example/1", "2024-02-26", "Suara X")}
    assert parsed.problems == ()


@pytest.mark.parametrize(
    ("printed", "kept"),
    [
        ("2024", "2024"),
        ("2024-02", "2024-02"),
        ("2024-02-29", "2024-02-29"),
        ("2024-02-29T08:30:00+07:00", "2024-02-29"),
        ("2023-02-29", None),
        ("26/02/2024", None),
        ("kemarin", None),
        ("2024-13", None),
        ("0000", None),
        ("٢٠٢٤", None),
    ],
)
def test_a_date_is_kept_or_reported_never_guessed(printed: str, kept: str | None) -> None:
    parsed = parse_metadata("metadata.csv", HEADER + f"a,,{printed},X\n".encode())
    assert parsed.rows["a"] == RawMetadata(None, kept, "X")
    assert [problem.reason_code for problem in parsed.problems] == ([] if kept else ["metadata_wrong_date"])


def test_an_unknown_column_is_reported_and_the_others_are_used() -> None:
    parsed = parse_metadata("metadata.csv", b"article_id,editor,published\na,Budi,2024\n")
    assert parsed.rows["a"].published == "2024"
    assert [(p.reason_code, "'editor'" in p.detail) for p in parsed.problems] == [
        ("metadata_unknown_column", True)
    ]


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:///etc/passwd", "x.example/1", "http://[", "ftp://x/1"]
)
def test_an_address_that_is_not_http_is_left_out(url: str) -> None:
    parsed = parse_metadata("metadata.csv", HEADER + f"a,{url},2024,X\n".encode())
    assert parsed.rows["a"].url is None
    assert [problem.reason_code for problem in parsed.problems] == ["metadata_wrong_url"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", ["metadata_without_key"]),
        (b"url,published\nx,2024\n", ["metadata_without_key"]),
        (HEADER + b",https://x.example/1,2024,X\n", ["metadata_without_key"]),
        (HEADER + b"a,,2024,X\na,,2025,Y\n", ["metadata_duplicate_row"]),
        (HEADER + b"a,,2024,Caf\xe9\n", ["metadata_not_utf8"]),
        (HEADER + b'a,,2024,"' + b"x" * 200_000 + b'"\n', ["metadata_unreadable"]),
    ],
    ids=["empty", "no key column", "no key", "named twice", "latin-1", "field of 200 kB"],
)
def test_what_is_wrong_is_named(content: bytes, expected: list[str]) -> None:
    assert codes(content) == expected


def test_a_spreadsheet_with_semicolons_and_a_mark_is_read() -> None:
    parsed = parse_metadata(
        "metadata.csv", "\ufeffarticle_id;url;published;source\na;;2024;Suara X\n".encode()
    )
    assert parsed.rows == {"a": RawMetadata(None, "2024", "Suara X")}


def test_the_nearest_folder_that_names_a_file_speaks() -> None:
    top = parse_metadata("metadata.csv", HEADER + b"a,,2001,top\nb,,2001,top\n")
    deep = parse_metadata("x/y/metadata.csv", HEADER + b"a,,2002,deep\n")
    tree = MetadataTree.build([("metadata.csv", top), ("x/y/metadata.csv", deep)])
    assert tree.of("x/y/z/a.txt") == RawMetadata(None, "2002", "deep")
    assert tree.of("x/y/b.txt") == RawMetadata(None, "2001", "top")
    assert tree.of("x/a.txt") == RawMetadata(None, "2001", "top")
    assert tree.of("x/other.txt") is None
