"""A process of its own for what strangers wrote: its answers, its limits, and that it comes back."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipelines.adapters.apart import Apart
from pipelines.errors import ArticleLimitError, NiagaError
from pipelines.stages.collect import RawDocument, Rejection
from pipelines.stages.collect.intake import clean_document


@pytest.fixture
def apart() -> Iterator[Apart]:
    with Apart(seconds=2) as process:
        yield process


# Functions that the other process knows, too, by name.
DIE_ONCE = """
import os, pathlib, signal
mark = pathlib.Path({mark!r})
if not mark.exists():
    mark.touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_answers_from_another_process_and_stays(apart: Apart) -> None:
    first = apart.call(os.getpid)
    assert first != os.getpid()
    assert apart.call(os.getpid) == first
    assert apart.call(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]


@pytest.mark.parametrize(
    "call",
    [(exec, "while True: pass"), (re.match, "(a+)+$", "a" * 60 + "!"), (sum, range(10**15))],
    ids=["python", "expression", "c"],
)
def test_what_takes_too_long_is_ended_and_the_next_is_read(apart: Apart, call) -> None:
    started = time.monotonic()
    with pytest.raises(ArticleLimitError, match="more than 2 s of processor time") as raised:
        apart.call(*call)
    assert raised.value.reason_code == "took_too_long"
    assert time.monotonic() - started < 60
    assert apart.call(len, "text") == 4


def test_what_kills_its_process_twice_is_left_out_and_the_next_is_read(apart: Apart) -> None:
    with pytest.raises(ArticleLimitError) as raised:
        apart.call(signal.raise_signal, signal.SIGSEGV)
    assert raised.value.reason_code == "killed_the_reader"
    assert apart.call(len, "text") == 4


def test_one_death_is_no_verdict(apart: Apart, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    assert apart.call(exec, DIE_ONCE.format(mark=str(mark))) is None
    assert mark.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is the kernel's of Linux")
def test_what_takes_all_memory_is_an_error_and_the_process_stays(apart: Apart) -> None:
    first = apart.call(os.getpid)
    with pytest.raises(RuntimeError, match="MemoryError"):
        apart.call(bytearray, 100 * 2**30)
    assert apart.call(os.getpid) == first


def test_what_a_library_prints_does_not_stand_between_the_answers(apart: Apart) -> None:
    apart.call(print, "a warning", flush=True)
    assert apart.call(len, "text") == 4


def test_several_threads_each_get_their_own_answer(apart: Apart) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda number: apart.call(abs, -number), range(200))) == list(range(200))


def test_it_ends_with_its_block_and_with_its_parent(apart: Apart) -> None:
    with Apart(seconds=2) as other:
        pid = other.call(os.getpid)
    assert not Path(f"/proc/{pid}").exists() or sys.platform != "linux"
    script = (
        "import os, signal; from pipelines.adapters.apart import Apart; "
        "print(Apart(seconds=2).call(os.getpid), flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    orphan = int(killed.stdout)
    until = time.monotonic() + 30
    while _lives(orphan) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _lives(orphan)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_process_that_cannot_start_is_a_message(apart: Apart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(NiagaError, match="ended with code 1"):
        apart.call(len, "text")


def test_a_page_whose_parser_takes_the_square_of_its_length_is_left_out_and_the_next_is_read(
    apart: Apart,
) -> None:
    attributes = b" ".join(b"a%d=1" % number for number in range(200_000))
    page = b"<html><body><p " + attributes + b">Kabupaten Bogor mengekspor kopi.</p></body></html>"
    with pytest.raises(ArticleLimitError, match="processor time"):
        apart.call(clean_document, RawDocument("hostile.html", page, form="html"))
    good = apart.call(
        clean_document,
        RawDocument("good.txt", b"Kabupaten Bogor mengekspor 20 ton kopi ke Jepang pada hari Senin."),
    )
    assert not isinstance(good.outcome, Rejection)
