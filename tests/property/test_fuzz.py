"""Some thousand broken inputs; `python -m benchmarks.reliability fuzz` sends a hundred thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.fuzz import broken_documents, fuzz_containers, fuzz_dedupe, fuzz_documents, fuzz_metadata


@pytest.mark.parametrize(
    ("fuzz", "inputs"),
    [(fuzz_documents, 1500), (fuzz_containers, 500), (fuzz_metadata, 1000), (fuzz_dedupe, 500)],
)
def test_no_broken_input_raises(tmp_path: Path, fuzz, inputs: int) -> None:
    outcome = fuzz(inputs, seed=20261122, folder=tmp_path)
    assert outcome.problems == []
    assert sum(outcome.counts.values()) >= inputs


def test_the_inputs_are_the_same_for_a_seed_and_cover_what_is_read_and_what_is_rejected(
    tmp_path: Path,
) -> None:
    assert list(broken_documents(20, seed=3)) == list(broken_documents(20, seed=3))
    assert list(broken_documents(20, seed=3)) != list(broken_documents(20, seed=4))
    counts = fuzz_documents(300, seed=5, folder=tmp_path).counts
    assert counts["articles with claims"] > 20
    assert counts["articles"] > 20
    assert sum(counts.values()) > counts["articles"] + counts["articles with claims"], "none was rejected"
