"""Bookkeeping tables: which files were read, which versions were extracted, which runs changed the warehouse."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.fields import Field, Table
from pipelines.contracts.tables import PAGE_VARIANTS, REJECTS

UTC_TIMESTAMP: Final = pl.Datetime("us", "UTC")

RAW_FILES: Final = Table(
    name="raw_files",
    grain="one file of the raw folder as it was last read",
    key=("raw_path",),
    fields=(
        Field("raw_path", pl.String, "file, relative to the raw folder"),
        Field("size", pl.Int64, "size when it was read", unit="bytes"),
        Field("mtime_ns", pl.Int64, "modification time when it was read", unit="nanoseconds since 1970"),
        Field("read_at_ns", pl.Int64, "clock when it was read", unit="nanoseconds since 1970"),
        Field("raw_sha256", pl.String, "SHA-256 of the bytes"),
        Field("metadata_sha256", pl.String, "SHA-256 of what metadata.csv and fields.yml said of it"),
        Field("collect_version", pl.String, "version of the code that cleaned it"),
        Field("resume_at", pl.Int64, "where a run that was stopped goes on; null where it was read to its end", nullable=True),
    ),
)  # fmt: skip

RAW_DOCUMENTS: Final = Table(
    name="raw_documents",
    grain="one document of a file: the file itself, or one record of an archive or table",
    key=("raw_path", "raw_locator"),
    fields=(
        Field("raw_path", pl.String, "file, relative to the raw folder"),
        Field("raw_locator", pl.String, "where in the file it stands; null where the file is one document", nullable=True),
        Field("read_id", pl.String, "reading of the file that met it: hash of its bytes, metadata and the code"),
        Field("position", pl.Int64, "its place among the documents of the file", unit="bytes or records"),
        Field("retrieved_at", pl.String, "when it was fetched, ISO 8601 UTC, where an archive says so", nullable=True),
        Field("page_variant", pl.String, "which edition of a page it is", nullable=True, accepted=PAGE_VARIANTS),
        Field("page_part", pl.Int64, "which part of an article over several pages, from 2 on; null for the first", nullable=True),
        Field("article_id", pl.String, "article it became; null where it became none", nullable=True),
        Field("text_sha256", pl.String, "version of the article's text", nullable=True),
        Field("reason_code", pl.String, "why it became no article; null where it did", nullable=True),
        Field("detail", pl.String, "particulars of that", nullable=True),
    ),
)  # fmt: skip

EXTRACTIONS: Final = Table(
    name="extractions",
    grain="one current article version as the extractor last read it, with claims or without",
    key=("article_id",),
    fields=(
        Field("article_id", pl.String, "article"),
        Field("text_sha256", pl.String, "version of the article's text"),
        Field("input_sha256", pl.String, "SHA-256 of all the extractor saw: text, title, outlet, published"),
        Field("extractor_version", pl.String, "version of rules and lexicons"),
        Field("claim_count", pl.Int64, "claims it made", unit="claims"),
    ),
)

RUNS: Final = Table(
    name="runs",
    grain="one run that changed the warehouse; a run that found nothing new leaves no row",
    key=("run_id",),
    fields=(
        Field("run_id", pl.String, "id of the run, the same as in Dagster"),
        Field(
            "started_at",
            UTC_TIMESTAMP,
            "start; later than that of every run before, also where the clock was set back",
        ),
        Field("finished_at", UTC_TIMESTAMP, "when the stage tables were complete; dbt and publishing follow"),
        Field("niaga_version", pl.String, "version of niaga"),
        Field("extractor_version", pl.String, "version of rules and lexicons"),
        Field("n_new_articles", pl.Int64, "article versions read first in this run", unit="articles"),
        Field("n_articles", pl.Int64, "current articles after it", unit="articles"),
        Field("n_clusters", pl.Int64, "clusters after it", unit="clusters"),
        Field("n_claims", pl.Int64, "claims after it", unit="claims"),
        Field("n_rejects", pl.Int64, "rejects after it", unit="rejects"),
    ),
)


def stage_rejects(stage: str) -> Table:
    """The rejects that one stage met, under a name of its own; `rejects` is their union."""
    return Table(name=f"{stage}_rejects", grain=REJECTS.grain, key=REJECTS.key, fields=REJECTS.fields)


COLLECT_REJECTS: Final = stage_rejects("collect")
DEDUPE_REJECTS: Final = stage_rejects("dedupe")
EXTRACT_REJECTS: Final = stage_rejects("extract")
RESOLVE_REJECTS: Final = stage_rejects("resolve")
