from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.text.repeats import Repeat, find_repeats
from tests.support.dedupe_articles import EVALUATION, KOPI, MARET, SEPATU

QUOTE = (
    '"Kita bantu mulai kemasan, sertifikat halal, sampai ketemu pembeli di negara tujuan yang sudah lama kita incar '
    'bersama para pelaku usaha," kata kepala dinas.'
)


def texts_of(text: str, repeat: Repeat) -> tuple[str, str]:
    return text[repeat.start : repeat.end], text[repeat.first_start : repeat.first_end]


@pytest.mark.parametrize("glue", ["\n", "\n\n", " "], ids=["line", "blank line", "space"])
def test_a_body_saved_twice_is_one_exact_repeat(glue: str) -> None:
    text = KOPI + glue + KOPI
    assert find_repeats(text) == (Repeat(len(KOPI + glue), len(text), 0, len(KOPI), exact=True),)


def test_a_body_saved_twice_behind_a_headline_is_found_without_it() -> None:
    text = "Kopi Gayo Tembus Pasar Inggris\n" + KOPI + "\n" + KOPI
    (repeat,) = find_repeats(text)
    assert texts_of(text, repeat) == (KOPI, KOPI)


def test_a_body_saved_three_times_is_two_repeats_of_the_first() -> None:
    text = "\n".join([KOPI, KOPI, KOPI])
    assert [texts_of(text, repeat) for repeat in find_repeats(text)] == [(KOPI, KOPI)] * 2


def test_a_paragraph_repeated_among_others_is_found_to_its_ends() -> None:
    paragraph = SEPATU.split("\n")[1] + " " + SEPATU.split("\n")[2]
    text = "\n".join([paragraph, KOPI, paragraph, MARET])
    (repeat,) = find_repeats(text)
    assert texts_of(text, repeat) == (paragraph, paragraph)


def test_a_repeat_that_breaks_off_is_found_to_the_last_word() -> None:
    cut = KOPI[: KOPI.index("Pelabuhan")].rstrip()
    text = KOPI + "\n" + cut
    (repeat,) = find_repeats(text)
    assert texts_of(text, repeat) == (cut, cut)


@pytest.mark.parametrize("seed", range(8))
def test_a_lightly_edited_body_is_found_nearly_whole(seed: int) -> None:
    rng = random.Random(seed)
    body = (KOPI + "\n" + SEPATU).split(" ")
    edited = [word if word[:1].isdigit() or rng.random() > 0.03 else "anu" for word in body]
    text = " ".join(body) + "\n" + " ".join(edited)
    found = sum(repeat.end - repeat.start for repeat in find_repeats(text))
    assert found >= 0.75 * len(" ".join(edited))


def test_figures_never_differ_inside_a_repeat() -> None:
    other = KOPI.replace("108 ribu", "118 ribu")
    text = KOPI + "\n" + other
    for repeat in find_repeats(text):
        again, first = texts_of(text, repeat)
        assert "118" not in again
        assert "108" not in first


@pytest.mark.parametrize(
    "text",
    [
        KOPI,
        QUOTE + "\n" + KOPI + "\n" + QUOTE,
        "Ekspor Kopi Gayo ke Inggris Naik Lagi\n" + KOPI + "\nEkspor Kopi Gayo ke Inggris Naik Lagi",
        KOPI + "\nBaca juga: Ekspor pinang naik\n" + SEPATU + "\nBaca juga: Ekspor pinang naik",
        "\n".join(
            f"Kabupaten {name} mencatat nilai ekspor sebesar US$ {value} juta atau naik {growth} persen dibandingkan "
            "dengan periode yang sama tahun lalu menurut kepala dinas perdagangan setempat saat ditemui di kantornya."
            for name, value, growth in (
                ("Bogor", "12,4", "3,1"),
                ("Bekasi", "40,9", "5,6"),
                ("Subang", "7,2", "1,9"),
            )
        ),
        "kata " * 100_000,
        "",
        "Ekspor naik",
    ],
    ids=["clean", "quote", "headline", "link lines", "one pattern", "one word", "empty", "two words"],
)
def test_how_people_write_is_no_repeat(text: str) -> None:
    assert find_repeats(text) == ()


def test_articles_saved_twice_are_the_only_ones_with_repeats_in_the_development_set() -> None:
    found = {
        path.stem
        for path in (EVALUATION / "articles").glob("*.txt")
        if find_repeats(path.read_text(encoding="utf-8"))
    }
    assert found == {"dev-007", "dev-008", "dev-042"}


def test_a_thousand_equal_bodies_are_read_in_linear_time() -> None:
    assert len(find_repeats("\n".join([KOPI] * 1_000))) == 999


WORDS = st.lists(
    st.sampled_from("kopi teh naik turun ekspor ke dari dan 5 12,4 Jepang .".split()), max_size=120
)


@settings(max_examples=150)
@given(st.lists(WORDS, max_size=4), st.integers(1, 3))
def test_repeats_are_disjoint_ordered_and_lie_behind_what_they_repeat(
    parts: list[list[str]], times: int
) -> None:
    text = "\n".join(" ".join(part) for part in parts * times)
    repeats = find_repeats(text)
    for repeat in repeats:
        assert 0 <= repeat.first_start < repeat.first_end <= repeat.start < repeat.end <= len(text)
        again, first = texts_of(text, repeat)
        assert repeat.exact == (again == first)
    for one, following in pairwise(repeats):
        assert one.end <= following.start
