from __future__ import annotations

import pytest

from pipelines.stages.collect.heading import is_timestamp


@pytest.mark.parametrize(
    "line",
    [
        "Selasa, 3 Mei 2022 10:20 WIB",
        "3 Mei 2022",
        "2 Mei 2022 | Ekonomi",
        "Mei 2022",
        "Kamis, 22 Mei 2025 20:37 10 budi454",
    ],
)
def test_a_line_that_is_only_a_date_is_a_timestamp(line: str) -> None:
    assert is_timestamp(line)


@pytest.mark.parametrize(
    "line",
    [
        "- Mei 2022: US$184,41 juta",
        "- Mei 2022: 184,41 juta",
        "- Rabu, 4 Mei 2022: 12 ton",
        "Juni 2022 sebanyak 14",
        "2018: 12,5 persen",
    ],
)
def test_a_line_of_a_list_of_figures_is_no_timestamp(line: str) -> None:
    assert not is_timestamp(line)
