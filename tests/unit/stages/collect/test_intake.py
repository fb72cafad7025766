"""Which files a look at the folder reads, and what the tables look like after it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.checks import contract_problems
from pipelines.contracts.fields import Table
from pipelines.contracts.ids import article_id
from pipelines.contracts.runs import COLLECT_REJECTS, RAW_DOCUMENTS, RAW_FILES
from pipelines.contracts.tables import ARTICLES
from pipelines.stages.collect import RawDocument, RawMetadata, Rejection, intake
from pipelines.stages.collect.intake import Batch, Plan, collect_files, plan_reading, reject_rows
from pipelines.stages.collect.raw import Listing, MetadataTree, RawFile
from pipelines.stages.collect.records import FieldTree

TEXT = "Pemerintah Kabupaten Contoh melepas ekspor {} ton kopi ke Jepang, kata bupati di pelabuhan itu.\n"
OLD, LATER = 1_000_000_000, 100_000_000_000  # nanoseconds: the files settled long before they were read


def body(number: int) -> bytes:
    return TEXT.format(number).encode()


@dataclass(frozen=True)
class Item:
    document: RawDocument | Rejection
    resume_at: int


@dataclass
class Looked:
    """What one look changed, all batches together."""

    raw_files: pl.DataFrame
    articles: pl.DataFrame
    new_versions: int


@dataclass
class Folder:
    """A raw folder in memory, and the tables as they are after each look.

    A file of bytes is one document; a list of documents is a container of them.
    """

    files: dict[str, bytes | Rejection | list[RawDocument | Rejection]] = field(default_factory=dict)
    mtimes: dict[str, int] = field(default_factory=dict)
    metadata: Mapping[str, RawMetadata] = field(default_factory=dict)
    raw_files: pl.DataFrame = field(default_factory=lambda: RAW_FILES.frame([]))
    documents: pl.DataFrame = field(default_factory=lambda: RAW_DOCUMENTS.frame([]))
    articles_table: pl.DataFrame = field(default_factory=lambda: ARTICLES.frame([]))
    rejects: pl.DataFrame = field(default_factory=lambda: COLLECT_REJECTS.frame([]))
    opened: list[str] = field(default_factory=list)
    taken: int = 0
    looks: int = 0

    # What `CollectState` asks.
    def documents_of_files(self, raw_paths: pl.DataFrame) -> pl.DataFrame:
        return self.documents.join(raw_paths, on="raw_path", how="semi")

    def documents_of_articles(self, article_ids: pl.DataFrame) -> pl.DataFrame:
        return self.documents.join(article_ids, on="article_id", how="semi")

    def articles(self, article_ids: pl.DataFrame) -> pl.DataFrame:
        return self.articles_table.join(article_ids, on="article_id", how="semi")

    def read(self, file: RawFile, start: int) -> Iterator[Item]:
        self.opened.append(file.raw_path)
        content = self.files[file.raw_path]
        documents = content if isinstance(content, list) else [
            content if isinstance(content, Rejection) else RawDocument(
                file.raw_path, content, MetadataTree({".": self.metadata}).of(file.raw_path)
            )
        ]  # fmt: skip
        for number, document in enumerate(documents, start=1):
            if number > start:
                self.taken += 1
                yield Item(document, number)

    def digest(self, raw_path: str) -> str | Rejection:
        content = self.files[raw_path]
        return (
            content if isinstance(content, Rejection) else hashlib.sha256(repr(content).encode()).hexdigest()
        )

    def batches(self, *, version: str, now_ns: int) -> tuple[Plan, list[Rejection], Iterator[Batch]]:
        self.opened.clear()
        self.looks += 1
        files = tuple(
            RawFile(path, len(content) if isinstance(content, bytes) else 0, self.mtimes.get(path, OLD))
            for path, content in sorted(self.files.items())
        )
        plan = plan_reading(
            Listing(files=files, metadata_files=(), field_files=(), problems=()),
            MetadataTree({".": self.metadata}), FieldTree({}),
            raw_files=self.raw_files, digest=self.digest, version=version, now_ns=now_ns,
        )  # fmt: skip
        problems: list[Rejection] = []
        return plan, problems, collect_files(
            plan, self, read=self.read, digest=self.digest, version=version,
            run_id=f"run-{self.looks}", now_ns=now_ns, problems=problems,
        )  # fmt: skip

    def store(self, batch: Batch) -> None:
        for table, frame in (
            (RAW_FILES, batch.raw_files), (RAW_DOCUMENTS, batch.raw_documents), (ARTICLES, batch.articles),
        ):  # fmt: skip
            assert contract_problems(table, frame) == []
        self.articles_table = upserted(self.articles_table, batch.articles, ARTICLES)
        kept = self.documents.join(
            batch.stale_documents, on=list(RAW_DOCUMENTS.key), how="anti", nulls_equal=True
        )
        self.documents = upserted(kept, batch.raw_documents, RAW_DOCUMENTS)
        self.raw_files = upserted(self.raw_files, batch.raw_files, RAW_FILES)

    def look(self, *, version: str = "v1", now_ns: int = LATER) -> Looked:
        plan, problems, batches = self.batches(version=version, now_ns=now_ns)
        seen = []
        for batch in batches:
            self.store(batch)
            seen.append(batch)
        self.raw_files = upserted(self.raw_files, plan.touched, RAW_FILES).join(
            plan.gone, on="raw_path", how="anti"
        )
        refused = self.documents.filter(pl.col("reason_code").is_not_null())
        went = refused.join(plan.gone, on="raw_path", how="semi")
        self.documents = self.documents.join(went, on=list(RAW_DOCUMENTS.key), how="anti", nulls_equal=True)
        refused = refused.join(plan.gone, on="raw_path", how="anti")
        self.rejects = reject_rows([*plan.problems, *problems], refused, self.rejects, f"run-{self.looks}")
        return Looked(
            pl.concat([plan.touched, *(batch.raw_files for batch in seen)]),
            pl.concat([ARTICLES.frame([]), *(batch.articles for batch in seen)]),
            sum(batch.new_versions for batch in seen),
        )

    def current(self) -> dict[str, str]:
        rows = self.articles_table.filter("is_current").sort("raw_path")
        return dict(rows.select("raw_path", "text").iter_rows())


def upserted(before: pl.DataFrame, rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    key = list(table.key)
    return pl.concat([before.join(rows, on=key, how="anti", nulls_equal=True), rows])


def record(
    name: str, text: bytes, *, path: str = "x.jsonl", url: str | None = None, **more: Any
) -> RawDocument:
    return RawDocument(
        path,
        text,
        RawMetadata(url=url),
        raw_locator=name,
        position=int(name.rsplit(maxsplit=1)[-1]),
        record_key=(name,),
        **more,
    )


def test_a_known_file_is_not_opened_again() -> None:
    folder = Folder({"a.txt": body(1), "b.txt": body(2)})
    assert folder.look().new_versions == 2
    second = folder.look()
    assert folder.opened == []
    assert (second.new_versions, second.articles.height, second.raw_files.height) == (0, 0, 0)


def test_a_file_that_was_young_when_read_is_hashed_once_more() -> None:
    folder = Folder({"a.txt": body(1)}, mtimes={"a.txt": LATER - 1_000_000})
    folder.look()
    folder.files["a.txt"] = body(2)  # same size, same time stamp: changed within one clock tick
    assert folder.look(now_ns=2 * LATER).new_versions == 1
    folder.look(now_ns=3 * LATER)
    assert folder.opened == []


def test_a_file_that_was_only_touched_changes_no_article() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    folder.mtimes["a.txt"] = OLD + 5
    touched = folder.look()
    assert touched.articles.is_empty()
    assert touched.raw_files["mtime_ns"].to_list() == [OLD + 5]
    folder.look()
    assert folder.opened == []


def test_a_new_version_of_the_cleaning_code_reads_everything_again() -> None:
    folder = Folder({"a.txt": body(1), "b.txt": b""})
    folder.look()
    folder.look(version="v2")
    assert folder.opened == ["a.txt", "b.txt"]


def test_a_changed_text_becomes_the_current_version_and_the_old_one_stays() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    folder.files["a.txt"], folder.mtimes["a.txt"] = body(22), OLD + 9
    assert folder.look().new_versions == 1
    assert folder.current() == {"a.txt": TEXT.format(22).strip()}
    assert folder.articles_table.height == 2
    assert folder.articles_table["article_id"].n_unique() == 1


def test_changed_metadata_reads_the_file_again() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    folder.metadata = {"a": RawMetadata(published="2024-03-04", source="Suara X")}
    folder.look()
    (row,) = folder.articles_table.filter("is_current").iter_rows(named=True)
    assert (row["published"], row["published_method"], row["outlet"]) == ("2024-03-04", "metadata", "Suara X")
    assert row["run_id"] == "run-1", "the version was read first by the first run"


def test_an_article_that_gets_an_address_moves_to_the_id_of_it() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    folder.metadata = {"a": RawMetadata(url="https://x.example/1")}
    folder.look()
    assert folder.articles_table.height == 2
    assert folder.articles_table.filter("is_current")["url"].to_list() == ["https://x.example/1"]


@pytest.mark.parametrize("order", [("a.txt", "b.txt"), ("b.txt", "a.txt")], ids=["a first", "b first"])
def test_of_two_texts_under_one_address_the_last_path_is_current_whichever_came_first(order) -> None:
    metadata = {stem: RawMetadata(url="https://x.example/1") for stem in ("a", "b")}
    folder = Folder(metadata=metadata)
    for name in order:
        folder.files[name] = body(1 if name == "a.txt" else 2)
        folder.look()
    assert folder.current() == {"b.txt": TEXT.format(2).strip()}
    assert folder.articles_table.height == 2


@pytest.mark.parametrize("order", [("a.txt", "b.txt"), ("b.txt", "a.txt")], ids=["a first", "b first"])
def test_of_two_files_with_one_text_and_address_the_first_path_speaks(order) -> None:
    folder = Folder(metadata={stem: RawMetadata(url="https://x.example/1") for stem in ("a", "b")})
    for name in order:
        folder.files[name] = body(1)
        folder.look()
    assert folder.articles_table["raw_path"].to_list() == ["a.txt"]


def test_an_article_stays_when_its_file_goes() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    del folder.files["a.txt"]
    folder.look()
    assert list(folder.current()) == ["a.txt"]


def test_a_reject_is_not_read_again_keeps_its_first_run_and_goes_with_its_file() -> None:
    folder = Folder({"a.txt": b"\x00\x01\x02" * 100})
    folder.look()
    folder.look()
    assert folder.opened == []
    assert folder.rejects.select("reason_code", "run_id").rows() == [("binary", "run-1")]
    del folder.files["a.txt"]
    folder.look()
    assert folder.rejects.is_empty()
    assert folder.raw_files.is_empty()


def test_a_file_that_could_not_be_opened_is_tried_again() -> None:
    folder = Folder({"a.txt": Rejection("a.txt", "vanished", "gone")})
    folder.look()
    assert folder.rejects["reason_code"].to_list() == ["vanished"]
    folder.files["a.txt"] = body(1)
    assert folder.look().new_versions == 1
    assert folder.rejects.is_empty()


def test_a_document_that_breaks_the_cleaning_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    collect = intake.read_document

    def fragile(document):
        if document.raw_path == "bad.txt":
            raise RecursionError("too deep")
        return collect(document)

    monkeypatch.setattr(intake, "read_document", fragile)
    folder = Folder({"bad.txt": body(1), "good.txt": body(2)})
    folder.look()
    assert list(folder.current()) == ["good.txt"]
    assert folder.rejects.select("reason_code", "detail").rows() == [
        ("collect_failed", "RecursionError: too deep")
    ]


def test_records_of_one_file_become_articles_of_their_own() -> None:
    folder = Folder({"x.jsonl": [record(f"record {n}", body(n)) for n in (1, 2, 3)]})
    assert folder.look().new_versions == 3
    assert folder.articles_table["raw_locator"].sort().to_list() == ["record 1", "record 2", "record 3"]
    folder.look()
    assert folder.opened == []


def test_a_record_that_is_no_longer_in_its_file_ceases_to_be_current() -> None:
    folder = Folder({"x.jsonl": [record("record 1", body(1)), record("record 2", body(2))]})
    folder.look()
    folder.files["x.jsonl"], folder.mtimes["x.jsonl"] = [record("record 1", body(1))], OLD + 9
    folder.look()
    assert folder.articles_table.filter("is_current")["raw_locator"].to_list() == ["record 1"]
    assert folder.documents["raw_locator"].to_list() == ["record 1"]


@pytest.mark.parametrize("batch", [1, 2, 3, 7], ids="batches of {}".format)
@pytest.mark.parametrize("stop", range(6), ids="killed after batch {}".format)
@pytest.mark.parametrize("stored", ["all", "articles only"], ids=["between batches", "inside a batch"])
def test_a_run_that_is_killed_loses_nothing_and_doubles_nothing(
    monkeypatch: pytest.MonkeyPatch, batch: int, stop: int, stored: str
) -> None:
    monkeypatch.setattr(intake, "_BATCH_DOCUMENTS", batch)
    documents = [record(f"record {n}", body(n), url=f"https://x.example/{n % 4}") for n in range(1, 8)]
    whole = Folder({"x.jsonl": documents, "y.txt": body(50)})
    whole.look()
    killed = Folder({"x.jsonl": documents, "y.txt": body(50)})
    _, _, batches = killed.batches(version="v1", now_ns=LATER)
    for number, one in enumerate(batches):
        if number == stop:
            if stored == "articles only":
                killed.articles_table = upserted(killed.articles_table, one.articles, ARTICLES)
            break
        killed.store(one)
    killed.look()
    order = ["article_id", "text_sha256"]
    assert (
        killed.articles_table.drop("run_id")
        .sort(order)
        .equals(whole.articles_table.drop("run_id").sort(order))
    )
    assert killed.documents.sort("raw_path", "position").equals(whole.documents.sort("raw_path", "position"))
    assert killed.raw_files.sort("raw_path").equals(whole.raw_files.sort("raw_path"))


def test_a_stopped_reading_goes_on_where_it_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "_BATCH_DOCUMENTS", 2)
    folder = Folder({"x.jsonl": [record(f"record {n}", body(n)) for n in range(1, 8)]})
    _, _, batches = folder.batches(version="v1", now_ns=LATER)
    folder.store(next(iter(batches)))
    folder.taken = 0
    folder.look()
    assert folder.taken == 5
    assert len(folder.articles_table) == 7


def test_the_version_fetched_last_is_current_and_the_ordinary_page_comes_before_its_amp_edition() -> None:
    page = (
        b"<html><body><article><h1>Ekspor kopi %d ton</h1><p>" + body(1) * 3 + b"</p></article></body></html>"
    )
    url = "https://suara.example/a/1"
    old = record("byte 1", page % 1, address=url, form="html", retrieved_at="2024-01-01T00:00:00+00:00")
    new = record("byte 2", page % 2, address=url, form="html", retrieved_at="2024-02-01T00:00:00+00:00")
    amp = record(
        "byte 3", page % 3, address=url + "/amp", form="html", retrieved_at="2024-03-01T00:00:00+00:00"
    )
    folder = Folder({"x.jsonl": [new, old, amp]})
    folder.look()
    assert folder.articles_table["article_id"].n_unique() == 1
    assert folder.articles_table.filter("is_current")["title"].to_list() == ["Ekspor kopi 2 ton"]


def test_documents_set_aside_are_counted_and_are_no_rejects() -> None:
    english = b"The government of the regency released the export of coffee to Japan, said the regent. " * 3
    folder = Folder({"x.jsonl": [record("record 1", english, is_bulk=True), record("record 2", b"")]})
    folder.look()
    assert folder.documents["reason_code"].to_list() == ["other_language", "empty"]
    assert folder.rejects.select("reason_code", "raw_locator").rows() == [("empty", "record 2")]


def test_progress_ends_at_the_number_of_files() -> None:
    seen = []
    folder = Folder({"a.txt": body(1)})
    plan, problems, _ = folder.batches(version="v", now_ns=LATER)
    list(
        collect_files(
            plan, folder, read=folder.read, digest=folder.digest, version="v", run_id="r", now_ns=LATER,
            problems=problems, on_progress=lambda done, total: seen.append((done, total)),
        )
    )  # fmt: skip
    assert seen == [(0, 1), (1, 1)]


def part(number: int, query: str = "", *, told: int | None = None) -> RawDocument:
    """A page of an archive that holds one part of an article; all of them bear the headline."""
    address = f"https://x.example/2024/03/04/ekspor-kopi{query}"
    title = "Bupati melepas ekspor kopi dari Gayo"
    prose = "".join(
        f"<p>Paragraf {told or number}-{line}: pemerintah kabupaten melepas ekspor kopi arabika ke Jepang melalui pelabuhan, "
        "kata bupati saat upacara pelepasan peti kemas di halaman gudang koperasi petani.</p>"
        for line in range(4)
    )
    page = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{prose}</article></body></html>"
    return record(f"byte {number}", page.encode(), path="x.warc", form="html", address=address, is_bulk=True)


def paragraphs(text: str) -> list[int]:
    return list(dict.fromkeys(int(found) for found in re.findall(r"Paragraf (\d+)-", text)))


@pytest.mark.parametrize("batch", [1, 2, 10], ids="batches of {}".format)
@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)], ids=str)
def test_parts_of_an_article_in_an_archive_are_joined_in_whatever_order_they_come(
    monkeypatch: pytest.MonkeyPatch, order: tuple[int, ...], batch: int
) -> None:
    monkeypatch.setattr(intake, "_BATCH_DOCUMENTS", batch)
    pages = {1: part(1), 2: part(2, "?page=2"), 3: part(3, "?page=3")}
    documents = [
        replace(pages[number], position=place, raw_locator=f"byte {place}")
        for place, number in enumerate(order)
    ]
    folder = Folder({"x.warc": documents})
    folder.look()
    (row,) = folder.articles_table.filter("is_current").iter_rows(named=True)
    assert paragraphs(row["text"]) == [1, 2, 3]
    assert row["text"].count("Bupati melepas ekspor kopi dari Gayo") == 1
    assert (row["url"], row["published"]) == ("https://x.example/2024/03/04/ekspor-kopi", "2024-03-04")
    assert row["article_id"] == article_id(url=row["url"], raw_path="", record_key=())
    assert folder.articles_table["article_id"].n_unique() == 1


def test_a_part_that_comes_later_completes_its_article_and_one_that_changed_replaces_its_own() -> None:
    folder = Folder({"x.warc": [part(1), part(2, "?page=2")]})
    folder.look()
    folder.files["y.warc"] = [replace(part(5, "?page=3", told=3), raw_path="y.warc")]
    folder.look()
    (text,) = folder.articles_table.filter("is_current")["text"]
    assert paragraphs(text) == [1, 2, 3]
    folder.files["z.warc"] = [
        replace(part(9, "?page=2", told=22), raw_path="z.warc", retrieved_at="2024-04-01T00:00:00+00:00")
    ]
    folder.look()
    (text,) = folder.articles_table.filter("is_current")["text"]
    assert paragraphs(text) == [1, 22, 3]


def test_the_edition_with_all_pages_stands_alone_though_parts_are_there() -> None:
    folder = Folder({"x.warc": [part(1), part(2, "?page=2"), part(3, "?page=all", told=7)]})
    folder.look()
    (text,) = folder.articles_table.filter("is_current")["text"]
    assert paragraphs(text) == [7]
