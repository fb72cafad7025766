"""`niaga fetch`: ask the sources of sources.yml what is new, and keep it in the raw folder."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.console import Console

from pipelines.adapters.delimited import printable
from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, messages, settings_of
from pipelines.cli.output import print_table
from pipelines.errors import NiagaError


@app.command(
    epilog="Example: niaga fetch && niaga run    One outlet, one day: niaga fetch --source suara --day 2026-11-20"
)
def fetch(
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Only this source; may be given several times.")
    ] = None,
    day: Annotated[
        str | None,
        typer.Option(
            "--day", help="Only pages that listings or addresses date to this day (YYYY-MM-DD): a backfill."
        ),
    ] = None,
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Fetch new pages of the sources in sources.yml into the raw folder; `niaga run` then reads them.

    Every answer is kept under raw/web with a line in a manifest, so that reading again never needs the web. robots.txt
    is obeyed, and what did not change is not sent again.
    """
    with expected_failures():
        from pipelines.adapters.crawl import SourceVisit, visit_sources

        if day is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            raise NiagaError(f"--day {day}: write it YYYY-MM-DD")
        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)

        def tell(visit: SourceVisit) -> None:
            messages().print(
                f"  {visit.source}: {visit.new_pages} new of {visit.listed} listed", markup=False
            )

        visits = visit_sources(settings, names=source or (), day=day, on_done=tell)
        if not visits:
            typer.echo(f"{settings.sources_path} names no source to visit; `niaga source add URL` adds one")
            return
        console = Console(highlight=False)
        print_table(
            console,
            ["source", "listed", "new pages", "unchanged", "errors", "left for later"],
            [(v.source, v.listed, v.new_pages, v.unchanged, len(v.errors), v.waiting) for v in visits],
        )
        for visit in visits:
            for error in visit.errors[:3]:
                messages().print(f"niaga: {visit.source}: {printable(error)}", markup=False, style="yellow")
        if all(visit.errors and not visit.new_pages and not visit.listed for visit in visits):
            raise NiagaError("no source answered; `niaga source check` says more")
