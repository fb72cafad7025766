"""What is sold and sent abroad does not hang on what stands around it: changes.yaml applied to golden articles."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import pytest
import yaml

from pipelines.stages.extract import extract_claims
from tests.golden.scoring import GOLDEN, golden_sets, read_articles, read_gold, score_module

# Of many outlets; their articles that tell several such claims.
SETS = {"market_presence": ("h16", "h21", "h22", "h24"), "export_shipment": ("h9", "h16", "h17", "h26")}
LEAST_CLAIMS = {"market_presence": 3, "export_shipment": 2}
OPENING = 2  # paragraphs that stay together: headline and lead
# Share of the claims found as printed that a change may lose.
MOST_LOST = 0.02
CHANGES = [
    (kind, change)
    for kind, changes in yaml.safe_load((GOLDEN / "changes.yaml").read_text("utf-8")).items()
    for change in changes
]
Claims = list[dict[str, Any]]


def read(article: Any, text: str, kind: str) -> Claims:
    title = (
        text.split("\n", 1)[0] if article.title and article.text.startswith(article.title) else article.title
    )
    claims = extract_claims(text, title=title, published=article.published)
    return [claim.gold_layout() for claim in claims if claim.type == kind]


def found(gold: Claims, claims: Claims) -> dict[int, int]:
    """Index of each gold claim that is found, and of the claim that finds it."""
    score = score_module()
    pairs = score.align(gold, claims)
    return {i: j for i, j in pairs if score.found(gold[i], claims[j])}


@lru_cache(maxsize=2)
def articles(kind: str) -> list[tuple[Any, Claims, dict[int, str]]]:
    """Articles with their gold and the sentence that each claim found in them rests on."""
    told = []
    for golden in golden_sets():
        if golden.name not in SETS[kind]:
            continue
        rows = read_gold(golden.gold)
        for name, article in read_articles(golden).items():
            gold = [claim for claim in rows[name]["claims"] if claim["type"] == kind]
            if len(gold) >= LEAST_CLAIMS[kind]:
                claims = read(article, article.text, kind)
                told.append((article, gold, {i: claims[j]["quote"] for i, j in found(gold, claims).items()}))
    return told


def with_aside(text: str, aside: str, quotes: list[str]) -> str:
    """The text with an aside before the paragraph of its first claim, behind the lead."""
    starts = [place.start() for place in re.finditer(r"(?<=\n)(?=\S)", text)][OPENING - 1 :]
    before = [start for start in starts if start <= max(map(text.find, quotes), default=0)]
    if not before:
        return text
    place = next((start for start in before if start in map(text.find, quotes)), before[-1])
    return f"{text[:place]}{aside}\n\n{text[place:]}"


def behind_goods(text: str, words: str, gold: Claims, quotes: list[str]) -> str:
    """The text with words behind the one product of each sentence that a claim rests on."""
    names = sorted({name for claim in gold for name in claim.get("products") or []}, key=len, reverse=True)
    product = re.compile(
        rf"(?<![\w-])(?:{'|'.join(map(re.escape, names))})(?=\s[a-z])(?! (?:dan|serta) )", re.I
    )
    for quote in set(quotes):
        if names and len(product.findall(quote)) == 1:
            text = text.replace(quote, product.sub(lambda match: match[0] + words, quote))
    return text


def changed(change: dict[str, Any], article: Any, gold: Claims, quotes: list[str]) -> str:
    if "aside" in change:
        return with_aside(article.text, change["aside"], quotes)
    if "behind_goods" in change:
        return behind_goods(article.text, change["behind_goods"], gold, quotes)
    return re.sub(change["find"], change["put"], article.text)


@pytest.mark.parametrize(
    ("kind", "change"), CHANGES, ids=[f"{kind}: {change['name']}" for kind, change in CHANGES]
)
def test_a_change_loses_no_claim(kind: str, change: dict[str, Any]) -> None:
    told = lost = 0
    for article, gold, printed in articles(kind):
        text = changed(change, article, gold, list(printed.values()))
        if text != article.text:
            told += len(printed)
            lost += len(printed.keys() - found(gold, read(article, text, kind)).keys())
    assert told, "no article says it in the first place"
    # One claim may hang on a word where few articles have it.
    assert lost <= max(1.0, told * change.get("most_lost", MOST_LOST)), f"{lost} of {told} claims lost"
