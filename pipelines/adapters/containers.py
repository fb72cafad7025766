"""The documents of one raw file: the file itself, or the records of a table, a zip or a web archive, streamed.

Nothing is unpacked to disk, so no name in an archive can lead anywhere. A stream that grows out of all proportion
is stopped. What cannot be read becomes a `Rejection` with its place; what stands before it is kept.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, Final, Protocol, cast

import zstandard

from pipelines.adapters.readers import reason_of
from pipelines.adapters.warc import read_warc
from pipelines.adapters.web_store import parse_fetch, read_object
from pipelines.stages.collect import RawDocument, RawMetadata, Rejection
from pipelines.stages.collect.formats import COMPANIONS, Format, format_or_none
from pipelines.stages.collect.model import MAX_BYTES
from pipelines.stages.collect.raw import MetadataTree
from pipelines.stages.collect.records import FieldMapping, read_records, record_document

# Text compresses 3 to 20 times, a table of repeated values up to some 100 times; bombs start at 1,000.
_MAX_RATIO: Final = 200
# Below this a ratio says nothing, and nothing is harmed.
_RATIO_FROM: Final = 64_000_000
_MAX_ZSTD_WINDOW: Final = 1 << 27
_DAMAGE: Final = (
    OSError,
    EOFError,
    ValueError,
    zlib.error,
    zipfile.BadZipFile,
    zstandard.ZstdError,
    NotImplementedError,
)
_LOCATORS: Final = {"jsonl": "record", "json": "record", "csv": "row", "tsv": "row", "parquet": "row"}


@dataclass(frozen=True, slots=True)
class Item:
    """One document of a file, or what is wrong at its place; `resume_at` starts a later reading behind it."""

    document: RawDocument | Rejection
    resume_at: int


class BombError(ValueError):
    """A stream decompresses to far more than text does."""


class _Stepwise(Protocol):
    def read1(self, size: int, /) -> bytes:
        """What one step gives, at most `size` bytes."""


class _Guarded(io.RawIOBase):
    """A decompressing stream that ends with `BombError` where it yields out of all proportion."""

    def __init__(self, stream: _Stepwise, compressed: int) -> None:
        self._stream = stream
        self._limit = max(_RATIO_FROM, compressed * _MAX_RATIO)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        # One step of the decompressor: what it gave before damage is not lost with the rest.
        chunk = self._stream.read1(len(buffer))
        self._given += len(chunk)
        if self._given > self._limit:
            raise BombError(f"decompresses to more than {self._limit:,} bytes, {_MAX_RATIO} times its size")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def sha256_of(raw_dir: Path, raw_path: str) -> str | Rejection:
    """SHA-256 of a file's bytes, read in pieces; a file that cannot be read is a problem."""
    try:
        with _open_regular(raw_dir, raw_path) as stream:
            return hashlib.file_digest(cast(io.BufferedReader, stream), "sha256").hexdigest()
    except OSError as error:
        return Rejection(raw_path, reason_of(error), str(error.strerror or error))


def read_documents(
    raw_dir: Path, raw_path: str, *, metadata: MetadataTree, fields: FieldMapping, start: int = 0
) -> Iterator[Item]:
    """The documents of one file, in order.

    Args:
        raw_dir: The raw folder.
        raw_path: The file in it.
        metadata: What metadata.csv files say, of the file or of members of a zip.
        fields: Which field of a record is which.
        start: The `resume_at` of the last document that an earlier reading took; 0 for all.

    Guarantees: never raises for what a file holds; reads no more than a document's limit into memory, but for
        `.json` files (see `MAX_JSON_BYTES`).
    """
    kind = format_or_none(PurePosixPath(raw_path).name)
    if kind is None:
        raise ValueError(f"{raw_path} is of no kind that is read")
    place = start
    try:
        with _open_regular(raw_dir, raw_path) as stream:
            if kind.kind == "zip":
                items = _zip_items(stream, raw_path, metadata, fields, start)
            elif kind.kind == "fetches":
                items = _fetched_items(stream, raw_dir, raw_path, start)
            elif kind.kind == "warc":
                items = (
                    Item(document, resume) for document, resume in read_warc(stream, raw_path, start=start)
                )
            else:
                size = os.fstat(stream.fileno()).st_size
                items = _items(kind, stream, size, raw_path, metadata, fields, start)
            for item in items:
                place = item.resume_at
                yield item
    except BombError as error:
        yield Item(Rejection(raw_path, "decompression_bomb", str(error), _after(place)), place)
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            yield Item(Rejection(raw_path, reason_of(error), str(error.strerror), _after(place)), place)
        else:
            detail = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            yield Item(Rejection(raw_path, "damaged", detail, _after(place)), place)
    except Exception as error:  # noqa: BLE001 - one hostile file must not stop the others; it is named in rejects
        detail = f"{type(error).__name__}: {error}"[:500]
        yield Item(Rejection(raw_path, "collect_failed", detail, _after(place)), place)


def _after(place: int) -> str | None:
    return f"after {place}" if place else None


def _open_regular(raw_dir: Path, raw_path: str) -> BinaryIO:
    # O_NONBLOCK: a pipe put in place of the file after listing must not hold the run up.
    handle = os.open(raw_dir / PurePosixPath(raw_path), os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("a device, pipe or folder link is not read")
    return os.fdopen(handle, "rb")


def _decompressed(kind: Format, stream: BinaryIO, compressed: int) -> BinaryIO:
    if kind.compression == "gzip":
        inner: _Stepwise = gzip.GzipFile(fileobj=stream, mode="rb")
    elif kind.compression == "zstd":
        decompressor = zstandard.ZstdDecompressor(max_window_size=_MAX_ZSTD_WINDOW)
        inner = cast(_Stepwise, decompressor.stream_reader(stream, read_across_frames=True))
    else:
        return stream
    return cast(BinaryIO, io.BufferedReader(_Guarded(inner, compressed), 1 << 18))


def _items(
    kind: Format,
    stream: BinaryIO,
    size: int,
    raw_path: str,
    metadata: MetadataTree,
    fields: FieldMapping,
    start: int,
    member: str | None = None,
) -> Iterator[Item]:
    """The documents of one decoded stream, a file or the member of a zip."""
    named = str(PurePosixPath(raw_path).parent / member) if member else raw_path
    given = metadata.of(named)
    prefix = f"member {member}" if member else None
    opened = _decompressed(kind, stream, size)
    if kind.is_document:
        content = opened.read(MAX_BYTES + 1)
        document: RawDocument | Rejection = (
            Rejection(raw_path, "too_large", f"more than {MAX_BYTES:,} bytes; split it into articles", prefix)
            if len(content) > MAX_BYTES
            else RawDocument(
                raw_path, content, given, kind.kind, prefix, record_key=(member,) if member else ()
            )
        )
        if start < 1:
            yield Item(document, 1)
        return
    if kind.kind == "parquet" and not opened.seekable():
        opened = io.BytesIO(_whole(opened))
    for record in read_records(kind.kind, opened, fields, start=start):
        own = f"{_LOCATORS[kind.kind]} {record.number}"
        locator = f"{prefix}, {own}" if prefix else own
        if record.values is None:
            reason, detail = record.problem or ("record_unreadable", "")
            yield Item(Rejection(raw_path, reason, detail, locator), record.number)
            continue
        yield Item(
            record_document(
                record.values, fields, raw_path=raw_path, locator=locator, position=record.number,
                member=(member,) if member else (), given=given,
            ),
            record.number,
        )  # fmt: skip


def _fetched_items(stream: BinaryIO, raw_dir: Path, raw_path: str, start: int) -> Iterator[Item]:
    """The pages that a manifest of fetches names; listings and failed requests are no documents."""
    for number, line in enumerate(stream, start=1):
        if number <= start:
            continue
        locator = f"record {number}"
        try:
            fetch = parse_fetch(line)
        except (ValueError, TypeError) as error:
            yield Item(Rejection(raw_path, "record_unreadable", str(error)[:300], locator), number)
            continue
        locator = f"source {fetch.source}, record {number}"
        if fetch.kind != "page" or fetch.status != 200 or fetch.sha256 is None:
            continue
        try:
            content, *parts = (read_object(raw_dir, sha256) for sha256 in (fetch.sha256, *fetch.parts))
        except (OSError, ValueError) as error:
            yield Item(Rejection(raw_path, "object_missing", str(error)[:300], locator), number)
            continue
        document = RawDocument(
            raw_path=raw_path,
            content=content,
            metadata=RawMetadata(url=fetch.final_url),
            form="html",
            raw_locator=locator,
            position=number,
            record_key=(fetch.final_url,),
            address=fetch.final_url,
            charset=fetch.charset,
            retrieved_at=fetch.fetched_at,
            is_bulk=True,
            parts=tuple(parts),
            listed=fetch.published,
            outlet=fetch.outlet,
        )
        yield Item(document, number)


def _whole(stream: BinaryIO) -> bytes:
    content = stream.read(_RATIO_FROM * 4 + 1)
    if len(content) > _RATIO_FROM * 4:
        raise ValueError(
            "a compressed Parquet file of this size cannot be read; Parquet compresses by itself"
        )
    return content


def _zip_items(
    stream: BinaryIO, raw_path: str, metadata: MetadataTree, fields: FieldMapping, start: int
) -> Iterator[Item]:
    """The documents of all members; `resume_at` counts documents over the whole archive."""
    count = 0
    with zipfile.ZipFile(stream) as archive:
        for entry in archive.infolist():
            if entry.filename.endswith("/"):  # a folder; ZipInfo.is_dir fails on an empty name
                continue
            for document in _member_documents(archive, entry, raw_path, metadata, fields):
                count += 1
                if count > start:
                    # The place in the archive orders documents, whatever their number in their member is.
                    placed = (
                        document if isinstance(document, Rejection) else replace(document, position=count)
                    )
                    yield Item(placed, count)


def _member_documents(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    raw_path: str,
    metadata: MetadataTree,
    fields: FieldMapping,
) -> Iterator[RawDocument | Rejection]:
    name = entry.filename
    shown = name.encode("utf-8", "replace").decode("utf-8")[:500]
    path = PurePosixPath(name.replace("\\", "/"))
    if path.name in COMPANIONS or path.name.startswith(".") or "__MACOSX" in path.parts:
        return

    def reject(reason: str, detail: str) -> Rejection:
        return Rejection(raw_path, reason, detail, f"member {shown}")

    if not path.parts or path.is_absolute() or ".." in path.parts or ":" in path.parts[0]:
        yield reject("unsafe_member_name", "no name of a file in the archive; the member is not read")
        return
    kind = format_or_none(path.name)
    if kind is None or kind.kind in {"zip", "warc", "fetches"}:
        yield reject("unsupported_format", f"members of kind {path.suffix or '(none)'!r} are not read")
        return
    if entry.flag_bits & 1:
        yield reject("encrypted", "the member is encrypted; unpack it")
        return
    try:
        with archive.open(entry) as packed:
            guarded = cast(
                BinaryIO, io.BufferedReader(_Guarded(cast(_Stepwise, packed), entry.compress_size), 1 << 18)
            )
            for item in _items(kind, guarded, entry.compress_size, raw_path, metadata, fields, 0, str(path)):
                yield item.document
    except BombError as error:
        yield reject("decompression_bomb", str(error))
    except (*_DAMAGE, RuntimeError) as error:
        yield reject("damaged", f"{type(error).__name__}: {' '.join(str(error).split())[:300]}")
