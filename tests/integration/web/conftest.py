"""The outlet on loopback and the office that watches it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.settings import Settings
from tests.support.office import Office
from tests.support.outlet import Outlet, running_outlet
from tests.support.warc import article_page


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with running_outlet() as served:
        for number in range(6):
            served.serve(f"/berita/{number}/ekspor-kopi-dari-gayo", article_page(number))
        yield served


@pytest.fixture
def office(tmp_path: Path, outlet: Outlet) -> Office:
    settings = Settings(
        raw_dir=tmp_path / "raw", warehouse_dir=tmp_path / "warehouse", sources_path=tmp_path / "sources.yml"
    )
    office = Office(settings, outlet)
    office.write(feeds=[f"{outlet.url}/feed"])
    return office
