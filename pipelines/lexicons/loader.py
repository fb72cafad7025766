"""Typed access to the lexicon files of this folder; each is read once, on first use.

Every file's origin, licence and date stands in SOURCES.md. Words are compared in lower case.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True)
class UnitWord:
    """A word that follows a number: the canonical unit it stands for, and how many of it."""

    word: str
    unit: str
    factor: Decimal
    kind: str


@dataclass(frozen=True, slots=True)
class Region:
    """A province, regency or city of Indonesia (Kemendagri code), or Indonesia itself (code `ID`)."""

    code: str
    name: str
    base_name: str
    level: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class Alias:
    """Another way to write a name, with the code it stands for and how it is meant."""

    alias: str
    code: str
    kind: str
    confidence: str


INDONESIA = Region(code="ID", name="Indonesia", base_name="Indonesia", level="country", parent_code="")


def read_rows(file_name: str) -> Iterator[dict[str, str]]:
    """Rows of one CSV file of this folder, as strings.

    Raises:
        FileNotFoundError: There is no such lexicon.
    """
    text = files(__package__).joinpath(file_name).read_text(encoding="utf-8")
    yield from csv.DictReader(io.StringIO(text))


@lru_cache(maxsize=1)
def boilerplate_patterns() -> tuple[tuple[str, str], ...]:
    """(kind, regular expression) of lines that are no part of an article, in file order."""
    return tuple((row["kind"], row["pattern"]) for row in read_rows("boilerplate.csv"))


@lru_cache(maxsize=1)
def unit_words() -> Mapping[str, UnitWord]:
    """Unit word (lower case) to its canonical unit."""
    return MappingProxyType(
        {
            row["word"]: UnitWord(row["word"], row["unit"], Decimal(row["factor"]), row["kind"])
            for row in read_rows("units.csv")
        }
    )


@lru_cache(maxsize=1)
def qualifier_phrases() -> Mapping[str, tuple[str, str]]:
    """Hedge to (qualifier, side of the number it stands on)."""
    return MappingProxyType(
        {row["phrase"]: (row["qualifier"], row["position"]) for row in read_rows("qualifiers.csv")}
    )


@lru_cache(maxsize=1)
def numeral_words() -> Mapping[str, tuple[Decimal | None, str]]:
    """Number word to (value, kind); vague words ("puluhan") have no value."""
    return MappingProxyType(
        {
            row["word"]: (Decimal(row["value"]) if row["value"] else None, row["kind"])
            for row in read_rows("numerals.csv")
        }
    )


@lru_cache(maxsize=1)
def scale_words() -> Mapping[str, tuple[int, str]]:
    """Scale word to (power of ten, context); context `money` is read only beside a currency."""
    return MappingProxyType(
        {row["word"]: (int(row["exponent"]), row["context"]) for row in read_rows("scales.csv")}
    )


@lru_cache(maxsize=1)
def calendar_words() -> Mapping[str, tuple[str, int]]:
    """Month, weekday, roman or ordinal word to (kind, number)."""
    return MappingProxyType(
        {row["word"]: (row["kind"], int(row["number"])) for row in read_rows("calendar.csv")}
    )


@lru_cache(maxsize=1)
def time_forms() -> Mapping[str, Mapping[str, str]]:
    """`forms` of dates and periods, in the order in which they are tried, and the `parts` they are made of."""
    text = files(__package__).joinpath("time_forms.yml").read_text(encoding="utf-8")
    found: Mapping[str, Mapping[str, str]] = yaml.safe_load(text)
    return found


@lru_cache(maxsize=1)
def relative_times() -> Mapping[str, Mapping[str, int]]:
    """Kind of a relative word ("lalu", "tahun", "setahun kemudian") to the words and how far they lead, in their own unit."""
    found: dict[str, dict[str, int]] = {}
    for row in read_rows("relative_times.csv"):
        found.setdefault(row["kind"], {})[row["word"]] = int(row["shift"])
    return MappingProxyType(found)


@lru_cache(maxsize=1)
def currency_aliases() -> Mapping[str, tuple[str, str]]:
    """Currency word or sign (lower case) to (ISO 4217 code, confidence)."""
    return MappingProxyType(
        {row["alias"].lower(): (row["code"], row["confidence"]) for row in read_rows("currency_aliases.csv")}
    )


@lru_cache(maxsize=1)
def regions() -> Mapping[str, Region]:
    """Kemendagri code to region; `ID` is Indonesia."""
    found = {
        row["kemendagri_code"]: Region(
            row["kemendagri_code"], row["name"], row["base_name"], row["level"], row["parent_code"]
        )
        for row in read_rows("regions.csv")
    }
    return MappingProxyType({**found, "ID": INDONESIA})


@lru_cache(maxsize=1)
def region_codes() -> Mapping[str, str]:
    """Official name with its level to Kemendagri code; the inverse of `regions`."""
    return MappingProxyType({region.name: code for code, region in regions().items()})


@lru_cache(maxsize=1)
def region_aliases() -> tuple[Alias, ...]:
    """Abbreviations, former names, nicknames, spellings and seats of regions."""
    return tuple(
        Alias(r["alias"], r["kemendagri_code"], r["kind"], r["confidence"])
        for r in read_rows("region_aliases.csv")
    )


@lru_cache(maxsize=1)
def region_word_clashes() -> tuple[str, ...]:
    """Names of regions that are ordinary words too ("Batu Bara", "Serang")."""
    return tuple(row["base_name"] for row in read_rows("region_word_clashes.csv"))


@lru_cache(maxsize=1)
def country_names() -> tuple[Alias, ...]:
    """Names of countries, foreign cities and world areas with their codes (ISO alpha-2 or `M49:nnn`)."""
    aliases = [
        Alias(r["alias"], r["alpha2"], r["kind"], r["confidence"]) for r in read_rows("country_aliases.csv")
    ]
    # A reviewed row of the aliases wins over the bare name ("Georgia", "Mali" are marked low there).
    reviewed = {alias.alias.lower() for alias in aliases}
    names = [
        Alias(r["name_id"], r["alpha2"], "name", "high")
        for r in read_rows("countries.csv")
        if r["name_id"].lower() not in reviewed
    ]
    areas = [Alias(r["alias"], r["code"], "area", r["confidence"]) for r in read_rows("areas.csv")]
    return tuple(names + aliases + areas)


@lru_cache(maxsize=1)
def country_areas() -> Mapping[str, frozenset[str]]:
    """ISO alpha-2 to the M49 area codes (`M49:nnn`) that hold the country."""
    names = ("region_m49", "subregion_m49")
    return MappingProxyType(
        {
            row["alpha2"]: frozenset(f"M49:{row[name]}" for name in names if row[name])
            for row in read_rows("countries.csv")
        }
    )


@lru_cache(maxsize=1)
def cue_words() -> tuple[tuple[str, str], ...]:
    """(word or phrase, class) of the words that say what a statement is about; `*` ends a prefix."""
    return tuple((row["cue"], row["class"]) for row in read_rows("cues.csv"))


@lru_cache(maxsize=1)
def product_terms() -> Mapping[str, tuple[str, str]]:
    """Product word to (HS 2022 chapter, confidence of the assignment)."""
    return MappingProxyType(
        {row["term"]: (row["hs_chapter"], row["confidence"]) for row in read_rows("products.csv")}
    )


@lru_cache(maxsize=1)
def fair_names() -> Mapping[str, str]:
    """Name or abbreviation of a trade fair (lower case) to its full name."""
    return MappingProxyType({row["alias"].lower(): row["name"] for row in read_rows("fairs.csv")})


@lru_cache(maxsize=1)
def confidence_weights() -> Mapping[str, float]:
    """Weights of the confidence model, fitted by `make calibrate`."""
    return MappingProxyType({row["feature"]: float(row["weight"]) for row in read_rows("confidence.csv")})


@lru_cache(maxsize=1)
def origin_weights() -> Mapping[str, float]:
    """Weights of the features that tell where goods come from, fitted by `make calibrate`."""
    return MappingProxyType({row["feature"]: float(row["weight"]) for row in read_rows("origin_weights.csv")})


@cache
def origin_word_weights() -> Mapping[str, float]:
    """Weights of the words beside a region that tell whether goods come from there, fitted by `make calibrate`."""
    rows = read_rows("origin_word_weights.csv")
    return MappingProxyType({row["feature"]: float(row["weight"]) for row in rows})


@cache
def goods_weights() -> Mapping[str, float]:
    """Weights of the features that tell which goods a figure is of, fitted by `make calibrate`."""
    return MappingProxyType({row["feature"]: float(row["weight"]) for row in read_rows("goods_weights.csv")})


@cache
def likelihood_weights() -> Mapping[str, tuple[float, float, float]]:
    """Weights of the features that tell whether a sentence makes a claim: a dispatch, a sale, a total; by `make calibrate`."""
    return MappingProxyType(
        {
            row["feature"]: (
                float(row["export_shipment"]),
                float(row["market_presence"]),
                float(row["export_realisation"]),
            )
            for row in read_rows("likelihood.csv")
        }
    )


@cache
def travel_weights() -> Mapping[str, tuple[float, float]]:
    """Weights of words for traders who come and for traders who go abroad, fitted by `make calibrate`."""
    rows = read_rows("travel_weights.csv")
    return MappingProxyType({row["feature"]: (float(row["inbound"]), float(row["outbound"])) for row in rows})


@cache
def word_set(kind: str) -> frozenset[str]:
    """Words of one kind in words.csv (`stop`, `modifier`, `abbreviation`, ...)."""
    return frozenset(row["word"] for row in read_rows("words.csv") if row["kind"] == kind)
