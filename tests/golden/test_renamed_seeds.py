"""The five seed articles with every name, region, product, country and figure replaced, in text and gold alike.

Rules that read the seeds by heart would fail here; what carries is the way the articles speak.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.golden.scoring import ROOT, golden_sets, predict_bytes, read_gold, score_module

SEEDS = next(golden for golden in golden_sets() if golden.name == "seeds")
WANTED_CLAIM_F1 = 0.90


@dataclass(frozen=True, slots=True)
class Renaming:
    """What stands for what.

    Attributes:
        words: Printed text to its replacement, in articles and in the gold's names; longer ones first.
        codes: Country and area codes of the gold to those of the replacements.
        numbers: Figures of the gold to those of the replacements.
    """

    words: Mapping[str, str]
    codes: Mapping[str, str]
    numbers: Mapping[float, float]

    def text(self, text: str) -> str:
        """The text with every word replaced, in one pass."""
        names = sorted(self.words, key=len, reverse=True)
        pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, names)) + r")(?!\w)")
        return pattern.sub(lambda match: self.words[match[0]], text)

    def value(self, value: Any) -> Any:
        """A slot of the gold, replaced."""
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, int | float):
            return self.numbers.get(value, value)
        return self.codes[value] if value in self.codes else self.text(value)


# Same on the left in every variant: each must name everything that the seeds name.
PLACES = (
    "Tangerang",
    "Banten",
    "Bogor",
    "Bandung",
    "Serpong",
    "serpong",
    "Talaga",
    "Cikupa",
    "Pontianak",
    "Bali",
    "Solo",
)
COUNTRIES = (
    "Senegal",
    "Taiwan",
    "Jeddah",
    "Dubai",
    "Uni Emirat Arab (UEA)",
    "Russia",
    "Orion",
    "asia",
    "eropa",
)
GOODS = (
    "sepatu", "jenis dox", "dox", "Sibatik", "ikan hias", "organic coconut chips", "organic coconut kectar", "sabun herbal",
    "produk fashion", "alat kesehatan", "vaksin dari biofarma", "vaksin", "pakaian jadi", "tekstil", "kerajinan rotan",
    "kacang mede", "gula jawa kristal", "kue dodol",
)  # fmt: skip
NAMES = (
    "CV Triguna Mitra Abadi", "Arfan Najrun", "Resmiyati Marningsih", "Elly Wasliah", "Elly", "Herry Sukarnapura", "Herry",
    "Dwi Eka Aprilia", "Dwi", "Ahmed Zaki Iskandar", "Ahmed", "Nuadi", "Nuradi", "Djuanda",
)  # fmt: skip
FIGURES = ("4.044", "$467", "$358", "85", "120", "200", "4 Oktober hingga 8 Oktober", "4/10/2017")
OLD_NUMBERS = (4044, 467_000_000, 358_000_000, 85, 120, 200)


def renaming(
    *,
    places: str,
    countries: str,
    goods: str,
    names: str,
    figures: str,
    codes: Mapping[str, str],
    numbers: tuple[int, ...],
) -> Renaming:
    words: dict[str, str] = {}
    for old, new in (
        (PLACES, places),
        (COUNTRIES, countries),
        (GOODS, goods),
        (NAMES, names),
        (FIGURES, figures),
    ):
        words |= dict(zip(old, (item.strip() for item in new.split("|")), strict=True))
    return Renaming(words, codes, dict(zip(OLD_NUMBERS, numbers, strict=True)))


VARIANTS = {
    "sukabumi": renaming(
        places="Sukabumi|Jawa Barat|Kuningan|Semarang|Cisaat|cisaat|Sukamaju|Cicurug|Palembang|Makassar|Surabaya",
        countries="Kenya|Vietnam|Osaka|Rotterdam|Korea Selatan (Korsel)|Turki|Lumen|afrika|eropa",
        goods="sandal|jenis gunung|gunung|Silurik|tanaman hias|dried mango chips|dried mango nectar|minyak telon|produk furnitur"
        "|alat musik|gitar dari swarabumi|gitar|mebel kayu|keramik|kerajinan bambu|keripik tempe|kopi bubuk|kue lapis",
        names="CV Karya Sejati Nusa|Dimas Prakoso|Ratna Puspadewi|Wati Rahmani|Wati|Yanto Wiryawan|Yanto|Sinta Dewi Larasati"
        "|Sinta|Bagus Tri Wibawa|Bagus|Suhadi|Suhardi|Pancasila",
        figures="3.618|$512|$395|64|145|175|11 Oktober hingga 14 Oktober|11/10/2017",
        codes={"SN": "KE", "TW": "VN", "SA": "JP", "AE": "NL", "RU": "TR", "M49:142": "M49:002", "M49:150": "M49:150"},
        numbers=(3618, 512_000_000, 395_000_000, 64, 145, 175),
    ),
    "malang": renaming(
        places="Malang|Jawa Timur|Jember|Pekalongan|Kepanjen|kepanjen|Sumberejo|Pakis|Balikpapan|Lombok|Medan",
        countries="Nigeria|Thailand|Kuala Lumpur|Hamburg|Arab Saudi (KSA)|Mesir|Delta|eropa|afrika",
        goods="tas|jenis rajut|rajut|Sitenun|burung kicau|virgin coconut oil|palm sugar syrup|jamu serbuk|produk batik"
        "|alat pertanian|benih dari agrisena|benih|sarung|kain tenun|kerajinan kayu|keripik singkong|teh melati|kue bakpia",
        names="PT Sentosa Tas Nusantara|Galih Wicaksono|Endang Suryani|Tuti Handayani|Tuti|Joko Pramudya|Joko|Maya Kusuma Wardani"
        "|Maya|Rudi Hari Santoso|Rudi|Mulyadi|Muljadi|Brawijaya",
        figures="12.750|$98|$81|47|230|88|18 Oktober hingga 20 Oktober|18/10/2017",
        codes={"SN": "NG", "TW": "TH", "SA": "MY", "AE": "DE", "RU": "EG", "M49:142": "M49:150", "M49:150": "M49:002"},
        numbers=(12_750, 98_000_000, 81_000_000, 47, 230, 88),
    ),
    "bima": renaming(
        places="Bima|Nusa Tenggara Barat|Banyumas|Palopo|Bolo|bolo|Rora|Donggo|Kendari|Lampung|Bogor",
        countries="Angola|Jepang|Sydney|Mumbai|Afrika Selatan (Afsel)|Brasil|Nadir|eropa|asia",
        goods="kaus|jenis polo|polo|Sisongket|rumput laut|banana crispy chips|palm sugar candy|garam mandi|produk kosmetik"
        "|alat dapur|madu dari rimbaraya|madu|kain songket|abon|kerajinan perak|keripik pisang|gula aren cair|kue kering",
        names="UD Cahaya Timur Lestari|Faisal Rahim|Nurhayati Idris|Rosita Amin|Rosita|Anwar Latief|Anwar|Indah Sari Hasanah"
        "|Indah|Muhammad Arif Syam|Muhammad|Zulkifli|Zulkiflie|Mataram",
        figures="2.460|$36|$29|32|75|54|25 Oktober hingga 28 Oktober|25/10/2017",
        codes={"SN": "AO", "TW": "JP", "SA": "AU", "AE": "IN", "RU": "BR", "M49:142": "M49:150", "M49:150": "M49:142"},
        numbers=(2460, 36_000_000, 29_000_000, 32, 75, 54),
    ),
}  # fmt: skip
# One code stands for a country named twice in different words: the Uni Emirat Arab of seed 000 and the Dubai of 004.
SEED_000_CODES = {"sukabumi": {"AE": "KR"}, "malang": {"AE": "SA"}, "bima": {"AE": "ZA"}}


def renamed(variant: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Gold and prediction of the seeds under a renaming."""
    gold: dict[str, Any] = {}
    predicted: dict[str, Any] = {}
    for article_id, article in read_gold(SEEDS.gold).items():
        table = VARIANTS[variant]
        if article_id.startswith("000"):
            table = Renaming(table.words, {**table.codes, **SEED_000_CODES[variant]}, table.numbers)
        claims = [
            {slot: value if slot == "type" else table.value(value) for slot, value in claim.items()}
            for claim in article["claims"]
        ]
        gold[article_id] = {**article, "claims": claims}
        text = (SEEDS.articles / f"{article_id}.txt").read_text("utf-8")
        predicted[article_id] = predict_bytes(article_id, table.text(text).encode())
    return gold, predicted


@pytest.mark.parametrize("variant", VARIANTS)
def test_renamed_seeds_are_read_as_well(variant: str) -> None:
    result, errors = score_module().score(*renamed(variant))
    shown = "\n".join(json.dumps(row, ensure_ascii=False)[:300] for row in errors)
    assert result["claims"]["all"]["f1"] >= WANTED_CLAIM_F1, shown


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_of_the_seeds_is_left_in_a_variant(variant: str) -> None:
    new_words = set(re.findall(r"\w+", " ".join(VARIANTS[variant].words.values())))
    old = {
        word for group in (PLACES, COUNTRIES, NAMES) for name in group for word in re.findall(r"\w+", name)
    } - new_words
    for path in sorted((ROOT / "data" / "raw").glob("*.txt")):
        text = VARIANTS[variant].text(path.read_text("utf-8"))
        left = set(re.findall(r"\w+", text)) & (old - {"Arab", "Mitra"})
        assert not left, path.name
