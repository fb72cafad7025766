"""What was fetched, for good: bytes under their hash, a manifest line for each fetch, and an index of addresses.

    raw/web/objects/ab/abcd….zst     the bytes of one answer, compressed; never changed, never twice
    raw/web/2026-11-22/103000-1f2e.fetches   one JSON line for each fetch of one visit, in order

Manifests are the truth. The index (SQLite, under the warehouse folder) only finds the last answer of an address and the
health of a source; it is made again from the manifests where it is lost.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final, TextIO

import zstandard

from pipelines.adapters.durable import sync_folder, write_durably
from pipelines.contracts.fetches import Fetch
from pipelines.errors import NiagaError
from pipelines.stages.collect.formats import FETCHES_SUFFIX, OBJECTS_FOLDER, WEB_FOLDER

# Pages under way are not listed: hidden until the visit ends.
_OPEN_PREFIX: Final = "."
_LEVEL: Final = 6
# Errors that asking again does not mend.
_LASTING_ERRORS: Final = frozenset(
    {"not_http", "refused_address", "too_large", "decompression_bomb", "redirects"}
)
_MAX_OBJECT_BYTES: Final = 64_000_000
_FIELDS: Final = tuple(field.name for field in fields(Fetch))
_SCHEMA: Final = """
create table if not exists manifests (path text primary key);
create table if not exists answers (
    url text primary key, fetched_at text, status integer, error text, sha256 text, etag text, last_modified text
) without rowid;
create table if not exists states (source text primary key, state text);
create table if not exists counts (
    source text, day text, fetches integer, errors integer, pages integer, not_modified integer,
    last_fetch_at text, last_page_at text, last_error text,
    primary key (source, day)
) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Health:
    """How a source does, over some days.

    Attributes:
        source: Its name.
        fetches: Requests made.
        errors: Those without an answer, or with a status of 400 and more.
        pages: New pages.
        last_fetch_at: ISO 8601 UTC, or None.
        last_page_at: When the last new page came, or None.
        last_error: What the last error was, or None.
    """

    source: str
    fetches: int = 0
    errors: int = 0
    pages: int = 0
    last_fetch_at: str | None = None
    last_page_at: str | None = None
    last_error: str | None = None

    @property
    def error_rate(self) -> float:
        """Share of requests that failed."""
        return self.errors / self.fetches if self.fetches else 0.0


def parse_fetch(line: bytes | str) -> Fetch:
    """Read one line of a manifest.

    Raises:
        ValueError: It is none.
    """
    given = json.loads(line)
    if not isinstance(given, dict) or not {"source", "kind", "url", "status"} <= given.keys():
        raise ValueError("no line of a manifest of fetches")
    known = {name: given[name] for name in _FIELDS if name in given}
    return Fetch(**{**known, "parts": tuple(known.get("parts") or ())})


def read_object(raw_dir: Path, sha256: str) -> bytes:
    """The bytes under a hash.

    Raises:
        OSError: They are not there.
        ValueError: The hash is none, or the bytes are not those that were received.
    """
    if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
        raise ValueError(f"{sha256[:80]!r} is no SHA-256")
    packed = _object_path(raw_dir / WEB_FOLDER, sha256).read_bytes()
    try:
        content = zstandard.ZstdDecompressor().decompress(packed, max_output_size=_MAX_OBJECT_BYTES)
    except zstandard.ZstdError as error:
        raise ValueError(f"object {sha256}: {error}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise ValueError(f"object {sha256} holds other bytes than were received")
    return content


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer of an address: when, with what, and what to say the next time."""

    fetched_at: str
    status: int
    sha256: str | None
    etag: str | None
    last_modified: str | None


class WebStore:
    """Writes what is fetched; one writer at a time, under the fetch lock."""

    def __init__(self, raw_dir: Path, index_path: Path) -> None:
        self._web_dir = raw_dir / WEB_FOLDER
        index_path.parent.mkdir(parents=True, exist_ok=True)
        self.guard = threading.RLock()
        self._index = sqlite3.connect(index_path, check_same_thread=False, isolation_level=None)
        self._index.executescript("pragma journal_mode = wal; pragma synchronous = normal;" + _SCHEMA)

    def __enter__(self) -> WebStore:
        self._close_left_open()
        self._catch_up()
        return self

    def __exit__(self, *_: object) -> None:
        self._index.close()

    # ---- writing

    def put(self, content: bytes) -> str:
        """Keep bytes under their hash; gives the hash."""
        sha256 = hashlib.sha256(content).hexdigest()
        path = _object_path(self._web_dir, sha256)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, zstandard.ZstdCompressor(level=_LEVEL).compress(content))
        return sha256

    @contextmanager
    def visit(self, *, day: str, name: str) -> Iterator[Visit]:
        """A new manifest: hidden while it grows, seen by collect when the block ends, whatever ends it."""
        folder = self._web_dir / day
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{_OPEN_PREFIX}{name}{FETCHES_SUFFIX}"
        with path.open("x", encoding="utf-8", newline="\n") as stream:
            try:
                yield Visit(self, stream)
            finally:
                stream.flush()
                os.fsync(stream.fileno())
        self._show(path)

    def _show(self, path: Path) -> None:
        """Give a finished manifest its name; one without lines goes."""
        if path.stat().st_size == 0:
            path.unlink()
            return
        shown = path.with_name(path.name.removeprefix(_OPEN_PREFIX))
        path.rename(shown)
        sync_folder(path.parent)
        self._index.execute("insert or ignore into manifests values (?)", [self._relative(shown)])

    def _close_left_open(self) -> None:
        """Finish the manifests of a killed visit: what was fetched is not fetched again."""
        for path in sorted(self._web_dir.glob(f"*/{_OPEN_PREFIX}*{FETCHES_SUFFIX}")):
            whole = path.read_bytes()
            if not whole.endswith(b"\n"):
                write_durably(path, whole[: whole.rfind(b"\n") + 1])
            if path.stat().st_size:
                self._enter_manifest(path)
            self._show(path)

    # ---- the index

    def last(self, url: str) -> Answered | None:
        """The last answer of an address that settles something; None where it is to be asked as if for the first time."""
        with self.guard:
            row = self._index.execute(
                "select fetched_at, status, sha256, etag, last_modified from answers where url = ?", [url]
            ).fetchone()
        return Answered(*row) if row else None

    def health(self, *, since_day: str) -> dict[str, Health]:
        """How each source did from a day on; the last new page counts from the beginning."""
        with self.guard:
            rows = self._index.execute(
                "select source, sum(fetches) filter (where day >= :day), sum(errors) filter (where day >= :day), "
                "sum(pages) filter (where day >= :day), max(last_fetch_at), max(last_page_at), "
                "(select last_error from counts as c where c.source = counts.source and day >= :day "
                " and last_error is not null order by day desc limit 1) from counts group by source",
                {"day": since_day},
            ).fetchall()
        return {
            row[0]: Health(row[0], row[1] or 0, row[2] or 0, row[3] or 0, row[4], row[5], row[6])
            for row in rows
        }

    def daily_pages(self, *, since_day: str) -> dict[str, dict[str, int]]:
        """New pages of each source by day, from a day on; the day of its first fetch is there, if with none."""
        with self.guard:
            rows = self._index.execute(
                "select source, day, pages from counts where day >= ?", [since_day]
            ).fetchall()
        found: dict[str, dict[str, int]] = {}
        for source, day, pages in rows:
            found.setdefault(source, {})[day] = pages or 0
        return found

    def error_rate(self, *, day: str) -> float:
        """Share of the requests since a day that failed; 0 where there were none."""
        with self.guard:
            row = self._index.execute(
                "select sum(errors), sum(fetches) from counts where day >= ?", [day]
            ).fetchone()
        return float(row[0] / row[1]) if row and row[1] else 0.0

    def turned_states(self, states: Mapping[str, str]) -> set[str]:
        """The sources whose state is another than at the last call; the states given are kept for the next."""
        with self.guard:
            before = dict(self._index.execute("select source, state from states").fetchall())
            self._index.executemany(
                "insert into states values (?, ?) on conflict (source) do update set state = excluded.state",
                list(states.items()),
            )
        return {source for source, state in states.items() if before.get(source, "never visited") != state}

    def note(self, fetch: Fetch) -> None:
        """Take one fetch into the index."""
        failed = fetch.error is not None or fetch.status >= 400
        is_new = fetch.kind == "page" and fetch.status == 200 and not fetch.error
        error = f"{fetch.error or f'status {fetch.status}'}: {fetch.url}" if failed else None
        if _settles(fetch):
            self._index.execute(
                "insert into answers values (?, ?, ?, ?, ?, ?, ?) on conflict (url) do update set "
                "fetched_at = excluded.fetched_at, status = excluded.status, error = excluded.error, "
                "sha256 = coalesce(excluded.sha256, sha256), etag = coalesce(excluded.etag, etag), "
                "last_modified = coalesce(excluded.last_modified, last_modified)",
                [
                    fetch.url,
                    fetch.fetched_at,
                    fetch.status,
                    fetch.error,
                    fetch.sha256,
                    fetch.etag,
                    fetch.last_modified,
                ],
            )
        self._index.execute(
            "insert into counts values (:source, :day, 1, :failed, :new, :same, :at, :page_at, :error) "
            "on conflict (source, day) do update set fetches = fetches + 1, errors = errors + excluded.errors, "
            "pages = pages + excluded.pages, not_modified = not_modified + excluded.not_modified, "
            "last_fetch_at = max(last_fetch_at, excluded.last_fetch_at), "
            "last_page_at = max(coalesce(last_page_at, ''), coalesce(excluded.last_page_at, '')), "
            "last_error = coalesce(excluded.last_error, last_error)",
            {
                "source": fetch.source, "day": fetch.fetched_at[:10], "failed": failed, "new": is_new,
                "same": fetch.status == 304, "at": fetch.fetched_at, "page_at": fetch.fetched_at if is_new else None,
                "error": error,
            },
        )  # fmt: skip

    def _catch_up(self) -> None:
        """Take in manifests that the index does not know: it was lost, or they were put there by hand."""
        known = {path for (path,) in self._index.execute("select path from manifests")}
        for path in sorted(self._web_dir.glob(f"*/*{FETCHES_SUFFIX}")):
            if self._relative(path) not in known and not path.name.startswith(_OPEN_PREFIX):
                self._enter_manifest(path)
                self._index.execute("insert into manifests values (?)", [self._relative(path)])

    def _enter_manifest(self, path: Path) -> None:
        with path.open("rb") as stream:
            self._index.execute("begin")
            for line in stream:
                try:
                    self.note(parse_fetch(line))
                except (ValueError, TypeError):
                    continue  # collect tells of it, with its place
            self._index.execute("commit")

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._web_dir).as_posix()


class Visit:
    """One manifest that grows."""

    def __init__(self, store: WebStore, stream: TextIO) -> None:
        self._store = store
        self._stream = stream
        self.fetches: list[Fetch] = []

    def add(self, fetch: Fetch) -> None:
        """Note a fetch: its line is with the operating system when this returns, and survives a kill."""
        told = {
            name: value
            for name, value in asdict(fetch).items()
            if value not in (None, "", (), 0) or name == "status"
        }
        line = json.dumps(told, ensure_ascii=True, separators=(",", ":")) + "\n"
        with self._store.guard:
            self._stream.write(line)
            self._stream.flush()
            self._store.note(fetch)
            self.fetches.append(fetch)


def _settles(fetch: Fetch) -> bool:
    """Whether an answer needs no further asking: it came, or it will not come."""
    if fetch.error:
        return fetch.error in _LASTING_ERRORS
    return fetch.status in {200, 304} or (400 <= fetch.status < 500 and fetch.status != 429)


def _object_path(web_dir: Path, sha256: str) -> Path:
    return web_dir.parent / OBJECTS_FOLDER / sha256[:2] / f"{sha256}.zst"


def open_store(raw_dir: Path, index_path: Path) -> WebStore:
    """Open what was fetched.

    Raises:
        NiagaError: The index is damaged; it may be removed.
    """
    try:
        return WebStore(raw_dir, index_path)
    except sqlite3.DatabaseError as error:
        raise NiagaError(
            f"{index_path} is damaged ({error}); remove it, it is made again from the manifests under {WEB_FOLDER}/"
        ) from error
