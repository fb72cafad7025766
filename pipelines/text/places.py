"""Regions of Indonesia as an article means them: which place, on which level, in which role."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipelines.lexicons.loader import regions, word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.text.gazetteer import Hit

_LEVEL = Pattern("text.places.level")
_OFFICE = Pattern("text.places.office")
# Field offices of national bodies are named by their seat but answer for more than that city.
_BRANCH = Pattern("text.places.branch")
_POST = Pattern("text.places.post")
_IN_A_NAME = re.compile(r"(?<![.!?:\"“”\n] )(?<![\n\"“])(?!\A)\b[A-Z][\w.&’'-]*[^\W_] $")
_SENDS = Pattern("text.places.sends")
_OUTLET = Pattern("text.places.outlet")
_SITE = Pattern("text.places.site")
_PLAIN_DATELINE = Pattern("text.places.plain_dateline")  # "JAKARTA. Ekspor ...", "JAKARTA, outlet.com: ..."
_AS_FOR = Pattern("text.places.as_for")
_ITS_EXPORTS = Pattern("text.places.its_exports")
_SAID_THERE = Pattern("text.places.said_there")  # "katanya, Jakarta, Selasa (5/3)"
_AN_OPENING = re.compile(r"\s+[A-Z]")
_OUTLET_WITHIN = 1_500  # an outlet opens an article: "KASUARIPOS, MANOKWARI –"
# "KUPANG, Outlet - ", "Manado (Agency)—", "SURABAYA-OUTLET".
_DATELINE = re.compile(
    r"\s*(?:\([^()\n]{2,40}\)|,[^,\n]{2,40}(?:,[^,\n]{2,30})?)?\s*(?:[–—]|[-|~]\s|--|(?<=[A-Z]{3})\s?-(?=[A-Z]))"
)
_LEVELS = ("province", "regency", "city")
_DATELINE_END = re.compile(r"[^\n]{0,60}?(?:[–—]|--|[-|~:]\s)")
_COLON = re.compile(r"[A-Z][\w’'-]+(?: [A-Z][\w’'-]+){0,2}: +[\"“]?[A-Z]")
_COLON_WITHIN = 300  # "Medan: Ekspor karet ..." opens an article
_ORIGIN = Pattern("text.places.origin")
_ROUTE = Pattern("text.places.route")
_VISITED = Pattern("text.places.visited")
_AT = Pattern("text.places.at")
_FROM_THERE = Pattern("text.places.from_there")
_FIND_REGIONS = Pattern("text.places.find_regions")
_BRANCH_NAME = Pattern("text.places.branch_name")
_SHORT_NAME = 12  # characters that the abbreviation of an office has at most
_IS_APPOSITION = Pattern("text.places.is_apposition")
_VILLAGE = Pattern("text.places.village")
_NUMBERED = Pattern("text.places.numbered")  # "di Batu 9, Tanjungpinang" is a milestone
_LIST_JOIN = Pattern("text.places.list_join")


# Not frozen: see figures.Figure.
class Dateline(NamedTuple):
    """Where a paragraph opens with place and outlet: `text[start:end]`, its dash included."""

    start: int
    end: int


@dataclass(slots=True)
class RegionMention:
    """A region named in a text.

    Attributes:
        start, end: Span of the name, with the level word before it where there is one.
        code: Kemendagri code of the region meant.
        role: `office` (an authority of it speaks or acts), `branch` (a field office of a national body), `dateline`,
            `seat` (a town that stands for its regency), `origin` (goods of it), `route` (port or way),
            `at` (where something takes place), `apposition` (the province named behind a regency) or `bare`.
        explicit: True where the level is printed.
    """

    start: int
    end: int
    code: str
    role: str
    explicit: bool

    @property
    def name(self) -> str:
        """Official name with its level."""
        return regions()[self.code].name


def find_regions(text: str, hits: list[Hit]) -> list[RegionMention]:
    """Every region a text names, resolved by the levels that the text itself prints."""
    mentions: list[RegionMention] = []
    printed: Counter[tuple[str, str]] = Counter()
    levels: list[str | None] = []
    region_hits = [
        hit
        for hit in hits
        if hit.kind in ("region", "seat")
        and not _VILLAGE.search(text, max(0, hit.start - 16), hit.start)
        and not (text.endswith(" di ", 0, hit.start) and _NUMBERED.match(text, hit.end))
    ]
    branches = tuple(f" {match['name']} " for match in _BRANCH_NAME.finditer(text)) if region_hits else ()
    for hit in region_hits:
        level = _printed_level(text, hit.start)
        levels.append(level)
        if level:
            printed[(hit.key, level)] += 1
    lowered = text.lower()
    cities, regencies = (_count(lowered, word_set(f"{level}_head")) for level in ("city", "regency"))
    bias = "city" if cities > regencies else "regency"
    for hit, level in zip(region_hits, levels, strict=True):
        code = _choose(hit, level, printed, bias)
        start = hit.start
        if level:
            match = _FIND_REGIONS.search(text, max(0, start - 24), start)
            if match:
                start -= len(match[0])
        role = _role(text, start, hit.start, hit.end)
        if role == "route" and _VISITED.match(text, hit.end):
            role = "origin"  # "menteri bertolak ke Kabupaten Bulukumba dan melepas 15 ton rumput laut"
        if role == "bare" and text.endswith(branches, max(0, start - _SHORT_NAME), start):
            role = "branch"  # "Balai Karantina Pertanian (BKP) Manado ... kata Kepala BKP Manado"
        if hit.kind == "seat" and role not in ("route", "dateline"):
            role = "seat"
        may_explain = role in ("bare", "at") or (
            role == "office" and mentions and mentions[-1].role == "office"
        )
        if mentions and may_explain and _is_apposition(text, mentions[-1], start, code):
            role = "apposition"
        elif (
            role == "bare" and mentions and mentions[-1].role == "route" and _joins(text, mentions[-1], start)
        ):
            role = "route"  # "pasar dalam negeri seperti Bali dan Jakarta"
        if role in ("bare", "apposition") and _sends(text, start, hit.end):
            if role == "bare":
                role = "origin"
            elif mentions[-1].role == "bare":
                mentions[-1].role = "origin"  # "Kabupaten Biak Numfor, Papua kembali mengekspor"
        mentions.append(RegionMention(start, hit.end, code, role, level is not None))
    return mentions


def _count(text: str, words: Iterable[str]) -> int:
    return sum(text.count(word) for word in words)


def _printed_level(text: str, start: int) -> str | None:
    match = _LEVEL.search(text, max(0, start - 45), start)
    if not match:
        return None
    return next(level for level in ("regency", "city", "province") if match[level])


def level_meant(word: str) -> str | None:
    """The level of region that a word tells: "kabupaten" a regency; None for any other word."""
    return next((level for level in _LEVELS if word.lower() in word_set(f"level_{level}")), None)


def find_datelines(text: str, regions: Sequence[RegionMention]) -> list[Dateline]:
    """Where paragraphs open with place and outlet, in order: "Kupang, Mutiara Online – Ekspor ..." up to its dash."""
    found = []
    for region in regions:
        if region.role == "dateline" and (end := _DATELINE_END.match(text, region.end)):
            found.append(Dateline(text.rfind("\n", 0, region.start) + 1, end.end()))
    return found


def _choose(hit: Hit, level: str | None, printed: Counter[tuple[str, str]], bias: str) -> str:
    catalogue = regions()
    candidates = [code for code in hit.codes if code in catalogue]
    if len(candidates) == 1 and level is None:
        return candidates[0]
    if level:
        for code in candidates:
            if catalogue[code].level == level:
                return code
        return candidates[0]
    by_level = {catalogue[code].level: code for code in candidates}
    counts = {lv: printed[(hit.key, lv)] for lv in by_level}
    best = max(counts.values(), default=0)
    if best:
        return by_level[max(counts, key=lambda lv: (counts[lv], lv == bias))]
    if "province" in by_level:
        return by_level["province"]
    return by_level.get(bias) or candidates[0]


def _role(text: str, start: int, name_start: int, end: int) -> str:
    before = (text, max(0, start - 90), start)
    opens = name_start == 0 or text[start - 1] == "\n"
    if not opens and start <= _OUTLET_WITHIN:
        line = text.rfind("\n", 0, start) + 1
        opens = _OUTLET.fullmatch(text, line, start) is not None
        if opens and _SITE.fullmatch(text, line, start) and _AN_OPENING.match(text, end):
            return "dateline"  # "Outlet.com, Jakarta Badan Pusat Statistik ..."
    if opens and (
        _DATELINE.match(text, name_start + 1) or _DATELINE.search(text[name_start : name_start + 60])
    ):
        return "dateline"
    if (
        opens
        and name_start == start <= _COLON_WITHIN
        and (_COLON.match(text, start) or _PLAIN_DATELINE.match(text, start))
    ):
        return "dateline"
    if _POST.search(*before):
        return "origin"  # "Karantina Tarakan wilayah kerja Nunukan" looks after goods of Nunukan
    if _FROM_THERE.search(*before):
        return "origin"  # "Balai Karantina melepas dua komoditas asal Kabupaten Bantaeng"
    if _BRANCH.search(*before):
        return "branch"
    if _OFFICE.search(*before) or (
        name_start != start and _OFFICE.search(text, max(0, name_start - 90), name_start)
    ):
        return "office"
    near = _last_words(text, start)
    if _ORIGIN.search(near):
        return "origin"
    if _ROUTE.search(near):
        return "route"
    if _AS_FOR.search(near) and _ITS_EXPORTS.match(text, end):
        return "origin"  # "Di Jawa Timur, nilai ekspor ..."
    if _AT.search(near) or (text.endswith(", ", 0, start) and _SAID_THERE.match(text, end)):
        return "at"
    return "bare"


def _sends(text: str, start: int, end: int) -> bool:
    """True for a region that itself sends goods: "Provinsi Gorontalo kembali mengekspor"; not for "PT Rimba Medan mengekspor"."""
    if _SENDS.match(text, end) is None:
        return False
    return _IN_A_NAME.search(text, max(0, start - 40), start) is None


def _last_words(text: str, end: int) -> str:
    """The eight words before an offset: as many as the longest wording of an origin or a way has."""
    floor = max(0, end - 90)
    start = end - 1
    for _ in range(8):
        start = text.rfind(" ", floor, start)
        if start < 0:
            return text[floor:end]
    return text[start:end]


def _joins(text: str, previous: RegionMention, start: int) -> bool:
    """True where a name goes on with a list."""
    return start - previous.end <= 12 and _LIST_JOIN.fullmatch(text, previous.end, start) is not None


def _is_apposition(text: str, previous: RegionMention, start: int, code: str) -> bool:
    between = text[previous.end : start]
    return (
        len(between) <= 14
        and _IS_APPOSITION.fullmatch(between) is not None
        and regions()[previous.code].parent_code == code
    )


def are_kin(one: str, other: str) -> bool:
    """True for the codes of a region and itself, or a part of it."""
    return one == other or regions()[one].parent_code == other or regions()[other].parent_code == one
