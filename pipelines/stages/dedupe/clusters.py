"""From verified pairs to clusters: each text joins the cluster of an earlier one that it copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.stages.dedupe.ragged import Flags, Ints
from pipelines.stages.dedupe.verify import CONTAINED, SERIES, UNLIKE

_MAX_ROUNDS: Final = 8
_APART: Final = frozenset({SERIES, UNLIKE})

# (later text, earlier text) to the relation of the pair.
Relations = dict[tuple[int, int], int]


@dataclass(frozen=True, slots=True)
class Grouping:
    """Clusters and series of some texts.

    Attributes:
        root: Text to the earliest text of its cluster.
        series: Root to the earliest root of its series, for clusters that belong to one.
    """

    root: dict[int, int]
    series: dict[int, int]


def group_texts(
    ordered: Sequence[int], relations: Relations, compare: Callable[[list[tuple[int, int]]], Iterable[int]]
) -> Grouping:
    """Group texts by what their pairs are.

    In order of time, each text joins the clusters of the earlier texts that it copies. Where these are several, they
    become one: two excerpts may be joined by the whole that came late. Nothing is joined where a text is a stranger to
    the cluster's first text, or has other figures: no chain leads from one month of a release to the next, and a page
    that carries two stories makes them no copies of each other.

    Args:
        ordered: The texts, the earliest first.
        relations: Verified pairs among them, (later, earlier); completed with those that `compare` is asked for.
        compare: Gives the relation of each of a list of (later, earlier) pairs.
    """
    place = {text: at for at, text in enumerate(ordered)}
    copied: defaultdict[int, list[int]] = defaultdict(list)
    for (later, earlier), relation in relations.items():
        if relation <= CONTAINED:
            copied[later].append(earlier)

    root: dict[int, int] = {}
    for _ in range(_MAX_ROUNDS):
        root = _join(ordered, copied, relations, place)
        missing = [
            (text, head) for text, head in root.items() if text != head and (text, head) not in relations
        ]
        if not missing:
            break
        found = list(compare(missing))
        relations.update(zip(missing, found, strict=True))
        if not _APART & set(found):
            break
    return Grouping(root, _series(ordered, relations, root, place))


def _join(
    ordered: Sequence[int],
    copied: Mapping[int, Sequence[int]],
    relations: Relations,
    place: Mapping[int, int],
) -> dict[int, int]:
    root = {text: text for text in ordered}
    members = {text: [text] for text in ordered}
    for text in ordered:
        if text not in copied:
            continue
        heads = {root[other] for other in copied[text]}
        if len(heads) == 1:  # nearly always: what follows would do the same, slower
            (into,) = heads
            if relations.get((text, into)) not in _APART:
                root[text] = into
                members[into] += members.pop(text)
            continue
        head = text
        for earlier in sorted(heads, key=place.__getitem__):
            if head == text:
                joined, into = head, earlier
            else:
                joined, into = earlier, head
            if all(relations.get((member, into)) not in _APART for member in members[joined]):
                for member in members[joined]:
                    root[member] = into
                members[into] += members.pop(joined)
                head = into
    return root


def _series(
    ordered: Sequence[int], relations: Relations, root: Mapping[int, int], place: Mapping[int, int]
) -> dict[int, int]:
    parent: dict[int, int] = {}

    def find(node: int) -> int:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    for (later, earlier), relation in relations.items():
        if relation == SERIES and root[later] != root[earlier]:
            one, other = find(root[later]), find(root[earlier])
            if one != other:
                first, last = (one, other) if place[one] < place[other] else (other, one)
                parent[last] = first
    return {head: find(head) for head in parent}


def find_stars(later: Ints, earlier: Ints, relation: Ints) -> tuple[Ints, Ints, Flags]:
    """Which texts' cluster is plain to see: most families are one text and copies of it, linked to nothing else.

    Args:
        later: The later text of each verified pair, by its place in time.
        earlier: The earlier one.
        relation: What they are to each other.

    Returns:
        The texts in the pairs; the earliest text that pairs connect each with; and whether all texts of its family
        are copies of that one and have no other pair, so that `group_texts` would join them and ask for nothing.
    """
    texts, heads = find_components(later, earlier)
    family = heads[np.searchsorted(texts, later)]
    tangled = family[(earlier != family) | (relation > CONTAINED)]
    return texts, heads, ~np.isin(heads, tangled)


def find_components(one: Ints, other: Ints) -> tuple[Ints, Ints]:
    """The numbers in some pairs, rising, and for each the smallest number that pairs connect it with."""
    numbers, ends = np.unique(np.concatenate([one, other]), return_inverse=True)
    here, there = ends[: len(one)], ends[len(one) :]
    smallest = np.arange(len(numbers))
    while True:
        before = smallest.copy()
        low = np.minimum(before[here], before[there])
        for end in (here, there):
            np.minimum.at(
                smallest, before[end], low
            )  # what speaks for this end, and through it the end itself
        smallest = smallest[smallest]
        if np.array_equal(smallest, before):
            return numbers, numbers[smallest]
