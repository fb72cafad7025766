"""Runs that die: a warehouse of a test's own, killed at a chosen point, looked at, and run again."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import multiprocessing
import multiprocessing.context
import os
import re
import resource
import shutil
import signal
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import typer
import yaml

from pipelines.adapters.durable import TEMPORARY_SUFFIX
from pipelines.adapters.state import ALL_TABLES
from pipelines.adapters.tables import MANIFEST_NAME, TableStore
from pipelines.contracts.events import EVENT_CLAIMS
from pipelines.contracts.runs import RUNS
from pipelines.contracts.tables import ARTICLES
from pipelines.orchestration.dbt import ensure_manifest
from pipelines.settings import PROJECT_DIR, Settings

_POINTS_DIR = Path(__file__).resolve().parent / "fault_points"
# Importing Dagster takes longer than most of these runs live: each is a fork of a process that did that and nothing else.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["__main__", "pipelines.cli.run", "pipelines.orchestration.execute"])
# Differ from run to run by their nature: which run, and when.
_OF_THE_RUN = ("run_id", "_at", "read_at_ns", "mtime_ns")
# Where the name of a point ends that the next run meets, too: hashes and numbers of parts, process ids.
_OF_ONE_RUN = re.compile(r"[0-9a-f]{24}\.parquet|\d{8}\.parquet|\.\d+\.niaga-tmp| \"build\"")
# The marts that the small project keeps, with all they rest on.
_KEPT_MODELS = ("core.articles", "core.article_clusters", "core.claims", "core.rejects", "core.runs")


@dataclass(frozen=True)
class Site:
    """One warehouse with its raw folder and dbt project."""

    root: Path
    project: Path

    @property
    def raw(self) -> Path:
        return self.root / "raw"

    @property
    def warehouse(self) -> Path:
        return self.root / "warehouse"

    @property
    def published(self) -> Path:
        return self.warehouse / "niaga.duckdb"

    def copy(self, root: Path) -> Site:
        """The same state in another place; modification times stay, so nothing counts as changed."""
        shutil.copytree(self.root, root, symlinks=True)
        return Site(root, self.project)


def small_project(folder: Path, *, models: tuple[str, ...] = _KEPT_MODELS) -> Path:
    """The dbt project cut to some marts with all they rest on, without tests: a build in seconds, by the same steps."""
    project = lean_project(folder) / "dbt_project"
    manifest = json.loads(ensure_manifest(Settings(folder, folder)).read_bytes())
    nodes = {uid: node for uid, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    wanted = [uid for uid, node in nodes.items() if f"{node['schema']}.{node['alias']}" in models]
    assert len(wanted) == len(models)
    kept: set[str] = set()
    while wanted:
        uid = wanted.pop()
        kept.add(uid)
        wanted += [parent for parent in manifest["parent_map"][uid] if parent in nodes and parent not in kept]
    paths = {(project / nodes[uid]["original_file_path"]).with_suffix("") for uid in kept}
    for path in [*project.glob("models/**/*.sql"), *project.glob("models/**/*.yml")]:
        if path.name != "_sources.yml" and path.with_suffix("") not in paths:
            path.unlink()
    return folder


def lean_project(folder: Path) -> Path:
    """The dbt project with all models and no tests: a third of the time of a build."""
    whole = PROJECT_DIR / "dbt_project"
    ignored = shutil.ignore_patterns("target", "logs", "tests", "*unit_tests.yml", "exposures.yml")
    shutil.copytree(whole, folder / "dbt_project", ignore=ignored)
    (folder / "dbt_project" / "tests").mkdir()
    for path in (folder / "dbt_project" / "models").rglob("*.yml"):
        path.write_text(yaml.safe_dump(_without_tests(yaml.safe_load(path.read_text("utf-8")))), "utf-8")
    return folder


def _without_tests(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _without_tests(inner) for key, inner in value.items() if key not in {"data_tests", "tests"}
        }
    return [_without_tests(inner) for inner in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Run:
    """A run under way, in a process group of its own."""

    process: multiprocessing.context.ForkServerProcess
    messages: Path

    @property
    def pid(self) -> int:
        assert self.process.pid is not None
        return self.process.pid

    def is_alive(self) -> bool:
        """Whether it is still going on."""
        return self.process.is_alive()

    def kill(self) -> None:
        """Kill the run, and only it: what it started must notice by itself."""
        self.process.kill()
        self.process.join()

    def finish(self, *, seconds: float = 300) -> tuple[int, str]:
        """Exit code and messages of a run that ends by itself; -9 where it was killed."""
        self.process.join(seconds)
        assert self.process.exitcode is not None, f"the run did not end within {seconds:.0f} s"
        return self.process.exitcode, self.messages.read_text("utf-8")


def start(
    site: Site, *, log: Path | None = None, at: int | str | None = None, limit_bytes: int | None = None
) -> Run:
    """Start what `niaga run` does; with `log`, its points are noted there and `at` is its last.

    With `limit_bytes` no file it writes can grow beyond: a write fails as it does on a full disk.
    """
    environment = os.environ | {
        "NIAGA_RAW_DIR": str(site.raw), "NIAGA_WAREHOUSE_DIR": str(site.warehouse), "NO_COLOR": "1",
        "NIAGA_REVIEWS": str(site.root / "reviews.csv"), "PYTHONPATH": str(PROJECT_DIR),
    }  # fmt: skip
    if log is not None:
        log.unlink(missing_ok=True)
        environment |= {"NIAGA_FAULT_FOLDER": str(site.warehouse), "NIAGA_FAULT_LOG": str(log)}
        environment["PYTHONPATH"] = f"{_POINTS_DIR}{os.pathsep}{PROJECT_DIR}"
        if at is not None:
            environment["NIAGA_FAULT_AT"] = str(at)
    messages = site.root / "messages.txt"
    process = _FORKS.Process(target=_run, args=(site.project, environment, messages, limit_bytes))
    process.start()
    return Run(process, messages)


def _run(project: Path, environment: dict[str, str], messages: Path, limit_bytes: int | None) -> None:
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, Path(os.devnull)), (2, messages)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
    if limit_bytes is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # EFBIG instead of death
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, limit_bytes))
    # What Python does by itself in a new process where the folder is on PYTHONPATH, as in the dbt of this run.
    points = importlib.util.spec_from_file_location("fault_points", _POINTS_DIR / "sitecustomize.py")
    assert points is not None
    assert points.loader is not None
    points.loader.exec_module(importlib.util.module_from_spec(points))
    from pipelines.cli.app import expected_failures
    from pipelines.cli.run import publish_news

    try:
        with expected_failures():
            publish_news(replace(Settings.from_environment(os.environ), project_dir=project), 0.0)
    except typer.Exit as end:
        sys.exit(end.exit_code)


def complete(site: Site) -> None:
    """A run that must succeed."""
    code, messages = start(site).finish()
    assert code == 0, messages


def points(site: Site, log: Path) -> list[str]:
    """All points of a run that is let through to its end."""
    code, messages = start(site, log=log).finish()
    assert code == 0, messages
    return log.read_text("utf-8").splitlines()


def kill_at(site: Site, at: int | str, log: Path) -> str:
    """Kill a run and its dbt at a point; the point, or "" where the run had fewer."""
    code, messages = start(site, log=log, at=at).finish()
    if code == 0:
        return ""
    assert code == -signal.SIGKILL, messages
    return log.read_text("utf-8").splitlines()[-1]


def kill_after(site: Site, seconds: float) -> bool:
    """Kill a run, and only it, after a time: what it started must notice by itself. False where it was done."""
    run = start(site)
    run.process.join(seconds)
    run.kill()
    code, messages = run.finish()
    assert code in {0, -signal.SIGKILL}, messages
    return code != 0


def row_hashes(site: Site) -> dict[str, str]:
    """A hash of all rows of each stage table and each published table, without what names the run or its time."""
    store = TableStore(site.warehouse / "tables")
    found = {table.name: _frame_hash(store.read(table)) for table in ALL_TABLES}
    with duckdb.connect(str(site.published), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        for schema, table in tables:
            rows = connection.sql(f"from {schema}.{table}").pl()
            found[f"{schema}.{table}"] = _frame_hash(rows)
    return found


def published_states(site: Site) -> tuple[str, ...]:
    """What a reader sees: tables and the hash of their rows, the run included; () where nothing is published.

    Fails where the file cannot be opened, a row cannot be read, or its tables are not of one run.
    """
    if not site.published.exists():
        return ()
    with duckdb.connect(str(site.published), read_only=True) as connection:
        tables = connection.execute(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        states = []
        for schema, table in tables:
            rows = connection.execute(f"select * from {schema}.{table} order by all").fetchall()
            states.append(f"{schema}.{table} {hashlib.sha256(str(rows).encode()).hexdigest()}")
        torn = connection.execute(
            "select count(*) from core.claims anti join core.articles using (article_id)"
        ).fetchone()
        assert torn == (0,)
        current = connection.execute(
            "select n_articles from core.runs order by started_at desc limit 1"
        ).fetchone()
        assert current == connection.execute("select count(*) from core.articles").fetchone()
    return tuple(states)


def orphans(site: Site) -> list[str]:
    """Files of the warehouse folder that no finished run leaves."""
    found = list(site.warehouse.rglob(f"*{TEMPORARY_SUFFIX}"))
    found += list(site.warehouse.glob("build.duckdb*"))
    for manifest in (site.warehouse / "tables").glob(f"*/{MANIFEST_NAME}"):
        named = {part["file"] for part in json.loads(manifest.read_bytes())["parts"]}
        found += [path for path in manifest.parent.glob("*.parquet") if path.name not in named]
    index = site.warehouse / "dedupe_index"
    if (index / MANIFEST_NAME).exists():
        parts = json.loads((index / MANIFEST_NAME).read_bytes())["parts"]
        named = {part["file"] for kind in parts.values() for part in kind}
        found += [path for path in index.glob("*.parquet") if path.name not in named]
    return sorted(str(path.relative_to(site.warehouse)) for path in found)


def wait_until_gone(pid: int, *, seconds: float) -> bool:
    """Whether a process ends by itself within a time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not Path(f"/proc/{pid}").exists():
            return True
        time.sleep(0.05)
    return False


def _frame_hash(frame: pl.DataFrame) -> str:
    names = [name for name in frame.columns if not name.endswith(_OF_THE_RUN)]
    rows = sorted(json.dumps(row, default=str, sort_keys=True) for row in frame.select(names).to_dicts())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


@dataclass(frozen=True)
class Crashes:
    """A warehouse with news in its raw folder, and what an undisturbed run makes of them."""

    base: Site
    before: tuple[str, ...]
    after: dict[str, str]
    points: tuple[str, ...]
    seconds: float

    @classmethod
    def prepare(cls, folder: Path) -> Crashes:
        """Publish some articles, add new and changed ones, and let one run through."""
        site = Site(folder / "base", small_project(folder / "project"))
        site.raw.mkdir(parents=True)
        seeds = sorted((PROJECT_DIR / "data" / "raw").glob("*.txt"))
        for seed in seeds[:3]:
            shutil.copy2(seed, site.raw)
        complete(site)
        for seed in seeds[3:]:
            shutil.copy2(seed, site.raw)
        shutil.copy2(seeds[3], site.raw / "copy.txt")
        changed = (site.raw / seeds[0].name).read_text(
            "utf-8"
        ) + "\nEkspor itu berangkat dari Tanjung Priok.\n"
        (site.raw / seeds[0].name).write_text(changed, "utf-8")
        (site.raw / "empty.txt").write_bytes(b"")
        undisturbed = site.copy(folder / "undisturbed")
        started = time.monotonic()
        met = points(undisturbed, folder / "points.log")
        assert orphans(undisturbed) == []
        return cls(
            site, published_states(site), row_hashes(undisturbed), tuple(met), time.monotonic() - started
        )

    def names(self) -> list[str]:
        """How each kind of point at each place begins, without what differs from run to run, in the order of a run."""
        return list(dict.fromkeys(_OF_ONE_RUN.split(point)[0] for point in self.points))

    def kill(self, site: Site, *, at: int | str | None = None, seconds: float = 0.0) -> str:
        """Kill the next run of a site at a point, or after a time, and look at what readers have.

        Returns the point; "" where the run was done before.
        """
        if at is not None:
            point = kill_at(site, at, site.root / "points.log")
        else:
            point = f"after {seconds:.1f} s" if kill_after(site, seconds) else ""
        states = published_states(site)
        if states != self.before:  # the kill came after publishing: then it is the new state, whole
            names = {name for name in self.after if "." in name}
            found = row_hashes(site)
            assert {name: found[name] for name in names} == {name: self.after[name] for name in names}, point
        return point

    def recover(self, site: Site) -> None:
        """The next run of a killed site must end with the rows of an undisturbed one, and leave no orphan."""
        complete(site)
        found = row_hashes(site)
        assert found == self.after, sorted(name for name in self.after if found.get(name) != self.after[name])
        assert published_states(site) != self.before
        assert orphans(site) == []
        store = TableStore(site.warehouse / "tables")
        runs = set(store.read(RUNS)["run_id"])
        named = set(store.read(ARTICLES)["run_id"]) | set(store.read(EVENT_CLAIMS)["first_seen_run_id"])
        assert named <= runs, "rows name a run that no reader can look up"
