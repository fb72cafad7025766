from __future__ import annotations

from pathlib import Path

import dagster as dg

from pipelines.orchestration.execute import _forget_old_runs


@dg.job
def _trivial() -> None:
    @dg.op
    def nothing() -> None: ...

    nothing()


def test_of_a_forgotten_run_no_file_is_left(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n")
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        runs = [_trivial.execute_in_process(instance=instance).run_id for _ in range(4)]
        for run_id in runs:
            Path(instance.storage_directory(), run_id).mkdir(parents=True, exist_ok=True)
        _forget_old_runs(instance, kept=1)
        kept = {run.run_id for run in instance.get_runs()}
    assert kept == {runs[-1]}
    shards = {path.name.partition(".")[0] for path in (tmp_path / "history" / "runs").iterdir()}
    assert shards & set(runs) == kept
    assert {path.name for path in (tmp_path / "storage").iterdir()} & set(runs) == kept
