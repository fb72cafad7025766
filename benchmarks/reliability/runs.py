"""Run after run with changing input in one process: time, memory, open files and disk use must stay flat."""

from __future__ import annotations

import argparse
import os
import statistics
import time
from pathlib import Path

from pipelines.orchestration import execute
from pipelines.orchestration.progress import Silent
from pipelines.settings import Settings
from tests.support.crash import small_project

_TEXT = (
    "Ekspor kopi ke Jepang\n\nKabupaten Bogor melepas ekspor {tonnes} ton kopi ke Jepang pada Senin (4/3/2024). "
    "Nilai ekspor itu mencapai US$ {value}, kata Bupati Bogor di Cibinong kepada wartawan.\n"
)
_FILES = 20  # the input changes, it does not grow: what grows is the runs' own doing


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument(
        "--kept", type=int, default=execute.KEPT_RUNS, help="runs in Dagster's history: fewer are sooner full"
    )


def measure(folder: Path, options: argparse.Namespace) -> int:
    settings = Settings(
        raw_dir=folder / "raw", warehouse_dir=folder / "warehouse",
        project_dir=small_project(folder / "project"), reviews_path=folder / "reviews.csv",
    )  # fmt: skip
    settings.raw_dir.mkdir()
    execute.KEPT_RUNS = options.kept
    rows = []
    for number in range(options.runs):
        text = _TEXT.format(tonnes=number + 10, value=(number + 1) * 1000)
        (settings.raw_dir / f"{number % _FILES}.txt").write_text(text)
        started = time.monotonic()
        assert execute.run_pipeline(settings, progress=Silent()).changed
        rows.append(
            (
                time.monotonic() - started,
                _resident(),
                len(list(Path("/proc/self/fd").iterdir())),
                _disk(folder),
            )
        )
        if (number + 1) % 20 == 0:
            print(f"{number + 1} runs: " + _line(rows[-20:]), flush=True)
    quarter = max(options.runs // 4, 1)
    print("\n| runs | s | resident MB | open files | disk MB |\n|---|---:|---:|---:|---:|")
    for begin in range(0, options.runs, quarter):
        part = rows[begin : begin + quarter]
        print(f"| {begin + 1} to {begin + len(part)} | " + _line(part).replace(", ", " | ") + " |")
    # The second quarter is past the warm-up and before Dagster's history is full.
    return 0


def _line(rows: list[tuple[float, float, int, float]]) -> str:
    seconds, resident, files, disk = (statistics.median(column) for column in zip(*rows, strict=True))
    return f"{seconds:.1f}, {resident:.0f}, {files:.0f}, {disk:.0f}"


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _disk(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20
