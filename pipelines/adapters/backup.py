"""One file that holds a warehouse as it was at one moment, also while a run is going on; and back.

Stage tables change by replacing one manifest at a time, and their parts never change. All manifests are read, their
parts are linked aside, and the manifests are read again: where none changed, what is linked is the state of one
moment. A state between two steps of a run is as good as any: it is what a crash leaves, and the next run goes on from.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Final

import duckdb

from pipelines import __version__
from pipelines.adapters.durable import TEMPORARY_SUFFIX, sync_file, sync_folder
from pipelines.adapters.lock import hold_lock, lock_holder_or_none
from pipelines.adapters.tables import MANIFEST_NAME, TableStore
from pipelines.contracts.fields import Table
from pipelines.errors import NiagaError
from pipelines.settings import Settings

CONTENTS_NAME: Final = "backup.json"
_FORMAT: Final = 1
_WAREHOUSE, _RAW = "warehouse", "raw"
_DECISIONS: Final = ("reviews.csv", "forgotten.csv")
_UNDER_WAY: Final = "backups_under_way"
_TRIES: Final = 600
_PAUSE_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup: its name in it, its size and hash."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What a backup holds.

    Attributes:
        niaga_version: Version that made it.
        made_at: When, UTC.
        entries: Its files.
    """

    niaga_version: str
    made_at: str
    entries: tuple[Entry, ...]

    def count(self, part: str) -> int:
        """Files of one part: warehouse or raw."""
        return sum(entry.name.startswith(f"{part}/") for entry in self.entries)


def make_backup(settings: Settings, path: Path, *, with_raw: bool) -> BackupContents:
    """Write stage tables, published file and decisions of people, and the raw folder if wanted, into one tar file.

    Guarantees: the state is that of one moment; the file appears whole or not at all.

    Raises:
        NiagaError: There is no warehouse, or a run changed it over and over while this looked.
    """
    if not settings.tables_dir.is_dir():
        raise NiagaError(f"there is no warehouse in {settings.warehouse_dir}; run `niaga run` first")
    if path.exists():
        raise NiagaError(f"{path} exists; name a new file")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    try:
        with _state_of_one_moment(settings) as state:
            sources = [(f"{_WAREHOUSE}/{file.relative_to(state).as_posix()}", file) for file in _files(state)]
            for name, decisions in _decisions(settings):
                if decisions.is_file():
                    sources.append((name, decisions))
            if with_raw:
                sources += _raw_files(settings.raw_dir)
            contents = _write_archive(temporary, sources)
        sync_file(temporary)
        os.link(temporary, path)  # fails where another backup took the name meanwhile
    except FileExistsError as error:
        raise NiagaError(f"{path} exists; name a new file") from error
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)
    return contents


def restore_backup(path: Path, settings: Settings, *, replace: bool) -> BackupContents:
    """Put a backup in the place of a warehouse; raw files and decisions that are there already stay as they are.

    Guarantees: nothing is touched before every file of the backup was read and has the hash it had when it was made;
        a name in the file cannot lead out of the folders. Killed in between, restore again.

    Raises:
        NiagaError: It is no whole backup, or the warehouse is not empty and `replace` was not given.
        LockHeldError: A run is going on.
    """
    settings.warehouse_dir.mkdir(parents=True, exist_ok=True)
    with hold_lock(settings.lock_path, what="niaga restore"):
        if not replace and (settings.published_path.exists() or settings.tables_dir.exists()):
            raise NiagaError(
                f"{settings.warehouse_dir} holds a warehouse; name another with --warehouse-dir, or give --replace"
            )
        work = settings.warehouse_dir / f"restore{TEMPORARY_SUFFIX}"
        shutil.rmtree(work, ignore_errors=True)
        try:
            work.mkdir()
            contents = _read_archive(path, work)
            _check_state(work / _WAREHOUSE)
            # The index of near copies is made again from the articles.
            shutil.rmtree(settings.dedupe_index_dir, ignore_errors=True)
            for old in (settings.published_path, settings.warehouse_dir / "published.json"):
                old.unlink(missing_ok=True)
            shutil.rmtree(settings.tables_dir, ignore_errors=True)
            for entry in sorted((work / _WAREHOUSE).iterdir()):
                entry.rename(settings.warehouse_dir / entry.name)
            sync_folder(settings.warehouse_dir)
            for name, decisions in _decisions(settings):
                _put_where_missing(work / name, decisions)
            for file in _files(work / _RAW):
                _put_where_missing(file, settings.raw_dir / file.relative_to(work / _RAW))
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return contents


def _raw_files(raw_dir: Path) -> list[tuple[str, Path]]:
    """Every regular file that lies in the raw folder: what was fetched and what was rejected, too."""
    inside = raw_dir.resolve()
    found: list[tuple[str, Path]] = []
    for path in _files(raw_dir):
        name = path.relative_to(raw_dir).as_posix()
        # A name that is no text is no article (docs/runbook.md, reason codes), and a link may lead out.
        if path.resolve().is_relative_to(inside) and name.isprintable():
            found.append((f"{_RAW}/{name}", path))
    return found


def _decisions(settings: Settings) -> list[tuple[str, Path]]:
    """What people decided: name in the backup, and where it is."""
    return list(zip(_DECISIONS, (settings.reviews_path, settings.forgotten_path), strict=True))


@contextmanager
def _state_of_one_moment(settings: Settings) -> Iterator[Path]:
    """A folder with links to all files of the warehouse as they stood together at one moment."""
    sweep_lost_backups(settings)
    state = settings.warehouse_dir / _UNDER_WAY / str(os.getpid())
    with hold_lock(state.with_suffix(".lock"), what="niaga backup"):
        try:
            yield from _link_one_moment(settings, state)
        finally:
            shutil.rmtree(state, ignore_errors=True)
            state.with_suffix(".lock").unlink(missing_ok=True)
            with suppress(OSError):  # another backup is under way
                state.parent.rmdir()


def sweep_lost_backups(settings: Settings) -> None:
    """Remove what backups left that were killed; those under way hold a lock of their own."""
    folder = settings.warehouse_dir / _UNDER_WAY
    for lock in sorted(folder.glob("*.lock")):
        if lock_holder_or_none(lock) is None:
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)
    with suppress(OSError):  # not there, or a backup is under way
        folder.rmdir()


def _link_one_moment(settings: Settings, state: Path) -> Iterator[Path]:
    for _ in range(_TRIES):
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir()
        before = _names(settings)
        try:
            _link_all(settings, before, state)
        except FileNotFoundError:  # a part went while it was linked: a run committed
            time.sleep(_PAUSE_SECONDS)
            continue
        if _names(settings) == before:
            yield state
            return
        time.sleep(_PAUSE_SECONDS)
    raise NiagaError("a run changes the warehouse over and over; try again when it is done")


def _names(settings: Settings) -> dict[str, bytes | tuple[int, int]]:
    """What tells one state from another: the bytes of manifests and notes, the identity of the published file."""
    found: dict[str, bytes | tuple[int, int]] = {}
    for manifest in sorted(settings.tables_dir.glob(f"*/{MANIFEST_NAME}")):
        found[manifest.relative_to(settings.warehouse_dir).as_posix()] = manifest.read_bytes()
    note = settings.warehouse_dir / "published.json"
    if note.exists():
        found[note.name] = note.read_bytes()
    if settings.published_path.exists():
        status = settings.published_path.stat()
        found[settings.published_path.name] = (status.st_ino, status.st_mtime_ns)
    return found


def _link_all(settings: Settings, names: dict[str, bytes | tuple[int, int]], state: Path) -> None:
    store = TableStore(settings.tables_dir)
    for name, content in names.items():
        target = state / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            target.write_bytes(content)
        else:
            _link(settings.warehouse_dir / name, target)
        if target.name == MANIFEST_NAME:
            for part in store.manifest(Table(target.parent.name, "", (), ())).parts:
                _link(settings.tables_dir / target.parent.name / part.file, target.parent / part.file)


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without links
        shutil.copy2(source, target)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _write_archive(path: Path, sources: list[tuple[str, Path]]) -> BackupContents:
    entries: list[Entry] = []
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as archive:
        for name, source in sources:
            try:
                opened = source.open("rb")
            except FileNotFoundError:
                if name.startswith(f"{_RAW}/"):
                    continue  # the raw folder is not ours: a file of it may go at any time
                raise
            with opened as stream:
                status = os.fstat(stream.fileno())
                member = tarfile.TarInfo(name)
                member.size, member.mtime, member.mode = status.st_size, status.st_mtime, 0o644
                # To the nanosecond: by it the next run knows a raw file without opening it.
                member.pax_headers = {
                    "mtime": f"{status.st_mtime_ns // 10**9}.{status.st_mtime_ns % 10**9:09d}"
                }
                hashed = _Hashed(stream)
                archive.addfile(member, hashed)
            entries.append(Entry(name, status.st_size, hashed.digest.hexdigest()))
        contents = BackupContents(
            __version__, datetime.now(UTC).isoformat(timespec="seconds"), tuple(entries)
        )
        stored = json.dumps({"format": _FORMAT, **asdict(contents)}, indent=1).encode()
        member = tarfile.TarInfo(CONTENTS_NAME)
        member.size = len(stored)
        archive.addfile(member, io.BytesIO(stored))
    return contents


class _Hashed(io.RawIOBase):
    """A stream that remembers the hash of what was read from it."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self.digest.update(content)
        return content


def _read_archive(path: Path, work: Path) -> BackupContents:
    """Unpack a backup and check every file against its list."""
    found: dict[str, Entry] = {}
    contents: BackupContents | None = None
    try:
        with tarfile.open(path, "r:") as archive:
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is None:
                    raise _broken(path, f"{member.name!r} is no file")
                if member.name == CONTENTS_NAME:
                    contents = _parse_contents(path, stream.read())
                    continue
                target = work.joinpath(*_safe_parts(path, member.name))
                target.parent.mkdir(parents=True, exist_ok=True)
                digest = hashlib.sha256()
                with target.open("xb") as out:
                    while chunk := stream.read(1 << 20):
                        digest.update(chunk)
                        out.write(chunk)
                    out.flush()
                    os.fsync(out.fileno())
                nanoseconds = _nanoseconds(member)
                os.utime(target, ns=(nanoseconds, nanoseconds))
                found[member.name] = Entry(member.name, member.size, digest.hexdigest())
    except FileNotFoundError as error:
        raise NiagaError(f"{path}: no such file") from error
    except (tarfile.TarError, EOFError, FileExistsError, ValueError) as error:
        raise _broken(path, str(error)) from error
    if contents is None:
        raise _broken(path, f"it has no {CONTENTS_NAME}; it was cut short")
    if set(contents.entries) != set(found.values()):
        raise _broken(path, "a file in it is not what was written")
    return contents


def _parse_contents(path: Path, content: bytes) -> BackupContents:
    try:
        stored = json.loads(content)
        if stored["format"] != _FORMAT:
            raise _broken(path, f"it has format {stored['format']}, this niaga reads {_FORMAT}")
        return BackupContents(
            str(stored["niaga_version"]), str(stored["made_at"]),
            tuple(Entry(**entry) for entry in stored["entries"]),
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise _broken(path, f"{CONTENTS_NAME}: {error}") from error


def _safe_parts(path: Path, name: str) -> tuple[str, ...]:
    """The parts of a name that lies in a backup's folders, whoever wrote the file."""
    parts = PurePosixPath(name).parts
    inside = parts[:1] in {(_WAREHOUSE,), (_RAW,)} and len(parts) > 1
    if name.startswith("/") or ".." in parts or "\0" in name or not (inside or name in _DECISIONS):
        raise _broken(path, f"{name!r} is not a name of a backup")
    return parts


def _nanoseconds(member: tarfile.TarInfo) -> int:
    seconds, _, fraction = member.pax_headers.get("mtime", str(member.mtime)).partition(".")
    return int(seconds) * 10**9 + int(f"{fraction:0<9}"[:9] or 0)


def _check_state(folder: Path) -> None:
    """The tables are whole and the published file opens."""
    store = TableStore(folder / "tables")
    names = sorted(path.parent.name for path in (folder / "tables").glob(f"*/{MANIFEST_NAME}"))
    store.verify(Table(name, "", (), ()) for name in names)
    published = folder / "niaga.duckdb"
    if published.exists():
        try:
            duckdb.connect(str(published), read_only=True).close()
        except duckdb.Error as error:
            raise NiagaError(f"the published file in the backup cannot be opened: {error}") from error


def _put_where_missing(source: Path, target: Path) -> None:
    if source.is_file() and not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)


def _broken(path: Path, reason: str) -> NiagaError:
    return NiagaError(f"{path} is no whole backup ({reason}); nothing was changed. Take another one")
