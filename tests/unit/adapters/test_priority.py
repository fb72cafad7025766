from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.adapters.priority import NICENESS

pytestmark = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="threads are named on Linux")

# Niceness of the thread that calls, of one that was there before, of a child; then the session's, where there is one.
SHOW = """
import os, subprocess, sys, threading
from pathlib import Path
from pipelines.adapters.priority import give_way
known, done = threading.Event(), threading.Event()
other = threading.Thread(target=lambda: (known.set(), done.wait()))
other.start(); known.wait()
give_way(); give_way()
print(os.nice(0), os.getpriority(os.PRIO_PROCESS, other.native_id))
print(subprocess.run([sys.executable, "-c", "import os; print(os.nice(0))"], capture_output=True, text=True).stdout)
session = Path("/proc/self/autogroup")
print(session.read_text() if session.exists() else "none")
done.set()
"""


def shown(*, own_session: bool) -> list[str]:
    result = subprocess.run(
        [sys.executable, "-c", SHOW],
        capture_output=True,
        text=True,
        check=True,
        start_new_session=own_session,
    )
    return result.stdout.split("\n")


def test_a_run_its_threads_and_what_it_starts_go_behind_others() -> None:
    nice = max(NICENESS, os.nice(0))
    mine, child, *_ = shown(own_session=False)
    assert mine == f"{nice} {nice}"
    assert child == str(nice)


def test_only_a_session_of_its_own_is_lowered() -> None:
    session = Path("/proc/self/autogroup")
    if not session.exists() or not session.read_text():
        pytest.skip("this kernel does not share time by session")
    before = session.read_text()
    assert f"nice {NICENESS}" in "".join(shown(own_session=True))
    shown(own_session=False)
    assert session.read_text() == before


def test_who_is_nicer_already_stays_so() -> None:
    code = f"import os; os.nice({NICENESS + 5}); from pipelines.adapters.priority import give_way; give_way(); print(os.nice(0))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(result.stdout) == min(NICENESS + 5 + os.nice(0), 19)
