"""Documents broken at random, sent through the stages: what a crawler, a broken disk or an attacker may leave.

Real articles are cut, doubled, spliced, and strewn with bytes, characters and figures that broke code before. The
same seed gives the same documents.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import zstandard

from pipelines.adapters.containers import read_documents
from pipelines.adapters.readers import list_raw_files, read_bytes
from pipelines.contracts.ids import text_sha256
from pipelines.contracts.tables import ARTICLES
from pipelines.settings import PROJECT_DIR
from pipelines.stages.collect import RawDocument, RawMetadata, Rejection, collect_document
from pipelines.stages.collect.raw import MetadataTree, parse_metadata
from pipelines.stages.collect.records import FieldTree
from pipelines.stages.dedupe import cluster_articles
from pipelines.stages.extract import extract_claims
from tests.property.texts import NUMBERS, ODD
from tests.support import warc

_BATCH = 50  # articles of one look for copies
_LONGEST = 2_500  # bytes: most faults lie in short texts; long ones cost the time of many
_MARKUP = [
    b"<script>alert(1)</script>", b"<p>", b"</div", b"&nbsp;", b"&#x0;", b"]]>", b"<!--", b"\xef\xbb\xbf", b"\xff\xfe",
    b"\x00", b"\xc3\x28", b"\xed\xa0\x80", b"\x1b[31m", b"\r", b"\x85", b"{{ 7*7 }}", b"';drop table x;--", b"%00",
    b"../../etc/passwd", b"=cmd|' /C calc'!A0", b"\\u0000", b"\xe2\x80\xae",
]  # fmt: skip


@dataclass
class Outcome:
    """What came of a fuzz: inputs by result, and what must not be."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return ", ".join(f"{count:,} {name}" for name, count in self.counts.most_common(8))


def broken_documents(count: int, *, seed: int) -> Iterator[bytes]:
    """Documents, each made from one or two real articles by some random breaks."""
    chance = random.Random(seed)
    seeds = [path.read_bytes() for path in sorted((PROJECT_DIR / "data" / "raw").glob("*.txt"))]
    seeds += [
        path.read_bytes()
        for path in sorted(
            (PROJECT_DIR / "tests" / "golden" / "evaluation" / "dev" / "articles").glob("*.txt")
        )
    ]
    pieces = [text.encode() for text in (*NUMBERS, *ODD)] + _MARKUP
    for _ in range(count):
        content = bytearray(chance.choice(seeds))
        start = chance.randrange(max(len(content) - 200, 1))
        content = content[start : start + chance.randrange(1, _LONGEST)]
        for _ in range(chance.choice((0, 1, 1, 2, 3, 5, 8, 30))):
            place = chance.randrange(len(content) + 1)
            action = chance.randrange(6)
            if action == 0:
                content[place:place] = chance.choice(pieces)
            elif action == 1:
                del content[place : place + chance.randrange(1, 40)]
            elif action == 2 and content:
                content[place % len(content)] = chance.randrange(256)
            elif action == 3:
                other = chance.choice(seeds)
                begin = chance.randrange(len(other))
                content[place:place] = other[begin : begin + chance.randrange(1, 300)]
            elif action == 4:
                content += content[place : place + 400]
            else:
                content[place:place] = chance.choice(pieces) * chance.randrange(1, 20)
        yield bytes(content)


def fuzz_documents(count: int, *, seed: int, folder: Path) -> Outcome:
    """Bytes to article to claims; every quote and span must stand where it is said to."""
    outcome = Outcome()
    chance = random.Random(seed)
    for number, content in enumerate(broken_documents(count, seed=seed)):
        metadata = RawMetadata(
            published=chance.choice((None, "2024", "2024-03-05", "9999-12-31")),
            source=chance.choice((None, "Koran")),
        )
        try:
            article = collect_document(RawDocument(f"{number}.txt", content, metadata))
            if isinstance(article, Rejection):
                outcome.counts[article.reason_code] += 1
                continue
            claims = extract_claims(
                article.text, published=article.published, title=article.title, outlet=article.outlet
            )
            for claim in claims:
                assert article.text[claim.quote_start : claim.quote_end] == claim.quote
                assert len(claim.quote) <= 500
                assert all(0 <= start < end <= len(article.text) for start, end in claim.spans.values())
            outcome.counts["articles with claims" if claims else "articles"] += 1
        except Exception:  # noqa: BLE001 - finding them is what this is for
            outcome.problems.append(f"document {number} of seed {seed}: {traceback.format_exc()}")
    return outcome


def fuzz_metadata(count: int, *, seed: int, folder: Path) -> Outcome:
    """Broken metadata.csv, and files with broken names and contents as the reader meets them on disk."""
    outcome = Outcome()
    chance = random.Random(seed)
    row = b'article_id,url,published,source\n000,https://a.example/b?c=1,2024-03-05,Koran\n"x",,,\n'
    for number, content in enumerate(broken_documents(count, seed=seed)):
        broken = bytearray(row)
        for _ in range(chance.randrange(1, 6)):
            place = chance.randrange(len(broken) + 1)
            broken[place : place + chance.randrange(3)] = content[: chance.randrange(60)]
        try:
            parsed = parse_metadata("metadata.csv", bytes(broken))
            outcome.counts["with problems" if parsed.problems else "without"] += 1
        except Exception:  # noqa: BLE001 - as above
            outcome.problems.append(f"metadata {number} of seed {seed}: {traceback.format_exc()}")
        if number % 50 == 0:  # the disk is slow, and the reader looks at names and kinds only
            try:
                _read_from_disk(folder / f"fuzz{number}", content, chance)
                outcome.counts["folders read"] += 1
            except Exception:  # noqa: BLE001 - as above
                outcome.problems.append(f"folder {number} of seed {seed}: {traceback.format_exc()}")
    return outcome


def fuzz_containers(count: int, *, seed: int, folder: Path) -> Outcome:
    """Tables, zips and web archives broken byte by byte: each document has a place and is read, or is a rejection."""
    outcome = Outcome()
    chance = random.Random(seed)
    whole = _containers(list(broken_documents(30, seed=seed)))
    for number in range(count):
        name = chance.choice(sorted(whole))
        content = bytearray(whole[name])
        for _ in range(chance.choice((1, 1, 2, 4, 20))):
            place = chance.randrange(len(content) + 1)
            action = chance.randrange(5)
            if action == 0:
                content[place : place + 1] = bytes([chance.randrange(256)])
            elif action == 1:
                del content[place : place + chance.randrange(1, 200)]
            elif action == 2:
                content[place:place] = chance.choice(_MARKUP) * chance.randrange(1, 5)
            elif action == 3:
                del content[place:]
            else:
                content[place : place + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
        path = folder / f"broken{name}"
        path.write_bytes(content)
        try:
            places = set()
            items = read_documents(
                folder, path.name, metadata=MetadataTree({}), fields=FieldTree({}).of(path.name)
            )
            for item in items:
                document = item.document
                if not isinstance(document, Rejection):
                    assert (document.raw_locator, document.position) not in places
                    places.add((document.raw_locator, document.position))
                    document = collect_document(document)
                kind = document.reason_code if isinstance(document, Rejection) else "records read"
                outcome.counts[kind] += 1
            outcome.counts["files"] += 1
        except Exception:  # noqa: BLE001 - as above
            outcome.problems.append(f"{name} {number} of seed {seed}: {traceback.format_exc()}")
    return outcome


def _containers(texts: list[bytes]) -> dict[str, bytes]:
    """Sound files of every kind that holds more than one document, by name."""
    rows = [
        {"url": f"https://suara.example.org/{n}", "title": f"Ekspor {n}", "text": text.decode("utf-8", "replace")}
        for n, text in enumerate(texts[:6])
    ]  # fmt: skip
    table = pl.DataFrame(rows)
    parquet, zipped, archive = io.BytesIO(), io.BytesIO(), io.BytesIO()
    table.write_parquet(parquet)
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as members:
        for number, text in enumerate(texts[:4]):
            members.writestr(f"dalam/{number}.txt", text)
        members.writestr("daftar.csv", table.write_csv())
    for number in range(3):
        archive.write(warc.response(f"https://suara.example.org/{number}", warc.article_page(number)))
    lines = "".join(json.dumps(row) + "\n" for row in rows).encode()
    plain = {
        ".jsonl": lines, ".json": json.dumps(rows).encode(), ".csv": table.write_csv().encode(),
        ".parquet": parquet.getvalue(), ".zip": zipped.getvalue(), ".warc": archive.getvalue(),
        ".html": warc.article_page(1),
    }  # fmt: skip
    packed = {f"{name}.gz": gzip.compress(plain[name]) for name in (".jsonl", ".csv", ".warc")}
    return plain | packed | {".jsonl.zst": zstandard.ZstdCompressor().compress(lines)}


def _read_from_disk(folder: Path, content: bytes, chance: random.Random) -> None:
    folder.mkdir()
    name = bytes(byte for byte in content[:40] if byte not in b"/\0") or b"x"
    for written in (name, name + b".txt", b"metadata.csv"):
        try:
            with open(bytes(folder) + b"/" + written, "wb") as stream:  # noqa: PTH123 - a name that is no text
                stream.write(content)
        except OSError:
            continue
    (folder / "loop.txt").symlink_to(folder)
    (folder / f"gone{chance.random()}.txt").symlink_to("/nowhere")
    listing = list_raw_files(folder)
    for file in listing.files:
        read_bytes(folder, file.raw_path)


def fuzz_dedupe(count: int, *, seed: int, folder: Path) -> Outcome:
    """Broken articles and breaks of breaks, clustered in batches: none is lost, and each cluster has one that speaks."""
    outcome = Outcome()
    texts: list[str] = []
    for number, content in enumerate(broken_documents(count, seed=seed)):
        texts.append(content.decode("utf-8", "replace").replace("\x00", ""))
        if len(texts) < _BATCH and number + 1 < count:
            continue
        batch = texts + [text[: len(text) // 2] for text in texts[::5]] + ["", " ", texts[0]]
        try:
            result = cluster_articles(_articles(batch))
            assert result.clusters.height == len(batch)
            speaking = result.clusters.filter(pl.col("article_id") == pl.col("representative_id"))
            assert (
                speaking["cluster_id"].n_unique()
                == result.clusters["cluster_id"].n_unique()
                == speaking.height
            )
            outcome.counts["articles"] += len(texts)
            outcome.counts["clusters"] += speaking.height
        except Exception:  # noqa: BLE001 - as above
            outcome.problems.append(f"batch at {number} of seed {seed}: {traceback.format_exc()}")
        texts = []
    return outcome


def _articles(texts: list[str]) -> pl.DataFrame:
    rows = [
        dict.fromkeys(ARTICLES.columns)
        | {
            "article_id": f"a{number}", "text_sha256": text_sha256(text), "raw_path": f"{number}.txt", "raw_sha256": "x",
            "text": text, "text_length": len(text), "raw_length": len(text), "is_current": True, "run_id": "r",
        }
        for number, text in enumerate(texts)
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=ARTICLES.schema)
