"""The start commands of docs/deploy.md, as systemd would call them, with Dagster's embedded storage."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

from pipelines.settings import PROJECT_DIR
from tests.integration.test_ui import free_port
from tests.support.command import NIAGA

DOCUMENT = (PROJECT_DIR / "docs" / "deploy.md").read_text("utf-8")
BIN = Path(NIAGA).parent


def commands(kind: str) -> list[list[str]]:
    found = [shlex.split(line) for line in re.findall(rf"(?m)^{kind}=(.*)$", DOCUMENT)]
    return [[str(BIN / Path(words[0]).name), *words[1:]] for words in found]


def test_the_units_start_a_web_server_and_a_daemon_that_beats(tmp_path: Path) -> None:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("NIAGA_", "DAGSTER_"))
    }
    environment |= {
        "NIAGA_RAW_DIR": str(tmp_path / "raw"), "NIAGA_WAREHOUSE_DIR": str(tmp_path / "warehouse"),
        "DAGSTER_HOME": str(tmp_path / "warehouse" / "dagster"), "DAGSTER_DISABLE_TELEMETRY": "1",
    }  # fmt: skip
    (tmp_path / "raw").mkdir()
    for command in commands("ExecStartPre"):
        subprocess.run(
            command, env=environment, cwd=PROJECT_DIR, check=True, timeout=200, stdout=subprocess.DEVNULL
        )
    daemon, web = commands("ExecStart")
    port = str(free_port())
    web[web.index("3000")] = port
    log = tmp_path / "log"
    with log.open("w") as output:
        running = [
            subprocess.Popen(command, env=environment, cwd=PROJECT_DIR, stdout=output, stderr=output)
            for command in (daemon, web)
        ]
        try:
            deadline = time.monotonic() + 150
            query = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy } } } }"
            beating: set[str] = set()
            while not {"SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR"} <= beating:
                assert time.monotonic() < deadline, log.read_text()[-3000:]
                assert all(process.poll() is None for process in running), log.read_text()[-3000:]
                time.sleep(1)
                request = urllib.request.Request(
                    f"http://127.0.0.1:{port}/graphql", json.dumps({"query": query}).encode(),
                    {"content-type": "application/json"},
                )  # fmt: skip
                try:
                    with urllib.request.urlopen(request, timeout=20) as response:
                        statuses = json.load(response)["data"]["instance"]["daemonHealth"][
                            "allDaemonStatuses"
                        ]
                except (urllib.error.URLError, ConnectionError, TimeoutError):
                    continue
                beating = {status["daemonType"] for status in statuses if status["healthy"]}
        finally:
            for process in running:
                process.send_signal(signal.SIGINT)  # KillSignal of the units
            for process in running:
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
