"""Measure the dedupe stage side by side with rensa and datasketch; docs/dedupe.md tells what came out."""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

import polars as pl

from benchmarks.dedupe.corpus import corpus
from benchmarks.dedupe.repeats import documents, score_repeats
from benchmarks.dedupe.score import agreement, score
from benchmarks.dedupe.tools import TOOLS, as_articles
from pipelines.adapters.dedupe_index import open_dedupe_index
from pipelines.stages.dedupe import add_articles, cluster_articles

ONE_CORE = os.environ | {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
TRUTH = ("article_id", "cluster", "series", "kind", "half")
PART = 20_000  # articles of a file
HELD_BACK = 5_000  # articles of an archive that are added at last


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dedupe", description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--tools", nargs="+", default=["niaga", "rensa 0.2", "rensa 0.3", "datasketch 0.3"])
    parser.add_argument("--runs", type=int, default=3, help="runs of each tool; the fastest counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--archive", type=int, nargs="*", default=[], help="articles of archives kept on disk"
    )
    parser.add_argument("--work-dir", type=Path, help="keeps the corpora (default: a temporary folder)")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        what, where, argument = arguments.worker
        if what == "archive":
            archive(Path(where), int(argument), arguments.seed)
        else:
            work(what, where, argument)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.work_dir or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for n_articles in arguments.articles:
            side_by_side(folder, n_articles, arguments)
        report_repeats(arguments.seed)
        batches(folder, min(arguments.articles), arguments.seed)
        for n_articles in arguments.archive:
            make_corpus(folder, n_articles, arguments.seed)
            command = [
                sys.executable,
                "-m",
                "benchmarks.dedupe",
                "--worker",
                "archive",
                str(folder),
                str(n_articles),
            ]
            subprocess.run([*command, "--seed", str(arguments.seed)], env=ONE_CORE, check=True)


# ---- side by side -----------------------------------------------------------------------------------------


def side_by_side(folder: Path, n_articles: int, arguments: argparse.Namespace) -> None:
    """Run each tool in a process of its own, in turn, and print one line each."""
    path = make_corpus(folder, n_articles, arguments.seed)
    truth = pl.read_parquet(path / "*.parquet", columns=list(TRUTH))
    results: dict[str, list[dict[str, Any]]] = {tool: [] for tool in arguments.tools}
    for _ in range(arguments.runs):  # in turn, so that a busy machine is busy for all
        for tool in arguments.tools:
            results[tool].append(run(tool, path, folder / "clusters.parquet"))
            results[tool][-1]["score"] = score(truth, pl.read_parquet(folder / "clusters.parquet"))
    print(f"\n{n_articles:,} articles, seed {arguments.seed}, one core, fastest of {arguments.runs}")
    print(
        "tool             articles/s  cpu s  peak MB      F1  precision  recall  months merged  halves merged"
    )
    for tool, runs in results.items():
        best = min(runs, key=lambda result: result["cpu"])
        found = best["score"]
        print(
            f"{tool:15s} {n_articles / best['cpu']:11,.0f} {best['cpu']:6.1f} {best['rss_mb']:8,.0f}  {found.f1:.4f}"
            f"     {found.precision:.4f}  {found.recall:.4f}         {found.series_merged:.4f}         {found.halves_merged:.4f}"
        )
    kinds = {tool: runs[0]["score"].recall_by_kind for tool, runs in results.items()}
    print("\nrecall by kind  " + "  ".join(f"{tool:>14s}" for tool in kinds))
    for kind in next(iter(kinds.values())):
        print(f"{kind:15s} " + "  ".join(f"{recall[kind]:14.4f}" for recall in kinds.values()))


def run(tool: str, path: Path, out: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.dedupe", "--worker", tool, str(path), str(out)]
    finished = subprocess.run(command, env=ONE_CORE, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(finished.stdout)
    return result


def work(tool: str, path: str, out: str) -> None:
    """One run of one tool; prints what it took."""
    articles = pl.read_parquet(Path(path) / "*.parquet").sort("published", "article_id")
    started = time.process_time()
    clusters = TOOLS[tool](articles)
    cpu = time.process_time() - started
    clusters.select("article_id", "cluster_id").write_parquet(out)
    print(json.dumps({"cpu": cpu, "rss_mb": peak_mb()}))


# ---- repeats, batches, archive ----------------------------------------------------------------------------


def report_repeats(seed: int) -> None:
    print("\nrepeats inside 4,000 documents")
    for name, value in asdict(score_repeats(list(documents(4_000, seed=seed)))).items():
        print(f"{name:16s} {value:.4f}" if isinstance(value, float) else f"{name:16s} {value}")


def batches(folder: Path, n_articles: int, seed: int) -> None:
    """A corpus at once and in ten batches of any order: are the clusters the same?"""
    frame = pl.read_parquet(make_corpus(folder, n_articles, seed) / "*.parquet").sample(
        fraction=1, shuffle=True, seed=7
    )
    articles = as_articles(frame)
    whole = cluster_articles(articles).clusters
    rows = whole.clear()
    with tempfile.TemporaryDirectory() as index_folder:
        for batch in articles.iter_slices(-(-articles.height // 10)):
            with open_dedupe_index(Path(index_folder)) as index:
                changed = add_articles(batch, index=index).clusters
                index.commit()
            rows = pl.concat([rows.join(changed, on="article_id", how="anti"), changed])
    same = agreement(whole, rows)
    print(f"\n{n_articles:,} articles at once and in ten batches")
    for name, value in asdict(same).items():
        print(f"{name:16s} {value:.7f}")


def archive(folder: Path, n_articles: int, seed: int) -> None:
    """Build an index of a large archive on disk but for its last 5,000 articles, and add those, 1,000 at a time."""
    files = sorted(make_corpus(folder, n_articles, seed).glob("*.parquet"))
    truth = pl.concat([pl.read_parquet(file, columns=list(TRUTH)) for file in files]).head(
        n_articles - HELD_BACK
    )
    with tempfile.TemporaryDirectory(dir=folder) as index_folder:
        cpu, n_built = 0.0, 0
        rows: list[pl.DataFrame] = []
        with open_dedupe_index(Path(index_folder)) as index:
            for file in files:
                batch = pl.read_parquet(file).head(n_articles - HELD_BACK - n_built)
                n_built += batch.height
                started = time.process_time()
                changed = add_articles(as_articles(batch), index=index).clusters
                index.commit()
                cpu += time.process_time() - started
                rows.append(changed.select("article_id", "cluster_id"))
            size = index.size()
        found = score(truth, pl.concat(rows).unique("article_id", keep="last"))
        print(f"\narchive of {n_built:,} articles on disk, built in {len(files)} batches")
        print(f"articles/s       {n_built / cpu:,.0f} ({cpu:.0f} s of one core)")
        print(f"peak MB          {peak_mb():,.0f}")
        print(f"F1               {found.f1:.4f}")
        print(f"months merged    {found.series_merged:.4f}")
        print(f"halves merged    {found.halves_merged:.4f}")
        print(f"bytes a hash     {size.posting_bytes / size.postings:.2f}  ({size.postings:,} hashes)")
        texts, state = size.content_bytes / size.articles, size.state_bytes / size.articles
        print(f"bytes an article {texts:,.0f} of texts, {state:,.0f} of state")
        late = pl.read_parquet(files[-1]).tail(HELD_BACK)
        walls, cpus, opened = [], [], time.perf_counter()
        with open_dedupe_index(Path(index_folder)) as index:
            opened = time.perf_counter() - opened
            for batch in late.iter_slices(1_000):
                started, cpu = time.perf_counter(), time.process_time()
                add_articles(as_articles(batch), index=index)
                index.commit()
                walls.append(time.perf_counter() - started)
                cpus.append(time.process_time() - cpu)
        print(f"opening it       {opened:.2f} s")
        print(f"adding 1,000     {walls[0]:.2f} s the first time, then {median(walls[1:]):.2f} s")
        print(f"  of one core    {cpus[0]:.2f} s the first time, then {median(cpus[1:]):.2f} s")


# ---- corpora ----------------------------------------------------------------------------------------------


def make_corpus(folder: Path, n_articles: int, seed: int) -> Path:
    """A corpus on disk, made once: Parquet files that each hold articles from all over it."""
    made = folder / f"corpus-{n_articles}-{seed}"
    if made.exists():
        return made
    making = folder / f"{made.name}.part"
    making.mkdir(parents=True)
    names = ("article_id", "published", "text", "cluster", "series", "kind", "half")
    schema = dict.fromkeys(names, pl.String)
    rng = random.Random(seed)
    buckets: list[list[tuple[str | None, ...]]] = [[] for _ in range(10)]
    n_files = 0

    def write(bucket: list[tuple[str | None, ...]]) -> None:
        nonlocal n_files
        pl.DataFrame(bucket, schema=schema, orient="row").write_parquet(making / f"{n_files:04d}.parquet")
        n_files += 1
        bucket.clear()

    for article in corpus(n_articles, seed=seed):
        bucket = rng.choice(buckets)
        bucket.append(tuple(getattr(article, name) for name in names))
        if len(bucket) == PART:
            write(bucket)
    for bucket in filter(None, buckets):
        write(bucket)
    return making.rename(made)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
