"""Every figure of the extractor's quality, by the rules of evaluation/score.py.

Usage: python -m tests.golden.quality [--set NAME …] [--slots] [--errors] [--json] [--unseal]

Sets: dev, seeds, the extended sets (rules were written on them), the held-back sets (scored once before
anything was mended on them: first_scores.yaml holds that first score, the honest estimate), the short cases and
the off-topic lines. A folder that holds a file SEALED is left alone unless --unseal is given.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a file: the checkout is not on the path then
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.golden.scoring import (
    Calibration,
    GoldenSet,
    bins,
    calibrate,
    case_failures,
    confidences,
    first_scores,
    golden_sets,
    off_topic_lines,
    predict_case,
    predict_off_topic,
    predict_set,
    read_gold,
    score_module,
    short_cases,
    shown,
)

Row = dict[str, Any]
# Lines of other news joined to articles: a false claim that needs context (a region named before) shows only there.
LINES_AN_ARTICLE = 6


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures."""
    options = _options(arguments)
    wanted = set(options.set or ())
    report: Row = {"sets": {}, "sealed": []}
    pooled: dict[str, list[tuple[float, bool]]] = {}
    for golden in golden_sets():
        if wanted and golden.name not in wanted:
            continue
        if golden.is_sealed and not options.unseal:
            report["sealed"].append(golden.name)
            continue
        result, errors, pairs = score_set(golden)
        pooled.setdefault(golden.kind, []).extend(pairs)
        report["sets"][golden.name] = {
            **result,
            "kind": golden.kind,
            "calibration": _calibration_row(calibrate(pairs)),
        }
        if not options.json:
            print_set(golden, result, calibrate(pairs), slots=options.slots)
            if options.errors:
                print_errors(errors)
    report["calibration"] = {kind: _calibration_row(calibrate(pairs)) for kind, pairs in pooled.items()}
    report["first_scores"] = first_scores()
    if not wanted or "cases" in wanted:
        report["cases"] = score_cases()
    if not wanted or "off_topic" in wanted:
        report["off_topic"] = score_off_topic()
    if options.json:
        json.dump(report, sys.stdout, indent=1)
        print()
        return
    print_rest(report, pooled, errors=options.errors)


def score_set(golden: GoldenSet) -> tuple[Row, list[tuple[Any, ...]], list[tuple[float, bool]]]:
    """The result and errors of score.py for a set, and (confidence, found) of its claims."""
    gold, predicted = read_gold(golden.gold), predict_set(golden)
    result, errors = score_module().score(gold, predicted)
    return result, errors, confidences(gold, predicted)


def score_cases() -> Row:
    """Short cases: how many pass, which do not and why."""
    failing, known_gaps, further = {}, [], 0
    cases = short_cases()
    for case in cases:
        predicted = predict_case(case)
        if problems := case_failures(case, predicted):
            failing[case.id] = problems
            if case.known_gap:
                known_gaps.append(case.id)
        if case.expect:
            further += max(0, len(predicted["claims"]) - len(case.expect))
    return {
        "cases": len(cases),
        "claims_expected": sum(len(case.expect) for case in cases),
        "negatives": sum(not case.expect for case in cases),
        "failing": failing,
        "known_gaps_failing": known_gaps,
        "further_claims": further,
    }


def score_off_topic() -> Row:
    """False claims in lines of other news, read one by one and joined to articles."""
    lines = off_topic_lines()
    articles = ["\n".join(lines[at : at + LINES_AN_ARTICLE]) for at in range(0, len(lines), LINES_AN_ARTICLE)]
    return {
        "lines": len(lines),
        "false_claims": [shown(claim) for row in predict_off_topic(lines) for claim in row["claims"]],
        "joined_articles": len(articles),
        "false_claims_joined": [
            shown(claim) for row in predict_off_topic(articles) for claim in row["claims"]
        ],
    }


def print_set(golden: GoldenSet, result: Row, calibration: Calibration, *, slots: bool) -> None:
    """The table that score.py prints, and the calibration, for one set."""
    articles, gold_claims = result["articles"], result["gold_claims"]
    print(f"== {golden.name} ({golden.kind}): {articles} articles, {gold_claims} gold claims")
    print(f"{'':22}{'claim P':>9}{'R':>8}{'F1':>8}{'slot P':>10}{'R':>8}{'F1':>8}{'gold':>7}")
    none = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
    for kind in [*score_module().SLOTS, "all"]:
        claims = result["claims"].get(kind)
        of_slots = result["slots"].get(kind, none)
        if claims:
            print(
                f"{kind:22}{claims['precision']:9.3f}{claims['recall']:8.3f}{claims['f1']:8.3f}"
                f"{of_slots['precision']:10.3f}{of_slots['recall']:8.3f}{of_slots['f1']:8.3f}{claims['gold']:7}"
            )
    if slots:
        for name, row in result["by_slot"].items():
            print(f"  {name:34}{row['precision']:8.3f}{row['recall']:8.3f}{row['f1']:8.3f}")
    print(
        f"macro claim F1 {result['macro_claim_f1']:.3f}; strict share {result['strict_share']:.3f}; "
        f"false claims per off-topic article {result['false_claims_per_off_topic_article']}"
    )
    print(_calibration_line(calibration) + "\n", flush=True)


def print_errors(errors: list[tuple[Any, ...]]) -> None:
    """Every wrong slot, missed and spurious claim, as score.py lists them."""
    for row in errors:
        print(*("" if value is None else json.dumps(value, ensure_ascii=False) for value in row), sep="\t")
    print()


def print_rest(report: Row, pooled: dict[str, list[tuple[float, bool]]], *, errors: bool) -> None:
    """Summary of all sets, first scores, calibration, short cases and off-topic lines."""
    print(
        f"{'== summary':22}{'articles':>10}{'claims':>8}{'claim F1':>10}{'slot F1':>9}{'strict':>8}"
        f"{'macro':>8}{'ECE':>7}"
    )
    for name, row in report["sets"].items():
        print(
            f"{name:8}{row['kind']:14}{row['articles']:10}{row['gold_claims']:8}{row['claims']['all']['f1']:10.3f}"
            f"{row['slots']['all']['f1']:9.3f}{row['strict_share']:8.3f}{row['macro_claim_f1']:8.3f}{row['calibration']['error']:7.3f}"
        )
    if report["sealed"]:
        print(f"sealed, not read: {', '.join(report['sealed'])} (--unseal scores them)")
    for first in report["first_scores"]:
        about = f" of {first['of']}" if "of" in first else ""
        print(
            f"first score of {'+'.join(first['sets'])}, {first['articles']} articles{about}, before anything was "
            f"mended on them (commit {first['commit']}): claim F1 {first['claim_f1']} (precision "
            f"{first['claim_precision']}, recall {first['claim_recall']}), slot F1 {first['slot_f1']}, strict "
            f"share {first['strict_share']}, macro claim F1 {first['macro_claim_f1']}"
        )
    for kind, pairs in pooled.items():
        print(f"\n== confidence, {kind} sets: {_calibration_line(calibrate(pairs))}")
        for tenth, group in bins(pairs).items():
            stated = sum(confidence for confidence, _ in group) / len(group)
            found = sum(right for _, right in group) / len(group)
            edges = f"{tenth / 10:.1f}-{tenth / 10 + 0.1:.1f}"
            print(f"  {edges}{len(group):7} claims, stated {stated:.3f}, found {found:.3f}")
    if cases := report.get("cases"):
        passed = cases["cases"] - len(cases["failing"])
        print(
            f"\n== short cases: {passed} of {cases['cases']} pass ({cases['claims_expected']} claims expected, "
            f"{cases['negatives']} negatives); of those that fail {len(cases['known_gaps_failing'])} are known "
            f"gaps; {cases['further_claims']} claims beside the expected ones"
        )
        if errors:
            for name, problems in cases["failing"].items():
                print(f"  {name}: {' | '.join(problems)}")
    if off_topic := report.get("off_topic"):
        print(
            f"\n== off-topic: {len(off_topic['false_claims'])} false claims in {off_topic['lines']} lines; "
            f"{len(off_topic['false_claims_joined'])} in the same lines joined to "
            f"{off_topic['joined_articles']} articles"
        )
        for claim in [*off_topic["false_claims"], *(off_topic["false_claims_joined"] if errors else ())]:
            print(f"  {claim}")


def _calibration_row(calibration: Calibration) -> Row:
    return {
        "claims": calibration.claims,
        "error": round(calibration.error, 4),
        "sure_share": round(calibration.sure_share, 4),
        "sure_found": round(calibration.sure_found, 4),
    }


def _calibration_line(calibration: Calibration) -> str:
    return (
        f"expected calibration error {calibration.error:.3f} over {calibration.claims} claims; "
        f"{calibration.sure_share:.1%} of them at 0.9 or more, {calibration.sure_found:.1%} of those found"
    )


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="quality", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--set", action="append", help="only this set (repeat for more): a set's name, cases or off_topic"
    )
    parser.add_argument("--slots", action="store_true", help="figures of every slot too")
    parser.add_argument(
        "--errors", action="store_true", help="list every wrong slot, missed and spurious claim"
    )
    parser.add_argument("--json", action="store_true", help="print everything as JSON")
    parser.add_argument(
        "--unseal",
        action="store_true",
        help="score sealed sets too; once, then record it in first_scores.yaml",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
