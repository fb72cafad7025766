from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipelines.stages.resolve.lines import TargetStatement, target_lines


def statement(
    name: str, amount: int, revision: str | None = None, said: date | None = None
) -> TargetStatement:
    return TargetStatement(name, Decimal(amount), revision, said)


def test_original_and_revised_are_two_versions() -> None:
    lines = target_lines([statement("a", 467, "original"), statement("b", 358, "revised")])
    assert lines == {"a": "original", "b": "revised"}


def test_untagged_claim_joins_the_version_of_its_amount() -> None:
    lines = target_lines(
        [
            statement("a", 467, "original"),
            statement("b", 358, "revised"),
            statement("c", 358),
            statement("d", 467),
        ]
    )
    assert lines == {"a": "original", "b": "revised", "c": "revised", "d": "original"}


def test_two_figures_without_a_word_of_revision_are_one_version_in_conflict() -> None:
    assert set(target_lines([statement("a", 467), statement("b", 358)]).values()) == {"stated"}


def test_second_revision_follows_the_first_in_order_of_announcement() -> None:
    lines = target_lines(
        [
            statement("late", 300, "revised", date(2020, 11, 1)),
            statement("early", 358, "revised", date(2020, 9, 9)),
            statement("first", 467, "original", date(2020, 1, 5)),
        ]
    )
    assert lines == {"first": "original", "early": "revised", "late": "revised_2"}
