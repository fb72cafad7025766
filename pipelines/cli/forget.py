"""`niaga forget`: an article goes, and what rests on it alone."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.app import RawDirOption, WarehouseDirOption, app, expected_failures, messages, settings_of
from pipelines.errors import NiagaError

if TYPE_CHECKING:
    import polars as pl

    from pipelines.settings import Settings


@app.command(
    epilog="Example: niaga forget https://berita.example.org/ekspor-kopi --reason 'asked by its publisher'"
)
def forget(
    article: Annotated[
        str, typer.Argument(help="An article: its address, article_id, raw path, or the stem of its file.")
    ],
    reason: Annotated[
        str, typer.Option("--reason", help="Why; it is noted beside the article's id.")
    ] = "on request",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Annotated[
        float, typer.Option("--wait", metavar="SECONDS", help="How long to wait for another run to finish.")
    ] = 0.0,
    raw_dir: RawDirOption = None,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Remove an article and what rests on it alone, publish without it, and say what changed.

    It is noted in forgotten.csv (beside the reviews file), so that it does not come back. Its raw file is yours to
    delete: niaga never writes into the raw folder. Backups and exports made before still hold it.
    """
    with expected_failures():
        from pipelines.adapters.forgotten import ARTICLE, TEXT, add_forgotten
        from pipelines.adapters.tables import TableStore
        from pipelines.cli.run import publish_news
        from pipelines.contracts.tables import ARTICLES
        from pipelines.orchestration.execute import forget_run_history

        settings = settings_of(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
        versions = _versions(article, TableStore(settings.tables_dir).read(ARTICLES))
        paths = sorted(set(versions["raw_path"]))
        if not yes:
            typer.confirm(f"Forget {', '.join(paths)}?", abort=True)
        before = _facts(settings, set(versions["article_id"]))
        entries = [(ARTICLE, id_) for id_ in sorted(set(versions["article_id"]))]
        entries += [(TEXT, text) for text in sorted(set(versions["text_sha256"]))]
        add_forgotten(settings.forgotten_path, entries, reason=reason)
        publish_news(settings, wait)
        forget_run_history(settings)  # previews of tables in it show the beginnings of texts
        after = _facts(settings, None)
        gone = sorted(before - after)
        typer.echo(f"Forgotten: {', '.join(paths)}.")
        typer.echo(
            f"{len(gone)} facts rested on it alone and are gone; {len(before & after)} keep other sources."
        )
        for claim_type, line in gone:
            typer.echo(f"  gone: {claim_type} {line}")
        for path in paths:
            if (settings.raw_dir / path).exists():
                messages().print(f"niaga: {settings.raw_dir / path} still holds it; delete it", markup=False)
        messages().print("niaga: backups and exports made before hold it, too", markup=False)


def _versions(named: str, articles: pl.DataFrame) -> pl.DataFrame:
    """All versions of the one article that a name means."""
    ids = {
        article_id
        for article_id, url, raw_path in articles.select("article_id", "url", "raw_path").iter_rows()
        if named in {article_id, url, raw_path, PurePosixPath(raw_path).stem}
    }
    if not ids:
        raise NiagaError(
            f'no article is named {named!r}; `niaga query "select article_id, url, raw_path from core.articles"` '
            "lists them"
        )
    if len(ids) > 1:
        raise NiagaError(
            f"{named!r} names {len(ids)} articles, say which by its article_id: {', '.join(sorted(ids))}"
        )
    return articles.filter(articles["article_id"].is_in(ids))


def _facts(settings: Settings, articles: set[str] | None) -> set[tuple[str, str]]:
    """(claim type, line) of the published facts, or of those that some articles support."""
    from pipelines.adapters.warehouse import read_published

    if not settings.published_path.exists():
        return set()
    with read_published(settings.published_path) as connection:
        rows = connection.execute(
            "select distinct claim_type, line_id from marts.bridge_event_claims "
            "where ? is null or list_contains(?, article_id)",
            [None if articles is None else 1, sorted(articles or ())],
        ).fetchall()
    return {(str(claim_type), str(line)) for claim_type, line in rows}
