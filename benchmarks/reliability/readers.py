"""Eight readers beside runs that follow each other: failures, torn states, and what a query costs."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from pipelines.settings import PROJECT_DIR
from tests.support.command import niaga

# Each look: a new connection, facts with their quotes, and which run it is. Torn: facts without evidence, or evidence
# without its claim, or a number of articles that is not what the run says.
_READER = """
import json, os, sys, time
import duckdb
path, stop, think = sys.argv[1], sys.argv[2], float(sys.argv[3])
took, failures, torn, seen = [], [], 0, []
while not os.path.exists(stop):
    begun = time.monotonic()
    try:
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("select claim_type, count(*), min(quote) from marts.bridge_event_claims group by all").fetchall()
            ((run, same, bare, lost),) = connection.execute(
                "select (select run_id from core.runs order by started_at desc limit 1), "
                "(select n_articles from core.runs order by started_at desc limit 1) = (select count(*) from core.articles), "
                "(select count(*) from marts.fct_export_shipments anti join marts.bridge_event_claims using (event_id)), "
                "(select count(*) from marts.bridge_event_claims anti join core.claims using (claim_id))"
            ).fetchall()
        took.append((begun, time.monotonic() - begun))
        torn += not same or bool(bare) or bool(lost)
        if not seen or seen[-1] != run:
            seen.append(run)
    except Exception as error:
        failures.append(f"{type(error).__name__}: {error}"[:200])
    time.sleep(think)
print(json.dumps({"took": took, "failures": failures, "torn": torn, "seen": seen}))
"""
_TEXT = (
    "Ekspor kopi ke Jepang\n\nKabupaten Bogor melepas ekspor {tonnes} ton kopi ke Jepang pada Senin (4/3/2024). "
    "Nilai ekspor itu mencapai US$ {value}, kata Bupati Bogor di Cibinong kepada wartawan.\n"
)
# What the promise allows beside runs, in times of what the same readers need without one.
_MOST = {"p50": 2.0, "p99": 5.0}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each stretch, with runs or without")
    parser.add_argument("--stretches", type=int, default=4, help="with runs; as many without them, in turn")
    parser.add_argument("--think", type=float, default=0.1, help="pause of a reader between two looks")


def measure(folder: Path, options: argparse.Namespace) -> int:
    raw, published = folder / "raw", folder / "warehouse" / "niaga.duckdb"
    shutil.copytree(PROJECT_DIR / "data" / "raw", raw)
    _run(folder)
    stop = folder / "stop"
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(published), str(stop), str(options.think)],
            # A session of its own, as the programs of different people have it: Linux shares time by session.
            stdout=subprocess.PIPE, text=True, start_new_session=True,
        )
        for _ in range(options.readers)
    ]  # fmt: skip
    time.sleep(3)  # until all have started
    quiet: list[tuple[float, float]] = []
    busy: list[tuple[float, float]] = []
    runs = 0
    # In turn: what else the machine does meets both alike.
    for _ in range(options.stretches):
        begun = time.monotonic()
        time.sleep(options.seconds)
        quiet.append((begun, time.monotonic()))
        begun = time.monotonic()
        while time.monotonic() < begun + options.seconds:
            text = _TEXT.format(tonnes=runs + 10, value=(runs + 1) * 1000)
            (raw / f"news{runs}.txt").write_text(text)
            _run(folder)
            runs += 1
        busy.append((begun, time.monotonic()))
    stop.touch()
    found: list[dict[str, Any]] = [json.loads(reader.communicate()[0]) for reader in readers]
    print(f"{options.readers} readers, {options.think * 1000:.0f} ms between looks.\n")
    print("| | s | looks | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|")
    figures = {}
    for name, stretches in (("no run", quiet), (f"{runs} runs one after another", busy)):
        took = sorted(_during(found, stretches))
        figures[name] = {"p50": statistics.median(took), "p99": took[int(len(took) * 0.99)]}
        seconds = sum(end - begin for begin, end in stretches)
        shown = " | ".join(f"{value * 1000:.1f}" for value in figures[name].values())
        print(f"| {name} | {seconds:.0f} | {len(took):,} | {shown} |")
    alone, beside = figures.values()
    times = {name: beside[name] / alone[name] for name in alone}
    print("\nBeside runs: " + ", ".join(f"{name} {value:.2f} times" for name, value in times.items()) + ".")
    failures = [failure for reader in found for failure in reader["failures"]]
    torn = sum(reader["torn"] for reader in found)
    versions = max(len(reader["seen"]) for reader in found)
    came_back = any(len(reader["seen"]) != len(set(reader["seen"])) for reader in found)
    print(f"{len(failures)} failures, {torn} torn states; a reader saw up to {versions} published states.")
    print("\n".join(sorted(set(failures))))
    too_slow = any(times[name] > most for name, most in _MOST.items())
    return int(bool(failures) or bool(torn) or came_back or versions < runs or too_slow)


def _during(found: list[dict[str, Any]], stretches: list[tuple[float, float]]) -> list[float]:
    return [
        took
        for reader in found
        for begun, took in reader["took"]
        if any(begin <= begun < end for begin, end in stretches)
    ]


def _run(folder: Path) -> None:
    result = niaga(
        "run", raw=folder / "raw", warehouse=folder / "warehouse", start_new_session=True,
        env={"NIAGA_REVIEWS": str(folder / "reviews.csv")},
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
