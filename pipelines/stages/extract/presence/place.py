"""The regency of goods whose clause names none: where the sentences before it said they, or their makers, are."""

from __future__ import annotations

import re

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.narrator import means_firm
from pipelines.stages.extract.draft import GROWN, Draft
from pipelines.stages.extract.presence.owner import is_place_of, lies_in_home
from pipelines.stages.extract.presence.topic import significant
from pipelines.text.places import RegionMention

_WORD = re.compile(r"[^\W\d_]+")
_AWAY = Pattern("presence.place.away")
_JOINED = Pattern("shipments.origins.joined")
_MADE_BY = Pattern("presence.place.made_by")
_MAKERS_AT = Pattern("presence.place.makers_at")
_THERE = Pattern("presence.place.there")
_TURNS_TO = Pattern("presence.place.turns_to")

_JUST_BEFORE = 2  # sentences back in which it may stand who makes the goods
_BACK = 3  # sentences of one paragraph through which a place stays under discussion
_WITHIN = frozenset({"at", "origin", "bare", "office", "apposition", "seat"})


def take_place_discussed(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft, clause: str
) -> None:
    """Put the regency under discussion into a claim of an article about a province or the nation.

    "Gerabah Banyumulek, Kabupaten Lombok Barat, misalnya. Pemilik UD X menuturkan pot gerabah buatannya kini dibeli ..."
    """
    home = regions().get(context.home or "")
    if home is None or home.level in ("regency", "city") or "origin_region" in draft.spans:
        return
    if any(home.name.endswith(m.name) for m in view.regions):
        return
    words = {word for name in draft.listed("products") for word in significant(name)}
    for other in document.sentences[max(0, view.index - _BACK) : view.index + 1][::-1]:
        if other.start < document.title_end or other.sentence.paragraph != view.sentence.paragraph:
            continue
        places = [
            m
            for m in other.regions
            if _is_place(document, context, other, m, before=draft.order if other is view else None)
        ]
        if not places:
            continue
        same_firm = any(firm.name == draft.slots.get("exporter") for firm in other.firms)
        if means_firm(clause) or same_firm or not words.isdisjoint(_WORD.findall(other.text.lower())):
            if len({m.name for m in places}) == 1:
                draft.put("origin_region", places[0].name, (places[0].start, places[0].end))
        return
    if draft.has("destinations"):
        _take_place_of_lead(document, context, draft, words)


def _take_place_of_lead(document: Document, context: ArticleContext, draft: Draft, words: set[str]) -> None:
    """The regency whose makers of these goods open a feature: "Perajin gerabah di Banyumulek, Kabupaten Lombok Barat, ..."."""
    lead = document.body[0]
    if words.isdisjoint(_WORD.findall(lead.text.lower())):
        return
    places = [m for m in lead.regions if _is_place(document, context, lead, m, before=None)]
    if len({m.name for m in places}) == 1 and _MAKERS_AT.search(document.text, lead.start, places[0].start):
        draft.put("origin_region", places[0].name, (places[0].start, places[0].end))


def take_place_of_making(document: Document, view: SentenceView, draft: Draft) -> None:
    """The region whose people make the goods: "Gerabah di Kuta buatan perajin Lombok Barat. Gerabah itu ..."."""
    if "origin_region" in draft.spans:
        return
    before = document.sentences[view.index - 1] if view.index else None
    if before and before.regions and not before.countries and _THERE.match(document.text, draft.order):
        # "Rombongan datang ke Kabupaten Garut. Di sana jaket kulit dijual sampai Korea."
        there = before.regions[-1]
        draft.put("origin_region", there.name, (there.start, there.end))
        draft.evidence.add(GROWN)
        return
    words = {word for name in draft.listed("products") for word in significant(name)}
    for other in document.sentences[max(0, view.index - _JUST_BEFORE) : view.index + 1][::-1]:
        if other.start < document.title_end or words.isdisjoint(_WORD.findall(other.text.lower())):
            continue
        makers = [
            m for m in other.regions
            if _MADE_BY.search(document.text, max(other.start, m.start - 60), m.start)
        ]  # fmt: skip
        if makers:
            draft.put("origin_region", makers[0].name, (makers[0].start, makers[0].end))
            return


def take_province_speaking(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft
) -> None:
    """The province whose office a paragraph goes on from, in an article about one of its regencies."""
    home = regions().get(context.home or "")
    if home is None or home.level not in ("regency", "city") or "origin_region" in draft.spans:
        return
    for other in reversed(_paragraph_so_far(document, view)):
        if any(m.code == home.code for m in other.regions):
            return
        office = next((m for m in other.regions if m.role == "office" and m.code == home.parent_code), None)
        if office is not None:
            draft.put("origin_region", office.name, (office.start, office.end))
            return


def _paragraph_so_far(document: Document, view: SentenceView) -> list[SentenceView]:
    """The last sentences of a paragraph up to one of them."""
    return [
        other
        for other in document.sentences[max(0, view.index - _BACK) : view.index + 1]
        if other.start >= document.title_end and other.sentence.paragraph == view.sentence.paragraph
    ]


def take_place_turned_to(
    document: Document, view: SentenceView, context: ArticleContext, draft: Draft
) -> None:
    """The regency to which a paragraph turns from that of the article: "Kabupaten Tapanuli Utara tak mau kalah. Kemenyan ..."."""
    home = regions().get(context.home or "")
    if home is None or home.level not in ("regency", "city") or "origin_region" in draft.spans:
        return
    told = _paragraph_so_far(document, view)
    first = told[0] if told else view
    if first.index == document.body[0].index or len({m.name for other in told for m in other.regions}) != 1:
        return
    place = first.regions[0] if first.regions else None
    if place is None or not _TURNS_TO.fullmatch(document.text, first.start, place.start):
        return
    if regions()[place.code].level in ("regency", "city") and lies_in_home(place, context):
        draft.put("origin_region", place.name, (place.start, place.end))
        draft.evidence.add(GROWN)


def shared_with(document: Document, view: SentenceView, draft: Draft) -> list[Draft]:
    """The same claim for each further regency that its goods come from: "kopi dari Aceh Tengah dan Bener Meriah"."""
    span, goods = draft.spans.get("origin_region"), draft.spans.get("products")
    if span is None or goods is None or not is_place_of(document.text, goods[1], span[0]):
        return []
    first = next((m for m in view.regions if m.start == span[0]), None)
    if first is None or any(
        m.start < first.start and m.role != "office" and m.code == regions()[first.code].parent_code
        for m in view.regions
    ):
        return []
    found: list[Draft] = []
    last = first
    for mention in view.regions:
        if mention.start < last.end:
            continue
        if regions()[mention.code].level == "province" or not _JOINED.fullmatch(
            document.text, last.end, mention.start
        ):
            break
        twin = draft.copy()
        twin.put("origin_region", mention.name, (mention.start, mention.end))
        found.append(twin)
        last = mention
    return found


def _is_place(
    document: Document,
    context: ArticleContext,
    view: SentenceView,
    mention: RegionMention,
    *,
    before: int | None,
) -> bool:
    """True for a regency in which somebody or something is, not one that goods pass or are sold in."""
    if regions()[mention.code].level not in ("regency", "city") or mention.role not in _WITHIN:
        return False
    if before is not None and mention.start > before:
        return False
    return lies_in_home(mention, context) and not _AWAY.search(
        document.text, max(view.start, mention.start - 40), mention.start
    )
