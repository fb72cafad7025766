from __future__ import annotations

from datetime import date

import pytest

from pipelines.stages.resolve.dates import DayRange, day_range_or_none


@pytest.mark.parametrize(
    ("edtf", "expected"),
    [
        ("2024-02-26", DayRange(date(2024, 2, 26), date(2024, 2, 26), "day")),
        ("2024-02", DayRange(date(2024, 2, 1), date(2024, 2, 29), "month")),
        ("2020", DayRange(date(2020, 1, 1), date(2020, 12, 31), "year")),
        ("2024-01/2024-03", DayRange(date(2024, 1, 1), date(2024, 3, 31), "quarter")),
        ("2024-07/2024-12", DayRange(date(2024, 7, 1), date(2024, 12, 31), "semester")),
        ("2024-01/2024-12", DayRange(date(2024, 1, 1), date(2024, 12, 31), "year")),
        ("2019-01/2019-09", DayRange(date(2019, 1, 1), date(2019, 9, 30), "interval")),
        ("2024-02/2024-04", DayRange(date(2024, 2, 1), date(2024, 4, 30), "interval")),
        ("2017-10-04/2017-10-08", DayRange(date(2017, 10, 4), date(2017, 10, 8), "interval")),
        ("2019/2023", DayRange(date(2019, 1, 1), date(2023, 12, 31), "interval")),
        ("2024-01/..", DayRange(date(2024, 1, 1), None, "interval")),
    ],
)
def test_edtf_gives_first_and_last_day_with_its_precision(edtf: str, expected: DayRange) -> None:
    assert day_range_or_none(edtf) == expected


@pytest.mark.parametrize("edtf", [None, "", "2024-13", "2024-02-30", "Senin", "2024-05/2024-01", "24-01-01"])
def test_what_is_no_date_stays_unknown(edtf: str | None) -> None:
    assert day_range_or_none(edtf) is None
