from __future__ import annotations

import pytest

from pipelines.text.products import product_phrase_at


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("mebel kayu kontribusinya 452.413 kilogram", "mebel kayu"),
        ("biji kopi liberika daerahnya dijual", "biji kopi liberika"),
        ("hasil perikanan jelang akhir tahun", "hasil perikanan"),
        ("lemak dan minyak hewan", "lemak"),
        ("kakao fermentasi ke Belanda", "kakao fermentasi"),
    ],
)
def test_a_name_of_goods_ends_where_the_sentence_goes_on(text: str, name: str) -> None:
    found = product_phrase_at(text, 0, len(text))
    assert found is not None
    assert found.text == name
