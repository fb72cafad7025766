"""Stage tables on disk: what is committed is there whole, what is not is not seen."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import polars as pl
import pytest

from pipelines.adapters import tables as module
from pipelines.adapters.tables import MANIFEST_NAME, TableStore
from pipelines.contracts.fields import Field, Table
from pipelines.errors import ContractError, NiagaError

NUMBERS = Table(
    name="numbers",
    grain="one number",
    key=("name",),
    fields=(Field("name", pl.String, "name"), Field("size", pl.Int64, "size", nullable=True)),
)


def rows(*pairs: tuple[str, int | None]) -> pl.DataFrame:
    return NUMBERS.frame([{"name": name, "size": size} for name, size in pairs])


@pytest.fixture
def store(tmp_path: Path) -> TableStore:
    return TableStore(tmp_path / "tables")


def contents(store: TableStore) -> list[tuple[str, int | None]]:
    return sorted(store.read(NUMBERS).iter_rows())


def test_a_table_that_was_never_written_reads_as_no_rows(store: TableStore) -> None:
    assert store.read(NUMBERS).schema == NUMBERS.schema
    assert store.read(NUMBERS).is_empty()


def test_an_empty_table_has_a_part_so_that_sql_finds_its_columns(store: TableStore, tmp_path: Path) -> None:
    store.create([NUMBERS])
    (part,) = (tmp_path / "tables" / "numbers").glob("*.parquet")
    assert pl.read_parquet(part).schema == NUMBERS.schema


def test_upsert_replaces_rows_with_the_same_key_and_adds_the_others(store: TableStore) -> None:
    store.upsert(NUMBERS, rows(("a", 1), ("b", 2)))
    store.upsert(NUMBERS, rows(("b", 20), ("c", 3)))
    assert contents(store) == [("a", 1), ("b", 20), ("c", 3)]


def test_upsert_removes_outdated_rows_though_nothing_comes_in_their_place(store: TableStore) -> None:
    store.upsert(NUMBERS, rows(("a", 1), ("b", 2)))
    store.upsert(NUMBERS, rows(), outdated=pl.DataFrame({"name": ["a"]}))
    assert contents(store) == [("b", 2)]


def test_upsert_of_nothing_changes_no_file(store: TableStore, tmp_path: Path) -> None:
    store.upsert(NUMBERS, rows(("a", 1)))
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").rglob("*")}
    version = store.manifest(NUMBERS).version
    store.upsert(NUMBERS, rows())
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "tables").rglob("*")} == before
    assert store.manifest(NUMBERS).version == version


def test_many_small_parts_become_one(store: TableStore, tmp_path: Path) -> None:
    for number in range(module._MAX_SMALL_PARTS + 5):
        store.upsert(NUMBERS, rows((f"n{number:03}", number)))
    assert len(contents(store)) == module._MAX_SMALL_PARTS + 5
    assert len(list((tmp_path / "tables" / "numbers").glob("*.parquet"))) <= module._MAX_SMALL_PARTS


def test_a_part_that_no_manifest_names_is_swept_and_never_read(store: TableStore, tmp_path: Path) -> None:
    store.replace(NUMBERS, rows(("a", 1)))
    orphan = tmp_path / "tables" / "numbers" / "left-by-a-crash.parquet"
    rows(("ghost", 9)).write_parquet(orphan)
    temporary = orphan.with_name("x.parquet.1.niaga-tmp")
    temporary.write_bytes(b"half")
    assert contents(store) == [("a", 1)]
    assert store.sweep() == [temporary, orphan]
    assert not orphan.exists()
    assert contents(store) == [("a", 1)]


def test_a_failed_commit_leaves_the_old_rows(
    store: TableStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.replace(NUMBERS, rows(("a", 1)))
    write = module.write_durably

    def fail_on_manifest(path: Path, content: bytes) -> None:
        if path.name == MANIFEST_NAME:
            raise OSError("no space left on device")
        write(path, content)

    monkeypatch.setattr(module, "write_durably", fail_on_manifest)
    with pytest.raises(OSError, match="no space"):
        store.replace(NUMBERS, rows(("b", 2)))
    assert contents(store) == [("a", 1)]
    assert len(store.sweep()) == 1


@pytest.mark.parametrize("damage", [lambda part: part.write_bytes(b"PAR1"), lambda part: part.unlink()])
def test_a_damaged_part_is_named_with_the_remedy(store: TableStore, tmp_path: Path, damage) -> None:
    store.replace(NUMBERS, rows(("a", 1)))
    (part,) = (tmp_path / "tables" / "numbers").glob("*.parquet")
    damage(part)
    with pytest.raises(NiagaError, match=rf"{part.name} is damaged.*Remove the folder.*run again"):
        store.read(NUMBERS)
    with pytest.raises(NiagaError, match="is damaged"):
        store.verify([NUMBERS])


@pytest.mark.parametrize(
    "problem",
    [
        pl.exceptions.ComputeError("parquet: File out of specification: OOM: memory allocation failed"),
        MemoryError(),
        PermissionError(errno.EACCES, "Permission denied"),
    ],
)
def test_a_part_that_the_machine_cannot_read_now_is_not_called_damaged(
    store: TableStore, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    """The remedy for damage is to remove the tables: nobody may be told so where memory was short."""
    store.replace(NUMBERS, rows(("a", 1)))

    def fail(*_: object, **__: object) -> None:
        raise problem

    monkeypatch.setattr(pl, "read_parquet", fail)
    with pytest.raises((NiagaError, MemoryError, PermissionError)) as told:
        store.read(NUMBERS)
    assert "Remove" not in str(told.value)


def test_a_damaged_manifest_is_an_error_and_not_an_empty_table(store: TableStore, tmp_path: Path) -> None:
    store.replace(NUMBERS, rows(("a", 1)))
    (tmp_path / "tables" / "numbers" / MANIFEST_NAME).write_text(json.dumps({"format": 1}))
    with pytest.raises(NiagaError, match="is damaged"):
        store.read(NUMBERS)


def test_a_frame_with_other_columns_is_refused_with_all_that_is_wrong(store: TableStore) -> None:
    with pytest.raises(ContractError, match=r"size is missing; extra is not declared"):
        store.replace(NUMBERS, pl.DataFrame({"name": ["a"], "extra": [1]}))


def test_equal_content_has_an_equal_version_whatever_was_there_before(tmp_path: Path) -> None:
    one, other = TableStore(tmp_path / "one"), TableStore(tmp_path / "other")
    one.replace(NUMBERS, rows(("a", 1)))
    other.replace(NUMBERS, rows(("z", 1)))
    other.replace(NUMBERS, rows(("a", 1)))
    assert one.manifest(NUMBERS).version == other.manifest(NUMBERS).version


def test_inputs_are_kept_with_the_table(store: TableStore) -> None:
    store.replace(NUMBERS, rows(("a", 1)), inputs="v1")
    assert store.manifest(NUMBERS).inputs == "v1"
    store.replace(NUMBERS, rows(("a", 1)), inputs="v2")
    assert store.manifest(NUMBERS).inputs == "v2"


OLD = Table(
    "people", "one person", ("id",), (Field("id", pl.String, "id"), Field("gone", pl.Int64, "no longer"))
)
NEW = Table(
    "people",
    "one person",
    ("id",),
    (Field("id", pl.String, "id"), Field("note", pl.String, "new", nullable=True)),
)


def test_a_table_of_an_earlier_version_is_carried_over(tmp_path: Path) -> None:
    store = TableStore(tmp_path)
    store.upsert(OLD, OLD.frame([{"id": "a", "gone": 1}]))
    store.upsert(OLD, OLD.frame([{"id": "b", "gone": 2}]))
    assert store.migrate([NEW]) == ["people"]
    assert store.read(NEW).rows() == [("a", None), ("b", None)]
    assert store.migrate([NEW]) == []
    assert len(list((tmp_path / "people").glob("*.parquet"))) == len(store.manifest(NEW).parts)


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        (Field("note", pl.String, "new"), "note is new and may not be null"),
        (Field("gone", pl.String, "now a text"), "gone was Int64"),
    ],
)
def test_what_would_have_to_be_guessed_is_refused_and_stays_as_it_was(
    tmp_path: Path, field: Field, problem: str
) -> None:
    store = TableStore(tmp_path)
    store.upsert(OLD, OLD.frame([{"id": "a", "gone": 1}]))
    changed = Table("people", "one person", ("id",), (Field("id", pl.String, "id"), field))
    with pytest.raises(NiagaError, match=problem):
        store.migrate([changed])
    assert store.read(OLD).rows() == [("a", 1)]


def test_joining_small_parts_takes_as_much_memory_at_a_time_however_many_there_are(
    store: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.upsert(NUMBERS, rows(("first", 0)))
    (part,) = store.manifest(NUMBERS).parts
    monkeypatch.setattr(module, "_SMALL_PART", 10 * part.size)
    joined: list[int] = []
    concat = pl.concat

    def counted(frames, **options):
        frames = list(frames)
        joined.append(len(frames))
        return concat(frames, **options)

    monkeypatch.setattr(module.pl, "concat", counted)
    for number in range(3 * module._MAX_SMALL_PARTS):
        store.upsert(NUMBERS, rows((f"n{number:03}", number)))
    assert 5 <= max(joined) <= 11
    assert len(contents(store)) == 3 * module._MAX_SMALL_PARTS + 1


def test_a_part_that_changed_after_it_was_read_is_damaged(store: TableStore, tmp_path: Path) -> None:
    store.replace(NUMBERS, rows(("a", 1)))
    store.read(NUMBERS)
    (part,) = (tmp_path / "tables" / "numbers").glob("*.parquet")
    rows(("z", 9)).write_parquet(part)
    with pytest.raises(NiagaError, match="is damaged"):
        store.read(NUMBERS)
