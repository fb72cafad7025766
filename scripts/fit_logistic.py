"""Logistic regression over features that hold or do not, by scikit-learn (`pip install '.[fit]'`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression


def fit_logistic(
    rows: Sequence[tuple[Set[str], bool]],
    *,
    l2: float,
    least: int,
    counted: Sequence[float] | None = None,
    bias: str = "bias",
) -> dict[str, float]:
    """Weights of the features that hold in enough rows; the bias is not drawn to zero.

    Args:
        rows: The features of each row, and whether it is so.
        l2: Penalty on squared weights.
        least: Rows in which a feature must hold.
        counted: How often each row counts; once where not given.
        bias: Name of what holds in every row.
    """
    counts = Counter(name for names, _ in rows for name in names if name != bias)
    position = {
        name: at for at, name in enumerate(sorted(n for n, count in counts.items() if count >= least))
    }
    columns = [sorted(position[name] for name in names if name in position) for names, _ in rows]
    ends = np.cumsum([0, *map(len, columns)])
    flat = [at for row in columns for at in row]
    holds = csr_matrix((np.ones(len(flat)), flat, ends), shape=(len(rows), len(position)))
    model = LogisticRegression(C=1.0 / l2, max_iter=1000)
    model.fit(holds, [is_so for _, is_so in rows], sample_weight=counted)
    return {bias: float(model.intercept_[0])} | dict(zip(position, model.coef_[0].tolist(), strict=True))


def chance(weights: Mapping[str, float], names: Set[str]) -> float:
    """Probability by these weights."""
    return float(1.0 / (1.0 + np.exp(-sum(weights.get(name, 0.0) for name in names))))
