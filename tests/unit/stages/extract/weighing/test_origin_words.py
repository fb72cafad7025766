"""The words beside a region that tell whether goods come from there."""

from __future__ import annotations

import pytest

from pipelines.stages.extract.article.context import read_context
from pipelines.stages.extract.article.document import build_document
from pipelines.stages.extract.weighing.origins import Goods, RegionsOfArticle


def _words(text: str, goods: str, region: str) -> set[str]:
    document = build_document(text, title=None)
    offset = text.index(goods)
    sentence = next(view.index for view in document.sentences if view.start <= offset < view.end)
    code = next(mention.code for mention in document.regions if mention.start == text.index(region))
    regions = RegionsOfArticle(document, read_context(document, published=None))
    return set(regions.words(Goods(sentence, offset, None, False), code))


def test_words_are_told_of_the_region_nearest_to_the_goods_and_of_all_its_mentions() -> None:
    words = _words(
        "Petani di Kabupaten Alor menanam vanili. Dua ton vanili dari Kabupaten Alor dikirim ke Jepang.",
        "Dua ton",
        "Kabupaten Alor",
    )
    assert {
        "here:behind:dari _",
        "here:behind:_ dikirim",
        "earlier:petani di _",
        "ever:di _",
        "ever:dari _",
    } <= words
    assert not {word for word in words if "alor" in word.lower() or "jepang" in word.lower()}


@pytest.mark.parametrize(
    ("text", "goods", "from_there", "elsewhere"),
    [
        (
            "Sebanyak 12 ton pala hasil petani di Kabupaten Fakfak dimuat di Pelabuhan Kota Sorong menuju Belanda.",
            "12 ton",
            "Kabupaten Fakfak",
            "Kota Sorong",
        ),
        (
            "Perajin Kabupaten Sambas mengekspor kain ke Brunei Darussalam lewat pelabuhan di Kota Pontianak.",
            "kain",
            "Kabupaten Sambas",
            "Kota Pontianak",
        ),
        (
            "Kepala karantina di Kota Kupang mengatakan 3 ton vanili dari Kabupaten Alor dikirim ke Amerika Serikat.",
            "3 ton",
            "Kabupaten Alor",
            "Kota Kupang",
        ),
    ],
)  # fmt: skip
def test_goods_come_from_where_they_are_made_not_from_where_they_leave(
    text: str, goods: str, from_there: str, elsewhere: str
) -> None:
    document = build_document(text, title=None)
    regions = RegionsOfArticle(document, read_context(document, published=None))
    told = Goods(0, text.index(goods), None, False)
    code = {
        name: next(m.code for m in document.regions if m.start == text.index(name))
        for name in (from_there, elsewhere)
    }
    steps = {
        code: next(int(name.removeprefix("words:")) for name in names if name.startswith("words:"))
        for code, names in regions.candidates(told)
    }
    assert steps[code[from_there]] > steps[code[elsewhere]]
