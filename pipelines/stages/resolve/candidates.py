"""Blocking: which pairs of claims are compared at all."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

# A key shared by more claims than this is no evidence by itself: it is compared in order of date, each claim
# with its neighbours, so that the number of pairs grows with the number of claims and not with its square.
BLOCK_LIMIT = 40
NEIGHBOURS = 10


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """Claims of one type that agree on every part of the key are compared.

    Attributes:
        claim_types: Types the rule is for.
        parts: Columns of the feature frame; a list column gives one key per element.
    """

    claim_types: tuple[str, ...]
    parts: tuple[str, ...]


RULES: tuple[BlockingRule, ...] = (
    BlockingRule(("export_shipment", "market_presence"), ("province", "product_words", "destinations")),
    BlockingRule(("export_shipment", "market_presence"), ("province", "product_groups", "destinations")),
    BlockingRule(("export_shipment",), ("province", "product_words", "measure")),
    BlockingRule(("export_shipment",), ("province", "destinations", "first_day")),
    BlockingRule(("export_shipment",), ("province", "product_groups", "first_day")),
    BlockingRule(("export_shipment",), ("province", "destinations", "value")),
    BlockingRule(("export_shipment",), ("region_id", "first_day")),
    BlockingRule(("export_shipment", "market_presence"), ("exporter_words", "destinations")),
    BlockingRule(("export_shipment", "market_presence"), ("exporter_words", "product_words")),
    BlockingRule(("export_target", "export_realisation"), ("region_id", "metric", "first_day")),
    BlockingRule(("export_target", "export_realisation"), ("region_id", "metric", "amount")),
    BlockingRule(("trade_mission",), ("region_id", "destinations")),
    BlockingRule(("trade_mission",), ("mission_sides",)),
    BlockingRule(("trade_mission",), ("region_id", "first_day")),
    BlockingRule(("trade_mission",), ("region_id", "participants")),
    BlockingRule(("trade_mission", "exhibition"), ("region_id", "transaction")),
    BlockingRule(("training",), ("region_id", "participants")),
    BlockingRule(("training",), ("region_id", "first_day")),
    BlockingRule(("trade_mission", "training", "exhibition"), ("region_id", "event_year")),
    BlockingRule(("exhibition",), ("region_id", "name_words")),
    BlockingRule(("exhibition",), ("region_id", "place_words")),
)


def candidate_pairs(features: pl.DataFrame) -> pl.DataFrame:
    """Pairs of claims worth scoring: columns `left`, `right` (row numbers in `features`, left < right).

    Guarantees: each pair once; both claims have one type; the claims are of different articles, except lines
    that one article may state of one event (results and targets of a mission).
    """
    frame = _with_derived_keys(features.with_row_index("row"))
    keys = [_keys(frame, rule, number) for number, rule in enumerate(RULES)]
    keyed = pl.concat([key for key in keys if not key.is_empty()] or keys[:1])
    keyed = keyed.join(frame.select("row", "article_id", "_order"), on="row")
    keyed = keyed.with_columns(_size=pl.len().over("rule", "key")).filter(pl.col("_size") > 1)
    small = keyed.filter(pl.col("_size") <= BLOCK_LIMIT)
    pairs = [_all_pairs(small), _neighbour_pairs(keyed.filter(pl.col("_size") > BLOCK_LIMIT))]
    found = pl.concat(pairs).unique().sort("left", "right")
    return _comparable(found, frame)


def _with_derived_keys(frame: pl.DataFrame) -> pl.DataFrame:
    sides = (
        pl.concat_list(pl.col("region_id"), pl.col("destinations"))
        .list.drop_nulls()
        .list.unique()
        .list.sort()
    )
    day = pl.coalesce("first_day", "published_first_day")
    return frame.with_columns(
        mission_sides=pl.when(sides.list.len() > 1).then(sides.list.join("|")),
        event_year=day.dt.year(),
        _order=day,
    )


def _keys(frame: pl.DataFrame, rule: BlockingRule, number: int) -> pl.DataFrame:
    selected = frame.filter(pl.col("claim_type").is_in(rule.claim_types)).select(
        "row", "claim_type", *rule.parts
    )
    for part in rule.parts:
        if isinstance(selected.schema[part], pl.List):
            selected = selected.explode(part)
    selected = selected.drop_nulls(rule.parts)
    parts = [pl.col(part).cast(pl.String) for part in rule.parts]
    return selected.select(
        "row",
        rule=pl.lit(number, dtype=pl.Int32),
        key=pl.concat_str("claim_type", *parts, separator="\x1f").hash(),
    ).unique()


def _all_pairs(keyed: pl.DataFrame) -> pl.DataFrame:
    side = keyed.select("rule", "key", "row")
    pairs = side.join(side, on=["rule", "key"], suffix="_right").filter(pl.col("row") < pl.col("row_right"))
    return pairs.select(left="row", right="row_right")


def _neighbour_pairs(keyed: pl.DataFrame) -> pl.DataFrame:
    ordered = keyed.sort("rule", "key", "_order", "row", nulls_last=True)
    steps = []
    for step in range(1, NEIGHBOURS + 1):
        shifted = ordered.select(
            left=pl.col("row"), right=pl.col("row").shift(-step).over("rule", "key")
        ).drop_nulls()
        steps.append(
            shifted.select(left=pl.min_horizontal("left", "right"), right=pl.max_horizontal("left", "right"))
        )
    return pl.concat(steps)


def _comparable(pairs: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
    columns = frame.select("row", "article_id", "claim_type", "transaction_status")
    joined = pairs.join(columns, left_on="left", right_on="row").join(
        columns, left_on="right", right_on="row", suffix="_b"
    )
    other_article = pl.col("article_id") != pl.col("article_id_b")
    two_deals = (pl.col("claim_type") == "trade_mission") & pl.col("transaction_status").ne_missing(
        pl.col("transaction_status_b")
    )
    return joined.filter(other_article | two_deals).select("left", "right").sort("left", "right")
