"""What is broken does not get further: a failing contract check stops dbt, a failing dbt test stops publishing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import dagster as dg
import duckdb
import polars as pl
import pytest

from pipelines.errors import NiagaError
from pipelines.orchestration import execute
from pipelines.orchestration.assets import dedupe as dedupe_asset
from pipelines.orchestration.build import build_definitions
from pipelines.orchestration.environment import environment
from pipelines.orchestration.progress import Silent
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.stages.dedupe import DedupeResult

ARTICLE = (PROJECT_DIR / "data" / "raw" / "004_c187de97a2310723.txt").read_bytes()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "a.txt").write_bytes(ARTICLE)
    return Settings(raw_dir=tmp_path / "raw", warehouse_dir=tmp_path / "warehouse")


@pytest.fixture
def broken_dedupe(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster_articles = dedupe_asset.cluster_articles

    def two_rows_for_one_article(*arguments, **options) -> DedupeResult:
        result = cluster_articles(*arguments, **options)
        return DedupeResult(
            clusters=pl.concat([result.clusters, result.clusters]), links=result.links, rejects=result.rejects
        )

    monkeypatch.setattr(dedupe_asset, "cluster_articles", two_rows_for_one_article)


def run_job(settings: Settings) -> dg.ExecuteInProcessResult:
    with environment(settings.environment()):
        job = build_definitions(settings).resolve_job_def("refresh")
        return job.execute_in_process(run_config=execute._QUIET, raise_on_error=False)


def test_a_failing_contract_check_stops_dbt_and_stores_nothing(
    settings: Settings, broken_dedupe: None
) -> None:
    result = run_job(settings)
    assert not result.success
    checks = {
        (check.asset_key.to_user_string(), check.check_name): check.passed
        for check in result.get_asset_check_evaluations()
    }
    assert checks["articles", "contract"] is True
    assert checks["article_clusters", "contract"] is False
    started = {event.step_key for event in result.all_events if event.event_type_value == "STEP_START"}
    assert "collect" in started
    assert not started & {"resolve", "record", "dbt_build", "published_warehouse"}
    assert not settings.published_path.exists()
    assert not settings.build_path.exists()
    assert pl.read_parquet(settings.tables_dir / "article_clusters" / "*.parquet").is_empty()
    assert [line["run_id"] for line in failures(settings)] == [result.run_id]


def test_the_command_names_the_broken_contract_and_exits_with_1(
    settings: Settings, broken_dedupe: None
) -> None:
    with pytest.raises(
        NiagaError, match=r"contract broken, nothing was stored: article_clusters: .*article_id"
    ):
        execute.run_pipeline(settings, progress=Silent())
    (line,) = failures(settings)
    assert line["level"] == "error"
    assert "contract broken" in line["message"]


def failures(settings: Settings) -> list[dict[str, str]]:
    """The lines of failures in the run log."""
    lines = (settings.log_dir / "niaga.jsonl").read_text("utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == "failed"]


def test_models_alone_cannot_be_built_in_part(settings: Settings) -> None:
    """The build starts from an empty file: half of the models would be published without the other half."""
    with environment(settings.environment()):
        definitions = build_definitions(settings)
        job = definitions.resolve_implicit_global_asset_job_def().get_subset(
            asset_selection={dg.AssetKey(["core", "articles"])}
        )
        result = job.execute_in_process(run_config=execute._QUIET, raise_on_error=False)
    assert not result.success
    assert "select all of them" in str(result.get_step_failure_events()[0].event_specific_data.error)


def test_a_failing_dbt_test_leaves_the_published_file_and_names_the_test(
    settings: Settings, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    shutil.copytree(
        PROJECT_DIR / "dbt_project", project / "dbt_project", ignore=shutil.ignore_patterns("target")
    )
    (project / "dbt_project" / "tests" / "nothing_is_right.sql").write_text(
        "select article_id from {{ ref('articles') }}\n"
    )
    settings.warehouse_dir.mkdir()
    duckdb.connect(str(settings.published_path)).close()
    before = settings.published_path.read_bytes()
    broken = Settings(raw_dir=settings.raw_dir, warehouse_dir=settings.warehouse_dir, project_dir=project)
    with pytest.raises(NiagaError, match="nothing_is_right"):
        execute.run_pipeline(broken, progress=Silent())
    assert settings.published_path.read_bytes() == before
    assert settings.build_path.exists(), "kept, to look at"
