from __future__ import annotations

import pytest

from benchmarks.extract.corpora import NEWS
from pipelines.stages.extract.reading import read_drafts
from pipelines.stages.extract.relevance import may_hold_claims
from tests.golden.scoring import golden_sets, read_gold, short_cases

FAR = "Warga berharap jalan segera diperbaiki karena hujan turun setiap hari. " * 8


def test_nothing_is_left_that_the_rules_could_read() -> None:
    articles = [
        (golden.articles / f"{article_id}.txt").read_text("utf-8", "replace")
        for golden in golden_sets()
        if golden.kind == "development"
        for article_id, article in read_gold(golden.gold).items()
        if article["claims"]
    ]
    assert [text for text in articles if not may_hold_claims(text)] == []
    left = [case.text for case in short_cases() if case.expect and not may_hold_claims(case.text)]
    assert [text for text in left if read_drafts(text, published="2024-03-05", title=None)[2]] == []


@pytest.mark.parametrize(
    "text",
    [
        "Sebanyak 5 ton kopi tembus Jepang.",
        "Kopi itu dijual ke Jepang.",
        "Petani mengirim kopi senilai Rp 5 juta ke Jepang.",
        "Dua kontainer kopi tiba di Osaka.",
        "Kopi daerah ini diekspor.",
    ],
)
def test_goods_that_go_abroad_are_read(text: str) -> None:
    assert may_hold_claims(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Pemain asal Brasil mencetak dua gol.",
        "Polisi menyita 5 ton beras di gudang.",
        "Kiriman uang ke desa mencapai Rp 5 juta.",
        f"Satu unit alat dibuat di bengkel. {FAR}Karya itu menang lomba di Seoul.",
        "Ton adalah nama anak itu, ia tinggal di Jepang.",
    ],
)
def test_other_news_is_left(text: str) -> None:
    assert not may_hold_claims(text)


def test_most_general_news_is_left() -> None:
    articles = NEWS.read_text("utf-8").strip().split("\n\n")
    assert sum(map(may_hold_claims, articles)) <= 1


def test_smuggled_goods_make_no_claim_without_a_word_of_export() -> None:
    seized = "Polisi menyita 1,3 kilogram kosmetik yang diselundupkan dari Malaysia."
    assert not may_hold_claims(seized)
    assert may_hold_claims(seized + " Ekspor kopi daerah itu naik.")
