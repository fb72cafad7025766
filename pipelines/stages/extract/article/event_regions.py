"""Whose event a sentence tells where it does not name the region: the one its paragraph opens with, or "kota itu"."""

from __future__ import annotations

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.places import RegionMention, level_meant

_OPENS = Pattern("article.event_regions.opens")  # "Di Kota Kupang, semangat serupa tumbuh"
_THAT_REGION = Pattern("article.event_regions.that_region")

_NAMED_WITHIN = 4  # sentences back to the region that "kabupaten itu" means


def that_region(document: Document, view: SentenceView) -> RegionMention | None:
    """The region that "kabupaten itu" means: the last of that level named before."""
    match = _THAT_REGION.search(view.text)
    if match is None:
        return None
    level = level_meant(match["level"])
    position = view.start + match.start()
    earlier = document.sentences[max(0, view.index - _NAMED_WITHIN)].start
    return next(
        (
            mention
            for mention in reversed(document.regions)
            if earlier <= mention.start < position and regions()[mention.code].level == level
        ),
        None,
    )


def opened_with(document: Document, view: SentenceView) -> RegionMention | None:
    """The region that a sentence or its paragraph turns to with the first words."""
    own = turned_to(document, view)
    if own is not None:
        return own
    index = view.index
    while index and document.sentences[index - 1].sentence.paragraph == view.sentence.paragraph:
        index -= 1
    head = document.sentences[index]
    if head.start < document.title_end:
        return None
    return turned_to(document, head)


def turned_to(document: Document, view: SentenceView) -> RegionMention | None:
    """The region that a sentence begins with: "Di Kabupaten Konawe, 50 petani dilatih ..."."""
    return next(
        (m for m in view.regions if m.explicit and _OPENS.fullmatch(document.text, view.start, m.start)), None
    )
