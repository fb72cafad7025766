"""Visits to an outlet: what is listed is fetched once, kept, and taken up again after failures and kills."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from pipelines.adapters import crawl
from pipelines.adapters.crawl import visit_sources
from pipelines.adapters.fetch import Fetcher
from pipelines.adapters.web_store import open_store
from pipelines.errors import LockHeldError
from tests.support.command import NIAGA
from tests.support.office import RSS, Office, feed, paths
from tests.support.outlet import Answer
from tests.support.warc import article_page


def test_a_feed_becomes_articles_and_the_second_visit_fetches_only_what_is_new(office: Office) -> None:
    feed(office.outlet, paths(0, 1), ETag='"1"')
    assert (office.visit().new_pages, len(office.articles())) == (2, 2)
    assert office.visit().new_pages == 0
    assert all(count == 1 for path, count in office.outlet.counts().items() if path.startswith("/berita"))
    assert office.outlet.headers[-1]["if-none-match"] == '"1"'
    feed(office.outlet, paths(0, 1, 2), ETag='"2"')
    assert office.visit().new_pages == 1
    assert sorted(article.url for article in office.articles()) == [
        office.outlet.url + path for path in paths(0, 1, 2)
    ]


def test_reading_again_needs_no_web(office: Office) -> None:
    feed(office.outlet, paths(0, 1))
    office.visit()
    before, asked = office.articles(), len(office.outlet.asked)
    office.outlet.paths.clear()
    assert office.articles() == before
    assert len(office.outlet.asked) == asked


def test_every_fetch_leaves_a_line_and_its_bytes_under_their_hash(office: Office) -> None:
    feed(office.outlet, [*paths(0), "/berita/9/tidak-ada"])
    office.visit()
    (manifest,) = office.settings.raw_dir.glob("web/*/*.fetches")
    lines = [json.loads(line) for line in manifest.read_text().splitlines()]
    assert [(line["kind"], line["status"]) for line in lines] == [("feed", 200), ("page", 200), ("page", 404)]
    assert all(line["fetched_at"] and line["url"].startswith(office.outlet.url) for line in lines)
    stored = {path.stem for path in office.settings.raw_dir.glob("web/objects/*/*.zst")}
    assert stored == {line["sha256"] for line in lines if line["status"] == 200}


def test_the_same_bytes_are_kept_once(office: Office) -> None:
    for path in ("/berita/7/salinan-satu", "/berita/8/salinan-dua"):
        office.outlet.serve(path, article_page(1))
    feed(office.outlet, ["/berita/7/salinan-satu", "/berita/8/salinan-dua"])
    office.visit()
    assert len(list(office.settings.raw_dir.glob("web/objects/*/*.zst"))) == 2  # the feed and the one page


def test_a_page_that_failed_is_fetched_by_the_next_visit_though_the_feed_did_not_change(
    office: Office,
) -> None:
    feed(office.outlet, paths(0), ETag='"1"')
    office.outlet.paths[paths(0)[0]] = Answer(status=500)
    assert office.visit().new_pages == 0
    office.outlet.serve(paths(0)[0], article_page(0))
    assert office.visit().new_pages == 1


def test_a_missing_page_is_not_asked_for_at_every_visit(office: Office) -> None:
    feed(office.outlet, ["/berita/9/tidak-ada"])
    office.visit()
    office.visit()
    assert office.outlet.counts()["/berita/9/tidak-ada"] == 1


def test_sitemap_indexes_are_followed_and_a_changed_page_is_a_new_version(office: Office) -> None:
    def sitemaps(changed: str) -> None:
        url = office.outlet.url
        office.outlet.serve(
            "/sitemap.xml",
            f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><sitemap><loc>{url}/news.xml</loc>"
            f"<lastmod>{changed}</lastmod></sitemap></sitemapindex>", kind="application/xml",
        )  # fmt: skip
        office.outlet.serve(
            "/news.xml",
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
            "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>"
            f"<url><loc>{url}{paths(0)[0]}</loc><lastmod>{changed}</lastmod><news:news>"
            "<news:publication_date>2024-03-04T10:00:00+07:00</news:publication_date>"
            "<news:title>Ekspor kopi</news:title></news:news></url></urlset>", kind="application/xml",
        )  # fmt: skip

    office.write(sitemaps=[f"{office.outlet.url}/sitemap.xml"])
    sitemaps("2024-03-04T10:00:00+07:00")
    assert office.visit().new_pages == 1
    assert office.visit().new_pages == 0
    office.outlet.serve(paths(0)[0], article_page(0).replace(b"arabika", b"robusta"))
    sitemaps("2099-01-01T10:00:00+07:00")
    assert office.visit().new_pages == 1
    first, second = office.articles()
    assert first.article_id == second.article_id
    assert first.text_sha256 != second.text_sha256


def test_index_pages_are_counted_and_only_articles_of_the_site_are_taken(office: Office) -> None:
    for number in (1, 2):
        links = "".join(f"<a href='{path}'>Berita</a>" for path in paths(number))
        links += (
            "<a href='/tentang'>Tentang</a><a href='https://lain.example/berita/2024/03/04/lain'>Lain</a>"
        )
        office.outlet.serve(f"/indeks?page={number}", f"<html><body>{links}</body></html>")
    office.write(index_pages=[{"url": f"{office.outlet.url}/indeks?page={{page}}", "pages": 2}])
    visit = office.visit()
    assert (visit.listed, visit.new_pages) == (2, 2)


def test_filters_choose_pages(office: Office) -> None:
    feed(office.outlet, paths(0, 1, 2))
    office.write(feeds=[f"{office.outlet.url}/feed"], filters={"include": ["/berita/"], "exclude": ["/1/"]})
    assert office.visit().new_pages == 2


def test_no_more_pages_than_said_are_fetched_and_the_rest_comes_later(office: Office) -> None:
    feed(office.outlet, paths(0, 1, 2))
    office.write(feeds=[f"{office.outlet.url}/feed"], politeness={"delay_seconds": 0, "max_pages": 2})
    assert (office.visit().waiting, office.visit().new_pages, office.visit().new_pages) == (1, 1, 0)


def test_a_source_that_fails_stops_no_other(office: Office) -> None:
    feed(office.outlet, paths(0))
    office.outlet.paths["/rusak"] = Answer(b"<rss", headers={"Content-Type": RSS})
    sources = [
        {"name": "rusak", "feeds": [f"{office.outlet.url}/rusak"], "politeness": {"delay_seconds": 0}},
        {"name": "tutup", "feeds": ["http://10.0.0.1/feed"], "politeness": {"delay_seconds": 0}},
        {"name": "suara", "feeds": [f"{office.outlet.url}/feed"], "politeness": {"delay_seconds": 0}},
    ]
    office.settings.sources_path.write_text(yaml.safe_dump({"sources": sources}))
    with Fetcher(allow_private=["127.0.0.0/8"], sleep=lambda _: None) as fetcher:
        visits = {visit.source: visit for visit in visit_sources(office.settings, fetcher=fetcher)}
    assert visits["suara"].new_pages == 1
    assert visits["tutup"].errors
    assert visits["rusak"].listed == 0


def test_pages_and_listings_that_nobody_can_parse_hold_no_visit_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crawl, "_READ_SECONDS", 2)  # of processor time; the page below would take minutes
    hostile = "<p " + " ".join(f"a{number}=1" for number in range(200_000)) + ">Bupati melepas ekspor kopi."
    office.outlet.serve("/berita/hostile-page-one-two", hostile)
    office.outlet.serve("/indeks", hostile)
    feed(office.outlet, ["/berita/hostile-page-one-two", *paths(1)])
    office.write(feeds=[f"{office.outlet.url}/feed"], index_pages=[{"url": f"{office.outlet.url}/indeks"}])
    started = time.monotonic()
    visit = office.visit()
    assert time.monotonic() - started < 60
    assert visit.new_pages == 2  # what cannot be read here is kept, and told by collect
    assert [error.partition(":")[0] for error in visit.errors] == ["unreadable", "unreadable"]
    assert "processor time" in visit.errors[0]


def test_a_reader_of_links_that_fails_stops_no_visit(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    feed(office.outlet, paths(1, 2))
    office.write(feeds=[f"{office.outlet.url}/feed"])
    monkeypatch.setattr(crawl, "find_other_parts", ast.literal_eval)  # raises, given an address
    visit = office.visit()
    assert visit.new_pages == 2
    assert [error.partition(":")[0] for error in visit.errors] == ["unreadable", "unreadable"]


def test_a_killed_visit_keeps_what_it_fetched_and_fetches_it_no_more(office: Office, tmp_path: Path) -> None:
    feed(office.outlet, paths(0, 1, 2, 3))
    office.write(feeds=[f"{office.outlet.url}/feed"], politeness={"delay_seconds": 0.4})
    environment = {
        "NIAGA_RAW_DIR": str(office.settings.raw_dir), "NIAGA_WAREHOUSE_DIR": str(office.settings.warehouse_dir),
        "NIAGA_SOURCES": str(office.settings.sources_path),
    }  # fmt: skip
    process = subprocess.Popen([NIAGA, "fetch"], env=os.environ | environment, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while sum(path.startswith("/berita") for path in office.outlet.asked) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    office.visit()
    assert len(office.articles()) == 4
    assert len({article.article_id for article in office.articles()}) == 4
    fetched_twice = [
        path for path, count in office.outlet.counts().items() if path.startswith("/berita") and count > 1
    ]
    assert len(fetched_twice) <= 1, "only the page that was under way"


def test_a_lost_index_is_made_again_from_the_manifests(office: Office) -> None:
    feed(office.outlet, paths(0, 1))
    office.visit()
    shutil.rmtree(office.settings.warehouse_dir)
    assert office.visit().new_pages == 0
    with open_store(office.settings.raw_dir, office.settings.web_index_path) as store:
        assert store.health(since_day="2000-01-01")["suara"].pages == 2


def test_bytes_that_were_changed_are_told_and_not_read(office: Office) -> None:
    feed(office.outlet, paths(0))
    office.visit()
    for path in office.settings.raw_dir.glob("web/objects/*/*.zst"):
        path.write_bytes(path.read_bytes()[:-4])
    assert [getattr(document, "reason_code", None) for document in office.documents()] == ["object_missing"]


def test_two_fetches_at_once_are_refused(office: Office) -> None:
    from pipelines.adapters.lock import hold_lock

    feed(office.outlet, paths(0))
    office.settings.warehouse_dir.mkdir(parents=True)
    with hold_lock(office.settings.fetch_lock_path, what="another fetch"), pytest.raises(LockHeldError):
        office.visit()


def test_a_day_of_the_past_is_fetched_alone(office: Office) -> None:
    office.outlet.serve("/2024/03/05/kopi-lain", article_page(1))
    feed(office.outlet, [*paths(0)])
    assert office.visit(day="2024-03-05").new_pages == 0
    assert office.visit(day="2024-03-04").new_pages == 1
