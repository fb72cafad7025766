"""Compare pairs of texts: how much of each stands in the other, and whether their figures are the same.

Nearly all pairs are decided from their sketches, in columns: the wording by sampled word pairs, the figures as sets.
Only where each text has figures that the other lacks does figures.py look which of them stand in the same place.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.stages.dedupe.figures import bound_conflicts, judge_figures
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.ragged import (
    Hashes,
    Ints,
    Ragged,
    among,
    owned,
    owner_of,
    slices,
    starts_of_runs,
    sums,
)
from pipelines.stages.dedupe.sketch import (
    FIRST_OF_PASSAGE,
    PackedPairs,
    Sketches,
    all_pairs,
    concat_sketches,
    pair_limits,
)

Shares = NDArray[np.float64]

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
_DOUBT: Final = 0.15  # shares this near the threshold are counted from all word pairs
_CLEAR_CONFLICTS: Final = 5
_CLEAR_AGREEMENT: Final = 0.2
_SLICE_PAIRS: Final = 100_000  # word pairs: what fits the processor's cache is compared several times faster
_KEPT_CONTENTS: Final = 4096
_OWNER_BITS: Final = np.uint64(20)
_LARGEST: Final = np.uint32(2**32 - 1)


@dataclass(frozen=True, slots=True)
class TextView:
    """Some texts with their sketches.

    Attributes:
        numbers: Their numbers, rising.
        rows: Where each stands among the contents and sketches.
        contents: Texts, more than these maybe.
        sketches: Their sketches.
    """

    numbers: Ints
    rows: Ints
    contents: pl.Series
    sketches: Sketches

    def find(self, numbers: pl.Series) -> Ints:
        """Rows of texts in this view."""
        return self.rows[np.searchsorted(self.numbers, numbers.to_numpy())]

    def followed_by(self, other: TextView) -> TextView:
        """These texts and others with larger numbers."""
        return TextView(
            numbers=np.concatenate([self.numbers, other.numbers]),
            rows=np.concatenate([self.rows, other.rows + self.contents.len()]),
            contents=pl.concat([self.contents, other.contents]),
            sketches=concat_sketches([self.sketches, other.sketches]),
        )

    def only(self, numbers: pl.Series) -> TextView:
        """Some of these texts and nothing besides."""
        rows = self.find(numbers)
        return view_of(numbers, self.contents.gather(rows), self.sketches.take(rows))


def view_of(numbers: pl.Series, contents: pl.Series, sketches: Sketches) -> TextView:
    """Texts with their sketches, each in the order of the numbers."""
    return TextView(numbers.to_numpy(), np.arange(numbers.len()), contents, sketches)


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
    sketches = view.sketches
    mine, theirs = view.find(pairs["text"]), view.find(pairs["other"])
    frame = pairs.select(
        "text",
        "other",
        mine=pl.lit(mine),
        theirs=pl.lit(theirs),
        words=pl.lit(sketches.n_words[mine]),
        words_other=pl.lit(sketches.n_words[theirs]),
        **_wording(mine, theirs, view, parameters),
        **_figure_sets(mine, theirs, sketches),
    )
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


def _wording(mine: Ints, theirs: Ints, view: TextView, parameters: DedupeParameters) -> dict[str, pl.Series]:
    """Columns covered, covered_other: the share of each text that stands in the other."""
    sketches = view.sketches
    words, words_other = sketches.n_words[mine], sketches.n_words[theirs]
    # Of two texts of one length either may count as the shorter, as long as it is always the same one.
    prints, prints_other = sketches.fingerprint[mine], sketches.fingerprint[theirs]
    mine_first = (words < words_other) | ((words == words_other) & (prints <= prints_other))
    short, long = np.where(mine_first, mine, theirs), np.where(mine_first, theirs, mine)
    limits = pair_limits(np.maximum(sketches.scale[mine], sketches.scale[theirs]))
    share, n, covered = _covered_shares(sketches.pairs, short, long, limits, parameters)

    clear = np.maximum(_CLEARLY_COVERED, _COVERED_SHARE + _COVERED_ERRORS * 0.5 / np.sqrt(np.maximum(1, n)))
    is_unclear = (share >= _HARDLY_COVERED) & (share < clear)
    in_doubt = np.abs(covered - parameters.min_coverage) < _DOUBT
    doubtful = np.flatnonzero(is_unclear & in_doubt & (limits < _LARGEST))
    if len(doubtful):
        texts, at = np.unique(np.concatenate([short[doubtful], long[doubtful]]), return_inverse=True)
        short, long = at[: len(doubtful)], at[len(doubtful) :]
        unlimited = np.full(len(doubtful), _LARGEST)
        pairs = all_pairs(view.contents.gather(texts))
        _, _, covered[doubtful] = _covered_shares(pairs, short, long, unlimited, parameters)
    share = np.where(is_unclear, covered, share)
    # What the longer text shares with the shorter is what the shorter shares with it.
    common = share * np.minimum(words, words_other)
    return {
        "covered": pl.Series(np.minimum(1, common / np.maximum(1, words))),
        "covered_other": pl.Series(np.minimum(1, common / np.maximum(1, words_other))),
    }


def _covered_shares(
    pairs: Ragged, short: Ints, long: Ints, limits: PackedPairs, parameters: DedupeParameters
) -> tuple[Shares, Ints, Shares]:
    """How much of the shorter text of each row the longer has.

    Args:
        pairs: Kept word pairs of the texts, packed.
        short: The shorter text of each row.
        long: The longer one.
        limits: The largest pair that both texts of a row would keep; larger ones do not count.
        parameters: Thresholds.

    Returns:
        Per row the share of the shorter text's pairs that the longer has; how many they are; and the share of those
        in covered passages, of which the longer text has at least `covered_share`.
    """
    shares, covered = np.zeros(len(short)), np.zeros(len(short))
    counts = np.zeros(len(short), dtype=np.int64)
    for start, end in slices(pairs.lengths_of(short) + pairs.lengths_of(long), _SLICE_PAIRS):
        at, owner = pairs.places(short[start:end])
        if not len(at):
            continue
        pair = pairs.values.take(at)
        counts_too = pair <= np.repeat(limits[start:end], pairs.lengths_of(short[start:end]))
        first = np.flatnonzero(pair & FIRST_OF_PASSAGE)
        at, owner_long = pairs.places(long[start:end])
        held = among(_owned(pair, owner), _owned(pairs.values.take(at), owner_long))
        held &= counts_too

        n_pairs, n_held = sums(counts_too, held, first)
        n_covered = n_pairs * (n_held >= parameters.covered_share * n_pairs)
        n, n_held, n_covered = (
            np.bincount(owner.take(first), numbers, minlength=end - start)
            for numbers in (n_pairs, n_held, n_covered)
        )
        counts[start:end] = n
        shares[start:end] = n_held / np.maximum(1, n)
        covered[start:end] = n_covered / np.maximum(1, n)
    return shares, counts, covered


def _owned(pairs: PackedPairs, owners: Ints) -> Hashes:
    """Pairs made unlike those of other owners, whatever place in their passage they have."""
    owned = (pairs & ~FIRST_OF_PASSAGE).astype(np.uint64)
    owned <<= _OWNER_BITS
    owned |= owners.view(np.uint64)
    return owned


def _figure_sets(mine: Ints, theirs: Ints, sketches: Sketches) -> dict[str, pl.Series]:
    """Columns n_agreed, n_conflicts, period_differs, dated, figures, figures_other, from figures, years and months as sets.

    A conflict needs a figure on either side that the other lacks, so the smaller number of such figures bounds it.
    """
    (n_agreed, fewer), (months, fewer_months), (years, fewer_years) = (
        _common(mine, theirs, marks) for marks in (sketches.figures, sketches.months, sketches.years)
    )
    n_figures = sketches.figures.lengths
    columns = {
        "n_agreed": n_agreed,
        "n_conflicts": fewer - n_agreed,
        "period_differs": (fewer_months > months) | (fewer_years > years),
        "dated": fewer_months > 0,
        "figures": n_figures[mine],
        "figures_other": n_figures[theirs],
    }
    return {name: pl.Series(values) for name, values in columns.items()}


def _common(mine: Ints, theirs: Ints, marks: Ragged) -> tuple[Ints, Ints]:
    """Per row the different marks that both texts have, and those of the text with fewer."""
    common, fewer = np.zeros((2, len(mine)), dtype=np.int64)
    for start, end in slices(marks.lengths_of(mine) + marks.lengths_of(theirs), _SLICE_PAIRS):
        one, other = (_distinct(_marks_of(rows[start:end], marks)) for rows in (mine, theirs))
        both = np.sort(np.concatenate([one, other]))
        both = both[1:][both[1:] == both[:-1]]
        n_both, n_one, n_other = (
            np.bincount(owner_of(some), minlength=end - start) for some in (both, one, other)
        )
        common[start:end], fewer[start:end] = n_both, np.minimum(n_one, n_other)
    return common, fewer


def _marks_of(texts: Ints, marks: Ragged) -> Hashes:
    at, owner = marks.places(texts)
    return owned(marks.values.take(at), owner)


def _distinct(values: Hashes) -> Hashes:
    values.sort()
    return values.take(starts_of_runs(values))


def _judge_open(frame: pl.DataFrame, view: TextView, parameters: DedupeParameters) -> pl.DataFrame:
    """Decide the pairs whose figures may conflict: by their order first, then by each figure's place."""
    undecided = frame["open"].arg_true()
    if undecided.is_empty():
        return frame
    rows = frame[undecided]
    relation, n_agreed, n_conflicts, detail = (
        rows[name].to_list() for name in ("relation", "n_agreed", "n_conflicts", "detail")
    )
    figures = view.sketches.figures
    content = lru_cache(maxsize=_KEPT_CONTENTS)(view.contents.__getitem__)  # most texts are in several pairs
    pairs = rows.select("mine", "theirs", "period_differs", "few").iter_rows()
    for at, (mine, theirs, period_differs, few) in enumerate(pairs):
        bound = bound_conflicts(figures[theirs].tolist(), figures[mine].tolist())
        if not period_differs and bound < few * (n_agreed[at] + bound):
            n_conflicts[at] = bound
            continue
        verdict = judge_figures(content(theirs), content(mine), parameters)
        relation[at] = SERIES if verdict.is_series else relation[at]
        n_agreed[at], n_conflicts[at], detail[at] = verdict.n_agreed, verdict.n_conflicts, verdict.detail
    return frame.with_columns(
        frame["relation"].scatter(undecided, pl.Series(relation, dtype=pl.UInt8)),
        frame["n_agreed"].scatter(undecided, pl.Series(n_agreed, dtype=pl.UInt32)),
        frame["n_conflicts"].scatter(undecided, pl.Series(n_conflicts, dtype=pl.UInt32)),
        frame["detail"].scatter(undecided, pl.Series(detail, dtype=pl.String)),
    )
