"""Eight readers beside runs that follow each other: failures, torn states, and what a query costs."""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from pipelines.settings import PROJECT_DIR
from tests.support.crash import Site, complete, finish, lean_project, start

# Each look: a new connection, facts with their quotes, and which run it is. Torn: facts without evidence, or evidence
# without its claim, or a number of articles that is not what the run says.
_READER = """
import json, sys, time
import duckdb
path, seconds, think = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
took, failures, torn, seen = [], [], 0, []
end = time.monotonic() + seconds
while time.monotonic() < end:
    begun = time.perf_counter()
    try:
        with duckdb.connect(path, read_only=True) as connection:
            connection.execute("select claim_type, count(*), min(quote) from marts.bridge_event_claims group by all").fetchall()
            ((run, same, bare, lost),) = connection.execute(
                "select (select run_id from core.runs order by started_at desc limit 1), "
                "(select n_articles from core.runs order by started_at desc limit 1) = (select count(*) from core.articles), "
                "(select count(*) from marts.fct_export_shipments anti join marts.bridge_event_claims using (event_id)), "
                "(select count(*) from marts.bridge_event_claims anti join core.claims using (claim_id))"
            ).fetchall()
        took.append(time.perf_counter() - begun)
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


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--think", type=float, default=0.1, help="pause of a reader between two looks")


def measure(folder: Path, options: argparse.Namespace) -> int:
    site = Site(folder / "site", lean_project(folder / "project"))
    site.raw.mkdir(parents=True)
    for seed in sorted((PROJECT_DIR / "data" / "raw").glob("*.txt")):
        (site.raw / seed.name).write_bytes(seed.read_bytes())
    complete(site)
    alone, _ = _look(site, options, beside_runs=False)
    beside, runs = _look(site, options, beside_runs=True)
    print(
        f"{options.readers} readers, {options.think * 1000:.0f} ms between looks, {options.seconds:.0f} s each.\n"
    )
    print("| | looks | failures | torn | p50 ms | p99 ms |\n|---|---:|---:|---:|---:|---:|")
    figures = {}
    for name, found in (("no run", alone), (f"{runs} runs one after another", beside)):
        took = sorted(second for reader in found for second in reader["took"])
        p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
        figures[name] = (p50, p99)
        failures = sum(len(reader["failures"]) for reader in found)
        torn = sum(reader["torn"] for reader in found)
        print(f"| {name} | {len(took)} | {failures} | {torn} | {p50 * 1000:.1f} | {p99 * 1000:.1f} |")
    (quiet, busy) = figures.values()
    print(f"\nBeside runs: p50 {busy[0] / quiet[0]:.1f} times, p99 {busy[1] / quiet[1]:.1f} times.")
    problems = [failure for reader in (*alone, *beside) for failure in reader["failures"]]
    print("\n".join(sorted(set(problems))))
    versions = max(len(reader["seen"]) for reader in beside)
    print(f"A reader saw up to {versions} published states; none came back.")
    came_back = any(len(reader["seen"]) != len(set(reader["seen"])) for reader in beside)
    return int(
        bool(problems) or came_back or any(reader["torn"] for reader in (*alone, *beside)) or versions < 2
    )


def _look(site: Site, options: argparse.Namespace, *, beside_runs: bool) -> tuple[list[dict], int]:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", _READER, str(site.published), str(options.seconds), str(options.think)],
            stdout=subprocess.PIPE, text=True,
        )
        for _ in range(options.readers)
    ]  # fmt: skip
    runs = 0
    end = time.monotonic() + options.seconds
    while beside_runs and time.monotonic() < end:
        text = _TEXT.format(tonnes=runs + 10, value=(runs + 1) * 1000)
        (site.raw / f"news{runs}.txt").write_text(text)
        code, messages = finish(start(site))
        assert code == 0, messages
        runs += 1
    return [json.loads(reader.communicate()[0]) for reader in readers], runs
