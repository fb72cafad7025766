"""One document as received becomes one article, or a rejection with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipelines.contracts.ids import article_id, text_sha256
from pipelines.stages.collect import decode as decoding
from pipelines.stages.collect import heading
from pipelines.stages.collect.lines import Line, classify_lines
from pipelines.text.repeats import find_repeats

# Above this a document is no article; the limit keeps one file from holding a run up.
MAX_BYTES = 20_000_000
MIN_LETTERS = 40


@dataclass(frozen=True, slots=True)
class RawMetadata:
    """What a metadata.csv row or a crawler says of a document; any part may be missing."""

    url: str | None = None
    published: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class RawDocument:
    """A document as received: its path relative to the raw folder and its bytes."""

    raw_path: str
    content: bytes
    metadata: RawMetadata | None = None


@dataclass(frozen=True, slots=True)
class CollectedArticle:
    """One article after cleaning; the columns of `articles` that collect knows (contracts/tables.py)."""

    article_id: str
    text_sha256: str
    raw_path: str
    raw_sha256: str
    url: str | None
    title: str | None
    outlet: str | None
    published: str | None
    published_method: str | None
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


def collect_document(raw: RawDocument) -> CollectedArticle | Rejection:
    """Clean one document.

    Guarantees: the same bytes and metadata always give the same article; nothing outside `raw` is read; the
    text is NFC, has one paragraph a line and no control characters.
    """
    if not raw.content.strip():
        return Rejection(raw.raw_path, "empty", "the file holds no text")
    if len(raw.content) > MAX_BYTES:
        return Rejection(raw.raw_path, "too_large", f"{len(raw.content)} bytes; the limit is {MAX_BYTES}")
    if decoding.is_binary(raw.content):
        return Rejection(raw.raw_path, "binary", "the bytes are no text")
    decoded, readable = decoding.decode(raw.content)
    if not readable and decoded.count("\ufffd") > len(decoded) / 20:
        return Rejection(raw.raw_path, "undecodable", "more than 1 in 20 characters cannot be decoded")
    whole = decoding.normalise(decoded)
    if sum(map(str.isalpha, whole[:20_000])) < MIN_LETTERS:
        return Rejection(raw.raw_path, "no_text", f"fewer than {MIN_LETTERS} letters")

    repeats = find_repeats(whole)
    kept = whole
    for repeat in sorted(repeats, key=lambda found: found.start, reverse=True):
        kept = kept[: repeat.start] + "\n" + kept[repeat.end :]
    lines = classify_lines(kept)
    prose = [line.text for line in lines if line.kind == "prose"]
    footer = [line.text for line in lines if line.kind == "footer"]

    metadata = raw.metadata or RawMetadata()
    published, method = _published(metadata, prose, footer)
    prose = [line for position, line in enumerate(prose) if position > 7 or not heading.is_timestamp(line)]
    if not prose:
        return Rejection(raw.raw_path, "no_text", "only links, credits and buttons")
    title = prose[0] if heading.looks_like_title(prose[0], prose[1] if len(prose) > 1 else None) else None
    dateline = next((found for line in prose[:5] if (found := heading.find_dateline(line))), None)
    text = "\n".join(prose)
    return CollectedArticle(
        article_id=article_id(url=metadata.url, raw_path=str(PurePosixPath(raw.raw_path))),
        text_sha256=text_sha256(text),
        raw_path=raw.raw_path,
        raw_sha256=hashlib.sha256(raw.content).hexdigest(),
        url=metadata.url,
        title=title,
        outlet=metadata.source
        or heading.find_footer_outlet(footer)
        or (dateline.outlet if dateline else None),
        published=published,
        published_method=method,
        dateline=dateline.place if dateline else None,
        text=text,
        raw_length=len(whole),
        repeat_start=min((r.start for r in repeats), default=None),
        repeat_end=max((r.end for r in repeats), default=None),
    )


def _published(metadata: RawMetadata, prose: list[str], footer: list[str]) -> tuple[str | None, str | None]:
    if metadata.published:
        return metadata.published, "metadata"
    if date := heading.find_byline_date(prose):
        return date, "byline"
    if year := heading.find_footer_year(footer, "\n".join(prose)):
        return year, "copyright_footer"
    return None, None


__all__ = ["CollectedArticle", "Line", "RawDocument", "RawMetadata", "Rejection", "collect_document"]
