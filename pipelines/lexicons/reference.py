"""Reference data for resolve: regions, areas, products, organisation words and cues."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from pipelines.lexicons.loader import country_areas, fair_names, read_rows

COUNTRY_REGION_ID = "ID"  # regions of Indonesia are "ID-<Kemendagri code>"; the country itself is "ID"


@dataclass(frozen=True, slots=True)
class HsTerm:
    """A printed product term with its HS 2022 chapter and how sure that is (`high | medium | low`)."""

    term: str
    chapter: str
    confidence: str


@dataclass(frozen=True, slots=True)
class ReferenceData:
    """Everything resolve looks up.

    Attributes:
        region_ids: Lower-case official region name to region_id.
        region_aliases: Lower-case alias to region_id; spellings and former names, never nicknames or seats.
        region_names: region_id to official name.
        country_areas: ISO alpha-2 to the M49 area codes (`M49:nnn`) that hold it.
        product_groups: Lower-case term to the group of goods that claims are compared by.
        generic_groups: Groups so wide that they may mean the same goods as another group.
        fairs: Lower-case name or abbreviation of a trade fair to its full name.
        hs_terms: Lower-case term to its HS chapter.
        product_modifiers: Words that do not tell products apart.
        organisation_words: Lower-case word to (kind, canonical form).
        ports: Lower-case phrase to (port name, region_id of its province).
        quote_cues: Kind of cue to its (phrase, code) pairs, in file order.
        unit_codes: Codes of units (dim_unit).
        currency_codes: ISO 4217 codes (dim_currency).
    """

    region_ids: Mapping[str, str]
    region_aliases: Mapping[str, str]
    region_names: Mapping[str, str]
    country_areas: Mapping[str, frozenset[str]]
    product_groups: Mapping[str, str]
    generic_groups: frozenset[str]
    fairs: Mapping[str, str]
    hs_terms: Mapping[str, HsTerm]
    product_modifiers: frozenset[str]
    organisation_words: Mapping[str, tuple[str, str]]
    ports: Mapping[str, tuple[str, str]]
    quote_cues: Mapping[str, tuple[tuple[str, str], ...]]
    unit_codes: frozenset[str]
    currency_codes: frozenset[str]


@cache
def load_reference() -> ReferenceData:
    """Read all reference files once."""
    regions = list(read_rows("regions.csv"))
    by_code = {row["kemendagri_code"]: row["region_id"] for row in regions}
    cues: dict[str, list[tuple[str, str]]] = {}
    for row in read_rows("quote_cues.csv"):
        cues.setdefault(row["kind"], []).append((row["phrase"], row["code"]))
    return ReferenceData(
        region_ids={r["name"].lower(): r["region_id"] for r in regions} | {"indonesia": COUNTRY_REGION_ID},
        region_aliases=_region_aliases(regions, by_code),
        region_names={row["region_id"]: row["name"] for row in regions} | {COUNTRY_REGION_ID: "Indonesia"},
        country_areas=country_areas(),
        product_groups={row["term"]: row["product_group"] for row in read_rows("product_groups.csv")},
        generic_groups=frozenset(row["product_group"] for row in read_rows("generic_product_groups.csv")),
        fairs=fair_names(),
        hs_terms={
            row["term"].lower(): HsTerm(row["term"], row["hs_chapter"], row["confidence"])
            for row in read_rows("products.csv")
            if row["hs_chapter"]
        },
        product_modifiers=frozenset(row["word"] for row in read_rows("product_modifiers.csv")),
        organisation_words={
            row["word"]: (row["kind"], row["canonical"]) for row in read_rows("organisation_words.csv")
        },
        ports={
            row["phrase"]: (row["port_name"], by_code[row["province_code"]]) for row in read_rows("ports.csv")
        },
        quote_cues={kind: tuple(pairs) for kind, pairs in cues.items()},
        unit_codes=frozenset(row["unit_code"] for row in read_rows("measure_units.csv")),
        currency_codes=frozenset(row["code"] for row in read_rows("currencies.csv")),
    )


def _region_aliases(regions: list[dict[str, str]], by_code: Mapping[str, str]) -> dict[str, str]:
    levels = {"province": "provinsi", "regency": "kabupaten", "city": "kota"}
    level_of = {row["kemendagri_code"]: levels[row["level"]] for row in regions}
    aliases: dict[str, str] = {}
    for row in read_rows("region_aliases.csv"):
        code = row["kemendagri_code"]
        if row["kind"] in ("spelling", "former_name") and code in by_code:
            name = row["alias"].lower()
            for form in (name, f"{level_of[code]} {name}"):
                aliases.setdefault(form, by_code[code])
    return aliases
