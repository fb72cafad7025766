"""Per-claim coding: words of a claim become region, date, product, destination and organisation codes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from pipelines.contracts.events import (
    CLAIM_CODES,
    CLAIM_DESTINATIONS,
    CLAIM_ORGANISATIONS,
    CLAIM_PRODUCTS,
    PRODUCTS,
)
from pipelines.contracts.tables import AMOUNT
from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve.dates import DayRange, day_range_or_none
from pipelines.stages.resolve.names import (
    OrganisationName,
    ProductName,
    read_organisation,
    read_product,
    split_names,
)
from pipelines.text.dates import find_dates

PERIOD_TYPES = ("export_target", "export_realisation")
SPEAKER_RANKS: Mapping[str, int] = {"official": 2, "exporter": 3, "other": 4, "narrator": 5}
KILOGRAMS: Mapping[str, str] = {"kg": "1", "tonne": "1000", "gram": "0.001"}
# Which comparison it is when a period follows the one it is compared with by so many months.
BASIS_OF_YEAR: Mapping[int, str] = {12: "year_on_year"}
BASIS_OF_MONTHS: Mapping[tuple[str, int], str] = {
    ("month", 1): "month_on_month",
    ("quarter", 3): "quarter_on_quarter",
}
DATE_FLAGS = ("weekday_mismatch", "date_after_publication")
# A mission "date" longer than two months is a sum over several missions (GUIDE.md, settled case 12).
SEVERAL_EVENTS_DAYS = 62


@dataclass(frozen=True, slots=True)
class CodedClaims:
    """The coding of all claims: the tables for dbt, and the read names that coreference compares."""

    codes: pl.DataFrame
    products: pl.DataFrame
    claim_products: pl.DataFrame
    claim_destinations: pl.DataFrame
    claim_organisations: pl.DataFrame
    organisation_names: Mapping[tuple[str, str | None], OrganisationName]
    product_names: Mapping[str, ProductName]


def code_claims(claims: pl.DataFrame, articles: pl.DataFrame, *, reference: ReferenceData) -> CodedClaims:
    """Give every claim its codes.

    In:  claims (one row per claim_id) and the articles they were read from.
    Out: claim_codes (one row per claim) and the lists that belong to it.
    Guarantees: no claim is lost; what is not in a list stays null with a method that says so; the result
        does not depend on row order.
    """
    claims = claims.sort("claim_id")
    region = pl.coalesce("origin_region", "region")
    claims = claims.with_columns(_stated_region=region)
    regions = _lookup_frame(claims, "_stated_region", lambda name: find_region(name, reference))
    product_names = {name: read_product(name, reference=reference) for name in _exploded(claims, "products")}
    product_names |= {
        name: read_product(name, reference=reference)
        for name in claims["commodity"].drop_nulls().unique().sort().to_list()
    }
    organisation_names, claim_organisations = _code_organisations(claims, reference)
    return CodedClaims(
        codes=_claim_codes(claims, articles, regions, reference),
        products=_products(product_names),
        claim_products=_claim_products(claims, product_names),
        claim_destinations=_claim_destinations(claims, reference),
        claim_organisations=claim_organisations,
        organisation_names=organisation_names,
        product_names=product_names,
    )


def find_region(name: str, reference: ReferenceData) -> dict[str, Any]:
    """`region_id` and `region_method` of a region's official name, spelling or former name."""
    key = re.sub(r"\s+", " ", name.strip().lower())
    key = re.sub(r"^kab\.? ", "kabupaten ", key)
    key = re.sub(r"^prov\.? ", "provinsi ", key)
    key = re.sub(r"^kota (?:administrasi|adm\.?) ", "kota ", key)
    if (region_id := reference.region_ids.get(key)) is not None:
        return {"region_id": region_id, "region_method": "exact"}
    for form in (key, re.sub(r"^(provinsi|kabupaten|kota) ", "", key)):
        if (region_id := reference.region_aliases.get(form)) is not None:
            return {"region_id": region_id, "region_method": "alias"}
    return {"region_id": None, "region_method": "not_listed"}


def _lookup_frame(claims: pl.DataFrame, column: str, read: Callable[[str], dict[str, Any]]) -> pl.DataFrame:
    # Each distinct value is read once: a million claims name some hundred regions.
    values = claims[column].drop_nulls().unique().sort().to_list()
    rows = [{column: value, **read(value)} for value in values]
    return pl.DataFrame(rows, schema={column: pl.String, "region_id": pl.String, "region_method": pl.String})


def _claim_codes(
    claims: pl.DataFrame, articles: pl.DataFrame, regions: pl.DataFrame, reference: ReferenceData
) -> pl.DataFrame:
    said = articles.filter("is_current").select("article_id", "published", "url")
    frame = claims.join(said, on="article_id", how="left", maintain_order="left")
    frame = frame.join(regions, on="_stated_region", how="left", maintain_order="left")
    frame = frame.with_columns(_edtf=pl.coalesce("date", "period"))
    frame = _with_day_range(frame, "_edtf", ("first_day", "last_day", "date_precision"))
    frame = _with_day_range(frame, "published", ("published_first_day", "published_last_day", "_precision"))
    is_mass = pl.col("unit").is_in(list(KILOGRAMS))
    factor = pl.col("unit").replace_strict(KILOGRAMS, default=None, return_dtype=pl.String).cast(AMOUNT)
    figure = pl.when(pl.col("claim_type") == "export_shipment").then("quantity").otherwise("amount")
    growth = _growth_bases(frame, reference)
    frame = frame.with_columns(_port=_port_phrase(reference))
    names = {phrase: name for phrase, (name, _) in reference.ports.items()}
    provinces = {phrase: region_id for phrase, (_, region_id) in reference.ports.items()}
    frame = frame.with_columns(
        port_name=pl.col("_port").replace_strict(names, default=None, return_dtype=pl.String),
        port_region_id=pl.col("_port").replace_strict(provinces, default=None, return_dtype=pl.String),
        revision_reason=_revision_reason(reference),
        region_method=pl.col("region_method").fill_null("not_stated"),
        quantity_kg=pl.when(is_mass).then((figure.cast(pl.Decimal(28, 4)) * factor).cast(AMOUNT)),
        commitment_code=_commitment(reference),
        aggregation_code=_aggregation(),
        flow_code=pl.when(pl.col("direction") == "domestic")
        .then(pl.lit("interprovincial"))
        .otherwise(pl.lit("export")),
        statistical_basis_code=pl.when(pl.col("claim_type") == "export_realisation")
        .then(_cue_code(reference, "statistical_basis"))
        .fill_null("unstated"),
        growth_basis_code=growth,
        has_figure_doubt=pl.col("flags").list.set_difference(list(DATE_FLAGS)).list.len() > 0,
        has_date_doubt=(pl.col("flags").list.set_intersection(list(DATE_FLAGS)).list.len() > 0)
        | _date_after_publication(),
        source_rank=_source_rank(),
    )
    return frame.select([pl.col(name).cast(dtype) for name, dtype in CLAIM_CODES.schema.items()])


def _with_day_range(frame: pl.DataFrame, column: str, names: tuple[str, str, str]) -> pl.DataFrame:
    values = frame[column].drop_nulls().unique().sort().to_list()
    found: list[tuple[str, DayRange]] = [(v, r) for v in values if (r := day_range_or_none(v)) is not None]
    first, last, precision = names
    ranges = pl.DataFrame(
        [(v, r.first, r.last, r.precision) for v, r in found],
        schema={column: pl.String, first: pl.Date, last: pl.Date, precision: pl.String},
        orient="row",
    )
    return frame.join(ranges, on=column, how="left", maintain_order="left")


def _date_after_publication() -> pl.Expr:
    return (
        (pl.col("status") == "realised") & (pl.col("first_day") > pl.col("published_last_day"))
    ).fill_null(value=False)


def _commitment(reference: ReferenceData) -> pl.Expr:
    claim_type, status = pl.col("claim_type"), pl.col("status")
    cue = _cue_code(reference, "commitment")
    deal = pl.col("transaction_status")
    return (
        pl.when((claim_type == "export_target") | (deal == "target"))
        .then(pl.lit("target"))
        .when(deal == "potential")
        .then(cue.fill_null("potential"))
        .when(deal == "realised")
        .then(pl.when(cue == "contract").then(pl.lit("contract")).otherwise(pl.lit("realised")))
        .when(status == "planned")
        .then(pl.when(cue == "contract").then(pl.lit("contract")).otherwise(pl.lit("potential")))
        .otherwise(pl.lit("realised"))
    )


def _aggregation() -> pl.Expr:
    days = (pl.col("last_day") - pl.col("first_day")).dt.total_days()
    precision = pl.col("date_precision")
    starts_year = (pl.col("first_day").dt.month() == 1) & (pl.col("first_day").dt.day() == 1)
    return (
        pl.when(pl.col("claim_type").is_in(PERIOD_TYPES))
        .then(
            pl.when(precision.is_null())
            .then(pl.lit("unstated"))
            .when((precision == "interval") & starts_year)
            .then(pl.lit("year_to_date"))
            .otherwise(pl.lit("full_period"))
        )
        .when(
            (pl.col("claim_type") == "trade_mission")
            & (precision == "interval")
            & (days > SEVERAL_EVENTS_DAYS)
        )
        .then(pl.lit("several_events"))
        .otherwise(pl.lit("single"))
    )


def _port_phrase(reference: ReferenceData) -> pl.Expr:
    found = pl.col("quote").str.to_lowercase().str.extract_many(sorted(reference.ports), leftmost=True)
    return pl.when(pl.col("claim_type") == "export_shipment").then(found.list.first())


def _revision_reason(reference: ReferenceData) -> pl.Expr:
    """What follows "akibat", "karena", ... in the quote of a revised target, to the next comma or stop."""
    cues = "|".join(re.escape(phrase) for phrase, _ in reference.quote_cues["revision_reason"])
    reason = pl.col("quote").str.extract(rf"(?i)\b(?:{cues})\s+([^.,;!?\n]{{3,200}})").str.strip_chars()
    return pl.when((pl.col("claim_type") == "export_target") & (pl.col("revision") == "revised")).then(reason)


def _source_rank() -> pl.Expr:
    # A page of a government office is the office speaking, whoever it quotes.
    official_page = pl.col("url").str.contains(r"^https?://[^/]*\.go\.id(?:[:/]|$)").fill_null(value=False)
    quoted = pl.col("speaker").replace_strict(SPEAKER_RANKS, default=5, return_dtype=pl.Int32)
    return pl.when(official_page).then(pl.lit(1, dtype=pl.Int32)).otherwise(quoted)


def _cue_code(reference: ReferenceData, kind: str) -> pl.Expr:
    by_code: dict[str, list[str]] = {}
    for phrase, code in reference.quote_cues[kind]:
        by_code.setdefault(code, []).append(re.escape(phrase))
    quote = pl.col("quote").str.to_lowercase()
    expression = pl.lit(None, dtype=pl.String)
    for code, phrases in reversed(by_code.items()):
        expression = (
            pl.when(quote.str.contains(rf"\b(?:{'|'.join(phrases)})\b"))
            .then(pl.lit(code))
            .otherwise(expression)
        )
    return expression


def _growth_bases(frame: pl.DataFrame, reference: ReferenceData) -> pl.Series:
    """Basis of each growth figure: the cue or compared period nearest to it in the quote; null for other metrics."""
    cues = [
        (re.compile(rf"\b{re.escape(phrase)}\b"), code)
        for phrase, code in reference.quote_cues["growth_basis"]
    ]
    bases: list[str | None] = []
    columns = frame.select("metric", "quote", "quote_start", "spans", "period")
    for metric, quote, start, spans, period in columns.iter_rows():
        if metric != "growth_pct":
            bases.append(None)
            continue
        span = json.loads(spans).get("amount") if spans else None
        anchor = (span[0] - start) if span else 0
        lowered = quote.lower()
        hits = [(abs(m.start() - anchor), code) for pattern, code in cues for m in pattern.finditer(lowered)]
        hits += [(abs(place - anchor), code) for place, code in _compared_periods(quote, period)]
        bases.append(min(hits)[1] if hits else "unstated")
    return pl.Series("growth_basis_code", bases, dtype=pl.String)


def _compared_periods(quote: str, period: str | None) -> list[tuple[int, str]]:
    """Where the quote names an earlier period of the claim's own length ("dibanding April 2022"), and its basis."""
    own = day_range_or_none(period)
    if own is None or own.last is None:
        return []
    found = []
    for printed in find_dates(quote):
        other = day_range_or_none(printed.edtf)
        if other is None or other.last is None:
            continue
        months = _months_between(other.first, own.first)
        as_long = _months_between(other.last, own.last) == months
        if as_long and (code := BASIS_OF_MONTHS.get((own.precision, months)) or BASIS_OF_YEAR.get(months)):
            found.append((printed.start, code))
    return found


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _exploded(claims: pl.DataFrame, column: str) -> list[str]:
    return [v for v in claims[column].explode().drop_nulls().unique().sort().to_list() if v.strip()]


def _products(names: Mapping[str, ProductName]) -> pl.DataFrame:
    by_id: dict[str, dict[str, Any]] = {}
    for printed in sorted(names):
        product = names[printed]
        term = product.hs_term
        by_id.setdefault(
            product.product_id,
            {
                "product_id": product.product_id,
                "product_name": product.canonical,
                "product_group": product.group,
                "hs_chapter_code": term.chapter if term else None,
                "hs_method": "lexicon" if term else "none",
                "hs_confidence": term.confidence if term else None,
                "hs_term": term.term if term else None,
            },
        )
    return PRODUCTS.frame([by_id[key] for key in sorted(by_id)])


def _claim_products(claims: pl.DataFrame, names: Mapping[str, ProductName]) -> pl.DataFrame:
    is_period = pl.col("claim_type").is_in(PERIOD_TYPES)
    commodity = (
        pl.when(pl.col("commodity").is_null())
        .then(pl.lit([], dtype=pl.List(pl.String)))
        .otherwise(pl.concat_list("commodity"))
    )
    listed = _listed(claims, pl.when(is_period).then(commodity).otherwise("products"), "product_name")
    ids = {name: product.product_id for name, product in names.items()}
    frame = listed.with_columns(
        product_id=pl.col("product_name").replace_strict(ids, default=None, return_dtype=pl.String)
    )
    return frame.select(CLAIM_PRODUCTS.columns)


def _claim_destinations(claims: pl.DataFrame, reference: ReferenceData) -> pl.DataFrame:
    listed = _listed(claims, pl.col("destinations"), "destination_code")
    codes = listed["destination_code"].unique().sort().to_list()
    rows = []
    for code in codes:
        if re.fullmatch(r"[A-Z]{2}", code):
            rows.append((code, "country", None))
        elif re.fullmatch(r"M49:\d{3}", code):
            rows.append((code, "area", None))
        else:
            rows.append((code, "region", find_region(code, reference)["region_id"]))
    schema = {"destination_code": pl.String, "destination_kind": pl.String, "region_id": pl.String}
    kinds = pl.DataFrame(rows, schema=schema, orient="row")
    return listed.join(kinds, on="destination_code", maintain_order="left").select(CLAIM_DESTINATIONS.columns)


def _listed(claims: pl.DataFrame, values: pl.Expr, name: str) -> pl.DataFrame:
    """One row per listed value with its place from 1; a value told twice in one claim counts once."""
    frame = claims.select("claim_id", values.alias(name)).explode(name).drop_nulls(name)
    frame = frame.filter(pl.col(name).str.strip_chars() != "").unique(
        ["claim_id", name], keep="first", maintain_order=True
    )
    return frame.with_columns(ordinal=pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("claim_id"))


def _code_organisations(
    claims: pl.DataFrame, reference: ReferenceData
) -> tuple[dict[tuple[str, str | None], OrganisationName], pl.DataFrame]:
    names: dict[tuple[str, str | None], OrganisationName] = {}
    rows: list[dict[str, Any]] = []
    columns = claims.select("claim_id", "_stated_region", "exporter", "issuer", "organiser")
    stated = columns.filter(pl.any_horizontal(pl.col("exporter", "issuer", "organiser").is_not_null()))
    for claim_id, region, *slots in stated.iter_rows():
        for role, printed in zip(("exporter", "issuer", "organiser"), slots, strict=True):
            for ordinal, name in enumerate(dict.fromkeys(split_names(printed)), start=1):
                key = (name, region)
                if key not in names:
                    names[key] = read_organisation(name, region_name=region, reference=reference)
                rows.append(
                    {
                        "claim_id": claim_id,
                        "role_code": role,
                        "ordinal": ordinal,
                        "organisation_name": name,
                        "organisation_id": names[key].organisation_id,
                    }
                )
    return names, CLAIM_ORGANISATIONS.frame(rows)
