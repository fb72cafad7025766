"""Event ids that stay: a group of claims keeps the id that most of its claims had before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipelines.contracts.ids import make_id


@dataclass(frozen=True, slots=True)
class PreviousClaim:
    """Where a claim was at the end of the last run."""

    claim_id: str
    claim_key: str
    event_id: str
    first_seen_run_id: str


@dataclass(frozen=True, slots=True)
class GroupClaim:
    """A claim of a new group; `claim_key` finds it again when its span, and so its id, has changed."""

    claim_id: str
    claim_key: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """Ids of the new groups, and what became of ids that are no longer used as before.

    Attributes:
        event_ids: Event id of each group, in the order given.
        changes: (old event id, event id, `merge` or `split`), sorted.
        first_seen: claim_id to the run that first put the claim into its present event.
    """

    event_ids: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]
    first_seen: Mapping[str, str]


def assign_event_ids(
    groups: Sequence[Sequence[GroupClaim]], previous: Sequence[PreviousClaim], *, run_id: str
) -> Assignment:
    """Give each group of claims its event id.

    An old id goes to the group that holds most of its claims; a group that could keep several keeps the one
    most of its own claims had. The others are recorded: `merge` where all claims of the old id went to one
    group, `split` where they went to several. A new id is a hash of the group's first claim.
    """
    by_id = {claim.claim_id: claim for claim in previous}
    by_key = _unambiguous_keys(previous)
    old_of_group: list[Counter[str]] = []
    matched: dict[str, PreviousClaim] = {}
    for group in groups:
        olds: Counter[str] = Counter()
        for claim in group:
            before = by_id.get(claim.claim_id) or by_key.get(claim.claim_key)
            if before is not None:
                matched[claim.claim_id] = before
                olds[before.event_id] += 1
        old_of_group.append(olds)
    kept = _kept_ids(groups, old_of_group)
    used = {claim.event_id for claim in previous}
    event_ids: list[str] = []
    for number, group in enumerate(groups):
        event_ids.append(kept.get(number) or _new_id(group, used))
        used.add(event_ids[-1])
    first_seen = {
        claim.claim_id: before.first_seen_run_id
        if (before := matched.get(claim.claim_id)) is not None and before.event_id == event_id
        else run_id
        for group, event_id in zip(groups, event_ids, strict=True)
        for claim in group
    }
    return Assignment(tuple(event_ids), _changes(old_of_group, event_ids), first_seen)


def _unambiguous_keys(previous: Sequence[PreviousClaim]) -> dict[str, PreviousClaim]:
    counts = Counter(claim.claim_key for claim in previous)
    return {claim.claim_key: claim for claim in previous if counts[claim.claim_key] == 1}


def _kept_ids(groups: Sequence[Sequence[GroupClaim]], olds: Sequence[Counter[str]]) -> dict[int, str]:
    offers = [
        (-count, -sum(counter.values()), min(c.claim_id for c in groups[number]), old, number)
        for number, counter in enumerate(olds)
        for old, count in counter.items()
    ]
    kept: dict[int, str] = {}
    taken: set[str] = set()
    for *_, old, number in sorted(offers):
        if number not in kept and old not in taken:
            kept[number] = old
            taken.add(old)
    return kept


def _new_id(group: Sequence[GroupClaim], used: set[str]) -> str:
    founder = min(claim.claim_id for claim in group)
    event_id, attempt = make_id("event", founder), 0
    while event_id in used:  # the founder left an event that keeps its name
        attempt += 1
        event_id = make_id("event", founder, attempt)
    return event_id


def _changes(olds: Sequence[Counter[str]], event_ids: Sequence[str]) -> tuple[tuple[str, str, str], ...]:
    now: dict[str, set[str]] = defaultdict(set)
    for counter, event_id in zip(olds, event_ids, strict=True):
        for old in counter:
            now[old].add(event_id)
    return tuple(
        sorted(
            (old, event_id, "split" if len(holders) > 1 else "merge")
            for old, holders in now.items()
            for event_id in holders
            if event_id != old
        )
    )
