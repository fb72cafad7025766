"""Kill runs at every kind of write and at random times, and compare what the next run ends with."""

from __future__ import annotations

import argparse
import random
import shutil
import time
from collections import Counter
from pathlib import Path

from tests.support.crash import Crashes, spread


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--chain", type=int, default=5, help="kills in a row before a run is let through")
    parser.add_argument("--seed", type=int, default=1)


def measure(folder: Path, options: argparse.Namespace) -> int:
    started = time.monotonic()
    crashes = Crashes.prepare(folder)
    chance = random.Random(options.seed)
    points = list(spread(len(crashes.points), options.kills, seed=options.seed))
    chance.shuffle(points)
    met: Counter[str] = Counter()
    recovered = 0
    while met.total() < options.kills:
        site = crashes.base.copy(folder / f"site{recovered}")
        # Two of three later kills at a point; the third at any moment, where code of ours is not asked.
        killed = crashes.kill_in_a_row(
            site, first=points[recovered % len(points)], times=options.chain, chance=chance, timed=1 / 3
        )
        met.update("any time" if point.startswith("after") else point.split()[0] for point in killed)
        crashes.recover(site)
        recovered += 1
        shutil.rmtree(site.root)
        print(f"{met.total()} kills, {recovered} recoveries, {time.monotonic() - started:.0f} s", flush=True)
    print(f"\n{len(crashes.points)} points in an undisturbed run.\n")
    print("| killed at | times |\n|---|---:|")
    for name, count in sorted(met.items()):
        print(f"| {name} | {count} |")
    print(f"| all | {met.total()} |\n")
    print(
        f"{recovered} runs let through afterwards: all with the rows of the undisturbed run, no orphan file."
    )
    print(f"Published file opened and whole after each kill. {time.monotonic() - started:.0f} s in all.")
    return 0
