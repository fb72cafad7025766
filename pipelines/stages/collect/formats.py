"""What a file is, told by its name: kind of content, compression, and the stem that metadata.csv knows it by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

METADATA_NAME: Final = "metadata.csv"
FIELDS_NAME: Final = "fields.yml"
# What niaga fetched itself: manifests of fetches, and the bytes they name (adapters/web_store.py).
WEB_FOLDER: Final = "web"
OBJECTS_FOLDER: Final = "web/objects"
FETCHES_SUFFIX: Final = ".fetches"
# Files that tell of others; they are no documents.
COMPANIONS: Final = frozenset({METADATA_NAME, FIELDS_NAME})

# One file is one document, in this form.
DOCUMENT_KINDS: Final = {
    ".txt": "text",
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
}
# One file holds many records.
RECORD_KINDS: Final = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".warc": "warc",
    ".wet": "warc",
    FETCHES_SUFFIX: "fetches",
}
COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}
ZIP: Final = ".zip"
KNOWN_SUFFIXES: Final = (*DOCUMENT_KINDS, *RECORD_KINDS)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of content (`text`, `html`, `jsonl`, `warc`, `zip`, …) and how it is compressed, if it is."""

    kind: str
    compression: str | None = None

    @property
    def is_document(self) -> bool:
        """Whether a file of this format is one document."""
        return self.kind in DOCUMENT_KINDS.values()


def format_or_none(name: str) -> Format | None:
    """The format that a file name promises; None where it is of no kind that is read."""
    path = PurePosixPath(name.lower())
    compression = COMPRESSIONS.get(path.suffix)
    if compression:
        path = path.with_suffix("")
    if path.suffix == ZIP:
        return None if compression else Format("zip")
    kind = DOCUMENT_KINDS.get(path.suffix) or RECORD_KINDS.get(path.suffix)
    return Format(kind, compression) if kind else None


def document_stem(name: str) -> str:
    """The name without the suffixes of format and compression (`a.html.gz` is `a`)."""
    path = PurePosixPath(name)
    if path.suffix.lower() in COMPRESSIONS and format_or_none(path.stem):
        path = path.with_suffix("")
    return path.stem
