"""Column lineage of a dbt model, read from its compiled SQL."""

from __future__ import annotations

from pipelines.orchestration.lineage import column_lineage

FILE = "read_parquet('/it''s/tables/articles/*.parquet', union_by_name = true)"
COLUMNS = {"model.m": ["id", "name", "fixed", "n"], "source.a": ["id", "title"], "model.p": ["id", "size"]}
NAMES = {"source.a": FILE, "model.p": '"build"."marts"."p"'}


def lineage(sql: str, columns=COLUMNS):
    model = {"unique_id": "model.m", "depends_on": {"nodes": ["source.a", "model.p"]}, "compiled_code": sql}
    return column_lineage(model, columns=columns, relation_names=NAMES)


def test_columns_are_followed_through_ctes_stars_joins_and_files() -> None:
    found = lineage(
        f'with a as (select * from {FILE}), p as (select * from "build"."marts"."p"), '
        "both as (select a.id, upper(title) || size as name, 'x' as fixed, sum(size) over () as n from a join p using (id)) "
        "select * from both"
    )
    assert found == {
        "id": [("source.a", "id")],
        "name": [("model.p", "size"), ("source.a", "title")],
        "fixed": [],
        "n": [("model.p", "size")],
    }


def test_a_relation_whose_name_begins_another_is_not_taken_for_it() -> None:
    names = {"source.a": '"b"."m"."x"', "model.p": '"b"."m"."x_more"'}
    model = {
        "unique_id": "model.m", "depends_on": {"nodes": ["source.a", "model.p"]},
        "compiled_code": 'select x.id, y.size as n from "b"."m"."x" as x join "b"."m"."x_more" as y on x.id = y.id',
    }  # fmt: skip
    found = column_lineage(model, columns=COLUMNS | {"model.m": ["id", "n"]}, relation_names=names)
    assert found == {"id": [("source.a", "id")], "n": [("model.p", "size")]}


def test_sql_that_cannot_be_followed_gives_no_lineage_and_no_error() -> None:
    assert lineage("select from where") == {}
