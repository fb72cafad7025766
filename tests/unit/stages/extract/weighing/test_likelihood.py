"""How likely sentences tell of goods sent or sold abroad."""

from __future__ import annotations

import pytest

from pipelines.stages.extract.article.document import build_document
from pipelines.stages.extract.weighing.likelihood import DISPATCH, SALE, features, likelihood


def _likelihood(text: str, claim: str) -> float:
    document = build_document(text, title=None)
    return likelihood(document, document.sentences[-1], claim)


@pytest.mark.parametrize(
    ("claim", "likely", "unlikely"),
    [
        (
            DISPATCH,
            "Bupati melepas ekspor perdana 12 ton kopi milik PT Tirta Rasa ke Jepang, Senin (4/3/2024).",
            "Harga kopi di tingkat petani 12 ribu rupiah per kilogram.",
        ),
        (
            SALE,
            "Kopi dan gula semut itu sudah dipasarkan ke Jepang, Malaysia dan Belanda.",
            "Indonesia mengimpor 12 ton bawang putih dari Tiongkok.",
        ),
    ],
)
def test_sentences_that_make_a_claim_are_likelier(claim: str, likely: str, unlikely: str) -> None:
    assert 0.0 <= _likelihood(unlikely, claim) < 0.3
    assert 0.6 < _likelihood(likely, claim) <= 1.0


def test_a_sentence_has_each_feature_once() -> None:
    document = build_document("Petani menanam kopi. Kopi itu dikirim ke Jepang 2 ton.", title=None)
    names = list(features(document, document.sentences[1]))
    assert len(names) == len(set(names))
    assert {"markets:1", "figure:tonne", "markets_before:0"} <= set(names)
