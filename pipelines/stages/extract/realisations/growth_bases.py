"""What a printed growth says of the figures beside it: of two amounts it leads from the earlier to the later."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice

from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document
from pipelines.stages.extract.article.periods import looks_back, month_before, months_in
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.realisations.comparisons import WITH_A_MONTH
from pipelines.stages.extract.weighing.goods import PRINTED
from pipelines.text.edtf import shift_years

_BESIDE = 1  # sentences between a growth and the amount it starts from
_LEAST = Decimal("0.3")  # percent; what grew by less is told again, rounded
_ABOUT = Decimal("0.1")  # percentage points by which the growth of two rounded amounts may be off
_PRINTED = Decimal("0.006")  # percentage points by which a growth of two decimals may be off
_ROUNDED = Decimal("0.0005")  # of a growth, for amounts that are rounded themselves

_ROUGHEST = Decimal("0.01")  # of an amount, by which its own rounding may count

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
                for result, exact in islice(_results(amounts[measure], base, growth), _FEW):
                    _settle(document, context, result, base, growth, exact=exact)


def settle_growths(drafts: list[Draft]) -> None:
    """Give a growth the period and the goods of the two amounts beside it that it leads from and to, where only two fit.

    The amount it leads from may stand without its goods; the growth shows that it is of those of the other.

    "Pada kelompok pertanian, ekspor Maret 20,19 juta sedangkan Februari 17,44 juta, atau tumbuh 15,69 persen"
    """
    beside: defaultdict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.slots.get("metric") in ("value", "volume") and draft.has("period") and _amount(draft) > 0:
            beside[draft.sentences[0]].append(draft)
    for growth in drafts:
        if growth.slots.get("metric") != "growth_pct" or abs(_amount(growth)) < _LEAST:
            continue
        at = growth.sentences[0]
        near = [draft for sentence in (at - _BESIDE, at) for draft in beside.get(sentence, [])[:_FEW]]
        pairs = [
            (base, result) for result in near for base in near if _leads_to(base, result, _amount(growth))
        ]
        if len(pairs) == 1:
            base, result = pairs[0]
            if not base.has("commodity") and result.has("commodity"):
                base.put("commodity", result.slots["commodity"], result.spans.get("commodity"))
            _take_over(growth, result)


def _leads_to(base: Draft, result: Draft, percent: Decimal) -> bool:
    """True where a thing grew by so much from one period to a later one as long."""
    if any(base.slots.get(slot) != result.slots.get(slot) for slot in ("metric", "unit", "currency")):
        return False
    in_one = base.sentences[0] == result.sentences[0] and not base.has("commodity")
    if _of(base) != _of(result) and not (in_one and _of(base)[::2] == _of(result)[::2]):
        return False
    if not _follow(str(base.slots["period"]), str(result.slots["period"])):
        return False
    grown = (_amount(result) / _amount(base) - 1) * 100
    return abs(grown - percent) <= max(_ABOUT, abs(percent) / 1000)


def _take_over(growth: Draft, result: Draft) -> None:
    if growth.slots.get("period") != result.slots["period"]:
        growth.put("period", result.slots["period"], result.spans.get("period"))
        growth.evidence.add("period_settled")
    if PRINTED not in growth.evidence:
        for slot in ("region", "commodity"):
            if result.has(slot):
                growth.put(slot, result.slots[slot], result.spans.get(slot))


def _of(draft: Draft) -> _Of:
    """What a figure is about."""
    commodity = str(draft.slots.get("commodity") or "").lower()
    return draft.slots.get("region"), commodity, tuple(draft.listed("destinations"))


def _amount(draft: Draft) -> Decimal:
    return Decimal(str(draft.slots["amount"]))


def _results(
    told: list[tuple[Decimal, int, Draft]], base: Draft, growth: Draft
) -> Iterator[tuple[Draft, bool]]:
    """The amounts that the base grew to, and whether they are these also without their own rounding."""
    percent = _amount(growth)
    slack = _PRINTED + abs(percent) * _ROUNDED
    low, high = (_amount(base) * (100 + percent + by) / 100 for by in (-slack, slack))
    rough = 2 * _rounding(_amount(base)) * high
    for amount, _, draft in told[bisect_left(told, low - rough, key=lambda entry: entry[0]) :]:
        if amount > high + rough:
            return
        if draft is not base:
            yield draft, low <= amount <= high


def _rounding(amount: Decimal) -> Decimal:
    """By how much of itself an amount may be off as it is printed: "1,76 miliar" by 1 in 352."""
    digits = int("".join(map(str, amount.normalize().as_tuple().digits)))
    return min(Decimal(1) / (2 * digits), _ROUGHEST)


def _settle(
    document: Document, context: ArticleContext, result: Draft, base: Draft, growth: Draft, *, exact: bool
) -> None:
    later, earlier, grown = (str(draft.slots["period"]) for draft in (result, base, growth))
    in_one = growth.sentences[0] == base.sentences[0]
    if grown == later:
        # Two amounts of one period contradict each other: rounded ones need not fit to the last digit.
        if earlier == later and (exact or abs(_amount(result) - _amount(base)) > _ROUGHEST * _amount(base)):
            _put(base, _base_period(document, context, later, {base.sentences[0], growth.sentences[0]}))
        return
    told_as_base = exact and in_one and (grown == earlier or result.sentences[0] == base.sentences[0])
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
    if not named and any(WITH_A_MONTH.search(document.sentences[index].text) for index in sentences):
        # What is told month on month needs no name: "turun 7,76 persen (mtm), dari 658 juta menjadi 607 juta".
        return month_before(later)
    return named.pop() if len(named) == 1 else None


def _put(draft: Draft, period: str | None) -> None:
    if period is not None:
        draft.put("period", period)
        draft.evidence.add("period_settled")
