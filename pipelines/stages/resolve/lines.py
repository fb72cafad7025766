"""What a figure covers: part or total of one ceremony, version of one target."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import polars as pl

TOTAL, PART, SINGLE = "total", "part", "single"
# Two printings of one target differ by rounding at most this much ("358 juta" and "358,4 juta").
SAME_TARGET_SHARE = Decimal("0.01")


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


def line_roles(features: pl.DataFrame) -> pl.DataFrame:
    """Role of every claim among the shipments of its article.

    In:  the feature frame of `features.claim_features`.
    Out: claim_id, line_role (`single | part | total`), one row per claim; what is no shipment is `single`.
    A total names at least all goods and markets of another claim of the same ceremony, and more besides.
    """
    shared = features.filter(
        (pl.col("claim_type") == "export_shipment") & (pl.len().over("article_id", "claim_type") > 1)
    )
    by_article: dict[str, list[Shipment]] = defaultdict(list)
    for shipment in shipments_of(shared.sort("claim_id")).values():
        by_article[shipment.article_id].append(shipment)
    roles: dict[str, str] = {}
    for group in by_article.values():
        roles |= _roles_of_article(group)
    schema = {"claim_id": pl.String, "line_role": pl.String}
    found = pl.DataFrame({"claim_id": list(roles), "line_role": list(roles.values())}, schema=schema)
    joined = features.select("claim_id").join(found, on="claim_id", how="left", maintain_order="left")
    return joined.with_columns(pl.col("line_role").fill_null(SINGLE))


def _roles_of_article(group: Sequence[Shipment]) -> dict[str, str]:
    roles: dict[str, str] = {}
    for whole in group:
        parts = [part for part in group if part is not whole and covers(whole, part)]
        if parts:
            roles[whole.claim_id] = TOTAL
            for part in parts:
                roles.setdefault(part.claim_id, PART)
    return roles


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


@dataclass(frozen=True, slots=True)
class TargetStatement:
    """What one claim says about a target."""

    claim_id: str
    amount: Decimal | None
    revision: str | None
    published: date | None


def target_lines(statements: Iterable[TargetStatement]) -> dict[str, str]:
    """Version of each claim of one target: claim_id to `stated`, `original`, `revised`, `revised_2`, ...

    A claim that says original or revised is that version; one that does not joins the version of its amount.
    Without any tag there is one version, `stated`: two figures are then a conflict, not a revision.
    """
    ordered = sorted(statements, key=lambda s: (s.published or date.max, s.claim_id))
    tagged = [s for s in ordered if s.revision is not None]
    if not tagged:
        return {s.claim_id: "stated" for s in ordered}
    revised_amounts: list[Decimal | None] = []
    for statement in tagged:
        if statement.revision == "revised" and not any(
            _same(statement.amount, seen) for seen in revised_amounts
        ):
            revised_amounts.append(statement.amount)
    originals = [s.amount for s in tagged if s.revision == "original"]
    lines: dict[str, str] = {}
    for statement in ordered:
        lines[statement.claim_id] = _version(statement, originals, revised_amounts)
    return lines


def _version(
    statement: TargetStatement, originals: Sequence[Decimal | None], revised: Sequence[Decimal | None]
) -> str:
    if statement.revision == "original":
        return "original"
    for number, amount in enumerate(revised, start=1):
        if _same(statement.amount, amount):
            return "revised" if number == 1 else f"revised_{number}"
    # Untagged with the amount of no revision: it speaks of the target as first set.
    return "original" if statement.revision is None else "revised"


def _same(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return abs(one - other) <= SAME_TARGET_SHARE * max(abs(one), abs(other))
