"""Which files are new or changed, and what the tables look like once they are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final

import polars as pl

from pipelines.contracts.ids import make_id
from pipelines.contracts.runs import COLLECT_REJECTS, RAW_FILES
from pipelines.contracts.tables import ARTICLES
from pipelines.stages.collect.document import (
    CollectedArticle,
    RawDocument,
    RawMetadata,
    Rejection,
    collect_document,
)
from pipelines.stages.collect.raw import Listing, MetadataTree, RawFile

# A file may change again within the clock tick of its time stamp: one that was this young when it was read is
# hashed once more before it counts as unchanged (the rule git uses for its index).
_SETTLED_NS: Final = 2_000_000_000

ReadBytes = Callable[[str], bytes | Rejection]


@dataclass(frozen=True, slots=True)
class Intake:
    """What one look at the raw folder changes.

    Attributes:
        raw_files: Rows of `raw_files` to add or replace.
        gone: raw_path of every row that goes: rejected files that are no longer there.
        articles: Rows of `articles` to add or replace.
        rejects: All of `collect_rejects` as it is now.
        new_versions: Article versions that were not known before.
        files_listed: Documents that lie in the folder.
    """

    raw_files: pl.DataFrame
    gone: pl.DataFrame
    articles: pl.DataFrame
    rejects: pl.DataFrame
    new_versions: int
    files_listed: int


def collect_new(
    listing: Listing,
    metadata: MetadataTree,
    *,
    raw_files: pl.DataFrame,
    articles: pl.DataFrame,
    rejects: pl.DataFrame,
    read: ReadBytes,
    version: str,
    run_id: str,
    now_ns: int,
    problems: Iterable[Rejection] = (),
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Intake:
    """Read the files that are new or changed and say how the tables change.

    Args:
        listing: The raw folder.
        metadata: What its metadata.csv files say.
        raw_files: The table as it is: files read before.
        articles: The table as it is.
        rejects: `collect_rejects` as it is; a reject that stays keeps the run that met it first.
        read: Gives the bytes of a raw path.
        version: Version of the cleaning code; a file cleaned by another is cleaned again.
        run_id: This run.
        now_ns: The clock, in nanoseconds since 1970.
        problems: Further problems of this look, of metadata.csv say.
        on_progress: Called with files done and files listed.

    Guarantees: a file with known size, time, bytes and metadata is not cleaned again; no file stops the others;
        of several texts under one id the one with the last raw path is current; order of files is no matter.
    """
    known = {row["raw_path"]: row for row in raw_files.iter_rows(named=True)}
    changed: dict[str, dict[str, Any]] = {}
    read_now: list[CollectedArticle] = []
    found_problems = [*listing.problems, *problems]
    for done, file in enumerate(listing.files):
        on_progress(done, len(listing.files))
        row_metadata = metadata.of(file.raw_path)
        signature = _metadata_sha256(row_metadata)
        before = known.get(file.raw_path)
        same_rules = (
            before is not None
            and before["metadata_sha256"] == signature
            and before["collect_version"] == version
        )
        if before is not None and same_rules and _is_settled(file, before):
            continue
        content = read(file.raw_path)
        if isinstance(content, Rejection):
            found_problems.append(content)
            continue
        row: dict[str, Any] = {
            "raw_path": file.raw_path,
            "size": file.size,
            "mtime_ns": file.mtime_ns,
            "read_at_ns": now_ns,
            "raw_sha256": hashlib.sha256(content).hexdigest(),
            "metadata_sha256": signature,
            "collect_version": version,
        }
        if before is not None and same_rules and before["raw_sha256"] == row["raw_sha256"]:
            changed[file.raw_path] = {**before, **row}  # touched, not changed
            continue
        outcome = _collect(RawDocument(file.raw_path, content, row_metadata))
        if isinstance(outcome, Rejection):
            row |= {
                "article_id": None, "text_sha256": None,
                "reason_code": outcome.reason_code, "detail": outcome.detail,
            }  # fmt: skip
        else:
            read_now.append(outcome)
            row |= {
                "article_id": outcome.article_id, "text_sha256": outcome.text_sha256,
                "reason_code": None, "detail": None,
            }  # fmt: skip
        changed[file.raw_path] = row
    on_progress(len(listing.files), len(listing.files))

    listed = {file.raw_path for file in listing.files}
    after = {**known, **changed}
    gone = sorted(path for path, row in after.items() if row["reason_code"] and path not in listed)
    found_problems += [
        Rejection(path, row["reason_code"], row["detail"])
        for path, row in sorted(after.items())
        if row["reason_code"] and path in listed
    ]
    changed_articles, new_versions = _article_rows(read_now, articles, after.values(), run_id)
    return Intake(
        raw_files=RAW_FILES.frame([changed[path] for path in sorted(changed)]),
        gone=pl.DataFrame({"raw_path": gone}, schema={"raw_path": pl.String}),
        articles=changed_articles,
        rejects=_reject_rows(found_problems, rejects, run_id),
        new_versions=new_versions,
        files_listed=len(listing.files),
    )


def _is_settled(file: RawFile, before: dict[str, Any]) -> bool:
    return bool(
        before["size"] == file.size
        and before["mtime_ns"] == file.mtime_ns
        and before["mtime_ns"] + _SETTLED_NS < before["read_at_ns"]
    )


def _collect(document: RawDocument) -> CollectedArticle | Rejection:
    try:
        return collect_document(document)
    except Exception as error:  # noqa: BLE001 - one hostile file must not stop the others; it is named in rejects
        return Rejection(document.raw_path, "collect_failed", f"{type(error).__name__}: {error}"[:500])


def _metadata_sha256(metadata: RawMetadata | None) -> str:
    payload = json.dumps(asdict(metadata or RawMetadata()), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(payload.encode()).hexdigest()


def _article_rows(
    read_now: list[CollectedArticle],
    articles: pl.DataFrame,
    raw_files: Iterable[dict[str, Any]],
    run_id: str,
) -> tuple[pl.DataFrame, int]:
    """Rows of `articles` to add or replace: what was read, and versions that became current or ceased to be."""
    current: dict[str, tuple[str, str]] = {}
    for file in raw_files:
        if file["article_id"] is not None:
            latest = (file["raw_path"], file["text_sha256"])
            current[file["article_id"]] = max(current.get(file["article_id"], latest), latest)
    known = {
        (row["article_id"], row["text_sha256"]): row
        for row in articles.select("article_id", "text_sha256", "raw_path", "is_current", "run_id").iter_rows(
            named=True
        )
    }
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for article in sorted(read_now, key=lambda article: article.raw_path, reverse=True):
        key = (article.article_id, article.text_sha256)
        before = known.get(key)
        # Of files with one text and one address the first path speaks, whichever was read first.
        if before is None or article.raw_path <= before["raw_path"]:
            rows[key] = {
                **{name: getattr(article, name) for name in CollectedArticle.__dataclass_fields__},
                "text_length": len(article.text),
                "is_current": current[article.article_id][1] == article.text_sha256,
                "run_id": before["run_id"] if before else run_id,
            }
    turned = [
        {"article_id": key[0], "text_sha256": key[1]}
        for key, row in known.items()
        if key not in rows and row["is_current"] != (key[0] in current and current[key[0]][1] == key[1])
    ]
    fresh = ARTICLES.frame(
        [{name: row[name] for name in ARTICLES.columns} for _, row in sorted(rows.items())]
    )
    keys = pl.DataFrame(turned, schema={"article_id": pl.String, "text_sha256": pl.String})
    flipped = articles.join(keys, on=["article_id", "text_sha256"], how="semi").with_columns(
        ~pl.col("is_current")
    )
    return pl.concat([fresh, flipped]), sum(key not in known for key in rows)


def _reject_rows(problems: list[Rejection], before: pl.DataFrame, run_id: str) -> pl.DataFrame:
    first_run = dict(before.select("reject_id", "run_id").iter_rows())
    rows: dict[str, dict[str, Any]] = {}
    for problem in problems:
        reject_id = make_id("reject", "collect", problem.raw_path, problem.reason_code, problem.detail)
        rows[reject_id] = {
            "reject_id": reject_id,
            "stage": "collect",
            "raw_path": problem.raw_path,
            "article_id": None,
            "reason_code": problem.reason_code,
            "detail": problem.detail,
            "run_id": first_run.get(reject_id, run_id),
        }
    return COLLECT_REJECTS.frame(
        sorted(rows.values(), key=lambda row: (row["raw_path"], row["reason_code"], row["reject_id"]))
    )
