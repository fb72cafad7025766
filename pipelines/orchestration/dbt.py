"""The dbt project as Dagster assets: its models build in one go into a fresh file, which is then published."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any, Final

import dagster as dg
import duckdb
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, DbtProject, dbt_assets
from packaging.version import Version

from pipelines.adapters.state import ALL_TABLES, Warehouse
from pipelines.adapters.warehouse import publish, start_build
from pipelines.contracts.runs import RUNS
from pipelines.errors import NiagaError
from pipelines.orchestration.dbt_process import RUN_PID_VARIABLE
from pipelines.orchestration.environment import environment
from pipelines.orchestration.lineage import column_lineage
from pipelines.orchestration.progress import Progress
from pipelines.orchestration.tables import OWNERS, POOL
from pipelines.settings import Settings

_COLUMN_TESTS: Final = frozenset({"not_null", "unique", "accepted_values", "relationships"})
PUBLISHED_KEY: Final = dg.AssetKey("published_warehouse")


class DbtCommand(DbtCliResource):
    """dbt's command alone: what dagster-dbt prepares for reading columns itself is left out, 5 s a run."""

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        """No adapter in this process: `describe_models` reads the build when dbt has closed it."""

    @cached_property
    def _cli_version(self) -> Version:
        """The version of the installed package, without starting dbt to ask."""
        return Version(installed_version("dbt-core"))


class NiagaDbtTranslator(DagsterDbtTranslator):
    """Names for dbt's nodes: a source is the asset of the stage table it reads, a group is the model's folder."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Sources carry the stage table's or lexicon's name; models keep schema and name."""
        if dbt_resource_props["resource_type"] == "source":
            if dbt_resource_props["source_name"] == "lexicons":
                return dg.AssetKey(["lexicons", dbt_resource_props["name"]])
            return dg.AssetKey(dbt_resource_props["name"])
        return super().get_asset_key(dbt_resource_props)

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer the model lies in: staging, intermediate, or the folder of the mart."""
        layer, *folders = Path(dbt_resource_props["original_file_path"]).parent.parts[1:]
        return folders[0] if layer == "marts" and folders else layer

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The project's team."""
        return list(OWNERS)

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """A check for each test that says something of its own; column tests run in dbt all the same.

        Each check is three events of 20 ms a run; all tests of single columns would cost 15 s and hide the others.
        """
        test = self.get_resource_props(manifest, unique_id).get("test_metadata") or {}
        if test.get("name") in _COLUMN_TESTS:
            return None
        return super().get_asset_check_spec(asset_spec, manifest, unique_id, project)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The YAML's description alone; the SQL stands in the file."""
        return str(dbt_resource_props.get("description") or "")


def ensure_manifest(settings: Settings) -> Path:
    """Path of dbt's manifest, parsed anew where the project changed since.

    Dagster's own `prepare_if_dev` does nothing outside `dagster dev`.

    Raises:
        NiagaError: dbt cannot parse the project.
    """
    manifest = settings.dbt_dir / "target" / "manifest.json"
    if manifest.exists() and manifest.stat().st_mtime_ns > _latest_change_ns(settings.dbt_dir):
        return manifest
    manifest.parent.mkdir(exist_ok=True)
    # In a folder of its own, then put in place: a run and the web UI may parse at the same time.
    with tempfile.TemporaryDirectory(dir=manifest.parent) as folder:
        command = [
            sys.executable, "-m", "dbt.cli.main", "--quiet", "parse",
            "--project-dir", str(settings.dbt_dir), "--target-path", folder, "--log-path", folder,
        ]  # fmt: skip
        result = subprocess.run(  # noqa: S603 - our own arguments
            command,
            env={**os.environ, **settings.dbt_environment()},
            capture_output=True,
            text=True,
            check=False,
            cwd=settings.dbt_dir,
        )
        if result.returncode != 0:
            raise NiagaError(f"dbt cannot parse {settings.dbt_dir}:\n{result.stdout}{result.stderr}")
        (Path(folder) / manifest.name).replace(manifest)
    return manifest


def _latest_change_ns(dbt_dir: Path) -> int:
    sources = [dbt_dir / "dbt_project.yml", dbt_dir / "profiles.yml"]
    for folder in ("models", "macros", "tests", "seeds"):
        sources += [path for path in (dbt_dir / folder).rglob("*") if path.suffix in {".sql", ".yml", ".csv"}]
        sources += [path for path in (dbt_dir / folder).rglob("*") if path.is_dir()]
    return max(path.stat().st_mtime_ns for path in sources if path.exists())


def describe_models(
    target: Path, build_path: Path, translator: DagsterDbtTranslator
) -> dict[str, dict[str, Any]]:
    """Rows, columns and column lineage of what dbt built, by unique_id, as Dagster metadata."""
    manifest = json.loads((target / "manifest.json").read_bytes())
    models = {uid: node for uid, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    columns = {uid: list(source["columns"]) for uid, source in manifest["sources"].items()}
    types: dict[str, dict[str, str]] = {}
    rows: dict[str, int] = {}
    with duckdb.connect(str(build_path), read_only=True) as connection:
        found: dict[tuple[str, str], dict[str, str]] = {}
        for schema, table, column, type_ in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() order by column_index"
        ).fetchall():
            found.setdefault((schema, table), {})[column] = type_
        for uid, model in models.items():
            types[uid] = found.get((model["schema"], model["alias"]), {})
            columns[uid] = list(types[uid])
            if types[uid] and model["config"]["materialized"] == "table":
                counted = connection.execute(f"select count(*) from {model['relation_name']}").fetchone()
                rows[uid] = counted[0] if counted else 0
    relation_names = {uid: node["relation_name"] for uid, node in (manifest["sources"] | models).items()}
    described: dict[str, dict[str, Any]] = {}
    for uid, model in models.items():
        if not types[uid]:
            continue  # a failed build has no table of it
        lineage = column_lineage(model, columns=columns, relation_names=relation_names)
        described[uid] = {
            "dagster/column_schema": dg.TableSchema(
                columns=[
                    dg.TableColumn(name, type=type_, description=_meaning(model, name))
                    for name, type_ in types[uid].items()
                ]
            ),
            "dagster/column_lineage": dg.TableColumnLineage(
                {
                    column: [
                        dg.TableColumnDep(
                            translator.get_asset_spec(manifest, parent, None).key, parent_column
                        )
                        for parent, parent_column in parents
                    ]
                    for column, parents in lineage.items()
                }
            ),
        }
        if uid in rows:
            described[uid]["dagster/row_count"] = rows[uid]
    return described


def _meaning(model: Mapping[str, Any], column: str) -> str | None:
    return model["columns"].get(column, {}).get("description") or None


def dbt_definitions(settings: Settings) -> list[dg.AssetsDefinition | dg.AssetSpec]:
    """The models as assets, the lexicons they read, and the published file after them."""
    manifest_path = ensure_manifest(settings)
    manifest = json.loads(manifest_path.read_bytes())
    project = DbtProject(project_dir=settings.dbt_dir, profiles_dir=settings.dbt_dir)
    translator = NiagaDbtTranslator()
    kinds = Counter(node["resource_type"] for node in manifest["nodes"].values())
    kinds["test"] += len(manifest.get("unit_tests", {}))
    total = kinds["model"] + kinds["test"]

    @dbt_assets(
        manifest=manifest, project=project, dagster_dbt_translator=translator, name="dbt_build", pool=POOL
    )
    def dbt_build(
        context: dg.AssetExecutionContext,
        warehouse: dg.ResourceParam[Warehouse],
        progress: dg.ResourceParam[Progress],
    ) -> Iterator[Any]:
        """Build and test all models in a fresh file; nothing is done where no input changed."""
        if context.is_subset:
            raise dg.Failure(
                "the models are built together, into a fresh file: select all of them, or run the job refresh",
                allow_retries=False,
            )
        if not warehouse.has_news():
            progress.finish("dbt", "nothing changed, the published warehouse stays")
            return
        progress.update("dbt", 0, total)
        warehouse.tables.verify(ALL_TABLES)
        start_build(warehouse.settings.build_path)
        dbt = DbtCommand(
            project_dir=str(settings.dbt_dir),
            profiles_dir=str(settings.dbt_dir),
            # Of this environment, whatever PATH says; it ends with this process.
            dbt_executable=str(Path(sys.executable).with_name("niaga-dbt")),
        )
        with environment(warehouse.settings.dbt_environment() | {RUN_PID_VARIABLE: str(os.getpid())}):
            # One folder, written over by each run: dagster-dbt's own choice leaves a new one in the checkout each time.
            target = warehouse.settings.dbt_target_dir
            invocation = dbt.cli(["build"], context=context, raise_on_error=True, target_path=target)

        events: list[Any] = []
        try:
            for done, event in enumerate(invocation.stream(), start=1):
                progress.update("dbt", done, total)
                if not isinstance(event, dg.AssetObservation):  # of a column test that passed
                    events.append(event)
        finally:
            # dbt is done, and so is its lock on the file: tell what was built, of a failed build too.
            described = describe_models(invocation.target_path, warehouse.settings.build_path, translator)
            for event in events:
                unique_id = event.metadata["unique_id"].text
                yield event.with_metadata({**event.metadata, **described.get(unique_id, {})})
        progress.finish("dbt", f"{kinds['model']} models built, {kinds['test']} tests passed")

    models = sorted(dbt_build.keys, key=lambda key: list(key.path))

    @dg.asset(
        key=PUBLISHED_KEY,
        deps=models,
        group_name="publish",
        kinds={"duckdb"},
        owners=list(OWNERS),
        pool=POOL,
        description="The DuckDB file that readers open: the tested build, put in place in one step.",
    )
    def published_warehouse(
        warehouse: dg.ResourceParam[Warehouse], progress: dg.ResourceParam[Progress]
    ) -> dg.MaterializeResult[None]:
        """Put the tested build in the place of the published file."""
        publish(warehouse.settings.build_path, warehouse.settings.published_path)
        warehouse.record_publication()
        path = warehouse.settings.published_path
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select table_schema || '.' || table_name as name, estimated_size "
                "from information_schema.tables join duckdb_tables() using (table_name) "
                "where duckdb_tables.schema_name = table_schema order by 1"
            ).fetchall()
        progress.finish("publish", f"{path.name}: {len(tables)} tables")
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(path)),
                "size_bytes": path.stat().st_size,
                "run_id": warehouse.run_id,
                "tables": dg.MetadataValue.table(
                    records=[dg.TableRecord({"table": name, "rows": rows}) for name, rows in tables],
                ),
                "runs": warehouse.tables.manifest(RUNS).rows,
            }
        )

    lexicons = [
        dg.AssetSpec(
            key=dg.AssetKey(["lexicons", source["name"]]),
            description=source["description"] or f"Reference data {source['name']}, shipped with niaga.",
            group_name="lexicons",
            kinds={"csv"},
            owners=list(OWNERS),
        )
        for source in manifest["sources"].values()
        if source["source_name"] == "lexicons"
    ]
    return [dbt_build, published_warehouse, *lexicons]
