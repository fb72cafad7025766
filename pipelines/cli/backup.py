"""`niaga backup` and `niaga restore`: a warehouse in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, settings_of


@app.command(epilog="Example: niaga backup /backup/niaga-$(date +%F).tar --raw")
def backup(
    file: Annotated[Path, typer.Argument(help="File to write; it appears when it is whole.")],
    raw: Annotated[bool, typer.Option("--raw", help="The raw folder too.")] = False,
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Write the warehouse as it is at this moment into one tar file; works while a run is going on.

    It holds the stage tables (with them event ids and first_seen), the published file and the decisions of people.
    """
    with expected_failures():
        from pipelines.adapters.backup import make_backup

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        contents = make_backup(settings, file.expanduser().resolve(), with_raw=raw)
        size = sum(entry.size for entry in contents.entries)
        typer.echo(
            f"Wrote {file}: {contents.count('warehouse')} files of the warehouse, {contents.count('raw')} raw files, "
            f"{size:,} bytes."
        )


@app.command(epilog="Example: niaga restore /backup/niaga-2026-11-22.tar --warehouse-dir ~/gudang")
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `niaga backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of the warehouse that is there.")
    ] = False,
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Put a backup back; every file of it is checked first, and a run goes on from there.

    Raw files and the reviews file are put where they are missing; those that are there stay.
    """
    with expected_failures():
        from pipelines.adapters.backup import restore_backup

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        contents = restore_backup(file.expanduser().resolve(), settings, replace=replace)
        typer.echo(
            f"Restored {settings.warehouse_dir} as of {contents.made_at} (niaga {contents.niaga_version}). "
            "`niaga run` goes on from there."
        )
