"""A small outlet on loopback: a real HTTP server whose every misbehaviour is a path."""

from __future__ import annotations

import gzip
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Answer:
    """What the server sends: status, headers, body; or a function that writes what it likes."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    write: Callable[[BaseHTTPRequestHandler], None] | None = None


@dataclass
class Outlet:
    """The server's side: what each path answers, and what was asked of it.

    A path may have a list of answers, given one after the other; the last one stays.
    """

    url: str = ""
    paths: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    together: int = 0
    most_together: int = 0
    guard: Any = field(default_factory=threading.Lock)

    def counts(self) -> Counter[str]:
        return Counter(self.asked)

    def serve(
        self, path: str, body: str | bytes, *, kind: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        self.paths[path] = Answer(content, headers={"Content-Type": kind} | headers)

    def answer(self, path: str) -> Answer:
        found = self.paths.get(path, Answer(b"not here", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    outlet: Outlet

    def do_GET(self) -> None:
        outlet = self.outlet
        with outlet.guard:
            outlet.asked.append(self.path)
            outlet.headers.append({name.lower(): value for name, value in self.headers.items()})
            outlet.times.append(time.monotonic())
            outlet.together += 1
            outlet.most_together = max(outlet.most_together, outlet.together)
            answer = outlet.answer(self.path)
        try:
            if answer.write is not None:
                answer.write(self)
                return
            etag = answer.headers.get("ETag")
            changed = answer.headers.get("Last-Modified")
            same = (etag and self.headers.get("If-None-Match") == etag) or (
                changed and self.headers.get("If-Modified-Since") == changed
            )
            status, body = (304, b"") if same else (answer.status, answer.body)
            self.send_response(status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
        finally:
            with outlet.guard:
                outlet.together -= 1

    do_POST = do_GET  # noqa: N815 - the name http.server calls

    def log_message(self, *_: object) -> None:
        """Keep silent."""


@contextmanager
def running_outlet() -> Iterator[Outlet]:
    """Serve until the block ends."""
    outlet = Outlet()
    handler = type("Handler", (_Handler,), {"outlet": outlet})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    outlet.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield outlet
    finally:
        server.shutdown()
        server.server_close()


def slowly(seconds: float, *, pieces: int = 1_000) -> Callable[[BaseHTTPRequestHandler], None]:
    """An answer whose body comes a byte at a time."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.send_header("Content-Length", str(pieces))
        handler.end_headers()
        for _ in range(pieces):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(seconds)

    return write


def slow_headers(seconds: float) -> Callable[[BaseHTTPRequestHandler], None]:
    """Headers that come a byte at a time and do not end."""

    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        for _ in range(1_000):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(seconds)

    return write


def endless(handler: BaseHTTPRequestHandler) -> None:
    """A body without end, as fast as it goes; the connection's other side ends it."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/html")
    handler.send_header("Connection", "close")
    handler.end_headers()
    for _ in range(4_000):
        handler.wfile.write(b"x" * 65_536)


def gzip_bomb() -> Answer:
    """200 MB in 200 kB."""
    packer = gzip.compress(b"\0" * 200_000_000, compresslevel=9)
    return Answer(packer, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"})
