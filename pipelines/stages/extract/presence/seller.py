"""Who sells the goods of a clause: the one that it says sells them, the firm under discussion, or nobody named."""

from __future__ import annotations

import re
from bisect import bisect_left

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.stages.extract.article.narrator import (
    Owner,
    firm_of_kind,
    means_firm,
    owner_of_clause,
    speaks_official,
)
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.presence.pairs import Pair
from pipelines.text.organisations import Organisation

_SELLS = Pattern("presence.seller.sells")  # "... juga telah menjual"
_NAME_AHEAD = Pattern("presence.seller.name_ahead")
_SOMEBODYS = Pattern("presence.seller.somebodys")  # "tahun depan ia", "buatannya"
_SPEAKER = Pattern("article.narrator.speaker")
_THEY_SAY = Pattern("presence.seller.they_say")  # "katanya"
_SOLD_BY = Pattern("presence.seller.sold_by")  # "dibawa Masa Genah Group ke"
_KNOWN_FIRMS = 40  # firms told before, among which a short name is looked for
_KNOWN_WITHIN = 6_000  # characters before a short name in which its full form stands
_QUOTE = 3  # sentences of a quote behind which its speaker is told
_NAME = re.compile(r"(?:[A-Z][\w’'.&-]*[ ]+(?:&[ ]+)?)*[A-Z][\w’'&-]*")


def add_exporter(
    document: Document,
    view: SentenceView,
    draft: Draft,
    pair: Pair,
    shipments: list[Draft],
    owner: Owner | None,
) -> None:
    """Whoever a clause says sells, or the firm whose goods it tells of; what that firm sends, where it names none."""
    if draft.has("exporter") or not draft.has("destinations"):
        return
    text = document.text[pair.start : pair.end]
    named = seller_named(document, view, pair)
    if named is not None and (owner is None or owner.people.isdisjoint(named.name.split())):
        draft.put("exporter", named.name, (named.start, named.end))
        return
    firm = owner_of_clause(owner, text, elsewhere="origin_region" in draft.spans) if owner else None
    if (
        firm is None
        and owner is not None
        and "origin_region" not in draft.spans
        and _is_said_by(document, view, owner)
    ):
        firm = owner.firm
    firm = firm or firm_of_kind(document, text, pair.start)
    if firm is None and owner is None and "origin_region" not in draft.spans:
        firm = only_firm(document, view, draft, text)
    if firm is None:
        return
    draft.put("exporter", firm.name, (firm.start, firm.end))
    if not pair.products and means_firm(text):
        # "Tahun depan perusahaan memasok Thailand": what it sends, not what was named last.
        sent = next(
            (s for s in shipments if s.slots.get("exporter") == firm.name and s.has("products")), None
        )
        if sent is not None:
            draft.put("products", sent.slots["products"], sent.spans.get("products"))


def only_firm(document: Document, view: SentenceView, draft: Draft, clause: str) -> Organisation | None:
    """The one firm of an article, where a clause tells of somebody's goods and nobody else speaks in its paragraph."""
    firms = document.firms
    if not firms or firms[0].start > view.start or any(firm.name != firms[0].name for firm in firms):
        return None
    if not (
        _SOMEBODYS.search(clause) or document.text.startswith("nya", draft.spans.get("products", (0, 0))[1])
    ):
        return None
    paragraph = document.paragraph_of(view)
    return None if any(other.agencies or speaks_official(other) for other in paragraph) else firms[0]


def _is_said_by(document: Document, view: SentenceView, owner: Owner) -> bool:
    """True for what one of a firm's people says, here or at the end of the quote: "Untung Malaysia masih jalan," kata Hartono."""
    for other in document.sentences[view.index : view.index + _QUOTE]:
        if other.sentence.paragraph != view.sentence.paragraph:
            return False
        said = _SPEAKER.search(other.text)
        if said is not None:
            return not owner.people.isdisjoint(said["person"].split())
        if _THEY_SAY.search(other.text):
            return True
    return False


def seller_named(document: Document, view: SentenceView, pair: Pair) -> Organisation | None:
    """The name that a clause makes the seller, of whatever form: "..., Deboresin, telah menjual", "dijual Reno ke"."""
    text = document.text
    by = _SOLD_BY.search(text, pair.start, pair.end)
    if by is not None:
        return _as_told(document, view, by.start("name"), by.end("name"))
    verb = _SELLS.search(text, pair.start, pair.end)
    if verb is None:
        return None
    ahead = _NAME_AHEAD.search(text[view.start : verb.start()])
    if ahead is None:
        return None
    return _as_told(document, view, view.start + ahead.start("name"), view.start + ahead.end("name"))


def _as_told(document: Document, view: SentenceView, start: int, end: int) -> Organisation | None:
    """A name as the article tells it in full; None for a place, an office, a day or a word that only opens a sentence."""
    text, name = document.text, document.text[start:end].rstrip(".,’'")
    others: tuple[Spanned, ...] = (*view.regions, *view.countries, *view.agencies, *view.times)
    if any(other.start < end and start < other.end for other in others):
        return None
    if name.split()[0].lower() in word_set("stop"):
        return None
    known = bisect_left(document.firms, start, key=lambda firm: firm.start)
    for firm in reversed(document.firms[max(0, known - _KNOWN_FIRMS) : known]):
        if firm.name == name or name in firm.name.split():
            return firm
    full = _in_full(text[max(document.title_end, view.start - _KNOWN_WITHIN) : view.start], name)
    if full is None and " " not in name and start == view.start:
        return None  # any word may open a sentence
    return Organisation(start, end, "firm", full or name)


def _in_full(text: str, name: str) -> str | None:
    """The longest name told before that holds this one: "Reno Karno Saragih" for "Reno"."""
    found = [match[0] for match in _NAME.finditer(text) if name in match[0].split()]
    return max(found, key=len, default=None)
