"""`niaga doctor`: is this installation sound, and if not, what to do."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from pipelines.adapters.delimited import printable
from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, settings_of

_STYLES = {"ok": "green", "warning": "yellow", "wrong": "bold red"}


@app.command(epilog="Example: niaga doctor --quiet || mail -s 'niaga is ill' admin@example.org")
def doctor(
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print only what is not well.")] = False,
) -> None:
    """Check environment, folders, disk, lock, stage tables, index, published file and evidence; change nothing.

    Exit code 1 where something is wrong; each finding says what to do.
    """
    with expected_failures():
        from pipelines.adapters.doctor import Verdict, examine

        console = Console(highlight=False)
        wrong = 0
        for finding in examine(settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)):
            wrong += finding.verdict is Verdict.wrong
            if quiet and finding.verdict is Verdict.ok:
                continue
            line = Text(f"{finding.verdict.value:<8}", style=_STYLES[finding.verdict.value])
            line.append(f"{finding.check:<17}", style="bold").append(
                printable(finding.found), style="default"
            )
            console.print(line, soft_wrap=True)
            if finding.remedy:
                console.print(Text(f"{'':<25}→ {printable(finding.remedy)}"), soft_wrap=True)
        if wrong:
            raise typer.Exit(1)
