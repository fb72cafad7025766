"""A stage table as a Dagster asset: its spec, its contract check, and what is shown of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Final

import dagster as dg
import polars as pl

from pipelines.adapters.state import Warehouse
from pipelines.contracts.checks import contract_problems
from pipelines.contracts.fields import Table

OWNERS: Final = ("team:niaga",)
# One writer: with granularity "run" in dagster.yaml only one run that uses this pool is under way.
POOL: Final = "warehouse"
CONTRACT_CHECK: Final = "contract"
_PREVIEW_ROWS: Final = 5
_PREVIEW_CHARACTERS: Final = 120
_RAW_FOLDER_KEY: Final = dg.AssetKey("raw_folder")
# The schedule reads the folder daily; 36 hours leave room for one late run before someone is called.
FRESHNESS: Final = dg.FreshnessPolicy.time_window(
    fail_window=timedelta(hours=36), warn_window=timedelta(hours=25)
)


def table_spec(
    table: Table, *, group: str, deps: Iterable[Table | dg.AssetKey], fresh: bool = False
) -> dg.AssetSpec:
    """The asset of a stage table: its grain as description, its fields as column schema."""
    return dg.AssetSpec(
        key=dg.AssetKey(table.name),
        description=f"One row for {table.grain}.",
        group_name=group,
        kinds={"polars", "parquet"},
        owners=list(OWNERS),
        deps=[dep.name if isinstance(dep, Table) else dep for dep in deps],
        freshness_policy=FRESHNESS if fresh else None,
        metadata={"dagster/column_schema": column_schema(table), "key": ", ".join(table.key)},
    )


def column_schema(table: Table) -> dg.TableSchema:
    """The fields of a table as Dagster shows them."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=field.name,
                type=str(field.dtype),
                description=f"{field.meaning} ({field.unit})" if field.unit else field.meaning,
                constraints=dg.TableColumnConstraints(
                    nullable=field.nullable, unique=(field.name,) == table.key
                ),
            )
            for field in table.fields
        ]
    )


def contract_specs(tables: Sequence[Table]) -> list[dg.AssetCheckSpec]:
    """The blocking contract check of each table."""
    return [
        dg.AssetCheckSpec(
            name=CONTRACT_CHECK,
            asset=table.name,
            blocking=True,
            description=f"Columns, types, nulls, code lists and key of {table.name} are as declared.",
        )
        for table in tables
    ]


def check_contracts(frames: Iterable[tuple[Table, pl.DataFrame]]) -> Iterator[dg.AssetCheckResult]:
    """Check frames before anything is stored, so that a broken one never becomes the next run's state.

    Raises:
        dagster.Failure: After all results are told, where one of the frames breaks its contract.
    """
    broken: list[str] = []
    for table, frame in frames:
        problems = contract_problems(table, frame)
        broken += [f"{table.name}: {problem}" for problem in problems]
        yield dg.AssetCheckResult(
            asset_key=table.name,
            check_name=CONTRACT_CHECK,
            passed=not problems,
            metadata={"rows_checked": frame.height, "problems": problems},
        )
    if broken:
        raise dg.Failure("contract broken, nothing was stored: " + "; ".join(broken), allow_retries=False)


def keep_contracts(frames: Iterable[tuple[Table, pl.DataFrame]]) -> bool:
    """Whether all frames keep their contracts; for steps that store piece by piece and tell once."""
    return not any(contract_problems(table, frame) for table, frame in frames)


def unchanged_contracts(tables: Sequence[Table]) -> Iterator[dg.AssetCheckResult]:
    """Say that stored tables, checked when they were written, are as they were."""
    for table in tables:
        yield dg.AssetCheckResult(
            asset_key=table.name, check_name=CONTRACT_CHECK, passed=True, metadata={"unchanged": True}
        )


def stored(warehouse: Warehouse, table: Table, **extra: Any) -> dg.MaterializeResult[None]:
    """Say that a table is stored as it should be now: row count, preview, version."""
    manifest = warehouse.tables.manifest(table)
    return dg.MaterializeResult(
        asset_key=table.name,
        metadata={
            "dagster/row_count": manifest.rows,
            "preview": _preview(table, warehouse.tables.head(table, _PREVIEW_ROWS)),
            "parts": len(manifest.parts),
            **extra,
        },
        data_version=dg.DataVersion(manifest.version[:20]),
    )


def _preview(table: Table, head: pl.DataFrame) -> dg.TableMetadataValue:
    """Some rows as plain values: the UI shows them as text, so that article text cannot become markup."""
    records = [
        dg.TableRecord({name: _plain(value) for name, value in row.items()})
        for row in head.iter_rows(named=True)
    ]
    return dg.MetadataValue.table(records=records, schema=column_schema(table))


def _plain(value: Any) -> str | int | float | bool:
    if isinstance(value, bool | int | float):
        return value
    if value is None:
        return ""
    shown = " ".join(str(value).split())
    return shown if len(shown) <= _PREVIEW_CHARACTERS else shown[: _PREVIEW_CHARACTERS - 1] + "…"
