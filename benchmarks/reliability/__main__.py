"""`python -m benchmarks.reliability kills|readers|runs|fuzz`: what docs/reliability.md states, measured.

Each command fails (exit code 1) where the promise does not hold, and prints its figures as Markdown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from benchmarks.reliability import fuzz, kills, readers, runs


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, module in (("kills", kills), ("readers", readers), ("runs", runs), ("fuzz", fuzz)):
        module.add_options(commands.add_parser(name, help=(module.__doc__ or "").partition("\n")[0]))
    options = parser.parse_args()
    module = {"kills": kills, "readers": readers, "runs": runs, "fuzz": fuzz}[options.command]
    with tempfile.TemporaryDirectory(prefix="niaga-reliability-") as folder:
        return module.measure(Path(folder), options)


if __name__ == "__main__":
    sys.exit(main())
