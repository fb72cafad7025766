"""The texts that a batch has to do with, its own and those that were there: their sizes, groups and comparison."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.stages.dedupe.clusters import find_components
from pipelines.stages.dedupe.index import NearCopyIndex
from pipelines.stages.dedupe.parameters import DedupeParameters
from pipelines.stages.dedupe.ragged import Flags
from pipelines.stages.dedupe.sketch import Sketches, sketch_texts
from pipelines.stages.dedupe.state import TEXT_SCHEMA
from pipelines.stages.dedupe.verify import TextView, compare_pairs, view_of

SIZES: Final = ("n_words", "n_hashes", "scale")


class Reader:
    """Texts of a batch beside those of the index, which are fetched and sketched again where they are compared.

    Args:
        index: What was seen before.
        articles: Contents of the batch's articles.
        rows: Which of them bring new texts; these are numbered on from those of the index, in this order.
        sketches: Sketches of the articles.
        parameters: Settings.
    """

    def __init__(
        self,
        index: NearCopyIndex,
        articles: pl.Series,
        rows: pl.Series,
        sketches: Sketches,
        parameters: DedupeParameters,
    ) -> None:
        self._index = index
        self.state = index.state
        self.n_old = self.state.texts.height
        self.parameters = parameters
        self.numbers = pl.int_range(self.n_old, self.n_old + rows.len(), dtype=pl.UInt32, eager=True)
        self._new = TextView(self.numbers.to_numpy(), rows.to_numpy(), articles, sketches)
        sizes: tuple[NDArray[Any], ...] = (sketches.n_words, sketches.n_hashes, sketches.scale)
        self.new_sizes = pl.DataFrame(
            [
                pl.Series(name, values).gather(rows).cast(TEXT_SCHEMA[name])
                for name, values in zip(SIZES, sizes, strict=True)
            ]
        )

    def sizes_of(self, texts: pl.Series) -> pl.DataFrame:
        """Columns n_words, n_hashes, scale of texts, in the order given."""
        return pl.DataFrame({name: self._values(name, self.new_sizes[name], texts) for name in SIZES})

    def groups(self, column: str, links: pl.DataFrame) -> Groups:
        """The groups that a column of the state, `component` or `root`, and some links put texts into."""
        return Groups(self, column, links)

    def group_of(self, column: str, texts: pl.Series) -> NDArray[Any]:
        """What a column of the state, `component` or `root`, says of texts; of a new text, its number."""
        return self._values(column, self.numbers, texts)

    def compare(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Compare pairs of texts; see `compare_pairs`."""
        wanted = pl.concat([pairs["text"], pairs["other"]]).unique().sort()
        n_old = int(wanted.search_sorted(self.n_old))
        if not n_old:
            return compare_pairs(pairs, self._new, self.parameters)
        old, new = wanted[:n_old], wanted[n_old:]
        contents = self._index.contents(old)
        fetched = view_of(old, contents, sketch_texts(contents, self.parameters))
        return compare_pairs(pairs, fetched.followed_by(self._new.only(new)), self.parameters)

    def _values(self, column: str, new: pl.Series, texts: pl.Series) -> NDArray[Any]:
        numbers = texts.to_numpy()
        is_new = numbers >= self.n_old
        values = np.empty(len(numbers), dtype=new.to_numpy().dtype)
        values[is_new] = new.to_numpy()[numbers[is_new] - self.n_old]
        values[~is_new] = self.state.texts.column(column)[numbers[~is_new]]
        return values


class Groups:
    """A number per group of texts: made by a `Reader`, looked up for the texts that are asked for."""

    def __init__(self, reader: Reader, column: str, links: pl.DataFrame) -> None:
        self._reader = reader
        self._column = column
        one, other = (reader.group_of(column, links[side]) for side in ("text", "other"))
        self._joined, self._into = find_components(one, other)

    def of(self, texts: pl.Series) -> NDArray[Any]:
        """The number of each text's group."""
        group = self._reader.group_of(self._column, texts)
        if not len(self._joined):
            return group
        at = np.minimum(np.searchsorted(self._joined, group), len(self._joined) - 1)
        return np.where(self._joined[at] == group, self._into[at], group)

    def join(self, pairs: pl.DataFrame) -> Flags:
        """Whether `text` and `other` of each pair are in one group."""
        same: Flags = self.of(pairs["text"]) == self.of(pairs["other"])
        return same
