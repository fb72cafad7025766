"""The dedupe stage's index on disk: Parquet parts that are only ever added, and one manifest that names them.

    manifest.json          what belongs to the index, and the stamp of what made it; replacing it is the commit
    postings-*.parquet     hash, text: sorted by both; row groups never cut a hash in two
    contents-*.parquet     the texts, in the order of their numbers, some to a row group
    articles-*, texts-*, links-*.parquet   rows added and rows changed, in the order of the commits

Parts are written whole and synced before the manifest names them. A crash, a kill or a full disk leaves parts that no
manifest names; they are swept at the next start, and the index is what it was. Small parts are merged with their
neighbours of like size, so there are few of them and a batch costs what the batch costs.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.adapters.durable import (
    TEMPORARY_SUFFIX,
    machine_problem_or_none,
    sweep_temporaries,
    sync_file,
    sync_folder,
    write_durably,
)
from pipelines.adapters.lock import hold_lock
from pipelines.errors import IndexMismatchError, NiagaError
from pipelines.stages.dedupe.index import lookup_part, merge_lookups, merge_postings
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.sketch import sketch_texts
from pipelines.stages.dedupe.state import Change, State

FORMAT: Final = 2
MANIFEST: Final = "manifest.json"
LOCK: Final = "index.lock"
POSTINGS, CONTENTS, ARTICLES, TEXTS, LINKS = "postings", "contents", "articles", "texts", "links"
# Rows of the state, and the column by which a later row replaces an earlier one.
STATE_KEYS: Final[dict[str, str | None]] = {ARTICLES: "article", TEXTS: "text", LINKS: None}
KINDS: Final = (POSTINGS, CONTENTS, ARTICLES, TEXTS, LINKS)

_POSTING_GROUP: Final = 262_144  # rows: 3 MB in memory
# Texts that are read to get at one of them. Getting at 1,500 of 86,000 takes 160 ms with 32, 110 with 16, 180 with 8.
_CONTENT_GROUP: Final = 16
_POSTING_BYTES: Final = 12  # in memory
_MAX_CONTENTS: Final = 200_000  # texts of a merged part
_MAX_STATE: Final = 20_000_000  # rows of a merged part
_PROBE: Final = "Ekspor kopi Gayo naik 5,2 persen pada Maret 2024, kata Kepala Dinas. " * 8


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of an index."""

    file: str
    rows: int
    size: int


@dataclass(frozen=True, slots=True)
class IndexSize:
    """How large an index is.

    Attributes:
        articles: Articles it knows, former versions included.
        texts: Different texts.
        postings: Kept hashes.
        posting_bytes: Bytes on disk of the postings.
        content_bytes: Bytes on disk of the texts, which are kept for comparison.
        state_bytes: Bytes on disk of articles, clusters and links.
    """

    articles: int
    texts: int
    postings: int
    posting_bytes: int
    content_bytes: int
    state_bytes: int


class DedupeIndex:
    """A `NearCopyIndex` on disk. Made by `open_dedupe_index`; nothing is kept without `commit`."""

    def __init__(self, folder: Path, parameters: DedupeParameters, *, memory_bytes: int) -> None:
        self._folder = folder
        self._memory_bytes = memory_bytes
        self._stamp = index_stamp(parameters)
        self._parts, self._generation = _read_manifest(folder, self._stamp)
        self._sweep()
        self._files: dict[str, pq.ParquetFile] = {}
        self._state = self._load_state()
        self._cache: OrderedDict[tuple[str, int], pl.DataFrame] = OrderedDict()
        self._cached_bytes = 0
        self._first_hashes: dict[str, pl.Series] = {}
        self._pending: dict[str, list[pl.DataFrame]] = {kind: [] for kind in STATE_KEYS}

    @property
    def state(self) -> State:
        """Articles, texts and links so far."""
        return self._state

    def size(self) -> IndexSize:
        """How large the index is, uncommitted batches included."""

        def size(*kinds: str) -> int:
            return sum(part.size for kind in kinds for part in self._parts[kind])

        return IndexSize(
            articles=self._state.articles.height,
            texts=self._state.texts.height,
            postings=sum(part.rows for part in self._parts[POSTINGS]),
            posting_bytes=size(POSTINGS),
            content_bytes=size(CONTENTS),
            state_bytes=size(ARTICLES, TEXTS, LINKS),
        )

    def lookup(self, hashes: pl.Series, limit: int) -> pl.DataFrame:
        """Find the texts that hold the given hashes; see `NearCopyIndex`."""
        found = []
        for part in self._parts[POSTINGS]:
            firsts = self._first_hashes_of(part)
            group = firsts.search_sorted(hashes, side="right").cast(pl.Int64) - 1
            bounds = group.search_sorted(pl.int_range(firsts.len() + 1, eager=True))
            for number in range(firsts.len()):
                wanted = hashes[bounds[number] : bounds[number + 1]]
                if wanted.len():
                    found.append(lookup_part(wanted, self._posting_group(part, number), limit))
        return merge_lookups(found, limit)

    def contents(self, numbers: pl.Series) -> pl.Series:
        """The texts with the given numbers, in the order given."""
        wanted = pl.DataFrame({"number": numbers.cast(pl.Int64)}).with_row_index("order").sort("number")
        texts: list[pl.Series] = []
        start = 0
        for part in self._parts[CONTENTS]:
            mine = wanted["number"].filter(wanted["number"].is_between(start, start + part.rows - 1)) - start
            if mine.len():
                groups = (mine // _CONTENT_GROUP).unique().sort()
                table = self._file(part).read_row_groups(
                    groups.to_list(), columns=["text"], use_threads=False
                )
                read = pl.Series(pl.from_arrow(table.column("text")))
                place = groups.search_sorted(mine // _CONTENT_GROUP).cast(pl.Int64)
                texts.append(read.gather(place * _CONTENT_GROUP + mine % _CONTENT_GROUP))
            start += part.rows
        found = pl.concat(texts) if texts else pl.Series([], dtype=pl.String)
        return found.gather(wanted["order"].arg_sort())

    def apply(self, change: Change) -> None:
        """Add a batch: its postings and texts are written at once, nothing names them before `commit`.

        Raises:
            NiagaError: The disk is full or cannot be written; the index on disk is what it was.
        """
        postings = change.postings()
        if postings.height:
            self._add(POSTINGS, postings.height, lambda path: _write_postings(path, postings))
            self._merge(POSTINGS, self._memory_bytes // (4 * _POSTING_BYTES), self._merge_postings)
        if change.contents.len():
            texts = change.contents.alias("text").to_frame().to_arrow()
            self._add(CONTENTS, change.contents.len(), lambda path: _write_contents(path, texts))
            self._merge(CONTENTS, _MAX_CONTENTS, self._merge_contents)
        for kind in STATE_KEYS:
            self._pending[kind].append(getattr(change, kind))
        self._state.apply(change)

    def commit(self) -> None:
        """Make all batches so far part of the index, in one step.

        Raises:
            NiagaError: The disk is full or cannot be written; the index on disk is what it was.
        """
        for kind, key in STATE_KEYS.items():
            rows = _latest(pl.concat(self._pending[kind]), key) if self._pending[kind] else pl.DataFrame()
            self._pending[kind] = []
            if rows.height:
                self._add(kind, rows.height, partial(rows.write_parquet, compression="zstd"))
                self._merge(kind, _MAX_STATE, self._merge_rows(key))
        manifest = {
            "format": FORMAT,
            "stamp": self._stamp,
            "generation": self._generation,
            "parts": {kind: [asdict(part) for part in self._parts[kind]] for kind in KINDS},
        }
        with _disk_errors(self._folder):
            write_durably(self._folder / MANIFEST, json.dumps(manifest, indent=1).encode())
        named = {part.file for kind in KINDS for part in self._parts[kind]}
        self._forget({*self._files, *(key[0] for key in self._cache)} - named)
        self._sweep()

    def close(self) -> None:
        """Let go of all files."""
        for file in self._files.values():
            file.close()
        self._files.clear()
        self._cache.clear()

    def _add(self, kind: str, rows: int, write: Callable[[Path], None]) -> None:
        self._parts[kind].append(self._written(kind, rows, write))

    def _written(self, kind: str, rows: int, write: Callable[[Path], None]) -> Part:
        """Write a part under a name of its own, so that it is there whole or not at all."""
        self._generation += 1
        path = self._folder / f"{kind}-{self._generation:08d}.parquet"
        temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
        with _disk_errors(self._folder):
            try:
                write(temporary)
                sync_file(temporary)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
            sync_folder(self._folder)
            return Part(file=path.name, rows=rows, size=path.stat().st_size)

    def _merge(self, kind: str, most_rows: int, write_merged: Callable[[list[Part], Path], int]) -> None:
        """Merge the last parts while they are of like size: each row is written again a few times in all."""
        parts = self._parts[kind]
        while len(parts) > 1 and parts[-2].rows < 2 * parts[-1].rows:
            last = parts[-2:]
            if sum(part.rows for part in last) > most_rows:
                break
            rows = 0

            def write(path: Path, last: list[Part] = last) -> None:
                nonlocal rows
                rows = write_merged(last, path)

            merged = self._written(kind, 0, write)
            parts[-2:] = [Part(merged.file, rows, merged.size)]

    def _merge_postings(self, parts: list[Part], path: Path) -> int:
        merged = merge_postings([self._read_postings(part) for part in parts])
        _write_postings(path, merged)
        return merged.height

    def _merge_contents(self, parts: list[Part], path: Path) -> int:
        with _damage(self._folder):
            texts = [self._file(part).read(columns=["text"]) for part in parts]
        _write_contents(path, pa.concat_tables(texts))
        return sum(part.rows for part in parts)

    def _merge_rows(self, key: str | None) -> Callable[[list[Part], Path], int]:
        def merge(parts: list[Part], path: Path) -> int:
            rows = _latest(pl.concat([self._read_rows(part) for part in parts]), key)
            rows.write_parquet(path, compression="zstd")
            return rows.height

        return merge

    def _read_postings(self, part: Part) -> pl.DataFrame:
        with _damage(self._folder):
            return _posting_frame(self._file(part).read())

    def _read_rows(self, part: Part) -> pl.DataFrame:
        with _damage(self._folder):
            return pl.read_parquet(self._folder / part.file)

    def _posting_group(self, part: Part, number: int) -> pl.DataFrame:
        """One row group of postings, from memory where it was read lately."""
        key = (part.file, number)
        if key in self._cache:
            self._cache.move_to_end(key)
            return self._cache[key]
        with _damage(self._folder):
            group = _posting_frame(self._file(part).read_row_group(number))
        self._cache[key] = group
        self._cached_bytes += group.height * _POSTING_BYTES
        while self._cached_bytes > self._memory_bytes and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._cached_bytes -= dropped.height * _POSTING_BYTES
        return group

    def _first_hashes_of(self, part: Part) -> pl.Series:
        """The first hash of each row group."""
        if part.file not in self._first_hashes:
            metadata = self._file(part).metadata
            firsts = [metadata.row_group(n).column(0).statistics.min for n in range(metadata.num_row_groups)]
            self._first_hashes[part.file] = pl.Series(firsts, dtype=pl.UInt64)
        return self._first_hashes[part.file]

    def _file(self, part: Part) -> pq.ParquetFile:
        if part.file not in self._files:
            with _damage(self._folder):
                self._files[part.file] = pq.ParquetFile(self._folder / part.file, memory_map=True)
        return self._files[part.file]

    def _load_state(self) -> State:
        state = State()
        for kind, put in (
            (ARTICLES, state.put_articles),
            (TEXTS, state.put_texts),
            (LINKS, state.put_links),
        ):
            for part in self._parts[kind]:
                put(self._read_rows(part))
        return state

    def _forget(self, names: set[str]) -> None:
        """Drop what is held of files that belong to the index no longer."""
        for name in names & self._files.keys():
            self._files.pop(name).close()
        for key in [key for key in self._cache if key[0] in names]:
            self._cached_bytes -= self._cache.pop(key).height * _POSTING_BYTES

    def _sweep(self) -> None:
        """Remove parts that the manifest does not name, and temporary files."""
        sweep_temporaries(self._folder)
        named = {part.file for kind in KINDS for part in self._parts[kind]}
        for path in sorted(self._folder.glob("*.parquet")):
            if path.name not in named:
                path.unlink(missing_ok=True)


@contextmanager
def open_dedupe_index(
    folder: Path, parameters: DedupeParameters | None = None, *, memory_bytes: int = 512 * 2**20
) -> Iterator[DedupeIndex]:
    """Open the index in a folder, or start one; what is not committed inside the block is as if it had not been.

    Args:
        folder: Where it is; made where it does not exist.
        parameters: What the stage runs with; an index made with others is refused.
        memory_bytes: Most memory for postings held between look-ups, and for a merge of parts.

    Raises:
        IndexMismatchError: It was made by another version or with other parameters.
        LockHeldError: Another run has it.
        NiagaError: A file of it is damaged or missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with hold_lock(folder / LOCK, what="deduplication"):
        index = DedupeIndex(folder, parameters or DedupeParameters(), memory_bytes=memory_bytes)
        try:
            yield index
        finally:
            index.close()


def check_index(folder: Path) -> int:
    """Look, without a lock, whether all parts of an index are there and can be read; their number.

    Raises:
        IndexMismatchError: It was made by another version; the next run makes it anew.
        NiagaError: A part is damaged or missing.
    """
    parts, _ = _read_manifest(folder, index_stamp(DedupeParameters()))
    for part in (part for kind in KINDS for part in parts[kind]):
        with _damage(folder):
            pq.ParquetFile(folder / part.file).read()
    return sum(len(parts[kind]) for kind in KINDS)


def index_stamp(parameters: DedupeParameters) -> dict[str, str | int | float]:
    """What an index must have been made with: version, parameters, and hashes as this machine computes them.

    Polars promises equal hashes within one release only; the probe notices when they change.
    """
    probe = sketch_texts(pl.Series([_PROBE]), parameters)
    hashes = [*(sorted(part.values.tolist()) for part in probe.for_index), probe.fingerprint.tolist()]
    digest = hashlib.sha256(json.dumps(hashes).encode()).hexdigest()
    return {**parameters.index_stamp(), "hash_probe": digest[:16]}


def _read_manifest(folder: Path, stamp: dict[str, str | int | float]) -> tuple[dict[str, list[Part]], int]:
    path = folder / MANIFEST
    try:
        stored = json.loads(path.read_bytes())
    except FileNotFoundError:
        return {kind: [] for kind in KINDS}, 0
    except ValueError as error:
        raise _damaged(folder, f"{MANIFEST} cannot be read: {error}") from error
    if stored.get("format") != FORMAT or stored.get("stamp") != stamp:
        mine = {"format": FORMAT, **stamp}
        theirs = {"format": stored.get("format"), **(stored.get("stamp") or {})}
        differ = [
            f"{name} is {theirs.get(name)!r}, needed is {mine.get(name)!r}"
            for name in sorted(mine.keys() | theirs.keys())
            if mine.get(name) != theirs.get(name)
        ]
        raise IndexMismatchError(
            f"the dedupe index {folder} was made differently ({'; '.join(differ)}). Remove that folder and run again: "
            "the index is built anew from the articles, and clusters keep their ids"
        )
    try:
        parts = {kind: [Part(**part) for part in stored["parts"][kind]] for kind in KINDS}
        generation = int(stored["generation"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(folder, f"{MANIFEST} lacks {error}") from error
    for part in (part for kind in KINDS for part in parts[kind]):
        try:
            size = (folder / part.file).stat().st_size
        except OSError as error:
            raise _damaged(folder, f"{part.file}: {error.strerror}") from error
        if size != part.size:
            raise _damaged(folder, f"{part.file} has {size} bytes, {part.size} were written")
    return parts, generation


def _write_postings(path: Path, postings: pl.DataFrame) -> None:
    """Sorted postings, in row groups that begin with a new hash."""
    table = postings.select(pl.col("hash").cast(pl.Int64), "text").to_arrow()
    hashes = postings["hash"]
    with pq.ParquetWriter(
        path,
        table.schema,
        use_dictionary=False,
        compression="none",  # what is left after delta coding is noise
        column_encoding={"hash": "DELTA_BINARY_PACKED", "text": "DELTA_BINARY_PACKED"},
    ) as writer:
        start = 0
        while start < postings.height:
            end = min(start + _POSTING_GROUP, postings.height)
            if end < postings.height:
                end = int(hashes.search_sorted(hashes[end - 1], side="right"))
            writer.write_table(table.slice(start, end - start), row_group_size=end - start)
            start = end


def _write_contents(path: Path, texts: pa.Table) -> None:
    pq.write_table(
        texts, path, row_group_size=_CONTENT_GROUP, compression="zstd", compression_level=1, use_dictionary=False,
        write_statistics=False,
    )  # fmt: skip


def _posting_frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.DataFrame(pl.from_arrow(table))
    return frame.select(pl.col("hash").cast(pl.UInt64), pl.col("text").cast(pl.UInt32)).rechunk()


def _latest(rows: pl.DataFrame, key: str | None) -> pl.DataFrame:
    """The last row of each key; all rows where there is none."""
    return rows if key is None else rows.unique(key, keep="last", maintain_order=True)


def _damaged(folder: Path, what: str) -> NiagaError:
    return NiagaError(
        f"the dedupe index {folder} is damaged: {what}. Remove that folder and run again: the index is built anew from "
        "the articles, and clusters keep their ids"
    )


@contextmanager
def _damage(folder: Path) -> Iterator[None]:
    """Say which index is damaged, and what to do, where a part cannot be read."""
    try:
        yield
    except (OSError, pa.ArrowException, pl.exceptions.PolarsError) as error:
        raise _damaged(folder, str(error)) from error


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Say what to do where a part cannot be written."""
    try:
        yield
    except OSError as error:
        what = machine_problem_or_none(error) or f"{error}: put that right"
        raise NiagaError(
            f"the dedupe index {folder} cannot be written ({what}) and run again. What it held before is unchanged"
        ) from error
