"""From links to events: the strongest links first, never against a veto."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Link:
    """A scored pair of claims, by row number.

    Attributes:
        left, right: The two claims, left < right.
        score: Excess over the threshold of their type; the strongest links are followed first.
        joins: Whether the pair speaks for one event.
        vetoes: Whether it speaks so clearly against that no third claim may bring the two together.
    """

    left: int
    right: int
    score: float
    joins: bool
    vetoes: bool = False


def group_claims(articles: Sequence[str], lines: Sequence[str], links: Iterable[Link]) -> list[int]:
    """Put claims into events.

    Args:
        articles: Article of each claim; claims are in the order of their ids.
        lines: What the claim may share its event with: two claims of one article are in one event
            only if these words differ (result and target of one mission, versions of one target).
        links: Scored pairs, each pair once.

    Returns:
        For each claim the smallest row number of its group.

    Guarantees: the result depends on the set of claims and links only, not on their order. Two claims of one
    article and line are never in one group. No group holds a pair whose link is a veto.
    """
    ordered = sorted(links, key=lambda link: (-link.score, link.left, link.right))
    vetoes: dict[int, set[int]] = defaultdict(set)
    for link in ordered:
        if link.vetoes:
            vetoes[link.left].add(link.right)
            vetoes[link.right].add(link.left)
    groups = _Groups(articles, lines, vetoes)
    for link in ordered:
        if link.joins:
            groups.join(link.left, link.right)
    return [groups.root(row) for row in range(len(articles))]


class _Groups:
    """Disjoint sets of claims with the article lines each set holds and the claims each set may not hold."""

    def __init__(self, articles: Sequence[str], lines: Sequence[str], vetoes: Mapping[int, set[int]]) -> None:
        self._parent = list(range(len(articles)))
        self._articles = articles
        self._lines = lines
        self._vetoes = vetoes
        self._members: dict[int, list[int]] = {}

    def root(self, row: int) -> int:
        while self._parent[row] != row:
            self._parent[row] = self._parent[self._parent[row]]
            row = self._parent[row]
        return row

    def join(self, left: int, right: int) -> None:
        one, other = sorted((self.root(left), self.root(right)))
        if one == other:
            return
        members, others = self._members.get(one, [one]), self._members.get(other, [other])
        if self._share_a_line(members, others) or self._vetoed(members, others):
            return
        self._parent[other] = one
        self._members[one] = [*members, *others]
        self._members.pop(other, None)

    def _share_a_line(self, members: Sequence[int], others: Sequence[int]) -> bool:
        held = {(self._articles[row], self._lines[row]) for row in members}
        return any((self._articles[row], self._lines[row]) in held for row in others)

    def _vetoed(self, members: Sequence[int], others: Sequence[int]) -> bool:
        small, large = sorted((members, others), key=len)
        held = set(large)
        return any(not self._vetoes[row].isdisjoint(held) for row in small if row in self._vetoes)
