"""`niaga clusters`: who copied whom, and why articles were merged or kept apart."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.app import WarehouseDirOption, app, expected_failures, settings_of
from pipelines.errors import NiagaError

if TYPE_CHECKING:
    import polars as pl


@app.command(epilog="Example: niaga clusters 004_c187de97a2310723")
def clusters(
    article: Annotated[
        str, typer.Argument(help="An article: its article_id, address, raw path, or the stem of its file.")
    ],
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Show the cluster of an article: which articles carry its text, what differs word by word, and why.

    Articles of a template series (same wording, other figures) are listed too, with the reason they stay apart.
    """
    with expected_failures():
        from pipelines.adapters.tables import TableStore
        from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLE_LINKS, ARTICLES
        from pipelines.stages.dedupe.render import render_cluster

        tables = TableStore(settings_of(warehouse_dir=warehouse_dir).tables_dir)
        articles = tables.read(ARTICLES)
        text = render_cluster(
            _article_id(article, articles),
            articles=articles,
            clusters=tables.read(ARTICLE_CLUSTERS),
            links=tables.read(ARTICLE_LINKS),
        )
        typer.echo(text, nl=False)


def _article_id(named: str, articles: pl.DataFrame) -> str:
    rows = articles.filter("is_current").select("article_id", "url", "raw_path").sort("raw_path").iter_rows()
    found: dict[str, str] = {
        article_id: raw_path
        for article_id, url, raw_path in rows
        if named in {article_id, url, raw_path, PurePosixPath(raw_path).stem}
    }
    if not found:
        raise NiagaError(
            f'no article is named {named!r}; `niaga query "select article_id, raw_path, title from core.articles"` '
            "lists them"
        )
    if len(found) > 1:
        raise NiagaError(f"{named!r} names {len(found)} articles, say which: {', '.join(found.values())}")
    return next(iter(found))
