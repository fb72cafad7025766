"""What a shipment figure covers: parts and totals of one ceremony."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import polars as pl

TOTAL, PART, SINGLE = "total", "part", "single"


@dataclass(frozen=True, slots=True)
class Shipment:
    """What a shipment claim covers."""

    claim_id: str
    article_id: str
    region_id: str | None
    products: frozenset[str]
    product_groups: frozenset[str]
    destinations: frozenset[str]
    exporters: frozenset[str]
    first_day: date | None
    last_day: date | None
    status: str | None


_COLUMNS = (
    "claim_id", "article_id", "region_id", "product_ids", "product_groups", "destinations", "exporter_ids",
    "first_day", "last_day", "status",
)  # fmt: skip


def shipments_of(features: pl.DataFrame) -> dict[str, Shipment]:
    """claim_id to what the claim covers, for the shipment claims of the feature frame."""
    found: dict[str, Shipment] = {}
    shipments = features.filter(pl.col("claim_type") == "export_shipment").select(_COLUMNS)
    for (
        claim,
        article,
        region,
        products,
        groups,
        destinations,
        exporters,
        first,
        last,
        status,
    ) in shipments.iter_rows():
        found[claim] = Shipment(
            claim, article, region, frozenset(products), frozenset(groups), frozenset(destinations),
            frozenset(exporters), first, last, status,
        )  # fmt: skip
    return found


def totals_and_parts(features: pl.DataFrame) -> list[tuple[str, str]]:
    """Claims of one article of which the first states a total that the second is part of, as claim ids."""
    shared = features.filter(
        (pl.col("claim_type") == "export_shipment") & (pl.len().over("article_id", "claim_type") > 1)
    )
    by_article: dict[str, list[Shipment]] = defaultdict(list)
    for shipment in shipments_of(shared.sort("claim_id")).values():
        by_article[shipment.article_id].append(shipment)
    return [
        (whole.claim_id, part.claim_id)
        for group in by_article.values()
        for whole in group
        for part in group
        if part is not whole and covers(whole, part)
    ]


def line_roles(features: pl.DataFrame) -> pl.DataFrame:
    """Role of every claim among the shipments of its article.

    In:  the feature frame of `features.claim_features`.
    Out: claim_id, line_role (`single | part | total`), one row per claim; what is no shipment is `single`.
    A total names at least all goods and markets of another claim of the same ceremony, and more besides.
    """
    pairs = totals_and_parts(features)
    roles = {part: PART for _, part in pairs} | {whole: TOTAL for whole, _ in pairs}
    schema = {"claim_id": pl.String, "line_role": pl.String}
    found = pl.DataFrame({"claim_id": list(roles), "line_role": list(roles.values())}, schema=schema)
    joined = features.select("claim_id").join(found, on="claim_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("line_role").fill_null(SINGLE))


def covers(whole: Shipment, part: Shipment, *, by_group: bool = False) -> bool:
    """Whether one claim names all that the other names, and more: goods, markets or exporters.

    With `by_group` goods are compared by their group, for two articles name one thing differently.
    """
    if whole.status != part.status or not (by_group or _days_meet(whole, part)):
        return False
    if not _region_holds(whole.region_id, part.region_id):
        return False
    goods = (whole.product_groups, part.product_groups) if by_group else (whole.products, part.products)
    markets, exporters = (whole.destinations, part.destinations), (whole.exporters, part.exporters)
    if by_group and not (goods[0] and goods[1] and markets[1]):
        return False
    if any(large and not small <= large for large, small in (goods, markets, exporters)):
        return False
    return (
        len(goods[0]) > len(goods[1])
        or len(markets[0]) > len(markets[1])
        or len(exporters[0]) > len(exporters[1]) > 0
    )


def _days_meet(one: Shipment, other: Shipment) -> bool:
    if one.first_day is None or other.first_day is None:
        return one.first_day is None and other.first_day is None
    return one.first_day <= (other.last_day or other.first_day) and other.first_day <= (
        one.last_day or one.first_day
    )


def _region_holds(whole: str | None, part: str | None) -> bool:
    return whole is None or part is None or whole == part or part.startswith(f"{whole}.") or whole == "ID"
