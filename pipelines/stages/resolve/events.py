"""Groups of claims become events: ids, lines, ceremonies, totals and their parts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import polars as pl

from pipelines.contracts.events import EVENT_CHANGES, EVENT_CLAIMS, EVENT_PARTS
from pipelines.contracts.ids import make_id
from pipelines.stages.resolve.identity import GroupClaim, PreviousClaim, assign_event_ids
from pipelines.stages.resolve.lines import covers, shipments_of, totals_and_parts

# Slots that make a claim what it is; with them it is found again when its span has moved.
_KEY_COLUMNS = (
    "article_id", "claim_type", "region_id", "product_ids", "destinations", "metric", "measure", "dimension",
    "containers", "value", "transaction", "participants", "transaction_status", "revision", "status",
)  # fmt: skip
# A total may cover a part of another article only where their dates say so.
_MEETING = ("same_day", "days_apart", "overlapping_months", "said_together")


def line_codes(features: pl.DataFrame) -> pl.Series:
    """Which stated line of its event each claim is: a mission has a line for each commitment, the rest one."""
    is_mission = pl.col("claim_type") == "trade_mission"
    deal = pl.coalesce("transaction_status", pl.lit("stated"))
    return features.select(line=pl.when(is_mission).then(deal).otherwise(pl.lit("line")))["line"]


def event_claims(
    features: pl.DataFrame,
    scored: pl.DataFrame,
    groups: Sequence[int],
    *,
    previous: pl.DataFrame | None,
    run_id: str,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The event_claims table, and the changes of event ids since `previous`."""
    keys = _claim_keys(features)
    members: dict[int, list[GroupClaim]] = defaultdict(list)
    for group, claim_id, key in zip(groups, features["claim_id"], keys, strict=True):
        members[group].append(GroupClaim(claim_id, key))
    roots = sorted(members)
    assignment = assign_event_ids(
        [members[root] for root in roots], _previous_claims(previous), run_id=run_id
    )
    event_of_group = dict(zip(roots, assignment.event_ids, strict=True))
    seen = [assignment.first_seen[claim_id] for claim_id in features["claim_id"]]
    frame = features.select("claim_id", "claim_type", "article_id").with_columns(
        event_id=pl.Series([event_of_group[group] for group in groups], dtype=pl.String),
        line_code=line_codes(features),
        claim_key=pl.Series(keys, dtype=pl.String),
        first_seen_run_id=pl.Series(seen, dtype=pl.String),
    )
    frame = frame.join(
        _best_scores(scored, features, groups), on="claim_id", how="left", maintain_order="left"
    )
    frame = frame.join(_occasions(features, frame), on="event_id", how="left", maintain_order="left")
    changes = EVENT_CHANGES.frame(
        [{"old_event_id": o, "event_id": n, "change": c, "run_id": run_id} for o, n, c in assignment.changes]
    )
    return frame.select(EVENT_CLAIMS.columns).sort("event_id", "claim_id"), changes


def with_groups(features: pl.DataFrame, groups: Sequence[int]) -> pl.DataFrame:
    """Row number, claim and group of each claim: what scored pairs are joined with."""
    rows = features.with_row_index("row").select("row", "claim_id", "article_id")
    return rows.with_columns(group=pl.Series(groups, dtype=pl.UInt32))


def _previous_claims(previous: pl.DataFrame | None) -> list[PreviousClaim]:
    if previous is None:
        return []
    columns = ("claim_id", "claim_key", "event_id", "first_seen_run_id")
    return [PreviousClaim(*row) for row in previous.select(columns).iter_rows()]


def _claim_keys(features: pl.DataFrame) -> list[str]:
    return [
        make_id("claim_key", *(_key_part(value) for value in row))
        for row in features.select(_KEY_COLUMNS).iter_rows()
    ]


def _key_part(value: object) -> str | None:
    if value is None:
        return None
    return "|".join(map(str, value)) if isinstance(value, list) else str(value)


def _best_scores(scored: pl.DataFrame, features: pl.DataFrame, groups: Sequence[int]) -> pl.DataFrame:
    ids = with_groups(features, groups)
    joined = (
        scored.select("left", "right", "score")
        .join(ids, left_on="left", right_on="row")
        .join(ids, left_on="right", right_on="row", suffix="_b")
    )
    same = joined.filter(pl.col("group") == pl.col("group_b"))
    sides = [same.select("claim_id", "score"), same.select(pl.col("claim_id_b").alias("claim_id"), "score")]
    return pl.concat(sides).group_by("claim_id").agg(link_score=pl.col("score").max())


def event_parts(features: pl.DataFrame, scored: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """The event_parts table: totals and what they include, within articles and across them.

    Across articles a total includes an event only where its own article states nothing of that event, both are
    of one region, and their dates meet.
    """
    event_of = dict(events.select("claim_id", "event_id").iter_rows())
    pairs = totals_and_parts(features) + _parts_across_articles(features, scored, events)
    found = {(event_of[whole], event_of[part]) for whole, part in pairs}
    rows = [
        {"total_event_id": whole, "part_event_id": part}
        for whole, part in sorted(found)
        if whole != part and (part, whole) not in found
    ]
    return EVENT_PARTS.frame(rows)


def _parts_across_articles(
    features: pl.DataFrame, scored: pl.DataFrame, events: pl.DataFrame
) -> list[tuple[str, str]]:
    near = scored.filter(
        (pl.col("claim_type") == "export_shipment")
        & pl.col("level_when").is_in(_MEETING)
        & (pl.col("level_region") == "same")
        & (pl.col("level_status") != "differs")
        & (pl.col("level_exporter") != "differs")
    )
    if near.is_empty():
        return []
    rows = features.with_row_index("row")
    is_near = pl.col("row").is_in(near["left"].implode()) | pl.col("row").is_in(near["right"].implode())
    involved = rows.filter(is_near)
    shipments = shipments_of(involved)
    ids = dict(involved.select("row", "claim_id").iter_rows())
    event_of = dict(events.select("claim_id", "event_id").iter_rows())
    told = set(events.select("article_id", "event_id").iter_rows())
    found = []
    for left, right in near.select("left", "right").iter_rows():
        one, other = shipments[ids[left]], shipments[ids[right]]
        for whole, part in ((one, other), (other, one)):
            if (whole.article_id, event_of[part.claim_id]) not in told and covers(whole, part, by_group=True):
                found.append((whole.claim_id, part.claim_id))
    return found


def _occasions(features: pl.DataFrame, events: pl.DataFrame) -> pl.DataFrame:
    """event_id to occasion_id for shipments that an article tells as one: same article, days and status."""
    shipments = features.filter(pl.col("claim_type") == "export_shipment").select(
        "claim_id", "first_day", "last_day", "status", "line_role"
    )
    told = shipments.join(events.select("claim_id", "event_id", "article_id"), on="claim_id")
    ceremony = pl.col("first_day").is_not_null() | (pl.col("line_role") != "single")
    told = told.filter(ceremony).sort("article_id", "event_id")
    parent: dict[str, str] = {}

    def root(event: str) -> str:
        while parent.setdefault(event, event) != event:
            event = parent[event]
        return event

    seen: dict[tuple[object, ...], str] = {}
    columns = ("article_id", "first_day", "last_day", "status", "event_id")
    for article, first, last, status, event in told.select(columns).iter_rows():
        together = seen.setdefault((article, first, last, status), event)
        one, other = sorted((root(together), root(event)))
        parent[other] = one
    found = [(event, root(event)) for event in sorted(parent)]
    frame = pl.DataFrame(found, schema={"event_id": pl.String, "occasion_id": pl.String}, orient="row")
    return frame.filter(pl.len().over("occasion_id") > 1)
