"""Firms, cooperatives and public offices as a text names them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_NAME_WORD = r"(?:[A-Z][\w’'&-]*(?:\.\w+)*|dan(?=[ ](?!PT|CV|UD|KSU|Koperasi)[A-Z])|\d{1,2}(?=[ ][A-Z]))"
_FIRM = re.compile(
    r"(?<![\w.])(?P<form>PT|CV|UD|PD|Fa|Firma|Koperasi(?:[ ]+(?:Produsen|Serba Usaha|Pemasaran|Konsumen|Primer|Unit Desa|Tani|Kopi|Jasa|Nelayan|Petani|Syariah))*|KSU|KUD|KUB|KWT|Gapoktan|Poktan|Pokdakan|Poklahsar|"
    r"Kelompok[ ]+(?:Tani|Usaha Bersama|Wanita Tani|Nelayan|Pembudidaya|Pengrajin|Perajin)(?:[ ]+Hutan)?|BUMDes(?:ma)?|BUMD|Perumda|Perum|Asosiasi|Yayasan|Sanggar|Rumah Produksi|Rumah Batik|UMKM|IKM|UKM|Rumah Kreatif|Toko|Usaha Dagang)"
    rf"\.?[ ]+(?P<name>{_NAME_WORD}(?:[ ]+{_NAME_WORD}){{0,5}}(?:,?[ ]+Tbk)?)"
)
_OWNER = re.compile(
    r"(?:pemilik|owner|pendiri|direktur(?: utama)?|manajer(?: ekspor| produksi)?|ceo|pengelola|pimpinan|founder)[ ]+(?:usaha[ ]+|brand[ ]+|merek[ ]+|merk[ ]+)?"
    rf"(?P<name>(?:[A-Z][\w’'&-]*)(?:[ ]+[A-Z][\w’'&-]*){{0,4}})",
)
_AGENCY_WORD = r"(?:[A-Z][\w’'&-]*|dan|serta|UKM|ESDM|UMKM)"
_AGENCY = re.compile(
    r"(?P<name>(?:Dinas|Badan|Balai(?:[ ]+Besar)?|Kementerian|Kantor|Stasiun|Direktorat Jenderal|Ditjen|Dewan Kerajinan Nasional Daerah|Lembaga|Pusat|Karantina|Sekretariat|Kamar Dagang dan Industri|Asosiasi|Bank)"
    r"(?:,?[ ]+(?:(?:dan|serta|&)[ ]+)?(?:[A-Z][\w’'&-]*|dan[ ]+[A-Z][\w’'&-]*)){1,11}"
    r"|(?:Dis[a-z]{3,}|Din[a-z]{5,}|Dekranasda|Kadin|Kemen[a-z]{3,}|Barantin|BPS|LPEI|Bappeda|BPPP|HIPMI|Apindo|GPEI|Aprindo|Asephi|HIMKI|Bea Cukai|Diskop|Diskumindag|Koperindag|Dindag\w*|PPEJP|P2EP|BBPPEI|PPEI|ITPC|KJRI|KBRI|KPwBI|Kanwil DJBC|KPPBC)(?:[ -](?:UKM|UMKM|ESDM|Dag|UM|Perin|UMP))*(?:[ ]+(?:Kabupaten|Kota|Provinsi|Kab\.|Prov\.))?(?:[ ]+[A-Z][\w’'-]*){0,3}"
    r"|(?:Pemerintah[ ]+(?:Kabupaten|Kota|Provinsi|Daerah)(?:[ ]+\((?:Pemkab|Pemkot|Pemprov|Pemda)\))?|Pemkab|Pemkot|Pemprov|Pemda)(?:[ ]+[A-Z][\w’'-]*){1,4}|Pemkab|Pemkot|Pemprov|Pemda|Pemerintah)",
)
_ROLE_BEFORE = re.compile(r"\b(?:pemilik|direktur(?: utama)?|manajer(?: [a-z]+)?|ketua|pimpinan|owner|ceo|pengelola|pendiri|general manager|kepala cabang|komisaris)[ ]$", re.IGNORECASE)
_SPEAKS = re.compile(r"[ ]+(?:mengatakan|menyebut\w*|menuturkan|menjelaskan|mengaku\w*|mengungkapkan|menyampaikan|menerangkan|menambahkan|berharap|bercerita|menyatakan|memaparkan|menceritakan|mengucapkan|mengapresiasi)\b")
_ABBREVIATED = re.compile(r"[ ]*\(([A-Z][\w &-]{1,40})\)")
_TAIL_NOISE = re.compile(r"(?:[ ]+(?:dan|serta|&)|,)[ ]*$")


@dataclass(frozen=True, slots=True)
class Organisation:
    """A firm (`firm`) or public office (`agency`) with its span and the name as printed."""

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
    return [_shortened(text, firm, found) for firm in found]


def _without_person(text: str, start: int, name_start: int, name: str) -> str:
    """"pemilik CV Triguna Mitra Abadi Arfan Najrun mengatakan": the last two words are the owner."""
    words = name.split()
    if len(words) < 4 or not _ROLE_BEFORE.search(text[max(0, start - 40) : start]):
        return name
    if not _SPEAKS.match(text, name_start + len(name)):
        return name
    return " ".join(words[:-2])


def _shortened(text: str, firm: Organisation, found: list[Organisation]) -> Organisation:
    """The same firm printed elsewhere without the words that follow it here is the firm's name."""
    prefix = [other.name for other in found if other.name != firm.name and firm.name.startswith(other.name + " ")]
    if not prefix:
        return firm
    name = min(prefix, key=len)
    printed = text[firm.start : firm.end]
    cut = printed.rfind(name.split()[-1]) + len(name.split()[-1])
    return Organisation(firm.start, firm.start + cut, firm.kind, name)


def find_owned_brands(text: str) -> list[Organisation]:
    """Names behind "pemilik", "pendiri", "direktur": brands without a legal form, to be confirmed by context."""
    return [
        Organisation(m.start("name"), m.end("name"), "firm", m["name"].rstrip(".,"))
        for m in _OWNER.finditer(text)
        if not re.match(r"(?:PT|CV|UD|Koperasi)\b", m["name"])
    ]


def find_agencies(text: str) -> list[Organisation]:
    """Public offices in all their names, in order; an abbreviation in brackets behind a name belongs to it."""
    found = []
    for match in _AGENCY.finditer(text):
        name = _TAIL_NOISE.sub("", match["name"]).rstrip(" .,-")
        end = match.start() + len(name)
        found.append(Organisation(match.start(), end, "agency", name))
    return found
