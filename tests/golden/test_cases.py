"""The short cases of cases/*.yaml, one test each: phrasings per phenomenon, negatives, known gaps.

A case that fails today stands in known_failures.txt, or names its `known_gap`, and is expected to fail: the list is
the work that is left. Write it anew with: python -m tests.golden.test_cases
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace

import pytest

from tests.golden.scoring import GOLDEN, Case, case_failures, predict_case, score_module, short_cases

KNOWN_FAILURES = GOLDEN / "known_failures.txt"
# Of the cases that are not marked as a known gap; a change that fails more of them is no progress.
LEAST_PASSING = 0.85
CASES = short_cases()


def known_failures() -> list[str]:
    """Ids of the cases that fail today."""
    if not KNOWN_FAILURES.exists():
        return []
    return [
        line for line in KNOWN_FAILURES.read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]


def marked(case: Case) -> object:
    """The case as a parameter of pytest, expected to fail where it is known to."""
    reason = case.known_gap or ("in known_failures.txt" if case.id in set(known_failures()) else None)
    return pytest.param(
        case, id=case.id, marks=[pytest.mark.xfail(reason=reason, strict=False)] if reason else []
    )


@pytest.mark.parametrize("case", [marked(case) for case in CASES])
def test_a_short_case_is_read_as_it_says(case: Case) -> None:
    assert case_failures(case, predict_case(case)) == []


def test_cases_have_ids_of_their_own_types_and_slots_of_the_guide_and_quotes_that_occur_once() -> None:
    problems = [
        f"{name}: id used {count} times"
        for name, count in Counter(case.id for case in CASES).items()
        if count > 1
    ]
    slots = score_module().SLOTS
    for case in CASES:
        for claim in case.expect:
            extra = set(claim) - {"type", "quote", "unit", "currency"} - set(slots.get(claim.get("type"), ()))
            if claim.get("type") not in slots or extra:
                problems.append(f"{case.id}: {claim.get('type')} with {sorted(extra)}")
            if "quote" in claim and case.text.count(claim["quote"]) != 1:
                problems.append(
                    f"{case.id}: quote {claim['quote']!r} occurs {case.text.count(claim['quote'])} times"
                )
    assert problems == []


def test_there_are_cases_and_negatives_enough_to_mean_something() -> None:
    assert len(CASES) >= 150
    assert sum(not case.expect for case in CASES) >= 40


def test_known_failures_name_cases_that_exist_and_are_few() -> None:
    ids = {case.id for case in CASES}
    assert set(known_failures()) <= ids
    assert len(known_failures()) == len(set(known_failures()))
    assert len(known_failures()) <= (1 - LEAST_PASSING) * len(CASES)


def test_a_wrong_slot_a_missing_claim_and_a_false_claim_are_failures() -> None:
    """The runner itself: a test that cannot fail proves nothing."""
    case = next(case for case in CASES if case.id == "number-dot-groups-thousands")
    right = predict_case(case)
    wrong = {**right, "claims": [{**right["claims"][0], "quantity": 4.13}]}
    elsewhere = {**right, "claims": [{**right["claims"][0], "quote_start": 0, "quote_end": 3}]}
    assert case_failures(case, right) == []
    assert case_failures(case, wrong) != []
    assert case_failures(case, elsewhere) != []
    assert case_failures(case, {**right, "claims": []}) != []
    negative = Case("none", "", case.text, None, (), is_complete=True, known_gap=None)
    assert case_failures(negative, right) != []
    complete = replace(case, is_complete=True)
    assert case_failures(complete, right) == []
    assert case_failures(complete, {**right, "claims": right["claims"] * 2}) != []


def main() -> None:
    """Write known_failures.txt anew."""
    failing = [case for case in CASES if not case.known_gap and case_failures(case, predict_case(case))]
    head = "# Short cases that fail today; a change may only take ids away. Written by: python -m tests.golden.test_cases\n"
    KNOWN_FAILURES.write_text(head + "".join(f"{case.id}\n" for case in failing), "utf-8")
    sys.stdout.write(f"{len(failing)} of {len(CASES)} cases fail; wrote {KNOWN_FAILURES.name}\n")


if __name__ == "__main__":
    main()
