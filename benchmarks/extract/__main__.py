"""Measure reading on one core: python -m benchmarks.extract [--rounds N] [--write].

Each engine reads each corpus in a process of its own, pinned to one core, in turns, so that a busy machine slows all
alike. Seconds are CPU seconds of the reading only: loading lexicons and one warm-up pass are left out; the best pass
counts. --write puts the tables into docs/benchmarks-extract.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.extract.corpora import CORPORA
from benchmarks.extract.engines import ENGINES, lexicon

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks-extract.md"
COMPARED = ("topical", "general", "hard")
LONG = ("long_1", "long_2", "long_4", "sentence")
NAMES = {
    "topical": "topical articles (development and extended sets)",
    "general": "general news, 1 in 100 on topic",
    "hard": "general news, 7 in 10 with words of the trade that claim nothing, 1 in 100 on topic",
    "long_1": "one article of 1.25 million characters",
    "long_2": "one article of 2.5 million characters",
    "long_4": "one article of 5 million characters",
    "sentence": "one sentence of 100,000 words",
}
ENGINE_NAMES = {
    "niaga": "niaga, whole reading",
    "spacy": "spaCy blank('id'), sentencizer, entity_ruler",
    "least": "automaton and number pattern only",
}
PASS_SECONDS = 2.0


def main() -> None:
    """Measure and print; write the document if asked to."""
    parser = argparse.ArgumentParser(prog="benchmarks.extract", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often each engine has its turn")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-extract.md")
    parser.add_argument(
        "--one", nargs=2, metavar=("ENGINE", "CORPUS"), help="one measurement, as JSON; what the others call"
    )
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one)))
        return
    figures: dict[str, dict[str, Any]] = {}
    for corpus in COMPARED:
        for _ in range(options.rounds):
            for engine in ENGINES:
                figures[f"{engine} {corpus}"] = better(
                    figures.get(f"{engine} {corpus}"), in_own_process(engine, corpus)
                )
    for corpus in LONG:
        figures[f"niaga {corpus}"] = in_own_process("niaga", corpus)
    report = as_markdown(figures)
    print(report)
    if options.write:
        DOCUMENT.write_text(report, "utf-8")


def measure(engine: str, corpus: str) -> dict[str, Any]:
    """Articles a second of one engine on one corpus, and the peak memory of the process."""
    pin_to_one_core()
    texts = CORPORA[corpus]()
    read = ENGINES[engine]()
    is_long = len(texts) == 1
    found = 0 if is_long else read(texts)  # warm-up; a single long text is read once
    if is_long:
        read(CORPORA["topical"]()[:20])
    best, spent = float("inf"), 0.0
    while spent < PASS_SECONDS:
        start = time.process_time()
        found = read(texts)
        seconds = time.process_time() - start
        best, spent = min(best, seconds), spent + max(seconds, 0.01)
    characters = sum(len(text.text) for text in texts)
    return {
        "articles": len(texts),
        "characters": characters,
        "seconds": best,
        "articles_per_second": len(texts) / best,
        "found": found,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def pin_to_one_core() -> None:
    """Keep every thread of this process on one core, where the system allows it."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def in_own_process(engine: str, corpus: str) -> dict[str, Any]:
    """One measurement in a fresh process, so that its memory is its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "benchmarks.extract", "--one", engine, corpus]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{' '.join(command[1:])} failed:\n{run.stderr[-2000:]}")
    row: dict[str, Any] = json.loads(run.stdout)
    return row


def better(before: dict[str, Any] | None, now: dict[str, Any]) -> dict[str, Any]:
    """The faster of two measurements."""
    return now if before is None or now["seconds"] < before["seconds"] else before


def as_markdown(figures: dict[str, dict[str, Any]]) -> str:
    """The whole document."""
    return "\n".join(
        [
            "# How fast the extractor reads",
            "",
            "Written by `make bench-extract` (`python -m benchmarks.extract --write`), which needs the extra `bench`. One core, CPU",
            "seconds of the reading alone, each engine in a process of its own and in turns on the same texts; the best pass counts.",
            "niaga does the whole reading (mentions, rules, slots, evidence, confidence); spaCy splits tokens and sentences and marks the",
            f"same {len(lexicon()):,} names and cue words; the last row is one pass of an automaton and a number pattern, without meaning.",
            "",
            f"{_machine()}",
            "",
            "| corpus | articles | engine | articles/s | million characters/s | against spaCy | peak memory, MB |",
            "|---|---:|---|---:|---:|---:|---:|",
            *_compared_rows(figures),
            "",
            "## Long texts",
            "",
            "Time must grow with the length, not with its square.",
            "",
            "| text | seconds | million characters/s | claims | peak memory, MB |",
            "|---|---:|---:|---:|---:|",
            *_long_rows(figures, LONG),
            "",
            "## The corpora",
            "",
            "- Topical: the articles of the development and extended golden sets that make a claim, after collect.",
            "- General: lines of `tests/golden/off_topic/lines.txt` without a word of the trade, 18 to an article; every hundredth article is",
            "  a topical one.",
            "- The third corpus uses all of those lines, among them the many that speak of exports and claim nothing: the worst case of a",
            "  front gate, not what a newspaper prints.",
            "- Long texts: topical articles joined; the sentence is the same text without line ends and full stops.",
            "",
        ]
    )


def _compared_rows(figures: dict[str, dict[str, Any]]) -> list[str]:
    rows = []
    for corpus in COMPARED:
        peer = figures[f"spacy {corpus}"]["articles_per_second"]
        for engine in ENGINES:
            row = figures[f"{engine} {corpus}"]
            speed = row["articles_per_second"]
            rows.append(
                f"| {NAMES[corpus]} | {row['articles']:,} | {ENGINE_NAMES[engine]} | {speed:,.0f} "
                f"| {row['characters'] / row['seconds'] / 1e6:.2f} | {speed / peer:.1f}x | {row['peak_mb']:.0f} |"
            )
    return rows


def _long_rows(figures: dict[str, dict[str, Any]], corpora: Sequence[str]) -> list[str]:
    rows = []
    for corpus in corpora:
        row = figures[f"niaga {corpus}"]
        rows.append(
            f"| {NAMES[corpus]} | {row['seconds']:.1f} | {row['characters'] / row['seconds'] / 1e6:.2f} | {row['found']:,} "
            f"| {row['peak_mb']:.0f} |"
        )
    return rows


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [
            line.partition(":")[2].strip()
            for line in info.read_text("utf-8").splitlines()
            if line.startswith("model name")
        ]
        processor = models[0] if models else processor
    return (
        f"Measured on: {processor}, {os.cpu_count()} cores; Python {platform.python_version()}, spaCy {version('spacy')}, "
        f"pyahocorasick {version('pyahocorasick')}."
    )


if __name__ == "__main__":
    main()
