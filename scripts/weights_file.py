"""Where the fitting scripts write what they have learned: CSV files of named weights in pipelines/lexicons."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

LEXICONS = Path(__file__).resolve().parents[1] / "pipelines" / "lexicons"


def write_table(file_name: str, weights: Mapping[str, Sequence[float]], columns: Sequence[str]) -> None:
    """Write several weights of each feature side by side, sorted by feature, with four decimals."""
    with (LEXICONS / file_name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["feature", *columns])
        writer.writerows((name, *(f"{w:.4f}" for w in row)) for name, row in sorted(weights.items()))
    print(f"wrote pipelines/lexicons/{file_name}")


def write_weights(
    file_name: str, weights: Mapping[tuple[str, ...], float], *, keys: Sequence[str] = ("feature",)
) -> None:
    """Write weights sorted by their names, with four decimals: a refit of the same data changes no line."""
    with (LEXICONS / file_name).open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow([*keys, "weight"])
        writer.writerows((*names, f"{weight:.4f}") for names, weight in sorted(weights.items()))
    print(f"wrote pipelines/lexicons/{file_name}")
