"""The commands of README.md and docs/ answer as the documents show."""

from __future__ import annotations

import subprocess
import sys

from pipelines.settings import PROJECT_DIR


def test_documents_show_what_the_commands_answer() -> None:
    check = subprocess.run(
        [sys.executable, PROJECT_DIR / "scripts" / "readme.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert check.returncode == 0, f"{check.stdout}{check.stderr}"
