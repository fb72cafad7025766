"""Travels of traders told in words that no rule knows."""

from __future__ import annotations

import pytest

from pipelines.stages.extract.article.document import Document, build_document
from pipelines.stages.extract.article.travels import DIRECTIONS, direction, travels
from pipelines.stages.extract.article.words import words_of


def _chances(text: str) -> tuple[Document, dict[str, float]]:
    document = build_document(text, title=None)
    return document, travels(document.sentences, document.sentences[0])


@pytest.mark.parametrize(
    ("text", "way"),
    [
        (
            "Pekan depan 17 pengusaha Kota Sorong terbang ke Davao untuk menemui calon pembeli ikan.",
            "outbound",
        ),
        ("Rombongan Kadin Kabupaten Sambas menyeberang ke Kuching guna menawarkan lada.", "outbound"),
        (
            "Enam importir dari Doha mendatangi gudang petani pala di Kabupaten Fakfak, Rabu (6/3/2024).",
            "inbound",
        ),
        ("Saudagar Taiwan bertandang ke Kabupaten Wakatobi untuk menawar rumput laut petani.", "inbound"),
        ("Dubes Turki membawa pengusaha negerinya bertemu pelaku usaha Kota Bengkulu.", "inbound"),
    ],
)
def test_a_travel_is_told_apart_by_its_words(text: str, way: str) -> None:
    _, chances = _chances(text)
    assert chances[way] > 0.5
    assert sum(chances.values()) < 1.0


@pytest.mark.parametrize(
    "text",
    [
        "Ekspor kopi Kabupaten Sambas ke Malaysia pada Maret 2024 naik 12 persen menjadi 300 ton.",
        "Wisatawan dari Taiwan menikmati pantai di Kabupaten Wakatobi sepanjang libur panjang.",
        "Sebanyak 17 pelajar Kota Sorong mengikuti pertukaran budaya di Jepang.",
        "Udang dari Kabupaten Fakfak dikirim ke Vietnam dua kali sebulan.",
    ],
)
def test_other_news_that_names_a_country_tells_no_travel(text: str) -> None:
    document, _ = _chances(text)
    assert direction(document.sentences, document.sentences[0], 0.35) is None


def test_names_stand_as_their_kind() -> None:
    document = build_document("Kemarin Pak Rudi dari Kota Sorong ke Jepang bersama 12 pengusaha.", title=None)
    words = list(words_of(document.sentences[0]))
    assert {"<name>", "<region>", "<country>", "dari", "bersama"} <= set(words)
    assert not {"rudi", "sorong", "jepang", "12"} & set(words)


def test_without_words_that_are_known_nothing_is_likely() -> None:
    _, chances = _chances("Xyzzy plugh.")
    assert set(chances) == set(DIRECTIONS)
    assert sum(chances.values()) < 0.2
