"""`niaga extract`: claims of text files as JSON lines, without touching the warehouse."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from pipelines.cli.app import app, expected_failures, messages
from pipelines.errors import NiagaError

STANDARD_INPUT = Path("-")


@app.command(
    epilog="Example: niaga extract data/raw --out claims.jsonl    or: niaga extract - < article.txt",
)
def extract(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Text files, folders of .txt files (any depth), or - for standard input."),
    ],
    metadata: Annotated[
        Path | None,
        typer.Option(
            "--metadata",
            help="CSV with columns article_id (the file's stem), url, published, source. Without it, a "
            "metadata.csv inside a folder is used.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write; standard output without it.")
    ] = None,
) -> None:
    """Read articles and print their claims, one JSON object per article; nothing is stored.

    Each line has article_id (the file's stem), text, text_sha256, title, source, url, published and claims; each
    claim has its slots, quote, quote_start, quote_end (code points in text), spans, rule_id and confidence.
    """
    with expected_failures():
        lines = _articles(paths, metadata)
        if out is None:
            _write(lines, sys.stdout)
        else:
            with out.open("w", encoding="utf-8", newline="\n") as stream:
                _write(lines, stream)


def _write(lines: Iterator[dict[str, Any]], stream: TextIO) -> None:
    for line in lines:
        # ASCII only: safe in any terminal and locale; JSON readers give the same text back.
        stream.write(json.dumps(line, ensure_ascii=True) + "\n")


def _articles(paths: list[Path], metadata: Path | None) -> Iterator[dict[str, Any]]:
    from pipelines.adapters.readers import list_raw_files, read_bytes
    from pipelines.stages.collect import RawDocument, RawMetadata, Rejection
    from pipelines.stages.collect.raw import MetadataTree, parse_metadata

    def load(path: Path) -> bytes:
        content = read_bytes(path.parent, path.name)
        if isinstance(content, Rejection):
            raise NiagaError(f"{path}: {content.reason_code}: {content.detail}")
        return content

    def warn(problem: Rejection, folder: Path | None = None) -> None:
        where = folder / problem.raw_path if folder else problem.raw_path
        messages().print(f"niaga: {where}: {problem.reason_code}: {problem.detail}", markup=False)

    given = None
    if metadata is not None:
        given = parse_metadata(str(metadata), load(metadata))
        for problem in given.problems:
            warn(problem)

    for path in paths:
        if path == STANDARD_INPUT:
            stdin_row = given.rows.get("stdin") if given else None
            yield from _one(RawDocument("stdin.txt", sys.stdin.buffer.read(), stdin_row))
        elif path.is_dir():
            listing = list_raw_files(path)
            for problem in listing.problems:
                if problem.reason_code != "unsupported_format":
                    warn(problem, path)
            parsed = [] if given else [
                (file.raw_path, parse_metadata(file.raw_path, load(path / file.raw_path)))
                for file in listing.metadata_files
            ]  # fmt: skip
            for _, rows in parsed:
                for problem in rows.problems:
                    warn(problem, path)
            tree = MetadataTree.build(parsed)
            for file in listing.files:
                row: RawMetadata | None = (
                    given.rows.get(Path(file.raw_path).stem) if given else tree.of(file.raw_path)
                )
                content = read_bytes(path, file.raw_path)
                if isinstance(content, Rejection):
                    warn(content, path)
                else:
                    yield from _one(RawDocument(file.raw_path, content, row))
        elif path.exists():
            yield from _one(RawDocument(path.name, load(path), given.rows.get(path.stem) if given else None))
        else:
            raise NiagaError(f"{path}: no such file or folder")


def _one(document: Any) -> Iterator[dict[str, Any]]:
    from pipelines.stages.collect import Rejection, collect_document
    from pipelines.stages.extract import extract_claims

    article = collect_document(document)
    if isinstance(article, Rejection):
        messages().print(f"niaga: {document.raw_path}: {article.reason_code}: {article.detail}", markup=False)
        return
    claims = extract_claims(
        article.text, published=article.published, title=article.title, outlet=article.outlet
    )
    yield {
        "article_id": Path(document.raw_path).stem,
        "title": article.title,
        "source": article.outlet,
        "url": article.url,
        "published": article.published,
        "text": article.text,
        "text_sha256": article.text_sha256,
        "claims": [claim.gold_layout() for claim in claims],
    }
