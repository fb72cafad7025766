"""`niaga run`: everything from the raw folder to the published warehouse."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, messages, settings_of

if TYPE_CHECKING:
    from pipelines.adapters.state import RunOutcome
    from pipelines.settings import Settings


@app.command(epilog="Example: niaga run --raw-dir ~/berita --warehouse-dir ~/gudang")
def run(
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", help="How long to wait for another run to finish.")
    ] = 0.0,
) -> None:
    """Read what is new in the raw folder and publish the warehouse.

    Only new or changed files are read, and only the stages after them are done again. Queries work all the
    while: they see the last published state until the new one is put in its place.
    """
    started = time.monotonic()
    with expected_failures():
        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        outcome = publish_news(settings, wait)
        seconds = time.monotonic() - started
        out = Console(highlight=False)
        if outcome.changed:
            out.print(f"Published {settings.published_path} ({seconds:.1f} s).", markup=False, soft_wrap=True)
        else:
            out.print(f"Nothing new: no file was added or changed, no row changed ({seconds:.1f} s).")
        out.print(outcome.summary(), markup=False)
        if outcome.rejects:
            out.print(f"{outcome.rejects} rejected; `niaga status` lists them with reasons.", markup=False)


def publish_news(settings: Settings, wait: float) -> RunOutcome:
    """Do a run with its progress on standard error; nothing but a look where nothing is new."""
    from pipelines.adapters.state import count_rows, open_warehouse
    from pipelines.adapters.work import is_up_to_date

    with open_warehouse(settings, run_id="look", what="niaga run", wait_seconds=wait) as warehouse:
        if is_up_to_date(warehouse):  # before Dagster is even loaded: nothing new ends in a second
            return count_rows(settings, changed=False)
    with RunDisplay(messages()) as display:
        display.update("start", 0, 0)
        from pipelines.orchestration.execute import run_pipeline

        return run_pipeline(settings, progress=display, wait_seconds=wait)


class RunDisplay:
    """The steps of a run on a terminal: a spinner or bar for the one under way, a line for each that is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal or bool(os.environ.get("CI")),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> RunDisplay:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def update(self, step: str, done: int, total: int) -> None:
        """Show how far a step is."""
        for other in [name for name in self._tasks if name != step]:
            self._bars.remove_task(self._tasks.pop(other))
        if step not in self._tasks:
            self._tasks[step] = self._bars.add_task(step, total=None)
        self._bars.update(self._tasks[step], completed=done, total=total or None)

    def finish(self, step: str, note: str) -> None:
        """Print what came of a step."""
        if step in self._tasks:
            self._bars.remove_task(self._tasks.pop(step))
        self._console.print(f"  {step:<9}{note}", markup=False)
