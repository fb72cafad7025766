"""Which region a sentence of a report says its figures are of."""

from __future__ import annotations

import re

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.places import RegionMention, level_meant

_FOR_REGION = Pattern("realisations.stated_regions.for_region")
_AT_RANK = Pattern("realisations.stated_regions.at_rank")
_FROM = Pattern("realisations.stated_regions.from")
_IN_REGION = Pattern("realisations.stated_regions.in_region")
_NATION = Pattern("article.context.the_nation")
_NATION_PART = Pattern("realisations.stated_regions.nation_part")
_OWNS_THE_FIGURE = Pattern("realisations.stated_regions.owns_the_figure")
_PORT = Pattern("realisations.stated_regions.port")
_SENT_FROM = Pattern("realisations.stated_regions.sent_from")
_THEN_PROVINCE = Pattern("realisations.stated_regions.then_province")
_THIS_PLACE = Pattern("realisations.stated_regions.this_place")

_NOT_MEANT = ("dateline", "seat", "route")  # roles of regions that a pronoun does not stand for
_SCOPE_BEFORE = 25  # characters in which "ekspor" makes goods the subject of a statement
_SHORT = 90  # characters of a sentence that names its goods and no more
_SUBJECT_WITHIN = 45  # characters of a sentence in which its subject begins


def stated_region(
    document: Document, view: SentenceView, context: ArticleContext, current: str | None
) -> str | None:
    """Code of the region, ID for the nation; None where the sentence states none and `current` goes on."""
    if _NATION.search(view.text) and not _NATION_PART.search(view.text):
        return "ID"
    best: tuple[float, str] | None = None
    export = [cue.start for cue in view.cues_of("export", "abroad")]
    places = _PORT.finditer(view.text) if view.regions else ()
    ports = [(view.start + match.start(), view.start + match.end()) for match in places]
    for position, mention in enumerate(view.regions):
        if mention.role == "apposition" and position and view.regions[position - 1].role == "branch":
            # "BPPMHKP Ambon, Maluku": a branch speaks for the province that is named behind its town.
            best = best or (1, mention.code)
            continue
        if mention.role == "at" and _opens_part(view, mention):
            best = best or (1, mention.code)
            continue
        if mention.role in ("route", "at", "apposition"):
            continue
        if any(firm.start <= mention.start < firm.end for firm in view.firms):
            continue  # "PT Semen Padang"
        if any(start <= mention.start <= end for start, end in ports):
            # "melalui Pelabuhan Belawan, Sumatera Utara", "Bea Cukai Teluk Bayur, Padang": where a port lies.
            continue
        if _is_provenance(view, mention):
            continue
        # The line above a list says whose it is: "Rincian komoditas dari Sambas ke Malaysia:".
        near = any(-60 <= mention.start - offset <= 60 for offset in export) or view.text.endswith(":")
        weight: float = {"origin": 3, "office": 2, "bare": 2, "branch": 1, "dateline": 0, "seat": 0}[
            mention.role
        ] + near
        if mention.role in ("dateline", "seat") or (
            mention.role == "branch" and regions()[mention.code].level != "province"
        ):
            continue
        opens = mention.explicit and mention.start - view.start <= _SUBJECT_WITHIN // 2
        # "Untuk Batam saja, pembeli terbesarnya Singapura"
        opens = opens or _FOR_REGION.fullmatch(view.text, 0, mention.start - view.start) is not None
        # "Sumatera Selatan juga masuk dalam daftar dengan nilai ...": a province is the subject where it comes first.
        opens = opens or (
            regions()[mention.code].level == "province"
            and (
                mention.start == view.start
                or _OWNS_THE_FIGURE.match(view.text, mention.end - view.start) is not None
                or _AT_RANK.fullmatch(view.text, 0, mention.start - view.start) is not None
                or (
                    context.home == "ID"
                    and _THEN_PROVINCE.fullmatch(view.text, 0, mention.start - view.start) is not None
                )
            )
        )
        if mention.role == "bare" and not near and not opens:
            continue
        sent = _SENT_FROM.search(document.text, max(view.start, mention.start - 40), mention.start)
        if (mention.role == "origin" and not near) or (sent and mention.role in ("origin", "bare")):
            part = regions()[mention.code].parent_code == current or mention.role == "bare"
        else:
            part = False
        if part:
            # "Yang dari Balikpapan justru turun": a port or a part of the region under discussion.
            continue
        if mention.role == "office" and not near:
            weight = 1
            if context.home and context.home != mention.code:
                # An office named by its seat speaks for the region the article is about.
                continue
        if mention.role == "bare" and _is_listed(view, mention, current):
            continue
        if mention.role == "bare" and mention.code == context.home:
            # "Manado mencatat, ekspor Sulut ...": beside one of its towns the region of the article is meant.
            weight += 0.5
        if best is None or weight > best[0]:
            best = (weight, mention.code)
    if best is not None:
        return best[1]
    here = _THIS_PLACE.search(view.text)
    named = _named_before(document, view, here) if here else None
    if named is not None:
        return named
    place = current if current and current != "ID" else context.home
    if place and here and here[1].lower() == "provinsi":
        return regions()[place].parent_code or place
    return None


def _named_before(document: Document, view: SentenceView, place: re.Match[str]) -> str | None:
    """The one region that "kota itu" stands for: of its sentence, or of the one before.

    "Balai Karantina di Kota Tarakan mencatat udang yang diekspor dari kota itu"
    """
    level = level_meant(place[1])
    if level is None:
        return None
    told = [mention for mention in view.regions if mention.end <= view.start + place.start()]
    before = document.before(view)
    for mentions in (told, before.regions if before is not None else []):
        codes = {
            mention.code
            for mention in mentions
            if mention.role not in _NOT_MEANT and regions()[mention.code].level == level
        }
        if codes:
            return codes.pop() if len(codes) == 1 else None
    return None


def _opens_part(view: SentenceView, mention: RegionMention) -> bool:
    """True for the province that a short sentence without figures turns to: "Di Sumatera Utara polanya mirip."."""
    return (
        not view.figures
        and regions()[mention.code].level == "province"
        and view.end - view.start <= _SHORT
        and _IN_REGION.fullmatch(view.text, 0, mention.start - view.start) is not None
    )


def _is_provenance(view: SentenceView, mention: RegionMention) -> bool:
    """True for where one of several goods comes from: "kepiting 31 dokumen, tuna beku dari Morotai 14 dokumen"."""
    behind_a_figure = not view.figures or view.figures[0].start < mention.start
    if mention.role != "origin" or not behind_a_figure or regions()[mention.code].level == "province":
        return False
    goods = next((hit for hit in reversed(view.products) if hit.end <= mention.start), None)
    if goods is None:
        return False
    between = view.text[goods.end - view.start : mention.start - view.start]
    before = view.text[max(0, goods.start - view.start - _SCOPE_BEFORE) : goods.start - view.start]
    return _FROM.fullmatch(between) is not None and "ekspor" not in before.lower()


def _is_listed(view: SentenceView, mention: RegionMention, current: str | None) -> bool:
    """True for one of several parts of the region under discussion: "di Bitung, Minahasa Utara dan Manado"."""
    siblings = {m.code for m in view.regions if regions()[m.code].parent_code == current}
    return mention.code in siblings and len(siblings) >= 2
