from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.adapters.reviews import FILE_COLUMNS, add_review, read_reviews_file
from pipelines.errors import ContractError

ROW = {
    "decision": "reject_claim", "claim_id": "c1", "article_id": "a1", "claim_type": "export_shipment",
    "quote": 'He said, "no"\nand left', "reviewer": "Ani",
    "decided_at": "2026-01-02T08:00:00+00:00", "reason": "joke",
}  # fmt: skip


def test_no_file_means_no_decisions(tmp_path: Path) -> None:
    assert read_reviews_file(tmp_path / "reviews.csv").is_empty()


def test_added_decision_is_read_back_word_for_word(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "reviews.csv"
    decision_id = add_review(path, ROW)
    row = read_reviews_file(path).row(0, named=True)
    assert row["decision_id"] == decision_id
    assert {name: row[name] for name in ROW} == ROW
    assert row["slot"] is None


def test_decisions_add_up_and_one_told_twice_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    add_review(path, ROW)
    add_review(path, ROW)
    add_review(path, ROW | {"claim_id": "c2"})
    assert read_reviews_file(path).height == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reviewer": ""}, "reviewer is empty"),
        ({"decision": "maybe"}, "'maybe'"),
        ({"decision": "same_event"}, "other_claim_id"),
        ({"decision": "value_is_wrong"}, "slot"),
        ({"decision": "same_event", "other_claim_id": "c1"}, "two claims"),
        ({"claim_type": "shipment"}, "'shipment'"),
        ({"decided_at": "yesterday"}, "'yesterday'"),
    ],
)
def test_incomplete_decision_is_refused_and_the_file_stays(
    change: dict[str, str], problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "reviews.csv"
    add_review(path, ROW)
    before = path.read_bytes()
    with pytest.raises(ContractError, match=problem):
        add_review(path, ROW | change)
    assert path.read_bytes() == before


def test_all_bad_lines_of_a_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    bad = ",".join(["nonsense", *([""] * (len(FILE_COLUMNS) - 1))])
    path.write_text(",".join(FILE_COLUMNS) + "\n" + bad + "\n" + bad + "\n", encoding="utf-8")
    with pytest.raises(ContractError, match=r"line 2: .*line 3: "):
        read_reviews_file(path)


def test_file_saved_by_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    add_review(path, ROW)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n").decode().encode("utf-8-sig"))
    assert read_reviews_file(path).height == 1
    add_review(path, ROW | {"claim_id": "c2"})
    assert read_reviews_file(path).height == 2


def test_cells_beyond_the_columns_are_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    add_review(path, ROW)
    path.write_text(path.read_text("utf-8").rstrip("\n") + ", but not his\n", "utf-8")
    with pytest.raises(ContractError, match="more cells than columns"):
        read_reviews_file(path)


def test_file_in_another_encoding_is_named(tmp_path: Path) -> None:
    path = tmp_path / "reviews.csv"
    path.write_bytes("decision,caf\u00e9".encode("cp1252"))
    with pytest.raises(ContractError, match="not UTF-8"):
        read_reviews_file(path)
