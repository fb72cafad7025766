"""The web UI as `niaga ui` starts it: the asset graph read over its GraphQL, on loopback only."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import NIAGA

START_SECONDS = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def graphql(port: int, query: str) -> dict[str, Any]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql",
        data=json.dumps({"query": query}).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        answer = json.load(response)
    assert "errors" not in answer, answer
    return answer["data"]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("ui")
    (folder / "raw").mkdir()
    chosen = free_port()
    process = subprocess.Popen(
        [NIAGA, "ui", "--raw-dir", folder / "raw", "--warehouse-dir", folder / "warehouse", "--port", str(chosen)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert process.poll() is None, "niaga ui ended"
            assert time.monotonic() < deadline, "the web UI does not answer"
            try:
                graphql(chosen, "{ version }")
                break
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.5)
        yield chosen
    finally:
        os.killpg(process.pid, signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=30)
        for last in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, last)
            except ProcessLookupError:
                break
            time.sleep(1)


def test_the_asset_graph_goes_from_the_raw_folder_to_the_published_file(port: int) -> None:
    nodes = graphql(
        port, "{ assetNodes { assetKey { path } groupName description kinds dependencyKeys { path } } }"
    )["assetNodes"]
    parents = {tuple(n["assetKey"]["path"]): {tuple(d["path"]) for d in n["dependencyKeys"]} for n in nodes}
    assert all(node["description"] and node["kinds"] and node["groupName"] for node in nodes)
    above, todo = set(), [("published_warehouse",)]
    while todo:
        key = todo.pop()
        if key not in above:
            above.add(key)
            todo += parents[key]
    assert {
        ("raw_folder",),
        ("articles",),
        ("claims",),
        ("event_claims",),
        ("marts", "fct_export_shipments"),
    } <= above


def test_the_schedules_and_the_sensor_are_on(port: int) -> None:
    selector = '(repositorySelector: {repositoryName: "__repository__", repositoryLocationName: "niaga"})'
    found = graphql(
        port,
        f"{{ schedulesOrError{selector} {{ ... on Schedules {{ results {{ name executionTimezone "
        "scheduleState { status } } } } "
        f"sensorsOrError{selector} {{ ... on Sensors {{ results {{ name sensorState {{ status }} }} }} }} }}",
    )
    on = {"status": "RUNNING"}
    assert sorted(found["schedulesOrError"]["results"], key=lambda schedule: str(schedule["name"])) == [
        {"name": name, "executionTimezone": "Asia/Jakarta", "scheduleState": on}
        for name in ("daily_fetch", "daily_refresh", "hourly_fetch")
    ]
    assert {"name": "new_raw_files", "sensorState": on} in found["sensorsOrError"]["results"]


def test_the_ui_listens_on_loopback_only(port: int) -> None:
    listening = Path("/proc/net/tcp").read_text().splitlines()[1:]
    addresses = {
        line.split()[1].split(":")[0]
        for line in listening
        if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == port
    }
    assert addresses == {"0100007F"}


def test_nothing_is_sent_home(port: int) -> None:
    """Telemetry is off in the instance that the UI runs on."""
    config = graphql(port, "{ instance { info } }")["instance"]["info"]
    assert "telemetry" in config
    assert "enabled: false" in config
