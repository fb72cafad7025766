"""`niaga ui`: Dagster's web UI and daemon, on this machine only."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Annotated

import typer

from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, messages, settings_of


@app.command(epilog="Example: niaga prepare    Then: dagster-daemon run -w workspace.yaml (docs/deploy.md)")
def prepare(raw_dir: RawDirOption = None, warehouse_dir: WarehouseDirOption = None) -> None:
    """Write what Dagster's own commands need: its settings and databases in DAGSTER_HOME, and dbt's manifest.

    `niaga ui` does this itself; services of systemd call it before they start (docs/deploy.md).
    """
    with expected_failures():
        from pipelines.orchestration.dbt import ensure_manifest
        from pipelines.orchestration.execute import prepare_dagster_storage

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        typer.echo(f"DAGSTER_HOME={prepare_dagster_storage(settings)}")
        ensure_manifest(settings)


@app.command(epilog="Example: niaga ui --port 3070    Then open http://127.0.0.1:3070")
def ui(
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on 127.0.0.1.")] = 3000,
) -> None:
    """Open Dagster's web UI with its daemon: lineage, runs, checks; the schedule and the file sensor are on.

    It listens on 127.0.0.1 only, because it has no login; docs/runbook.md shows a reverse proxy for teams. It
    takes about half a minute to answer. Stop it with Ctrl-C.
    """
    with expected_failures():
        from pipelines.orchestration.dbt import ensure_manifest
        from pipelines.orchestration.execute import prepare_dagster_storage

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        prepare_dagster_storage(settings)
        ensure_manifest(settings)
        command = [
            sys.executable, "-m", "dagster", "dev", "--workspace", str(settings.project_dir / "workspace.yaml"),
            "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning",
        ]  # fmt: skip
        messages().print(f"niaga: starting http://127.0.0.1:{port} (Ctrl-C stops it)", markup=False)
        environment = {**os.environ, **settings.environment()}
        try:
            code = subprocess.run(command, env=environment, cwd=settings.project_dir, check=False).returncode  # noqa: S603
        except KeyboardInterrupt:
            code = 0
        raise typer.Exit(0 if code in {0, -2, 130} else 1)
