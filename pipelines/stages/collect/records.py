"""Records of JSON, CSV and Parquet files as documents: which field is which, and what is wrong with a record.

A stream goes in, records come out one by one; nothing but a `.json` file is held whole.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import PurePosixPath
from typing import IO, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines.contracts.ids import text_sha256
from pipelines.lexicons.loader import read_rows
from pipelines.stages.collect.model import MAX_BYTES, RawDocument, RawMetadata, Rejection
from pipelines.stages.collect.published import publication_date_or_none
from pipelines.stages.collect.raw import is_web_address

# A .json file is parsed whole; above this it belongs into lines (.jsonl), which stream.
MAX_JSON_BYTES: Final = 256_000_000
# Each value takes some 100 bytes of memory however short it is; 256 MB of articles have a twentieth of these.
_MAX_JSON_VALUES: Final = 10_000_000
_PARQUET_ROWS: Final = 256
# A column of one repeated value takes next to nothing in the file and everything in memory: how much texts may
# grow, and how many items lists may have, before it is no table of articles.
_MAX_RATIO: Final = 200
_TEXTS_FROM: Final = 64_000_000
_MAX_ITEMS: Final = 1_000
_ITEMS_FROM: Final = 1_000_000
_SNIFFED: Final = 65_536
FIELDS: Final = ("text", "html", "url", "title", "published", "modified", "source", "author", "id")


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a file: its number from 1, and its fields; or why it cannot be read."""

    number: int
    values: Mapping[str, Any] | None
    problem: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class FieldMapping:
    """Our field to the names it may have, best first; names of a fields.yml come before the usual ones."""

    names: Mapping[str, tuple[str, ...]]

    def value(self, record: Mapping[str, Any], field: str) -> Any:
        """The first value that is there under one of the field's names; None where there is none."""
        for name in self.names.get(field, ()):
            if name in record and record[name] not in (None, ""):
                return record[name]
        return None


@lru_cache(maxsize=1)
def usual_fields() -> FieldMapping:
    """The field names that exports of news commonly have (lexicons/record_fields.csv)."""
    names: dict[str, list[str]] = {}
    for row in read_rows("record_fields.csv"):
        names.setdefault(row["field"], []).append(row["name"])
    return FieldMapping({field: tuple(found) for field, found in names.items()})


def parse_fields(raw_path: str, content: bytes) -> tuple[FieldMapping, tuple[Rejection, ...]]:
    """Read a fields.yml: our field name to theirs, one name or a list.

    Guarantees: never raises; what cannot be used is reported and the usual names stand in.
    """
    usual = usual_fields()

    def wrong(detail: str) -> Rejection:
        return Rejection(raw_path, "fields_wrong", detail)

    try:
        given = yaml.safe_load(content.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        return usual, (wrong(f"no YAML: {' '.join(str(error).split())[:300]}"),)
    if not isinstance(given, dict):
        return usual, (wrong("not a mapping of our field name to theirs (text: isi)"),)
    names = dict(usual.names)
    problems: list[Rejection] = []
    for field, theirs in given.items():
        listed = theirs if isinstance(theirs, list) else [theirs]
        if field not in FIELDS:
            problems.append(wrong(f"{str(field)[:80]!r} is no field of ours; known: {', '.join(FIELDS)}"))
        elif not all(isinstance(name, str) and name for name in listed):
            problems.append(wrong(f"{field}: the name of their field must be text"))
        else:
            names[field] = (*listed, *names[field])
    return FieldMapping(names), tuple(problems)


@dataclass(frozen=True, slots=True)
class FieldTree:
    """All fields.yml of a folder tree, by the folder they lie in ("." = the top)."""

    by_folder: Mapping[str, FieldMapping]

    def of(self, raw_path: str) -> FieldMapping:
        """The mapping of the nearest folder above a file that has one, else the usual names."""
        for folder in PurePosixPath(raw_path).parents:
            if str(folder) in self.by_folder:
                return self.by_folder[str(folder)]
        return usual_fields()


def read_records(kind: str, stream: IO[bytes], fields: FieldMapping, *, start: int = 0) -> Iterator[Record]:
    """The records of a stream of `json`, `jsonl`, `csv`, `tsv` or `parquet`, from number `start` + 1 on.

    Args:
        kind: Format of the stream.
        stream: The decompressed bytes; `parquet` needs one that can seek.
        fields: The columns of `parquet` that are wanted; others are not read.
        start: Records to pass over, of an earlier reading that was stopped.

    Raises:
        OSError, ValueError: The stream breaks off, is damaged or too large; records before that were given.
    """
    readers = {"json": _json, "jsonl": _jsonl, "csv": _csv, "tsv": _tsv}
    records = _parquet(stream, fields) if kind == "parquet" else readers[kind](stream)
    for number, record in enumerate(records, start=1):
        if number > start:
            yield replace(record, number=number)


def _json(stream: IO[bytes]) -> Iterator[Record]:
    content = stream.read(MAX_JSON_BYTES + 1)
    if len(content) > MAX_JSON_BYTES:
        raise ValueError(f"more than {MAX_JSON_BYTES:,} bytes; write one record a line (.jsonl)")
    if sum(map(content.count, (b",", b"[", b"{", b":"))) > _MAX_JSON_VALUES:
        raise ValueError(f"more than {_MAX_JSON_VALUES:,} values; write one record a line (.jsonl)")
    try:
        whole = json.loads(content)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if isinstance(whole, dict):
        # {"articles": [...]}: the one list of objects in it; otherwise the object is the one record.
        lists = [
            value
            for value in whole.values()
            if isinstance(value, list) and value and isinstance(value[0], dict)
        ]
        whole = lists[0] if len(lists) == 1 else [whole]
    if not isinstance(whole, list):
        raise ValueError("neither a list of records nor a record")
    for value in whole:
        yield _object(value)


def _jsonl(stream: IO[bytes]) -> Iterator[Record]:
    while line := stream.readline(MAX_BYTES + 1):
        if len(line) > MAX_BYTES:
            yield Record(0, None, ("too_large", f"a line of more than {MAX_BYTES:,} bytes"))
            while line and not line.endswith(b"\n"):
                line = stream.readline(MAX_BYTES)
            continue
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Record(0, None, ("record_unreadable", f"no JSON: {error}"[:300]))
        else:
            yield _object(value)


def _object(value: Any) -> Record:
    if isinstance(value, dict):
        return Record(0, value)
    return Record(0, None, ("record_unreadable", f"a {type(value).__name__}, not an object"))


def _csv(stream: IO[bytes]) -> Iterator[Record]:
    return _delimited(stream, None)


def _tsv(stream: IO[bytes]) -> Iterator[Record]:
    return _delimited(stream, "\t")


def _delimited(stream: IO[bytes], delimiter: str | None) -> Iterator[Record]:
    buffered = io.BufferedReader(stream, buffer_size=_SNIFFED)  # type: ignore[type-var]
    head = buffered.peek(_SNIFFED)
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    # Bytes that are no UTF-8 are kept as they are: each text is decoded as a document of its own.
    text = io.TextIOWrapper(buffered, encoding=encoding, errors="surrogateescape", newline="")
    first = head.partition(b"\n")[0]
    # Spreadsheets in an Indonesian locale save "CSV" with semicolons.
    separator = delimiter or (";" if first.count(b";") > first.count(b",") else ",")
    lines = (line.replace("\0", "") for line in text)
    csv.field_size_limit(MAX_BYTES)
    reader = csv.DictReader(lines, delimiter=separator)
    try:
        for row in reader:
            yield Record(
                0, {(name or "").strip(): value for name, value in row.items() if isinstance(name, str)}
            )
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from error


def _parquet(stream: IO[bytes], fields: FieldMapping) -> Iterator[Record]:
    size = stream.seek(0, io.SEEK_END)
    try:
        file = pq.ParquetFile(stream)
        schema = file.schema_arrow
        wanted = {name for names in fields.names.values() for name in names}
        columns = [name for name in schema.names if name in wanted]
        _refuse_bomb(file.metadata, set(columns))
        # A text that is repeated is held once, and each row made when it is asked for.
        file = pq.ParquetFile(
            stream, read_dictionary=[name for name in columns if _is_text(schema.field(name).type)]
        )
        given = 0
        for batch in file.iter_batches(batch_size=_PARQUET_ROWS, columns=columns):
            for row in range(batch.num_rows):
                values = dict.fromkeys(schema.names) | {name: batch[name][row].as_py() for name in columns}
                given += sum(len(value) for value in values.values() if isinstance(value, str | bytes))
                if given > max(_TEXTS_FROM, size * _MAX_RATIO):
                    raise ValueError(f"its texts are more than {_MAX_RATIO} times as long as the file")
                yield Record(0, values)
    except pa.ArrowException as error:
        raise ValueError(str(error)[:300]) from error


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return any(
        test(kind)
        for test in (types.is_string, types.is_large_string, types.is_binary, types.is_large_binary)
    )


def _refuse_bomb(metadata: pq.FileMetaData, columns: set[str]) -> None:
    """Raise ValueError where a column that is read grows out of all proportion."""
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for chunk in map(group.column, range(group.num_columns)):
            if chunk.path_in_schema.partition(".")[0] not in columns:
                continue
            if chunk.total_uncompressed_size > max(
                _TEXTS_FROM, chunk.total_compressed_size * _MAX_RATIO
            ) or chunk.num_values > max(_ITEMS_FROM, group.num_rows * _MAX_ITEMS):
                raise ValueError(
                    f"the column {chunk.path_in_schema[:80]!r} grows out of all proportion when it is read"
                )


def record_document(
    record: Mapping[str, Any],
    mapping: FieldMapping,
    *,
    raw_path: str,
    locator: str,
    position: int,
    member: tuple[str, ...] = (),
    given: RawMetadata | None = None,
) -> RawDocument | Rejection:
    """One record as a document: its text or page, and what its fields say of it.

    Args:
        record: Field names and values.
        mapping: Which of their fields is which of ours.
        raw_path: The file.
        locator: Where in the file the record stands.
        position: The same as a number.
        member: The member of a zip that holds the file, where one does.
        given: What metadata.csv says of the file; a field of the record comes before it.
    """
    text, html = mapping.value(record, "text"), mapping.value(record, "html")
    body = text if text is not None else html
    if body is None:
        known = ", ".join(sorted(map(str, record))[:20])
        return Rejection(raw_path, "fields_missing", f"no text; its fields: {known}"[:400], locator)
    if not isinstance(body, str | bytes):
        return Rejection(raw_path, "record_unreadable", f"its text is a {type(body).__name__}", locator)
    content = (
        body
        if isinstance(body, bytes)
        else body.encode("utf-8", "surrogateescape" if _escaped(body) else "replace")
    )
    url = text_or_none(mapping.value(record, "url"))
    given = given or RawMetadata()
    own_id = mapping.value(record, "id")
    key = str(own_id) if isinstance(own_id, str | int) else text_sha256(content.decode("utf-8", "replace"))
    return RawDocument(
        raw_path=raw_path,
        content=content,
        form="text" if text is not None else "html",
        metadata=RawMetadata(
            url=url if url and is_web_address(url) else given.url,
            published=date_or_none(mapping.value(record, "published")) or given.published,
            source=text_or_none(mapping.value(record, "source")) or given.source,
            title=text_or_none(mapping.value(record, "title")) or given.title,
            author=text_or_none(mapping.value(record, "author")) or given.author,
            modified=date_or_none(mapping.value(record, "modified")) or given.modified,
        ),
        raw_locator=locator,
        position=position,
        record_key=(*member, key),
        is_bulk=True,
    )


def _escaped(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # other lone surrogates: JSON can write them, no encoding can
        return False
    return True


def text_or_none(value: Any) -> str | None:
    """A field's value as one line of text: a name, a list of names, or the name of a schema.org object."""
    if isinstance(value, dict):  # schema.org: {"@type": "Organization", "name": "…"}
        value = value.get("name")
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        value = ", ".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return None
    readable = value.encode("utf-8", "replace").decode("utf-8")
    return " ".join(readable.split())[:1000] or None


def date_or_none(value: Any) -> str | None:
    """A field's value as a date, EDTF; None where it is none that can be read."""
    if isinstance(value, datetime):
        return publication_date_or_none(value.isoformat())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str | int):  # a bare year is a number in YAML and JSON
        return publication_date_or_none(str(value))
    return None
