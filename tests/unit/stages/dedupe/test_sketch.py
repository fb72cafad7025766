from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stages.dedupe import DedupeParameters
from pipelines.stages.dedupe.sketch import Sketches, fingerprint, normalise, sketch_texts
from tests.support.dedupe_articles import KOPI, SEPATU, development_set

PARAMETERS = DedupeParameters()


def described(sketches: Sketches, text: int) -> tuple[object, ...]:
    hashes = sketches.hashes.filter(pl.col("text") == text)["hash"].sort().to_list()
    passages = sketches.passages[text]
    return (
        hashes,
        sketches.pairs[text].to_list(),
        [passage - passages[0] for passage in passages],
        sketches.figures[text].to_list(),
        sketches.n_words[text],
    )


def test_what_a_text_gives_does_not_depend_on_its_neighbours() -> None:
    texts = development_set()["text"].to_list()
    whole = sketch_texts(pl.Series(texts), PARAMETERS)
    turned = sketch_texts(pl.Series(texts[::-1]), PARAMETERS)
    for position, text in enumerate(texts):
        alone = described(sketch_texts(pl.Series([text]), PARAMETERS), 0)
        assert described(whole, position) == alone
        assert described(turned, len(texts) - 1 - position) == alone


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(alphabet="ab 1,\n.", max_size=40), max_size=6))
def test_any_text_can_be_sketched(texts: list[str]) -> None:
    sketches = sketch_texts(pl.Series(texts, dtype=pl.String), PARAMETERS)
    assert sketches.n_words.len() == len(texts)
    assert sketches.pairs.list.len().to_list() == sketches.passages.list.len().to_list()
    assert (sketches.hashes["hash"] < 2**46).all()


def test_a_short_text_keeps_nearly_all_and_a_long_one_a_sixteenth() -> None:
    letters = str.maketrans("0123456789", "abcdefghij")
    long = " ".join(str(number).translate(letters) for number in range(20_000))
    sketches = sketch_texts(pl.Series([KOPI, long]), PARAMETERS)
    kept = sketches.hashes.group_by("text").len().sort("text")["len"]
    assert kept[0] > 0.2 * sketches.n_words[0]
    assert kept[1] == pytest.approx(20_000 / 16, rel=0.15)


def test_digits_are_never_folded() -> None:
    one, other = (
        sketch_texts(pl.Series([KOPI]), PARAMETERS),
        sketch_texts(pl.Series([KOPI.replace("19,2", "19,3")]), PARAMETERS),
    )
    assert one.figures[0].to_list() != other.figures[0].to_list()
    assert one.pairs[0].to_list() != other.pairs[0].to_list()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (KOPI, KOPI.upper(), True),
        (KOPI, KOPI.replace("\n", "  "), True),
        (KOPI, KOPI.replace(" - ", " — "), True),
        (KOPI, KOPI.replace("arabika", '"arabika"'), True),
        (KOPI, KOPI.replace("19,2", "192"), False),
        (KOPI, KOPI.replace("19,2", "19.2"), False),
        ("Ekspor, naik.", "ekspor naik", True),
        ("Ekspor naik 5", "Ekspor naik 6", False),
        (KOPI, SEPATU, False),
    ],
)
def test_a_fingerprint_sees_words_and_figures_only(one: str, other: str, same: bool) -> None:
    prints = fingerprint(pl.Series([one, other]))
    assert (prints[0] == prints[1]) is same
    assert (prints >= 2**62).all()


def test_normalised_texts_are_words_parted_by_one_space() -> None:
    assert normalise(pl.Series([' "Ekspor"\n naik—5,2%! ']))[0] == "ekspor naik 5 2"
