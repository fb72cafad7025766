from __future__ import annotations

from pipelines.stages.resolve.identity import Assignment, GroupClaim, PreviousClaim, assign_event_ids


def claims(*names: str) -> list[GroupClaim]:
    return [GroupClaim(name, f"key-{name}") for name in names]


def after(groups: list[list[GroupClaim]], assignment: Assignment) -> list[PreviousClaim]:
    return [
        PreviousClaim(claim.claim_id, claim.claim_key, event_id, assignment.first_seen[claim.claim_id])
        for group, event_id in zip(groups, assignment.event_ids, strict=True)
        for claim in group
    ]


def test_more_evidence_does_not_rename_an_event() -> None:
    first = [claims("m")]
    one = assign_event_ids(first, [], run_id="r1")
    # "a" sorts before "m": a name made of the first claim would change.
    second = [claims("a", "m")]
    two = assign_event_ids(second, after(first, one), run_id="r2")
    assert two.event_ids == one.event_ids
    assert two.changes == ()
    assert two.first_seen == {"a": "r2", "m": "r1"}


def test_merge_keeps_the_id_of_the_larger_event_and_records_the_other() -> None:
    first = [claims("a", "b"), claims("c")]
    one = assign_event_ids(first, [], run_id="r1")
    two = assign_event_ids([claims("a", "b", "c")], after(first, one), run_id="r2")
    assert two.event_ids == (one.event_ids[0],)
    assert two.changes == ((one.event_ids[1], one.event_ids[0], "merge"),)


def test_split_keeps_the_id_with_most_claims_and_leads_to_the_new_one() -> None:
    first = [claims("a", "b", "c")]
    one = assign_event_ids(first, [], run_id="r1")
    two = assign_event_ids([claims("a"), claims("b", "c")], after(first, one), run_id="r2")
    assert two.event_ids[1] == one.event_ids[0]
    assert two.event_ids[0] != one.event_ids[0]
    assert two.changes == ((one.event_ids[0], two.event_ids[0], "split"),)


def test_claim_whose_span_moved_is_found_again_by_its_key() -> None:
    first = [[GroupClaim("old-id", "same-key")]]
    one = assign_event_ids(first, [], run_id="r1")
    two = assign_event_ids([[GroupClaim("new-id", "same-key")]], after(first, one), run_id="r2")
    assert two.event_ids == one.event_ids
    assert two.first_seen["new-id"] == "r1"


def test_unrelated_events_have_ids_of_their_own() -> None:
    assignment = assign_event_ids([claims("a"), claims("b")], [], run_id="r1")
    assert len(set(assignment.event_ids)) == 2
