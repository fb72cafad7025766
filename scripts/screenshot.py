"""Take the README's picture of the lineage from the running web UI, with the distribution's Chromium.

Usage:  .venv/bin/python scripts/screenshot.py [docs/images/lineage.png]

Needs a published warehouse (`make run`) and Chromium (`apt-get install chromium`, or CHROMIUM=/path). No part of
`make test`: the picture changes with every model, and a browser is no dependency of niaga.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parent.parent
PAGE = "/asset-groups"
LAST_NODE = (
    "publish"  # the group of the last asset: groups are shown closed, 90 open nodes are too small to read
)
SIZE = (1400, 700)
SCALE = 2
# The graph without the lists left of it.
CLIP = {"x": 540, "y": 0, "width": 860, "height": 400, "scale": 1}
# The graph is laid out by a worker after its first names appear.
SETTLE_SECONDS = 5
START_SECONDS = 120


def free_port() -> int:
    """A port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(url: str) -> None:
    """Wait until the UI answers."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


class Page:
    """A tab of Chromium, driven over its DevTools socket."""

    def __init__(self, socket_: ClientConnection) -> None:
        self._socket = socket_
        self._calls = 0

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Call a DevTools method and return its result."""
        self._calls += 1
        self._socket.send(json.dumps({"id": self._calls, "method": method, "params": parameters}))
        while (answer := json.loads(self._socket.recv(timeout=60))).get("id") != self._calls:
            pass  # events of the page
        return dict(answer["result"])

    def wait_until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true in the page."""
        deadline = time.monotonic() + START_SECONDS
        while not self.call("Runtime.evaluate", expression=condition)["result"].get("value"):
            if time.monotonic() > deadline:
                raise SystemExit(f"the page never showed: {condition}")
            time.sleep(0.5)


@contextmanager
def browser(chromium: str, profile: Path) -> Iterator[Page]:
    """A headless Chromium with one page."""
    process = subprocess.Popen(
        [
            chromium, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={profile}", f"--window-size={SIZE[0]},{SIZE[1]}", "--remote-debugging-port=0",
            f"--force-device-scale-factor={SCALE}",
            "about:blank",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        active = profile / "DevToolsActivePort"
        deadline = time.monotonic() + START_SECONDS
        while not active.exists() or not active.read_text().strip():
            if time.monotonic() > deadline:
                raise SystemExit("Chromium did not start")
            time.sleep(0.2)
        debug_port = active.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{debug_port}/json", timeout=10) as answer:
            pages = [tab for tab in json.load(answer) if tab["type"] == "page"]
        with connect(pages[0]["webSocketDebuggerUrl"], max_size=None) as socket_:
            yield Page(socket_)
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> None:
    """Start the UI, take the picture, stop the UI."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images" / "lineage.png"
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise SystemExit("no Chromium found; install it (apt-get install chromium) or set CHROMIUM")
    target.parent.mkdir(parents=True, exist_ok=True)
    port = free_port()
    ui = subprocess.Popen(
        [Path(sys.executable).with_name("niaga"), "ui", "--port", str(port)], start_new_session=True
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/server_info")
        with tempfile.TemporaryDirectory() as profile, browser(chromium, Path(profile)) as page:
            page.call("Page.navigate", url=f"http://127.0.0.1:{port}{PAGE}")
            page.wait_until(f"document.body.innerText.includes('{LAST_NODE}')")
            time.sleep(SETTLE_SECONDS)
            target.write_bytes(
                base64.b64decode(page.call("Page.captureScreenshot", format="png", clip=CLIP)["data"])
            )
    finally:
        os.killpg(ui.pid, signal.SIGINT)
        try:
            ui.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(ui.pid, signal.SIGKILL)
    print(target)


if __name__ == "__main__":
    main()
