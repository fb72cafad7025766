"""The tables that resolve gives to dbt: coded claims, links between claims, and the events they make."""

from __future__ import annotations

from typing import Final

import polars as pl

from pipelines.contracts.claims import CLAIM_TYPES
from pipelines.contracts.fields import Field, Table
from pipelines.contracts.reviews import REVIEW_DECISIONS
from pipelines.contracts.tables import AMOUNT

DATE_PRECISIONS: Final = ("day", "month", "quarter", "semester", "year", "interval")
REGION_METHODS: Final = ("exact", "alias", "not_listed", "not_stated")
COMMITMENTS: Final = ("realised", "contract", "mou", "potential", "target")
AGGREGATIONS: Final = ("single", "year_to_date", "full_period", "several_events", "unstated")
FLOWS: Final = ("export", "interprovincial")
STATISTICAL_BASES: Final = ("certificate_of_origin", "customs_statistics", "quarantine", "unstated")
GROWTH_BASES: Final = ("year_on_year", "month_on_month", "quarter_on_quarter", "year_to_date", "unstated")
DESTINATION_KINDS: Final = ("country", "area", "region")
ORGANISATION_ROLES: Final = ("exporter", "issuer", "organiser")
ORGANISATION_KINDS: Final = ("firm", "cooperative", "group", "office", "other")
HS_METHODS: Final = ("lexicon", "none")
HS_CONFIDENCES: Final = ("high", "medium", "low")
LINE_ROLES: Final = ("single", "part", "total")
LINK_DECISIONS: Final = ("joined", "kept_apart")
EVENT_CHANGES_ACCEPTED: Final = ("merge", "split", "ended")

CLAIM_CODES: Final = Table(
    name="claim_codes",
    grain="one claim with the codes that were assigned to its words",
    key=("claim_id",),
    fields=(
        Field("claim_id", pl.String, "claim"),
        Field("region_id", pl.String, "region of origin, or region the statement is about", nullable=True),
        Field("region_method", pl.String, "how the region was found in the list", accepted=REGION_METHODS),
        Field("first_day", pl.Date, "first day of the date or period", nullable=True),
        Field("last_day", pl.Date, "last day of the date or period", nullable=True),
        Field(
            "date_precision",
            pl.String,
            "precision of the date or period",
            nullable=True,
            accepted=DATE_PRECISIONS,
        ),
        Field(
            "published_first_day",
            pl.Date,
            "first day of the article's publication date: when it was said",
            nullable=True,
        ),
        Field("published_last_day", pl.Date, "last day of the article's publication date", nullable=True),
        Field(
            "quantity_kg",
            AMOUNT,
            "quantity or amount converted to kilograms, where its unit is a mass",
            nullable=True,
            unit="kg",
        ),
        Field("commitment_code", pl.String, "how firm the figure is", accepted=COMMITMENTS),
        Field("aggregation_code", pl.String, "what one figure sums up", accepted=AGGREGATIONS),
        Field("flow_code", pl.String, "goods leave the country, or only the province", accepted=FLOWS),
        Field(
            "statistical_basis_code",
            pl.String,
            "what the figure was counted from, where the quote says so",
            accepted=STATISTICAL_BASES,
        ),
        Field(
            "growth_basis_code",
            pl.String,
            "period a growth figure is compared with",
            nullable=True,
            accepted=GROWTH_BASES,
        ),
        Field("has_figure_doubt", pl.Boolean, "an arithmetic check speaks against the claim's figures"),
        Field("has_date_doubt", pl.Boolean, "weekday or publication date speaks against the claim's date"),
        Field(
            "source_rank",
            pl.Int32,
            "1 official page, 2 official quoted, 3 exporter, 4 other speaker, 5 narrator",
        ),
        Field(
            "port_name",
            pl.String,
            "port or border post the goods left through, where the quote says so",
            nullable=True,
        ),
        Field("port_region_id", pl.String, "province the port lies in", nullable=True),
        Field(
            "revision_reason",
            pl.String,
            "why a target was revised, in the words of the quote, where it says so",
            nullable=True,
        ),
    ),
)

CLAIM_PRODUCTS: Final = Table(
    name="claim_products",
    grain="one product named by one claim",
    key=("claim_id", "ordinal"),
    fields=(
        Field("claim_id", pl.String, "claim"),
        Field("ordinal", pl.Int32, "place in the claim's list, from 1"),
        Field("product_name", pl.String, "goods as printed"),
        Field("product_id", pl.String, "product"),
    ),
)

PRODUCTS: Final = Table(
    name="products",
    grain="one product: printed names that differ only in spelling, case or a modifier share it",
    key=("product_id",),
    fields=(
        Field("product_id", pl.String, "hash of the canonical name"),
        Field("product_name", pl.String, "canonical name"),
        Field("product_group", pl.String, "group of goods used to compare claims", nullable=True),
        Field("hs_chapter_code", pl.String, "HS 2022 chapter, two digits", nullable=True),
        Field("hs_method", pl.String, "how the chapter was assigned", accepted=HS_METHODS),
        Field("hs_confidence", pl.String, "how sure the chapter is", nullable=True, accepted=HS_CONFIDENCES),
        Field("hs_term", pl.String, "lexicon term that gave the chapter", nullable=True),
    ),
)

CLAIM_DESTINATIONS: Final = Table(
    name="claim_destinations",
    grain="one destination named by one claim",
    key=("claim_id", "ordinal"),
    fields=(
        Field("claim_id", pl.String, "claim"),
        Field("ordinal", pl.Int32, "place in the claim's list, from 1"),
        Field("destination_code", pl.String, "ISO 3166-1 alpha-2, M49:nnn, or a region of Indonesia"),
        Field("destination_kind", pl.String, "what the code is", accepted=DESTINATION_KINDS),
        Field("region_id", pl.String, "region of Indonesia, where it is one and is listed", nullable=True),
    ),
)

CLAIM_ORGANISATIONS: Final = Table(
    name="claim_organisations",
    grain="one organisation named by one claim in one role",
    key=("claim_id", "role_code", "ordinal"),
    fields=(
        Field("claim_id", pl.String, "claim"),
        Field("role_code", pl.String, "what the organisation does in the claim", accepted=ORGANISATION_ROLES),
        Field("ordinal", pl.Int32, "place in the claim's list, from 1"),
        Field("organisation_name", pl.String, "name as printed"),
        Field("organisation_id", pl.String, "organisation"),
    ),
)

ORGANISATIONS: Final = Table(
    name="organisations",
    grain="one organisation with all names it was printed under",
    key=("organisation_id",),
    fields=(
        Field("organisation_id", pl.String, "hash of the canonical name's words and legal form"),
        Field("organisation_name", pl.String, "canonical name: the fullest of its names"),
        Field("organisation_kind", pl.String, "kind of organisation", accepted=ORGANISATION_KINDS),
        Field("legal_form", pl.String, "PT, CV, UD, Koperasi, ..., where a name shows it", nullable=True),
        Field("aliases", pl.List(pl.String), "names as printed, sorted"),
    ),
)

EVENT_CLAIMS: Final = Table(
    name="event_claims",
    grain="one claim as evidence of one event",
    key=("claim_id",),
    fields=(
        Field("event_id", pl.String, "event; kept from run to run while its claims stay together"),
        Field("claim_id", pl.String, "claim"),
        Field("line_code", pl.String, "stated line of the event: one figure and what it covers"),
        Field("claim_type", pl.String, "kind of event", accepted=CLAIM_TYPES),
        Field("article_id", pl.String, "article that makes the claim"),
        Field("occasion_id", pl.String, "ceremony told as one: its shipments share it", nullable=True),
        Field(
            "link_score",
            pl.Float64,
            "best link to another claim of the event; null when alone",
            nullable=True,
            unit="log odds",
        ),
        Field(
            "claim_key",
            pl.String,
            "hash of article, type and coded slots: finds the claim again when its span moves",
        ),
        Field("first_seen_run_id", pl.String, "run that put the claim into this event first"),
    ),
)

EVENT_PARTS: Final = Table(
    name="event_parts",
    grain="one shipment whose figure another event's total includes",
    key=("total_event_id", "part_event_id"),
    fields=(
        Field("total_event_id", pl.String, "event whose claims state a total"),
        Field("part_event_id", pl.String, "event that the total includes"),
    ),
)

CLAIM_LINKS: Final = Table(
    name="claim_links",
    grain="one pair of claims of different articles that was compared closely",
    key=("claim_id", "other_claim_id"),
    fields=(
        Field("claim_id", pl.String, "the claim with the smaller id"),
        Field("other_claim_id", pl.String, "the claim with the larger id"),
        Field("claim_type", pl.String, "kind of both", accepted=CLAIM_TYPES),
        Field("score", pl.Float64, "sum of the weights of the features", unit="log odds"),
        Field("decision", pl.String, "whether the two are one event", accepted=LINK_DECISIONS),
        Field("reasons", pl.String, "JSON object: feature to [level, weight]"),
    ),
)

EVENT_CHANGES: Final = Table(
    name="event_changes",
    grain="one event id that gave way to another, or that no claim states any more, in one run",
    key=("old_event_id", "event_id", "run_id"),
    fields=(
        Field("old_event_id", pl.String, "id that was used before"),
        Field(
            "event_id",
            pl.String,
            "event that holds its claims, or some of them, now; of one that ended, itself",
        ),
        Field("change", pl.String, "why", accepted=EVENT_CHANGES_ACCEPTED),
        Field("run_id", pl.String, "run that changed it"),
    ),
)

RESOLVE_TABLES: Final = (
    CLAIM_CODES,
    CLAIM_PRODUCTS,
    PRODUCTS,
    CLAIM_DESTINATIONS,
    CLAIM_ORGANISATIONS,
    ORGANISATIONS,
    EVENT_CLAIMS,
    EVENT_PARTS,
    CLAIM_LINKS,
    EVENT_CHANGES,
    REVIEW_DECISIONS,
)
