"""What feeds, sitemaps and index pages list: addresses of articles, with title and date where they are told."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import feedparser
from lxml import etree
from lxml.html import HtmlElement
from trafilatura.utils import load_html

from pipelines.lexicons.loader import read_rows
from pipelines.stages.collect.addresses import is_same_site, read_address
from pipelines.stages.collect.decode import decode_page, normalise
from pipelines.stages.collect.published import publication_date_or_none, utc_stamp_or_none

# The sitemap protocol allows 50,000 addresses a file.
_MAX_LINKS: Final = 50_000
_FEED_TYPES: Final = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml"})
# An address of an article ends in words or a number, and not in the name of a section.
_SLUG_WORDS: Final = 4
_DAY_OR_NUMBER = re.compile(r"/(?:19|20)\d\d[/-]?\d\d[/-]?\d\d|/\d{5,}|[-_]\d{5,}")


@dataclass(frozen=True, slots=True)
class Link:
    """A page that a listing names; `published` EDTF, `changed_at` ISO 8601 UTC, where the listing tells them."""

    url: str
    title: str | None = None
    published: str | None = None
    changed_at: str | None = None


@dataclass(frozen=True, slots=True)
class Sitemap:
    """One sitemap: the pages it names, or the sitemaps below it."""

    pages: tuple[Link, ...]
    sitemaps: tuple[Link, ...]


def read_feed(content: bytes, *, url: str) -> tuple[Link, ...]:
    """The entries of an RSS or Atom feed, in its order; none where it is no feed."""
    # Bytes only: feedparser would take text that looks like an address or a path for one to open.
    parsed: Any = feedparser.parse(content, sanitize_html=False, resolve_relative_uris=False)
    links = (
        _link(
            entry.get("link"),
            url,
            title=entry.get("title"),
            printed=entry.get("published") or entry.get("updated"),
        )
        for entry in parsed.entries[:_MAX_LINKS]
    )
    return _distinct(links)


def read_sitemap(content: bytes, *, url: str) -> Sitemap:
    """The pages or sitemaps that a sitemap names (also a news sitemap); nothing where it is none."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False, dtd_validation=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        return Sitemap((), ())
    if root is None:
        return Sitemap((), ())
    pages: list[Link | None] = []
    sitemaps: list[Link | None] = []
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in {"url", "sitemap"}:
            told = {
                etree.QName(child).localname: child.text
                for child in element.iter(etree.Element)
                if child.text
            }
            changed = told.get("lastmod")
            link = _link(
                told.get("loc"),
                url,
                title=told.get("title"),
                printed=told.get("publication_date"),
                changed=changed,
            )
            (pages if name == "url" else sitemaps).append(link)
            if len(pages) >= _MAX_LINKS:
                break
    return Sitemap(_distinct(pages), _distinct(sitemaps))


def read_index_page(content: bytes, *, url: str, charset: str | None = None) -> tuple[Link, ...]:
    """The links of an index page that lead to articles of the same site, by the form of their address."""
    tree = load_html(decode_page(content, charset)[0])
    if tree is None:
        return ()
    found: dict[str, Link] = {}
    for anchor in _anchors(tree):
        link = _link(anchor.get("href"), url, title=str(anchor.text_content()))
        if link is None or not is_same_site(url, link.url) or not _is_article_address(link.url):
            continue
        # A picture and a headline lead to one page: the longer text is the headline.
        before = found.get(link.url)
        if before is None or len(link.title or "") > len(before.title or ""):
            found[link.url] = link
    return tuple(found.values())[:_MAX_LINKS]


def find_feeds(content: bytes, *, url: str, charset: str | None = None) -> tuple[str, ...]:
    """Addresses of the feeds that a page declares, in its order."""
    tree = load_html(decode_page(content, charset)[0])
    declared = [] if tree is None else [
        link.get("href")
        for link in tree.iter("link")
        if "alternate" in (link.get("rel") or "").lower() and (link.get("type") or "").lower().strip() in _FEED_TYPES
    ]  # fmt: skip
    found = (_link(href, url) for href in declared)
    return tuple(dict.fromkeys(link.url for link in found if link and "comment" not in link.url))


def find_other_parts(content: bytes, *, url: str, charset: str | None = None) -> tuple[str, tuple[str, ...]]:
    """How the rest of an article that is spread over pages is reached.

    Returns:
        The address of the edition with all pages, or "" where the page links none; and the addresses of
        parts 2, 3, … that it links.
    """
    own = read_address(url)
    tree = load_html(decode_page(content, charset)[0])
    if own is None or tree is None:
        return "", ()
    parts: dict[int, str] = {}
    for anchor in _anchors(tree):
        address = read_address(urljoin(url, anchor.get("href") or ""))
        if address is None or address.base_url != own.base_url:
            continue
        if address.edition == "all_pages":
            return address.url, ()
        if address.part > 1:
            parts.setdefault(address.part, address.url)
    following = [parts[number] for number in range(2, 2 + len(parts)) if number in parts]
    return "", tuple(following)


@lru_cache(maxsize=1)
def usual_places() -> tuple[tuple[str, str], ...]:
    """Paths at which sites have feeds and sitemaps without declaring them: (kind, path)."""
    return tuple((row["kind"], row["path"]) for row in read_rows("listing_places.csv"))


def _anchors(tree: HtmlElement) -> Iterable[HtmlElement]:
    return (anchor for anchor in tree.iter("a") if anchor.get("href"))


def _link(
    href: str | None,
    base: str,
    *,
    title: str | None = None,
    printed: str | None = None,
    changed: str | None = None,
) -> Link | None:
    if not href:
        return None
    try:
        absolute = urljoin(base, href.strip())
    except ValueError:
        return None
    address = read_address(absolute)
    if address is None:
        return None
    return Link(
        url=address.url,
        title=" ".join(normalise(title).split())[:300] or None if title else None,
        published=publication_date_or_none(printed) if printed else None,
        changed_at=utc_stamp_or_none(changed),
    )


def _distinct(links: Iterable[Link | None]) -> tuple[Link, ...]:
    return tuple({link.url: link for link in links if link is not None}.values())


def _is_article_address(url: str) -> bool:
    path = urlsplit(url).path.rstrip("/")
    slug = path.rpartition("/")[2].rpartition(".")[0] or path.rpartition("/")[2]
    return len([word for word in re.split(r"[-_]", slug) if word]) >= _SLUG_WORDS or bool(
        _DAY_OR_NUMBER.search(path)
    )
