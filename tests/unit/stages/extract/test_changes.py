"""A new version of the extractor says what it reads otherwise, and only that."""

from __future__ import annotations

import json
from typing import Any

from pipelines.contracts.claims import LIST_SLOTS
from pipelines.contracts.runs import EXTRACTIONS
from pipelines.contracts.tables import CLAIMS
from pipelines.stages.extract.changes import articles_read_again, claim_changes


def extraction(article: str, *, version: str, text: str = "same") -> dict[str, Any]:
    return {
        "article_id": article, "text_sha256": text, "input_sha256": text, "extractor_version": version,
        "claim_count": 1,
    }  # fmt: skip


def claim(claim_id: str, article: str = "a", **said: Any) -> dict[str, Any]:
    row: dict[str, Any] = {name: [] if name in LIST_SLOTS else None for name in CLAIMS.columns}
    return row | {
        "claim_id": claim_id, "article_id": article, "text_sha256": "same", "claim_type": "export_shipment",
        "quote": f"quote of {claim_id}", "quote_start": 0, "quote_end": 10, "spans": "{}", "qualifiers": "{}",
        "bounds": "{}", "flags": [], "speaker": "narrator", "rule_id": "rule", "confidence": 0.9,
        "extractor_version": "1",
    } | said  # fmt: skip


BEFORE = EXTRACTIONS.frame(
    [extraction("a", version="1"), extraction("b", version="1"), extraction("c", version="2")]
)
NOW = EXTRACTIONS.frame(
    [extraction("a", version="2"), extraction("b", version="2", text="other"), extraction("c", version="2"),
     extraction("d", version="2")]
)  # fmt: skip


def changes(before: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[dict[str, Any]]:
    again = articles_read_again(BEFORE, NOW)
    found = claim_changes(CLAIMS.frame(before), CLAIMS.frame(now), again=again, run_id="run-2")
    turned = claim_changes(
        CLAIMS.frame(before[::-1]), CLAIMS.frame(now[::-1]), again=again, run_id="run-2"
    )  # fmt: skip
    assert found.equals(turned)
    return found.to_dicts()


def test_only_articles_that_did_not_change_count_as_read_again() -> None:
    """Not one whose text is another, one of the same version, or one that is new."""
    assert articles_read_again(BEFORE, NOW).rows() == [("a", "1", "2")]


def test_added_removed_and_changed_claims_are_told_with_what_differs() -> None:
    found = changes(
        [claim("gone", exporter="CV Lama"), claim("kept", destinations=["JP"]), claim("other", "b")],
        [
            claim("kept", destinations=["JP", "CN"]),
            claim("new", status="realised"),
            claim("other", "b", name="x"),
        ],
    )
    assert [(row["claim_id"], row["change"]) for row in found] == [
        ("gone", "removed"), ("kept", "changed"), ("new", "added"),
    ]  # fmt: skip
    details = {row["claim_id"]: json.loads(row["detail"]) for row in found}
    assert details["kept"] == {"destinations": [["JP"], ["JP", "CN"]]}
    assert details["gone"]["exporter"] == ["CV Lama", None]
    assert details["new"]["status"] == [None, "realised"]
    assert {(row["version_before"], row["version_after"], row["run_id"]) for row in found} == {
        ("1", "2", "run-2")
    }


def test_a_claim_that_says_the_same_is_no_change_whatever_rule_read_it() -> None:
    assert changes([claim("a1")], [claim("a1", rule_id="other", confidence=0.5, extractor_version="2")]) == []


def test_nothing_read_again_changes_nothing() -> None:
    none = articles_read_again(BEFORE, BEFORE)
    assert claim_changes(CLAIMS.frame([claim("x")]), CLAIMS.frame([]), again=none, run_id="r").is_empty()
