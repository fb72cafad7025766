"""`niaga status`: what is loaded, since when, and what was rejected."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, settings_of
from pipelines.cli.output import print_table

# What is niaga's own doing, not the document's: named each time, however many there are.
_FAULTS = ("collect_failed", "extract_failed", "took_too_long", "killed_the_reader")


@app.command(epilog="Example: niaga status --rejects 50")
def status(
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
    rejects: Annotated[int, typer.Option("--rejects", min=0, help="How many rejects to list.")] = 10,
) -> None:
    """Show what is published, when it was, what is new in the raw folder, and what was rejected and why."""
    with expected_failures():
        from pipelines.adapters.lock import lock_holder_or_none
        from pipelines.adapters.readers import list_raw_files
        from pipelines.adapters.state import publication_or_none
        from pipelines.adapters.tables import TableStore
        from pipelines.adapters.warehouse import read_published
        from pipelines.contracts.runs import COLLECT_REJECTS, RAW_FILES

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        console = Console(highlight=False)

        def say(label: str, value: str) -> None:
            console.print(f"{label:<12}{value}", markup=False, soft_wrap=True)

        publication = publication_or_none(settings)
        say("warehouse", str(settings.published_path))
        if not settings.published_path.exists():
            say("published", "nothing yet; run `niaga run`")
        elif publication is not None:
            moment = datetime.fromisoformat(publication.published_at).astimezone()
            say("published", f"{moment:%Y-%m-%d %H:%M:%S %Z} by run {publication.run_id}")
        holder = lock_holder_or_none(settings.lock_path)
        if holder is not None:
            say("running", f"{holder.what}, process {holder.pid} on {holder.host}, since {holder.since}")

        listing = list_raw_files(settings.raw_dir)
        known = {
            (row["raw_path"], row["size"], row["mtime_ns"])
            for row in TableStore(settings.tables_dir).read(RAW_FILES).iter_rows(named=True)
        }
        refused = set(TableStore(settings.tables_dir).read(COLLECT_REJECTS, columns=["raw_path"])["raw_path"])
        waiting = sum(
            (file.raw_path, file.size, file.mtime_ns) not in known and file.raw_path not in refused
            for file in listing.files
        )
        say(
            "raw folder", f"{settings.raw_dir}: {len(listing.files)} files, {waiting} not read yet or changed"
        )
        if not settings.published_path.exists():
            return

        with read_published(settings.published_path) as connection:

            def ask(sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
                return connection.execute(sql, parameters or []).fetchall()

            articles, outlets, first, last = ask(
                "select count(*), count(distinct outlet), min(published), max(published) from core.articles"
            )[0]
            clusters = ask("select count(distinct cluster_id) from core.article_clusters")[0][0]
            say(
                "articles",
                f"{articles:,} in {clusters:,} clusters, {outlets:,} outlets, published {first} to {last}",
            )
            console.print()
            print_table(
                console,
                ["claim type", "claims", "events", "articles"],
                ask(
                    "select claim_type, count(distinct claim_id), count(distinct event_id), count(distinct article_id) "
                    "from marts.bridge_event_claims group by all order by all"
                ),
            )
            counts = ask(
                "select stage_code, reason_code, count(*) from core.rejects group by all order by all"
            )
            console.print()
            if not counts:
                say("rejects", "none")
                return
            print_table(console, ["stage", "reason", "rejects"], counts)
            faults = ask(
                "select raw_path, reason_code, detail from core.rejects where list_contains(?, reason_code) order by all",
                [list(_FAULTS)],
            )
            if faults:
                console.print()
                say(
                    "poison",
                    "documents that niaga failed on; the others landed (docs/runbook.md, reason codes)",
                )
                print_table(console, ["file", "reason", "detail"], faults)
            if rejects:
                print_table(
                    console,
                    ["file", "reason", "detail"],
                    ask(
                        "select raw_path, reason_code, detail from core.rejects "
                        f"order by stage_code, raw_path, reason_code limit {rejects:d}"
                    ),
                )
