from __future__ import annotations

import pytest

from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve.names import read_organisation, read_product, split_names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CV Triguna Mitra Abadi", "CV. TRIGUNA MITRA ABADI"),
        ("PT Samudra Raya", "PT. Samudra Raya Tbk"),
        ("Disperindag Kabupaten Sleman", "Dinas Perindustrian dan Perdagangan Sleman"),
        ("Pemkab Sleman", "Pemerintah Kabupaten Sleman"),
    ],
)
def test_forms_of_one_name_have_one_id(one: str, other: str, reference: ReferenceData) -> None:
    read = [
        read_organisation(name, region_name="Kabupaten Sleman", reference=reference) for name in (one, other)
    ]
    assert read[0].organisation_id == read[1].organisation_id


def test_office_without_a_place_belongs_to_the_region_of_its_claim(reference: ReferenceData) -> None:
    sleman, bantul = (
        read_organisation("Disperindag", region_name=f"Kabupaten {name}", reference=reference)
        for name in ("Sleman", "Bantul")
    )
    assert sleman.organisation_id != bantul.organisation_id


def test_ministry_is_one_office_in_every_region(reference: ReferenceData) -> None:
    ids = {
        read_organisation(name, region_name=region, reference=reference).organisation_id
        for name, region in [("Kemendag", "Provinsi Bali"), ("Kementerian Perdagangan", "Kota Bandung")]
    }
    assert len(ids) == 1


def test_qualifying_words_do_not_make_another_product(reference: ReferenceData) -> None:
    assert (
        read_product("gula semut organik", reference=reference).product_id
        == read_product("Gula Semut", reference=reference).product_id
    )


@pytest.mark.parametrize(
    ("printed", "chapter"),
    [("sepatu dox", "64"), ("kopi arabika gayo", "09"), ("kursi taman", "94"), ("kerupuk udang", "19")],
)
def test_head_of_the_phrase_gives_the_hs_chapter(
    printed: str, chapter: str, reference: ReferenceData
) -> None:
    term = read_product(printed, reference=reference).hs_term
    assert term is not None
    assert term.chapter == chapter


def test_unknown_goods_have_no_chapter(reference: ReferenceData) -> None:
    assert read_product("xyzzy", reference=reference).hs_term is None


def test_names_of_one_claim_are_split_at_semicolons() -> None:
    assert split_names("CV A; PT B, Tbk") == ["CV A", "PT B, Tbk"]
