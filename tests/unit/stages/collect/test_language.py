"""Indonesian is kept, also with local names; other languages are told apart."""

from __future__ import annotations

import pytest

from pipelines.stages.collect.language import language_or_none

TEXTS = {
    "id": "Pemerintah Kabupaten Gresik melepas ekspor kopi ke Jepang pada hari Senin, kata bupati di pelabuhan itu. "
    "Ekspor tersebut merupakan yang pertama pada tahun ini dan akan dilanjutkan bulan depan.",
    "en": "The government of the regency released the first export of coffee to Japan this year, the regent said at the "
    "port, and the total volume per month is to be raised via new units no later than May.",
    "it": "Il governo della regione ha annunciato di voler aumentare le esportazioni di caffè verso il Giappone, si legge "
    "nella nota diffusa via internet; per il totale di quest'anno si parla di cinque milioni di euro.",
    "es": "El gobierno regional anunció que no habrá cambios en el total de las exportaciones por vía marítima, si bien "
    "espera que los productores de café vendan más a Japón durante el año que viene.",
    "tl": "Inilabas ng pamahalaang panlalawigan ang unang kargamento ng kape patungong Hapon sa taong ito, ayon sa "
    "gobernador sa pantalan, at inaasahang susundan pa ito ng mga bagong kargamento sa susunod na buwan.",
}


@pytest.mark.parametrize("code", TEXTS)
def test_languages_are_told_apart(code: str) -> None:
    assert language_or_none(TEXTS[code]) == code


def test_malay_counts_as_indonesian() -> None:
    text = "Kerajaan negeri melepaskan eksport kopi yang pertama ke Jepun pada tahun ini, kata menteri besar di pelabuhan."
    assert language_or_none(text) == "id"


def test_names_alone_tell_no_language() -> None:
    assert language_or_none("PT BK 2024") is None
