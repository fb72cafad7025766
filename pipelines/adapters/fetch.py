"""Fetching pages: politely, within limits, and never from where it may not.

httpcore speaks HTTP; what is here is the behaviour around it: robots.txt, pauses, retries, redirects, limits, and a
network back end that connects only to addresses it has checked.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

import httpcore
from protego import Protego
from tenacity import RetryCallState, Retrying, retry_if_result, stop_after_attempt

from pipelines import __version__

ROBOTS_NAME: Final = "niaga"
_MAX_REDIRECTS: Final = 5
_ATTEMPTS: Final = 3
# A server that asks for more than this is asked again at the next visit instead.
_LONGEST_WAIT: Final = 120.0
_LONGEST_CRAWL_DELAY: Final = 60.0
_PASSING: Final = frozenset({429, 500, 502, 503, 504})
_PASSING_ERRORS: Final = frozenset({"timeout", "connection_failed"})
_ROBOTS_BYTES: Final = 512_000
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Limits:
    """What one answer may cost."""

    body_bytes: int = 20_000_000
    wire_bytes: int = 10_000_000
    seconds: float = 60.0
    connect_seconds: float = 10.0
    read_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Fetched:
    """One answer, or why there is none.

    Attributes:
        url: What was asked for.
        final_url: What answered, after redirects.
        status: HTTP status; 0 where there was no answer.
        error: None, or a code: `robots`, `refused_address`, `timeout`, `too_large`, `decompression_bomb`,
            `redirects`, `connection_failed`, `protocol`, `not_http`.
        detail: The particulars of the error.
        fetched_at: ISO 8601 UTC.
        body: The bytes, content encoding undone; empty without an answer or where nothing changed (304).
        content_type: As the server names it, in lower case, without parameters.
        charset: As the server names it.
        etag, last_modified: For the next conditional request.
        retry_after: Seconds that the server asked to wait.
    """

    url: str
    final_url: str
    status: int
    error: str | None = None
    detail: str | None = None
    fetched_at: str = ""
    body: bytes = b""
    content_type: str = ""
    charset: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None


class RefusedAddressError(Exception):
    """A host resolves to an address that may not be asked."""


class _Deadline(threading.local):
    """Until when the answer that this thread waits for must be there, headers and all."""

    at: float = float("inf")

    def shorten(self, timeout: float | None) -> float | None:
        """A timeout that ends at the deadline at the latest.

        Raises:
            httpcore.ReadTimeout: It has passed.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the answer takes longer than it may")
        return left if timeout is None else min(timeout, left)


class _TimedStream(httpcore.NetworkStream):
    """A connection whose answers have an end: a server that sends a byte now and then holds nobody up."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there."""
        return self._inner.read(max_bytes, self._deadline.shorten(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all."""
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """Close."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on encrypted."""
        return _TimedStream(self._inner.start_tls(ssl_context, server_hostname, timeout), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What the connection tells of itself."""
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to public addresses only, and to the very address that was checked.

    A name is resolved here once; what is checked is what is connected to, so that a second answer of a name server
    cannot lead elsewhere.
    """

    def __init__(self, allowed: Iterable[str], deadline: _Deadline) -> None:
        self._deadline = deadline
        self._allowed = [ipaddress.ip_network(network, strict=False) for network in allowed]
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, connect.

        Raises:
            RefusedAddressError: No address of the host may be asked.
            httpcore.ConnectError: The host has none, or none answers.
        """
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} has no address: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        public = [
            address for address in addresses if self._may_ask(ipaddress.ip_address(address.partition("%")[0]))
        ]
        if not public:
            raise RefusedAddressError(f"{host} is {', '.join(addresses)}: no public address")
        failure: Exception | None = None
        for address in public:
            try:
                stream = self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
                return _TimedStream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} does not answer")

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        """Refuse: there is no outlet behind a local socket."""
        raise RefusedAddressError("local sockets are not asked")

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)

    def _may_ask(self, address: IPAddress) -> bool:
        if any(address in network for network in self._allowed if network.version == address.version):
            return True
        inner: IPAddress | None = None
        if isinstance(address, ipaddress.IPv6Address):
            # Addresses that carry another one inside lead where that one does.
            inner = (
                address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
            )
            if address in _NAT64:
                inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return self._may_ask(inner)
        return address.is_global and not address.is_multicast and not address.is_reserved


class _Hosts:
    """One request a host at a time, with pauses between them."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._free_at: dict[str, float] = {}

    @contextmanager
    def turn(self, host: str, delay: float, sleep: Callable[[float], None]) -> Iterator[None]:
        with self._guard:
            lock = self._locks.setdefault(host, threading.Lock())
        with lock:
            pause = self._free_at.get(host, 0.0) - time.monotonic()
            if pause > 0:
                sleep(pause)
            try:
                yield
            finally:
                self._free_at[host] = time.monotonic() + delay


class Fetcher:
    """Asks servers for pages; safe to use from several threads, one connection a host."""

    def __init__(
        self,
        *,
        contact: str | None = None,
        allow_private: Iterable[str] = (),
        limits: Limits | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Make a fetcher.

        Args:
            contact: Where an outlet can turn to; told in the User-Agent.
            allow_private: Networks that may be asked though they are private.
            limits: What one answer may cost.
            sleep: Waits; tests put a clock of their own here.
        """
        about = f"; {contact}" if contact else ""
        self.user_agent = f"niaga/{__version__} (news reader for export statistics{about})"
        self._limits = limits or Limits()
        self._sleep = sleep
        self._hosts = _Hosts()
        self._robots: dict[str, Protego | str] = {}
        self._deadline = _Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(),
            max_connections=64,
            max_keepalive_connections=16,
            keepalive_expiry=15.0,
            network_backend=GuardedBackend(allow_private, self._deadline),
        )

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def get(
        self, url: str, *, delay: float = 0.0, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Ask for a page, as robots.txt allows, again where the fault may pass, through redirects.

        Args:
            url: An http(s) address.
            delay: Pause after each request to its host, in seconds; robots.txt may ask for more.
            etag: What the last answer was marked with, so that the server may say: nothing changed.
            last_modified: The same as a date.

        Guarantees: never raises for what a server does; every redirect is checked like the first address.
        """
        asked, conditions = url, _conditions(etag, last_modified)
        for _ in range(_MAX_REDIRECTS + 1):
            if forbidden := self._forbidden_or_none(asked):
                return _failed(url, asked, "robots", forbidden)
            answer = self._patiently(asked, max(delay, self._crawl_delay(asked)), conditions, self._limits)
            if answer.status not in {301, 302, 303, 307, 308} or answer.error:
                return replace(answer, url=url)
            asked = answer.final_url
        return _failed(url, asked, "redirects", f"more than {_MAX_REDIRECTS} redirects")

    def declared_sitemaps(self, origin: str) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of a host names."""
        rules = self._rules(origin)
        return tuple(rules.sitemaps) if isinstance(rules, Protego) else ()

    # ---- robots.txt

    def _forbidden_or_none(self, url: str) -> str | None:
        """Why an address is not asked for; None where it may be."""
        origin = _origin_or_none(url)
        if origin is None:
            return None  # what is no address is told by the request itself
        rules = self._rules(origin)
        if isinstance(rules, str):
            return rules
        return None if rules.can_fetch(url, ROBOTS_NAME) else "robots.txt does not allow it"

    def _crawl_delay(self, url: str) -> float:
        rules = self._robots.get(_origin_or_none(url) or "")
        asked = rules.crawl_delay(ROBOTS_NAME) if isinstance(rules, Protego) else None
        return min(float(asked or 0.0), _LONGEST_CRAWL_DELAY)

    def _rules(self, origin: str) -> Protego | str:
        """The rules of a host, read once; what is wrong where they cannot be had: then nothing is asked (RFC 9309)."""
        if origin not in self._robots:
            asked = f"{origin}/robots.txt"
            limits = replace(self._limits, body_bytes=_ROBOTS_BYTES, wire_bytes=_ROBOTS_BYTES)
            answer = self._patiently(asked, 0.0, [], limits)
            for _ in range(_MAX_REDIRECTS):
                if answer.status not in {301, 302, 303, 307, 308} or answer.error:
                    break
                answer = self._patiently(answer.final_url, 0.0, [], limits)
            if answer.status == 200 and not answer.error:
                self._robots[origin] = Protego.parse(answer.body.decode("utf-8", "replace"))
            elif 400 <= answer.status < 500 and answer.status != 429:
                self._robots[origin] = Protego.parse("")
            else:
                problem = answer.detail or answer.error or f"status {answer.status}"
                self._robots[origin] = f"its robots.txt cannot be had: {problem}"
        return self._robots[origin]

    # ---- one request

    def _patiently(
        self, url: str, delay: float, headers: list[tuple[bytes, bytes]], limits: Limits
    ) -> Fetched:
        retrying = Retrying(
            stop=lambda state: stop_after_attempt(_ATTEMPTS)(state) or _pause(state) > _LONGEST_WAIT,
            wait=_pause,
            retry=retry_if_result(_may_pass),
            retry_error_callback=lambda state: state.outcome.result() if state.outcome else None,
            sleep=self._sleep,
        )
        answer: Fetched = retrying(self._once, url, delay, headers, limits)
        return answer

    def _once(self, url: str, delay: float, headers: list[tuple[bytes, bytes]], limits: Limits) -> Fetched:
        origin = _origin_or_none(url)
        if origin is None:
            return _failed(url, url, "not_http", "no http(s) address")
        host = urlsplit(url).hostname or ""
        with self._hosts.turn(host, delay, self._sleep):
            try:
                return self._ask(url, headers, limits)
            except RefusedAddressError as error:
                return _failed(url, url, "refused_address", str(error))
            except (httpcore.TimeoutException, TimeoutError) as error:
                return _failed(url, url, "timeout", str(error) or type(error).__name__)
            except (httpcore.NetworkError, ssl.SSLError, OSError) as error:
                return _failed(url, url, "connection_failed", str(error)[:300] or type(error).__name__)
            except (httpcore.ProtocolError, httpcore.UnsupportedProtocol, zlib.error, ValueError) as error:
                return _failed(url, url, "protocol", str(error)[:300] or type(error).__name__)

    def _ask(self, url: str, headers: list[tuple[bytes, bytes]], limits: Limits) -> Fetched:
        self._deadline.at = time.monotonic() + limits.seconds
        timeouts = {
            "connect": limits.connect_seconds,
            "read": limits.read_seconds,
            "write": 10.0,
            "pool": 60.0,
        }
        own = [
            (b"User-Agent", self.user_agent.encode("ascii", "replace")),
            (b"Accept", b"text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.5"),
            (b"Accept-Language", b"id, en;q=0.3"),
            (b"Accept-Encoding", b"gzip"),
            *headers,
        ]
        with self._pool.stream(
            "GET", _ascii_url(url), headers=own, extensions={"timeout": timeouts}
        ) as response:
            told = {
                name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers
            }
            answer = Fetched(
                url=url,
                final_url=url,
                status=response.status,
                fetched_at=_now(),
                content_type=told.get("content-type", "").partition(";")[0].strip().lower(),
                charset=_charset_or_none(told.get("content-type", "")),
                etag=told.get("etag"),
                last_modified=told.get("last-modified"),
                retry_after=_seconds_or_none(told.get("retry-after")),
            )
            if response.status in {301, 302, 303, 307, 308} and told.get("location"):
                # Nothing of it is read: the connection is closed with it.
                return replace(answer, final_url=urljoin(url, told["location"].strip()))
            if response.status != 200:
                return answer
            return self._body(answer, response, told.get("content-encoding", "").lower(), limits)

    def _body(self, answer: Fetched, response: httpcore.Response, encoding: str, limits: Limits) -> Fetched:
        if encoding not in {"", "identity", "gzip", "x-gzip"}:
            return _failed(
                answer.url, answer.url, "protocol", f"content encoding {encoding!r} was not asked for"
            )
        inflate = zlib.decompressobj(wbits=31) if "gzip" in encoding else None
        pieces: list[bytes] = []
        size = wire = 0
        for chunk in response.iter_stream():  # type: ignore[attr-defined,unused-ignore]
            wire += len(chunk)
            if wire > limits.wire_bytes:
                return _failed(answer.url, answer.url, "too_large", f"more than {limits.wire_bytes:,} bytes")
            piece = inflate.decompress(chunk, limits.body_bytes + 1 - size) if inflate else chunk
            size += len(piece)
            if size > limits.body_bytes:
                code = "decompression_bomb" if inflate else "too_large"
                return _failed(answer.url, answer.url, code, f"more than {limits.body_bytes:,} bytes")
            pieces.append(piece)
        if inflate and not inflate.eof:
            return _failed(answer.url, answer.url, "protocol", "the compressed answer breaks off")
        return replace(answer, body=b"".join(pieces))


def _pause(state: RetryCallState) -> float:
    """How long to wait before asking again: as the server says, else 1, 2, 4, … seconds."""
    answer = state.outcome.result() if state.outcome else None
    asked = answer.retry_after if answer is not None else None
    return float(asked) if asked is not None else float(2 ** (state.attempt_number - 1))


def _may_pass(answer: Fetched) -> bool:
    return answer.status in _PASSING or answer.error in _PASSING_ERRORS


def _failed(url: str, final_url: str, error: str, detail: str) -> Fetched:
    return Fetched(url=url, final_url=final_url, status=0, error=error, detail=detail, fetched_at=_now())


def _conditions(etag: str | None, last_modified: str | None) -> list[tuple[bytes, bytes]]:
    pairs = ((b"If-None-Match", etag), (b"If-Modified-Since", last_modified))
    return [(name, value.encode("latin-1", "replace")) for name, value in pairs if value]


def _origin_or_none(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
        return None
    return f"{parts.scheme}://{parts.netloc}"


def _ascii_url(url: str) -> str:
    """The address as it goes over the wire: host in IDNA, everything else percent-encoded."""
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode("ascii")
    host = f"[{host}]" if ":" in host else host
    place = f"{host}:{parts.port}" if parts.port else host
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?[]')}" if parts.query else ""
    return f"{parts.scheme}://{place}{path}{query}"


def _charset_or_none(content_type: str) -> str | None:
    for part in content_type.split(";")[1:]:
        name, _, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip("\"'")[:40] or None
    return None


def _seconds_or_none(printed: str | None) -> float | None:
    """`Retry-After`: seconds, or a date."""
    if not printed:
        return None
    if printed.strip().isdigit():
        return float(printed)
    try:
        return max(0.0, (parsedate_to_datetime(printed) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
