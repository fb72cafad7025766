"""Limits of one article: time, and the quarantine of those that kill the reader."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from pipelines.adapters.quarantine import DEATHS, Quarantine, open_quarantine
from pipelines.contracts.ids import text_sha256
from pipelines.contracts.runs import EXTRACT_REJECTS, EXTRACTIONS
from pipelines.contracts.tables import ARTICLES
from pipelines.errors import ArticleLimitError
from pipelines.stages.extract import extract_claims
from pipelines.stages.extract.table import extract_new

GOOD = (
    "Kabupaten Bogor melepas ekspor 2.500 pasang sepatu kulit ke Jepang pada Senin (4/3/2024), kata bupati."
)


def loop(text: str) -> None:
    while True:
        pass


def backtrack(text: str) -> object:
    return re.match(r"(a+)+$", "a" * 60 + "!")


@pytest.mark.parametrize("read", [loop, backtrack])
def test_an_article_that_takes_too_long_is_left_off(tmp_path: Path, read) -> None:
    with open_quarantine(tmp_path, version="1") as quarantine:
        started = time.monotonic()
        with pytest.raises(ArticleLimitError, match="processor time") as raised:
            quarantine.guard(read, seconds=0.3)("text")
        assert time.monotonic() - started < 20
        assert raised.value.reason_code == "took_too_long"
        assert quarantine.guard(len, seconds=0.3)("text") == 4
    assert signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_time_that_others_take_does_not_count(tmp_path: Path) -> None:
    with open_quarantine(tmp_path, version="1") as quarantine:
        assert quarantine.guard(lambda text: time.sleep(0.5), seconds=0.3)("text") is None


READER = """
import os, signal, sys
from pathlib import Path
from pipelines.adapters.quarantine import open_quarantine
from pipelines.errors import ArticleLimitError
def read(text):
    if text == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return text
with open_quarantine(Path(sys.argv[1]), version=sys.argv[2]) as quarantine:
    guarded = quarantine.guard(read)
    for text in ("good", "poison", "more"):
        try:
            print(guarded(text), flush=True)
        except ArticleLimitError as error:
            print(error.reason_code, flush=True)
"""


def run_reader(folder: Path, version: str = "1") -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-c", READER, folder, version], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split()


def test_an_article_that_kills_three_runs_is_left_out_of_the_fourth_and_the_others_are_read(
    tmp_path: Path,
) -> None:
    for _ in range(DEATHS):
        assert run_reader(tmp_path) == (-signal.SIGKILL, ["good"])
    assert run_reader(tmp_path) == (0, ["good", "killed_the_reader", "more"])
    assert run_reader(tmp_path) == (0, ["good", "killed_the_reader", "more"])
    assert run_reader(tmp_path, "2") == (-signal.SIGKILL, ["good"]), "a new version tries again"


def test_a_run_that_was_killed_for_another_reason_condemns_no_article(tmp_path: Path) -> None:
    for text in ("one", "two", "three", "four"):
        (tmp_path / "being_read.json").write_text(
            json.dumps({"version": "1", "text_sha256": text_sha256(text)})
        )
        Quarantine(tmp_path, version="1")
    with open_quarantine(tmp_path, version="1") as quarantine:
        assert [quarantine.guard(lambda text: text)(text) for text in ("one", "four")] == ["one", "four"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "1"}', b'{"version": "1", "deaths": 7}'])
def test_a_damaged_note_costs_nothing_but_the_note(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "quarantine.json").write_bytes(content)
    (tmp_path / "being_read.json").write_bytes(content)
    with open_quarantine(tmp_path, version="1") as quarantine:
        assert quarantine.guard(lambda text: text)("text") == "text"


def test_the_others_land_and_the_poisoned_one_is_named(tmp_path: Path) -> None:
    def read(text: str, **known):
        return loop(text) if text.startswith("poison") else extract_claims(text, **known)

    extract_claims(GOOD)  # reads the lexicons, which takes a second of its own
    rows = [
        dict.fromkeys(ARTICLES.columns)
        | {
            "article_id": name, "text_sha256": text_sha256(text), "raw_path": f"{name}.txt", "raw_sha256": "x",
            "text": text, "text_length": len(text), "raw_length": len(text), "is_current": True, "run_id": "r",
        }
        for name, text in (("a", GOOD), ("b", "poison " + GOOD), ("c", GOOD + " Selesai."))
    ]  # fmt: skip
    with open_quarantine(tmp_path, version="1") as quarantine:
        extraction = extract_new(
            pl.DataFrame(rows, schema=ARTICLES.schema), extractions=EXTRACTIONS.frame([]),
            rejects=EXTRACT_REJECTS.frame([]), version="1", run_id="r", extract=quarantine.guard(read, seconds=1),
        )  # fmt: skip
    assert set(extraction.claims["article_id"]) == {"a", "c"}
    assert extraction.rejects.select("raw_path", "reason_code").rows() == [("b.txt", "took_too_long")]
