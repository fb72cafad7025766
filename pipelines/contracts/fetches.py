"""One line of a manifest of fetches (raw/web/<day>/*.fetches): what was asked for and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

# What an answer is for: a page becomes an article, with its parts; the others name pages.
KINDS: Final = ("page", "part", "feed", "sitemap", "index_page")


@dataclass(frozen=True, slots=True)
class Fetch:
    """One answer.

    Attributes:
        source: Name of the source in sources.yml.
        kind: `page`, `part` (of a page), `feed`, `sitemap` or `index_page`.
        url: What was asked for.
        final_url: What answered, after redirects.
        fetched_at: ISO 8601 UTC.
        status: HTTP status; 0 where there was no answer.
        error: Why there was none, or None.
        detail: The particulars of that.
        sha256: Of the bytes as received (content encoding undone); None where there are none.
        size: Length of these bytes.
        content_type: As the server named it.
        charset: As the server named it.
        etag: For the next conditional request.
        last_modified: The same.
        parts: SHA-256 of the further pages of an article that is spread over several.
        published: Date that the listing told, EDTF.
        title: Headline that the listing told.
        outlet: Name of the outlet that sources.yml gives, for pages that do not tell it.
    """

    source: str
    kind: str
    url: str
    final_url: str
    fetched_at: str
    status: int
    error: str | None = None
    detail: str | None = None
    sha256: str | None = None
    size: int = 0
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    parts: tuple[str, ...] = ()
    published: str | None = None
    title: str | None = None
    outlet: str | None = None
