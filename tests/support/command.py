"""The niaga command as a user runs it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NIAGA = str(Path(sys.executable).with_name("niaga"))


def niaga(
    *arguments: str | Path, warehouse: Path | None = None, raw: Path | None = None, **options: Any
) -> subprocess.CompletedProcess[str]:
    """Run a command on a warehouse and raw folder of the test's own; nothing of the checkout is touched.

    `within` comes before it: a command that runs it under limits.
    """
    environment = os.environ | {"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb"} | options.pop("env", {})
    if warehouse is not None:
        environment["NIAGA_WAREHOUSE_DIR"] = str(warehouse)
    if raw is not None:
        environment["NIAGA_RAW_DIR"] = str(raw)
    return subprocess.run(
        [*options.pop("within", ()), NIAGA, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False,
        timeout=options.pop("timeout", 300), **options,
    )  # fmt: skip


def ask(sql: str, warehouse: Path) -> list[dict[str, Any]]:
    """The rows of a query through `niaga query --format json`."""
    result = niaga("query", sql, "--format", "json", warehouse=warehouse)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)
