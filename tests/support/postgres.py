"""A Postgres server of its own for one test: a fresh cluster on a loopback port, with passwords asked for over TCP."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.integration.test_ui import free_port


def server_programs_or_none() -> Path | None:
    """The folder of initdb and pg_ctl; distributions keep it off the path."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next(
        (folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None
    )


@dataclass(frozen=True)
class Server:
    """A running server: what its client programs need to reach it as its superuser."""

    port: int
    programs: Path
    environment: Mapping[str, str]

    def run(self, command: list[str], *, told: str) -> None:
        """Run a client program; what it asks for is told on its standard input, for it has no terminal."""
        subprocess.run(
            [str(self.programs / command[0]), *command[1:]], env=self.environment, input=told, text=True, check=True,
            timeout=60, start_new_session=True,
        )  # fmt: skip


@contextmanager
def running_postgres(programs: Path) -> Iterator[Server]:
    """A server until the block ends. It refuses to run as root, and then runs as the user of its package."""
    user: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    # Not under pytest's folder, which no other user may enter.
    folder = Path(tempfile.mkdtemp(prefix="niaga-postgres-"))
    port = free_port()
    environment = os.environ | {"PGHOST": str(folder), "PGPORT": str(port), "PGUSER": "postgres"}
    control = [str(programs / "pg_ctl"), "-D", str(folder / "data"), "-w", "-s"]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    try:
        if user:
            shutil.chown(folder, **user)
        subprocess.run(
            [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--auth-local=trust",
             "--auth-host=scram-sha-256"],
            check=True, stdout=subprocess.DEVNULL, timeout=120, cwd=folder, **user,
        )  # fmt: skip
        subprocess.run(
            [*control, "-l", str(folder / "log"), "-o", options, "start"], check=True, timeout=120, cwd=folder,
            stdout=subprocess.DEVNULL, **user,
        )  # fmt: skip
        try:
            yield Server(port, programs, environment)
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=False, timeout=60, cwd=folder, **user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
