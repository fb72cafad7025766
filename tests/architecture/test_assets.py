"""Every asset tells what it is, and all of them hang together."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from pipelines.adapters.state import ALL_TABLES
from pipelines.orchestration.build import build_definitions
from pipelines.orchestration.tables import CONTRACT_CHECK
from pipelines.settings import PROJECT_DIR, TIME_ZONE, Settings

GROUPS = {
    "collect", "dedupe", "extract", "resolve", "record", "lexicons",
    "staging", "intermediate", "core", "trade", "evidence", "publish",
}  # fmt: skip


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> dg.Definitions:
    folder = tmp_path_factory.mktemp("definitions")
    return build_definitions(Settings(raw_dir=folder / "raw", warehouse_dir=folder / "warehouse"))


@pytest.fixture(scope="module")
def graph(definitions: dg.Definitions):
    return definitions.resolve_asset_graph()


def nodes(graph):
    return [graph.get(key) for key in sorted(graph.get_all_asset_keys(), key=lambda key: key.path)]


def test_every_asset_has_description_group_kinds_and_owner(graph) -> None:
    silent = [
        node.key.to_user_string()
        for node in nodes(graph)
        if not (node.description and node.kinds and node.owners and node.group_name in GROUPS)
    ]
    assert not silent


def test_every_stage_table_shows_its_columns_and_its_contract_blocks(graph) -> None:
    checks = {
        key.asset_key.to_user_string()
        for key in graph.asset_check_keys
        if key.name == CONTRACT_CHECK and graph.get_check_spec(key).blocking
    }
    for table in ALL_TABLES:
        node = graph.get(dg.AssetKey(table.name))
        shown = node.metadata["dagster/column_schema"]
        assert [column.name for column in shown.columns] == table.columns
        assert table.name in checks


def test_the_graph_is_one_from_the_raw_folder_to_the_published_file(graph) -> None:
    neighbours = {node.key: node.parent_keys | node.child_keys for node in nodes(graph)}
    reached, todo = set(), [dg.AssetKey("raw_folder")]
    while todo:
        key = todo.pop()
        if key not in reached:
            reached.add(key)
            todo += neighbours[key]
    assert reached == set(neighbours)


def test_every_mart_and_stage_table_comes_from_the_raw_folder(graph) -> None:
    below, todo = set(), [dg.AssetKey("raw_folder")]
    while todo:
        key = todo.pop()
        if key not in below:
            below.add(key)
            todo += graph.get(key).child_keys
    facts = {key for key in graph.get_all_asset_keys() if key.path[-1].startswith(("fct_", "bridge_"))}
    assert len(facts) >= 9
    assert facts | {dg.AssetKey("published_warehouse")} <= below
    assert {dg.AssetKey(table.name) for table in ALL_TABLES} <= below


def test_the_schedule_is_daily_in_jakarta_and_the_sensor_watches(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("daily_refresh")
    assert schedule.execution_timezone == TIME_ZONE
    assert schedule.cron_schedule == "30 5 * * *"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert definitions.resolve_sensor_def("new_raw_files").default_status is dg.DefaultSensorStatus.RUNNING


def test_every_asset_that_writes_takes_the_one_pool(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("refresh")
    assert {node.definition.pool for node in job.graph.nodes} == {"warehouse"}


def test_someone_is_told_when_articles_are_no_longer_read(graph) -> None:
    assert graph.get(dg.AssetKey("articles")).freshness_policy is not None


def test_the_sensor_starts_one_run_for_one_state_of_the_folder(tmp_path: Path) -> None:
    raw_dir = tmp_path / "raw"
    raw_dir.mkdir()
    settings = Settings(raw_dir=raw_dir, warehouse_dir=tmp_path / "warehouse")
    sensor = build_definitions(settings).resolve_sensor_def("new_raw_files")

    def tick(cursor: str | None):
        with dg.DagsterInstance.ephemeral() as instance:
            return sensor.evaluate_tick(dg.build_sensor_context(instance=instance, cursor=cursor))

    first = tick(None)
    assert len(first.run_requests) == 1
    assert not tick(first.cursor).run_requests
    (raw_dir / "a.txt").write_text("a")
    second = tick(first.cursor)
    assert [request.run_key for request in second.run_requests] != [
        request.run_key for request in first.run_requests
    ]
    assert not tick(second.cursor).run_requests


def test_workspace_yaml_loads_the_definitions_that_the_environment_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import yaml

    from pipelines.definitions import defs

    entry = yaml.safe_load((PROJECT_DIR / "workspace.yaml").read_text("utf-8"))["load_from"][0][
        "python_module"
    ]
    assert entry["module_name"] == "pipelines.definitions"
    monkeypatch.setenv("NIAGA_WAREHOUSE_DIR", str(tmp_path))
    assert defs().resolve_job_def("refresh")
