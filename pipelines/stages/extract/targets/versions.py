"""Versions of one target: the original and the revised aim, and the same aim told twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.targets.metrics import CHANGES_TO

_FROM_OLD = Pattern("targets.versions.from_old")
_OPENS_OLD = Pattern("targets.versions.opens_old")  # "Semula angka yang dipatok hanya 3.200 ton"
_OLD_DRAFT = Pattern("targets.versions.old_draft")
_ALONE_NEW = Pattern("targets.versions.alone_new")
_ALONE_OLD = Pattern("targets.versions.alone_old")
_RAISED = Pattern("targets.versions.raised")
_REVISED = Pattern("targets.metrics.revised")
_THAN_OLD = Pattern("targets.versions.than_old")

# A text that changes an aim tells both close together; the second bound keeps endless lists of aims linear.
_SENTENCES_APART = 6
_MOST_BETWEEN = 20


def mark_revisions(document: Document, drafts: list[Draft]) -> None:
    """Original and revised versions: two aims of one metric and period where the text changes the first.

    Two aims of one sentence are paired before those of two sentences. `drafts` stand in the order of the text.
    """
    for draft in drafts:
        if _ALONE_OLD.search(document.text, max(0, draft.order - 30), draft.order + 90):
            draft.put("revision", "original")
    told = _versions_by_amount(drafts)
    pairs = sorted(_near_pairs(drafts), key=lambda pair: pair[0].sentences[0] != pair[1].sentences[0])
    for other, draft in pairs:
        apart = other.sentences[0] != draft.sentences[0]
        if apart and (
            (other.has("revision") and draft.has("revision")) or _told_elsewhere(told, other, draft)
        ):
            continue
        if _is_changed(document, other, draft):
            old, new = (draft, other) if _names_old_last(document, other, draft) else (other, draft)
            for version, aim in (("original", old), ("revised", new)):
                aim.put("revision", version)
                told[str(aim.slots["amount"])].add(aim.order)
            new.fill("period", old.slots.get("period"))
            for one, twin in ((old, new), (new, old)):
                one.fill("commodity", twin.slots.get("commodity"), twin.spans.get("commodity"))
    for draft in drafts:
        if _ALONE_NEW.search(document.text, document.sentences[draft.sentences[0]].start, draft.order):
            # "merevisi target pertumbuhan ekspor 2018 menjadi 11 persen", told without what it was
            draft.fill("revision", "revised", None)


def _near_pairs(drafts: list[Draft]) -> Iterator[tuple[Draft, Draft]]:
    """Pairs of two different amounts of one metric, few sentences and few aims apart."""
    for index, draft in enumerate(drafts):
        for other in drafts[max(0, index - _MOST_BETWEEN) : index]:
            if (
                other.slots["metric"] == draft.slots["metric"]
                and other.slots["amount"] != draft.slots["amount"]
                and abs(other.sentences[0] - draft.sentences[0]) <= _SENTENCES_APART
            ):
                yield other, draft


def _versions_by_amount(drafts: list[Draft]) -> dict[str, set[int]]:
    """Offsets of the aims whose version is known, by their amount."""
    told: dict[str, set[int]] = defaultdict(set)
    for draft in drafts:
        if draft.has("revision"):
            told[str(draft.slots["amount"])].add(draft.order)
    return told


def _told_elsewhere(told: dict[str, set[int]], *pair: Draft) -> bool:
    """True where an aim of the pair is told elsewhere with its version known."""
    known = set().union(*(told.get(str(draft.slots["amount"]), ()) for draft in pair))
    return bool(known - {draft.order for draft in pair})


def _is_changed(document: Document, other: Draft, draft: Draft) -> bool:
    first, last = sorted((other.order, draft.order))
    span = document.text[max(0, first - 90) : last]
    view = document.sentences[draft.sentences[0]]
    before, after = sorted((other.sentences[0], draft.sentences[0]))
    between = any(document.sentences[i].has("rev_new") for i in range(before + 1, after))
    raised = bool(
        _RAISED.search(view.text)
        or CHANGES_TO.match(view.text)
        or (before < after and _OPENS_OLD.match(view.text))
        or (before == after and _THAN_OLD.search(document.text, first, last + 1))
    )
    changed = (
        between
        or raised
        or view.has("rev_new", "rev_old")
        or document.sentences[other.sentences[0]].has("rev_new")
    )
    same_period = other.slots.get("period") == draft.slots.get("period") or not draft.has("period")
    return changed and same_period and (between or raised or bool(_REVISED.search(span + view.text)))


def _names_old_last(document: Document, other: Draft, draft: Draft) -> bool:
    apart = other.sentences[0] < draft.sentences[0]
    if apart and _OPENS_OLD.match(document.sentences[draft.sentences[0]].text):
        return True
    return bool(
        _THAN_OLD.search(document.text[other.order : draft.order + 1])
        or _FROM_OLD.search(document.text[max(0, draft.order - 40) : draft.order])
        or _OLD_DRAFT.search(document.text, other.order + 1, draft.order)
    )


def unique(drafts: list[Draft]) -> list[Draft]:
    """The targets without those told twice; a later mention fills what the first left open."""
    kept: list[Draft] = []
    like: defaultdict[tuple[object, ...], list[Draft]] = defaultdict(list)  # by what is aimed at, whenever
    for draft in drafts:
        alike = like[draft.slots.get("metric"), draft.slots.get("amount"), draft.slots.get("currency")]
        twin = next((other for other in alike if _may_be_one_period(other, draft)), None)
        if twin is None:
            kept.append(draft)
            alike.append(draft)
        else:
            for slot in ("period", "issuer", "commodity", "revision"):
                twin.fill(slot, draft.slots.get(slot), draft.spans.get(slot))
    return kept


def _may_be_one_period(other: Draft, draft: Draft) -> bool:
    both = other.has("period") and draft.has("period")
    return other.slots.get("period") == draft.slots.get("period") or not both
