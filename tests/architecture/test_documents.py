"""What the documents say exists: commands, targets, paths, reason codes; and what exists is in the documents."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli.app import app
from pipelines.contracts.tables import REJECTS

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
README = (ROOT / "README.md").read_text("utf-8")
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text("utf-8")


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.M))


def reason_codes() -> set[str]:
    """The codes that the stages and readers give, read from their source: rejects are made by few names."""
    codes: set[str] = set()
    for path in sorted((ROOT / "pipelines").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            places = {"Rejection": 1, "report": 0}
            if name in places and len(node.args) > places[name]:
                argument = node.args[places[name]]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    codes.add(argument.value)
    return codes


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_make_targets_in_documents_exist(path: Path) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text("utf-8"), re.M))
    assert named <= make_targets()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_in_documents_exist(path: Path) -> None:
    named = set(re.findall(r"\bniaga ([a-z]+)", re.sub(r"(?m)^[^`$#]*$", "", path.read_text("utf-8"))))
    prose = {"and", "in", "is", "needs", "reads", "into"}
    assert named - prose <= set(get_command(app).commands)


def test_every_command_is_in_the_readme_and_teaches_by_its_help() -> None:
    for name, command in get_command(app).commands.items():
        assert f"`niaga {name}" in README
        assert command.help
        assert "Example:" in (command.epilog or ""), f"niaga {name} --help shows no example"
        for option in command.params:
            if option.param_type_name == "option" and option.name != "help":
                assert option.help, f"niaga {name} {option.opts[0]} is not explained"


def test_every_make_target_shows_in_make_help() -> None:
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    phony = set(re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)[1].split())
    assert phony == set(re.findall(r"^  make ([a-z-]+)", shown, re.M))


def test_every_reason_code_is_in_the_runbook() -> None:
    codes = reason_codes() | {
        "vanished",
        "unreadable",
        "read_failed",
        "extract_failed",
        "figure_out_of_range",
    }
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in RUNBOOK} == set()
    assert "docs/runbook.md" in next(field.meaning for field in REJECTS.fields if field.name == "reason_code")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_that_documents_name_exist(path: Path) -> None:
    text = path.read_text("utf-8")
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    named = re.findall(r"`((?:pipelines|docs|tests|scripts|dbt_project|benchmarks)/[\w./-]+?\.\w+)`", text)
    missing = [name for name in links if not (path.parent / name).exists()]
    missing += [name for name in named if not (ROOT / name).exists()]
    assert missing == []
