"""What an address offers to watch: its feed, its sitemaps or its links to articles, made a source of sources.yml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipelines.adapters.fetch import Fetcher
from pipelines.errors import NiagaError
from pipelines.stages.collect.links import (
    Link,
    find_feeds,
    read_feed,
    read_index_page,
    read_sitemap,
    usual_places,
)
from pipelines.stages.collect.sources import Source


@dataclass(frozen=True, slots=True)
class Proposal:
    """A source that was found at an address, and what it lists now."""

    source: Source
    links: tuple[Link, ...]


def propose_source(url: str, fetcher: Fetcher, *, taken: Iterable[str] = ()) -> Proposal:
    """Look at an address for a feed, sitemaps and article links, and make a source of what answers.

    Raises:
        NiagaError: The address does not answer, or nothing there lists articles.
    """
    front = fetcher.get(url)
    if front.status != 200 or front.error:
        raise NiagaError(f"{url} does not answer: {front.detail or front.error or f'status {front.status}'}")
    base = front.final_url
    parts = urlsplit(base)
    origin = f"{parts.scheme}://{parts.netloc}"
    name = _free_name(parts.hostname or "", set(taken))
    feeds: dict[str, tuple[Link, ...]] = {}
    sitemaps: dict[str, tuple[Link, ...]] = {}
    if links := read_feed(front.body, url=base):
        feeds[base] = links
    elif (given := read_sitemap(front.body, url=base)).pages or given.sitemaps:
        sitemaps[base] = given.pages or given.sitemaps
    else:
        candidates = [("feed", found) for found in find_feeds(front.body, url=base, charset=front.charset)]
        candidates += [("sitemap", found) for found in fetcher.declared_sitemaps(origin)]
        candidates += [(kind, origin + path) for kind, path in usual_places()]
        for kind, found in dict.fromkeys(candidates):
            if (kind == "feed" and feeds) or (kind == "sitemap" and sitemaps):
                continue  # the first that answers is the one the site means
            answer = fetcher.get(found, delay=1.0)
            if answer.status != 200 or answer.error:
                continue
            if kind == "feed" and (links := read_feed(answer.body, url=found)):
                feeds[found] = links
            elif kind == "sitemap" and (
                (given := read_sitemap(answer.body, url=found)).pages or given.sitemaps
            ):
                sitemaps[found] = given.pages
    index = () if feeds or sitemaps else read_index_page(front.body, url=base, charset=front.charset)
    links = next((found for found in (*feeds.values(), *sitemaps.values(), index) if found), ())
    if not (feeds or sitemaps or index):
        raise NiagaError(f"{url} lists no articles: no feed, no sitemap, no links that look like articles")
    source = Source.model_validate(
        {
            "name": name, "feeds": tuple(feeds), "sitemaps": tuple(sitemaps),
            "index_pages": ({"url": base},) if index else (),
        }
    )  # fmt: skip
    return Proposal(source, links)


def _free_name(host: str, taken: set[str]) -> str:
    plain = host.removeprefix("www.").replace(".", "-").lower() or "source"
    return next(
        name
        for number in range(1, 10_000)
        if (name := plain if number == 1 else f"{plain}-{number}") not in taken
    )
