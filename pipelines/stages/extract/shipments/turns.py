"""Amounts in turn for the dispatches told just before: "Masing-masing bernilai Rp780 juta dan Rp1,1 miliar"."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.shipments.figures import is_usable
from pipelines.stages.extract.shipments.sentences import (
    Reading,
)
from pipelines.text.figures import Figure

_IN_TURN = Pattern("shipments.turns.in_turn")
_SLOTS = {"money": "value", "quantity": "quantity", "container": "containers"}
_JUST_TOLD = 2  # sentences


def amounts_in_turn(reading: Reading, view: SentenceView) -> list[tuple[Draft, Figure]]:
    """The dispatches just told, each with its amount, where a sentence has as many of one kind as they lack; else nothing."""
    if len(view.figures) < 2 or view.firms or view.countries or _IN_TURN.match(view.text) is None:
        return []
    figures = [figure for figure in view.figures if is_usable(reading, view, figure)]
    kinds = {figure.kind for figure in figures}
    if len(figures) < 2 or len(kinds) != 1:
        return []
    slot = _SLOTS[kinds.pop()]
    told = [d for d in reading.drafts if 0 < view.index - max(d.sentences) <= _JUST_TOLD]
    if len(told) != len(figures) or any(draft.has(slot) for draft in told):
        return []
    return list(zip(told, figures, strict=True))


def take_in_turn(reading: Reading, view: SentenceView) -> bool:
    """Give the dispatches just told the amounts of a sentence; False where it tells something else."""
    pairs = amounts_in_turn(reading, view)
    for draft, figure in pairs:
        if figure.kind == "container":
            draft.put("containers", figure.value, (figure.start, figure.end))
        else:
            draft.put_figure(_SLOTS[figure.kind], figure)
        draft.sentences.append(view.index)
        reading.taken.add(figure.start)
    if pairs:
        reading.last_index = view.index
    return bool(pairs)
