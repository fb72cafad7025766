"""The command tree of `niaga` and what all its commands share: options, messages, exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines import __version__
from pipelines.adapters.durable import machine_problem_or_none
from pipelines.errors import NiagaError
from pipelines.settings import Settings

app = typer.Typer(
    name="niaga",
    help="""Indonesian trade news, read into a DuckDB warehouse of regional export facts.

    Put articles (.txt, .html, .jsonl, .csv, .parquet, .warc.gz, …) in [bold]data/raw[/bold], then:

      [cyan]niaga run[/cyan]      read what is new and publish the warehouse
      [cyan]niaga query[/cyan]    ask it in SQL: facts are in schema marts, articles and claims in core
      [cyan]niaga status[/cyan]   see what is loaded, since when, and what was rejected

    Every fact leads to the sentence that proves it: join marts.bridge_event_claims.""",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

RawDirOption = Annotated[
    Path | None,
    typer.Option("--raw-dir", help="Folder of articles as received. [dim]NIAGA_RAW_DIR, else data/raw[/dim]"),
]
WarehouseDirOption = Annotated[
    Path | None,
    typer.Option(
        "--warehouse-dir",
        help="Folder that niaga builds and publishes into. [dim]NIAGA_WAREHOUSE_DIR, else data/warehouse[/dim]",
    ),
]


def settings_of(*, raw_dir: Path | None = None, warehouse_dir: Path | None = None) -> Settings:
    """The settings that the options and the environment give."""
    return Settings.from_environment(os.environ, raw_dir=raw_dir, warehouse_dir=warehouse_dir)


def messages() -> Console:
    """Where progress and errors go: standard error, so that results can be piped."""
    return Console(stderr=True, highlight=False)


@contextmanager
def expected_failures() -> Iterator[None]:
    """Turn an error niaga raises on purpose, and a machine that lacks something, into a message and exit code 1."""
    try:
        yield
    except NiagaError as error:
        # markup off: a message may quote article text or SQL, which must not be read as styling.
        messages().print(f"niaga: {error}", style="red", markup=False)
        raise typer.Exit(1) from error
    except Exception as error:
        # Wherever it was found: in Dagster's own storage, say.
        what = machine_problem_or_none(error)
        if what is None:
            raise
        messages().print(f"niaga: {what} and run again", style="red", markup=False)
        raise typer.Exit(1) from error


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"niaga {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    """Options of the command itself; sub-commands have their own."""


def main() -> None:
    """Run the command line; exit 0 when done, 1 on a failure, 2 on wrong usage."""
    try:
        app()
    except BrokenPipeError:
        # `niaga query … | head` closes the pipe early: no failure, and no traceback at interpreter exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None


# Each module registers its command on `app`; this order is the order of `niaga --help`.
from pipelines.cli import run as _run  # noqa: E402, F401, I001
from pipelines.cli import fetch as _fetch  # noqa: E402, F401
from pipelines.cli import source as _source  # noqa: E402, F401
from pipelines.cli import query as _query  # noqa: E402, F401
from pipelines.cli import status as _status  # noqa: E402, F401
from pipelines.cli import rejects as _rejects  # noqa: E402, F401
from pipelines.cli import review as _review  # noqa: E402, F401
from pipelines.cli import clusters as _clusters  # noqa: E402, F401
from pipelines.cli import extract as _extract  # noqa: E402, F401
from pipelines.cli import explain as _explain  # noqa: E402, F401
from pipelines.cli import export as _export  # noqa: E402, F401
from pipelines.cli import backup as _backup  # noqa: E402, F401
from pipelines.cli import doctor as _doctor  # noqa: E402, F401
from pipelines.cli import forget as _forget  # noqa: E402, F401
from pipelines.cli import ui as _ui  # noqa: E402, F401
