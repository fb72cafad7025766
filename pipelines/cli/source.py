"""`niaga source`: add an outlet to sources.yml, and see how those in it do."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from pipelines.adapters.delimited import printable
from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, messages, settings_of
from pipelines.cli.output import Format, print_rows

source = typer.Typer(
    help="Outlets that niaga fetches from: add one, see how they do.",
    epilog="Example: niaga source add https://suara.example.org    then: niaga fetch && niaga run",
    no_args_is_help=True,
)
app.add_typer(source, name="source")
_TITLES = 10


@source.command(
    epilog="Example: niaga source add https://suara.example.org --region 'Kabupaten Gresik' --tier local"
)
def add(
    url: Annotated[str, typer.Argument(help="Front page of the outlet, or its feed or sitemap.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Name in sources.yml; made from the address without it.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="Region the outlet is at home in.")] = None,
    tier: Annotated[
        str, typer.Option("--tier", help="official, agency, national, regional, local or other.")
    ] = "other",
    private: Annotated[
        bool,
        typer.Option("--allow-private", help="The outlet has a private address, in an office's own network."),
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be written.")] = False,
) -> None:
    """Find the feed and sitemaps of an outlet, try them, show ten titles, and write the entry to sources.yml."""
    with expected_failures():
        from pipelines.adapters.fetch import Fetcher
        from pipelines.adapters.source_finder import propose_source
        from pipelines.adapters.sources_file import add_source, read_sources
        from pipelines.stages.collect.sources import named_source, source_entry

        settings = settings_of()
        config = read_sources(settings.sources_path)
        networks = ("0.0.0.0/0", "::/0") if private else config.allow_private_addresses
        with Fetcher(contact=config.contact, allow_private=networks) as fetcher:
            found = propose_source(url, fetcher, taken=[known.name for known in config.sources])
        entry = named_source(found.source, name=name, home_region=region, tier=tier)
        console = Console(highlight=False)
        for link in found.links[:_TITLES]:
            day = link.published or (link.changed_at or "")[:10]
            console.print(f"  {day:<10}  {printable(link.title or link.url)}", markup=False, soft_wrap=True)
        console.print(f"{len(found.links)} pages listed", markup=False)
        console.print(source_entry(entry), markup=False, end="", soft_wrap=True)
        if dry_run:
            return
        add_source(settings.sources_path, entry)
        messages().print(f"niaga: written to {settings.sources_path}; `niaga fetch` visits it", markup=False)


@source.command(epilog="Example: niaga source check --days 30 --format json")
def check(
    days: Annotated[
        int, typer.Option("--days", min=1, help="Days that pages and errors are counted over.")
    ] = 7,
    format_: Annotated[Format, typer.Option("--format", help="table, csv or json.")] = Format.table,
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Tell which sources are alive: when the last new page came, how many, and how often requests failed.

    ok; thin (fewer than half of its usual new pages: the median of the four spans of --days before); quiet (no new page
    for longer than quiet_after_hours); failing (more than half of its requests); never visited; disabled. Nothing is
    fetched.
    """
    with expected_failures():
        from pipelines.adapters.source_health import judge_sources
        from pipelines.adapters.sources_file import read_sources
        from pipelines.adapters.web_store import open_store

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        config = read_sources(settings.sources_path)
        with open_store(settings.raw_dir, settings.web_index_path) as store:
            states = judge_sources(config, store, days=days)
        print_rows(
            ["source", "state", "last new page", "new pages", "usual", "error rate", "last error"],
            [
                (s.name, s.state, s.last_page_at, s.pages, s.usual_pages, f"{s.error_rate:.0%}", s.last_error)
                for s in states
            ],
            format_,
        )
