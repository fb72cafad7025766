from __future__ import annotations

import pytest

from pipelines.text.edtf import interval


@pytest.mark.parametrize(
    ("first", "last", "joined"),
    [
        ("2021", "2023", "2021/2023"),
        ("2021-03", "2021-09", "2021-03/2021-09"),
        ("2021-01/2021-03", "2021-07/2021-09", "2021-01/2021-09"),
        ("2021-05-03", "2021-06", "2021-05-03/2021-06"),
        ("2023-02", "2022", "2023-02"),
        ("2022", "2022-05", "2022"),
        ("2022-05", "2022-05", "2022-05"),
    ],
)
def test_an_interval_rises_or_is_none(first: str, last: str, joined: str) -> None:
    assert interval(first, last) == joined
