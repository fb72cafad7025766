"""Web archives (WARC, WET) as documents, streamed by FastWARC; a reading can go on behind any record."""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from typing import BinaryIO, Final

from fastwarc.warc import ArchiveIterator, WarcRecord, WarcRecordType

from pipelines.stages.collect import RawDocument, RawMetadata, Rejection
from pipelines.stages.collect.model import MAX_BYTES
from pipelines.stages.collect.published import utc_stamp_or_none

_TYPES: Final = WarcRecordType.response | WarcRecordType.resource | WarcRecordType.conversion
_PAGES: Final = ("text/html", "application/xhtml+xml")
# What the records of gzip and zstd files begin with; a plain file has the version line.
_BEGINNINGS: Final = (b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"WARC/1.")
# Chance repeats a beginning of three bytes every 16 MB; a few tries find the next record of an archive.
_TRIES: Final = 50


def read_warc(
    stream: BinaryIO, raw_path: str, *, start: int
) -> Iterator[tuple[RawDocument | Rejection, int]]:
    """The pages of a web archive with the `start` that goes on behind each.

    Args:
        stream: The file, able to seek; compressed by record as archives are, as a whole, or not at all.
        raw_path: The file's path, relative to the raw folder.
        start: 0, or what an earlier reading gave. Positive: 1 + the byte offset of the last record taken. Negative:
            the number of records taken, in a file compressed as a whole, whose records have no offset.

    Guarantees: a damaged record is reported and the reading goes on at the next that can be found; records that
        are no pages (requests, images, redirects, errors) are passed over.
    """
    offset: int | None = max(start - 1, 0)
    seen, last = 0, -1
    while offset is not None:
        stream.seek(offset)
        # The newest page waits for the next record: an archive that breaks off ends in half a page.
        held: tuple[RawDocument | Rejection, int] | None = None
        try:
            for record in ArchiveIterator(
                stream, record_types=_TYPES, parse_http=True, auto_decode="all", fsspec_args=False
            ):
                if held:
                    yield held
                    held = None
                place = record.stream_pos
                seen += 1
                # Compressed as a whole, a file has no record at the offset that is told.
                is_offset = place > last and os.pread(stream.fileno(), 7, place).startswith(_BEGINNINGS)
                resume = place + 1 if is_offset else -seen
                last = max(last, place)
                if (start > 0 and resume == start) or (start < 0 and seen <= -start):
                    continue
                document = _document(record, raw_path, *((place, "byte") if is_offset else (seen, "record")))
                held = (document, resume) if document is not None else None
            if held and held[1] > 0 and not _is_whole(stream, held[1] - 1):
                place = held[1] - 1
                held = Rejection(raw_path, "damaged", "the record breaks off", f"byte {place}"), held[1]
            if held:
                yield held
            return
        except OSError as error:
            if held:
                yield held
            damaged = max(last, offset)
            problem = Rejection(raw_path, "damaged", str(error)[:300], f"byte {damaged}, or behind it")
            yield problem, damaged + 1
            offset = _next_record_or_none(stream, damaged + 1)


def _is_whole(stream: BinaryIO, offset: int) -> bool:
    """Whether the record at an offset is as long as it says."""
    stream.seek(offset)
    try:
        record = next(iter(ArchiveIterator(stream, parse_http=False, fsspec_args=False)))
        declared, length = record.content_length, 0
        while chunk := record.reader.read(1 << 20):
            length += len(chunk)
    except (OSError, StopIteration):
        return False
    return length >= declared


def _document(record: WarcRecord, raw_path: str, place: int, unit: str) -> RawDocument | Rejection | None:
    address = (record.headers.get("WARC-Target-URI") or "").strip("<>")
    locator = f"{unit} {place}"
    is_text = record.record_type == WarcRecordType.conversion
    if not is_text:
        status = record.http_headers.status_code if record.http_headers is not None else 200
        kind = (
            record.http_content_type or (record.headers.get("Content-Type") or "").partition(";")[0].strip()
        )
        if status != 200 or kind.lower() not in _PAGES:
            return None
    content = record.reader.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        return Rejection(raw_path, "too_large", f"more than {MAX_BYTES:,} bytes", locator)
    readable = address.encode("utf-8", "replace").decode("utf-8")
    return RawDocument(
        raw_path=raw_path,
        content=content,
        metadata=RawMetadata(url=readable or None),
        form="text" if is_text else "html",
        raw_locator=locator,
        position=place,
        record_key=(readable or locator,),
        address=readable or None,
        charset=record.http_charset if not is_text else None,
        retrieved_at=utc_stamp_or_none(record.headers.get("WARC-Date")),
        is_bulk=True,
    )


def _next_record_or_none(stream: BinaryIO, offset: int) -> int | None:
    """Where the next record begins that can be opened, at or behind an offset."""
    with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as whole:
        for _ in range(_TRIES):
            places = [place for mark in _BEGINNINGS if (place := whole.find(mark, offset)) >= 0]
            if not places:
                return None
            offset = min(places)
            stream.seek(offset)
            try:
                next(iter(ArchiveIterator(stream, fsspec_args=False)))
            except (OSError, StopIteration):
                offset += 1
            else:
                return offset
    return None
