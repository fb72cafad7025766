"""sources.yml: read and refused, written by `niaga source add`, judged by `niaga source check`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipelines.adapters.source_health import judge_sources
from pipelines.adapters.sources_file import read_sources
from pipelines.adapters.web_store import open_store
from pipelines.contracts.fetches import Fetch
from pipelines.errors import NiagaError
from tests.support.office import RSS, Office, command, feed, paths
from tests.support.outlet import Answer


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
