"""Every region of the country is found by its name, also where the name is an ordinary word or a month follows it."""

from __future__ import annotations

import pytest

from pipelines.lexicons.loader import regions
from pipelines.text.gazetteer import find_hits
from pipelines.text.places import find_regions

LEVELS = {
    "province": ("Provinsi", "Gubernur"),
    "regency": ("Kabupaten", "Bupati"),
    "city": ("Kota", "Wali Kota"),
}
REGIONS = [region for region in regions().values() if region.level in LEVELS]
PROVINCES = [region for region in REGIONS if region.level == "province"]


def first_region(text: str) -> str | None:
    """Code of the first region that a text names."""
    found = find_regions(text, find_hits(text)[0])
    return found[0].code if found else None


def test_there_are_all_of_them() -> None:
    assert len(PROVINCES) == 38
    assert len(REGIONS) == 38 + 514


@pytest.mark.parametrize(
    "text",
    [
        "Nilai ekspor {level} {name} Maret 2023 naik.",
        "{head} {name} Wihaji melepas ekspor.",
        "Ekspor naik. {level} {name} Mengirim kopi.",
    ],
)
def test_a_name_behind_its_level_is_the_region_whatever_follows(text: str) -> None:
    missed = {
        region.name: found
        for region in REGIONS
        for level, head in (LEVELS[region.level],)
        if (found := first_region(text.format(level=level, head=head, name=region.base_name))) != region.code
    }
    assert missed == {}


@pytest.mark.parametrize("text", ["Nilai ekspor {name} Maret 2023 naik.", "{name} mengekspor kopi."])
def test_the_bare_name_of_a_province_is_read_before_a_month_and_at_the_start(text: str) -> None:
    missed = {
        region.name: found
        for region in PROVINCES
        if (found := first_region(text.format(name=region.base_name))) != region.code
    }
    assert missed == {}


@pytest.mark.parametrize("text", ["Kapal sandar di Pelabuhan Batu Ampar.", "Batang kayu itu diekspor."])
def test_a_word_is_no_region_without_its_level(text: str) -> None:
    assert first_region(text) not in ("35.79", "33.25")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kopi itu dikirim ke Manila.", ["PH"]),
        ("Tali Manila dipakai nelayan.", []),
        ("Dua ton berangkat menuju Kobe.", ["JP"]),
        ("Kata Santos, ekspor naik.", []),
        ("Rempah dikirim ke Rio de Janeiro.", ["BR"]),
        ("Ekspor ke Cote d’Ivoire naik.", ["CI"]),
    ],
)
def test_foreign_towns_that_are_words_or_names_too(text: str, codes: list[str]) -> None:
    assert [hit.codes[0] for hit in find_hits(text)[0] if hit.kind == "country"] == codes
