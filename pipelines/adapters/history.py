"""The history of facts as the published file holds it: the only state that outlives a build."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from pipelines.contracts.history import FACT_HISTORY
from pipelines.errors import NiagaError


def published_history_or_none(published_path: Path) -> pl.DataFrame | None:
    """Rows of marts.fact_history in the published file; None where there is no such file or table.

    Raises:
        NiagaError: The published file cannot be read.
    """
    if not published_path.exists():
        return None
    try:
        with duckdb.connect(str(published_path), read_only=True) as connection:
            columns = connection.execute(
                "select column_name from duckdb_columns() "
                "where schema_name = 'marts' and table_name = 'fact_history'"
            ).fetchall()
            if {name for (name,) in columns} != set(FACT_HISTORY.columns):
                return None  # published by a version that kept none, or another one
            names = ", ".join(FACT_HISTORY.columns)
            found = connection.sql(
                f"select {names} from marts.fact_history order by {', '.join(FACT_HISTORY.key)}"
            ).to_arrow_table()
    except duckdb.Error as error:
        raise NiagaError(
            f"the history of {published_path} cannot be read: {error}. Put a backup in its place, or remove it and "
            "run again: facts are built anew, the history of their revisions begins with that run"
        ) from error
    frame = pl.from_arrow(found)
    assert isinstance(frame, pl.DataFrame)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in FACT_HISTORY.schema.items())
