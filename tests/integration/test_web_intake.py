"""From a small outlet on loopback to articles: sources.yml, `niaga source add`, `niaga fetch`, reading, and again."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from pipelines.adapters import crawl
from pipelines.adapters.containers import read_documents
from pipelines.adapters.crawl import judge_sources, read_sources, visit_sources
from pipelines.adapters.fetch import Fetcher
from pipelines.adapters.readers import list_raw_files
from pipelines.adapters.web_store import open_store
from pipelines.contracts.fetches import Fetch
from pipelines.errors import LockHeldError, NiagaError
from pipelines.settings import Settings
from pipelines.stages.collect import CollectedArticle, RawDocument, Rejection, collect_document
from pipelines.stages.collect.raw import MetadataTree
from pipelines.stages.collect.records import FieldTree
from tests.golden import test_pages as golden
from tests.support.command import NIAGA, niaga
from tests.support.outlet import Answer, Outlet, running_outlet
from tests.support.warc import article_page

RSS = "application/rss+xml"


def feed(outlet: Outlet, paths: list[str], **headers: str) -> None:
    items = "".join(
        f"<item><title>Berita {path}</title><link>{outlet.url}{path}</link>"
        "<pubDate>Mon, 04 Mar 2024 10:00:00 +0700</pubDate></item>"
        for path in paths
    )
    body = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Suara</title>{items}</channel></rss>"
    outlet.serve("/feed", body, kind=RSS, **headers)


@dataclass
class Office:
    """An office that watches the outlet."""

    settings: Settings
    outlet: Outlet

    def write(self, **source: object) -> None:
        entry = {"name": "suara", "politeness": {"delay_seconds": 0}} | source
        config = {"allow_private_addresses": ["127.0.0.0/8"], "sources": [entry]}
        self.settings.sources_path.write_text(yaml.safe_dump(config))

    def visit(self, **options: object):
        with Fetcher(allow_private=["127.0.0.0/8"], sleep=lambda _: None) as fetcher:
            (visit,) = visit_sources(self.settings, fetcher=fetcher, **options)
        return visit

    def documents(self) -> list[RawDocument | Rejection]:
        raw_dir, nothing = self.settings.raw_dir, MetadataTree({})
        return [
            item.document
            for file in list_raw_files(raw_dir).files
            for item in read_documents(raw_dir, file.raw_path, metadata=nothing, fields=FieldTree({}).of("x"))
        ]

    def articles(self) -> list[CollectedArticle]:
        found = [
            collect_document(document) for document in self.documents() if isinstance(document, RawDocument)
        ]
        return [article for article in found if isinstance(article, CollectedArticle)]


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with running_outlet() as served:
        for number in range(6):
            served.serve(f"/berita/{number}/ekspor-kopi-dari-gayo", article_page(number))
        yield served


@pytest.fixture
def office(tmp_path: Path, outlet: Outlet) -> Office:
    settings = Settings(
        raw_dir=tmp_path / "raw", warehouse_dir=tmp_path / "warehouse", sources_path=tmp_path / "sources.yml"
    )
    office = Office(settings, outlet)
    office.write(feeds=[f"{outlet.url}/feed"])
    return office


def paths(*numbers: int) -> list[str]:
    return [f"/berita/{number}/ekspor-kopi-dari-gayo" for number in numbers]


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


def parts_of(number: int) -> list[bytes]:
    whole = article_page(number).decode()
    head, body = whole.split("<article>")
    title, *prose = body.replace("</article>", "</p>").split("<p>")
    title, tail = title.rstrip(), prose.pop().partition("</p>")
    prose.append(tail[0] + tail[1])
    nav = "<p class='pages'><a href='?page=2'>2</a> <a href='?page=3'>3</a></p>"
    return [
        f"{head}<article>{title}<p>{'<p>'.join(some)}{nav}</article></body></html>".encode()
        for some in (prose[:2], prose[2:4], prose[4:])
    ]


def test_an_article_over_several_pages_is_joined(office: Office) -> None:
    path = "/berita/20/ekspor-kopi-bersambung"
    for number, page in enumerate(parts_of(3), start=1):
        office.outlet.serve(path if number == 1 else f"{path}?page={number}", page)
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert article.url == office.outlet.url + path
    assert [f"ekspor {30 + part} ton" in article.text for part in range(5)] == [True] * 5
    assert article.text.count("ekspor 30 ton") == 1


def test_the_edition_with_all_pages_is_taken_where_the_page_links_one(office: Office) -> None:
    path = "/berita/21/ekspor-kopi-semua"
    first = parts_of(4)[0].replace(b"?page=3'>3", b"?page=all'>Tampilkan semua")
    office.outlet.serve(path, first)
    office.outlet.serve(f"{path}?page=all", article_page(4))
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert article.url == office.outlet.url + path
    assert "ekspor 44 ton" in article.text
    assert f"{path}?page=2" not in office.outlet.asked


@pytest.mark.parametrize(
    ("header", "content"),
    [
        ("text/html; charset=ISO-8859-1", "Café Takengon “mengekspor” kopi".encode()),
        ("text/html; charset=utf-8", "Caf\xe9 Takengon mengekspor kopi".encode("cp1252")),
        ("text/html; charset=no-such", "Café Takengon mengekspor kopi".encode()),
        ("text/html", "Café Takengon mengekspor kopi".encode()),
    ],
    ids=["utf-8 called latin-1", "latin-1 called utf-8", "unknown name", "no name"],
)
def test_a_wrong_charset_header_spoils_no_text(office: Office, header: str, content: bytes) -> None:
    path = "/berita/30/kafe-takengon"
    office.outlet.serve(
        path,
        article_page(1).replace(b"<p>Pemerintah", b"<p>" + content + b" kata Pemerintah", 1),
        kind=header,
    )
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert "Café Takengon" in article.text


def test_broken_html_is_read(office: Office) -> None:
    path = "/berita/31/rusak"
    broken = (
        article_page(2)
        .replace(b"</p>", b"")
        .replace(b"</article>", b"<div><b><table>")
        .replace(b"</head>", b"")
    )
    office.outlet.serve(path, broken + b"<scr")
    feed(office.outlet, [path])
    office.visit()
    (article,) = office.articles()
    assert "ekspor 20 ton" in article.text


def test_pages_in_several_layouts_come_over_the_web_as_they_are_in_the_golden_set(office: Office) -> None:
    layouts = ("national_read", "agency_regional", "kentooz_wordpress", "regency_office", "portal_graph")
    chosen = {page.name: page for page in golden.pages() if page.name in {f"{name}-0" for name in layouts}}
    for name, page in chosen.items():
        # The address is the server's: a page that claims another site's is not believed.
        office.outlet.serve(f"/berita/{name}/ekspor-dari-daerah", page.content)
    feed(office.outlet, [f"/berita/{name}/ekspor-dari-daerah" for name in chosen])
    assert office.visit().new_pages == len(layouts)
    found = {article.url.split("/")[-2]: article for article in office.articles() if article.url}
    for name, page in chosen.items():
        article = found[name]
        assert (article.title, article.published) == (" ".join(page.title.split()), page.published)
        assert golden.token_f1(golden.main_text(article), page.text) >= 0.93


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


# ---- judging and adding sources


def test_sources_are_judged_by_what_came(office: Office) -> None:
    feed(office.outlet, paths(0))
    config = read_sources(office.settings.sources_path)

    def states(**options: object) -> dict[str, str]:
        with open_store(office.settings.raw_dir, office.settings.web_index_path) as store:
            return {state.name: state.state for state in judge_sources(config, store, **options)}

    assert states() == {"suara": "never visited"}
    office.visit()
    assert states() == {"suara": "ok"}
    assert states(now=datetime.now(UTC) + timedelta(hours=80)) == {"suara": "quiet"}
    office.outlet.paths["/feed"] = Answer(status=500)
    for _ in range(4):
        office.visit()
    assert states() == {"suara": "failing"}


@pytest.mark.parametrize(
    ("spans", "state", "is_dead"),
    [
        ([70, 70, 70, 70, 70], "ok", False),
        ([30, 70, 70, 70, 200], "thin", False),
        ([6, 70, 70, 70, 70], "thin", True),
        ([30, 70, 70], "ok", False),  # too young for anything to be usual
        ([1, 4, 4, 4, 4], "ok", False),  # so few come and go by chance
        ([0, 7, 7, 7, 7], "quiet", False),
        ([0, 0, 0, 0, 7], "quiet", True),
    ],
)
def test_a_source_that_gives_less_than_usual_is_seen(
    office: Office, spans: list[int], state: str, is_dead: bool
) -> None:
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    with open_store(office.settings.raw_dir, office.settings.web_index_path) as store:
        for age, pages in enumerate(spans):
            moment = (now - timedelta(days=7 * age + 2)).isoformat(timespec="seconds")
            url = "https://x.example/f"
            listing = Fetch(
                source="suara", kind="feed", url=url, final_url=url, fetched_at=moment, status=200
            )
            store.note(replace(listing, fetched_at=(now - timedelta(days=7 * age + 6)).isoformat()))
            for number in range(pages):
                store.note(replace(listing, kind="page", url=f"https://x.example/{age}/{number}"))
        (found,) = judge_sources(read_sources(office.settings.sources_path), store, now=now)
    assert (found.state, found.is_dead, found.pages) == (state, is_dead, spans[0])


def command(office: Office, *arguments: str) -> subprocess.CompletedProcess[str]:
    sources = {"NIAGA_SOURCES": str(office.settings.sources_path)}
    return niaga(
        *arguments, raw=office.settings.raw_dir, warehouse=office.settings.warehouse_dir, env=sources
    )


def test_source_add_finds_the_feed_shows_titles_and_writes_an_entry_that_fetch_uses(office: Office) -> None:
    outlet = office.outlet
    feed(outlet, paths(0, 1, 2))
    outlet.serve(
        "/", f"<html><head><link rel=alternate type='{RSS}' href='/feed'></head><body></body></html>"
    )
    office.settings.sources_path.write_text("# Sumber kantor\nallow_private_addresses: [127.0.0.0/8]\n")
    added = command(
        office, "source", "add", f"{outlet.url}/", "--name", "suara", "--region", "Kabupaten Gresik"
    )
    assert added.returncode == 0, added.stderr
    assert "Berita /berita/2/ekspor-kopi-dari-gayo" in added.stdout
    written = office.settings.sources_path.read_text()
    assert written.startswith("# Sumber kantor\n")
    (source,) = read_sources(office.settings.sources_path).sources
    assert (source.name, source.feeds, source.home_region) == (
        "suara",
        (f"{outlet.url}/feed",),
        "Kabupaten Gresik",
    )
    again = command(office, "source", "add", f"{outlet.url}/", "--name", "suara")
    assert again.returncode == 1
    assert "choose another --name" in " ".join(again.stderr.split())
    fetched = command(office, "fetch")
    assert fetched.returncode == 0, fetched.stderr
    checked = json.loads(command(office, "source", "check", "--format", "json").stdout)
    assert [(row["source"], row["state"], row["new pages"]) for row in checked] == [("suara", "ok", 3)]


def test_source_add_of_a_private_address_is_refused_without_leave(office: Office) -> None:
    office.settings.sources_path.unlink()
    refused = command(office, "source", "add", f"{office.outlet.url}/")
    assert refused.returncode == 1
    assert office.outlet.asked == []
    assert not office.settings.sources_path.exists()


def test_source_add_where_nothing_lists_articles_says_so(office: Office) -> None:
    office.outlet.serve("/", "<html><body>Selamat datang</body></html>")
    refused = command(office, "source", "add", f"{office.outlet.url}/")
    assert refused.returncode == 1
    assert "lists no articles" in " ".join(refused.stderr.split())


def test_fetch_without_sources_says_how_to_add_one(office: Office) -> None:
    office.settings.sources_path.unlink()
    done = command(office, "fetch")
    assert (done.returncode, "niaga source add" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sources: [", "no YAML"),
        ("sources: [{name: a}]", "a: names no feed"),
        ("sources: [{name: 'A b', feeds: ['https://x.example/f']}]", "A b.name"),
        ("sources: [{name: a, feeds: ['file:///etc/passwd']}]", "must be an http"),
        ("sources: [{name: a, feeds: ['https://x.example/f'], speed: 9}]", "a.speed"),
        (
            "sources: [{name: a, feeds: ['https://x.example/f'], filters: {include: ['(']}}]",
            "regular expression",
        ),
        (
            "sources: [{name: a, feeds: ['https://x.example/f']}, {name: a, feeds: ['https://x.example/g']}]",
            "named twice: a",
        ),
        ("allow_private_addresses: [intern]", "allow_private_addresses"),
        (
            "sources: [{name: a, feeds: ['https://x.example/f'], home_region: Kabupaten Gersik}]",
            "a.home_region: 'Kabupaten Gersik' is no region of Indonesia; did you mean Kabupaten Gresik",
        ),
        (
            "sources: [{name: a, feeds: ['https://x.example/f'], home_region: Bandung}]",
            "may be Kabupaten Bandung or Kota Bandung",
        ),
    ],
)
def test_a_wrong_sources_file_names_what_is_wrong(office: Office, text: str, message: str) -> None:
    office.settings.sources_path.write_text(text)
    with pytest.raises(NiagaError) as raised:
        read_sources(office.settings.sources_path)
    assert message in str(raised.value)


@pytest.mark.parametrize("written", ["Kabupaten Gresik", "kab. gresik", "Gresik", "35.25"])
def test_a_home_region_is_kept_by_its_official_name(office: Office, written: str) -> None:
    office.write(feeds=["https://x.example/f"], home_region=written)
    (source,) = read_sources(office.settings.sources_path).sources
    assert source.home_region == "Kabupaten Gresik"
