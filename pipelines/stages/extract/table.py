"""Articles in, rows of `claims` out: which articles must be read, and what their claims look like as rows."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from pipelines.contracts.claims import CLAIM_SLOTS, LIST_SLOTS, NUMBER_SLOTS, Claim, json_number
from pipelines.contracts.ids import claim_id, make_id
from pipelines.contracts.runs import EXTRACT_REJECTS, EXTRACTIONS
from pipelines.contracts.tables import AMOUNT, CLAIMS
from pipelines.errors import ArticleLimitError

_CENT: Final = Decimal(1).scaleb(-AMOUNT.scale)
_LARGEST: Final = Decimal(10) ** (AMOUNT.precision - AMOUNT.scale)
_READ_COLUMNS: Final = (
    "article_id", "text_sha256", "raw_path", "raw_locator", "text", "title", "outlet", "published",
)  # fmt: skip
_SLOT_COLUMNS: Final = frozenset(slot for slots in CLAIM_SLOTS.values() for slot in slots)

# (text, published, title, outlet) to claims; `pipelines.stages.extract.extract_claims` behind a plain signature.
ExtractClaims = Callable[..., list[Claim]]


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one reading changes.

    Attributes:
        claims: Claims of the articles read now.
        extractions: One row for each article read now.
        outdated: article_id of every article whose earlier claims go: read again, or no longer current.
        withdrawn: article_id of those that are no longer current, in no version.
        rejects: All of `extract_rejects` as it is now.
    """

    claims: pl.DataFrame
    extractions: pl.DataFrame
    outdated: pl.DataFrame
    withdrawn: pl.DataFrame
    rejects: pl.DataFrame


def extract_new(
    articles: pl.DataFrame,
    *,
    extractions: pl.DataFrame,
    rejects: pl.DataFrame,
    version: str,
    run_id: str,
    extract: ExtractClaims,
    on_progress: Callable[[int, int], None] = lambda done, total: None,
) -> Extraction:
    """Read the current articles that this version of the extractor has not read as they are now.

    Guarantees: the result for an article depends on that article alone; one that cannot be read becomes a
        reject and stops no other.
    """
    todo = articles_to_read(articles, extractions, version=version)
    current = set(articles.filter("is_current")["article_id"])
    read_now = set(todo["article_id"])
    claim_rows: list[dict[str, Any]] = []
    extraction_rows: list[dict[str, Any]] = []
    reject_rows = [row for row in rejects.iter_rows(named=True) if row["article_id"] in current - read_now]
    for done, article in enumerate(todo.iter_rows(named=True)):
        on_progress(done, todo.height)
        found, problems = _read_article(article, extract, version)
        claim_rows += found
        reject_rows += [_reject(article, reason, detail, run_id) for reason, detail in problems]
        extraction_rows.append(
            {
                "article_id": article["article_id"],
                "text_sha256": article["text_sha256"],
                "input_sha256": article["input_sha256"],
                "extractor_version": version,
                "claim_count": len(found),
            }
        )
    on_progress(todo.height, todo.height)
    withdrawn = set(extractions["article_id"]) - current
    return Extraction(
        claims=CLAIMS.frame(claim_rows),
        extractions=EXTRACTIONS.frame(extraction_rows),
        outdated=_article_ids(withdrawn | read_now),
        withdrawn=_article_ids(withdrawn),
        rejects=EXTRACT_REJECTS.frame(
            sorted(reject_rows, key=lambda row: (row["raw_path"], row["reject_id"]))
        ),
    )


def _article_ids(ids: set[str]) -> pl.DataFrame:
    return pl.DataFrame({"article_id": sorted(ids)}, schema={"article_id": pl.String})


def articles_to_read(articles: pl.DataFrame, extractions: pl.DataFrame, *, version: str) -> pl.DataFrame:
    """Current articles that this version has not read as they are now, by article_id, with input_sha256."""
    current = articles.filter("is_current").select(_READ_COLUMNS).sort("article_id")
    inputs = [_input_sha256(row) for row in current.iter_rows(named=True)]
    done = extractions.filter(pl.col("extractor_version") == version).select("article_id", "input_sha256")
    return current.with_columns(pl.Series("input_sha256", inputs, dtype=pl.String)).join(
        done, on=["article_id", "input_sha256"], how="anti", maintain_order="left"
    )


def claims_of_articles(articles: pl.DataFrame, *, extract: ExtractClaims, version: str) -> pl.DataFrame:
    """The claims of some articles, as `claims` rows in the order of the articles.

    Raises:
        ValueError: A claim cannot be written as a row (a figure of more than 24 digits, say).
    """
    rows: list[dict[str, Any]] = []
    for article in articles.select(_READ_COLUMNS).iter_rows(named=True):
        found, problems = _read_article(article, extract, version)
        if problems:
            raise ValueError(f"{article['raw_path']}: {problems}")
        rows += found
    return CLAIMS.frame(rows)


def evidence_problems(articles: pl.DataFrame, claims: pl.DataFrame) -> pl.DataFrame:
    """Claims whose quote is not what their article says at their offsets; columns claim_id, raw_path.

    Offsets count Unicode code points from 0, half open.
    """
    texts = articles.select("article_id", "text_sha256", "raw_path", "text")
    return (
        claims.join(texts, on=["article_id", "text_sha256"], how="left")
        .filter(
            pl.col("text")
            .str.slice(pl.col("quote_start"), pl.col("quote_end") - pl.col("quote_start"))
            .ne_missing(pl.col("quote"))
        )
        .select("claim_id", "raw_path")
    )


def _read_article(
    article: Mapping[str, Any], extract: ExtractClaims, version: str
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """Claim rows of one article, and (reason_code, detail) of what could not become one."""
    try:
        claims = extract(
            article["text"],
            published=article["published"],
            title=article["title"],
            outlet=article["outlet"],
        )
    except ArticleLimitError as error:
        return [], [(error.reason_code, str(error))]
    except Exception as error:  # noqa: BLE001 - one hostile article must not stop the others; it is named in rejects
        return [], [("extract_failed", f"{type(error).__name__}: {error}"[:500])]
    rows: list[dict[str, Any]] = []
    problems: list[tuple[str, str]] = []
    for claim, ordinal in _numbered(claims):
        too_large = sorted(
            slot for slot in NUMBER_SLOTS
            if isinstance(figure := claim.slots.get(slot), Decimal) and not abs(figure) < _LARGEST
        )  # fmt: skip
        if too_large:
            problems.append(
                ("figure_out_of_range", f"{claim.type}: {', '.join(too_large)} in {claim.quote[:200]!r}")
            )
        else:
            rows.append(_claim_row(claim, ordinal, article, version))
    return rows, problems


def _numbered(claims: list[Claim]) -> Iterator[tuple[Claim, int]]:
    """Each claim with its ordinal among those of its type on the same quote."""
    seen: Counter[tuple[str, int, int]] = Counter()
    for claim in claims:
        place = (claim.type, claim.quote_start, claim.quote_end)
        yield claim, seen[place]
        seen[place] += 1


def _claim_row(claim: Claim, ordinal: int, article: Mapping[str, Any], version: str) -> dict[str, Any]:
    row: dict[str, Any] = {slot: [] if slot in LIST_SLOTS else None for slot in _SLOT_COLUMNS}
    for slot in CLAIM_SLOTS[claim.type]:
        value = claim.slots.get(slot)
        if slot in LIST_SLOTS:
            row[slot] = list(value) if isinstance(value, list) else []
        elif isinstance(value, Decimal):
            row[slot] = value.quantize(_CENT)
        else:
            row[slot] = value
    return row | {
        "claim_id": claim_id(
            article=article["article_id"],
            text_sha256=article["text_sha256"],
            claim_type=claim.type,
            start=claim.quote_start,
            end=claim.quote_end,
            ordinal=ordinal,
        ),
        "article_id": article["article_id"],
        "text_sha256": article["text_sha256"],
        "claim_type": claim.type,
        "quote": claim.quote,
        "quote_start": claim.quote_start,
        "quote_end": claim.quote_end,
        "spans": _json({slot: list(span) for slot, span in claim.spans.items()}),
        "qualifiers": _json(dict(claim.qualifiers)),
        "bounds": _json(
            {slot: [json_number(bound) for bound in pair] for slot, pair in claim.bounds.items()}
        ),
        "flags": list(claim.flags),
        "speaker": claim.speaker,
        "rule_id": claim.rule_id,
        "confidence": round(claim.confidence, 4),
        "extractor_version": version,
    }


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _input_sha256(article: Mapping[str, Any]) -> str:
    seen = [article["text_sha256"], article["title"], article["outlet"], article["published"]]
    return hashlib.sha256(json.dumps(seen, ensure_ascii=True).encode()).hexdigest()


def _reject(article: Mapping[str, Any], reason_code: str, detail: str, run_id: str) -> dict[str, Any]:
    return {
        "reject_id": make_id(
            "reject", "extract", article["raw_path"], article["raw_locator"], reason_code, detail
        ),
        "stage": "extract",
        "raw_path": article["raw_path"],
        "raw_locator": article["raw_locator"],
        "article_id": article["article_id"],
        "reason_code": reason_code,
        "detail": detail,
        "run_id": run_id,
    }
