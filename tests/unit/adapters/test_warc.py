"""Web archives as crawlers write them, whole and damaged."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from pipelines.adapters.containers import read_documents
from pipelines.stages.collect import CollectedArticle, RawDocument, Rejection, collect_document
from pipelines.stages.collect.raw import MetadataTree
from pipelines.stages.collect.records import FieldTree
from tests.support.warc import article_page, conversion, record, response

PAGES = [response(f"https://suara.example.org/berita/{n}", article_page(n)) for n in range(8)]
COMPRESSIONS: dict[str, Callable[[list[bytes]], bytes]] = {
    "x.warc": b"".join,
    "x.warc.gz": lambda records: b"".join(map(gzip.compress, records)),
    "x.warc.zst": lambda records: b"".join(map(zstandard.ZstdCompressor().compress, records)),
}
WHOLE: dict[str, Callable[[list[bytes]], bytes]] = {
    "whole.warc.gz": lambda records: gzip.compress(b"".join(records)),
    "whole.warc.zst": lambda records: zstandard.ZstdCompressor().compress(b"".join(records)),
}


def read(folder: Path, name: str, content: bytes, start: int = 0):
    (folder / name).write_bytes(content)
    fields = FieldTree({}).of(name)
    return list(read_documents(folder, name, metadata=MetadataTree({}), fields=fields, start=start))


def addresses(items) -> list[str | None]:
    return [item.document.address if isinstance(item.document, RawDocument) else None for item in items]


@pytest.mark.parametrize("name", COMPRESSIONS | WHOLE)
def test_every_page_becomes_an_article_with_its_place(tmp_path: Path, name: str) -> None:
    found = read(tmp_path, name, (COMPRESSIONS | WHOLE)[name](PAGES))
    articles = [collect_document(item.document) for item in found]
    assert all(isinstance(article, CollectedArticle) for article in articles)
    assert [article.url for article in articles] == [
        f"https://suara.example.org/berita/{n}" for n in range(8)
    ]
    assert {article.published for article in articles} == {"2024-03-04"}
    assert len({article.raw_locator for article in articles}) == 8


@pytest.mark.parametrize("name", COMPRESSIONS | WHOLE)
def test_a_reading_goes_on_behind_any_record(tmp_path: Path, name: str) -> None:
    content = (COMPRESSIONS | WHOLE)[name](PAGES)
    whole = read(tmp_path, name, content)
    for number, item in enumerate(whole):
        assert read(tmp_path, name, content, item.resume_at) == whole[number + 1 :]


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_the_place_of_a_record_is_its_byte_in_the_file(tmp_path: Path, name: str) -> None:
    pack = COMPRESSIONS[name]
    found = read(tmp_path, name, pack(PAGES))
    assert [item.document.raw_locator for item in found] == [f"byte {len(pack(PAGES[:n]))}" for n in range(8)]


def test_wet_files_give_their_text(tmp_path: Path) -> None:
    text = "Pemerintah Kabupaten Contoh melepas ekspor kopi ke Jepang, kata bupati di pelabuhan itu.\n"
    content = gzip.compress(conversion("https://suara.example.org/1", text.encode()))
    (item,) = read(tmp_path, "x.warc.wet.gz", content)
    article = collect_document(item.document)
    assert (article.url, article.text) == ("https://suara.example.org/1", text.strip())


def test_what_is_no_page_is_passed_over(tmp_path: Path) -> None:
    others = [
        record("warcinfo", None, b"software: x\r\n", "application/warc-fields"),
        record(
            "request",
            "https://suara.example.org/1",
            b"GET /1 HTTP/1.1\r\n\r\n",
            "application/http; msgtype=request",
        ),
        response("https://suara.example.org/2", b"\x89PNG", kind="image/png"),
        response("https://suara.example.org/3", article_page(3), status="404 Not Found"),
        response("https://suara.example.org/4", b"", status="301 Moved Permanently"),
    ]
    assert addresses(read(tmp_path, "x.warc", b"".join([*others, PAGES[0]]))) == [
        "https://suara.example.org/berita/0"
    ]


def test_compressed_and_chunked_payloads_are_decoded(tmp_path: Path) -> None:
    body = gzip.compress(article_page(1))
    chunked = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    headers = "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"
    (item,) = read(tmp_path, "x.warc", response("https://suara.example.org/1", chunked, headers=headers))
    assert item.document.content == article_page(1)


@pytest.mark.parametrize("name", ["x.warc.gz", "x.warc.zst"])
def test_a_damaged_record_is_told_and_those_behind_it_are_read(tmp_path: Path, name: str) -> None:
    pack = COMPRESSIONS[name]
    content = bytearray(pack(PAGES))
    begin, end = len(pack(PAGES[:3])), len(pack(PAGES[:4]))
    content[begin + 40 : end - 40] = b"\x55" * (end - begin - 80)
    found = read(tmp_path, name, bytes(content))
    reasons = [item.document.reason_code for item in found if isinstance(item.document, Rejection)]
    assert reasons == ["damaged"]
    assert [address for address in addresses(found) if address][-4:] == [
        f"https://suara.example.org/berita/{n}" for n in range(4, 8)
    ]
    assert len(found) in {8, 9}  # the record itself may still give its headers


@pytest.mark.parametrize("name", COMPRESSIONS)
def test_an_archive_that_breaks_off_is_told_and_its_last_page_is_not_half_an_article(
    tmp_path: Path, name: str
) -> None:
    content = COMPRESSIONS[name](PAGES)
    found = read(tmp_path, name, content[:-200])
    assert addresses(found) == [*(f"https://suara.example.org/berita/{n}" for n in range(7)), None]
    assert found[-1].document.reason_code == "damaged"


@pytest.mark.parametrize("content", [b"", b"no archive at all " * 50], ids=["empty", "garbage"])
def test_what_is_no_archive_gives_no_article(tmp_path: Path, content: bytes) -> None:
    found = read(tmp_path, "x.warc", content)
    assert [item.document.reason_code for item in found] == (["damaged"] if content else [])


def test_a_page_over_the_limit_is_told_with_its_place(tmp_path: Path) -> None:
    found = read(
        tmp_path, "x.warc.gz", gzip.compress(response("https://suara.example.org/1", b"x" * 21_000_000))
    )
    assert [(item.document.reason_code, item.document.raw_locator) for item in found] == [
        ("too_large", "byte 0")
    ]


def test_an_address_that_is_no_address_becomes_no_path_and_no_link(tmp_path: Path) -> None:
    (item,) = read(tmp_path, "x.warc", response("file:///etc/passwd", article_page(1)))
    article = collect_document(item.document)
    assert isinstance(article, CollectedArticle)
    assert article.url is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["x.warc"]
