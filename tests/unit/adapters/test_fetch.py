"""Fetching from a real server on loopback that does everything a server may do."""

from __future__ import annotations

import gzip
import itertools
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from pipelines.adapters.fetch import Fetcher, Limits
from tests.support.outlet import Answer, Outlet, endless, gzip_bomb, running_outlet, slow_headers, slowly

LOOPBACK = ("127.0.0.0/8", "::1/128")


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with running_outlet() as served:
        yield served


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def fetcher(naps: list[float]) -> Iterator[Fetcher]:
    limits = Limits(
        body_bytes=3_000_000, wire_bytes=1_000_000, seconds=1.5, connect_seconds=1.0, read_seconds=1.0
    )
    with Fetcher(
        allow_private=LOOPBACK, contact="redaksi@kantor.example", limits=limits, sleep=naps.append
    ) as made:
        yield made


def test_a_page_comes_as_it_is_with_what_the_server_says_of_it(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.serve(
        "/a", "<p>Ekspor</p>", kind="Text/HTML; charset=ISO-8859-1", ETag='"1"', **{"Last-Modified": "x"}
    )
    found = fetcher.get(f"{outlet.url}/a")
    assert (found.status, found.error, found.body) == (200, None, b"<p>Ekspor</p>")
    assert (found.content_type, found.charset, found.etag, found.last_modified) == (
        "text/html",
        "ISO-8859-1",
        '"1"',
        "x",
    )
    assert datetime.fromisoformat(found.fetched_at).tzinfo is UTC


def test_the_user_agent_says_who_asks_and_where_to_turn_to(outlet: Outlet, fetcher: Fetcher) -> None:
    fetcher.get(f"{outlet.url}/a")
    assert outlet.headers[-1]["user-agent"].startswith("niaga/")
    assert "redaksi@kantor.example" in outlet.headers[-1]["user-agent"]


def test_what_did_not_change_is_not_sent_again(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.serve("/tag", "x", ETag='"7"')
    outlet.serve("/date", "x", **{"Last-Modified": "Mon, 04 Mar 2024 10:00:00 GMT"})
    assert fetcher.get(f"{outlet.url}/tag", etag='"7"').status == 304
    assert fetcher.get(f"{outlet.url}/tag", etag='"6"').status == 200
    assert fetcher.get(f"{outlet.url}/date", last_modified="Mon, 04 Mar 2024 10:00:00 GMT").status == 304


def test_a_missing_page_is_told_and_not_asked_for_again(outlet: Outlet, fetcher: Fetcher) -> None:
    assert fetcher.get(f"{outlet.url}/nowhere").status == 404
    assert outlet.counts()["/nowhere"] == 1


# ---- robots.txt


def test_what_robots_txt_forbids_is_never_asked(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.serve(
        "/robots.txt",
        "User-agent: *\nDisallow: /dalam\n\nUser-agent: niaga\nDisallow: /rahasia\n",
        kind="text/plain",
    )
    outlet.serve("/rahasia/1", "x")
    outlet.serve("/dalam/1", "x")
    assert fetcher.get(f"{outlet.url}/rahasia/1").error == "robots"
    assert fetcher.get(f"{outlet.url}/dalam/1").status == 200
    assert outlet.counts() == {"/robots.txt": 1, "/dalam/1": 1}


def test_a_redirect_into_what_is_forbidden_is_not_followed(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.serve("/robots.txt", "User-agent: *\nDisallow: /rahasia\n", kind="text/plain")
    outlet.paths["/a"] = Answer(status=302, headers={"Location": "/rahasia/1"})
    assert fetcher.get(f"{outlet.url}/a").error == "robots"
    assert "/rahasia/1" not in outlet.asked


@pytest.mark.parametrize(("status", "asked"), [(404, True), (403, True), (500, False), (503, False)])
def test_without_rules_all_is_allowed_and_with_unknown_rules_nothing_is(
    outlet: Outlet, fetcher: Fetcher, status: int, asked: bool
) -> None:
    outlet.paths["/robots.txt"] = Answer(status=status)
    outlet.serve("/a", "x")
    answer = fetcher.get(f"{outlet.url}/a")
    assert (answer.status == 200) is asked
    assert ("/a" in outlet.asked) is asked
    assert asked or f"its robots.txt cannot be had: status {status}" in (answer.detail or "")


def test_the_longer_of_crawl_delay_and_the_own_pause_is_kept(
    outlet: Outlet, fetcher: Fetcher, naps: list[float]
) -> None:
    outlet.serve("/robots.txt", "User-agent: *\nCrawl-delay: 7\n", kind="text/plain")
    for path in ("/a", "/b", "/c"):
        fetcher.get(f"{outlet.url}{path}", delay=9.0 if path == "/b" else 1.0)
    assert [round(nap) for nap in naps] == [7, 9]


def test_pauses_are_real_ones(outlet: Outlet) -> None:
    with Fetcher(allow_private=LOOPBACK) as fetcher:
        for path in ("/a", "/b", "/c"):
            fetcher.get(f"{outlet.url}{path}", delay=0.2)
    times = [at for at, path in zip(outlet.times, outlet.asked, strict=True) if path != "/robots.txt"]
    assert all(later - earlier >= 0.19 for earlier, later in itertools.pairwise(times))


def test_a_host_is_asked_one_thing_at_a_time(outlet: Outlet) -> None:
    outlet.paths["/a"] = Answer(write=slowly(0.01, pieces=10))
    with Fetcher(allow_private=LOOPBACK) as fetcher, ThreadPoolExecutor(8) as threads:
        # The first page follows robots.txt at once, which a busy server may not have noted as ended yet.
        fetcher.get(f"{outlet.url}/a", delay=0.2)
        outlet.most_together = 0
        list(threads.map(lambda _: fetcher.get(f"{outlet.url}/a", delay=0.2), range(8)))
    assert outlet.most_together == 1


# ---- again


def test_429_waits_as_long_as_the_server_asks(outlet: Outlet, fetcher: Fetcher, naps: list[float]) -> None:
    outlet.paths["/a"] = [Answer(status=429, headers={"Retry-After": "11"}), Answer(b"x")]
    assert fetcher.get(f"{outlet.url}/a").status == 200
    assert naps == [11.0]


def test_retry_after_may_be_a_date(outlet: Outlet, fetcher: Fetcher, naps: list[float]) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    outlet.paths["/a"] = [Answer(status=503, headers={"Retry-After": until}), Answer(b"x")]
    assert fetcher.get(f"{outlet.url}/a").status == 200
    assert 17 <= naps[0] <= 20


def test_a_server_that_asks_for_an_hour_is_left_until_the_next_visit(
    outlet: Outlet, fetcher: Fetcher, naps: list[float]
) -> None:
    outlet.paths["/a"] = Answer(status=429, headers={"Retry-After": "3600"})
    found = fetcher.get(f"{outlet.url}/a")
    assert (found.status, found.retry_after) == (429, 3600.0)
    assert (outlet.counts()["/a"], naps) == (1, [])


def test_500_then_200_is_200_after_a_growing_pause(
    outlet: Outlet, fetcher: Fetcher, naps: list[float]
) -> None:
    outlet.paths["/a"] = [Answer(status=500), Answer(status=502), Answer(b"x")]
    assert fetcher.get(f"{outlet.url}/a").status == 200
    assert naps == [1.0, 2.0]


def test_a_server_that_stays_broken_is_asked_three_times(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.paths["/a"] = Answer(status=500)
    assert fetcher.get(f"{outlet.url}/a").status == 500
    assert outlet.counts()["/a"] == 3


def test_a_closed_port_is_told(fetcher: Fetcher) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    assert fetcher.get(f"http://127.0.0.1:{port}/").error == "robots", "rules that cannot be had forbid all"


# ---- redirects


def test_redirects_are_followed_to_where_they_end(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.paths["/a"] = Answer(status=301, headers={"Location": "/b"})
    outlet.paths["/b"] = Answer(status=307, headers={"Location": f"{outlet.url}/c?x=1#y"})
    outlet.serve("/c?x=1", "x")
    found = fetcher.get(f"{outlet.url}/a")
    assert (found.status, found.url, found.final_url.partition("#")[0]) == (
        200,
        f"{outlet.url}/a",
        f"{outlet.url}/c?x=1",
    )


def test_a_loop_of_redirects_ends(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.paths["/a"] = Answer(status=302, headers={"Location": "/b"})
    outlet.paths["/b"] = Answer(status=302, headers={"Location": "/a"})
    assert fetcher.get(f"{outlet.url}/a").error == "redirects"
    assert len(outlet.asked) <= 8


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.example/1", "gopher://127.0.0.1/", "javascript:alert(1)"]
)
def test_a_redirect_to_what_is_no_web_address_is_refused(
    outlet: Outlet, fetcher: Fetcher, target: str
) -> None:
    outlet.paths["/a"] = Answer(status=302, headers={"Location": target})
    assert fetcher.get(f"{outlet.url}/a").error == "not_http"


# ---- private addresses


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "http://10.0.0.1/", "http://192.168.1.1/", "http://172.16.0.1/",
        "http://169.254.169.254/latest/meta-data/", "http://0.0.0.0/", "http://100.64.0.1/", "http://[::1]/",
        "http://[::ffff:127.0.0.1]/", "http://[fd00::1]/", "http://[fe80::1]/", "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/", "http://2130706433/", "http://127.1/", "http://224.0.0.1/",
    ],
)  # fmt: skip
def test_private_addresses_are_not_asked_however_they_are_written(url: str) -> None:
    with Fetcher(limits=Limits(connect_seconds=0.5)) as fetcher:
        answer = fetcher._once(url, 0.0, [], Limits(connect_seconds=0.5))
    assert answer.error == "refused_address", answer


def test_a_name_that_resolves_to_a_private_address_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.1.2.3", 80))],
    )
    with Fetcher() as fetcher:
        answer = fetcher._once("http://intern.example/", 0.0, [], Limits())
    assert answer.error == "refused_address"
    assert "10.1.2.3" in (answer.detail or "")


def test_what_was_checked_is_what_is_connected_to(outlet: Outlet, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that answers otherwise the second time leads nowhere: it is not asked a second time."""
    answers = iter(["127.0.0.1", "10.1.2.3", "10.1.2.3"])
    real, asked = socket.getaddrinfo, []

    def lookup(host, port, *args, **options):
        if host != "suara.example":
            return real(host, port, *args, **options)
        asked.append(host)
        return real(next(answers), port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    outlet.serve("/a", "x")
    port = outlet.url.rpartition(":")[2]
    with Fetcher(allow_private=["127.0.0.0/8"]) as fetcher:
        assert fetcher._once(f"http://suara.example:{port}/a", 0.0, [], Limits()).status == 200
    assert asked == ["suara.example"]
    assert outlet.headers[-1]["host"] == f"suara.example:{port}"


def test_a_redirect_to_a_private_address_is_not_followed(outlet: Outlet) -> None:
    outlet.paths["/a"] = Answer(status=302, headers={"Location": "http://10.0.0.1/secret"})
    with Fetcher(allow_private=["127.0.0.0/8"], sleep=lambda _: None) as fetcher:
        answer = fetcher.get(f"{outlet.url}/a")
    assert answer.error == "robots", "the rules of a host that may not be asked cannot be had"
    assert (answer.status, answer.body) == (0, b"")


@pytest.mark.parametrize(
    "url", ["http://user:secret@x.example/", "ftp://x.example/", "http:///x", "http://x:port/", "x", ""]
)
def test_what_is_no_plain_web_address_is_refused(fetcher: Fetcher, url: str) -> None:
    assert fetcher.get(url).error == "not_http"


# ---- limits


def test_an_answer_that_trickles_is_given_up(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.paths["/body"] = Answer(write=slowly(0.3))
    outlet.paths["/headers"] = Answer(write=slow_headers(0.3))
    for path in ("/body", "/headers"):
        started = time.monotonic()
        assert fetcher._once(f"{outlet.url}{path}", 0.0, [], fetcher._limits).error == "timeout"
        assert time.monotonic() - started < 4


def test_an_answer_without_end_is_given_up(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.paths["/a"] = Answer(write=endless)
    assert fetcher.get(f"{outlet.url}/a").error == "too_large"


def test_a_gzip_bomb_is_stopped_and_never_held(outlet: Outlet, fetcher: Fetcher) -> None:
    import tracemalloc

    outlet.paths["/a"] = gzip_bomb()
    tracemalloc.start()
    found = fetcher.get(f"{outlet.url}/a")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (found.error, found.body) == ("decompression_bomb", b"")
    assert peak < 20_000_000


def test_a_compressed_answer_is_unpacked_and_a_broken_one_is_told(outlet: Outlet, fetcher: Fetcher) -> None:
    packed = gzip.compress(b"Ekspor " * 1000)
    outlet.serve("/a", packed, **{"Content-Encoding": "gzip"})
    outlet.serve("/b", packed[:-12], **{"Content-Encoding": "gzip"})
    outlet.serve("/c", b"no gzip", **{"Content-Encoding": "gzip"})
    outlet.serve("/d", b"x", **{"Content-Encoding": "br"})
    assert fetcher.get(f"{outlet.url}/a").body == b"Ekspor " * 1000
    assert [fetcher.get(f"{outlet.url}/{path}").error for path in "bcd"] == ["protocol"] * 3


def test_an_address_in_other_letters_is_asked_for_in_ascii(outlet: Outlet, fetcher: Fetcher) -> None:
    outlet.serve("/berita/caf%C3%A9%20gayo?q=%C3%A9&a%5B%5D=1", "x")
    assert fetcher.get(f"{outlet.url}/berita/café gayo?q=é&a%5B%5D=1").status == 200


def test_several_threads_may_share_a_fetcher(outlet: Outlet, fetcher: Fetcher) -> None:
    for number in range(20):
        outlet.serve(f"/{number}", f"halaman {number}")
    found: dict[int, bytes] = {}

    def ask(number: int) -> None:
        found[number] = fetcher.get(f"{outlet.url}/{number}").body

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: f"halaman {number}".encode() for number in range(20)}
