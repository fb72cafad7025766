"""Where the goods of a dispatch come from: the region told with them, the sender's home, or the article's."""

from __future__ import annotations

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import region_name
from pipelines.stages.extract.dispatch_sentences import Reading
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft

_PORT = Pattern("scope.port")

_ONE_STORY = 3  # shipments of an article that is about one place
_LEAD = 3  # sentences


def origin_of(reading: Reading, draft: Draft) -> str | None:
    """The region of the goods: a regency named with the dispatch, else the one the article is about."""
    home = reading.context.home
    home_region = regions()[home] if home else None
    if home_region is not None and home_region.level == "province":
        told = {str(d.slots["origin_region"]) for d in reading.drafts if "origin_region" in d.spans}
        own, *others = (_regency_told(reading.document, index, home) for index in draft.sentences)
        if own is not None or told == {home_region.name}:
            return own or home_region.name
        regency = next(filter(None, others), None)
        if regency is not None:
            return regency
        if len(reading.drafts) <= _ONE_STORY and reading.document.body:
            named = _regencies_of_lead(reading.document, home)
            if len(named) == 1:
                return named.pop()
    return region_name(home)


def _regency_told(document: Document, index: int, province: str | None) -> str | None:
    """The regency of a province that a sentence of a dispatch names, or None."""
    for mention in document.sentences[index].regions:
        region = regions()[mention.code]
        if (
            mention.role in ("at", "bare", "origin")
            and mention.explicit
            and region.parent_code == province
            and region.level == "regency"
        ):
            return region.name
    return None


def _regencies_of_lead(document: Document, province: str | None) -> set[str]:
    """The regencies of a province that an article opens with; where a port lies is not where goods come from."""
    named: set[str] = set()
    for view in document.sentences[: document.body[0].index + _LEAD]:
        ports = [
            (view.start + match.start(), view.start + match.end()) for match in _PORT.finditer(view.text)
        ]
        named |= {
            mention.name
            for mention in view.regions
            if mention.explicit
            and mention.role in ("origin", "bare", "at", "apposition")
            and regions()[mention.code].parent_code == province
            and not any(start <= mention.start <= end for start, end in ports)
        }
    return named
