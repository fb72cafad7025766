"""`niaga review` as a user goes it: run, list, decide, run again; the decision is in the marts, the claim as it was."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.support.command import ask, niaga

REPORTS = {
    "one.txt": """Bupati Kendal Lepas Ekspor Kayu Lapis

KENDAL – PT Kayu Lapis Asri mengekspor 18 ton kayu lapis dari Kabupaten Kendal ke Amerika Serikat, Kamis (1/2/2024).
Nilainya Rp 450 juta. Bupati Kendal berharap pengiriman itu diikuti perusahaan lain di daerahnya.
""",
    "two.txt": """Kayu Lapis Kendal ke Amerika

KENDAL – Sebanyak 180 ton kayu lapis milik PT Kayu Lapis Asri dari Kabupaten Kendal diekspor ke Amerika Serikat, Kamis (1/2/2024).
Kepala Dinas Perdagangan Kendal menyebut pabrik itu mempekerjakan ratusan orang dari desa sekitar.
""",
}
CLAIMS = """
    select raw_path, claim_id, event_id, quantity
    from core.claims inner join core.articles using (article_id)
    where claim_type_code = 'export_shipment'
    order by raw_path
"""
FACTS = "select quantity, quantity_min, quantity_max, review_status_code from marts.fct_export_shipments order by 1"


def test_decisions_are_listed_recorded_applied_and_reported(tmp_path: Path) -> None:
    raw, warehouse, reviews = tmp_path / "raw", tmp_path / "warehouse", tmp_path / "reviews.csv"
    raw.mkdir()
    for name, text in REPORTS.items():
        (raw / name).write_text(text, "utf-8")
    (raw / "metadata.csv").write_text(
        "article_id,url,published,source\n"
        "one,https://satu.example.org/1,2024-02-02,Satu\ntwo,https://dua.example.org/2,2024-02-02,Dua\n"
    )
    places = {"warehouse": warehouse, "raw": raw, "env": {"NIAGA_REVIEWS": str(reviews)}}

    def command(*arguments: str, code: int = 0) -> str:
        done = niaga(*arguments, **{**places, "env": dict(places["env"])})
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    command("run")
    one, two = ask(CLAIMS, warehouse)
    assert one["event_id"] == two["event_id"]
    assert [(row["quantity_min"], row["quantity_max"]) for row in ask(FACTS, warehouse)] == [(18, 180)]

    listed = command("review")
    assert "conflict" in listed.splitlines()[0]
    assert one["claim_id"] in listed or two["claim_id"] in listed

    assert "reason is empty" in command(
        "review", "decide", "reject_claim", one["claim_id"], "--by", "Ani", code=1
    )
    assert "no claim nowhere" in command(
        "review", "decide", "confirm", "nowhere", "--by", "Ani", "--reason", "x", code=1
    )
    assert not reviews.exists()

    why = ("--by", "Ani", "--reason", "the firm's packing list")
    wrong = ("review", "decide", "value_is_wrong", two["claim_id"])
    assert "cannot be read" in command(*wrong, "--slot", "quantity", "--value", "NaN", *why, code=1)
    assert "no unit" in command(*wrong, "--slot", "quantity", "--value", "18", "--unit", "ton", *why, code=1)
    assert "rejected" in command(*wrong, "--slot", "exporter", "--value", "PT Lain", *why, code=1)
    assert not reviews.exists()
    done = command(*wrong, "--slot", "quantity", "--value", "18", *why)
    assert "quantity: 180.0000 -> 18 tonne" in done
    command("review", "decide", "confirm", one["claim_id"], *why)
    with reviews.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [
        (row["decision"], row["original_value"], row["decided_value"], row["reviewer"]) for row in rows
    ] == [
        ("value_is_wrong", "180.0000", "18", "Ani"),
        ("confirm", "", "", "Ani"),
    ]

    command("run")
    assert ask(FACTS, warehouse) == [
        {"quantity": 18, "quantity_min": 18, "quantity_max": 180, "review_status_code": "corrected"}
    ]
    assert [row["quantity"] for row in ask(CLAIMS, warehouse)] == [18, 180], (
        "the claims stay as they were read"
    )
    outcomes = ask(
        "select decision_code, outcome_code, reason from marts.review_decisions order by 1", warehouse
    )
    assert [(row["decision_code"], row["outcome_code"]) for row in outcomes] == [
        ("confirm", "applied"),
        ("value_is_wrong", "applied"),
    ]
    values = ask(
        "select value_number, is_decided, is_preferred from marts.bridge_event_values where slot_code = 'quantity'"
        " order by 1, 2",
        warehouse,
    )
    assert [tuple(row.values()) for row in values] == [(18_000, True, True), (180_000, False, False)]
