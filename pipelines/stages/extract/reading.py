"""The whole reading of one article: relevance, mentions, rules in order, merging, evidence."""

from __future__ import annotations

from pipelines.contracts.claims import CLAIM_SLOTS, LIST_SLOTS, Claim, SlotValue
from pipelines.stages.extract.confidence import confidence, features
from pipelines.stages.extract.context import ArticleContext, read_context
from pipelines.stages.extract.document import Document, build_document
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.events import read_exhibitions, read_trainings
from pipelines.stages.extract.missions import read_missions
from pipelines.stages.extract.presence import read_presence
from pipelines.stages.extract.realisations import drop_repeats, is_report, read_realisations
from pipelines.stages.extract.shipments import read_shipments
from pipelines.stages.extract.targets import read_targets

EXTRACTOR_VERSION = "1"
MAX_QUOTE = 500
# A claim that is clearly more likely wrong than right is not made: on the golden sets this lifts precision by about
# one point and costs 0.1 points of recall (docs/extraction.md).
MIN_CONFIDENCE = 0.35


def extract_claims(
    text: str, *, published: str | None = None, title: str | None = None, outlet: str | None = None
) -> list[Claim]:
    """Read the claims of one article.

    Args:
        text: The article after cleaning (`articles.text`).
        published: Publication date as EDTF, where known.
        title: Headline, where the text opens with one.
        outlet: Name of the outlet; never evidence for a region.

    Returns:
        Claims in the order of the text; every span satisfies `text[start:end] == quote`.
    """
    document, context, drafts = read_drafts(text, published=published, title=title)
    report = is_report(document)
    claims = [
        claim_of(document, draft, confidence(features(document, context, draft, is_report=report)))
        for draft in drafts
    ]
    return [claim for claim in claims if claim.confidence >= MIN_CONFIDENCE]


def read_drafts(
    text: str, *, published: str | None, title: str | None
) -> tuple[Document, ArticleContext, list[Draft]]:
    """The article as the rules see it, and its claims before they are quoted and rated, in the order of the text."""
    document = build_document(text, title=title)
    context = read_context(document, published=published)
    drafts: list[Draft] = []
    missions, taken = read_missions(document, context)
    trainings, used = read_trainings(document, context)
    taken |= used
    fairs, used = read_exhibitions(document, context)
    taken |= used
    targets, used = read_targets(document, context, skip=taken)
    taken |= used
    shipments, used = read_shipments(document, context, skip=taken)
    taken |= used
    realisations = drop_repeats(read_realisations(document, context, skip=taken))
    drafts += [*missions, *trainings, *fairs, *targets, *shipments, *realisations]
    busy = {index for draft in drafts for index in draft.sentences}
    used = _destination_offsets(document, drafts)
    drafts += read_presence(document, context, busy=busy, used=used, shipments=shipments, topic=_topic(realisations))
    return document, context, sorted(drafts, key=lambda draft: draft.order)


def _topic(realisations: list[Draft]) -> Draft | None:
    """The realisation that names the goods of a whole report, or None where the report is about several."""
    named = [draft for draft in realisations if draft.has("commodity")]
    same = [draft for draft in named if named and draft.slots["commodity"] == named[0].slots["commodity"]]
    return named[0] if len(realisations) >= 3 and len(same) >= 0.7 * len(realisations) else None


def _destination_offsets(document: Document, drafts: list[Draft]) -> set[int]:
    """Offsets of countries that already are destinations of a claim."""
    spans = [draft.spans["destinations"] for draft in drafts if "destinations" in draft.spans]
    return {
        mention.start
        for view in document.sentences
        for mention in view.countries
        if any(start <= mention.start < end for start, end in spans)
    }


def claim_of(document: Document, draft: Draft, certainty: float) -> Claim:
    """A draft as a claim: every slot of its type, the sentence it rests on, and how sure it is."""
    start, end = _quote_span(document, draft)
    slots: dict[str, SlotValue] = {}
    for slot in CLAIM_SLOTS[draft.type]:
        value = draft.slots.get(slot)
        slots[slot] = [] if value is None and slot in LIST_SLOTS else value
    return Claim(
        type=draft.type,
        slots=slots,
        quote=document.text[start:end],
        quote_start=start,
        quote_end=end,
        spans={slot: span for slot, span in draft.spans.items() if slot in slots},
        rule_id=draft.rule_id,
        confidence=certainty,
        qualifiers=draft.qualifiers,
        bounds=draft.bounds,
        flags=tuple(draft.flags),
    )


def _quote_span(document: Document, draft: Draft) -> tuple[int, int]:
    view = document.sentences[draft.sentences[0]]
    start, end = view.start, view.end
    if end - start > MAX_QUOTE:
        start = max(start, min(draft.order - MAX_QUOTE // 2, end - MAX_QUOTE))
        end = start + MAX_QUOTE
    return start, end
