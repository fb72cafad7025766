"""Measure the dedupe stage side by side with rensa and datasketch; see README.md beside this file."""

from __future__ import annotations

import argparse
import json
import os
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

TRUTH = ("article_id", "cluster", "series", "kind", "half")
PART = 50_000  # articles written at a time


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dedupe", description=__doc__)
    parser.add_argument("--articles", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--tools", nargs="+", default=["niaga", "rensa 0.2", "rensa 0.3", "datasketch 0.3"])
    parser.add_argument("--runs", type=int, default=3, help="runs of each tool; the fastest counts")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--archive", type=int, default=0, help="articles of the archive that 1,000 are added to"
    )
    parser.add_argument("--work-dir", type=Path, help="keeps the corpora (default: a temporary folder)")
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        work(*arguments.worker)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.work_dir or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for n_articles in arguments.articles:
            side_by_side(folder, n_articles, arguments)
        report_repeats(arguments.seed)
        batches(folder, min(arguments.articles), arguments.seed)
        if arguments.archive:
            archive(folder, arguments.archive, arguments.seed)


# ---- side by side -----------------------------------------------------------------------------------------


def side_by_side(folder: Path, n_articles: int, arguments: argparse.Namespace) -> None:
    """Run each tool in a process of its own, in turn, and print one line each."""
    path = make_corpus(folder, n_articles, arguments.seed)
    truth = pl.read_parquet(path, columns=list(TRUTH))
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
    environment = os.environ | {"POLARS_MAX_THREADS": "1", "RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "benchmarks.dedupe", "--worker", tool, str(path), str(out)]
    finished = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    result: dict[str, Any] = json.loads(finished.stdout)
    return result


def work(tool: str, path: str, out: str) -> None:
    """One run of one tool; prints what it took."""
    articles = pl.read_parquet(path).sort("published", "article_id")
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
    frame = pl.read_parquet(make_corpus(folder, n_articles, seed)).sample(fraction=1, shuffle=True, seed=7)
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
    """Build an index of a large archive on disk, and add 1,000 articles to it, five times."""
    path = make_corpus(folder, n_articles + 5_000, seed)
    lazy = pl.scan_parquet(path)
    truth = lazy.select(TRUTH).collect().head(n_articles)
    with tempfile.TemporaryDirectory(dir=folder) as index_folder:
        started = time.process_time()
        rows: list[pl.DataFrame] = []
        with open_dedupe_index(Path(index_folder)) as index:
            for start in range(0, n_articles, PART):
                batch = lazy.slice(start, min(PART, n_articles - start)).collect()
                rows.append(
                    add_articles(as_articles(batch), index=index).clusters.select("article_id", "cluster_id")
                )
                index.commit()
            size = index.size()
        cpu = time.process_time() - started
        clusters = pl.concat(rows).unique("article_id", keep="last", maintain_order=True)
        found = score(truth, clusters)
        print(f"\narchive of {n_articles:,} articles, built in batches of {PART:,}")
        print(f"articles/s       {n_articles / cpu:,.0f}")
        print(f"peak MB          {peak_mb():,.0f}")
        print(
            f"F1               {found.f1:.4f}  months merged {found.series_merged:.4f}  halves merged {found.halves_merged:.4f}"
        )
        print(f"bytes a hash     {size.posting_bytes / size.postings:.2f}  ({size.postings:,} hashes)")
        texts, state = size.content_bytes / size.articles, size.state_bytes / size.articles
        print(f"bytes an article {texts:,.0f} of texts, {state:,.0f} of state")
        walls, opened = [], time.perf_counter()
        with open_dedupe_index(Path(index_folder)) as index:
            opened = time.perf_counter() - opened
            for start in range(n_articles, n_articles + 5_000, 1_000):
                batch = as_articles(lazy.slice(start, 1_000).collect())
                started = time.perf_counter()
                add_articles(batch, index=index)
                index.commit()
                walls.append(time.perf_counter() - started)
        shown = ", ".join(f"{wall:.2f}" for wall in walls)
        print(
            f"open             {opened:.2f} s; add 1,000: first {walls[0]:.2f} s, then {median(walls[1:]):.2f} s ({shown})"
        )


# ---- corpora ----------------------------------------------------------------------------------------------


def make_corpus(folder: Path, n_articles: int, seed: int) -> Path:
    """A corpus on disk, in an order that tells nothing; made once."""
    path = folder / f"corpus-{n_articles}-{seed}.parquet"
    if path.exists():
        return path
    frames, rows = [], []
    names = ("article_id", "published", "text", "cluster", "series", "kind", "half")
    schema = dict.fromkeys(names, pl.String)
    for article in corpus(n_articles, seed=seed):
        rows.append([getattr(article, name) for name in names])
        if len(rows) == PART:
            frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
            rows = []
    frames.append(pl.DataFrame(rows, schema=schema, orient="row"))
    shuffled = pl.concat(frames).sample(fraction=1, shuffle=True, seed=seed)
    shuffled.write_parquet(path, row_group_size=PART)
    return path


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
