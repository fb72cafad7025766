"""What an article's missions claim once it is read to its end: what they share, and those that tell something."""

from __future__ import annotations

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import region_name
from pipelines.stages.extract.article.document import Document
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.missions.parties import Parties

_TO_COUNTRIES = Pattern("missions.claims.to_countries")


def settled(document: Document, parties: Parties, missions: list[Draft], asides: list[Draft]) -> list[Draft]:
    """The missions that tell something, after the main one has lent the others what they share with it."""
    main = missions[0] if missions else None
    if main is not None and not main.has("destinations") and parties.host:
        if regions()[parties.host].level == "province":
            main.put("destinations", [region_name(parties.host) or ""])
            main.put("direction", "domestic")
    for draft in missions[1:]:
        if main is not None and "same_way" in draft.evidence:
            _fill(draft, main, "direction", "destinations")
    for draft in missions:
        if "buyers_come" in draft.evidence and draft.slots.get("direction") in (None, "outbound"):
            draft.put("direction", "inbound")  # the buyers travel, whatever countries are told later
    _send_abroad(document, [*missions, *asides])
    for draft in asides:
        if main is not None and "twin" in draft.evidence:
            _fill(draft, main, "direction", "destinations", "date")
        elif main is not None and draft.rule_id == "mission.sum" and "both_ways" not in draft.evidence:
            _fill(draft, main, "direction")
    # A mission of which nothing but its aim is known is told by the aim.
    aims = {draft.sentences[0] for draft in asides if draft.rule_id == "mission.target"}
    telling = [
        draft
        for draft in missions
        if draft.has("participants") or draft.has("transaction") or draft.sentences[0] not in aims
    ]
    return [
        draft
        for draft in (*telling, *asides)
        if any(draft.has(slot) for slot in ("date", "participants", "destinations", "transaction"))
    ]


def _fill(draft: Draft, main: Draft, *slots: str) -> None:
    for slot in slots:
        draft.fill(slot, main.slots.get(slot), main.spans.get(slot))


def _send_abroad(document: Document, missions: list[Draft]) -> None:
    """The nation's missions go abroad where the text says that they visit countries, named or not."""
    mine = [draft for draft in missions if draft.slots.get("region") == "Indonesia"]
    if not mine or any(draft.slots.get("direction") in ("inbound", "domestic") for draft in mine):
        return
    if any(view.has("mission") and _TO_COUNTRIES.search(view.text) for view in document.sentences):
        for draft in mine:
            draft.fill("direction", "outbound", None)
