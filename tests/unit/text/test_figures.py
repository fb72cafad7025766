"""Figures of any length are read or left; none raises."""

from __future__ import annotations

import pytest

from pipelines.text.figures import find_figures


@pytest.mark.parametrize(
    "number", ["9" * 80 + ",5", "1" * 60 + ".123", "1.234.567.890.123.456.789.012.345.678.901,5"]
)
@pytest.mark.parametrize("unit", ["ekor", "buah", "ton", "kontainer", "persen", "orang"])
def test_a_number_longer_than_any_arithmetic_is_no_fault(number: str, unit: str) -> None:
    assert len(find_figures(f"Sebanyak {number} {unit} diekspor.")) <= 2


def test_animals_are_counted_whole() -> None:
    assert [str(figure.value) for figure in find_figures("Sebanyak 12.080 ekor kepiting.")] == ["12080"]
