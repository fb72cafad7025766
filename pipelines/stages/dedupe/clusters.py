"""From verified pairs to clusters: each text joins the cluster of an earlier one that it copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from pipelines.stages.dedupe.ragged import Flags, Ints
from pipelines.stages.dedupe.verify import CONTAINED, SERIES, UNLIKE

_MAX_ROUNDS: Final = 8
_APART: Final = frozenset({SERIES, UNLIKE})

# (later text, earlier text) to the relation of the pair.
Relations = dict[tuple[int, int], int]


def group_texts(
    ordered: Sequence[int], relations: Relations, compare: Callable[[list[tuple[int, int]]], Iterable[int]]
) -> dict[int, int]:
    """Group texts by what their pairs are: each text to the earliest one of its cluster.

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
    return root


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


def find_series(one: Ints, other: Ints, roots: Ints) -> tuple[Ints, Ints]:
    """Clusters that are issues of a series.

    Args:
        one: A text of each pair that is a series, by its place in time.
        other: The other one.
        roots: Per text the first one of its cluster.

    Returns:
        The roots of such clusters, rising, and for each the earliest root of its series.
    """
    one, other = roots[one], roots[other]
    apart = one != other
    return find_components(one[apart], other[apart])


def find_stars(later: Ints, earlier: Ints, relation: Ints) -> tuple[Ints, Ints, Flags]:
    """Which texts' cluster is plain to see: most families are one text and copies of it.

    Args:
        later: The later text of each verified pair, by its place in time.
        earlier: The earlier one.
        relation: What they are to each other.

    Returns:
        The texts that are copies or have some; the earliest text that pairs of copies connect each with; and whether
        all texts of its family are copies of that one and nothing else to each other, so that `group_texts` would
        join them and ask for nothing.
    """
    is_copy = relation <= CONTAINED
    texts, heads = find_components(later[is_copy], earlier[is_copy])
    if not len(texts):
        return texts, heads, heads == texts
    families = [
        np.where(texts[at] == end, heads[at], end)
        for end in (later, earlier)
        for at in [np.minimum(np.searchsorted(texts, end), len(texts) - 1)]
    ]
    within = families[0] == families[1]
    tangled = families[0][within & ((earlier != families[0]) | ~is_copy)]
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
