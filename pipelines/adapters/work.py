"""What a run would do, without doing it: the look at the raw folder, and what each stage was computed from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from pipelines.adapters.dedupe_index import DedupeIndex, open_dedupe_index
from pipelines.adapters.readers import list_raw_files, read_bytes
from pipelines.adapters.reviews import read_reviews_file
from pipelines.adapters.state import Warehouse
from pipelines.adapters.versions import stage_version
from pipelines.contracts.events import EVENT_CLAIMS
from pipelines.contracts.runs import COLLECT_REJECTS, EXTRACTIONS, RAW_FILES
from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLES, CLAIMS
from pipelines.errors import IndexMismatchError
from pipelines.stages.collect import Rejection
from pipelines.stages.collect.intake import Intake, collect_new
from pipelines.stages.collect.raw import MetadataTree, parse_metadata
from pipelines.stages.extract.table import articles_to_read


def look_at_raw_folder(
    warehouse: Warehouse, *, on_progress: Callable[[int, int], None] = lambda done, total: None
) -> Intake:
    """Read what is new or changed in the raw folder; nothing is stored.

    Raises:
        RawFolderError: The folder is missing or cannot be listed.
    """
    raw_dir, tables = warehouse.settings.raw_dir, warehouse.tables
    listing = list_raw_files(raw_dir)
    parsed, problems = [], []
    for file in listing.metadata_files:
        content = read_bytes(raw_dir, file.raw_path)
        if isinstance(content, Rejection):
            problems.append(content)
        else:
            parsed.append((file.raw_path, parse_metadata(file.raw_path, content)))
            problems += parsed[-1][1].problems
    return collect_new(
        listing,
        MetadataTree.build(parsed),
        raw_files=tables.read(RAW_FILES),
        articles=tables.read(ARTICLES),
        rejects=tables.read(COLLECT_REJECTS),
        read=lambda raw_path: read_bytes(raw_dir, raw_path),
        version=stage_version("collect"),
        run_id=warehouse.run_id,
        now_ns=time.time_ns(),
        problems=problems,
        on_progress=on_progress,
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
        or tables.manifest(ARTICLE_CLUSTERS).inputs != dedupe_inputs(warehouse)
        or tables.manifest(EVENT_CLAIMS).inputs != resolve_inputs(warehouse)
    ):
        return False
    intake = look_at_raw_folder(warehouse)
    if not (
        intake.articles.is_empty()
        and intake.gone.is_empty()
        and intake.rejects.equals(tables.read(COLLECT_REJECTS))
    ):
        return False
    # Files that were only touched: note their new times, so that the next look need not hash them.
    tables.upsert(RAW_FILES, intake.raw_files)
    return articles_to_read(
        tables.read(ARTICLES), tables.read(EXTRACTIONS), version=stage_version("extract")
    ).is_empty()
