"""One document as received becomes one article, or a rejection with its reason."""

from __future__ import annotations

import hashlib
from typing import Final

from pipelines.contracts.ids import article_id, text_sha256
from pipelines.stages.collect import decode as decoding
from pipelines.stages.collect import heading
from pipelines.stages.collect.addresses import read_address
from pipelines.stages.collect.language import INDONESIAN, language_or_none
from pipelines.stages.collect.lines import classify_lines
from pipelines.stages.collect.markdown import read_markdown
from pipelines.stages.collect.model import (
    MAX_BYTES,
    CollectedArticle,
    RawDocument,
    RawMetadata,
    Reading,
    Rejection,
    Told,
)
from pipelines.stages.collect.page import join_parts, read_page
from pipelines.text.repeats import find_repeats

MIN_LETTERS: Final = 40


def collect_document(raw: RawDocument) -> CollectedArticle | Rejection:
    """Clean one document: `read_document` without the edition."""
    return read_document(raw).outcome


def read_document(raw: RawDocument) -> Reading:
    """Clean one document.

    Guarantees: the same bytes and metadata always give the same article; nothing outside `raw` is read; the
    text is NFC, has one paragraph a line and no control characters; where a page or a record tells its
    headline, the text opens with it.
    """
    told: Told | None = None

    def reject(reason_code: str, detail: str) -> Reading:
        outcome = Rejection(raw.raw_path, reason_code, detail, raw.raw_locator)
        return Reading(outcome, told.page_variant if told else None, told.page_part if told else None)

    if not raw.content.strip():
        return reject(
            "empty", "the file holds no text" if raw.raw_locator is None else "the record holds no text"
        )
    if len(raw.content) > MAX_BYTES:
        return reject("too_large", f"{len(raw.content)} bytes; the limit is {MAX_BYTES}")
    if decoding.is_binary(raw.content):
        return reject("binary", "the bytes are no text")
    decoded, readable = (
        decoding.decode_page(raw.content, raw.charset) if raw.form == "html" else decoding.decode(raw.content)
    )
    if not readable and decoded.count("\ufffd") > len(decoded) / 20:
        return reject("undecodable", "more than 1 in 20 characters cannot be decoded")
    told = _told(raw, decoded)
    whole = decoding.normalise(told.text)
    if sum(map(str.isalpha, whole[:20_000])) < MIN_LETTERS:
        if raw.form == "html" and raw.is_bulk:
            return reject("no_article", "a page without running text")
        return reject("no_text", f"fewer than {MIN_LETTERS} letters")

    repeats = find_repeats(whole)
    kept = whole
    for repeat in sorted(repeats, key=lambda found: found.start, reverse=True):
        kept = kept[: repeat.start] + "\n" + kept[repeat.end :]
    lines = classify_lines(kept)
    prose = [line.text for line in lines if line.kind == "prose"]
    footer = [line.text for line in lines if line.kind == "footer"]

    metadata = raw.metadata or RawMetadata()
    published, method = _published(raw, metadata, told, prose, footer)
    prose = [line for position, line in enumerate(prose) if position > 7 or not heading.is_timestamp(line)]
    if not prose:
        return reject("no_text", "only links, credits and buttons")
    if raw.form == "html" and raw.is_bulk and published is None and not told.is_article:
        return reject("no_article", "a page without a date that does not say it is an article")
    title = _clean_or_none(metadata.title) or told.title
    if title:
        prose = [title, *(line for position, line in enumerate(prose) if position > 2 or line != title)]
    elif heading.looks_like_title(prose[0], prose[1] if len(prose) > 1 else None):
        title = prose[0]
    dateline = next((found for line in prose[:5] if (found := heading.find_dateline(line))), None)
    text = "\n".join(prose)
    language = language_or_none(text) if raw.form == "html" or raw.is_bulk else None
    if language not in {None, INDONESIAN}:
        return reject("other_language", f"language: {language}")
    url = _url(raw, metadata, told)
    article = CollectedArticle(
        article_id=article_id(url=url, raw_path=raw.raw_path, record_key=raw.record_key),
        text_sha256=text_sha256(text),
        raw_path=raw.raw_path,
        raw_locator=raw.raw_locator,
        raw_sha256=hashlib.sha256(raw.content).hexdigest(),
        url=url,
        title=title,
        outlet=_clean_or_none(metadata.source)
        or told.outlet
        or _clean_or_none(raw.outlet)
        or heading.find_footer_outlet(footer)
        or (dateline.outlet if dateline else None),
        published=published,
        published_method=method,
        modified=metadata.modified or told.modified,
        author=_clean_or_none(metadata.author) or told.author,
        language=language,
        dateline=dateline.place if dateline else None,
        text=text,
        raw_length=len(whole),
        repeat_start=min((r.start for r in repeats), default=None),
        repeat_end=max((r.end for r in repeats), default=None),
    )
    return Reading(article, told.page_variant, told.page_part)


def _told(raw: RawDocument, decoded: str) -> Told:
    if raw.form == "html":
        url = raw.address or (raw.metadata.url if raw.metadata else None)
        parts = [decoding.decode_page(part, raw.charset)[0] for part in raw.parts]
        return join_parts([read_page(page, url=url) for page in (decoded, *parts)])
    return read_markdown(decoded) if raw.form == "markdown" else Told(decoded)


def _url(raw: RawDocument, metadata: RawMetadata, told: Told) -> str | None:
    """The canonical address: as a page claims it, else as given; what a person wrote beside a file stays as it is."""
    if told.url:
        return told.url
    if metadata.url and raw.is_bulk:
        address = read_address(metadata.url)
        if address is None:
            return None
        return address.base_url if address.part == 1 else address.url
    return metadata.url


def _clean_or_none(told: str | None) -> str | None:
    return " ".join(decoding.normalise(told).split()) or None if told else None


def _published(
    raw: RawDocument, metadata: RawMetadata, told: Told, prose: list[str], footer: list[str]
) -> tuple[str | None, str | None]:
    """The publication date and how it was found, in the order of trust."""
    if metadata.published:
        return metadata.published, "metadata"
    if told.published:
        return told.published, told.published_method
    if date := heading.find_byline_date(prose):
        return date, "byline"
    if date := next((found for line in prose[:5] if (found := heading.find_dateline_date(line))), None):
        return date, "dateline"
    if raw.listed:
        return raw.listed, "listing"
    if year := heading.find_footer_year(footer, "\n".join(prose)):
        return year, "copyright_footer"
    return None, None


__all__ = ["CollectedArticle", "RawDocument", "RawMetadata", "Rejection", "collect_document", "read_document"]
