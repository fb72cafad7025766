"""The values of collect: a document as received, what it tells of itself, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# Above this a document is no article; the limit keeps one file from holding a run up.
MAX_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True)
class RawMetadata:
    """What a metadata.csv row, a record's fields or a crawler say of a document; any part may be missing."""

    url: str | None = None
    published: str | None = None
    source: str | None = None
    title: str | None = None
    author: str | None = None
    modified: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A document as received.

    Attributes:
        raw_path: Its file, relative to the raw folder.
        content: Its bytes.
        metadata: What others say of it.
        form: `text`, `markdown` or `html`.
        raw_locator: Where in the file it stands; None where it is the file.
        position: The same as a number that orders the documents of the file.
        record_key: What names it in its file, whatever stands before it.
        address: Where it was fetched from, for a page.
        charset: Encoding that the server named, for a page.
        retrieved_at: When it was fetched, ISO 8601 UTC.
        parts: Further pages of an article that is spread over several.
        listed: Publication date that a feed or sitemap told, EDTF; the page's own comes before it.
        outlet: Name of the outlet, where the page does not tell it.
        is_bulk: From a table, an archive or the web: not put there one by one, so its language is decided.
    """

    raw_path: str
    content: bytes
    metadata: RawMetadata | None = None
    form: str = "text"
    raw_locator: str | None = None
    position: int = 0
    record_key: tuple[str, ...] = ()
    address: str | None = None
    charset: str | None = None
    retrieved_at: str | None = None
    parts: tuple[bytes, ...] = ()
    listed: str | None = None
    outlet: str | None = None
    is_bulk: bool = False


@dataclass(frozen=True, slots=True)
class CollectedArticle:
    """One article after cleaning; the columns of `articles` that collect knows (contracts/tables.py)."""

    article_id: str
    text_sha256: str
    raw_path: str
    raw_locator: str | None
    raw_sha256: str
    url: str | None
    title: str | None
    outlet: str | None
    published: str | None
    published_method: str | None
    modified: str | None
    author: str | None
    language: str | None
    dateline: str | None
    text: str
    raw_length: int
    repeat_start: int | None
    repeat_end: int | None


@dataclass(frozen=True, slots=True)
class Rejection:
    """A document that is no article, with a reason code (docs/runbook.md) and the particulars."""

    raw_path: str
    reason_code: str
    detail: str
    raw_locator: str | None = None


# Documents that are known to be no Indonesian article: counted, and no sign that anything is wrong.
SET_ASIDE: Final = frozenset({"other_language", "no_article"})

# Faults of the disk, not of the file: the next run tries again.
PASSING: Final = frozenset({"vanished", "unreadable", "read_failed", "not_a_regular_file"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one document became, and which edition of a page, or which further part of an article, it was."""

    outcome: CollectedArticle | Rejection
    page_variant: str | None = None
    page_part: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """Text, and what the document itself tells beside it; `is_article`: a page that says it is one."""

    text: str
    title: str | None = None
    outlet: str | None = None
    author: str | None = None
    published: str | None = None
    published_method: str | None = None
    modified: str | None = None
    url: str | None = None
    page_variant: str | None = None
    page_part: int | None = None
    is_article: bool = False
