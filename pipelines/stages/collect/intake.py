"""Which files are new or changed, and what the tables look like once they are read, a batch at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Protocol

import polars as pl

from pipelines.contracts.ids import make_id, text_sha256
from pipelines.contracts.runs import COLLECT_REJECTS, RAW_DOCUMENTS, RAW_FILES
from pipelines.contracts.tables import ARTICLES, PAGE_VARIANTS
from pipelines.errors import ArticleLimitError
from pipelines.stages.collect.document import read_document
from pipelines.stages.collect.formats import Format, format_or_none
from pipelines.stages.collect.model import (
    PASSING,
    SET_ASIDE,
    CollectedArticle,
    RawDocument,
    Reading,
    Rejection,
)
from pipelines.stages.collect.raw import Listing, MetadataTree, RawFile
from pipelines.stages.collect.records import FieldTree

# A file may change again within the clock tick of its time stamp: one that was this young when it was read is
# hashed once more before it counts as unchanged (the rule git uses for its index).
_SETTLED_NS: Final = 2_000_000_000
# A batch is what a killed run does again: some seconds of work, and memory that does not grow with an archive.
_BATCH_DOCUMENTS: Final = 1_000
_BATCH_BYTES: Final = 64_000_000

Digest = Callable[[str], str | Rejection]
Clean = Callable[[RawDocument], Reading]
_FILE_KEY: Final = ["raw_path"]
_DOCUMENT_KEY: Final = ["raw_path", "raw_locator"]


class Found(Protocol):
    """One document of a file as a reader gives it; `resume_at` is where a later reading goes on behind it."""

    @property
    def document(self) -> RawDocument | Rejection:
        """The document, or what is wrong at its place."""

    @property
    def resume_at(self) -> int:
        """Where a later reading goes on."""


ReadFile = Callable[[RawFile, int], Iterable[Found]]


class CollectState(Protocol):
    """What collect knows from before, by the ids it asks for; a batch that was given must be in it."""

    def documents_of_files(self, raw_paths: pl.DataFrame) -> pl.DataFrame:
        """Rows of `raw_documents` of some raw_path."""

    def documents_of_articles(self, article_ids: pl.DataFrame) -> pl.DataFrame:
        """Rows of `raw_documents` of some article_id."""

    def articles(self, article_ids: pl.DataFrame) -> pl.DataFrame:
        """Rows of `articles`, all versions, of some article_id."""


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """A file to read: where to begin, and whether it was read before, as it was then."""

    file: RawFile
    metadata_sha256: str
    raw_sha256: str | None
    start: int
    was_read: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What one look at the raw folder finds to do.

    Attributes:
        to_read: Files that are new, changed, or were not read to their end.
        touched: Rows of `raw_files` whose time stamp changed and nothing else.
        gone: raw_path of every file that is no longer there.
        problems: What is wrong with files that cannot be opened, and with metadata.
        files_listed: Files that lie in the folder.
    """

    to_read: tuple[PlannedFile, ...]
    touched: pl.DataFrame
    gone: pl.DataFrame
    problems: tuple[Rejection, ...]
    files_listed: int


@dataclass(frozen=True, slots=True)
class Batch:
    """What some documents change in the tables: rows to add or replace, and keys of rows that go."""

    raw_files: pl.DataFrame
    raw_documents: pl.DataFrame
    stale_documents: pl.DataFrame
    articles: pl.DataFrame
    new_versions: int
    files_done: int


def plan_reading(
    listing: Listing,
    metadata: MetadataTree,
    fields: FieldTree,
    *,
    raw_files: pl.DataFrame,
    digest: Digest,
    version: str,
    now_ns: int,
    problems: Iterable[Rejection] = (),
) -> Plan:
    """Say which files must be read.

    Args:
        listing: The raw folder.
        metadata: What its metadata.csv files say.
        fields: What its fields.yml files say.
        raw_files: The table as it is: files read before.
        digest: Gives the SHA-256 of a raw path; asked only where size and time do not tell.
        version: Version of the cleaning code; a file cleaned by another is cleaned again.
        now_ns: The clock, in nanoseconds since 1970.
        problems: Further problems of this look, of metadata.csv say.

    Guarantees: a file with known size, time, bytes, metadata and code is not read again; one whose reading was
        stopped goes on where it stopped.
    """
    known = {row["raw_path"]: row for row in raw_files.iter_rows(named=True)}
    to_read: list[PlannedFile] = []
    touched: list[dict[str, Any]] = []
    found_problems = [*listing.problems, *problems]
    for file in listing.files:
        signature = _metadata_sha256(file, metadata, fields)
        before = known.get(file.raw_path)
        same_rules = (
            before is not None
            and before["metadata_sha256"] == signature
            and before["collect_version"] == version
        )
        if before is None or not same_rules:
            to_read.append(PlannedFile(file, signature, None, 0, before is not None))
            continue
        if not _is_settled(file, before):
            found = digest(file.raw_path)
            if isinstance(found, Rejection):
                found_problems.append(found)
                continue
            if found != before["raw_sha256"]:
                to_read.append(PlannedFile(file, signature, found, 0, True))
                continue
            if before["resume_at"] is None:
                times = {"size": file.size, "mtime_ns": file.mtime_ns, "read_at_ns": now_ns}
                touched.append({**before, **times})
        if before["resume_at"] is not None:
            to_read.append(PlannedFile(file, signature, before["raw_sha256"], before["resume_at"], True))
    listed = {file.raw_path for file in listing.files}
    gone = sorted(path for path in known if path not in listed)
    return Plan(
        to_read=tuple(to_read),
        touched=RAW_FILES.frame(touched),
        gone=pl.DataFrame({"raw_path": gone}, schema={"raw_path": pl.String}),
        problems=tuple(found_problems),
        files_listed=len(listing.files),
    )


@dataclass(slots=True)
class _Pending:
    """What was read since the last batch."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    articles: list[CollectedArticle] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    finished: dict[str, str] = field(default_factory=dict)
    reread: set[str] = field(default_factory=set)
    size: int = 0


def clean_document(document: RawDocument) -> Reading:
    """What one document became; a fault in reading it is a rejection."""
    try:
        return read_document(document)
    except Exception as error:  # noqa: BLE001 - one hostile file must not stop the others; it is named in rejects
        detail = f"{type(error).__name__}: {error}"[:500]
        return Reading(Rejection(document.raw_path, "collect_failed", detail, document.raw_locator))


def collect_files(
    plan: Plan,
    state: CollectState,
    *,
    read: ReadFile,
    digest: Digest,
    version: str,
    run_id: str,
    now_ns: int,
    problems: list[Rejection],
    clean: Clean = clean_document,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Batch]:
    """Read the planned files; the caller stores each batch before it asks for the next.

    Args:
        plan: What to read.
        state: What is stored, with every batch so far.
        read: Gives the documents of a file, from a start on.
        digest: Gives the SHA-256 of a raw path.
        version: Version of the cleaning code.
        run_id: This run.
        now_ns: The clock, in nanoseconds since 1970.
        problems: Takes what is wrong with files that cannot be opened.
        clean: `clean_document`, or the same within limits: an ArticleLimitError of it is a rejection.
        on_progress: Called with files done and files to read.

    Guarantees: no document stops the others; of several texts under one id the better edition, the one fetched
        last, the last raw path is current, in this order; the order of reading is no matter; stopped at any
        moment and begun again, nothing is lost and nothing is there twice.
    """
    pending = _Pending()
    for done, planned in enumerate(plan.to_read):
        on_progress(done, len(plan.to_read))
        raw_path = planned.file.raw_path
        sha256 = planned.raw_sha256 or digest(raw_path)
        if isinstance(sha256, Rejection):
            problems.append(sha256)
            continue
        read_id = make_id("reading", sha256, planned.metadata_sha256, version)
        row: dict[str, Any] = {
            "raw_path": raw_path,
            "size": planned.file.size,
            "mtime_ns": planned.file.mtime_ns,
            "read_at_ns": now_ns,
            "raw_sha256": sha256,
            "metadata_sha256": planned.metadata_sha256,
            "collect_version": version,
        }
        if planned.was_read:
            pending.reread.add(raw_path)
        for item in read(planned.file, planned.start):
            if isinstance(item.document, Rejection) and item.document.reason_code in PASSING:
                problems.append(item.document)
                break  # the next run goes on here
            _take(pending, item, read_id, clean)
            pending.files[raw_path] = {**row, "resume_at": item.resume_at}
            if len(pending.documents) >= _BATCH_DOCUMENTS or pending.size >= _BATCH_BYTES:
                yield _batch(pending, state, run_id, done)
                pending = _Pending(reread={raw_path} if planned.was_read else set())
        else:
            pending.files[raw_path] = {**row, "resume_at": None}
            pending.finished[raw_path] = read_id
    on_progress(len(plan.to_read), len(plan.to_read))
    if pending.files:
        yield _batch(pending, state, run_id, len(plan.to_read))


def reject_rows(
    problems: Iterable[Rejection], refused: pl.DataFrame, before: pl.DataFrame, run_id: str
) -> pl.DataFrame:
    """All of `collect_rejects` as it is now.

    Args:
        problems: What is wrong with the folder and its files at this look.
        refused: Rows of `raw_documents` that became no article; those that are set aside are no rejects.
        before: The table as it is; a reject that stays keeps the run that met it first.
        run_id: This run.
    """
    first_run = dict(before.select("reject_id", "run_id").iter_rows())
    found = [
        *problems,
        *(
            Rejection(row["raw_path"], row["reason_code"], row["detail"], row["raw_locator"])
            for row in refused.filter(~pl.col("reason_code").is_in(list(SET_ASIDE))).iter_rows(named=True)
        ),
    ]
    rows: dict[str, dict[str, Any]] = {}
    for problem in found:
        place = [problem.raw_path, *([problem.raw_locator] if problem.raw_locator else [])]
        reject_id = make_id("reject", "collect", *place, problem.reason_code, problem.detail)
        rows[reject_id] = {
            "reject_id": reject_id,
            "stage": "collect",
            "raw_path": problem.raw_path,
            "raw_locator": problem.raw_locator,
            "article_id": None,
            "reason_code": problem.reason_code,
            "detail": problem.detail,
            "run_id": first_run.get(reject_id, run_id),
        }
    return COLLECT_REJECTS.frame(
        sorted(rows.values(), key=lambda row: (row["raw_path"], row["reason_code"], row["reject_id"]))
    )


def _is_settled(file: RawFile, before: dict[str, Any]) -> bool:
    return bool(
        before["size"] == file.size
        and before["mtime_ns"] == file.mtime_ns
        and before["mtime_ns"] + _SETTLED_NS < before["read_at_ns"]
    )


def _metadata_sha256(file: RawFile, metadata: MetadataTree, fields: FieldTree) -> str:
    """Hash of all that is told of a file from outside; a zip's members may each have a row."""
    kind = format_or_none(file.raw_path) or Format("text")
    own = metadata.of(file.raw_path)
    told: list[Any] = [asdict(own) if own else None]
    if kind.kind == "zip":
        rows = metadata.above(file.raw_path)
        told.append({folder: {stem: asdict(row) for stem, row in of.items()} for folder, of in rows.items()})
    if not kind.is_document:
        told.append({name: list(names) for name, names in fields.of(file.raw_path).names.items()})
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _take(pending: _Pending, item: Found, read_id: str, clean: Clean) -> None:
    document = item.document
    if isinstance(document, Rejection):
        reading, position, retrieved_at = Reading(document), abs(item.resume_at), None
    else:
        try:
            reading = clean(document)
        except ArticleLimitError as error:
            reading = Reading(
                Rejection(document.raw_path, error.reason_code, str(error), document.raw_locator)
            )
        position, retrieved_at = document.position, document.retrieved_at
        pending.size += len(document.content)
    outcome = reading.outcome
    row = {
        "raw_path": outcome.raw_path,
        "raw_locator": outcome.raw_locator,
        "read_id": read_id,
        "position": position,
        "retrieved_at": retrieved_at,
        "page_variant": reading.page_variant,
        "page_part": reading.page_part,
    }
    if isinstance(outcome, Rejection):
        refusal = {"reason_code": outcome.reason_code, "detail": outcome.detail}
        pending.documents.append({**row, "article_id": None, "text_sha256": None, **refusal})
    else:
        version = {"article_id": outcome.article_id, "text_sha256": outcome.text_sha256}
        pending.documents.append({**row, **version, "reason_code": None, "detail": None})
        pending.articles.append(outcome)


def _batch(pending: _Pending, state: CollectState, run_id: str, files_done: int) -> Batch:
    # Two problems at one place are one row: the key is the place.
    documents = RAW_DOCUMENTS.frame(pending.documents).unique(_DOCUMENT_KEY, keep="last", maintain_order=True)
    reread = pl.DataFrame({"raw_path": sorted(pending.reread)}, schema={"raw_path": pl.String})
    earlier = state.documents_of_files(reread) if pending.reread else RAW_DOCUMENTS.frame([])
    finished = pl.DataFrame(
        {"raw_path": list(pending.finished), "now": list(pending.finished.values())},
        schema={"raw_path": pl.String, "now": pl.String},
    )
    # Places that an earlier reading knew and this one, read to the end, does not.
    stale = (
        earlier.join(finished, on="raw_path")
        .filter(pl.col("read_id") != pl.col("now"))
        .drop("now")
        .join(documents, on=_DOCUMENT_KEY, how="anti", nulls_equal=True)
    )
    replaced = earlier.join(documents, on=_DOCUMENT_KEY, how="semi", nulls_equal=True)
    touched = (
        pl.concat([documents["article_id"], stale["article_id"], replaced["article_id"]])
        .drop_nulls()
        .unique()
        .sort()
        .to_frame()
    )
    others = state.documents_of_articles(touched)
    for changed in (documents, stale):
        others = others.join(changed, on=_DOCUMENT_KEY, how="anti", nulls_equal=True)
    current = _current_versions(pl.concat([others, documents.filter(pl.col("article_id").is_not_null())]))
    rows, new_versions = _article_rows(pending.articles, state.articles(touched), current, run_id)
    return Batch(
        raw_files=RAW_FILES.frame(list(pending.files.values())),
        raw_documents=documents,
        stale_documents=stale.select(_DOCUMENT_KEY),
        articles=rows,
        new_versions=new_versions,
        files_done=files_done,
    )


def _current_versions(documents: pl.DataFrame) -> dict[str, list[str]]:
    """article_id to the text_sha256 of the version that stands for it, and of further parts that follow, in their order.

    Parts follow where the best page is the first of several, or where only parts are there.
    """
    edition = pl.col("page_variant").replace_strict(
        {name: rank for rank, name in enumerate(reversed(PAGE_VARIANTS))},
        default=len(PAGE_VARIANTS),
        return_dtype=pl.Int8,
    )
    ranked = documents.sort(
        edition, pl.col("retrieved_at").fill_null(""), "raw_path", "position", "text_sha256"
    )
    last = pl.col("page_variant", "text_sha256").last()
    standing = (
        ranked.filter(pl.col("page_part").is_null()).group_by("article_id", maintain_order=True).agg(last)
    )
    parts = ranked.filter(pl.col("page_part").is_not_null()).group_by("article_id", "page_part").agg(last)
    versions = {article_id: [version] for article_id, _, version in standing.iter_rows()}
    whole = {article_id for article_id, variant, _ in standing.iter_rows() if variant in {None, "all_pages"}}
    for article_id, _, _, version in parts.sort("article_id", "page_part").iter_rows():
        if article_id not in whole:
            versions.setdefault(article_id, []).append(version)
    return versions


def _article_rows(
    read_now: list[CollectedArticle], articles: pl.DataFrame, current: dict[str, list[str]], run_id: str
) -> tuple[pl.DataFrame, int]:
    """Rows of `articles` to add or replace: what was read, parts joined, and versions that became current or ceased."""
    known = {(row["article_id"], row["text_sha256"]): row for row in articles.iter_rows(named=True)}
    rows: dict[tuple[str, str], dict[str, Any]] = {}

    def add(row: dict[str, Any]) -> None:
        key = (row["article_id"], row["text_sha256"])
        before = known.get(key)
        # Of files with one text and one address the first path speaks, whichever was read first.
        if before is None or row["raw_path"] <= before["raw_path"]:
            rows[key] = {**row, "run_id": before["run_id"] if before else run_id}

    for article in sorted(read_now, key=lambda article: article.raw_path, reverse=True):
        told = {name: getattr(article, name) for name in CollectedArticle.__dataclass_fields__}
        add({**told, "text_length": len(article.text), "is_current": False})
    standing: dict[str, str] = {}
    for article_id, versions in current.items():
        standing[article_id] = versions[0]
        if len(versions) > 1:
            keys = [(article_id, version) for version in versions]
            # What a person told to forget is noted as read, and not there.
            there = [row for key in keys if (row := rows.get(key) or known.get(key))]
            if not there:
                continue
            joined = _joined(there)
            add(joined)
            standing[article_id] = joined["text_sha256"]
    for (article_id, version), row in rows.items():
        row["is_current"] = standing.get(article_id) == version
    turned = [
        {"article_id": key[0], "text_sha256": key[1]}
        for key, row in known.items()
        if key not in rows and row["is_current"] != (standing.get(key[0]) == key[1])
    ]
    fresh = ARTICLES.frame(
        [{name: row[name] for name in ARTICLES.columns} for _, row in sorted(rows.items())]
    )
    keys_turned = pl.DataFrame(turned, schema={"article_id": pl.String, "text_sha256": pl.String})
    flipped = articles.join(keys_turned, on=["article_id", "text_sha256"], how="semi").with_columns(
        ~pl.col("is_current")
    )
    return pl.concat([fresh, flipped]), sum(key not in known for key in rows)


def _joined(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """The parts of an article as one: what the first tells, and the lines of all, each once, headlines of parts left out."""
    first, *others = parts
    lines = dict.fromkeys(first["text"].split("\n"))
    for part in others:
        lines.update(dict.fromkeys(line for line in part["text"].split("\n") if line != part["title"]))
    text = "\n".join(lines)
    return {
        **first,
        "text": text,
        "text_sha256": text_sha256(text),
        "text_length": len(text),
        "raw_length": sum(part["raw_length"] for part in parts),
    }
