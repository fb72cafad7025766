"""Where goods come from, weighed over the regions of an article."""

from __future__ import annotations

import pytest

from pipelines.lexicons.loader import origin_weights
from pipelines.stages.extract.article.context import read_context
from pipelines.stages.extract.article.document import build_document
from pipelines.stages.extract.draft import NATION, Draft
from pipelines.stages.extract.weighing import origins as origin_ranker
from pipelines.stages.extract.weighing.origins import Goods, RegionsOfArticle, likelihoods, weigh_origins

TEXT = (
    "Wonosobo - Pemerintah Kabupaten Wonosobo melepas ekspor carica. Carica itu dikirim lewat Pelabuhan Tanjung Emas, "
    "Kota Semarang. Sebanyak 12 ton carica menuju Singapura."
)
WONOSOBO, SEMARANG = "33.07", "33.74"


def _goods(origin: str | None) -> Goods:
    return Goods(sentence=2, offset=TEXT.index("12 ton"), origin=origin, is_printed=False)


def _named() -> RegionsOfArticle:
    document = build_document(TEXT, title=None)
    return RegionsOfArticle(document, read_context(document, published="2024-03-05"))


def test_every_region_named_and_the_nation_is_a_candidate() -> None:
    candidates = dict(_named().candidates(_goods(None)))
    assert set(candidates) == {WONOSOBO, SEMARANG, "ID"}
    assert "home" in candidates[WONOSOBO]
    assert "unnamed" in candidates["ID"]


def test_what_the_rules_took_counts_for_that_region_only() -> None:
    candidates = dict(_named().candidates(_goods(SEMARANG)))
    assert "rule" in candidates[SEMARANG]
    assert not any(name.startswith("rule") for name in candidates[WONOSOBO])


def test_likelihoods_are_shares() -> None:
    shares = likelihoods(_named().candidates(_goods(WONOSOBO)), origin_weights())
    assert sum(shares.values()) == pytest.approx(1.0)
    assert max(shares, key=shares.__getitem__) == WONOSOBO


@pytest.mark.parametrize(
    ("weight", "mark", "origin"),
    [(5.0, None, "Kabupaten Wonosobo"), (0.2, None, "Kota Semarang"), (5.0, NATION, "Kota Semarang")],
    ids=["much likelier", "hardly likelier", "the nation's"],
)
def test_goods_take_a_region_that_is_much_likelier(
    monkeypatch: pytest.MonkeyPatch, weight: float, mark: str | None, origin: str
) -> None:
    monkeypatch.setattr(origin_ranker, "origin_weights", lambda: {"home": weight})
    document = build_document(TEXT, title=None)
    context = read_context(document, published="2024-03-05")
    draft = Draft("export_shipment", "shipment.line", [1], 0, slots={"origin_region": "Kota Semarang"})
    if mark:
        draft.evidence.add(mark)
    weigh_origins(document, context, [draft])
    assert draft.slots["origin_region"] == origin


def test_goods_without_a_region_stay_without() -> None:
    document = build_document(TEXT, title=None)
    draft = Draft("market_presence", "presence.market", [2], 0)
    weigh_origins(document, read_context(document, published=None), [draft])
    assert not draft.has("origin_region")
