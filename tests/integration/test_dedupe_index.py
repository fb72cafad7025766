"""The dedupe index on disk: what it keeps, what it refuses, and that nothing harms what it held before."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.adapters import dedupe_index
from pipelines.adapters.dedupe_index import MANIFEST, open_dedupe_index
from pipelines.errors import IndexMismatchError, LockHeldError, NiagaError
from pipelines.stages.dedupe import Clusters, DedupeParameters, MemoryIndex, add_articles, cluster_articles
from tests.support.dedupe_articles import (
    APRIL,
    KOPI,
    MARET,
    SEPATU,
    article,
    articles,
    clusters_of,
    development_set,
)

FIRST = [article("b", KOPI, "2024-03-05"), article("maret", MARET, "2024-04-15"), article("x", SEPATU)]
COPY = article("c", KOPI.replace("sedang", "tengah"), "2024-03-06")
LATE = article("a", "Kopi Gayo ke Inggris\n" + KOPI, "2024-03-01")


def add(folder: Path, *rows: dict[str, object]) -> pl.DataFrame:
    with open_dedupe_index(folder) as index:
        result = add_articles(articles(*rows), index=index)
        index.commit()
    return result.clusters


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in {".parquet", ".json"}}


def test_what_was_committed_is_there_in_the_next_run(tmp_path: Path) -> None:
    first = add(tmp_path, *FIRST)
    second = add(tmp_path, COPY)
    assert second["article_id"].to_list() == ["b", "c"]
    assert set(second["cluster_id"]) == set(first.filter(pl.col("article_id") == "b")["cluster_id"])


def test_a_late_article_with_an_earlier_date_leads_its_cluster_under_the_old_id(tmp_path: Path) -> None:
    first = add(tmp_path, *FIRST)
    add(tmp_path, COPY)
    late = add(tmp_path, LATE)
    assert late["article_id"].to_list() == ["a", "b", "c"]
    assert set(late["representative_id"]) == {"a"}
    assert set(late["cluster_id"]) == set(first.filter(pl.col("article_id") == "b")["cluster_id"])


def test_months_are_linked_across_runs(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    changed = add(tmp_path, article("april", APRIL, "2024-05-15"))
    assert changed["article_id"].to_list() == ["april", "maret"]
    assert changed["series_id"].n_unique() == 1
    assert changed["cluster_id"].n_unique() == 2


def test_an_index_on_disk_says_what_one_in_memory_says(tmp_path: Path) -> None:
    frame = development_set()
    memory = MemoryIndex()
    for start in range(0, frame.height, 9):
        expected = add_articles(frame[start : start + 9], index=memory)
        with open_dedupe_index(tmp_path) as index:
            found = add_articles(frame[start : start + 9], index=index)
            index.commit()
        assert found.clusters.equals(expected.clusters)
        assert found.links.equals(expected.links)
    with open_dedupe_index(tmp_path) as index:
        assert clusters_of(cluster_articles(frame, index=index).clusters) == {
            frozenset({"dev-006", "dev-033"}),
            frozenset({"dev-015", "dev-017"}),
            frozenset({"dev-020", "dev-045"}),
        }


def test_without_commit_nothing_is_kept(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    before = snapshot(tmp_path)
    with open_dedupe_index(tmp_path) as index:
        add_articles(articles(COPY), index=index)
    with open_dedupe_index(tmp_path) as index:
        assert index.state.articles.height == len(FIRST)
    assert snapshot(tmp_path) == before


def test_parts_left_by_a_crash_are_swept_and_the_index_is_what_it_was(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    before = snapshot(tmp_path)
    (tmp_path / "postings-00000099.parquet").write_bytes(b"cut sh")
    (tmp_path / "texts-00000098.parquet.4711.niaga-tmp").write_bytes(b"PAR1")
    with open_dedupe_index(tmp_path) as index:
        assert index.state.articles.height == len(FIRST)
    assert snapshot(tmp_path) == before
    assert not list(tmp_path.glob("*.niaga-tmp"))


@pytest.mark.parametrize("kind", ["postings", "contents", "articles", "texts"])
def test_a_part_cut_short_is_refused_with_the_remedy(tmp_path: Path, kind: str) -> None:
    add(tmp_path, *FIRST)
    part = next(iter(tmp_path.glob(f"{kind}-*.parquet")))
    part.write_bytes(part.read_bytes()[:-7])
    with pytest.raises(NiagaError, match="Remove that folder and run again"), open_dedupe_index(tmp_path):
        pass


def test_a_part_that_is_missing_is_refused_with_the_remedy(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    next(iter(tmp_path.glob("contents-*.parquet"))).unlink()
    with pytest.raises(NiagaError, match="Remove that folder"), open_dedupe_index(tmp_path):
        pass


def test_bytes_that_are_no_parquet_are_refused_with_the_remedy(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    part = next(iter(tmp_path.glob("articles-*.parquet")))
    part.write_bytes(b"x" * part.stat().st_size)
    with pytest.raises(NiagaError, match="Remove that folder"), open_dedupe_index(tmp_path):
        pass


def test_a_damaged_manifest_is_refused_with_the_remedy(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    (tmp_path / MANIFEST).write_text("{", encoding="utf-8")
    with pytest.raises(NiagaError, match="Remove that folder"), open_dedupe_index(tmp_path):
        pass


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        (DedupeParameters(hash_scale=8), "hash_scale is 16, needed is 8"),
        (DedupeParameters(min_coverage=0.7), r"min_coverage is 0\.65, needed is 0\.7"),
    ],
    ids=["sketches", "verified pairs"],
)
def test_other_parameters_are_refused_and_named(
    tmp_path: Path, parameters: DedupeParameters, named: str
) -> None:
    add(tmp_path, *FIRST)
    with (
        pytest.raises(IndexMismatchError, match=f"{named}.*Remove that folder"),
        open_dedupe_index(tmp_path, parameters),
    ):
        pass


def test_an_index_serves_runs_with_more_or_less_memory(tmp_path: Path) -> None:
    add(tmp_path, *FIRST)
    with open_dedupe_index(tmp_path, DedupeParameters(batch_articles=10), memory_bytes=1) as index:
        assert index.state.articles.height == len(FIRST)


@pytest.mark.parametrize("what", ["algorithm_version", "hash_probe"])
def test_another_version_or_other_hashes_are_refused(tmp_path: Path, what: str) -> None:
    add(tmp_path, *FIRST)
    manifest = json.loads((tmp_path / MANIFEST).read_bytes())
    manifest["stamp"][what] = "other"
    (tmp_path / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(IndexMismatchError, match=what), open_dedupe_index(tmp_path):
        pass


def test_an_index_built_anew_keeps_the_ids_of_the_last_result(tmp_path: Path) -> None:
    rows = [*FIRST, COPY]
    with open_dedupe_index(tmp_path / "one") as index:
        before = cluster_articles(articles(*rows), index=index)
    with open_dedupe_index(tmp_path / "two") as index:
        previous = Clusters(clusters=before.clusters, links=before.links)
        after = cluster_articles(articles(*rows, LATE), index=index, previous=previous)
    kept = after.clusters.filter(pl.col("article_id") != "a")
    assert kept["cluster_id"].to_list() == before.clusters["cluster_id"].to_list()


def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    with open_dedupe_index(tmp_path) as index:
        add_articles(articles(*FIRST), index=index)
        with pytest.raises(LockHeldError), open_dedupe_index(tmp_path):
            pass
        index.commit()
    with open_dedupe_index(tmp_path) as index:
        assert index.state.articles.height == len(FIRST)


@pytest.mark.parametrize("writer", ["_write_postings", "_write_contents", "write_durably"])
def test_a_full_disk_is_said_and_harms_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, writer: str
) -> None:
    add(tmp_path, *FIRST)
    before = snapshot(tmp_path)

    def full(path: Path, *_: object) -> None:
        if writer != "write_durably":
            path.write_bytes(b"PAR1 and then")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(dedupe_index, writer, full)
    with pytest.raises(NiagaError, match="disk is full"), open_dedupe_index(tmp_path) as index:
        add_articles(articles(COPY), index=index)
        index.commit()
    monkeypatch.undo()
    with open_dedupe_index(tmp_path) as index:
        assert index.state.articles.height == len(FIRST)
    assert snapshot(tmp_path) == before


def test_many_small_batches_leave_few_parts(tmp_path: Path) -> None:
    for number in range(20):
        words = " ".join(f"kata{number}x{place}" for place in range(80))
        add(tmp_path, article(f"a{number:02d}", words))
    for kind in dedupe_index.KINDS:
        assert len(list(tmp_path.glob(f"{kind}-*.parquet"))) <= 5
    copies = add(tmp_path, article("copy", " ".join(f"kata7x{place}" for place in range(78)), "2024-03-09"))
    assert "a07" in set(copies["article_id"])


def test_little_memory_changes_no_result(tmp_path: Path) -> None:
    frame = development_set()
    with open_dedupe_index(tmp_path, memory_bytes=1) as index:
        for start in range(0, frame.height, 13):
            add_articles(frame[start : start + 13], index=index)
            index.commit()
        assert len(clusters_of(cluster_articles(frame, index=index).clusters)) == 3


def test_an_index_takes_few_bytes_per_hash(tmp_path: Path) -> None:
    add(tmp_path, *(article(f"a{number}", f"{KOPI} {number}") for number in range(300)))
    with open_dedupe_index(tmp_path) as index:
        size = index.size()
        assert size.articles == 300
        assert size.posting_bytes / size.postings <= 8
