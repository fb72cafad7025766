from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.stages.dedupe import DedupeParameters
from pipelines.stages.dedupe.figures import (
    DAY,
    MONTH,
    NUMBER,
    YEAR,
    bound_conflicts,
    canonical_number,
    correction_or_none,
    judge_figures,
    read_figures,
)
from tests.support.dedupe_articles import APRIL, KOPI, MARET, release

PARAMETERS = DedupeParameters()


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("4.044", "4044"),
        ("1,9", "1.9"),
        ("1.250,5", "1250.5"),
        ("1,250.5", "1250.5"),
        ("07", "7"),
        ("0", "0"),
        ("2.5", "2.5"),
    ],
)
def test_one_figure_has_one_form(printed: str, expected: str) -> None:
    assert canonical_number(printed) == expected


@settings(deadline=None)
@given(st.integers(0, 10**12))
def test_grouping_points_change_no_figure(number: int) -> None:
    assert canonical_number(f"{number:,}".replace(",", ".")) == str(number)


def test_dates_are_told_from_amounts() -> None:
    line = "Bupati melepas ekspor 19,2 ton kopi senilai Rp6.500 di Belawan pada Kamis 5 Maret 2024 kemarin."
    figures = {(figure.kind, figure.value) for figure in read_figures(line)}
    assert figures == {(NUMBER, "19.2"), (NUMBER, "6500"), (DAY, "5"), (MONTH, "3"), (YEAR, "2024")}


def test_a_numeric_date_is_read_as_a_date() -> None:
    line = "Koperasi kopi di kabupaten itu mengekspor kopi ke Inggris pada Kamis (5/11/2020) kemarin siang."
    assert {(figure.kind, figure.value) for figure in read_figures(line)} == {
        (DAY, "5"),
        (MONTH, "11"),
        (YEAR, "2020"),
    }


@pytest.mark.parametrize(
    "line",
    [
        "Kamis, 10 Februari 2022 | 11:24 WIB",
        "Copyright © 2024 Kabar Niaga Nusantara. All rights reserved. Dilarang mengutip.",
    ],
    ids=["header", "copyright"],
)
def test_lines_that_a_site_adds_have_no_figures(line: str) -> None:
    assert read_figures(line) == ()


def test_two_months_are_a_series_and_the_figures_that_differ_are_named() -> None:
    verdict = judge_figures(MARET, APRIL, PARAMETERS)
    assert verdict.is_series
    assert "another period" in verdict.detail
    assert "912.4 / 874.9" in verdict.detail


def test_a_text_that_lacks_figures_is_no_conflict() -> None:
    verdict = judge_figures(MARET, "\n".join(MARET.split("\n")[:3]), PARAMETERS)
    assert not verdict.is_series
    assert verdict.n_conflicts == 0


def test_a_pair_is_judged_the_same_from_either_side() -> None:
    one, other = judge_figures(MARET, APRIL, PARAMETERS), judge_figures(APRIL, MARET, PARAMETERS)
    assert (one.is_series, one.n_agreed, one.n_conflicts) == (
        other.is_series,
        other.n_agreed,
        other.n_conflicts,
    )
    assert "874.9 / 912.4" in other.detail


def test_a_table_of_constants_with_other_prices_is_another_day() -> None:
    def prices(day: int, change: int) -> str:
        rows = "".join(
            f"Harga emas {gram} gram dijual Rp {gram * 1_100_000 + change:,} di gerai.\n"
            for gram in (1, 2, 5, 10, 25)
        )
        return f"Harga emas batangan di gerai Jakarta pada {day} Maret 2024 tercatat berubah lagi dari hari sebelumnya.\n{rows}"

    assert judge_figures(prices(5, 0), prices(6, 7_000), PARAMETERS).is_series


def test_a_correction_on_both_sides_belongs_to_the_template() -> None:
    note = "Berita ini telah diperbarui.\n"
    other = note + release("Maret", "2024", "921,4", "5,9", "37,1", "884,3")
    assert judge_figures(note + MARET, other, PARAMETERS).is_series


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("RALAT: Ekspor Jateng Naik", "ralat"),
        ("Ekspor naik. Berita ini telah dikoreksi pada pukul 10.", "berita ini telah dikoreksi"),
        ("[REVISI] Ekspor Jateng Naik", "[revisi]"),
        ("Harga CPO alami koreksi 5 persen, pemerintah revisi target ekspor", None),
        ("Peralatan dan ralatan bukan penanda", None),
        (KOPI + "\n" + "x " * 400 + "ralat", None),
    ],
    ids=["headline", "footer", "brackets", "said of a price", "inside a word", "far from the opening"],
)
def test_corrections_are_known_by_their_phrases(text: str, expected: str | None) -> None:
    assert correction_or_none(text) == expected


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [1, 9, 3], 1),
        ([1, 2, 3], [1, 3], 0),
        ([1, 3], [1, 2, 3], 0),
        ([1, 2], [8, 9], 2),
        ([], [1, 2], 0),
        ([1, 2, 3, 4], [1, 7, 8, 4], 2),
    ],
)
def test_the_order_of_figures_bounds_their_conflicts(
    earlier: list[int], later: list[int], expected: int
) -> None:
    assert bound_conflicts(earlier, later) == expected
