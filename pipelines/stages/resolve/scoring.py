"""The scoring model: each comparison has a level, each level a weight; a link is the sum (log odds, base 2).

The weights were set by hand from the meaning of the levels and then moved only by the errors on the
development groups (docs/modelling.md, "Coreference"). Every weight that counted is kept with the link.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.stages.resolve.levels import COMPARISONS

Weights = Mapping[str, Mapping[str, float]]

# Pairs further below the threshold than this are no near miss.
KEPT_BELOW_THRESHOLD = 4.0
# A pair that does not join and has this much against it (another firm, another market, another month) is kept
# apart for good: no third, vaguer claim may bring the two together. A pair that lacks evidence may be, and one
# whose goods have other names (-5).
CONTRADICTION = -5.5
# A pair carries some hundred values while it is compared; a million pairs take about 1 GB.
BATCH_PAIRS = 500_000

_WHEN: Mapping[str, float] = {
    "same_day": 4.0, "days_apart": 2.5, "overlapping_months": 2.0, "overlapping_years": 0.5,
    "said_together": 1.5, "said_apart": -1.0, "said_far_apart": -4.0, "said_in_other_years": -7.0,
    "undated_said_apart": -7.0, "plan_delayed": -4.0,
    "differs_said_together": -0.5, "differs_unverified": -4.5, "differs": -6.0, "differs_confirmed": -11.0,
    "other_year": -11.0, "unknown": 0.0,
}  # fmt: skip
_CONTEXT: Mapping[str, float] = {"copies": 3.0, "other_event_shared": 2.0, "none": 0.0}
_FIGURE: Mapping[str, float] = {
    "equal": 2.5, "close": 1.0, "near": -1.0, "far": -1.5, "incomparable": 0.0, "unknown": 0.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScoringModel:
    """Weights of one claim type and the score from which two claims are one event."""

    weights: Weights
    threshold: float


MODELS: Mapping[str, ScoringModel] = {
    "export_shipment": ScoringModel(
        threshold=6.0,
        weights={
            "region": {
                "same": 2.0,
                "within": 0.0,
                "namesake": -4.0,
                "neighbour": -7.0,
                "neighbour_of_same_firm": -4.5,
                "differs": -8.0,
                "country": -5.0,
                "unknown": 0.0,
            },
            "destinations": {
                "same": 2.0,
                "overlap": 1.0,
                "area": 0.5,
                "differs": -11.5,
                "one_empty": -0.5,
                "unknown": 0.0,
            },
            "product": {
                "same": 2.5,
                "words": 2.0,
                "group": 1.5,
                "generic": 0.0,
                "differs": -5.0,
                "one_empty": 0.0,
                "unknown": 0.0,
            },
            "exporter": {
                "same": 3.0,
                "contained": 2.5,
                "abbreviated": 2.5,
                "spelling": 2.0,
                "shared_words": -1.0,
                "brand": -2.0,
                "producer_and_trader": -3.0,
                "differs": -6.5,
                "unknown": 0.0,
            },
            "when": _WHEN,
            "quantity": _FIGURE,
            "value": _FIGURE,
            "containers": {"equal": 0.5, "close": 0.0, "near": -0.5, "far": -1.0},
            "status": {"differs": -1.0},
            "is_first": {"both_first": 0.5, "differs": -4.0},
            "line_role": {"differs": -4.0},
            "coverage": {"part_of_total": -6.0},
            "context": _CONTEXT,
        },
    ),
    "trade_mission": ScoringModel(
        threshold=6.0,
        weights={
            "region": {
                "same": 2.5,
                "swapped": 4.0,
                "within": -3.0,
                "differs": -8.0,
                "neighbour": -8.0,
                "namesake": -5.0,
                "country": -6.0,
                "unknown": -1.0,
            },
            "destinations": {
                "same": 3.0,
                "overlap": 1.5,
                "area": 0.0,
                "differs": -8.0,
                "one_empty": 0.0,
                "unknown": 0.0,
            },
            "when": {**_WHEN, "overlapping_years": 0.0},
            "aggregation": {"differs": -8.0},
            "transaction": {"equal": 3.0, "close": 2.0, "near": 0.0, "far": -0.5},
            "participants": {"equal": 1.5, "close": 0.5},
            "direction": {"same": 0.5, "differs": -2.0},
            "context": _CONTEXT,
        },
    ),
    "training": ScoringModel(
        threshold=5.5,
        weights={
            "region": {
                "same": 2.0,
                "within": -1.0,
                "differs": -8.0,
                "neighbour": -8.0,
                "namesake": -5.0,
                "country": -5.0,
                "unknown": 0.0,
            },
            "when": _WHEN,
            "participants": {"equal": 3.0, "close": 1.0, "near": -0.5, "far": -1.0},
            "office": {"same": 1.5, "contained": 1.5, "shared_words": 0.5, "differs": -0.5},
            "context": _CONTEXT,
        },
    ),
    "exhibition": ScoringModel(
        threshold=6.0,
        weights={
            "region": {
                "same": 2.0,
                "within": -6.0,
                "differs": -8.0,
                "neighbour": -8.0,
                "namesake": -5.0,
                "country": -8.0,
                "unknown": 0.0,
            },
            "name": {"same": 3.0, "contained": 2.5, "shared_words": 1.0, "differs": -5.0},
            "place": {"same": 2.0, "contained": 2.0, "shared_words": 1.0, "differs": -2.0},
            "when": _WHEN,
            "transaction": {"equal": 3.0, "close": 1.0, "near": 0.0, "far": -0.5},
            "participants": {"equal": 1.5, "close": 0.5},
            "context": _CONTEXT,
        },
    ),
    "export_target": ScoringModel(
        threshold=5.0,
        weights={
            "region": {
                "same": 0.0,
                "within": -20.0,
                "differs": -20.0,
                "neighbour": -20.0,
                "namesake": -20.0,
                "country": -20.0,
                "unknown": -20.0,
            },
            "period": {"same": 4.0, "one_unknown": -1.0, "both_unknown": 0.0, "differs": -20.0},
            "commodity": {"same": 1.0, "group": 0.5, "one_empty": -2.5, "differs": -8.0},
            "dimension": {"same": 0.5, "differs": -8.0},
            "amount": {"equal": 3.0, "close": 1.5, "near": 0.0, "far": -1.0},
            "revision": {"differs": -20.0, "other_amount": -6.0},
            "office": {"same": 1.0, "contained": 1.0, "shared_words": 0.5},
            "context": _CONTEXT,
        },
    ),
    "export_realisation": ScoringModel(
        threshold=6.0,
        weights={
            "region": {
                "same": 0.0,
                "within": -20.0,
                "differs": -20.0,
                "neighbour": -20.0,
                "namesake": -20.0,
                "country": -20.0,
                "unknown": -20.0,
            },
            "period": {"same": 4.0, "one_unknown": -2.0, "both_unknown": 0.0, "differs": -20.0},
            "commodity": {"same": 1.0, "group": 0.5, "one_empty": -2.5, "differs": -8.0},
            "destinations": {
                "same": 1.0,
                "overlap": -4.0,
                "area": -4.0,
                "differs": -8.0,
                "one_empty": -6.0,
                "unknown": 1.0,
            },
            "dimension": {"same": 0.5, "differs": -8.0},
            "basis": {"same": 0.5, "differs": -6.0},
            "growth_basis": {"same": 0.5, "differs": -6.0},
            "amount": {"equal": 3.0, "close": 1.5, "near": 0.0, "far": -1.5},
            "strict_amount": {"differs": -4.0},
            "context": _CONTEXT,
        },
    ),
    "market_presence": ScoringModel(
        # Presence is a state, not a happening: articles of many years repeat it. Two statements are one only
        # in copies of one text, in reports of one happening, or of one firm within a fortnight; what held when,
        # the fact table tells.
        threshold=6.5,
        weights={
            "region": {
                "same": 1.5,
                "within": -1.0,
                "differs": -8.0,
                "neighbour": -8.0,
                "namesake": -5.0,
                "neighbour_of_same_firm": -5.0,
                "country": -6.0,
                "unknown": 0.0,
            },
            "product": {
                "same": 2.0,
                "words": 1.5,
                "group": 0.5,
                "differs": -8.0,
                "one_empty": -2.0,
                "unknown": 0.5,
            },
            "destinations": {
                "same": 2.0,
                "overlap": 0.5,
                "area": -1.0,
                "differs": -4.0,
                "one_empty": -1.0,
                "unknown": 0.5,
            },
            "exporter": {
                "same": 1.5,
                "contained": 1.5,
                "abbreviated": 1.5,
                "spelling": 1.0,
                "brand": -2.0,
                "producer_and_trader": -3.0,
                "differs": -6.0,
            },
            "status": {"differs": -6.0},
            "said": {"together": 1.5, "apart": -3.0},
            "context": {"copies": 5.0, "other_event_shared": 4.0},
        },
    ),
}


@dataclass(frozen=True, slots=True)
class ScoredPairs:
    """Compared pairs, sorted by `left`, `right` (row numbers in the feature frame).

    Attributes:
        near: Pairs that join or nearly do: claim_type, score, threshold and one `level_<comparison>` each.
        against: Pairs that contradict each other and do not join: `left`, `right` only.
    """

    near: pl.DataFrame
    against: pl.DataFrame

    def and_also(self, other: ScoredPairs) -> ScoredPairs:
        """The pairs of both."""
        near = pl.concat([self.near, other.near], how="diagonal").sort("left", "right")
        return ScoredPairs(near, pl.concat([self.against, other.against]).sort("left", "right"))


def score_pairs(pairs: pl.DataFrame, features: pl.DataFrame) -> ScoredPairs:
    """Score candidate pairs.

    In:  pairs (`left`, `right`, and `other_event_shared` where known) of row numbers in `features`.
    """
    if "other_event_shared" not in pairs.columns:
        pairs = pairs.with_columns(other_event_shared=pl.lit(value=False))
    rows = features.with_row_index("row")
    empty = pl.DataFrame(schema={"left": pl.UInt32, "right": pl.UInt32})
    near, against = [empty.with_columns(_no_scores())], [empty]
    types = rows.select(left="row", claim_type="claim_type")
    for (claim_type,), of_type in sorted(pairs.join(types, on="left").group_by("claim_type")):
        model = MODELS[str(claim_type)]
        claims = rows.filter(pl.col("claim_type") == claim_type)
        for start in range(0, of_type.height, BATCH_PAIRS):
            scored = _score_batch(of_type.slice(start, BATCH_PAIRS).drop("claim_type"), claims, model)
            is_near = pl.col("score") > model.threshold - KEPT_BELOW_THRESHOLD
            is_against = (pl.col("score") < model.threshold) & (pl.col("against") <= CONTRADICTION)
            near.append(scored.filter(is_near).drop("against"))
            against.append(scored.filter(is_against).select("left", "right"))
    return ScoredPairs(
        pl.concat(near, how="diagonal").sort("left", "right"), pl.concat(against).sort("left", "right")
    )


def _no_scores() -> list[pl.Expr]:
    return [
        pl.lit("").alias("claim_type"), pl.lit(0.0).alias("score"), pl.lit(0.0).alias("threshold"),
        *(pl.lit(None, dtype=pl.String).alias(f"level_{name}") for name in COMPARISONS),
    ]  # fmt: skip


def _score_batch(pairs: pl.DataFrame, claims: pl.DataFrame, model: ScoringModel) -> pl.DataFrame:
    joined = pairs.join(claims, left_on="left", right_on="row").join(
        claims, left_on="right", right_on="row", suffix="_b"
    )
    names = list(model.weights)
    leveled = joined.select(
        "left", "right", "claim_type", *(COMPARISONS[name].alias(f"level_{name}") for name in names)
    )
    weights = [_weight(name, model.weights[name]) for name in names]
    return leveled.with_columns(
        score=pl.sum_horizontal(weights),
        against=pl.sum_horizontal(weight.clip(upper_bound=0.0) for weight in weights),
        threshold=pl.lit(model.threshold),
    )


def _weight(name: str, weights: Mapping[str, float]) -> pl.Expr:
    return pl.col(f"level_{name}").replace_strict(weights, default=0.0, return_dtype=pl.Float64)


def explain(scored: pl.DataFrame) -> pl.Series:
    """Reasons of each scored pair as JSON: comparison to [level, weight], those of weight 0 left out."""
    names = [column.removeprefix("level_") for column in scored.columns if column.startswith("level_")]
    reasons = []
    for claim_type, *levels in scored.select("claim_type", *(f"level_{name}" for name in names)).iter_rows():
        weights = MODELS[claim_type].weights
        found = {
            name: [level, weight]
            for name, level in zip(names, levels, strict=True)
            if level is not None and (weight := weights.get(name, {}).get(level, 0.0))
        }
        reasons.append(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
    return pl.Series("reasons", reasons, dtype=pl.String)
