"""Web addresses: one canonical form, and which edition of a page (AMP, mobile, all pages, a part) an address names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

from courlan import extract_domain, normalize_url

from pipelines.lexicons.loader import read_rows
from pipelines.stages.collect.raw import is_web_address

_LONGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Address:
    """A page's address.

    Attributes:
        url: Without tracking parameters and fragment; of the edition that it names.
        base_url: The same of the ordinary edition, as far as the address tells it.
        edition: `canonical`, `amp`, `mobile` or `all_pages`.
        part: Number of the part, where the address names one; 1 otherwise.
    """

    url: str
    base_url: str
    edition: str
    part: int


@lru_cache(maxsize=1)
def _rules() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple(
        (row["edition"], row["part"], re.compile(row["pattern"], re.IGNORECASE))
        for row in read_rows("url_editions.csv")
    )


def read_address(url: str) -> Address | None:
    """An address taken apart; None where it is no http(s) address that can be."""
    if len(url) > _LONGEST or not is_web_address(url):
        return None
    try:
        clean = str(normalize_url(urlunsplit(urlsplit(url)._replace(fragment=""))))
        parts = urlsplit(clean)
    except ValueError:
        return None
    host, path = parts.netloc, parts.path
    query = [item for item in parts.query.split("&") if item]
    edition, part = "canonical", 1
    for kind, where, pattern in _rules():
        if where == "host" and pattern.search(host):
            host = pattern.sub("", host)
        elif where == "path" and (match := pattern.search(path)):
            path = (
                pattern.sub("/" if path.endswith("/") else "", path)
                if kind != "amp" or match.start()
                else path[4:]
            )
            part = int(match[1]) if kind == "part" else part
        elif where == "query" and (item := next((item for item in query if pattern.search(item)), None)):
            match = pattern.search(item)
            part = int(match[1]) if kind == "part" and match else part
            query = [other for other in query if other != item]
        else:
            continue
        # A part or an AMP page of all pages is what its first mark says.
        edition = kind if kind != "part" and edition == "canonical" else edition
    base = urlunsplit((parts.scheme, host, path or "/", "&".join(query), ""))
    return Address(url=clean, base_url=base, edition=edition, part=part)


def is_same_site(url: str, other: str) -> bool:
    """Whether two addresses belong to one registered domain (m.x.co.id and www.x.co.id do)."""
    domain = extract_domain(url)
    return domain == extract_domain(other) if domain else urlsplit(url).hostname == urlsplit(other).hostname


def canonical_or_none(page_url: str | None, claimed: str | None) -> str | None:
    """The canonical address a page claims for itself, where it may be believed.

    A page may not claim the address of another site, nor the front page of its own: content systems that are
    set up wrongly do, and all their articles would become one.
    """
    if not claimed:
        return None
    absolute = urljoin(page_url, claimed) if page_url else claimed
    address = read_address(absolute)
    if address is None:
        return None
    if page_url is not None:
        page = urlsplit(page_url)
        target = urlsplit(address.base_url)
        if not is_same_site(page_url, address.url):
            return None
        if (page.path.strip("/") or page.query) and not (target.path.strip("/") or target.query):
            return None
    elif not (urlsplit(address.base_url).path.strip("/") or urlsplit(address.base_url).query):
        return None
    return address.base_url
