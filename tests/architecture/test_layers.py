"""The import rule of docs/guide.md: contracts, lexicons, text, stages, adapters, orchestration, one direction."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pipelines"

# Layer: layers of ours it may import, besides itself, settings and errors, which are open to all.
ALLOWED = {
    "contracts": set(),
    "lexicons": {"contracts"},
    "text": {"contracts", "lexicons"},
    "stages": {"contracts", "lexicons", "text"},
    "adapters": {"contracts", "lexicons", "text", "stages"},
    "orchestration": {"contracts", "lexicons", "text", "stages", "adapters"},
    "cli": {"contracts", "lexicons", "text", "stages", "adapters", "orchestration"},
    "definitions": {"orchestration"},
    "settings": set(),
    "errors": set(),
}
# Package of the reading: those of its packages it may import, besides itself and the modules beside the packages.
READING = {
    "article": set(),
    "weighing": {"article"},
    "missions": {"article"},
    "trainings": {"article"},
    "exhibitions": {"article", "missions"},
    "targets": {"article"},
    "shipments": {"article", "weighing"},
    "realisations": {"article", "weighing", "targets", "shipments"},
    "presence": {"article", "weighing"},
}
OPEN_TO_ALL = {"settings", "errors", ""}
# Libraries that reach engines, disk or network, and the layers that may not know them.
PURE = {"contracts", "lexicons", "text", "stages"}
ENGINES = {
    "dagster",
    "dagster_dbt",
    "dbt",
    "duckdb",
    "httpx",
    "requests",
    "urllib3",
    "socket",
    "subprocess",
    "sqlite3",
    "pyspark",
}
DISK_CALLS = {
    "open",
    "read_text",
    "read_bytes",
    "write_text",
    "write_bytes",
    "mkdir",
    "unlink",
    "scan_parquet",
    "read_parquet",
    "write_parquet",
}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write it in full"
            names.add(node.module or "")
            if node.module == "pipelines":
                names |= {f"pipelines.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_the_layers_below_it(path: Path) -> None:
    ours = {
        name.split(".")[1] if "." in name else ""
        for name in imported(path)
        if name.split(".")[0] == "pipelines"
    }
    own = layer(path)
    if own == "__init__":
        assert not ours
        return
    assert own in ALLOWED, f"{own} is a new layer: say here what it may import"
    ours.discard("__version__")
    assert ours - OPEN_TO_ALL - {own} <= ALLOWED[own]


def test_the_packages_of_the_reading_import_one_way() -> None:
    reading = PACKAGE / "stages" / "extract"
    assert {path.parent.name for path in reading.glob("*/__init__.py")} == set(READING)
    for package, below in READING.items():
        for path in (reading / package).glob("*.py"):
            asked = {
                name.split(".")[3] for name in imported(path) if name.startswith("pipelines.stages.extract.")
            }
            assert asked & set(READING) <= below | {package}, path


@pytest.mark.parametrize(
    "path", [p for p in modules() if layer(p) in PURE], ids=lambda p: p.relative_to(PACKAGE).as_posix()
)
def test_pure_layers_know_no_engine(path: Path) -> None:
    assert not {name.split(".")[0] for name in imported(path)} & ENGINES


@pytest.mark.parametrize(
    "path",
    [p for p in modules() if layer(p) in PURE - {"lexicons"}],
    ids=lambda p: p.relative_to(PACKAGE).as_posix(),
)
def test_pure_layers_touch_no_file(path: Path) -> None:
    calls = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
    }
    assert not calls & DISK_CALLS


def test_only_orchestration_and_definitions_import_dagster() -> None:
    users = {
        layer(path)
        for path in modules()
        if {name.split(".")[0] for name in imported(path)} & {"dagster", "dagster_dbt"}
    }
    assert users == {"orchestration", "definitions"}


def test_nothing_reads_the_environment_at_import_but_the_command_and_dagster() -> None:
    readers = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
        if layer(path) not in {"cli", "orchestration", "definitions"}
    }
    assert not readers
