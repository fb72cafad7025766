"""`niaga query`: SQL on the published warehouse, read only."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from pipelines.adapters.delimited import write_csv
from pipelines.cli.app import WarehouseDirOption, app, expected_failures, settings_of
from pipelines.cli.limits import end_process_after, limit_memory, parse_size
from pipelines.cli.output import Format, print_table, write_json
from pipelines.errors import NiagaError

_BATCH_ROWS = 10_000
# A table on a terminal beyond this is not read by anyone; CSV and JSON give every row.
_TABLE_ROWS = 1_000


@app.command(
    epilog='Example: niaga query "from marts.fct_export_targets" --format csv    '
    'Tables: niaga query "select table_schema, table_name, comment from duckdb_tables() order by all"'
)
def query(
    sql: Annotated[
        str, typer.Argument(help="One or more SQL statements (DuckDB's dialect), or - for standard input.")
    ],
    format_: Annotated[
        Format,
        typer.Option("--format", help="table for people; csv for spreadsheets; json keeps text exact."),
    ] = Format.table,
    warehouse_dir: WarehouseDirOption = None,
    memory: Annotated[str, typer.Option("--memory", help="Memory the query may use.")] = "2GB",
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", min=0.1, help="Time it may take.")
    ] = 300.0,
) -> None:
    """Ask the published warehouse in SQL; works while a run is going on.

    Facts are in schema marts (fct_export_shipments, fct_export_targets, fct_export_realisations,
    fct_trade_missions, …), articles and claims in core. The connection is read only: SQL cannot write, and
    reaches no file and no network. From Python, open the file itself: duckdb.connect(path, read_only=True).
    """
    with expected_failures():
        import duckdb

        from pipelines.adapters.warehouse import read_published

        settings = settings_of(warehouse_dir=warehouse_dir)
        text = sys.stdin.read() if sql == "-" else sql
        try:
            limit_memory(parse_size(memory))
        except ValueError as error:
            raise NiagaError(f"--memory: {error}") from error
        too_long = f"the query took more than {timeout:.0f} s; narrow it or raise --timeout"
        with (
            end_process_after(timeout, too_long),
            read_published(settings.published_path, memory=memory, seconds=timeout) as connection,
        ):
            try:
                result = connection.execute(text)
                columns = [column[0] for column in result.description or ()]
                if format_ is Format.table:
                    rows = result.fetchmany(_TABLE_ROWS + 1)
                    console = Console(highlight=False)
                    print_table(console, columns, rows[:_TABLE_ROWS])
                    if len(rows) > _TABLE_ROWS:
                        console.print(f"… first {_TABLE_ROWS:,} rows; --format csv or json gives all of them")
                    else:
                        console.print(f"{len(rows):,} row{'' if len(rows) == 1 else 's'}")
                else:
                    batches = iter(lambda: result.fetchmany(_BATCH_ROWS), [])
                    write = write_csv if format_ is Format.csv else write_json
                    write(sys.stdout, columns, (row for batch in batches for row in batch))
            except duckdb.InterruptException:
                raise
            except MemoryError as error:
                raise NiagaError("the query needs too much memory; narrow it or raise --memory") from error
            except duckdb.Error as error:
                raise NiagaError(f"the query failed: {error}") from error
