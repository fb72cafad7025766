"""The audit fails on a known vulnerability, and on nothing else."""

from __future__ import annotations

import importlib.util

import pytest

from pipelines.settings import PROJECT_DIR

_SPEC = importlib.util.spec_from_file_location("audit", PROJECT_DIR / "scripts" / "audit.py")
assert _SPEC and _SPEC.loader
audit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(audit)

SOUND = {"name": "a", "version": "1", "vulns": []}
ILL = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([SOUND, UNKNOWN], 0, "1 of 2 packages audited, 0 with known vulnerabilities"),
        ([SOUND, ILL], 1, "b 2: PYSEC-1, mended in 2.1"),
        ([UNKNOWN], 0, "not audited: the vulnerability service here knows none of the 1 packages"),
    ],
)
def test_a_known_vulnerability_fails_and_silence_is_said(
    packages: list[dict], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.judge(packages) == code
    assert said in capsys.readouterr().out
