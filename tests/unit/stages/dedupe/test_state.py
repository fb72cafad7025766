from __future__ import annotations

from collections import defaultdict

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.stages.dedupe import MemoryIndex, add_articles
from pipelines.stages.dedupe.state import TEXT_SCHEMA, RowsByKey, State, Table
from tests.support.dedupe_articles import KOPI, MARET, SEPATU, article, articles

BATCHES = st.lists(st.lists(st.integers(0, 9), max_size=8), max_size=8)


@given(BATCHES, st.sets(st.integers(0, 10)))
def test_rows_are_found_by_key_whatever_runs_they_came_in(batches: list[list[int]], wanted: set[int]) -> None:
    rows, expected, n = RowsByKey(), defaultdict(list), 0
    for batch in batches:
        rows.add(np.array(batch, dtype=np.int64), np.arange(n, n + len(batch)))
        for key in batch:
            expected[key].append(n)
            n += 1
    found = rows.find(np.array(sorted(wanted), dtype=np.int64))
    assert found.tolist() == sorted(row for key in wanted for row in expected[key])


@given(st.lists(st.lists(st.tuples(st.integers(0, 3000), st.text(max_size=3) | st.none())), max_size=4))
def test_a_table_holds_what_was_written_last(batches: list[list[tuple[int, str | None]]]) -> None:
    table = Table({"name": pl.String, "n": pl.UInt32})
    expected: list[tuple[str | None, int]] = []
    for number, batch in enumerate(batches):
        names = dict(batch)
        changed = {at: (names[at], number) for at in names if at < len(expected)}
        new = {len(expected) + place: (name, number) for place, (_, name) in enumerate(batch)}
        for at, row in changed.items():
            expected[at] = row
        expected += new.values()
        written = changed | new
        table.put(
            np.array(list(written), dtype=np.int64),
            pl.DataFrame(list(written.values()), schema={"name": pl.String, "n": pl.UInt32}, orient="row"),
        )
    assert table.height == len(expected)
    assert table.frame().rows() == expected
    backwards = np.arange(len(expected))[::-1]
    assert table.rows(backwards).rows() == expected[::-1]


def test_texts_whose_components_became_one_are_connected() -> None:
    state = State()

    def put(text: int, component: int) -> None:
        row = {"text": text, "n_words": 1, "n_hashes": 1, "scale": 0, "component": component, "root": text}
        state.put_texts(pl.DataFrame([row | {"cluster_id": "c", "series_id": None}], schema=SCHEMA))

    for text in range(4):
        put(text, text)
    put(3, 1)
    assert state.connected(pl.Series([1], dtype=pl.UInt32)).to_list() == [1, 3]
    assert state.connected(pl.Series([3], dtype=pl.UInt32)).to_list() == [1, 3]
    assert state.connected(pl.Series([0, 2], dtype=pl.UInt32)).to_list() == [0, 2]


SCHEMA = {"text": pl.UInt32, **TEXT_SCHEMA}


def test_adding_articles_reads_no_table_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    index = MemoryIndex()
    add_articles(articles(article("a", KOPI), article("b", MARET)), index=index)
    monkeypatch.delattr(Table, "frame")
    changed = add_articles(
        articles(article("c", KOPI.replace("sedang", "tengah")), article("d", SEPATU)), index=index
    )
    assert changed.clusters["article_id"].to_list() == ["a", "c", "d"]
