"""A web archive of generated pages: speed beside plain trafilatura and FastWARC alone, memory, and a kill in the middle.

Usage:  python -m benchmarks.collect [--pages 100000] [--sample 2000] [--folder DIR]

One process, one core. The pages are the layouts of tests/golden/pages around paragraphs of tests/golden/extended, drawn
anew for each page with other figures, so that no two are equal.
"""

from __future__ import annotations

import argparse
import gzip
import html
import itertools
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import trafilatura
from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipelines.adapters.containers import read_documents
from pipelines.adapters.state import open_warehouse
from pipelines.adapters.work import (
    close_look,
    current_rejects,
    look_at_raw_folder,
    read_raw_folder,
    store_batch,
)
from pipelines.contracts.runs import RAW_DOCUMENTS
from pipelines.contracts.tables import ARTICLES
from pipelines.settings import PROJECT_DIR, Settings
from pipelines.stages.collect import RawDocument, read_document
from pipelines.stages.collect.raw import MetadataTree
from pipelines.stages.collect.records import usual_fields

GOLDEN = PROJECT_DIR / "tests" / "golden"
ARCHIVE = "pages.warc.gz"
ROUNDS = 5


def pages(count: int) -> Iterator[tuple[str, bytes]]:
    """Addresses and pages, the same for the same count."""
    layouts = [path.read_text("utf-8") for path in sorted((GOLDEN / "pages" / "layouts").glob("*.html"))]
    texts = [path.read_text("utf-8") for path in sorted((GOLDEN / "extended").glob("*/articles/*.txt"))]
    lines = [line for text in texts for line in text.split("\n") if len(line) > 80]
    dice = random.Random(20261122)
    for number in range(count):
        drawn = [
            re.sub(r"\d+", lambda _: str(dice.randrange(2, 900)), line)
            for line in dice.sample(lines, dice.randrange(5, 16))
        ]
        day = date(2015, 1, 1) + timedelta(days=dice.randrange(4000))
        some = "".join(f"<p>{html.escape(line)}</p>\n" for line in drawn)
        spans = "".join(f"<div><span>{html.escape(line)}</span></div>\n" for line in drawn)
        other = "<br><br>\n".join(map(html.escape, drawn))
        url = f"https://outlet{number % 40}.example.co.id/{day:%Y/%m/%d}/berita-{number}"
        filled = {
            "title": html.escape(drawn[0][:90]), "title_json": "Berita ekspor daerah", "url": url, "iso": day.isoformat(),
            "later": day.isoformat(), "stamp_utc": f"{day.isoformat()}T03:00:00+00:00", "slash": f"{day:%d/%m/%Y}",
            "printed": f"{day.day} Maret {day.year}", "weekday": "Senin", "dashed": f"{day:%d-%m-%Y}",
            "short": f"{day.day:02} Mar {day.year}", "spans1": spans, "spans2": "",
            "half1": some, "half2": "", "breaks1": other, "breaks2": "",
        }  # fmt: skip
        content = layouts[number % len(layouts)]
        for name, value in filled.items():
            content = content.replace("{" + name + "}", value)
        yield url, content.encode()


def write_archive(path: Path, count: int) -> None:
    """Write the pages as a crawler would: one gzip member for each record."""
    with path.open("wb") as stream:
        for url, body in pages(count):
            http = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
            head = (
                f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-22T00:00:00Z\r\n"
                f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
            )
            stream.write(gzip.compress(head.encode() + http + b"\r\n\r\n", 6))


def collect(raw_dir: Path, warehouse_dir: Path) -> None:
    """The collect stage alone, as `niaga run` does it."""
    settings = Settings(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
    with open_warehouse(settings, run_id="benchmark", what="benchmark") as warehouse:
        look = look_at_raw_folder(warehouse)
        problems: list = []
        done = 0
        for batch in read_raw_folder(warehouse, look, problems=problems):
            store_batch(warehouse, batch)
            done += batch.raw_documents.height
            print(done, flush=True)
        close_look(warehouse, look, current_rejects(warehouse, look, problems))
    # The pages are cleaned in a process apart, which has ended by now.
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    print("peak", sum(resource.getrusage(who).ru_maxrss for who in both) // 1024, flush=True)


def child(raw_dir: Path, warehouse_dir: Path) -> subprocess.Popen[str]:
    """`collect` in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.collect", "--child", str(raw_dir), str(warehouse_dir)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=PROJECT_DIR)


def run_whole(raw_dir: Path, warehouse_dir: Path) -> tuple[float, float, int]:
    """Seconds, seconds of processor time and peak memory in MB of one whole reading."""
    started, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    output, _ = child(raw_dir, warehouse_dir).communicate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return time.perf_counter() - started, processor, int(output.split()[-1])


def run_killed(raw_dir: Path, warehouse_dir: Path, kill_at: int) -> int:
    """Read until `kill_at` documents are stored, kill -9, read on; gives the documents the second run read."""
    process = child(raw_dir, warehouse_dir)
    assert process.stdout
    for line in process.stdout:
        if line.split()[0].isdigit() and int(line) >= kill_at:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    output, _ = child(raw_dir, warehouse_dir).communicate()
    return max(int(line) for line in output.splitlines() if line.isdigit())


def contents(warehouse_dir: Path, raw_dir: Path) -> tuple[list, list]:
    """What was stored, in an order of its own."""
    settings = Settings(raw_dir=raw_dir, warehouse_dir=warehouse_dir)
    with open_warehouse(settings, run_id="look", what="benchmark") as warehouse:
        articles = warehouse.tables.read(ARTICLES, columns=["article_id", "text_sha256", "is_current"])
        documents = warehouse.tables.read(RAW_DOCUMENTS)
    return articles.sort(articles.columns).rows(), documents.sort("raw_path", "position").rows()


def pages_per_second(
    sample: list[RawDocument], readers: list[Callable[[RawDocument], object]]
) -> list[float]:
    """Pages per second of one core for each reader.

    All read a page one after the other, several times over, and the best time of each page counts: what else the
    machine does meanwhile hits all of them alike, and mostly drops out.
    """
    best = [[float("inf")] * len(sample) for _ in readers]
    for _, (place, document) in itertools.product(range(ROUNDS), enumerate(sample)):
        for times, read in zip(best, readers, strict=True):
            started = time.perf_counter()
            read(document)
            times[place] = min(times[place], time.perf_counter() - started)
    return [len(sample) / sum(times) for times in best]


def main() -> None:
    """Run all of it and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=2_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--child", nargs=2, type=Path)
    options = parser.parse_args()
    if options.child:
        collect(*options.child)
        return
    folder = options.folder or Path(tempfile.mkdtemp(prefix="niaga-collect-"))
    large, small = folder / "large", folder / "small"
    for raw_dir, count in ((large, options.pages), (small, options.pages // 4)):
        raw_dir.mkdir(parents=True, exist_ok=True)
        if not (raw_dir / ARCHIVE).exists():
            write_archive(raw_dir / ARCHIVE, count)
    size = (large / ARCHIVE).stat().st_size
    print(f"{options.pages:,} pages, {size / 1e6:.0f} MB as .warc.gz")

    started = time.process_time()
    with (large / ARCHIVE).open("rb") as stream:
        records = sum(
            len(record.reader.read()) > 0
            for record in ArchiveIterator(stream, record_types=WarcRecordType.response, fsspec_args=False)
        )
    alone = records / (time.process_time() - started)

    items = read_documents(large, ARCHIVE, metadata=MetadataTree({}), fields=usual_fields())
    documents = (item.document for item in items if isinstance(item.document, RawDocument))
    sample = list(itertools.islice(documents, options.sample))
    plain, with_date, ours = pages_per_second(
        sample,
        [
            lambda document: trafilatura.extract(document.content, include_comments=False),
            lambda document: trafilatura.bare_extraction(
                document.content, include_comments=False, with_metadata=True
            ),
            read_document,
        ],
    )
    print(f"FastWARC alone                     {alone:10,.0f} pages/s")
    print(f"trafilatura, text only             {plain:10,.1f} pages/s/core")
    print(f"trafilatura, text and metadata     {with_date:10,.1f} pages/s/core")
    print(f"niaga, text, metadata, language    {ours:10,.1f} pages/s/core = {ours / plain:.2f} of text only")

    for raw_dir, count in ((small, options.pages // 4), (large, options.pages)):
        seconds, processor, peak = run_whole(raw_dir, folder / f"w-{raw_dir.name}")
        print(
            f"collect, {count:>9,} pages   {count / seconds:8,.1f} pages/s   {count / processor:8,.1f} pages/s/core   "
            f"peak {peak:,} MB"
        )

    again = run_killed(large, folder / "w-killed", options.pages // 2)
    same = contents(folder / "w-killed", large) == contents(folder / "w-large", large)
    print(
        f"killed at {options.pages // 2:,} and started again: read {again:,} more; the same rows as in one go: {same}"
    )
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
