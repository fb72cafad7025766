"""An aside between two paragraphs changes nothing that is told around it: asides.yaml put into articles of statistics."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
import yaml

from pipelines.stages.extract import extract_claims
from tests.golden.scoring import GOLDEN, golden_sets, read_articles, read_gold

# Of many outlets; their articles with several figures, each aside put in twice.
SETS = ("h9", "h15", "h20", "h22")
LEAST_FIGURES = 6
OPENING = 3  # paragraphs that stay together: headline, dateline and lead
# Share of the claims around an aside that it may change.
MOST_CHANGED = 0.01
ASIDES = yaml.safe_load((GOLDEN / "asides.yaml").read_text("utf-8"))
SLOTS = ("region", "period", "commodity", "destinations")
Claims = Counter[tuple[str, ...]]


@lru_cache(maxsize=1)
def articles() -> list[Any]:
    found = []
    for golden in golden_sets():
        if golden.name in SETS:
            gold = read_gold(golden.gold)
            found += [
                article
                for name, article in read_articles(golden).items()
                if sum(claim["type"] == "export_realisation" for claim in gold[name]["claims"])
                >= LEAST_FIGURES
            ]
    return found


def claims_of(article: Any, text: str, aside: str = "") -> Claims:
    """What the statistics of an article say, without those of the aside."""
    return Counter(
        (claim.quote, *(str(claim.slots.get(slot)) for slot in ("metric", "amount", *SLOTS)))
        for claim in extract_claims(text, title=article.title, published=article.published)
        if claim.type == "export_realisation"
        and not (aside and (claim.quote in aside or aside in claim.quote))
    )


@lru_cache(maxsize=1)
def as_printed() -> list[Claims]:
    return [claims_of(article, article.text) for article in articles()]


@pytest.mark.parametrize("aside", ASIDES, ids=[aside["name"] for aside in ASIDES])
def test_an_aside_changes_no_other_claim(aside: dict[str, Any]) -> None:
    changed = told = 0
    for article, before in zip(articles(), as_printed(), strict=True):
        paragraphs = [place.start() for place in re.finditer(r"(?<=\n)(?=\S)", article.text)][OPENING:]
        for place in {*paragraphs[:1], *paragraphs[len(paragraphs) // 2 :][:1]}:
            text = f"{article.text[:place]}{aside['text']}\n\n{article.text[place:]}"
            told += before.total()
            changed += (before - claims_of(article, text, aside["text"])).total()
    assert told > 1000
    assert changed / told <= aside.get("most_changed", MOST_CHANGED), f"{changed} of {told} claims changed"
