"""Firms, cooperatives and public offices as a text names them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.text.places import RegionMention

_FIRM = Pattern("text.organisations.firm")
_BRAND = Pattern("text.organisations.brand")
_LABEL = Pattern("text.organisations.label")  # "merek", before the name of goods
_OWNED = Pattern("text.organisations.owned")  # "Lalu Darmawan, pemilik Ketak Sasambo Art"
_SHOP = Pattern("text.organisations.shop")
_SHOP_WORD = Pattern("text.organisations.shop_word")
_SHOP_BEFORE = Pattern("text.organisations.shop_before")
_SHOP_BEHIND = Pattern("text.organisations.shop_behind")
_CARRIER = Pattern("text.organisations.carrier")
_AGENCY = Pattern("text.organisations.agency")
_ROLE_BEFORE = Pattern("text.organisations.role_before")
_ABBREVIATION = re.compile(r"\s*\(([A-Z][A-Za-z]*[A-Z][A-Za-z]*|Dis[a-z]{3,}|Din[a-z]{3,})\)")
_SHORT_BEHIND = re.compile(r"[ ]+\([A-Z][A-Za-z]{2,}\)[ ]+")
_CAPITALISED = re.compile(r"\b[A-Z][A-Za-z]+\b")
# The region that an abbreviated office answers for.
_OF_REGION = re.compile(r"(?:[ ]+(?:Kabupaten|Kota|Provinsi))?(?:[ ]+[A-Z][\w’'-]*)?")
_HEAD_OF = Pattern("text.organisations.head_of")
_PERSON = re.compile(r"(?:[ ]+[A-Z][\w.’'-]*){1,5}")
_SHORT_FORM = re.compile(r"[A-Z]{4,}(?=(?:[ ]+[A-Z][a-z’'-]+){2,4}$)")
_HEAD_WITHIN = 90  # characters before an office that say who leads it
_SPEAKS = Pattern("text.organisations.speaks")
_TAIL_NOISE = Pattern("text.organisations.tail_noise")


_SHORTEST_BRAND = 3  # letters: "UMKM DIY" is no brand


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class Organisation:
    """A firm (`firm`), a label of its goods (`brand`) or a public office (`agency`), with its span and the name as printed."""

    start: int
    end: int
    kind: str
    name: str


def find_firms(text: str) -> list[Organisation]:
    """Firms, cooperatives and producers' groups with a legal form, in order."""
    found = []
    for match in _FIRM.finditer(text):
        form, name = match["form"], _TAIL_NOISE.sub("", match["name"]).rstrip(".,’'")
        if form in ("UMKM", "IKM", "UKM", "Asosiasi") or not name:
            continue
        name = _without_person(text, match.start(), match.start("name"), name)
        end = match.start("name") + len(name)
        found.append(Organisation(match.start(), end, "firm", f"{form} {name}"))
    names = frozenset(firm.name for firm in found)
    return _by_full_names(text, [_shortened(text, firm, names) for firm in found])


def _by_full_names(text: str, firms: list[Organisation]) -> list[Organisation]:
    """The firms, and each later mention by the abbreviation that the text gives a firm in brackets: "PT RWI", "RWI"."""
    full = {match[1]: firm.name for firm in firms if (match := _ABBREVIATION.match(text, firm.end))}
    if not full:
        return firms
    found: list[Organisation] = []
    for firm in firms:
        form, _, rest = firm.name.partition(" ")
        name = full.get(rest, firm.name)
        found.append(Organisation(firm.start, firm.end, "firm", name if name.startswith(form) else firm.name))
    covered = {position for firm in firms for position in range(firm.start, firm.end)}
    for match in _CAPITALISED.finditer(text):
        if match[0] in full and match.start() not in covered and text[match.start() - 1] != "(":
            found.append(Organisation(match.start(), match.end(), "firm", full[match[0]]))
    return sorted(found, key=lambda firm: firm.start)


def _without_person(text: str, start: int, name_start: int, name: str) -> str:
    """The name without its owner's: "pemilik CV Triguna Mitra Abadi Arfan Najrun mengatakan"."""
    words = name.split()
    if len(words) < 4 or not _ROLE_BEFORE.search(text, max(0, start - 40), start):
        return name
    if not _SPEAKS.match(text, name_start + len(name)):
        return name
    return " ".join(words[:-2])


def _shortened(text: str, firm: Organisation, names: frozenset[str]) -> Organisation:
    """The same firm printed elsewhere without the words that follow it here is the firm's name."""
    spaces = (at for at, char in enumerate(firm.name) if char == " ")
    name = next((firm.name[:at] for at in spaces if firm.name[:at] in names), None)
    if name is None:
        return firm
    printed = text[firm.start : firm.end]
    cut = printed.rfind(name.split()[-1]) + len(name.split()[-1])
    return Organisation(firm.start, firm.start + cut, firm.kind, name)


def is_carrier(firm: Organisation) -> bool:
    """True for a port, airline or shipping line, which moves what others export."""
    return _CARRIER.search(firm.name) is not None


def find_brands(text: str) -> list[Organisation]:
    """Producers and exporters named without a legal form, by the word before them: "merek Kriuk Ngalam"."""
    found = []
    for match in _BRAND.finditer(text):
        name = _TAIL_NOISE.sub("", match["name"]).rstrip(".,’'")
        end = match.start("name") + len(name)
        if len(name) > _SHORTEST_BRAND and not _SPEAKS.match(text, end):
            found.append(_named(text, match.start("name"), name))
    for match in _OWNED.finditer(text):
        group = match.lastgroup or 0
        name = _TAIL_NOISE.sub("", match[group]).rstrip(".,’'")
        found.append(_named(text, match.start(group), name))
    covered = {position for brand in found for position in range(brand.start, brand.end)}
    return sorted([*found, *_shops(text, covered)], key=lambda brand: brand.start)


def _named(text: str, start: int, name: str) -> Organisation:
    kind = "brand" if _LABEL.search(text, max(0, start - 12), start) else "firm"
    return Organisation(start, start + len(name), kind, name)


def without_labels(text: str, firms: Sequence[Organisation]) -> list[Organisation]:
    """The firms without the labels of what they make: "Koperasi Mina Srikandi ... produk berlabel Angke Crispy" is one seller.

    A label told in a paragraph that has named no firm before stays: it is all that is known of the seller.
    """
    kept: list[Organisation] = []
    maker: Organisation | None = None
    for firm in firms:
        if firm.kind != "brand":
            maker = firm
        elif maker is not None and "\n" not in text[maker.end : firm.start]:
            continue
        kept.append(firm)
    return kept


def _shops(text: str, covered: set[int]) -> list[Organisation]:
    """Workshops known by the last word of their name and by who owns them: "pemilik Berkat Sabar Artshop"."""
    if _SHOP_WORD.search(text) is None:
        return []  # spares a look at every capital
    return [
        Organisation(match.start(), match.end(), "firm", match["name"])
        for match in _SHOP.finditer(text)
        if match.start() not in covered
        and (
            _SHOP_BEFORE.search(text, max(0, match.start() - 40), match.start())
            or _SHOP_BEHIND.match(text, match.end())
        )
    ]


def find_agencies(text: str) -> list[Organisation]:
    """Public offices in all their names, in order; an abbreviation in brackets behind a name belongs to it."""
    found = []
    for match in _AGENCY.finditer(text):
        name = _TAIL_NOISE.sub("", match["name"]).rstrip(" .,-")
        end = match.start() + len(name)
        found.append(Organisation(match.start(), end, "agency", name))
    return _with_abbreviations(text, found)


def without_heads(
    text: str, agencies: list[Organisation], regions: Sequence[RegionMention]
) -> list[Organisation]:
    """The offices without the name of who leads them: "Kepala Disperindag Sumbar Asrizal Chan"; with the region they are of."""
    return [_with_region(text, _without_head(text, agency, regions), regions) for agency in agencies]


def _with_region(text: str, agency: Organisation, regions: Sequence[RegionMention]) -> Organisation:
    """The office up to the end of the region it is of: "Dinas Koperasi, UKM dan Perdagangan (DKUMPP) Kubu Raya"."""
    behind = _SHORT_BEHIND.match(text, agency.end)
    reach = behind.end() + 1 if behind else agency.end
    position = bisect_left(regions, reach, key=lambda region: region.start)
    if not position or regions[position - 1].end <= agency.end:
        return agency
    region = regions[position - 1]
    if behind is not None and agency.end <= region.start != behind.end():
        return agency
    return Organisation(agency.start, region.end, agency.kind, text[agency.start : region.end])


def _without_head(text: str, agency: Organisation, regions: Sequence[RegionMention]) -> Organisation:
    if not _HEAD_OF.search(text, max(0, agency.start - _HEAD_WITHIN), agency.start):
        return agency
    own = [region for region in regions if agency.start < region.start and region.end <= agency.end]
    short = None if own else _SHORT_FORM.match(text, agency.start, agency.end)
    end = short.end() if short else max((region.end for region in own), default=agency.end)
    if end == agency.end or not _PERSON.fullmatch(text, end, agency.end):
        return agency
    return Organisation(agency.start, end, agency.kind, text[agency.start : end])


def _with_abbreviations(text: str, agencies: list[Organisation]) -> list[Organisation]:
    """The offices, and every later mention of one by the abbreviation that the text gives it in brackets."""
    short = {
        match[1]
        for agency in agencies
        if (match := _ABBREVIATION.match(text, agency.end) or _ABBREVIATION.search(agency.name))
    }
    if not short:
        return agencies
    starts = {position for agency in agencies for position in range(agency.start, agency.end)}
    found = []
    end = 0
    for match in _CAPITALISED.finditer(text):
        start = match.start()
        if match[0] not in short or start < end:
            continue
        region = _OF_REGION.match(text, match.end())
        end = region.end() if region else match.end()
        if start not in starts and text[start - 1 : start] != "(":
            found.append(Organisation(start, end, "agency", text[start:end]))
    return sorted([*agencies, *found], key=lambda agency: agency.start)
