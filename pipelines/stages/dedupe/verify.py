"""Compare pairs of texts: how much of each stands in the other, and whether their figures are the same.

Nearly all pairs are decided from their sketches, in columns: the wording by sampled word pairs, the figures as sets.
Only where each text has figures that the other lacks does figures.py look which of them stand in the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from pipelines.stages.dedupe.figures import bound_conflicts, judge_figures
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.sketch import Sketches, all_pairs, pair_scale

EXACT, NEAR, CONTAINED, SERIES, DIFFERENT, UNLIKE = range(6)  # texts of one number are exact; pairs never are
RELATIONS: Final = ("exact", "near", "contained", "template_series", "different", "unlike")
SCHEMA: Final = {
    "text": pl.UInt32,
    "other": pl.UInt32,
    "relation": pl.UInt8,
    "covered": pl.Float32,
    "covered_other": pl.Float32,
    "n_agreed": pl.UInt32,
    "n_conflicts": pl.UInt32,
    "detail": pl.String,
}

# From this share of common word pairs on, a text is covered whatever way they are spread: two stories that share
# half their text have .5, and a sample of n pairs errs by .5 / sqrt(n).
_CLEARLY_COVERED: Final = 0.75
_COVERED_SHARE: Final = 0.55
_COVERED_ERRORS: Final = 2.5
_HARDLY_COVERED: Final = 0.15
_DOUBT: Final = 0.08  # shares this near the threshold are counted from all word pairs
_CLEAR_CONFLICTS: Final = 5
_CLEAR_AGREEMENT: Final = 0.2
_SLICE: Final = 1024  # pairs: as in sketch.py, what fits the processor's cache is several times faster
_MAX_PASSAGE: Final = 32  # word pairs
_LARGEST: Final = 2**64 - 1
_HASH_DIVISOR: Final = 2**16  # makes room for the row of the slice in a pair's hash


@dataclass(frozen=True, slots=True)
class TextView:
    """Some texts with their sketches.

    Attributes:
        numbers: Their numbers (UInt32), sorted.
        contents: Their texts.
        sketches: Their sketches, in the same order.
    """

    numbers: pl.Series
    contents: pl.Series
    sketches: Sketches

    def find(self, numbers: pl.Series) -> pl.Series:
        """Positions of texts in this view."""
        return self.numbers.search_sorted(numbers)

    def followed_by(self, other: TextView) -> TextView:
        """These texts and others with larger numbers."""
        return TextView(
            numbers=pl.concat([self.numbers, other.numbers]),
            contents=pl.concat([self.contents, other.contents]),
            sketches=self.sketches.followed_by(other.sketches),
        )


def compare_pairs(pairs: pl.DataFrame, view: TextView, parameters: DedupeParameters) -> pl.DataFrame:
    """Say what the two texts of each pair are to each other.

    Args:
        pairs: Columns text, other; both in the view.
        view: The texts.
        parameters: Thresholds.

    Returns:
        One row per pair, columns of `SCHEMA`: `relation` is a position in `RELATIONS`; `covered` the share of `text`
        that stands in `other`, `covered_other` the reverse; `n_agreed` and `n_conflicts` count figures that are
        equal and that differ in the same place. Exchanging the two texts exchanges the two shares only.
    """
    if pairs.is_empty():
        return pl.DataFrame(schema=SCHEMA)
    parts = [
        _compare_slice(pairs[at : at + _SLICE], view, parameters) for at in range(0, pairs.height, _SLICE)
    ]
    return pl.concat(parts)


def _compare_slice(pairs: pl.DataFrame, view: TextView, parameters: DedupeParameters) -> pl.DataFrame:
    mine, theirs = view.find(pairs["text"]), view.find(pairs["other"])
    sketches = view.sketches
    frame = pl.DataFrame(
        {
            "text": pairs["text"],
            "other": pairs["other"],
            "mine": mine,
            "theirs": theirs,
            "words": sketches.n_words.gather(mine),
            "words_other": sketches.n_words.gather(theirs),
            "limit": _sampling_limit(sketches.scale.gather(mine), sketches.scale.gather(theirs)),
        }
    )
    frame = frame.with_columns(_wording(frame, view, parameters))
    frame = frame.with_columns(_figure_sets(frame, sketches))
    short = pl.min_horizontal("words", "words_other") < parameters.min_near_words
    copied = (pl.max_horizontal("covered", "covered_other") >= parameters.min_coverage) & ~short
    both = pl.min_horizontal("covered", "covered_other") >= parameters.min_coverage
    n_same, n_other = pl.col("n_agreed"), pl.col("n_conflicts")
    # Issues of a series have the same number of figures, or nearly so. Where one text has many more, they may stand in
    # lines that a site put around it, and each figure's place is looked at.
    fewer, more = (side("figures", "figures_other") for side in (pl.min_horizontal, pl.max_horizontal))
    clear_series = (
        both
        & (more <= 1.25 * fewer)
        & (n_other >= _CLEAR_CONFLICTS)
        & (n_same <= (n_same + n_other) * _CLEAR_AGREEMENT)
    ) | (pl.col("period_differs") & (more == fewer) & (n_other >= 2) & (n_same <= n_other))
    # Below this share no rule of figures.py can make a series of two texts of one period.
    least = min(parameters.day_conflict, parameters.max_conflict)
    frame = frame.with_columns(few=pl.when("dated").then(least).otherwise(parameters.max_conflict))
    may_conflict = (n_other > 0) & (n_other >= (n_same + n_other) * pl.col("few"))
    frame = frame.with_columns(
        relation=pl.when(pl.max_horizontal("covered", "covered_other") < parameters.min_kinship)
        .then(UNLIKE)
        .when(~copied)
        .then(DIFFERENT)
        .when(clear_series)
        .then(SERIES)
        .when(both)
        .then(NEAR)
        .otherwise(CONTAINED)
        .cast(pl.UInt8),
        open=copied & ~clear_series & (pl.col("period_differs") | may_conflict),
        detail=pl.when(copied & clear_series).then(pl.lit("other figures")).otherwise(pl.lit("")),
    )
    frame = _judge_open(frame, view, parameters)
    return frame.select(pl.col(name).cast(dtype) for name, dtype in SCHEMA.items())


def _sampling_limit(scale: pl.Series, other: pl.Series) -> pl.Series:
    """Largest pair hash that both texts would keep."""
    limits = pl.Series([2 ** (64 - pair_scale(level)) - 1 for level in range(64)], dtype=pl.UInt64)
    return limits.gather(pl.select(pl.max_horizontal(scale, other)).to_series())


def _wording(frame: pl.DataFrame, view: TextView, parameters: DedupeParameters) -> list[pl.Series]:
    """Columns covered, covered_other: the share of each text that stands in the other."""
    sketches = view.sketches
    lists = pl.DataFrame(
        {"a": sketches.pairs.gather(frame["mine"]), "b": sketches.pairs.gather(frame["theirs"])}
    )
    shared = lists["a"].list.set_intersection(lists["b"]).list.len()
    n = lists.select(pl.min_horizontal(pl.all().list.len())).to_series().clip(1)
    share = shared / n
    clear = (_COVERED_SHARE + _COVERED_ERRORS * 0.5 / n.sqrt()).clip(_CLEARLY_COVERED)
    uneven = sketches.scale.gather(frame["mine"]) != sketches.scale.gather(frame["theirs"])
    unclear = (uneven | ((share >= _HARDLY_COVERED) & (share < clear))).arg_true()
    if unclear.len():
        rows = frame[unclear]
        estimate = _covered_share(rows, sketches.pairs, sketches.passages, parameters)
        is_sampled = rows["limit"] < _LARGEST
        doubtful = (is_sampled & ((estimate - parameters.min_coverage).abs() < _DOUBT)).arg_true()
        if doubtful.len():
            estimate = estimate.scatter(doubtful, _exact_share(rows[doubtful], view, parameters))
        share = share.scatter(unclear, estimate)
    # What the longer text shares with the shorter is what the shorter shares with it.
    shorter = pl.min_horizontal("words", "words_other")
    both = frame.select(
        covered=(share * shorter / pl.col("words").clip(1)).clip(upper_bound=1),
        covered_other=(share * shorter / pl.col("words_other").clip(1)).clip(upper_bound=1),
    )
    return both.get_columns()


def _exact_share(rows: pl.DataFrame, view: TextView, parameters: DedupeParameters) -> pl.Series:
    """As `_covered_share`, from all word pairs instead of a sample of them."""
    positions = pl.concat([rows["mine"], rows["theirs"]]).unique().sort()
    pairs, passages = all_pairs(view.contents.gather(positions))
    placed = (positions.search_sorted(rows[side]).alias(side) for side in ("mine", "theirs"))
    return _covered_share(
        rows.with_columns(*placed, limit=pl.lit(_LARGEST, dtype=pl.UInt64)), pairs, passages, parameters
    )


def _covered_share(
    rows: pl.DataFrame, pairs: pl.Series, passages: pl.Series, parameters: DedupeParameters
) -> pl.Series:
    """Per row the share of the shorter text's words that stand in passages the longer one covers."""
    mark, mark_other = (pairs.gather(rows[side]).list.first().fill_null(0) for side in ("mine", "theirs"))
    tied = rows["words"] == rows["words_other"]
    shorter_first = (rows["words"] < rows["words_other"]) | (tied & (mark <= mark_other))
    short, long = (
        _common_pairs(rows, rows["mine"].zip_with(first, rows["theirs"]), pairs, passages)
        for first in (shorter_first, ~shorter_first)
    )
    covered = (
        short.with_columns(hit=short["hash"].is_in(long["hash"].implode()))
        .group_by("row", "passage")
        .agg(pl.col("hit").mean(), n=pl.len())
        .group_by("row")
        .agg(share=pl.col("n").filter(pl.col("hit") >= parameters.covered_share).sum() / pl.col("n").sum())
    )
    return pl.zeros(rows.height, dtype=pl.Float64, eager=True).scatter(covered["row"], covered["share"])


def _common_pairs(
    rows: pl.DataFrame, positions: pl.Series, pairs: pl.Series, passages: pl.Series
) -> pl.DataFrame:
    """One side's word pairs that both sides would keep; columns row, hash (with the row in it), passage."""
    hashes = pairs.gather(positions)
    lists = pl.DataFrame(
        {
            "row": pl.int_range(rows.height, dtype=pl.UInt64, eager=True),
            "limit": rows["limit"],
            "hash": hashes,
            "passage": passages.gather(positions),
            "place": pl.select(pl.int_ranges(hashes.list.len())).to_series(),
        }
    )
    return (
        lists.explode("hash", "passage", "place")
        .filter(pl.col("hash") <= pl.col("limit"))
        .select(
            "row",
            hash=pl.col("hash") // _HASH_DIVISOR + pl.col("row") * (2**64 // _HASH_DIVISOR),
            # Both rise, so the sum tells passages apart and cuts those without an end.
            passage=pl.col("passage") + pl.col("place") // _MAX_PASSAGE,
        )
    )


def _figure_sets(frame: pl.DataFrame, sketches: Sketches) -> list[pl.Series]:
    """Columns n_agreed, n_conflicts, period_differs, dated, figures, figures_other, from figures, years and months as sets.

    A conflict needs a figure on either side that the other lacks, so the smaller number of such figures bounds it.
    """
    n_agreed, n_conflicts = _agreement(frame, sketches.figures)
    n_figures = sketches.figures.list.len()
    period_differs = pl.repeat(False, frame.height, eager=True)
    has_month = sketches.months.list.len() > 0
    both_dated = has_month.gather(frame["mine"]) & has_month.gather(frame["theirs"])
    for marks in (sketches.months, sketches.years):
        filled = marks.list.len() > 0
        dated = (filled.gather(frame["mine"]) & filled.gather(frame["theirs"])).arg_true()
        if dated.len():
            differs = period_differs.gather(dated) | (_agreement(frame[dated], marks)[1] > 0)
            period_differs = period_differs.scatter(dated, differs)
    return [
        n_agreed.alias("n_agreed"),
        n_conflicts.alias("n_conflicts"),
        period_differs.alias("period_differs"),
        both_dated.alias("dated"),
        n_figures.gather(frame["mine"]).alias("figures"),
        n_figures.gather(frame["theirs"]).alias("figures_other"),
    ]


def _agreement(frame: pl.DataFrame, marks: pl.Series) -> tuple[pl.Series, pl.Series]:
    """How many marks both texts have, and how many either has that the other lacks."""
    sets = pl.DataFrame({"a": marks.gather(frame["mine"]), "b": marks.gather(frame["theirs"])})
    common = sets["a"].list.set_intersection(sets["b"]).list.len()
    sizes = sets.select(pl.min_horizontal(pl.all().list.n_unique())).to_series()
    return common, sizes - common


def _judge_open(frame: pl.DataFrame, view: TextView, parameters: DedupeParameters) -> pl.DataFrame:
    """Decide the pairs whose figures may conflict: by their order first, then by each figure's place."""
    undecided = frame["open"].arg_true()
    if undecided.is_empty():
        return frame
    rows = frame[undecided]
    relation, n_agreed, n_conflicts, detail = (
        rows[name].to_list() for name in ("relation", "n_agreed", "n_conflicts", "detail")
    )
    figures, others = (view.sketches.figures.gather(rows[side]).to_list() for side in ("mine", "theirs"))
    pairs = rows.select("mine", "theirs", "period_differs", "few").iter_rows()
    for at, (mine, theirs, period_differs, few) in enumerate(pairs):
        bound = bound_conflicts(others[at], figures[at])
        if not period_differs and bound < few * (n_agreed[at] + bound):
            n_conflicts[at] = bound
            continue
        verdict = judge_figures(view.contents[theirs], view.contents[mine], parameters)
        relation[at] = SERIES if verdict.is_series else relation[at]
        n_agreed[at], n_conflicts[at], detail[at] = verdict.n_agreed, verdict.n_conflicts, verdict.detail
    return frame.with_columns(
        frame["relation"].scatter(undecided, pl.Series(relation, dtype=pl.UInt8)),
        frame["n_agreed"].scatter(undecided, pl.Series(n_agreed, dtype=pl.UInt32)),
        frame["n_conflicts"].scatter(undecided, pl.Series(n_conflicts, dtype=pl.UInt32)),
        frame["detail"].scatter(undecided, pl.Series(detail, dtype=pl.String)),
    )
