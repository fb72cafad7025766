"""Which columns each column of a dbt model comes from, read from its compiled SQL.

dagster-dbt can do this too, but it cannot follow files read in place of tables (every staging model here), keeps
connections to the build open, and parses a model again for each of its columns: 40 s for 60 models where this
takes 1 (docs/decisions/0001-one-dagster-job.md).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

_DIALECT: Final = "duckdb"

# unique_id of the parent, name of its column
ParentColumn = tuple[str, str]


def column_lineage(
    model: Mapping[str, Any], *, columns: Mapping[str, Sequence[str]], relation_names: Mapping[str, str]
) -> dict[str, list[ParentColumn]]:
    """Where each column of a model comes from, one step up.

    Args:
        model: The model's node in dbt's manifest, with compiled_code.
        columns: Column names by unique_id, of the model and its parents.
        relation_names: What each parent is called in compiled SQL, by unique_id.

    Returns:
        Column to its parent columns, sorted; no parents for a constant. Empty where the SQL cannot be followed.
    """
    parents = [parent for parent in model["depends_on"]["nodes"] if parent in columns]
    sql = model["compiled_code"]
    aliases: dict[str, str] = {}
    # Longest first: one name may be the beginning of another.
    for place, parent in enumerate(sorted(parents, key=lambda parent: -len(relation_names[parent]))):
        aliases[f"parent_{place}"] = parent
        sql = re.sub(re.escape(relation_names[parent]) + r"(?![\w\"])", f"parent_{place}", sql)
    schema: dict[str, object] = {
        alias: dict.fromkeys(columns[parent], "text") for alias, parent in aliases.items()
    }
    found: dict[str, list[ParentColumn]] = {}
    try:
        query = qualify(
            parse_one(sql, dialect=_DIALECT), dialect=_DIALECT, schema=schema, validate_qualify_columns=False
        )
        scope = build_scope(query)
        for column in columns[model["unique_id"]]:
            # trim_selects would copy the query for every column, for a display of it that nobody reads: 8 s a run.
            tree = lineage(
                column, query, schema, scope=scope, dialect=_DIALECT, copy=False, trim_selects=False
            )
            found[column] = sorted(
                {
                    (aliases[leaf.expression.name], leaf.name.rpartition(".")[2].strip('"'))
                    for leaf in tree.walk()
                    if isinstance(leaf.expression, exp.Table) and leaf.expression.name in aliases
                }
            )
    except (SqlglotError, ValueError):
        return {}
    return found
