"""Broken documents, archives, tables and metadata through readers, extract and dedupe: no exception may leave them."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from tests.support.fuzz import fuzz_containers, fuzz_dedupe, fuzz_documents, fuzz_metadata


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--inputs", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)


def measure(folder: Path, options: argparse.Namespace) -> int:
    started = time.monotonic()
    shares = {fuzz_documents: 0.6, fuzz_containers: 0.2, fuzz_metadata: 0.1, fuzz_dedupe: 0.1}
    problems: list[str] = []
    for fuzz, share in shares.items():
        outcome = fuzz(int(options.inputs * share), seed=options.seed, folder=folder)
        problems += outcome.problems
        print(f"{fuzz.__name__.removeprefix('fuzz_')}: {outcome}", flush=True)
    print(f"{time.monotonic() - started:.0f} s, {len(problems)} unhandled exceptions or broken promises")
    for problem in problems[:20]:
        print(problem)
    return int(bool(problems))
