"""`niaga rejects`: what could not be read, where it stands and why; and reading it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipelines.cli.app import WarehouseDirOption, app, expected_failures, settings_of
from pipelines.cli.output import Format, print_rows

if TYPE_CHECKING:
    import polars as pl

_COLUMNS = ["stage", "raw_path", "raw_locator", "reason_code", "detail"]


@app.command(
    epilog="Example: niaga rejects --reason damaged --retry    "
    "What the reasons mean and what to do: docs/runbook.md"
)
def rejects(
    reason: Annotated[
        str | None, typer.Option("--reason", help="Only this reason code (docs/runbook.md lists them).")
    ] = None,
    path: Annotated[
        str | None, typer.Option("--path", help="Only files whose path begins so, e.g. archives/2024.")
    ] = None,
    set_aside: Annotated[
        bool,
        typer.Option(
            "--set-aside",
            help="What is known to be no Indonesian article (other languages, index pages) instead.",
        ),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", help="Have the next run read these files again, from their beginning.")
    ] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 100,
    format_: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """List documents that could not be read: file, place in it (record, row, byte, member), reason.

    A rejected file is read again by itself when it changes, or when niaga reads it differently after an upgrade.
    --retry is for a fix outside both.
    """
    with expected_failures():
        import polars as pl

        from pipelines.adapters.state import REJECT_TABLES, open_warehouse
        from pipelines.adapters.tables import TableStore
        from pipelines.contracts.runs import RAW_DOCUMENTS, RAW_FILES
        from pipelines.stages.collect.model import SET_ASIDE

        settings = settings_of(warehouse_dir=warehouse_dir)
        store = TableStore(settings.tables_dir)
        if set_aside:
            found = store.read(RAW_DOCUMENTS, where=pl.col("reason_code").is_in(list(SET_ASIDE)))
            found = found.with_columns(stage=pl.lit("collect"))
        else:
            found = pl.concat(store.read(table) for table in REJECT_TABLES)
        if reason is not None:
            found = found.filter(pl.col("reason_code") == reason)
        if path is not None:
            found = found.filter(pl.col("raw_path").str.starts_with(path))
        found = found.select(_COLUMNS).sort(_COLUMNS, nulls_last=False)
        _show(found, limit, format_)
        if retry:
            paths = found.select("raw_path").unique()
            with open_warehouse(settings, run_id="retry", what="niaga rejects --retry") as warehouse:
                before = warehouse.tables.manifest(RAW_FILES).rows
                warehouse.tables.upsert(RAW_FILES, RAW_FILES.frame([]), outdated=paths)
                again = before - warehouse.tables.manifest(RAW_FILES).rows
            typer.echo(f"{again:,} files will be read again by the next `niaga run`", err=True)


def _show(found: pl.DataFrame, limit: int, format_: Format) -> None:
    rows = found.head(limit).rows()
    if print_rows(_COLUMNS, rows, format_):
        return
    console = Console(highlight=False)
    more = f", the first {limit:,} shown (--limit)" if found.height > limit else ""
    console.print(f"{found.height:,} {'document' if found.height == 1 else 'documents'}{more}")
    if found["reason_code"].n_unique() > 1:
        for code, count in (
            found.group_by("reason_code").len().sort("len", "reason_code", descending=[True, False]).rows()
        ):
            console.print(f"  {count:>8,}  {code}", markup=False)
