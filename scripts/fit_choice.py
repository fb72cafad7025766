"""Fit the weights by which one of several candidates is taken: softmax regression over features that hold or do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision: the features of each candidate, which candidates are right, and the article it is from."""

    article: str
    candidates: tuple[tuple[str, ...], ...]
    right: tuple[bool, ...]


def fit_choices(rows: Sequence[Choice], *, l2: float, least: int, rounds: int) -> dict[str, float]:
    """Weights of the features that hold in some candidate of enough decisions; the many of one article count less each.

    Where several candidates are right, only their joint share counts.
    """
    counts = Counter(name for row in rows for name in {n for names in row.candidates for n in names})
    position = {
        name: at for at, name in enumerate(sorted(n for n, count in counts.items() if count >= least))
    }
    lengths = [len(row.candidates) for row in rows]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    holds = np.zeros((sum(lengths), len(position)))
    for start, row in zip(starts, rows, strict=True):
        for offset, names in enumerate(row.candidates):
            holds[start + offset, [position[name] for name in names if name in position]] = 1.0
    is_right = np.array([right for row in rows for right in row.right], dtype=float)
    of_article = Counter(row.article for row in rows)
    counted = np.repeat([of_article[row.article] ** -0.5 for row in rows], lengths)
    weights, momentum = np.zeros(len(position)), np.zeros(len(position))
    step = 4.0 / counted.sum()
    for _ in range(rounds):
        scores = holds @ weights
        shares = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), lengths))
        shares /= np.repeat(np.add.reduceat(shares, starts), lengths)
        wanted = shares * is_right
        wanted /= np.repeat(np.maximum(np.add.reduceat(wanted, starts), 1e-12), lengths)
        gradient = holds.T @ ((shares - wanted) * counted) + l2 * weights
        momentum = 0.9 * momentum - step * gradient
        weights += momentum
    return dict(zip(position, weights.tolist(), strict=True))
