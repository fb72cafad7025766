"""sources.yml: the outlets that niaga watches, checked before anything is fetched."""

from __future__ import annotations

import ipaddress
import re
from difflib import get_close_matches
from functools import lru_cache
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from pipelines.errors import NiagaError
from pipelines.lexicons.loader import regions
from pipelines.stages.collect.raw import is_web_address

PAGE_PLACE: Final = "{page}"
Tier = Literal["official", "agency", "national", "regional", "local", "other"]


def _web_address(url: str) -> str:
    if not is_web_address(url) or "@" in url.partition("//")[2].partition("/")[0]:
        raise ValueError("must be an http(s) address without user name")
    return url


def _pattern(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is no regular expression: {error}") from error
    return pattern


def _network(printed: str) -> str:
    ipaddress.ip_network(printed, strict=False)
    return printed


@lru_cache(maxsize=1)
def _region_names() -> dict[str, tuple[str, ...]]:
    """Official names by what a person may write: the name, the name without its kind, the Kemendagri code."""
    found: dict[str, tuple[str, ...]] = {}
    for code, region in regions().items():
        for written in dict.fromkeys((region.name.lower(), region.base_name.lower(), code.lower())):
            found[written] = (*found.get(written, ()), region.name)
    return found


def _region(written: str) -> str:
    key = re.sub(r"^kab\.? ", "kabupaten ", " ".join(written.lower().split()))
    named = _region_names().get(key, ())
    if len(named) == 1:
        return named[0]
    if named:
        raise ValueError(f"{written!r} may be {' or '.join(named)}; write which")
    near = get_close_matches(key, _region_names(), n=3, cutoff=0.7)
    likely = ", ".join(dict.fromkeys(name for found in near for name in _region_names()[found]))
    raise ValueError(
        f"{written!r} is no region of Indonesia" + (f"; did you mean {likely}?" if likely else "")
    )


WebAddress = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]
Network = Annotated[str, AfterValidator(_network)]
RegionName = Annotated[str, AfterValidator(_region)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IndexPages(_Part):
    """Index pages that are counted: `{page}` in the address becomes 1, 2, … up to `pages`."""

    url: WebAddress
    pages: int = Field(default=1, ge=1, le=50)

    def addresses(self) -> list[str]:
        """The addresses of all of them."""
        return [self.url.replace(PAGE_PLACE, str(number)) for number in range(1, self.pages + 1)][
            : self.pages if PAGE_PLACE in self.url else 1
        ]


class Politeness(_Part):
    """How gently a source is asked; robots.txt may ask for more, never for less."""

    delay_seconds: float = Field(default=2.0, ge=0, le=600)
    max_pages: int = Field(default=200, ge=1, le=10_000, description="new pages a visit")


class Filters(_Part):
    """Which addresses are taken: one of `include` (all where there is none), none of `exclude`."""

    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()

    def takes(self, url: str) -> bool:
        """Whether an address is taken."""
        return (not self.include or any(re.search(pattern, url) for pattern in self.include)) and not any(
            re.search(pattern, url) for pattern in self.exclude
        )


class Source(_Part):
    """One outlet."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,60}$")
    outlet: str | None = Field(default=None, description="name of the outlet where its pages do not tell it")
    home_region: RegionName | None = Field(default=None, description="kept by its official name")
    tier: Tier = "other"
    language: Literal["id"] = "id"
    enabled: bool = True
    schedule: Literal["hourly", "daily"] = "hourly"
    feeds: tuple[WebAddress, ...] = ()
    sitemaps: tuple[WebAddress, ...] = ()
    index_pages: tuple[IndexPages, ...] = ()
    politeness: Politeness = Politeness()
    filters: Filters = Filters()
    quiet_after_hours: float = Field(default=72, gt=0, description="without a new page: someone should look")

    @model_validator(mode="after")
    def _has_a_listing(self) -> Source:
        if not (self.feeds or self.sitemaps or self.index_pages):
            raise ValueError("names no feed, sitemap or index page")
        return self


class SourcesFile(_Part):
    """All of sources.yml."""

    contact: str | None = Field(
        default=None, description="address or mail that outlets can turn to; told to them"
    )
    allow_private_addresses: tuple[Network, ...] = ()
    sources: tuple[Source, ...] = ()

    @model_validator(mode="after")
    def _names_differ(self) -> SourcesFile:
        names = [source.name for source in self.sources]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return self

    def find(self, name: str) -> Source:
        """The source of a name.

        Raises:
            NiagaError: There is none.
        """
        for source in self.sources:
            if source.name == name:
                return source
        raise NiagaError(
            f"sources.yml names no source {name!r}; it has: {', '.join(s.name for s in self.sources)}"
        )


def parse_sources(content: bytes, *, where: str) -> SourcesFile:
    """Read sources.yml.

    Raises:
        NiagaError: It is no YAML, or something in it is not as it should be; the message names all of it.
    """
    try:
        given: Any = yaml.safe_load(content.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise NiagaError(f"{where} is no YAML: {' '.join(str(error).split())[:400]}") from error
    try:
        return SourcesFile.model_validate(given or {})
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, _named(given, problem['loc'])))}: {problem['msg'].removeprefix('Value error, ')}"
            for problem in error.errors()
        )
        raise NiagaError(f"{where}: {wrong}") from error


def _named(given: Any, place: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """The place of a problem with the name of the source for its number."""
    if len(place) >= 2 and place[0] == "sources" and isinstance(place[1], int):
        entry = given["sources"][place[1]]
        name = entry.get("name") if isinstance(entry, dict) else None
        return (str(name or f"source {place[1] + 1}"), *place[2:])
    return place


def named_source(source: Source, *, name: str | None, home_region: str | None, tier: str) -> Source:
    """A source with what a person says of it.

    Raises:
        NiagaError: A name or tier that may not be.
    """
    told = {"name": name or source.name, "home_region": home_region, "tier": tier}
    try:
        return Source.model_validate(source.model_dump() | told)
    except ValidationError as error:
        raise NiagaError(
            "; ".join(
                f"{problem['loc'][0]}: {problem['msg'].removeprefix('Value error, ')}"
                for problem in error.errors()
            )
        ) from error


def source_entry(source: Source) -> str:
    """A source as the lines of sources.yml that name it; what is as usual is left out."""
    told = source.model_dump(mode="json", exclude_defaults=True)
    written = yaml.safe_dump([told], sort_keys=False, allow_unicode=True, width=120)
    return "".join(f"  {line}\n" for line in written.splitlines())
