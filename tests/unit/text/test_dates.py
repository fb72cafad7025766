from __future__ import annotations

from datetime import date

import pytest

from pipelines.stages.extract import extract_claims
from pipelines.text.dates import Anchor, resolve
from pipelines.text.times import find_times


@pytest.mark.parametrize(
    "published", ["0001-01-01", "9999-12-31", "1899-12-31", "2101-01-01", "0000", "", "unknown"]
)
def test_a_publication_date_that_is_none_is_no_anchor(published: str) -> None:
    assert Anchor.from_edtf(published) == Anchor()


@pytest.mark.parametrize(
    ("published", "anchor"),
    [
        ("2024-03-05", Anchor(date(2024, 3, 5), 2024, 3, is_published=True)),
        ("2024-03", Anchor(None, 2024, 3, is_published=True)),
        ("1900", Anchor(None, 1900, None, is_published=True)),
        ("2100-12-31", Anchor(date(2100, 12, 31), 2100, 12, is_published=True)),
    ],
)
def test_a_publication_date_is_read_as_far_as_it_goes(published: str, anchor: Anchor) -> None:
    assert Anchor.from_edtf(published) == anchor


@pytest.mark.parametrize("word", ["bulan lalu", "kemarin", "tahun lalu", "pekan depan"])
@pytest.mark.parametrize("published", ["0001-01-01", "9999-12-31"])
def test_relative_words_mean_nothing_beside_a_senseless_date(published: str, word: str) -> None:
    (expression,) = find_times(word)
    assert resolve(expression, Anchor.from_edtf(published)) is None


def test_last_month_of_a_senseless_date_dates_no_claim() -> None:
    text = "Bulan lalu Kabupaten Garut mengekspor 2 ton kopi ke Jepang."
    assert [claim.slots["date"] for claim in extract_claims(text, published="0001-01-01")] == [None]
    assert [claim.slots["date"] for claim in extract_claims(text, published="2024-01-09")] == ["2023-12"]


@pytest.mark.parametrize(
    ("printed", "period"),
    [
        ("Januari-November 2023", "2023-01/2023-11"),
        ("bulan Januari-November 2023", "2023-01/2023-11"),
        ("bulan Januari hingga bulan November tahun 2023", "2023-01/2023-11"),
        ("Januari sampai dengan bulan November 2023", "2023-01/2023-11"),
        ("Januari s/d akhir November 2023", "2023-01/2023-11"),
        ("Januari hingga minggu ketiga November 2023", "2023-01/2023-11"),
        ("Januari - November di tahun 2023", "2023-01/2023-11"),
        ("Januari lalu sampai November 2023", "2023-01/2023-11"),
        ("bulan November 2022 hingga bulan Maret 2023", "2022-11/2023-03"),
        ("November pada tahun 2023", "2023-11"),
        ("5 Maret tahun 2023", "2023-03-05"),
        ("tanggal 5 sampai dengan tanggal 9 Maret 2023", "2023-03-05/2023-03-09"),
        ("28 Februari hingga tanggal 2 Maret 2023", "2023-02-28/2023-03-02"),
        ("tri wulan I 2023", "2023-01/2023-03"),
        ("akhir tahun 2023", "2023"),
    ],
)
def test_a_period_is_one_however_it_is_printed(printed: str, period: str) -> None:
    (time,) = find_times(f"Ekspor pada {printed} naik.")
    resolved = resolve(time, Anchor())
    assert resolved is not None
    assert resolved.edtf == period
