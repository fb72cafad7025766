"""Write the outputs of docs/questions.md anew: the development set's gold claims, resolved and modelled."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.build_marts import dbt, write_tables
from tests.support.gold_claims import development_tables
from tests.support.questions import PAGE, render


def main() -> None:
    """Build the marts in a temporary folder and render the page from them."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tables(development_tables(), folder)
        dbt(folder, "run")
        with duckdb.connect(str(folder / "build.duckdb"), read_only=True) as connection:
            PAGE.write_text(render(connection), encoding="utf-8")


if __name__ == "__main__":
    main()
