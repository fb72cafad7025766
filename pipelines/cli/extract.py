"""`niaga extract`: claims of text files as JSON lines, without touching the warehouse."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
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
        typer.Argument(
            help="Files of any kind that niaga run reads, folders of them (any depth), or - for standard input."
        ),
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

    Each line has article_id (the file's stem, with the place of the record where a file holds several), text,
    text_sha256, title, source, url, published and claims; each claim has its slots, quote, quote_start,
    quote_end (code points in text), spans, rule_id and confidence.
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
    from pipelines.adapters.containers import read_documents
    from pipelines.adapters.readers import list_raw_files, read_bytes
    from pipelines.stages.collect import RawDocument, Rejection
    from pipelines.stages.collect.formats import format_or_none
    from pipelines.stages.collect.raw import MetadataTree, parse_metadata
    from pipelines.stages.collect.records import FieldTree, parse_fields

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
            continue
        if not path.exists():
            raise NiagaError(f"{path}: no such file or folder")
        if path.is_dir():
            folder, listing = path, list_raw_files(path)
            for problem in listing.problems:
                if problem.reason_code != "unsupported_format":
                    warn(problem, path)
            files = [file.raw_path for file in listing.files]
            beside = [file.raw_path for file in listing.metadata_files]
            parsed = [] if given else [(name, parse_metadata(name, load(path / name))) for name in beside]
            fields = {
                str(PurePosixPath(file.raw_path).parent): parse_fields(
                    file.raw_path, load(path / file.raw_path)
                )
                for file in listing.field_files
            }
            for problem in [
                *(problem for _, rows in parsed for problem in rows.problems),
                *(problem for _, wrong in fields.values() for problem in wrong),
            ]:
                warn(problem, path)
        else:
            folder, files, parsed, fields = path.parent, [path.name], [], {}
        tree = MetadataTree({".": given.rows}) if given else MetadataTree.build(parsed)
        mappings = FieldTree({name: mapping for name, (mapping, _) in fields.items()})
        for raw_path in files:
            if format_or_none(raw_path) is None:  # a text without a suffix, named by hand
                yield from _one(RawDocument(raw_path, load(path), tree.of(raw_path)))
                continue
            for item in read_documents(folder, raw_path, metadata=tree, fields=mappings.of(raw_path)):
                if isinstance(item.document, Rejection):
                    if path.is_file() and item.document.reason_code == "vanished":
                        raise NiagaError(f"{path}: {item.document.detail}")
                    warn(item.document, folder)
                else:
                    yield from _one(item.document)


def _one(document: Any) -> Iterator[dict[str, Any]]:
    from pipelines.stages.collect import Rejection, collect_document
    from pipelines.stages.collect.formats import document_stem
    from pipelines.stages.extract import extract_claims

    article = collect_document(document)
    if isinstance(article, Rejection):
        place = f"{document.raw_path} ({document.raw_locator})" if document.raw_locator else document.raw_path
        messages().print(f"niaga: {place}: {article.reason_code}: {article.detail}", markup=False)
        return
    claims = extract_claims(
        article.text, published=article.published, title=article.title, outlet=article.outlet
    )
    stem = document_stem(Path(document.raw_path).name)
    yield {
        "article_id": f"{stem}#{article.raw_locator}" if article.raw_locator else stem,
        "title": article.title,
        "source": article.outlet,
        "url": article.url,
        "published": article.published,
        "text": article.text,
        "text_sha256": article.text_sha256,
        "claims": [claim.gold_layout() for claim in claims],
    }
