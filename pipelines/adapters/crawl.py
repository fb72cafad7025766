"""One visit to the sources of sources.yml: what they list is asked for, what is new is fetched and kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from pipelines.adapters.apart import Apart
from pipelines.adapters.fetch import Fetched, Fetcher
from pipelines.adapters.lock import hold_lock
from pipelines.adapters.sources_file import read_sources
from pipelines.adapters.web_store import Answered, Visit, WebStore, open_store, read_object
from pipelines.contracts.fetches import Fetch
from pipelines.errors import ArticleLimitError
from pipelines.settings import TIME_ZONE, Settings
from pipelines.stages.collect.addresses import is_same_site
from pipelines.stages.collect.links import Link, find_other_parts, read_feed, read_index_page, read_sitemap
from pipelines.stages.collect.page import url_day_or_none
from pipelines.stages.collect.sources import Source

# Sources are visited side by side; a host is asked one thing at a time all the same.
_THREADS: Final = 8
_PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml", ""})
_MAX_PARTS: Final = 20
_MAX_SITEMAPS: Final = 30
_SITEMAP_DEPTH: Final = 3
# A source that fails so often in a row, or has so many pages that cannot be read, is left until the next visit.
_PATIENCE: Final = 5
# Processor time for the links of one page or listing; a sitemap of 50,000 addresses takes 2 s.
_READ_SECONDS: Final = 20

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(slots=True)
class SourceVisit:
    """What a visit to one source brought.

    Attributes:
        source: Its name.
        listed: Pages that its listings name.
        new_pages: Pages that were fetched.
        unchanged: Answers that said: nothing changed.
        errors: What went wrong, one line each.
        waiting: New pages left for the next visit.
    """

    source: str
    listed: int = 0
    new_pages: int = 0
    unchanged: int = 0
    errors: list[str] = field(default_factory=list)
    waiting: int = 0


def visit_sources(
    settings: Settings,
    *,
    names: Sequence[str] = (),
    schedule: str | None = None,
    day: str | None = None,
    fetcher: Fetcher | None = None,
    on_done: Callable[[SourceVisit], None] = lambda visit: None,
) -> list[SourceVisit]:
    """Fetch what is new.

    Args:
        settings: Where the sources, the raw folder and the index are.
        names: Sources to visit, enabled or not; all enabled ones without it.
        schedule: Only those of this schedule, `hourly` or `daily`.
        day: Only pages that listings or addresses date to this day: a backfill.
        fetcher: Asks the servers; made from the sources file without it.
        on_done: Called with each visit as it ends.

    Guarantees: a source that fails stops no other; killed at any time, what was fetched is kept and not fetched again.

    Raises:
        NiagaError: sources.yml is wrong, or names no such source.
        LockHeldError: Another process is fetching.
    """
    config = read_sources(settings.sources_path)
    chosen = [config.find(name) for name in names] or [source for source in config.sources if source.enabled]
    chosen = [source for source in chosen if schedule is None or source.schedule == schedule]
    if not chosen:
        return []
    now = datetime.now(ZoneInfo(TIME_ZONE))
    own = fetcher or Fetcher(contact=config.contact, allow_private=config.allow_private_addresses)
    settings.raw_dir.mkdir(parents=True, exist_ok=True)
    with (
        hold_lock(_prepared(settings.fetch_lock_path), what="niaga fetch"),
        open_store(settings.raw_dir, settings.web_index_path) as store,
        store.visit(day=now.date().isoformat(), name=f"{now:%H%M%S}-{uuid.uuid4().hex[:8]}") as visit,
        own if fetcher is None else nullcontext(),
        Apart(seconds=_READ_SECONDS) as apart,
        ThreadPoolExecutor(_THREADS) as threads,
    ):
        tasks = [
            threads.submit(_Visitor(source, own, store, visit, settings.raw_dir, day, apart).go)
            for source in chosen
        ]
        done = []
        for task in tasks:
            done.append(task.result())
            on_done(done[-1])
        return done


def _prepared(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


class _Visitor:
    """A visit to one source."""

    def __init__(
        self,
        source: Source,
        fetcher: Fetcher,
        store: WebStore,
        visit: Visit,
        raw_dir: Path,
        day: str | None,
        apart: Apart,
    ) -> None:
        self._source = source
        self._fetcher = fetcher
        self._store = store
        self._visit = visit
        self._raw_dir = raw_dir
        self._day = day
        self._apart = apart
        self._failed = 0
        self._unreadable = 0
        self._done = SourceVisit(source.name)

    def go(self) -> SourceVisit:
        """Ask for the listings, then for what is new in them, the newest first."""
        wanted = [link for link in self._listed() if self._takes(link)]
        self._done.listed = len(wanted)
        new = [(link, before) for link in wanted if self._is_new(link, before := self._store.last(link.url))]
        new.sort(key=lambda item: item[0].changed_at or item[0].published or "", reverse=True)
        limit = self._source.politeness.max_pages
        self._done.waiting = max(0, len(new) - limit)
        for place, (link, before) in enumerate(new[:limit]):
            if max(self._failed, self._unreadable) >= _PATIENCE:
                self._done.waiting += min(limit, len(new)) - place
                break
            self._take_page(link, before)
        return self._done

    # ---- listings

    def _listed(self) -> list[Link]:
        links: dict[str, Link] = {}

        def add(found: Iterable[Link]) -> None:
            for link in found:
                before = links.get(link.url)
                if before is None or (link.changed_at or "") > (before.changed_at or ""):
                    links[link.url] = link

        for url in self._source.feeds:
            if content := self._listing(url, "feed"):
                add(self._links(read_feed, content, url=url) or ())
        self._read_sitemaps([Link(url) for url in self._source.sitemaps], add, depth=0)
        for pages in self._source.index_pages:
            for url in pages.addresses():
                if content := self._listing(url, "index_page"):
                    add(self._links(read_index_page, content, url=url) or ())
        return list(links.values())

    def _read_sitemaps(
        self, sitemaps: Sequence[Link], add: Callable[[Iterable[Link]], None], *, depth: int
    ) -> None:
        """Sitemaps and those below them, the last changed first; old ones that did not change are left."""
        newest = sorted(sitemaps, key=lambda link: link.changed_at or "", reverse=True)
        for sitemap in newest[:_MAX_SITEMAPS]:
            before = self._store.last(sitemap.url)
            unchanged = before and sitemap.changed_at and sitemap.changed_at <= before.fetched_at
            content = (
                self._kept(before)
                if before and unchanged and not self._day
                else self._listing(sitemap.url, "sitemap")
            )
            if content and (found := self._links(read_sitemap, content, url=sitemap.url)):
                add(found.pages)
                if depth < _SITEMAP_DEPTH:
                    self._read_sitemaps(found.sitemaps, add, depth=depth + 1)

    def _listing(self, url: str, kind: str) -> bytes | None:
        """A listing's bytes: new ones, or those of the last answer where nothing changed since."""
        before = self._store.last(url)
        kept = self._kept(before)
        answer = self._ask(url, before if kept else None)
        self._note(kind, url, answer)
        if answer.status == 304:
            self._done.unchanged += 1
            return kept
        return answer.body if answer.status == 200 and not answer.error else None

    def _kept(self, before: Answered | None) -> bytes | None:
        # What is listed is compared again though nothing changed: a page may not have come the last time.
        with suppress(OSError, ValueError):
            return read_object(self._raw_dir, before.sha256) if before and before.sha256 else None
        return None

    def _takes(self, link: Link) -> bool:
        listings = (
            *self._source.feeds,
            *self._source.sitemaps,
            *(page.url for page in self._source.index_pages),
        )
        if not self._source.filters.takes(link.url):
            return False
        # Listings name pages of the same site; other sites are taken where a filter says so.
        if not self._source.filters.include and not any(
            is_same_site(link.url, listing) for listing in listings
        ):
            return False
        return self._day is None or self._day in {
            link.published, (link.changed_at or "")[:10], url_day_or_none(link.url),
        }  # fmt: skip

    def _is_new(self, link: Link, before: Answered | None) -> bool:
        return before is None or bool(link.changed_at and link.changed_at > before.fetched_at)

    # ---- pages

    def _take_page(self, link: Link, before: Answered | None) -> None:
        answer = self._ask(link.url, before)
        if answer.status == 304:
            self._done.unchanged += 1
        if answer.status != 200 or answer.error:
            self._note("page", link.url, answer, link)
            return
        if answer.content_type not in _PAGE_TYPES:
            self._note("part", link.url, answer)  # kept, but no page
            return
        whole_url, following = self._links(
            find_other_parts, answer.body, url=answer.final_url, charset=answer.charset
        ) or ("", ())
        if whole_url and (whole := self._ask(whole_url, None)).status == 200 and not whole.error:
            self._note("part", link.url, answer)
            self._note("page", link.url, whole, link)
        else:
            parts = [(url, self._ask(url, None)) for url in following[:_MAX_PARTS]]
            hashes = tuple(sha for url, part in parts if (sha := self._note("part", url, part)))
            self._note("page", link.url, answer, link, parts=hashes)
        self._done.new_pages += 1

    def _links(self, read: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R | None:
        """What a reader of links finds; None, and an error of the visit, where it cannot read that."""
        if self._unreadable >= _PATIENCE:
            return None
        try:
            return self._apart.call(read, *args, **kwargs)
        except (ArticleLimitError, RuntimeError) as error:
            self._unreadable += 1
            self._done.errors.append(f"unreadable: {kwargs.get('url')}: {error}")
            return None

    def _ask(self, url: str, before: Answered | None) -> Fetched:
        answer = self._fetcher.get(
            url,
            delay=self._source.politeness.delay_seconds,
            etag=before.etag if before else None,
            last_modified=before.last_modified if before else None,
        )
        failed = answer.error is not None or answer.status >= 400
        self._failed = self._failed + 1 if failed else 0
        if failed:
            self._done.errors.append(f"{answer.error or f'status {answer.status}'}: {url}")
        return answer

    def _note(
        self, kind: str, url: str, answer: Fetched, link: Link | None = None, *, parts: tuple[str, ...] = ()
    ) -> str | None:
        sha256 = self._store.put(answer.body) if answer.status == 200 and not answer.error else None
        self._visit.add(
            Fetch(
                source=self._source.name, kind=kind, url=url, final_url=answer.final_url, fetched_at=answer.fetched_at,
                status=answer.status, error=answer.error, detail=answer.detail, sha256=sha256, size=len(answer.body),
                content_type=answer.content_type, charset=answer.charset, etag=answer.etag,
                last_modified=answer.last_modified, parts=parts, published=link.published if link else None,
                title=link.title if link else None, outlet=self._source.outlet,
            )
        )  # fmt: skip
        return sha256
