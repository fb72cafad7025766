"""Claims as rows, and which articles are read."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from pipelines.contracts.checks import contract_problems
from pipelines.contracts.claims import CLAIM_SLOTS, Claim
from pipelines.contracts.runs import EXTRACT_REJECTS, EXTRACTIONS
from pipelines.contracts.tables import ARTICLES, CLAIMS
from pipelines.stages.extract.table import Extraction, claims_of_articles, evidence_problems, extract_new

TEXT = "Kopi 😀 senilai US$ 1,25 juta dikirim ke Jepang. Targetnya naik."


def article(article_id: str = "a", text: str = TEXT, **other: Any) -> dict[str, Any]:
    empty = dict.fromkeys(ARTICLES.columns) | {
        "raw_path": f"{article_id}.txt",
        "raw_sha256": "0",
        "run_id": "r",
    }
    return empty | {
        "article_id": article_id, "text": text, "text_sha256": f"sha of {text}", "text_length": len(text),
        "raw_length": len(text), "is_current": True,
    } | other  # fmt: skip


def claim(type_: str = "export_shipment", quote: str = TEXT[:46], **slots: Any) -> Claim:
    start = TEXT.find(quote)
    return Claim(
        type=type_, slots=dict.fromkeys(CLAIM_SLOTS[type_]) | slots, quote=quote, quote_start=start,
        quote_end=start + len(quote), spans={"value": (15, 30)}, rule_id="test", confidence=0.87654,
        qualifiers={"value": "about"}, bounds={"value": (Decimal("1"), Decimal("1.5"))}, flags=("x",),
    )  # fmt: skip


def read(
    articles: list[dict[str, Any]],
    claims: list[Claim],
    *,
    before: Extraction | None = None,
    version: str = "v1",
) -> Extraction:
    result = extract_new(
        ARTICLES.frame(articles),
        extractions=before.extractions if before else EXTRACTIONS.frame([]),
        rejects=before.rejects if before else EXTRACT_REJECTS.frame([]),
        version=version, run_id="r", extract=lambda text, **_: claims,
    )  # fmt: skip
    for table, frame in (
        (CLAIMS, result.claims),
        (EXTRACTIONS, result.extractions),
        (EXTRACT_REJECTS, result.rejects),
    ):
        assert contract_problems(table, frame) == []
    return result


def test_a_claim_becomes_a_row_with_all_it_says() -> None:
    (row,) = read(
        [article()], [claim(value=Decimal("1250000"), currency="USD", products=["kopi"])]
    ).claims.iter_rows(named=True)
    assert (row["value"], row["currency"], row["products"], row["destinations"]) == (
        Decimal("1250000"),
        "USD",
        ["kopi"],
        [],
    )
    assert (row["period"], row["is_first"]) == (None, None)
    assert json.loads(row["spans"]) == {"value": [15, 30]}
    assert json.loads(row["qualifiers"]) == {"value": "about"}
    assert json.loads(row["bounds"]) == {"value": [1, 1.5]}
    assert (row["flags"], row["confidence"], row["extractor_version"]) == (["x"], 0.8765, "v1")


def test_two_claims_of_one_quote_have_two_ids_and_the_same_ids_every_time() -> None:
    claims = [claim(value=Decimal(1)), claim(value=Decimal(2)), claim("training", participants=Decimal(5))]
    ids = [read([article()], claims).claims["claim_id"].to_list() for _ in range(2)]
    assert len(set(ids[0])) == 3
    assert ids[0] == ids[1]


def test_a_figure_that_no_column_holds_rejects_that_claim_alone() -> None:
    result = read([article()], [claim(value=Decimal("1e24")), claim(value=Decimal(3))])
    assert result.claims["value"].to_list() == [Decimal(3)]
    assert result.rejects["reason_code"].to_list() == ["figure_out_of_range"]


def test_an_article_that_cannot_be_read_stops_no_other() -> None:
    def fragile(text: str, **_: object) -> list[Claim]:
        if "bad" in text:
            raise ValueError("no idea")
        return [claim()]

    result = extract_new(
        ARTICLES.frame([article("a", "bad"), article("b")]),
        extractions=EXTRACTIONS.frame([]), rejects=EXTRACT_REJECTS.frame([]), version="v", run_id="r", extract=fragile,
    )  # fmt: skip
    assert result.claims["article_id"].to_list() == ["b"]
    assert result.rejects.select("article_id", "reason_code", "detail").rows() == [
        ("a", "extract_failed", "ValueError: no idea")
    ]
    assert result.extractions.sort("article_id")["claim_count"].to_list() == [0, 1]


def test_an_article_that_was_read_is_not_read_again() -> None:
    first = read([article()], [claim()])
    second = read([article()], [claim()], before=first)
    assert second.extractions.is_empty()
    assert second.outdated.is_empty()


@pytest.mark.parametrize(
    "changed",
    [{"published": "2024"}, {"title": "T"}, {"outlet": "O"}, {"text": TEXT + "!", "text_sha256": "other"}],
    ids=lambda changed: next(iter(changed)),
)
def test_an_article_is_read_again_when_anything_the_extractor_sees_changed(changed: dict[str, Any]) -> None:
    first = read([article()], [claim()])
    again = read([article() | changed], [], before=first)
    assert again.extractions["article_id"].to_list() == ["a"]
    assert again.outdated["article_id"].to_list() == ["a"], "its old claims go, though it makes none now"


def test_another_version_of_the_rules_reads_everything_again() -> None:
    first = read([article()], [claim()])
    assert read([article()], [claim()], before=first, version="v2").extractions.height == 1


def test_claims_of_an_article_that_is_no_longer_current_go() -> None:
    first = read([article("a"), article("b")], [claim()])
    second = read([article("a", is_current=False), article("b")], [claim()], before=first)
    assert second.outdated["article_id"].to_list() == ["a"]
    assert second.extractions.is_empty()


def test_the_order_of_articles_is_no_matter() -> None:
    articles = [article(name, f"{name} {TEXT}") for name in "abc"]
    one, other = (read(rows, [claim()]).claims for rows in (articles, articles[::-1]))
    assert one.equals(other)


def test_offsets_count_code_points() -> None:
    found = read([article()], [claim(quote="dikirim ke Jepang.")])
    assert evidence_problems(ARTICLES.frame([article()]), found.claims).is_empty()


def test_a_quote_beside_its_place_is_found() -> None:
    found = read([article()], [claim()]).claims.with_columns(pl.col("quote_start") + 1)
    assert evidence_problems(ARTICLES.frame([article()]), found)["raw_path"].to_list() == ["a.txt"]


def test_claims_of_articles_is_the_plain_frame_function() -> None:
    frame = claims_of_articles(ARTICLES.frame([article()]), extract=lambda text, **_: [claim()], version="v")
    assert contract_problems(CLAIMS, frame) == []
    with pytest.raises(ValueError, match="figure_out_of_range"):
        claims_of_articles(
            ARTICLES.frame([article()]), extract=lambda text, **_: [claim(value=Decimal("1e30"))], version="v"
        )
