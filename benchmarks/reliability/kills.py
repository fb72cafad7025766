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
    done = recovered = number = 0
    while done < options.kills:
        site = crashes.base.copy(folder / f"site{number}")
        for _ in range(options.chain):
            # Two of three at a point; the third at any moment, where code of ours is not asked.
            at = points[done % len(points)]
            timed = chance.random() < 1 / 3
            point = (
                crashes.kill(site, seconds=chance.uniform(0, crashes.seconds))
                if timed
                else crashes.kill(site, at=at)
            )
            if point:  # else the run had fewer points left, or was faster
                done += 1
                met["random time" if timed else " ".join(point.split()[:2])[:40].split("/")[0]] += 1
        crashes.recover(site)
        recovered += 1
        shutil.rmtree(site.root)
        number += 1
        if number % 5 == 0:
            print(f"{done} kills, {recovered} recoveries, {time.monotonic() - started:.0f} s", flush=True)
    kinds: Counter[str] = Counter()
    for name, count in met.items():
        kinds[name if name == "random time" else name.split()[0]] += count
    print(f"\n{len(crashes.points)} points in an undisturbed run.\n")
    print("| killed at | times |\n|---|---:|")
    for name, count in sorted(kinds.items()):
        print(f"| {name} | {count} |")
    print(f"| all | {done} |\n")
    print(
        f"{recovered} runs let through afterwards: all with the rows of the undisturbed run, no orphan file."
    )
    print(f"Published file opened and whole after each kill. {time.monotonic() - started:.0f} s in all.")
    return 0
