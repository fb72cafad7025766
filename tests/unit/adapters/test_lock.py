"""The one writer: the second is told who the first is, and a dead one holds nothing."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.adapters.lock import hold_lock, lock_holder_or_none
from pipelines.errors import LockHeldError

HOLDER = """
import sys, time
from pathlib import Path
from pipelines.adapters.lock import hold_lock
with hold_lock(Path(sys.argv[1]), what="a test run"):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def start_holder(path: Path, seconds: float) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), str(seconds)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_refused_and_told_who_holds_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    holder = start_holder(path, 60)
    try:
        refusal = pytest.raises(LockHeldError, match=rf"a test run \(process {holder.pid} on .*--wait")
        with refusal, hold_lock(path, what="the second"):
            pytest.fail("two writers")
        seen = lock_holder_or_none(path)
        assert seen is not None
        assert seen.pid == holder.pid
    finally:
        holder.kill()
        holder.wait()


def test_the_lock_of_a_killed_process_is_free_at_once(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    holder = start_holder(path, 60)
    holder.kill()
    holder.wait()
    with hold_lock(path, what="the next"):
        pass
    assert lock_holder_or_none(path) is None


def test_a_writer_that_may_wait_gets_the_lock_when_the_first_is_done(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    holder = start_holder(path, 1.0)
    started = time.monotonic()
    with hold_lock(path, what="the second", wait_seconds=30):
        waited = time.monotonic() - started
    holder.wait()
    assert 0.3 < waited < 20


def test_nobody_holds_a_lock_that_was_never_taken(tmp_path: Path) -> None:
    assert lock_holder_or_none(tmp_path / "run.lock") is None
