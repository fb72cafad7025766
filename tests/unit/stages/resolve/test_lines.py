from __future__ import annotations

from datetime import date

import pytest

from pipelines.stages.resolve.lines import Shipment, covers


def shipment(**values: object) -> Shipment:
    settings: dict[str, object] = {
        "claim_id": "c", "article_id": "a", "region_id": "ID-71.72", "products": frozenset({"tuna"}),
        "product_groups": frozenset({"tuna"}), "destinations": frozenset({"US"}), "exporters": frozenset(),
        "first_day": date(2021, 8, 24), "last_day": date(2021, 8, 24), "status": "realised",
    }  # fmt: skip
    return Shipment(**(settings | values))  # type: ignore[arg-type]


WHOLE = shipment(products=frozenset({"tuna", "kopi"}), destinations=frozenset({"US", "JP"}))


def test_total_covers_a_part_with_fewer_goods_and_markets() -> None:
    assert covers(WHOLE, shipment())
    assert not covers(shipment(), WHOLE)


def test_equal_claims_cover_neither() -> None:
    assert not covers(shipment(), shipment(claim_id="d"))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"destinations": frozenset({"CN"})}, id="other-market"),
        pytest.param({"products": frozenset({"pala"})}, id="other-goods"),
        pytest.param({"first_day": date(2021, 9, 1), "last_day": date(2021, 9, 1)}, id="other-day"),
        pytest.param({"status": "planned"}, id="only-planned"),
        pytest.param({"region_id": "ID-73"}, id="other-region"),
    ],
)
def test_total_does_not_cover_what_it_does_not_name(other: dict[str, object]) -> None:
    assert not covers(WHOLE, shipment(**other))


def test_total_of_a_province_covers_its_regency_in_one_article() -> None:
    province = shipment(region_id="ID-71", products=frozenset({"tuna", "kopi"}))
    assert covers(province, shipment(region_id="ID-71.72"))
