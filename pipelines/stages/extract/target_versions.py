"""Versions of one target: the original and the revised aim, and the same aim told twice."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft

_FROM_OLD = Pattern("target_versions.from_old")
_RAISED = Pattern("target_versions.raised")
_REVISED = Pattern("target_metrics.revised")
_THAN_OLD = Pattern("target_versions.than_old")


def mark_revisions(document: Document, drafts: list[Draft]) -> None:
    """Original and revised versions: two aims of one metric and period where the text changes the first.

    Two aims of one sentence are paired before those of two sentences.
    """
    pairs = [(other, draft) for index, draft in enumerate(drafts) for other in drafts[:index]]
    pairs.sort(key=lambda pair: pair[0].sentences[0] != pair[1].sentences[0])
    for other, draft in pairs:
        apart = other.sentences[0] != draft.sentences[0]
        if apart and ((other.has("revision") and draft.has("revision")) or _told_as(drafts, other, draft)):
            continue
        if _is_changed(document, other, draft):
            old, new = (draft, other) if _names_old_last(document, other, draft) else (other, draft)
            old.put("revision", "original")
            new.put("revision", "revised")
            new.fill("period", old.slots.get("period"))


def _told_as(drafts: list[Draft], *pair: Draft) -> bool:
    """True where an aim of the pair is told elsewhere with its version known."""
    amounts = {str(draft.slots["amount"]) for draft in pair}
    return any(d.has("revision") and d not in pair and str(d.slots["amount"]) in amounts for d in drafts)


def _is_changed(document: Document, other: Draft, draft: Draft) -> bool:
    if (
        other.slots["metric"] != draft.slots["metric"]
        or other.slots["amount"] == draft.slots["amount"]
        or abs(other.sentences[0] - draft.sentences[0]) > 6
    ):
        return False
    first, last = sorted((other.order, draft.order))
    span = document.text[max(0, first - 90) : last]
    view = document.sentences[draft.sentences[0]]
    before, after = sorted((other.sentences[0], draft.sentences[0]))
    between = any(document.sentences[i].has("rev_new") for i in range(before + 1, after))
    raised = bool(_RAISED.search(view.text))
    changed = (
        between
        or raised
        or view.has("rev_new", "rev_old")
        or document.sentences[other.sentences[0]].has("rev_new")
    )
    same_period = other.slots.get("period") == draft.slots.get("period") or not draft.has("period")
    return changed and same_period and (between or raised or bool(_REVISED.search(span + view.text)))


def _names_old_last(document: Document, other: Draft, draft: Draft) -> bool:
    return bool(
        _THAN_OLD.search(document.text[other.order : draft.order + 1])
        or _FROM_OLD.search(document.text[max(0, draft.order - 40) : draft.order])
    )


def unique(drafts: list[Draft]) -> list[Draft]:
    """The targets without those told twice; a later mention fills what the first left open."""
    kept: list[Draft] = []
    for draft in drafts:
        twin = next(
            (o for o in kept if all(o.slots.get(s) == draft.slots.get(s) for s in ("metric", "amount", "currency"))
             and (o.slots.get("period") == draft.slots.get("period") or not (o.has("period") and draft.has("period")))),
            None,
        )  # fmt: skip
        if twin is None:
            kept.append(draft)
        else:
            for slot in ("period", "issuer", "commodity", "revision"):
                twin.fill(slot, draft.slots.get(slot), draft.spans.get(slot))
    return kept
