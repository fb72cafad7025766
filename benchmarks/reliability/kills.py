"""Kill runs at every point they write at, and at random times, and compare what the next run ends with."""

from __future__ import annotations

import argparse
import math
import random
import shutil
import time
from collections import Counter
from pathlib import Path

from tests.support.crash import Crashes


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--chain", type=int, default=10, help="points in a row before a run is let through")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--skip", type=int, default=0, help="rounds done by an earlier soak: go on behind them"
    )


def measure(folder: Path, options: argparse.Namespace) -> int:
    started = time.monotonic()
    crashes = Crashes.prepare(folder)
    chance = random.Random(options.seed)
    names = crashes.names()
    warehouses = math.ceil(len(names) / options.chain)
    met: Counter[str] = Counter()
    missed: set[str] = set(names)
    recovered = 0
    while met.total() < options.kills:
        site = crashes.base.copy(folder / f"site{recovered}")
        # In the order of a run: what a killed one had finished is not done again.
        for name in names[(options.skip + recovered) % warehouses :: warehouses]:
            if point := crashes.kill(site, at=name):
                met[point.split()[0]] += 1
                missed.discard(name)
        # And at any moment, where code of ours is not asked.
        met["any time"] += bool(crashes.kill(site, seconds=chance.uniform(0, crashes.seconds)))
        crashes.recover(site)
        recovered += 1
        shutil.rmtree(site.root)
        print(f"{met.total()} kills, {recovered} recoveries, {time.monotonic() - started:.0f} s", flush=True)
    print(f"\n{len(crashes.points)} points in an undisturbed run, at {len(names)} different places.")
    print(f"{len(missed)} places were not reached.\n")
    print("| killed at | times |\n|---|---:|")
    for name, count in sorted(met.items()):
        print(f"| {name} | {count} |")
    print(f"| all | {met.total()} |\n")
    print(
        f"{recovered} runs let through afterwards: all with the rows of the undisturbed run, no orphan file."
    )
    print(f"Published file opened and whole after each kill. {time.monotonic() - started:.0f} s in all.")
    return 0
