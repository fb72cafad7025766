"""Floors under the figures of `make quality`: a change may lift them, and then the floor goes up; none may sink them.

The held-back sets stand here since they were scored and mended on.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pytest

from tests.golden import quality
from tests.golden.scoring import (
    GoldenSet,
    calibrate,
    confidences,
    first_scores,
    golden_sets,
    off_topic_lines,
    predict_off_topic,
    predict_set,
    read_gold,
    score_module,
    shown,
)

# Set: claim F1, slot F1, strict share; about two points under what was measured when the floor was set.
FLOORS = {
    "dev": (0.94, 0.94, 0.83),
    "seeds": (0.97, 0.95, 0.80),
    "a": (0.94, 0.95, 0.85),
    "b": (0.94, 0.94, 0.81),
    "c": (0.91, 0.93, 0.81),
    "d": (0.92, 0.91, 0.74),
    "h1": (0.93, 0.93, 0.79),
    "h2": (0.96, 0.96, 0.88),
    "h3": (0.91, 0.93, 0.78),
    "h4": (0.93, 0.93, 0.81),
    "h5": (0.87, 0.91, 0.74),
    "h6": (0.92, 0.93, 0.80),
    "h7": (0.92, 0.93, 0.79),
    "h8": (0.91, 0.94, 0.81),
    "h9": (0.93, 0.93, 0.80),
    "h10": (0.91, 0.91, 0.78),
    "h11": (0.88, 0.90, 0.69),
    "h12": (0.88, 0.90, 0.75),
    "h13": (0.86, 0.90, 0.71),
    "h14": (0.90, 0.91, 0.72),
    "h15": (0.91, 0.93, 0.81),
    "h16": (0.91, 0.94, 0.80),
    "h17": (0.90, 0.92, 0.79),
    "h18": (0.85, 0.89, 0.69),
    "h19": (0.89, 0.91, 0.75),
    "h20": (0.89, 0.90, 0.71),
    "h21": (0.91, 0.93, 0.79),
    "h22": (0.92, 0.92, 0.76),
    "h23": (0.84, 0.88, 0.67),
    "h24": (0.88, 0.91, 0.74),
    "h25": (0.94, 0.94, 0.86),
    "h26": (0.93, 0.94, 0.85),
    "h27": (0.93, 0.95, 0.87),
    "h28": (0.92, 0.94, 0.86),
    "h29": (0.95, 0.96, 0.91),
    "h30": (0.89, 0.94, 0.86),
    "h31": (0.86, 0.89, 0.68),
    "h32": (0.88, 0.89, 0.70),
    "h33": (0.91, 0.92, 0.79),
    "h34": (0.88, 0.91, 0.74),
    "h35": (0.82, 0.87, 0.67),
    "h36": (0.76, 0.89, 0.62),
    "h37": (0.91, 0.93, 0.85),
    "h38": (0.77, 0.83, 0.60),
    "h39": (0.86, 0.89, 0.74),
    "h40": (0.78, 0.84, 0.52),
    "h41": (0.83, 0.89, 0.71),
    "h42": (0.58, 0.75, 0.45),
}
SETS = {golden.name: golden for golden in golden_sets()}
# Issue-level promises: confidence means something, and other news stays silent. The error of .05 is promised for articles
# not used for calibration (`make calibrate`); of these sets, on which rules were mended, more is found than promised.
MOST_CALIBRATION_ERROR = 0.07
LEAST_SURE_SHARE, LEAST_SURE_FOUND = 0.5, 0.95
MOST_FALSE_CLAIMS = 1


@lru_cache(maxsize=16)
def scored(name: str) -> tuple[dict[str, Any], list[tuple[float, bool]]]:
    """The result of score.py for a set, and (confidence, found) of its claims; each set is read once."""
    golden = SETS[name]
    gold, predicted = read_gold(golden.gold), predict_set(golden)
    return score_module().score(gold, predicted)[0], confidences(gold, predicted)


@pytest.mark.parametrize("name", FLOORS)
def test_a_set_scores_no_worse_than_its_floor(name: str) -> None:
    result, _ = scored(name)
    got = (result["claims"]["all"]["f1"], result["slots"]["all"]["f1"], result["strict_share"])
    assert all(figure >= floor for figure, floor in zip(got, FLOORS[name], strict=True)), (got, FLOORS[name])


@pytest.mark.parametrize("name", FLOORS)
def test_every_article_with_gold_is_read_and_every_one_read_has_gold(name: str) -> None:
    golden = SETS[name]
    assert {path.stem for path in golden.articles.glob("*.txt")} == set(read_gold(golden.gold))


def test_confidence_is_calibrated_over_all_sets() -> None:
    calibration = calibrate([pair for name in FLOORS for pair in scored(name)[1]])
    assert calibration.error <= MOST_CALIBRATION_ERROR
    assert calibration.sure_share >= LEAST_SURE_SHARE
    assert calibration.sure_found >= LEAST_SURE_FOUND


def test_other_news_makes_next_to_no_claim() -> None:
    lines = off_topic_lines()
    false_claims = [shown(claim) for row in predict_off_topic(lines) for claim in row["claims"]]
    assert len(lines) >= 200
    assert len(false_claims) <= MOST_FALSE_CLAIMS, false_claims


def test_off_topic_articles_of_the_development_set_make_no_claim() -> None:
    assert scored("dev")[0]["false_claims_per_off_topic_article"] == 0


def test_every_held_back_set_is_sealed_or_has_its_first_score_on_record() -> None:
    recorded = {name for row in first_scores() for name in row["sets"]}
    held_back = {golden.name: golden for golden in SETS.values() if golden.kind == "held back"}
    assert recorded <= set(held_back)
    assert {name for name, golden in held_back.items() if not golden.is_sealed} == recorded


def test_the_quality_command_does_not_read_a_sealed_set(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    dev = SETS["dev"]
    sealed = GoldenSet("secret", "held back", dev.articles, dev.gold, dev.metadata, is_sealed=True)
    monkeypatch.setattr(quality, "golden_sets", lambda: [sealed])
    monkeypatch.setattr(quality, "score_set", lambda golden: pytest.fail(f"read {golden.name}"))
    quality.main(["--set", "secret"])
    assert "sealed, not read: secret" in capsys.readouterr().out


def test_a_perfect_prediction_scores_one_and_an_empty_one_nothing() -> None:
    gold = read_gold(SETS["seeds"].gold)
    assert score_module().score(gold, gold)[0]["claims"]["all"]["f1"] == 1.0
    assert score_module().score(gold, {})[0]["claims"]["all"]["recall"] == 0.0


def test_calibration_of_known_pairs() -> None:
    calibration = calibrate([(0.95, True), (0.95, False), (0.25, False)])
    assert calibration.error == pytest.approx((abs(0.95 - 0.5) * 2 + 0.25) / 3)
    assert (calibration.sure_share, calibration.sure_found) == (pytest.approx(2 / 3), 0.5)
