"""The raw folder as the readers tell it: files, and the metadata.csv and fields.yml files beside them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import urlsplit

from pipelines.stages.collect.formats import document_stem
from pipelines.stages.collect.model import RawMetadata, Rejection
from pipelines.stages.collect.published import edtf_or_none

# No field of a metadata.csv is longer; one that is has an open quote.
_FIELD_LENGTH: Final = 131_072
KEY_COLUMN: Final = "article_id"
KNOWN_COLUMNS: Final = (KEY_COLUMN, "url", "published", "source")


@dataclass(frozen=True, slots=True)
class RawFile:
    """A file under the raw folder, as the directory tells it; its bytes are not read yet."""

    raw_path: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Listing:
    """The raw folder at one moment, in path order."""

    files: tuple[RawFile, ...]
    metadata_files: tuple[RawFile, ...]
    field_files: tuple[RawFile, ...]
    problems: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class MetadataFile:
    """One metadata.csv: its rows by file stem, and what was wrong with it."""

    rows: Mapping[str, RawMetadata]
    problems: tuple[Rejection, ...]


@dataclass(frozen=True, slots=True)
class MetadataTree:
    """All metadata.csv of a folder tree, by the folder they lie in ("." = the top)."""

    by_folder: Mapping[str, Mapping[str, RawMetadata]]

    def of(self, raw_path: str) -> RawMetadata | None:
        """The row for a document: of the nearest folder above it whose metadata.csv names its stem."""
        path = PurePosixPath(raw_path)
        stem = document_stem(path.name)
        for folder in path.parents:
            rows = self.by_folder.get(str(folder), {})
            if stem in rows:
                return rows[stem]
        return None

    def above(self, raw_path: str) -> Mapping[str, Mapping[str, RawMetadata]]:
        """All rows that may speak of what a file holds: those of the folders above it."""
        folders = (str(folder) for folder in PurePosixPath(raw_path).parents)
        return {folder: self.by_folder[folder] for folder in folders if folder in self.by_folder}

    @classmethod
    def build(cls, files: Iterable[tuple[str, MetadataFile]]) -> MetadataTree:
        """Index parsed files by the folder of their raw path."""
        return cls({str(PurePosixPath(raw_path).parent): parsed.rows for raw_path, parsed in files})


def parse_metadata(raw_path: str, content: bytes) -> MetadataFile:
    """Read a metadata.csv; a wrong value is left out and reported, the rest of its row is kept.

    Guarantees: never raises; the first row of a stem wins.
    """
    problems: list[Rejection] = []
    rows: dict[str, RawMetadata] = {}

    def report(reason_code: str, detail: str) -> None:
        problems.append(Rejection(raw_path, reason_code, detail))

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = content.decode("cp1252", "replace")
        report("metadata_not_utf8", f"byte {error.start} is not UTF-8; read as Windows-1252")
    header = text.partition("\n")[0]
    csv.field_size_limit(_FIELD_LENGTH)  # the limit is the process's; readers of large tables raise it
    # Spreadsheets in an Indonesian locale save "CSV" with semicolons.
    reader = csv.DictReader(
        io.StringIO(text, newline=""), delimiter=";" if header.count(";") > header.count(",") else ","
    )
    try:
        columns = [(name or "").strip() for name in reader.fieldnames or ()]
        reader.fieldnames = columns
        for column in columns:
            if column not in KNOWN_COLUMNS:
                known = ", ".join(KNOWN_COLUMNS)
                report("metadata_unknown_column", f"column {column[:80]!r} is ignored; known: {known}")
        if KEY_COLUMN not in columns:
            report("metadata_without_key", f"no column {KEY_COLUMN} (the file's stem); nothing of it is used")
            return MetadataFile(rows={}, problems=tuple(problems))
        for row in reader:
            stem = (row.get(KEY_COLUMN) or "").strip()
            where = f"line {reader.line_num}, {stem[:80]!r}"
            if not stem:
                report("metadata_without_key", f"line {reader.line_num} names no {KEY_COLUMN}")
            elif stem in rows:
                report("metadata_duplicate_row", f"{where}: named before; the first row is used")
            else:
                url = (row.get("url") or "").strip() or None
                published = (row.get("published") or "").strip() or None
                if url is not None and not is_web_address(url):
                    report("metadata_wrong_url", f"{where}: {url[:200]!r} is no http(s) address; left out")
                    url = None
                if published is not None:
                    day = edtf_or_none(published)
                    if day is None:
                        report(
                            "metadata_wrong_date",
                            f"{where}: {published[:80]!r} is no YYYY, YYYY-MM or YYYY-MM-DD; left out",
                        )
                    published = day
                rows[stem] = RawMetadata(
                    url=url, published=published, source=(row.get("source") or "").strip() or None
                )
    except csv.Error as error:
        report("metadata_unreadable", f"line {reader.line_num}: {error}; the rows before it are used")
    return MetadataFile(rows=rows, problems=tuple(problems))


def is_web_address(url: str) -> bool:
    """Whether a text is an absolute http(s) address with a host."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
