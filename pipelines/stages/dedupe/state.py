"""What the stage remembers of articles, texts and links, in tables that are changed in place.

A batch must cost what the batch costs, whatever the archive holds. So rows are written where they stand, and those that
a batch touches are found by their keys: nothing here reads, copies or sorts a whole table, but for growing it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.stages.dedupe.ragged import Ints, spread
from pipelines.stages.dedupe.verify import SCHEMA as LINK_SCHEMA

UNDATED: Final = 2**31 - 1  # sorts behind every date: an undated article never speaks for a dated one
ARTICLE_SCHEMA: Final = {
    "article_id": pl.String,
    "version": pl.UInt64,  # of its text
    "text": pl.UInt32,
    "first_day": pl.Int32,  # days since 1970, or UNDATED
    "is_live": pl.Boolean,  # false once the article has another text
}
TEXT_SCHEMA: Final = {
    "n_words": pl.UInt32,
    "n_hashes": pl.UInt32,
    "scale": pl.UInt8,
    "component": pl.UInt32,  # smallest number among the texts that links connect it with
    "root": pl.UInt32,  # text that speaks for its cluster
    "cluster_id": pl.String,
    "series_id": pl.String,
}
_NUMPY: Final[dict[Any, Any]] = {
    pl.String: object,
    pl.Boolean: np.bool_,
    pl.UInt8: np.uint8,
    pl.UInt32: np.uint32,
    pl.Int32: np.int32,
    pl.UInt64: np.uint64,
    pl.Float32: np.float32,
}
_SMALLEST: Final = 1024  # rows


class Table:
    """Rows that are found by their number, counted from 0; strings may be null, nothing else."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.height = 0
        self._schema = schema
        self._columns = {name: np.empty(_SMALLEST, dtype=_NUMPY[dtype]) for name, dtype in schema.items()}

    def column(self, name: str) -> NDArray[Any]:
        """All values of a column; a view, not to be written to."""
        return self._columns[name][: self.height]

    def rows(self, numbers: NDArray[Any]) -> pl.DataFrame:
        """The rows with the given numbers, in the order given."""
        return self._frame({name: values[numbers] for name, values in self._columns.items()})

    def frame(self) -> pl.DataFrame:
        """All rows."""
        return self._frame({name: self.column(name) for name in self._columns})

    def put(self, numbers: NDArray[Any], rows: pl.DataFrame) -> None:
        """Write rows under their numbers; those from the height on are new, and leave no gap."""
        if not len(numbers):
            return
        height = max(self.height, int(numbers.max()) + 1)
        for name, values in self._columns.items():
            if height > len(values):
                grown = np.empty(max(height, 2 * len(values)), dtype=values.dtype)
                grown[: self.height] = values[: self.height]
                self._columns[name] = grown
            self._columns[name][numbers] = rows[name].to_numpy()
        self.height = height

    def _frame(self, columns: Mapping[str, NDArray[Any]]) -> pl.DataFrame:
        series = {
            name: pl.Series(values.tolist() if values.dtype == object else values, dtype=self._schema[name])
            for name, values in columns.items()
        }
        return pl.DataFrame(series)


class RowsByKey:
    """The rows that stand under a key, in sorted runs; runs are merged with neighbours of like size."""

    def __init__(self) -> None:
        self._runs: list[tuple[NDArray[Any], Ints]] = []

    def add(self, keys: NDArray[Any], rows: NDArray[Any]) -> None:
        """Add rows, each under a key of its own or one that others have."""
        if len(keys):
            self._runs.append(_sorted(keys, rows.astype(np.int64)))
        while len(self._runs) > 1 and len(self._runs[-2][0]) < 2 * len(self._runs[-1][0]):
            (keys, rows), (last_keys, last_rows) = self._runs[-2:]
            self._runs[-2:] = [_sorted(np.concatenate([keys, last_keys]), np.concatenate([rows, last_rows]))]

    def find(self, keys: NDArray[Any]) -> Ints:
        """All rows under some keys, rising and without doubles."""
        if not self._runs:
            return np.zeros(0, dtype=np.int64)
        keys = np.unique(keys)
        found = [np.zeros(0, dtype=np.int64)]
        for known, rows in self._runs:
            start = np.searchsorted(known, keys, side="left")
            n = np.searchsorted(known, keys, side="right") - start
            found.append(rows[spread(start, n)])
        return np.unique(np.concatenate(found))


def _sorted(keys: NDArray[Any], rows: Ints) -> tuple[NDArray[Any], Ints]:
    order = np.argsort(keys, kind="stable")  # which merges what is sorted already
    return keys[order], rows[order]


@dataclass(frozen=True, slots=True)
class Change:
    """What one batch adds to the state and changes in it.

    Attributes:
        articles: Rows of `ARTICLE_SCHEMA` with their number, `article`; new ones and changed ones.
        texts: Rows of `TEXT_SCHEMA` with their number, `text`; new ones and changed ones.
        links: New rows of links.
        postings: Gives the new postings: columns hash (sorted), text.
        contents: The new texts, in the order of their numbers.
    """

    articles: pl.DataFrame
    texts: pl.DataFrame
    links: pl.DataFrame
    postings: Callable[[], pl.DataFrame]
    contents: pl.Series


class State:
    """Articles, texts and links so far; the row of an article or a text is its number."""

    def __init__(self) -> None:
        self.articles = Table(ARTICLE_SCHEMA)
        self.texts = Table(TEXT_SCHEMA)
        self.links = Table(LINK_SCHEMA)
        # What changes its key stands under all that it had.
        self._articles_by_id = RowsByKey()
        self._articles_by_text = RowsByKey()
        self._texts_by_component = RowsByKey()
        self._links_by_text = RowsByKey()

    def apply(self, change: Change) -> None:
        """Write the rows of a change."""
        self.put_articles(change.articles)
        self.put_texts(change.texts)
        self.put_links(change.links)

    def put_articles(self, rows: pl.DataFrame) -> None:
        """Write articles; columns article and those of `ARTICLE_SCHEMA`."""
        numbers = rows["article"].to_numpy()
        is_new = numbers >= self.articles.height
        self.articles.put(numbers, rows)
        new = rows.filter(pl.Series(is_new))
        self._articles_by_id.add(_hashed(new["article_id"]), numbers[is_new])
        self._articles_by_text.add(new["text"].to_numpy(), numbers[is_new])

    def put_texts(self, rows: pl.DataFrame) -> None:
        """Write texts; columns text and those of `TEXT_SCHEMA`."""
        numbers, component = rows["text"].to_numpy(), rows["component"].to_numpy()
        is_moved = np.ones(len(numbers), dtype=np.bool_)
        is_known = numbers < self.texts.height
        is_moved[is_known] = self.texts.column("component")[numbers[is_known]] != component[is_known]
        self.texts.put(numbers, rows)
        self._texts_by_component.add(component[is_moved], numbers[is_moved])

    def put_links(self, rows: pl.DataFrame) -> None:
        """Add links; columns of `verify.SCHEMA`."""
        numbers = np.arange(self.links.height, self.links.height + rows.height)
        self.links.put(numbers, rows)
        self._links_by_text.add(rows["text"].to_numpy(), numbers)

    def articles_named(self, ids: pl.Series) -> pl.DataFrame:
        """Live articles with the given ids; columns article and those of `ARTICLE_SCHEMA`."""
        rows = self._live_articles(self._articles_by_id.find(_hashed(ids)))
        return rows if rows.is_empty() else rows.filter(pl.col("article_id").is_in(ids.implode()))

    def articles_of(self, texts: pl.Series) -> pl.DataFrame:
        """Live articles of the given texts; columns article and those of `ARTICLE_SCHEMA`."""
        return self._live_articles(self._articles_by_text.find(texts.to_numpy()))

    def connected(self, texts: pl.Series) -> pl.Series:
        """The given texts and all that links connect them with, however far; rising."""
        component = self.texts.column("component")
        wanted = np.unique(component[texts.to_numpy()])
        found = self._texts_by_component.find(wanted)
        at = np.minimum(np.searchsorted(wanted, component[found]), len(wanted) - 1)
        return pl.Series(found[wanted[at] == component[found]], dtype=pl.UInt32)

    def links_of(self, texts: pl.Series) -> pl.DataFrame:
        """Links whose `text` is one of the given texts, in the order they were added."""
        return self.links.rows(self._links_by_text.find(texts.to_numpy()))

    def _live_articles(self, numbers: Ints) -> pl.DataFrame:
        live = numbers[self.articles.column("is_live")[numbers]]
        return self.articles.rows(live).with_columns(article=pl.Series(live, dtype=pl.UInt32))


def _hashed(ids: pl.Series) -> NDArray[np.uint64]:
    return ids.hash().to_numpy()
