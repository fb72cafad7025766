from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stages.dedupe import DedupeParameters
from pipelines.stages.dedupe.sketch import (
    FIRST_OF_PASSAGE,
    Sketches,
    all_pairs,
    pair_limits,
    sketch_texts,
)
from tests.support.dedupe_articles import KOPI, SEPATU, development_set

PARAMETERS = DedupeParameters()


def sketch(*texts: str) -> Sketches:
    return sketch_texts(pl.Series(texts, dtype=pl.String), PARAMETERS)


def described(sketches: Sketches, text: int) -> tuple[object, ...]:
    lists = (*sketches.for_index, sketches.pairs, sketches.figures, sketches.years, sketches.months)
    return (
        sketches.fingerprint[text],
        sketches.n_words[text],
        sketches.scale[text],
        *(values[text].tolist() for values in lists),
    )


def test_what_a_text_gives_does_not_depend_on_its_neighbours() -> None:
    texts = [*development_set()["text"], "", "Ekspor naik 5", KOPI * 3_000]
    whole, turned = sketch(*texts), sketch(*texts[::-1])
    for position, text in enumerate(texts):
        alone = described(sketch(text), 0)
        assert described(whole, position) == alone
        assert described(turned, len(texts) - 1 - position) == alone


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="ab 1,\n.-é“", max_size=40), max_size=6))
def test_any_text_can_be_sketched(texts: list[str]) -> None:
    sketches = sketch(*texts)
    assert len(sketches.n_words) == len(texts)
    for values in (*sketches.for_index, sketches.pairs, sketches.figures, sketches.years, sketches.months):
        assert len(values) == len(texts)
        assert values.offsets[-1] == len(values.values)
    assert all((values.values < 2**46).all() for values in sketches.for_index)


def test_a_short_text_keeps_nearly_all_and_a_long_one_a_sixteenth() -> None:
    letters = str.maketrans("0123456789", "abcdefghij")
    long = " ".join(str(number).translate(letters) for number in range(20_000))
    sketches = sketch(KOPI, long)
    kept = sketches.n_hashes
    assert kept[0] > 0.2 * sketches.n_words[0]
    assert kept[1] == pytest.approx(20_000 / 16, rel=0.15)
    assert sketches.pairs.lengths[1] == pytest.approx(20_000 / 4, rel=0.05)


def test_kept_pairs_are_those_of_all_pairs_below_the_limit() -> None:
    sketches = sketch(KOPI, SEPATU * 4)
    every = all_pairs(pl.Series([KOPI, SEPATU * 4]))
    limits = pair_limits(sketches.scale)
    for text in range(2):
        kept = [pair for pair in every[text] if pair <= limits[text]]
        assert [pair | 1 for pair in sketches.pairs[text].tolist()] == [int(pair) | 1 for pair in kept]


def test_passages_are_sentences_and_lines_and_no_longer_than_128_words() -> None:
    first, second = "Ekspor kopi naik. Harga turun\nPetani senang", "kata " * 300
    every = all_pairs(pl.Series([first, second, f"{second}.\n{second}"]))
    passages = [np.flatnonzero(every[text] & FIRST_OF_PASSAGE).tolist() for text in range(3)]
    assert passages == [[0, 3, 5], [0, 128, 256], [0, 128, 256, 300, 428, 556]]


def test_digits_are_never_folded() -> None:
    one, other = sketch(KOPI), sketch(KOPI.replace("19,2", "19,3"))
    assert one.figures[0].tolist() != other.figures[0].tolist()
    assert one.pairs[0].tolist() != other.pairs[0].tolist()


def test_figures_years_and_months_are_told_from_words() -> None:
    sketches = sketch(
        "Pada Maret 2024 naik -5,2 persen, Rp1.250 per kg; mei 1998", "maret Mei 5,2 2024, 1998 naik"
    )
    figures, others = (set(sketches.figures[text].tolist()) for text in (0, 1))
    assert len(figures) == 4
    assert len(figures & others) == 2  # the years; -5,2 is not 5,2
    assert set(sketches.years[0].tolist()) == set(sketches.years[1].tolist())
    assert sketches.months[0].tolist() == sketches.months[1].tolist()
    assert len(sketches.months[0]) == 2


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (KOPI, KOPI.upper(), True),
        (KOPI, KOPI.replace("\n", "  "), True),
        (KOPI, KOPI.replace(" - ", " — "), True),
        (KOPI, KOPI.replace(" ", "\u00a0"), True),
        (KOPI, KOPI.replace("arabika", '"arabika"'), True),
        (KOPI, KOPI.replace("arabika", "“arabika”…"), True),
        (KOPI, KOPI.replace("19,2", "192"), False),
        (KOPI, KOPI.replace("19,2", "19.2"), False),
        (KOPI, KOPI.replace("19,2", "-19,2"), False),
        (KOPI, KOPI.replace("19,2", "19,²"), False),
        ("Ekspor, naik.", "ekspor naik", True),
        ("Ekspor naik 5", "Ekspor naik 6", False),
        ("naik 5 turun 7", "naik 7 turun 5", False),
        ("kafé", "KAFÉ", True),
        ("kafé", "kafe", False),
        ("٥ ton", "٦ ton", False),
        (KOPI, SEPATU, False),
    ],
)
def test_a_fingerprint_sees_words_and_figures_only(one: str, other: str, same: bool) -> None:
    prints = sketch(one, other).fingerprint
    assert bool(prints[0] == prints[1]) is same
    assert (prints >= 2**62).all()
