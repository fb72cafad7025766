"""What a run would do, without doing it: the look at the raw folder, and what each stage was computed from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

import polars as pl

from pipelines.adapters.apart import Apart
from pipelines.adapters.containers import read_documents, sha256_of
from pipelines.adapters.dedupe_index import DedupeIndex, open_dedupe_index
from pipelines.adapters.forgotten import must_forget, read_forgotten
from pipelines.adapters.readers import list_raw_files, read_bytes
from pipelines.adapters.reviews import read_reviews_file
from pipelines.adapters.state import Warehouse
from pipelines.adapters.tables import TableStore
from pipelines.adapters.versions import stage_version
from pipelines.contracts.events import EVENT_CLAIMS
from pipelines.contracts.runs import COLLECT_REJECTS, EXTRACTIONS, RAW_DOCUMENTS, RAW_FILES
from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLES, CLAIMS
from pipelines.errors import IndexMismatchError
from pipelines.stages.collect import Rejection
from pipelines.stages.collect.intake import (
    Batch,
    Plan,
    clean_document,
    collect_files,
    plan_reading,
    reject_rows,
)
from pipelines.stages.collect.raw import MetadataFile, MetadataTree, parse_metadata
from pipelines.stages.collect.records import FieldMapping, FieldTree, parse_fields
from pipelines.stages.extract.table import articles_to_read

# Processor time for the cleaning of one document; an ordinary page takes 10 ms.
_DOCUMENT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class StoredState:
    """The stage tables of collect, asked by ids (`CollectState`)."""

    tables: TableStore

    def documents_of_files(self, raw_paths: pl.DataFrame) -> pl.DataFrame:
        """Rows of `raw_documents` of some raw_path."""
        return self.tables.read_matching(RAW_DOCUMENTS, raw_paths)

    def documents_of_articles(self, article_ids: pl.DataFrame) -> pl.DataFrame:
        """Rows of `raw_documents` of some article_id."""
        return self.tables.read_matching(RAW_DOCUMENTS, article_ids)

    def articles(self, article_ids: pl.DataFrame) -> pl.DataFrame:
        """Rows of `articles`, all versions, of some article_id."""
        return self.tables.read_matching(ARTICLES, article_ids)


@dataclass(frozen=True, slots=True)
class Look:
    """The raw folder as a run finds it: what to read, and what metadata.csv and fields.yml say of it."""

    plan: Plan
    metadata: MetadataTree
    fields: FieldTree


def look_at_raw_folder(warehouse: Warehouse) -> Look:
    """See what is new or changed in the raw folder; no document is read and nothing is stored.

    Raises:
        RawFolderError: The folder is missing or cannot be listed.
    """
    raw_dir = warehouse.settings.raw_dir
    listing = list_raw_files(raw_dir)
    problems: list[Rejection] = []
    parsed: list[tuple[str, MetadataFile]] = []
    mappings: dict[str, FieldMapping] = {}
    for file in (*listing.metadata_files, *listing.field_files):
        content = read_bytes(raw_dir, file.raw_path)
        if isinstance(content, Rejection):
            problems.append(content)
        elif file in listing.metadata_files:
            parsed.append((file.raw_path, parse_metadata(file.raw_path, content)))
            problems += parsed[-1][1].problems
        else:
            mapping, wrong = parse_fields(file.raw_path, content)
            mappings[str(PurePosixPath(file.raw_path).parent)] = mapping
            problems += wrong
    metadata, fields = MetadataTree.build(parsed), FieldTree(mappings)
    plan = plan_reading(
        listing, metadata, fields,
        raw_files=warehouse.tables.read(RAW_FILES), digest=lambda raw_path: sha256_of(raw_dir, raw_path),
        version=stage_version("collect"), now_ns=time.time_ns(), problems=problems,
    )  # fmt: skip
    return Look(plan, metadata, fields)


def read_raw_folder(
    warehouse: Warehouse,
    look: Look,
    *,
    problems: list[Rejection],
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Iterator[Batch]:
    """Read what a look found to read; store each batch by `store_batch` before asking for the next."""
    raw_dir = warehouse.settings.raw_dir
    with Apart(seconds=_DOCUMENT_SECONDS) as apart:
        yield from collect_files(
            look.plan, StoredState(warehouse.tables),
            read=lambda file, start: read_documents(
                raw_dir, file.raw_path, metadata=look.metadata, fields=look.fields.of(file.raw_path), start=start
            ),
            digest=lambda raw_path: sha256_of(raw_dir, raw_path), version=stage_version("collect"),
            run_id=warehouse.run_id, now_ns=time.time_ns(), problems=problems,
            clean=lambda document: apart.call(clean_document, document), on_progress=on_progress,
        )  # fmt: skip


def store_batch(warehouse: Warehouse, batch: Batch) -> None:
    """Store what some documents changed.

    Articles come before the note that they were read: a crash between the two reads the documents again, and
    the same rows take their own place. What a person told to forget is noted as read, and not kept.
    """
    forgotten = read_forgotten(warehouse.settings.forgotten_path)
    warehouse.tables.upsert(ARTICLES, forgotten.keep(batch.articles))
    warehouse.tables.upsert(RAW_DOCUMENTS, batch.raw_documents, outdated=batch.stale_documents)
    warehouse.tables.upsert(RAW_FILES, batch.raw_files)


def close_look(warehouse: Warehouse, look: Look, rejects: pl.DataFrame) -> None:
    """Store what remains of a look once its files are read: times of touched files, files that went, rejects."""
    tables = warehouse.tables
    tables.upsert(RAW_FILES, look.plan.touched, outdated=look.plan.gone)
    refused = tables.read(RAW_DOCUMENTS, where=pl.col("reason_code").is_not_null())
    # What became no article goes with its file; an article stays.
    went = refused.join(look.plan.gone, on="raw_path", how="semi").select("raw_path", "raw_locator")
    tables.upsert(RAW_DOCUMENTS, RAW_DOCUMENTS.frame([]), outdated=went)
    tables.replace(COLLECT_REJECTS, rejects)


def current_rejects(warehouse: Warehouse, look: Look, problems: Iterable[Rejection]) -> pl.DataFrame:
    """All of `collect_rejects` as the last look finds it."""
    refused = warehouse.tables.read(RAW_DOCUMENTS, where=pl.col("reason_code").is_not_null())
    refused = refused.join(look.plan.gone, on="raw_path", how="anti")
    return reject_rows(
        [*look.plan.problems, *problems], refused, warehouse.tables.read(COLLECT_REJECTS), warehouse.run_id
    )


def dedupe_inputs(warehouse: Warehouse) -> str:
    """What article_clusters depends on: the articles and the code of the stage."""
    return f"{stage_version('dedupe')} {warehouse.tables.manifest(ARTICLES).version}"


@contextmanager
def open_current_index(warehouse: Warehouse) -> Iterator[DedupeIndex]:
    """The index of near copies as this version of dedupe makes it: begun anew where another one made it.

    The index is a help, never the truth: an empty one is filled from the articles, with the cluster ids that the
    stored clusters have.
    """
    folder = warehouse.settings.dedupe_index_dir
    stored = warehouse.tables.manifest(ARTICLE_CLUSTERS).inputs or ""
    if stored.partition(" ")[0] != stage_version("dedupe"):
        shutil.rmtree(folder, ignore_errors=True)
    with ExitStack() as stack:
        try:
            index = stack.enter_context(open_dedupe_index(folder))
        except IndexMismatchError:  # the hashes of another Polars, say
            shutil.rmtree(folder)
            index = stack.enter_context(open_dedupe_index(folder))
        yield index


def resolve_inputs(warehouse: Warehouse) -> str:
    """What event_claims depends on: claims, articles, clusters, decisions of people, the code of the stage."""
    tables = [warehouse.tables.manifest(table).version for table in (CLAIMS, ARTICLES, ARTICLE_CLUSTERS)]
    decisions = read_reviews_file(warehouse.settings.reviews_path)["decision_id"]
    return " ".join([stage_version("resolve"), *tables, *decisions])


def is_up_to_date(warehouse: Warehouse) -> bool:
    """Whether a run would change nothing: no file is new, no stage has other input or code, all is published."""
    tables = warehouse.tables
    if (
        warehouse.has_news()
        or must_forget(warehouse)
        or tables.manifest(ARTICLE_CLUSTERS).inputs != dedupe_inputs(warehouse)
        or tables.manifest(EVENT_CLAIMS).inputs != resolve_inputs(warehouse)
    ):
        return False
    look = look_at_raw_folder(warehouse)
    if look.plan.to_read or not look.plan.gone.is_empty():
        return False
    if not current_rejects(warehouse, look, ()).equals(tables.read(COLLECT_REJECTS)):
        return False
    # Files that were only touched: note their new times, so that the next look need not hash them.
    tables.upsert(RAW_FILES, look.plan.touched)
    return articles_to_read(
        tables.read(ARTICLES), tables.read(EXTRACTIONS), version=stage_version("extract")
    ).is_empty()
