"""What a printed growth says of the figures beside it: of two amounts it leads from the earlier to the later."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from pipelines.stages.extract.context import ArticleContext
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.periods import looks_back, months_in
from pipelines.text.edtf import shift_years

_BESIDE = 1  # sentences between a growth and the amount it starts from
_LEAST = Decimal("0.3")  # percent; what grew by less is told again, rounded
_PRINTED = Decimal("0.006")  # percentage points by which a growth of two decimals may be off
_ROUNDED = Decimal("0.0005")  # of a growth, for amounts that are rounded themselves

_FEW = 8  # amounts of a sentence, and amounts that one may have grown to, that are looked at

_Of = tuple[object, ...]


def settle_bases(document: Document, context: ArticleContext, drafts: list[Draft]) -> None:
    """Correct the periods of a growth and of its basis where the amounts of an article prove which is which.

    "Mei 18,42 juta ... bila disandingkan dengan Mei 2018 masih minus 23,44 persen sebab ketika itu 24,06 juta": what
    fell by so much from the second to the first amount makes the second that of May 2018.
    """
    amounts: defaultdict[_Of, list[tuple[Decimal, int, Draft]]] = defaultdict(list)
    beside: defaultdict[tuple[_Of, int], list[tuple[_Of, Draft]]] = defaultdict(list)
    for position, draft in enumerate(drafts):
        if draft.slots.get("metric") in ("value", "volume") and draft.has("period") and _amount(draft) > 0:
            measure = (
                *_of(draft),
                draft.slots["metric"],
                draft.slots.get("unit"),
                draft.slots.get("currency"),
            )
            amounts[measure].append((_amount(draft), position, draft))
            beside[_of(draft), draft.sentences[0]].append((measure, draft))
    for told in amounts.values():
        told.sort(key=lambda entry: entry[:2])
    for growth in drafts:
        if growth.slots.get("metric") != "growth_pct" or not growth.has("period"):
            continue
        if abs(_amount(growth)) < _LEAST:
            continue
        at = growth.sentences[0]
        for sentence in (at, at - _BESIDE, at + _BESIDE):
            for measure, base in beside.get((_of(growth), sentence), [])[:_FEW]:
                for result in islice(_results(amounts[measure], base, growth), _FEW):
                    _settle(document, context, result, base, growth)


def _of(draft: Draft) -> _Of:
    """What a figure is about."""
    commodity = str(draft.slots.get("commodity") or "").lower()
    return draft.slots.get("region"), commodity, tuple(draft.listed("destinations"))


def _amount(draft: Draft) -> Decimal:
    return Decimal(str(draft.slots["amount"]))


def _results(told: list[tuple[Decimal, int, Draft]], base: Draft, growth: Draft) -> Iterator[Draft]:
    """The amounts that the base grew to."""
    percent = _amount(growth)
    slack = _PRINTED + abs(percent) * _ROUNDED
    low, high = (_amount(base) * (100 + percent + by) / 100 for by in (-slack, slack))
    for amount, _, draft in told[bisect_left(told, low, key=lambda entry: entry[0]) :]:
        if amount > high:
            return
        if draft is not base:
            yield draft


def _settle(document: Document, context: ArticleContext, result: Draft, base: Draft, growth: Draft) -> None:
    later, earlier, grown = (str(draft.slots["period"]) for draft in (result, base, growth))
    in_one = growth.sentences[0] == base.sentences[0]
    if grown == later:
        if earlier == later:
            _put(base, _base_period(document, context, later, {base.sentences[0], growth.sentences[0]}))
        return
    told_as_base = in_one and (grown == earlier or result.sentences[0] == base.sentences[0])
    if told_as_base and _follow(earlier, later):
        _put(growth, later)


def _follow(earlier: str, later: str) -> bool:
    """True for two periods of one length, of which the second comes after the first."""
    return months_in(later) == months_in(earlier) > 0 and looks_back(earlier, later)


def _base_period(document: Document, context: ArticleContext, later: str, sentences: set[int]) -> str | None:
    """The one period before that the sentences of a growth name."""
    named: set[str] = set()
    for index in sentences:
        for time in document.sentences[index].times:
            resolved = context.resolve(time, base=later)
            if resolved is None:
                continue
            period = resolved.edtf
            if len(period) == len("2021"):
                period = (
                    shift_years(later, int(period) - int(later.rsplit("/", maxsplit=1)[-1][:4])) or period
                )
            if _follow(period, later):
                named.add(period)
    return named.pop() if len(named) == 1 else None


def _put(draft: Draft, period: str | None) -> None:
    if period is not None:
        draft.put("period", period)
        draft.evidence.add("period_settled")
