"""Stage tables on disk: per table one folder of Parquet parts, made visible by one manifest.

A part is named by its content, written and synced before the manifest names it; replacing the manifest is the
commit. dbt reads `<tables>/<name>/*.parquet`, so a part that no manifest names (left by a crash) is removed
by `sweep` before anything reads.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.adapters.durable import machine_problem_or_none, sweep_temporaries, sync_folder, write_durably
from pipelines.contracts.fields import Table
from pipelines.errors import ContractError, NiagaError

MANIFEST_NAME: Final = "manifest.json"
_FORMAT: Final = 1
# A run adds a part for its new rows; past this many small ones they are written again as larger ones. With 50 parts
# of some 100 kB opening them costs more than reading them. Articles are six times as large in
# memory: what is joined at a time, until it is no longer small, takes some 50 MB, however large the table is.
_MAX_SMALL_PARTS: Final = 50
_SMALL_PART: Final = 2_000_000
_PART_ROWS: Final = 250_000


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of a table."""

    file: str
    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The parts that make up a table, and the signature of what they were computed from."""

    parts: tuple[Part, ...]
    inputs: str | None

    @property
    def rows(self) -> int:
        """Rows of the table."""
        return sum(part.rows for part in self.parts)

    @property
    def version(self) -> str:
        """Hash of the table's content; equal versions hold the same rows in the same order."""
        return hashlib.sha256("".join(part.sha256 for part in self.parts).encode()).hexdigest()


class TableStore:
    """The stage tables of one warehouse folder; one writer at a time, under the run lock."""

    def __init__(self, tables_dir: Path) -> None:
        self._dir = tables_dir
        # Parts whose bytes this process has seen to be those that were written, by name, size and time.
        self._verified: set[tuple[str, int, int]] = set()

    def create(self, tables: Iterable[Table]) -> None:
        """Give each table that does not exist yet an empty part, so that dbt finds its columns."""
        for table in tables:
            if not (self._folder(table) / MANIFEST_NAME).exists():
                self.replace(table, table.frame([]))

    def exists(self, table: Table) -> bool:
        """Whether the table was ever written."""
        return (self._folder(table) / MANIFEST_NAME).exists()

    def manifest(self, table: Table) -> Manifest:
        """The table's parts as of its last commit; no parts where it was never written.

        Raises:
            NiagaError: The manifest is damaged.
        """
        path = self._folder(table) / MANIFEST_NAME
        try:
            stored = json.loads(path.read_bytes())
            if stored["format"] != _FORMAT:
                raise NiagaError(
                    f"{path} has format {stored['format']}, this niaga reads {_FORMAT}; remove the folder "
                    f"{self._dir} and run again: everything in it is rebuilt from the raw folder"
                )
            return Manifest(parts=tuple(Part(**part) for part in stored["parts"]), inputs=stored["inputs"])
        except FileNotFoundError:
            return Manifest(parts=(), inputs=None)
        except (ValueError, KeyError, TypeError) as error:
            raise self._damaged(path, error) from error

    def read(
        self, table: Table, *, columns: Sequence[str] | None = None, where: pl.Expr | None = None
    ) -> pl.DataFrame:
        """The rows of a table, in the order they were written; with `where` memory holds one part and what it chooses.

        Raises:
            NiagaError: A part is missing or its bytes are not those that were written.
            ContractError: A part holds other columns than the table declares.
        """
        pieces = self.pieces(table, columns=columns)
        return pl.concat(
            pieces if where is None else (piece.filter(where) for piece in pieces),
            how="vertical",
            rechunk=False,
        )

    def pieces(self, table: Table, *, columns: Sequence[str] | None = None) -> Iterator[pl.DataFrame]:
        """The rows of a table a part at a time; one piece without rows where there are none.

        Raises:
            NiagaError: A part is missing or its bytes are not those that were written.
            ContractError: A part holds other columns than the table declares.
        """
        parts = self.manifest(table).parts
        for part in parts:
            yield self._read_part(table, part, columns)
        if not parts:
            empty = table.frame([])
            yield empty.select(columns) if columns is not None else empty

    def read_matching(self, table: Table, keys: pl.DataFrame) -> pl.DataFrame:
        """The rows that agree with one of `keys` in all of its columns; parts without such rows are not kept.

        Memory holds one part and what was found, not the table.
        """
        found = [table.frame([])]
        for part in self.manifest(table).parts if not keys.is_empty() else ():
            columns = self._read_part(table, part, keys.columns)
            if _any_match(columns, [keys]):
                whole = self._read_part(table, part, None)
                found.append(whole.join(keys, on=keys.columns, how="semi", nulls_equal=True))
        return pl.concat(found)

    def head(self, table: Table, rows: int) -> pl.DataFrame:
        """Some first rows of a table, for a preview."""
        part = next((part for part in self.manifest(table).parts if part.rows), None)
        return table.frame([]) if part is None else self._read_part(table, part, None).head(rows)

    def replace(self, table: Table, frame: pl.DataFrame, *, inputs: str | None = None) -> Manifest:
        """Make a frame the whole content of a table, in one step.

        Raises:
            ContractError: The frame's columns are not those of the table.
        """
        parts = self._write_parts(table, frame)
        before = self.manifest(table)
        if (tuple(parts), inputs) == (before.parts, before.inputs):
            return before
        return self._commit(table, parts, inputs)

    def upsert(self, table: Table, frame: pl.DataFrame, *, outdated: pl.DataFrame | None = None) -> Manifest:
        """Add rows to a table; rows that it has under their keys go.

        Args:
            table: The table.
            frame: The rows to add.
            outdated: Other rows that go: those that agree with one of these in all of these columns.

        Parts without such rows stay as they are, so adding costs what is added, not what is there.
        """
        _check_columns(table, frame)
        goes = [frame.select(table.key)] + ([outdated] if outdated is not None else [])
        goes = [keys for keys in goes if not keys.is_empty()]
        before = self.manifest(table)
        kept: list[Part] = []
        for part in before.parts:
            columns = sorted({column for keys in goes for column in keys.columns})
            if not goes or not _any_match(self._read_part(table, part, columns), goes):
                kept += [part] if part.rows else []
                continue
            rest = self._read_part(table, part, None)
            for keys in goes:
                rest = rest.join(keys, on=keys.columns, how="anti", nulls_equal=True)
            kept += [] if rest.is_empty() else self._write_parts(table, rest)
        if not frame.is_empty() or not kept:
            kept += self._write_parts(table, frame)
        if tuple(kept) == before.parts:
            return before
        small = [part for part in kept if part.size < _SMALL_PART]
        if len(small) > _MAX_SMALL_PARTS:
            # Only the small ones are joined: a large table is not written again for what is added to it.
            kept = [part for part in kept if part.size >= _SMALL_PART]
            for group in _groups(small):
                kept += self._write_parts(
                    table, pl.concat(self._read_part(table, part, None) for part in group)
                )
        return self._commit(table, kept, None)

    def migrate(self, tables: Iterable[Table]) -> list[str]:
        """Give tables that an earlier version wrote the columns they have now; the names of those.

        A new column that may be null is null; a column that is no longer declared goes. Nothing else is guessed.

        Raises:
            NiagaError: A new column needs a value, or a column has another type now.
        """
        migrated: list[str] = []
        for table in tables:
            parts = self.manifest(table).parts
            declared = pl.Schema(table.schema)
            stored = [self._schema(table, part) for part in parts]
            if all(schema == declared for schema in stored):
                continue
            for schema in stored:
                self._check_migration(table, schema)
            frames = [pl.read_parquet(io.BytesIO(self._part_bytes(table, part))) for part in parts]
            now = [
                frame.with_columns(
                    pl.lit(None, dtype).alias(name)
                    for name, dtype in declared.items()
                    if name not in frame.columns
                ).select(declared.names())
                for frame in frames
            ]
            self.replace(table, pl.concat(now))
            migrated.append(table.name)
        return migrated

    def _schema(self, table: Table, part: Part) -> pl.Schema:
        """The columns of a part, from its footer: cheap enough to look at each time."""
        path = self._folder(table) / part.file
        try:
            return pl.Schema(pl.read_parquet_schema(path))
        except (OSError, pl.exceptions.PolarsError) as error:
            raise self._damaged(path, error) from error

    def _check_migration(self, table: Table, stored: pl.Schema) -> None:
        odd = [
            f"{field.name} is new and may not be null"
            if field.name not in stored
            else f"{field.name} was {stored[field.name]}"
            for field in table.fields
            if (field.name not in stored and not field.nullable)
            or (field.name in stored and stored[field.name] != field.dtype)
        ]
        if odd:
            raise NiagaError(
                f"table {table.name} of an earlier version cannot be carried over ({'; '.join(odd)}). Make a backup, remove "
                f"the folder {self._dir} and run again: everything in it is rebuilt from the raw folder, event ids anew"
            )

    def verify(self, tables: Iterable[Table]) -> None:
        """Check that every part is there, whole.

        Raises:
            NiagaError: One is not.
        """
        for table in tables:
            for part in self.manifest(table).parts:
                self._part_bytes(table, part)

    def sweep(self) -> list[Path]:
        """Remove what a killed run left: temporary files, and parts that no manifest names."""
        removed: list[Path] = []
        for folder in sorted(self._dir.iterdir()) if self._dir.is_dir() else []:
            if not folder.is_dir():
                continue
            removed += sweep_temporaries(folder)
            named = {part.file for part in self.manifest(Table(folder.name, "", (), ())).parts}
            for path in sorted(folder.glob("*.parquet")):
                if path.name not in named:
                    path.unlink(missing_ok=True)
                    removed.append(path)
        return removed

    def _folder(self, table: Table) -> Path:
        return self._dir / table.name

    def _write_parts(self, table: Table, frame: pl.DataFrame) -> list[Part]:
        _check_columns(table, frame)
        folder = self._folder(table)
        folder.mkdir(parents=True, exist_ok=True)
        parts: list[Part] = []
        for start in range(0, max(frame.height, 1), _PART_ROWS):
            chunk = frame.slice(start, _PART_ROWS)
            buffer = io.BytesIO()
            chunk.write_parquet(buffer, compression="zstd", statistics=True)
            content = buffer.getvalue()
            digest = hashlib.sha256(content).hexdigest()
            part = Part(file=f"{digest[:24]}.parquet", rows=chunk.height, size=len(content), sha256=digest)
            if part not in parts:  # equal parts would be one file counted twice
                write_durably(folder / part.file, content)
                parts.append(part)
        return parts

    def _commit(self, table: Table, parts: Sequence[Part], inputs: str | None) -> Manifest:
        folder = self._folder(table)
        before = {part.file for part in self.manifest(table).parts}
        manifest = Manifest(parts=tuple(parts), inputs=inputs)
        stored: dict[str, Any] = {
            "format": _FORMAT,
            "table": table.name,
            "inputs": inputs,
            "parts": [
                {"file": part.file, "rows": part.rows, "size": part.size, "sha256": part.sha256}
                for part in parts
            ],
        }
        write_durably(folder / MANIFEST_NAME, json.dumps(stored, indent=1).encode())
        for file in sorted(before - {part.file for part in parts}):
            (folder / file).unlink(missing_ok=True)
        sync_folder(folder)
        return manifest

    def _read_part(self, table: Table, part: Part, columns: Sequence[str] | None) -> pl.DataFrame:
        path = self._folder(table) / part.file
        try:
            status = path.stat()
            seen = (f"{table.name}/{part.file}", status.st_size, status.st_mtime_ns)
        except OSError as error:
            raise self._damaged(path, error) from error
        if seen not in self._verified:
            self._part_bytes(table, part)
            self._verified.add(seen)
        try:
            frame = pl.read_parquet(path, columns=list(columns) if columns is not None else None)
        except pl.exceptions.PolarsError as error:
            raise self._damaged(path, error) from error
        if columns is None:
            _check_columns(table, frame)
        return frame

    def _part_bytes(self, table: Table, part: Part) -> bytes:
        path = self._folder(table) / part.file
        try:
            content = path.read_bytes()
        except OSError as error:
            raise self._damaged(path, error) from error
        if hashlib.sha256(content).hexdigest() != part.sha256:
            raise self._damaged(path, "its bytes are not those that were written")
        return content

    def _damaged(self, path: Path, reason: object) -> NiagaError:
        if isinstance(reason, BaseException) and (what := machine_problem_or_none(reason)):
            return NiagaError(f"{path} cannot be read: {what} and run again")  # the file is none the worse
        return NiagaError(
            f"{path} is damaged ({reason}). The published warehouse is not touched. Remove the folder "
            f"{self._dir} and run again: everything in it is rebuilt from the raw folder"
        )


def _groups(parts: Iterable[Part]) -> Iterator[list[Part]]:
    """Parts in their order, in groups that are just not small any more; the last may be."""
    group: list[Part] = []
    for part in parts:
        group.append(part)
        if sum(other.size for other in group) >= _SMALL_PART:
            yield group
            group = []
    if group:
        yield group


def _any_match(frame: pl.DataFrame, goes: Sequence[pl.DataFrame]) -> bool:
    return any(
        not frame.join(keys, on=keys.columns, how="semi", nulls_equal=True).is_empty() for keys in goes
    )


def _check_columns(table: Table, frame: pl.DataFrame) -> None:
    if frame.schema != pl.Schema(table.schema):
        declared, found = table.schema, dict(frame.schema)
        odd = [f"{name} is missing" for name in declared if name not in found]
        odd += [f"{name} is not declared" for name in found if name not in declared]
        odd += [
            f"{name} is {found[name]}, declared {declared[name]}"
            for name in declared
            if name in found and found[name] != declared[name]
        ]
        raise ContractError(
            f"table {table.name} does not keep its contract: {'; '.join(odd) or 'columns in another order'}. "
            f"If niaga was upgraded, remove its folder under tables/ and run again"
        )
