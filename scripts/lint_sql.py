"""Run sqlfluff over the dbt project, with the variables its dbt templater needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines.adapters.state import open_warehouse
from pipelines.orchestration.dbt import ensure_manifest
from pipelines.settings import Settings


def main() -> int:
    """Lint models, macros and tests; the templater compiles against empty stage tables in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.from_environment({}, warehouse_dir=Path(folder))
        with open_warehouse(settings, run_id="lint", what="make check"):
            ensure_manifest(settings)
            command = [
                Path(sys.executable).with_name("sqlfluff"),
                "lint",
                settings.dbt_dir / "models",
                settings.dbt_dir / "tests",
                *sys.argv[1:],
            ]
            return subprocess.run(
                command, env=os.environ | settings.dbt_environment(), cwd=settings.project_dir, check=False
            ).returncode


if __name__ == "__main__":
    raise SystemExit(main())
