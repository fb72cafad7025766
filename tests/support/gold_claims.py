"""Stage tables made from gold files: what a faultless extractor would give."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.claims import CLAIM_SLOTS, LIST_SLOTS, NUMBER_SLOTS
from pipelines.contracts.ids import article_id, claim_id, make_id, text_sha256
from pipelines.contracts.tables import ARTICLE_CLUSTERS, ARTICLE_LINKS, ARTICLES, CLAIMS, REJECTS

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "golden" / "evaluation"
RAW = Path(__file__).resolve().parents[2] / "data" / "raw"
SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?!\s)[^.!?\n]*)*[.!?]?")


@dataclass(frozen=True)
class GoldTables:
    """Stage tables, and what the gold says about them."""

    articles: pl.DataFrame
    clusters: pl.DataFrame
    links: pl.DataFrame
    claims: pl.DataFrame
    rejects: pl.DataFrame
    article_ids: Mapping[str, str]
    event_keys: Mapping[str, tuple[str, ...]]


def seed_tables() -> GoldTables:
    """The five articles of data/raw with their gold claims."""
    return gold_tables(
        read_gold(GOLDEN / "gold.jsonl"), {p.stem: p.read_text("utf-8") for p in sorted(RAW.glob("*.txt"))}
    )


def development_tables() -> GoldTables:
    """The development set with its gold claims; light-edit syndications share a cluster."""
    folder = GOLDEN / "dev"
    texts = {p.stem: p.read_text("utf-8") for p in sorted((folder / "articles").glob("*.txt"))}
    copies = {"dev-033": "dev-006", "dev-017": "dev-015", "dev-045": "dev-020"}
    with (folder / "metadata.csv").open(encoding="utf-8") as file:
        urls = {row["article_id"]: row["url"] for row in csv.DictReader(file)}
    return gold_tables(read_gold(folder / "gold.jsonl"), texts, copies=copies, urls=urls)


def read_gold(path: Path) -> list[dict[str, Any]]:
    """Gold articles of one file; numbers are exact decimals."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line, parse_float=Decimal) for line in lines if line.strip()]


def gold_tables(
    gold: Iterable[Mapping[str, Any]],
    texts: Mapping[str, str] | None = None,
    *,
    copies: Mapping[str, str] | None = None,
    urls: Mapping[str, str] | None = None,
) -> GoldTables:
    """Stage tables of gold articles; a claim's quote is the sentence that holds most of its slots.

    An article without a text gets one made of its claims, so that quotes and offsets are real.
    """
    articles, clusters, claims = [], [], []
    ids: dict[str, str] = {}
    keys: dict[str, tuple[str, ...]] = {}
    for entry in gold:
        stem = entry["article_id"]
        text = (
            (texts or {}).get(stem) or "\n".join(_made_sentence(claim) for claim in entry["claims"]) or stem
        )
        url = (urls or {}).get(stem) or entry.get("url")
        ids[stem] = article_id(url=url, raw_path=f"{stem}.txt")
        keys[stem] = tuple(entry.get("event_keys", ()))
        articles.append(_article_row(ids[stem], stem, url, entry, text))
        claims.extend(_claim_rows(ids[stem], text, entry["claims"]))
    for stem, identity in ids.items():
        source = (copies or {}).get(stem)
        clusters.append(_cluster_row(identity, ids[source] if source else identity, source is not None))
    return GoldTables(
        articles=ARTICLES.frame(articles),
        clusters=ARTICLE_CLUSTERS.frame(clusters),
        links=ARTICLE_LINKS.frame([]),
        claims=CLAIMS.frame(claims),
        rejects=REJECTS.frame([]),
        article_ids=ids,
        event_keys=keys,
    )


def _made_sentence(claim: Mapping[str, Any]) -> str:
    return (
        " ".join(
            [
                claim["type"],
                *(f"{k} {_printed(v)}" for k, v in claim.items() if k != "type" and v not in (None, [])),
            ]
        )
        + "."
    )


def _printed(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _article_row(
    identity: str, stem: str, url: str | None, entry: Mapping[str, Any], text: str
) -> dict[str, Any]:
    return {
        "article_id": identity, "text_sha256": text_sha256(text), "raw_path": f"{stem}.txt",
        "raw_sha256": hashlib.sha256(text.encode()).hexdigest(), "url": url, "title": entry.get("title"),
        "outlet": entry.get("source"), "published": entry.get("published"),
        "published_method": "metadata" if entry.get("published") else None, "dateline": None, "text": text,
        "raw_locator": None, "modified": None, "author": None, "language": None,
        "text_length": len(text), "raw_length": len(text), "repeat_start": None, "repeat_end": None,
        "is_current": True, "run_id": "run-1",
    }  # fmt: skip


def _cluster_row(identity: str, representative: str, is_copy: bool) -> dict[str, Any]:
    return {
        "article_id": identity, "cluster_id": make_id("cluster", representative),
        "representative_id": representative,
        "relation": "near" if is_copy else "unique", "series_id": None, "similarity": None,
        "numeric_agreement": None, "reason": "test",
    }  # fmt: skip


def _claim_rows(article: str, text: str, claims: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    sentences = [m.span() for m in SENTENCE.finditer(text) if m.group().strip()]
    rows, seen = [], {}
    for claim in claims:
        start, end = max(sentences, key=lambda span: _overlap(text[span[0] : span[1]], claim))
        end = min(end, start + 500)
        place = (claim["type"], start, end)
        seen[place] = ordinal = seen.get(place, -1) + 1
        row: dict[str, Any] = dict.fromkeys(CLAIMS.columns)
        row |= {
            "products": [],
            "destinations": [],
            "flags": list(claim.get("flags", [])),
            "spans": "{}",
            "qualifiers": "{}",
            "bounds": "{}",
        }
        for slot in CLAIM_SLOTS[claim["type"]]:
            value = claim.get(slot)
            if slot in LIST_SLOTS:
                row[slot] = value or []
            elif slot in NUMBER_SLOTS:
                row[slot] = None if value is None else Decimal(str(value))
            else:
                row[slot] = value
        identity = claim_id(
            article=article,
            text_sha256=text_sha256(text),
            claim_type=claim["type"],
            start=start,
            end=end,
            ordinal=ordinal,
        )
        row |= {
            "claim_id": identity, "article_id": article, "text_sha256": text_sha256(text),
            "claim_type": claim["type"],
            "quote": text[start:end], "quote_start": start, "quote_end": end,
            "speaker": claim.get("speaker", "official"),
            "rule_id": "gold", "confidence": 0.9, "extractor_version": "gold",
        }  # fmt: skip
        rows.append(row)
    return rows


def _overlap(sentence: str, claim: Mapping[str, Any]) -> int:
    lowered = sentence.lower()
    words = {
        word
        for value in claim.values()
        for word in re.findall(r"\w+", _printed(value).lower())
        if len(word) > 2
    }
    return sum(word in lowered for word in words)
