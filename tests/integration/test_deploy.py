"""The start commands of docs/deploy.md, as systemd would call them, with either of Dagster's storages."""

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

import psycopg2
import pytest

from pipelines.settings import PROJECT_DIR
from tests.integration.test_ui import free_port
from tests.support.command import NIAGA
from tests.support.postgres import running_postgres, server_programs_or_none

DOCUMENT = (PROJECT_DIR / "docs" / "deploy.md").read_text("utf-8")
BIN = Path(NIAGA).parent
PASSWORD = "rahasia"


def commands(kind: str) -> list[list[str]]:
    found = [shlex.split(line) for line in re.findall(rf"(?m)^{kind}=(.*)$", DOCUMENT)]
    return [[str(BIN / Path(words[0]).name), *words[1:]] for words in found]


def settings(folder: Path) -> dict[str, str]:
    """What /etc/niaga.env sets, for folders of the test's own."""
    (folder / "raw").mkdir()
    return {
        name: value for name, value in os.environ.items() if not name.startswith(("NIAGA_", "DAGSTER_"))
    } | {
        "NIAGA_RAW_DIR": str(folder / "raw"), "NIAGA_WAREHOUSE_DIR": str(folder / "warehouse"),
        "DAGSTER_HOME": str(folder / "warehouse" / "dagster"), "DAGSTER_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1",
    }  # fmt: skip


def start_units_until_their_daemons_beat(environment: dict[str, str], log: Path) -> None:
    for command in commands("ExecStartPre"):
        subprocess.run(
            command, env=environment, cwd=PROJECT_DIR, check=True, timeout=200, stdout=subprocess.DEVNULL
        )
    daemon, web = commands("ExecStart")
    port = str(free_port())
    web[web.index("3000")] = port
    with log.open("w") as output:
        running = [
            subprocess.Popen(command, env=environment, cwd=PROJECT_DIR, stdout=output, stderr=output)
            for command in (daemon, web)
        ]
        try:
            deadline = time.monotonic() + 150
            beating: set[str] = set()
            while not {"SCHEDULER", "SENSOR", "QUEUED_RUN_COORDINATOR"} <= beating:
                assert time.monotonic() < deadline, log.read_text()[-3000:]
                assert all(process.poll() is None for process in running), log.read_text()[-3000:]
                time.sleep(1)
                beating = healthy_daemons(port)
        finally:
            for process in running:
                process.send_signal(signal.SIGINT)  # KillSignal of the units
            for process in running:
                try:
                    process.wait(timeout=60)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def healthy_daemons(port: str) -> set[str]:
    query = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy } } } }"
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/graphql", json.dumps({"query": query}).encode(),
        {"content-type": "application/json"},
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            statuses = json.load(response)["data"]["instance"]["daemonHealth"]["allDaemonStatuses"]
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return set()
    return {status["daemonType"] for status in statuses if status["healthy"]}


def test_two_units_that_prepare_at_once_leave_the_databases_that_both_open(tmp_path: Path) -> None:
    environment = settings(tmp_path)
    preparing = [
        subprocess.Popen(command, env=environment, cwd=PROJECT_DIR, stdout=subprocess.DEVNULL)
        for command in commands("ExecStartPre")
    ]
    assert [process.wait(timeout=200) for process in preparing] == [0, 0]
    names = {path.name for path in (tmp_path / "warehouse" / "dagster").rglob("*.db")}
    assert {"runs.db", "schedules.db", "index.db"} <= names


def test_the_units_start_a_web_server_and_a_daemon_that_beats(tmp_path: Path) -> None:
    start_units_until_their_daemons_beat(settings(tmp_path), tmp_path / "log")
    assert list((tmp_path / "warehouse" / "dagster").rglob("*.db")), "SQLite is the default"


@pytest.mark.skipif(
    server_programs_or_none() is None,
    reason="no Postgres server is installed (initdb and pg_ctl); on Debian: apt-get install postgresql",
)
def test_with_postgres_the_units_and_a_run_of_the_shell_keep_everything_there(tmp_path: Path) -> None:
    environment = settings(tmp_path)
    (address,) = re.findall(r"(?m)^NIAGA_POSTGRES_URL=(.*)$", DOCUMENT)
    preparing = [shlex.split(line) for line in re.findall(r"(?m)^sudo -u postgres (.*)$", DOCUMENT)]
    assert [command[0] for command in preparing] == ["createuser", "createdb"]
    programs = server_programs_or_none()
    assert programs is not None
    with running_postgres(programs) as server:
        for command in preparing:
            server.run(command, told=f"{PASSWORD}\n{PASSWORD}\n")
        assert "SECRET@localhost/" in address
        url = address.replace("SECRET@localhost", f"{PASSWORD}@localhost:{server.port}")
        environment["NIAGA_POSTGRES_URL"] = url
        start_units_until_their_daemons_beat(environment, tmp_path / "log")
        done = subprocess.run(
            [NIAGA, "run"],
            check=False,
            env=environment,
            cwd=PROJECT_DIR,
            timeout=300,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        connection = psycopg2.connect(url.replace("+psycopg2", ""))
        with connection, connection.cursor() as cursor:
            cursor.execute("select count(distinct daemon_type) from daemon_heartbeats")
            assert cursor.fetchone()[0] >= 3
            cursor.execute("select pipeline_name, status from runs")
            assert ("refresh", "SUCCESS") in cursor.fetchall()
            cursor.execute("select count(*) from event_logs")
            assert cursor.fetchone()[0] > 20
        connection.close()
    home = tmp_path / "warehouse" / "dagster"
    assert not list(home.rglob("*.db"))
    assert PASSWORD not in (home / "dagster.yaml").read_text()
