"""Measure reading on one core: python -m benchmarks.extract [--rounds N] [--write].

Each engine reads each corpus once in a process of its own, pinned to one core, in turns, so that a busy machine slows
all alike; the median of the rounds counts. Seconds are CPU seconds of the reading only: each engine first reads the
held-back articles, which are in no corpus, so that its lexicons are loaded and its patterns compiled. No text is read
twice in a process: a second reading finds every word in spaCy's cache, as no stream of news does. --write puts the
tables into docs/benchmarks-extract.md.
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
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.extract.corpora import CORPORA, warm_up
from benchmarks.extract.engines import ENGINES, lexicon

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "benchmarks-extract.md"
COMPARED = ("topical", "general", "hard")
LONG = ("long_1", "long_2", "long_4", "sentence")
NAMES = {
    "topical": "topical articles",
    "general": "general news, 1 in 100 on topic",
    "hard": "off-topic lines, 1 article in 100 on topic",
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
Figures = dict[tuple[str, str], dict[str, Any]]
TEXT = """\
# How fast the extractor reads

Written by `make bench-extract` (`python -m benchmarks.extract --write`), which needs the extra `bench`. One core, CPU seconds
of the reading alone; each engine reads the same texts once in a process of its own, in turns, after a warm-up on the held-back
articles, which are in no corpus; the median of the rounds counts. niaga does the whole reading (mentions, rules, slots,
evidence, confidence); spaCy splits tokens and sentences and marks the same {names:,} names and cue words; the third row is
one pass of an automaton over these and of a number pattern, without meaning.

{machine}

| corpus | articles | engine | articles/s | million characters/s | against spaCy | peak memory, MB |
|---|---:|---|---:|---:|---:|---:|
{compared}

## Long texts

Time must grow with the length, not with its square.

| text | seconds | million characters/s | claims | peak memory, MB |
|---|---:|---:|---:|---:|
{long}

## The corpora

- Topical: the articles of the development and extended golden sets that make a claim, after collect.
- General: `benchmarks/extract/general_news.txt`, 18 articles on floods, football, courts and the like, written for this
  benchmark, each read five or six times (which favours spaCy's cache), and one topical article in a hundred.
- Off-topic lines: `tests/golden/off_topic/lines.txt`, 18 lines to an article, each line in about six articles. They were
  written to tempt the extractor: nearly every article names exports or a foreign country beside an amount and a quantity,
  so it is the worst case of a front gate, not what a paper prints.
- Long texts: topical articles joined; the sentence is the same text without line ends and full stops.
"""


def main() -> None:
    """Measure and print; write the document if asked to."""
    parser = argparse.ArgumentParser(prog="benchmarks.extract", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each engine has its turn")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks-extract.md")
    parser.add_argument(
        "--one", nargs=2, metavar=("ENGINE", "CORPUS"), help="one measurement, as JSON; what the whole calls"
    )
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one)))
        return
    rounds = {(engine, corpus): options.rounds for corpus in COMPARED for engine in ENGINES}
    rounds |= {("niaga", corpus): 1 for corpus in LONG}
    measured: dict[tuple[str, str], list[dict[str, Any]]] = {pair: [] for pair in rounds}
    for turn in range(options.rounds):
        for pair, wanted in rounds.items():
            if turn < wanted:
                measured[pair].append(in_own_process(*pair))
    report = as_markdown({pair: median(rows) for pair, rows in measured.items()})
    print(report)
    if options.write:
        DOCUMENT.write_text(report, "utf-8")


def measure(engine: str, corpus: str) -> dict[str, Any]:
    """Articles a second of one engine on one corpus, and the peak memory of the process."""
    pin_to_one_core()
    texts = CORPORA[corpus]()
    read = ENGINES[engine]()
    read(warm_up())
    start = time.process_time()
    found = read(texts)
    seconds = time.process_time() - start
    return {
        "articles": len(texts),
        "characters": sum(len(text.text) for text in texts),
        "seconds": seconds,
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


def median(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The measurement in the middle."""
    return sorted(rows, key=lambda row: row["seconds"])[len(rows) // 2]


def as_markdown(figures: Figures) -> str:
    """The whole document."""
    return TEXT.format(
        names=len(lexicon()),
        machine=_machine(),
        compared="\n".join(_compared_rows(figures)),
        long="\n".join(_long_rows(figures)),
    )


def _compared_rows(figures: Figures) -> list[str]:
    rows = []
    for corpus in COMPARED:
        peer = figures["spacy", corpus]["seconds"]
        for engine in ENGINES:
            row = figures[engine, corpus]
            rows.append(
                f"| {NAMES[corpus]} | {row['articles']} | {ENGINE_NAMES[engine]} "
                f"| {row['articles'] / row['seconds']:,.0f} | {row['characters'] / row['seconds'] / 1e6:.2f} "
                f"| {peer / row['seconds']:.1f}x | {row['peak_mb']:.0f} |"
            )
    return rows


def _long_rows(figures: Figures) -> list[str]:
    rows = []
    for corpus in LONG:
        row = figures["niaga", corpus]
        rows.append(
            f"| {NAMES[corpus]} | {row['seconds']:.1f} | {row['characters'] / row['seconds'] / 1e6:.2f} "
            f"| {row['found']:,} | {row['peak_mb']:.0f} |"
        )
    return rows


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text("utf-8").splitlines()
        models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        processor = models[0] if models else processor
    return (
        f"Measured on: {processor}, {os.cpu_count()} cores; Python {platform.python_version()}, spaCy {version('spacy')}, "
        f"pyahocorasick {version('pyahocorasick')}."
    )


if __name__ == "__main__":
    main()
