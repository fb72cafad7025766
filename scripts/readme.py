"""Run the `niaga` commands of README.md and docs/*.md and write their real output below them.

Usage:  .venv/bin/python scripts/readme.py [--check]

A block that begins with ``$ .venv/bin/niaga`` is a command and its output. Outputs are of the five articles in
data/raw; `--check` changes nothing and exits with 1 where a document says anything else than the command does.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A block: the command up to the line where its quotes close, then the output.
_BLOCK = re.compile(r"(?ms)^```console\n\$ \.venv/bin/(?P<command>niaga .*?)(?=^```$)")


def documents() -> list[Path]:
    """The documents that show commands."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def split_command(block: str) -> tuple[str, str]:
    """The command as written, and the output that is shown below it."""
    lines = block.splitlines(keepends=True)
    for end in range(1, len(lines) + 1):
        try:
            shlex.split("".join(lines[:end]))
        except ValueError:  # an open quote
            continue
        return "".join(lines[:end]), "".join(lines[end:])
    raise SystemExit(f"a quote is not closed: {block}")


def refresh(text: str, warehouse: Path) -> str:
    """The document with the output of each of its commands as it is now."""

    def run(match: re.Match[str]) -> str:
        command, _ = split_command(match["command"])
        arguments = shlex.split(command)
        result = subprocess.run(
            [Path(sys.executable).with_name("niaga"), *arguments[1:]],
            env=os.environ | {"NIAGA_WAREHOUSE_DIR": str(warehouse), "COLUMNS": "118", "NO_COLOR": "1", "TERM": "dumb"},
            cwd=ROOT, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if result.returncode != 0:
            raise SystemExit(f"{command}\n{result.stderr}")
        output = "\n".join(line.rstrip() for line in result.stdout.splitlines())
        return f"```console\n$ .venv/bin/{command}{output}\n"

    return _BLOCK.sub(run, text)


def main() -> int:
    """Refresh or check all documents against a warehouse built from data/raw alone."""
    checking = "--check" in sys.argv[1:]
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        warehouse = Path(folder) / "warehouse"
        niaga = Path(sys.executable).with_name("niaga")
        command = [niaga, "run", "--raw-dir", ROOT / "data" / "raw", "--warehouse-dir", warehouse]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for path in documents():
            before = path.read_text("utf-8")
            after = refresh(before, warehouse)
            if after != before:
                wrong.append(path.relative_to(ROOT).as_posix())
                if not checking:
                    path.write_text(after, "utf-8")
    if wrong:
        print(
            ("not as the commands answer, run make readme: " if checking else "renewed: ") + ", ".join(wrong)
        )
    return int(checking and bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
