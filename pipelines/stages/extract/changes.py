"""What a new version of the extractor reads otherwise in articles that did not change."""

from __future__ import annotations

import json
from typing import Any, Final

import polars as pl

from pipelines.contracts.claims import CLAIM_SLOTS
from pipelines.contracts.tables import CLAIM_CHANGES

# What a claim says. Which rule read it and how sure it is may change with every refit, and says nothing else.
_SAID: Final = (
    *sorted({slot for slots in CLAIM_SLOTS.values() for slot in slots}),
    "qualifiers",
    "bounds",
    "speaker",
)
_NEVER: Final[dict[str, None]] = dict.fromkeys(_SAID)


def articles_read_again(before: pl.DataFrame, now: pl.DataFrame) -> pl.DataFrame:
    """Of `extractions` before and those of a run: articles that only another version of the extractor had it read.

    Columns article_id, version_before, version_after; by article_id.
    """
    earlier = before.select("article_id", "input_sha256", pl.col("extractor_version").alias("version_before"))
    later = now.select("article_id", "input_sha256", pl.col("extractor_version").alias("version_after"))
    return (
        later.join(earlier, on=["article_id", "input_sha256"])
        .filter(pl.col("version_before") != pl.col("version_after"))
        .select("article_id", "version_before", "version_after")
        .sort("article_id")
    )


def claim_changes(
    before: pl.DataFrame, now: pl.DataFrame, *, again: pl.DataFrame, run_id: str
) -> pl.DataFrame:
    """Compare the claims of articles read again, as `claim_changes` rows; none for a claim that says the same.

    Args:
        before: Rows of `claims` that the version before made of these articles, others are left aside.
        now: The same, of the version now.
        again: What `articles_read_again` gives.
        run_id: The run.

    Guarantees: does not depend on the order of rows; sorted by claim_id.
    """
    rows: list[dict[str, Any]] = []
    earlier, later = (
        {row["claim_id"]: row for row in frame.join(again, on="article_id").iter_rows(named=True)}
        for frame in (before, now)
    )
    for claim_id in sorted(earlier.keys() | later.keys()):
        old, new = earlier.get(claim_id), later.get(claim_id)
        claim = new or old
        assert claim is not None
        detail = {
            name: [was, becomes]
            for name in _SAID
            if (was := (old or _NEVER)[name]) != (becomes := (new or _NEVER)[name])
        }
        if old is None or new is None or detail:
            change = "added" if old is None else "removed" if new is None else "changed"
            rows.append(
                {name: claim[name] for name in CLAIM_CHANGES.columns if name in claim}
                | {"change": change, "detail": _json(detail), "run_id": run_id}
            )
    return CLAIM_CHANGES.frame(rows)


def _json(detail: dict[str, list[Any]]) -> str:
    return json.dumps(detail, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
