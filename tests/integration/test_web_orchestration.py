"""Visits, backfills, checks and alerts as Dagster does them, on a loopback outlet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import dagster as dg
import pytest
import yaml

from pipelines.adapters.alerts import post_alert
from pipelines.adapters.state import open_warehouse
from pipelines.contracts.runs import RAW_FILES
from pipelines.errors import NiagaError
from pipelines.orchestration.assets import collect
from pipelines.orchestration.assets.web import today
from pipelines.orchestration.build import build_definitions
from pipelines.orchestration.execute import prepare_dagster_home
from pipelines.settings import Settings
from tests.support.outlet import Answer, Outlet, running_outlet
from tests.support.warc import article_page


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with running_outlet() as served:
        links = "".join(
            f"<item><title>B</title><link>{served.url}/2024/03/0{n}/ekspor</link></item>" for n in (4, 5)
        )
        served.serve(
            "/feed", f"<rss version='2.0'><channel>{links}</channel></rss>", kind="application/rss+xml"
        )
        for number in (4, 5):
            served.serve(f"/2024/03/0{number}/ekspor", article_page(number))
        yield served


@pytest.fixture
def told(outlet: Outlet) -> list[dict]:
    """What the webhook was told."""
    messages: list[dict] = []

    def take(handler: BaseHTTPRequestHandler) -> None:
        messages.append(json.loads(handler.rfile.read(int(handler.headers["Content-Length"]))))
        handler.send_response(200)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    outlet.paths["/hook"] = Answer(write=take)
    return messages


@pytest.fixture
def settings(tmp_path: Path, outlet: Outlet) -> Settings:
    made = Settings(
        raw_dir=tmp_path / "raw", warehouse_dir=tmp_path / "warehouse", sources_path=tmp_path / "sources.yml",
        alert_webhook=f"{outlet.url}/hook",
    )  # fmt: skip
    made.raw_dir.mkdir()
    source = {"name": "suara-x", "feeds": [f"{outlet.url}/feed"], "politeness": {"delay_seconds": 0}}
    config = {"allow_private_addresses": ["127.0.0.0/8"], "sources": [source]}
    made.sources_path.write_text(yaml.safe_dump(config))
    return made


def fetch(settings: Settings, partition: str) -> dg.ExecuteInProcessResult:
    job = build_definitions(settings).resolve_job_def("fetch")
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(instance=instance, partition_key=partition, raise_on_error=False)


def evaluations(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetCheckEvaluation]:
    return {evaluation.check_name: evaluation for evaluation in result.get_asset_check_evaluations()}


def test_a_visit_is_a_partition_of_today_with_a_check_for_each_source(settings: Settings) -> None:
    result = fetch(settings, today())
    assert result.success
    checks = evaluations(result)
    assert {name: check.passed for name, check in checks.items()} == {"answers": True, "alive_suara_x": True}
    (event,) = result.get_asset_materialization_events()
    assert event.partition == today()
    assert event.materialization.metadata["new_pages"].value == 2


def test_visits_that_do_not_come_are_seen_where_there_is_somebody_to_visit(settings: Settings) -> None:
    def policy() -> object:
        graph = build_definitions(settings).resolve_asset_graph()
        return graph.get(dg.AssetKey("web_fetches")).freshness_policy

    assert policy() is not None
    settings.sources_path.unlink()
    assert policy() is None


def test_a_backfill_of_one_day_fetches_the_pages_of_that_day(settings: Settings, outlet: Outlet) -> None:
    fetch(settings, "2024-03-05")
    assert [path for path in outlet.asked if path.startswith("/2024")] == ["/2024/03/05/ekspor"]


def test_a_source_that_fails_is_seen_and_told_once(
    settings: Settings, outlet: Outlet, told: list[dict]
) -> None:
    outlet.paths["/feed"] = Answer(status=404)
    for _ in range(2):
        result = fetch(settings, today())
        check = evaluations(result)["alive_suara_x"]
        assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
        assert not evaluations(result)["answers"].passed
    assert [(message["facts"]["source"], message["facts"]["state"]) for message in told] == [
        ("suara-x", "failing")
    ]
    assert "suara-x is failing" in told[0]["text"]


def read_raw_folder(settings: Settings) -> dict[str, dg.AssetCheckEvaluation]:
    resources = build_definitions(settings).resources or {}
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([collect.collect], instance=instance, resources=resources)
    return {check.check_name: check for check in result.get_asset_check_evaluations()}


@pytest.mark.parametrize(
    ("undated", "unreadable", "expected"),
    [
        (0, 0, {"missing_dates": None, "reject_rate": None}),
        (5, 0, {"missing_dates": dg.AssetCheckSeverity.WARN, "reject_rate": None}),
        (29, 0, {"missing_dates": dg.AssetCheckSeverity.ERROR, "reject_rate": None}),
        (0, 5, {"missing_dates": None, "reject_rate": dg.AssetCheckSeverity.WARN}),
        (0, 20, {"missing_dates": None, "reject_rate": dg.AssetCheckSeverity.ERROR}),
    ],
)
def test_a_folder_whose_dates_or_texts_fail_is_seen_beside_one_that_does_well(
    settings: Settings, undated: int, unreadable: int, expected: dict[str, dg.AssetCheckSeverity | None]
) -> None:
    text = "Bupati melepas ekspor {} ton kopi ke Jepang dari gudang koperasi petani di Kabupaten Contoh, kata kepala dinas."
    for folder, without, broken in (("baik", 0, 0), ("arsip", undated, unreadable)):
        records = [
            {
                "url": f"https://{folder}.example.co.id/{number}",
                "text": text.format(number + 1) if number >= broken else "-",
                "published": None if number < without else "2024-03-04",
            }
            for number in range(30)
        ]
        (settings.raw_dir / folder).mkdir()
        (settings.raw_dir / folder / "x.jsonl").write_text("\n".join(map(json.dumps, records)))
    checks = read_raw_folder(settings)
    found = {name: None if checks[name].passed else checks[name].severity for name in expected}
    assert found == expected


def test_only_the_step_that_asks_the_network_is_tried_again(settings: Settings) -> None:
    definitions = build_definitions(settings)
    retried = {
        node.definition.name
        for name in ("refresh", "fetch")
        for node in definitions.resolve_job_def(name).graph.nodes
        if node.definition.retry_policy is not None
    }
    assert retried == {"web_fetches"}


@pytest.mark.parametrize("name", ["hourly_fetch", "daily_fetch"])
def test_a_schedule_asks_for_todays_partition_where_there_is_somebody_to_ask(
    settings: Settings, name: str
) -> None:
    definitions = build_definitions(settings)
    schedule = definitions.resolve_schedule_def(name)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=datetime.now(UTC),
            repository_def=definitions.get_repository_def(),
        )
        ticked = schedule.evaluate_tick(context)
    if name == "hourly_fetch":
        (request,) = ticked.run_requests
        assert request.partition_key == today()
        assert request.run_config["ops"]["web_fetches"]["config"]["schedule"] == "hourly"
    else:
        assert not ticked.run_requests
        assert "no enabled source" in ticked.skip_message


def test_a_visit_takes_a_pool_of_its_own_so_that_it_waits_for_no_refresh(settings: Settings) -> None:
    definitions = build_definitions(settings)
    assert {node.definition.pool for node in definitions.resolve_job_def("fetch").graph.nodes} == {"web"}
    with dg.DagsterInstance.from_config(str(prepare_dagster_home(settings))) as instance:
        limits = instance.get_concurrency_config()
        assert limits.pool_config.default_pool_limit == 1
        assert limits.run_queue_config.max_concurrent_runs > 1


@pytest.mark.parametrize(
    ("job", "partition", "left"),
    [
        ("reread_day", "2024-03-05", ["a.txt", "x.warc.gz"]),
        ("reread_archive", "x.warc.gz", ["a.txt", "web/2024-03-05/1.fetches"]),
    ],
)
def test_a_day_or_an_archive_is_read_again_by_a_click(
    settings: Settings, job: str, partition: str, left: list[str]
) -> None:
    row = {
        "size": 1,
        "mtime_ns": 1,
        "read_at_ns": 1,
        "raw_sha256": "0",
        "metadata_sha256": "0",
        "collect_version": "v",
    }
    paths = ["a.txt", "web/2024-03-05/1.fetches", "x.warc.gz"]
    with open_warehouse(settings, run_id="test", what="test") as warehouse:
        rows = [{"raw_path": path, **row, "resume_at": None} for path in paths]
        warehouse.tables.replace(RAW_FILES, RAW_FILES.frame(rows))
    definitions = build_definitions(settings)
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("archives", ["x.warc.gz"])
        done = definitions.resolve_job_def(job).execute_in_process(
            instance=instance, partition_key=partition, resources=definitions.resources
        )
        assert done.success
    with open_warehouse(settings, run_id="test", what="test") as warehouse:
        assert warehouse.tables.read(RAW_FILES)["raw_path"].to_list() == left


def test_a_failed_run_is_told_to_the_webhook(settings: Settings, told: list[dict]) -> None:
    definitions = build_definitions(settings)
    sensor = definitions.resolve_sensor_def("alert_on_failure")
    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING

    @dg.op
    def fails() -> None:
        raise ValueError("the disk is full")

    @dg.job
    def broken() -> None:
        fails()

    with dg.DagsterInstance.ephemeral() as instance:
        result = broken.execute_in_process(instance=instance, raise_on_error=False)
        context = dg.build_run_status_sensor_context(
            sensor_name="alert_on_failure", dagster_instance=instance, dagster_run=result.dagster_run,
            dagster_event=result.get_run_failure_event(),
        ).for_run_failure()  # fmt: skip
        sensor(context)
    (message,) = told
    assert message["title"] == "niaga: run of broken failed"
    assert message["facts"]["run_id"] == result.run_id


@pytest.mark.parametrize("webhook", ["http://127.0.0.1:1/hook", "no address", "ftp://x/"])
def test_an_alert_that_cannot_be_delivered_fails_nothing(webhook: str) -> None:
    assert post_alert(webhook, title="t", text="x", facts={})


def test_postgres_is_dagsters_storage_where_it_is_named(tmp_path: Path) -> None:
    environment = {
        "NIAGA_RAW_DIR": str(tmp_path / "raw"), "NIAGA_WAREHOUSE_DIR": str(tmp_path / "w"),
        "NIAGA_POSTGRES_URL": "postgresql+psycopg2://niaga@localhost/dagster",
    }  # fmt: skip
    home = prepare_dagster_home(Settings.from_environment(environment))
    config = yaml.safe_load((home / "dagster.yaml").read_text())
    assert config["storage"] == {"postgres": {"postgres_url": {"env": "NIAGA_POSTGRES_URL"}}}
    assert "niaga@localhost" not in (home / "dagster.yaml").read_text(), (
        "the password stays in the environment"
    )
    with pytest.raises(NiagaError, match="must name the driver"):
        Settings.from_environment(
            environment | {"NIAGA_POSTGRES_URL": "postgresql://niaga@localhost/dagster"}
        )
    environment.pop("NIAGA_POSTGRES_URL")
    home = prepare_dagster_home(Settings.from_environment(environment))
    assert "storage" not in yaml.safe_load((home / "dagster.yaml").read_text())
