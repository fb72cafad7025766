"""`niaga export`: the published tables as files for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.app import WarehouseDirOption, app, expected_failures, settings_of


@app.command(epilog="Example: niaga export ~/niaga-2026-11 --format csv --format excel")
def export(
    out: Annotated[Path, typer.Argument(help="Folder to make; it appears when all of it is written.")],
    formats: Annotated[
        list[str] | None,
        typer.Option("--format", help="parquet, csv or excel; may be given more than once; all without it."),
    ] = None,
    with_texts: Annotated[
        bool,
        typer.Option(
            "--with-texts", help="Whole articles too: they are their publishers', do not pass them on."
        ),
    ] = False,
    with_runs: Annotated[
        bool,
        typer.Option("--with-runs", help="Also which run stored what and when, and the history of facts."),
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace an earlier export in that folder.")
    ] = False,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Write facts, evidence and reference tables as Parquet, CSV and Excel, with dictionary and datapackage.json.

    Quotes go along, whole articles only if asked. Without --with-runs the same input gives the same bytes. A text
    that a spreadsheet would run as a formula gets an apostrophe in CSV and stays a text in Excel.
    """
    with expected_failures():
        from pipelines.adapters.export import ExportFormat, export_published
        from pipelines.errors import NiagaError

        try:
            chosen = [ExportFormat(name) for name in formats or list(ExportFormat)]
        except ValueError as error:
            raise NiagaError(f"--format: {error}; parquet, csv or excel") from error
        settings = settings_of(warehouse_dir=warehouse_dir)
        exported = export_published(
            settings.published_path, out.expanduser().resolve(), dbt_dir=settings.dbt_dir, formats=chosen,
            with_texts=with_texts, with_runs=with_runs, replace=replace,
        )  # fmt: skip
        rows = sum(exported.rows.values())
        typer.echo(
            f"Wrote {len(exported.rows)} tables, {rows:,} rows, to {out}; datapackage.json describes them."
        )
        for name in exported.left_out_of_excel:
            typer.echo(f"{name} has more rows than a sheet can hold and is not in niaga.xlsx.", err=True)
