"""Versions of one target: the original and the revised aim, and the same aim told twice."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft

_FROM_OLD = Pattern("target_versions.from_old")
_RAISED = Pattern("target_versions.raised")
_REVISED = Pattern("target_versions.revised")
_THAN_OLD = Pattern("target_versions.than_old")


def mark_revisions(document: Document, drafts: list[Draft]) -> None:
    """Original and revised versions: two aims of one metric and period where the text changes the first."""
    for index, draft in enumerate(drafts):
        for other in drafts[:index]:
            if (
                other.slots["metric"] != draft.slots["metric"]
                or other.slots["amount"] == draft.slots["amount"]
            ):
                continue
            if abs(other.sentences[0] - draft.sentences[0]) > 6:
                continue
            span = document.text[
                min(other.order, draft.order) - 90 if min(other.order, draft.order) > 90 else 0 : max(
                    other.order, draft.order
                )
            ]
            view = document.sentences[draft.sentences[0]]
            first, last = sorted((other.sentences[0], draft.sentences[0]))
            between = any(document.sentences[i].has("rev_new") for i in range(first + 1, last))
            changed = (
                between
                or view.has("rev_new")
                or document.sentences[other.sentences[0]].has("rev_new")
                or view.has("rev_old")
                or bool(_RAISED.search(view.text))
            )
            same_period = other.slots.get("period") == draft.slots.get("period") or not draft.has("period")
            if (
                changed
                and same_period
                and (between or _RAISED.search(view.text) or _REVISED.search(span + view.text))
            ):
                if _THAN_OLD.search(document.text[other.order : draft.order + 1]) or _FROM_OLD.search(
                    document.text[max(0, draft.order - 40) : draft.order]
                ):
                    old, new = draft, other
                else:
                    old, new = other, draft
                old.put("revision", "original")
                new.put("revision", "revised")
                new.fill("period", old.slots.get("period"))


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
