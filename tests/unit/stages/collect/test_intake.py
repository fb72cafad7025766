"""Which files a look at the folder reads, and what the tables look like after it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl
import pytest

from pipelines.contracts.checks import contract_problems
from pipelines.contracts.runs import COLLECT_REJECTS, RAW_FILES
from pipelines.contracts.tables import ARTICLES
from pipelines.stages.collect import RawMetadata, Rejection, intake
from pipelines.stages.collect.intake import Intake, collect_new
from pipelines.stages.collect.raw import Listing, MetadataTree, RawFile

TEXT = "Pemerintah Kabupaten Contoh melepas ekspor {} ton kopi ke Jepang, kata bupati di pelabuhan itu.\n"
OLD, LATER = 1_000_000_000, 100_000_000_000  # nanoseconds: the files settled long before they were read


def body(number: int) -> bytes:
    return TEXT.format(number).encode()


@dataclass
class Folder:
    """A raw folder in memory, and the tables as they are after each look."""

    files: dict[str, bytes | Rejection] = field(default_factory=dict)
    mtimes: dict[str, int] = field(default_factory=dict)
    metadata: Mapping[str, RawMetadata] = field(default_factory=dict)
    raw_files: pl.DataFrame = field(default_factory=lambda: RAW_FILES.frame([]))
    articles: pl.DataFrame = field(default_factory=lambda: ARTICLES.frame([]))
    rejects: pl.DataFrame = field(default_factory=lambda: COLLECT_REJECTS.frame([]))
    opened: list[str] = field(default_factory=list)
    looks: int = 0

    def look(self, *, version: str = "v1", now_ns: int = LATER) -> Intake:
        self.opened.clear()
        self.looks += 1

        def read(raw_path: str) -> bytes | Rejection:
            self.opened.append(raw_path)
            return self.files[raw_path]

        files = tuple(
            RawFile(path, len(content) if isinstance(content, bytes) else 0, self.mtimes.get(path, OLD))
            for path, content in sorted(self.files.items())
        )
        result = collect_new(
            Listing(files=files, metadata_files=(), problems=()),
            MetadataTree({".": self.metadata}),
            raw_files=self.raw_files, articles=self.articles, rejects=self.rejects,
            read=read, version=version, run_id=f"run-{self.looks}", now_ns=now_ns,
        )  # fmt: skip
        for table, frame in (
            (RAW_FILES, result.raw_files),
            (ARTICLES, result.articles),
            (COLLECT_REJECTS, result.rejects),
        ):
            assert contract_problems(table, frame) == []
        gone = pl.concat([result.raw_files.select("raw_path"), result.gone])
        self.raw_files = pl.concat([self.raw_files.join(gone, on="raw_path", how="anti"), result.raw_files])
        key = list(ARTICLES.key)
        self.articles = pl.concat([self.articles.join(result.articles, on=key, how="anti"), result.articles])
        self.rejects = result.rejects
        return result

    def current(self) -> dict[str, str]:
        rows = self.articles.filter("is_current").sort("raw_path")
        return dict(rows.select("raw_path", "text").iter_rows())


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
    assert folder.articles.height == 2
    assert folder.articles["article_id"].n_unique() == 1


def test_changed_metadata_reads_the_file_again() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    folder.metadata = {"a": RawMetadata(published="2024-03-04", source="Suara X")}
    folder.look()
    (row,) = folder.articles.filter("is_current").iter_rows(named=True)
    assert (row["published"], row["published_method"], row["outlet"]) == ("2024-03-04", "metadata", "Suara X")
    assert row["run_id"] == "run-1", "the version was read first by the first run"


def test_an_article_that_gets_an_address_moves_to_the_id_of_it() -> None:
    folder = Folder({"a.txt": body(1)})
    folder.look()
    folder.metadata = {"a": RawMetadata(url="https://x.example/1")}
    folder.look()
    assert folder.articles.height == 2
    assert folder.articles.filter("is_current")["url"].to_list() == ["https://x.example/1"]


@pytest.mark.parametrize("order", [("a.txt", "b.txt"), ("b.txt", "a.txt")], ids=["a first", "b first"])
def test_of_two_texts_under_one_address_the_last_path_is_current_whichever_came_first(order) -> None:
    metadata = {stem: RawMetadata(url="https://x.example/1") for stem in ("a", "b")}
    folder = Folder(metadata=metadata)
    for name in order:
        folder.files[name] = body(1 if name == "a.txt" else 2)
        folder.look()
    assert folder.current() == {"b.txt": TEXT.format(2).strip()}
    assert folder.articles.height == 2


@pytest.mark.parametrize("order", [("a.txt", "b.txt"), ("b.txt", "a.txt")], ids=["a first", "b first"])
def test_of_two_files_with_one_text_and_address_the_first_path_speaks(order) -> None:
    folder = Folder(metadata={stem: RawMetadata(url="https://x.example/1") for stem in ("a", "b")})
    for name in order:
        folder.files[name] = body(1)
        folder.look()
    assert folder.articles["raw_path"].to_list() == ["a.txt"]


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
    assert folder.look().rejects["reason_code"].to_list() == ["vanished"]
    folder.files["a.txt"] = body(1)
    assert folder.look().new_versions == 1
    assert folder.rejects.is_empty()


def test_a_document_that_breaks_the_cleaning_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    collect = intake.collect_document

    def fragile(document):
        if document.raw_path == "bad.txt":
            raise RecursionError("too deep")
        return collect(document)

    monkeypatch.setattr(intake, "collect_document", fragile)
    folder = Folder({"bad.txt": body(1), "good.txt": body(2)})
    folder.look()
    assert list(folder.current()) == ["good.txt"]
    assert folder.rejects.select("reason_code", "detail").rows() == [
        ("collect_failed", "RecursionError: too deep")
    ]


def test_progress_ends_at_the_number_of_files() -> None:
    seen = []
    collect_new(
        Listing(files=(RawFile("a.txt", 1, OLD),), metadata_files=(), problems=()), MetadataTree({}),
        raw_files=RAW_FILES.frame([]), articles=ARTICLES.frame([]), rejects=COLLECT_REJECTS.frame([]),
        read=lambda _: body(1), version="v", run_id="r", now_ns=LATER,
        on_progress=lambda done, total: seen.append((done, total)),
    )  # fmt: skip
    assert seen == [(0, 1), (1, 1)]
