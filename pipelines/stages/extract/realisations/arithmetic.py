"""What the figures of a report say of each other: shares and parts that tell which total, and so which period, is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.export_figures import growth_sign
from pipelines.stages.extract.article.periods import is_part
from pipelines.stages.extract.draft import Draft

_SHARE_WITHIN = 45  # characters between a value and its share of the total
_LEAST_SHARE = Decimal("0.01")  # a smaller share is printed too roughly to tell one total from another
_LEAST_SHARE_OF_TOTAL = Decimal("0.2")  # a smaller one is printed too roughly to lead to the total
_ROUNDING = Decimal("0.004")  # of values and shares as printed


@dataclass(frozen=True, slots=True)
class _Total:
    """All exports of a region in a period, or all but oil and gas."""

    period: str
    amount: Decimal
    currency: str
    sentence: int


def settle_periods(document: Document, drafts: list[Draft]) -> None:
    """Correct the periods that figures only carried on, where their shares or their sum belong to the total of another.

    "Selama Januari-Agustus ekspor mencapai 5,6 miliar. ... Nikel bernilai 389,60 juta, sisanya besi dan baja 312,58
    juta": the two add up to the month that the report opened with.
    """
    totals = [*_totals(drafts), *_totals_implied(document, drafts)]
    if len({total.period for total in totals}) < 2:
        return
    for run in _runs(drafts):
        told = Counter[str]()
        for paragraph in _paragraphs(document, run):
            told.update(_periods_of_shares(document, paragraph, totals))
            told.update(_periods_of_sums(paragraph, totals))
        if not told:
            continue
        current = str(run[0].slots["period"])
        # Of periods with as many votes the first in time, so that the choice depends on nothing else.
        period, votes = min(told.items(), key=lambda vote: (-vote[1], vote[0]))
        known = any(total.period == current for total in totals)
        if votes > told[current] + (
            not known
        ):  # one share may fit by chance where the own total is not known
            span = next((d.spans.get("period") for d in drafts if d.slots.get("period") == period), None)
            for draft in run:
                draft.put("period", period, span)
                draft.evidence.add("period_settled")
    _settle_long_lists(document, drafts, totals)


def _totals(drafts: list[Draft]) -> list[_Total]:
    return [
        _Total(
            str(draft.slots["period"]),
            Decimal(str(draft.slots["amount"])),
            str(draft.slots.get("currency")),
            draft.sentences[0],
        )
        for draft in drafts
        if draft.slots.get("metric") == "value"
        and draft.has("period")
        and "period_carried" not in draft.evidence
        and not draft.has("commodity")
        and not draft.has("destinations")
    ]


def _totals_implied(document: Document, drafts: list[Draft]) -> Iterator[_Total]:
    """The totals that shares beside amounts of a printed period lead to: "3.374,30 juta atau 75,98 persen"."""
    for draft in drafts:
        if (
            draft.slots.get("metric") != "value"
            or not draft.has("period")
            or "period_carried" in draft.evidence
            or "amount" not in draft.spans
        ):
            continue
        share = _share(document, document.sentences[draft.sentences[0]], draft)
        if share is None or share < _LEAST_SHARE_OF_TOTAL:
            continue
        amount = Decimal(str(draft.slots["amount"])) / share
        yield _Total(str(draft.slots["period"]), amount, str(draft.slots.get("currency")), draft.sentences[0])


def _runs(drafts: list[Draft]) -> Iterator[list[Draft]]:
    """Stretches of drafts that carry one period on."""
    run: list[Draft] = []
    for draft in drafts:
        carried = "period_carried" in draft.evidence and draft.has("period")
        if run and not (carried and draft.slots["period"] == run[0].slots["period"]):
            yield run
            run = []
        if carried:
            run.append(draft)
    if run:
        yield run


def _paragraphs(document: Document, run: list[Draft]) -> Iterator[list[Draft]]:
    paragraph: list[Draft] = []
    for draft in run:
        number = document.sentences[draft.sentences[0]].sentence.paragraph
        if paragraph and document.sentences[paragraph[0].sentences[0]].sentence.paragraph != number:
            yield paragraph
            paragraph = []
        paragraph.append(draft)
    if paragraph:
        yield paragraph


def _periods_of_shares(document: Document, drafts: list[Draft], totals: list[_Total]) -> Iterator[str]:
    """The periods whose totals the printed shares belong to: "USD1,21 juta (0,45 persen)"."""
    for draft in drafts:
        if draft.slots.get("metric") != "value" or "amount" not in draft.spans:
            continue
        share = _share(document, document.sentences[draft.sentences[0]], draft)
        if share is None or share < _LEAST_SHARE:
            continue
        amount = Decimal(str(draft.slots["amount"]))
        yield from {
            total.period
            for total in totals
            if total.currency == draft.slots.get("currency")
            and abs(amount / total.amount - share) <= share * _ROUNDING + Decimal("0.00006")
        }


def _share(document: Document, view: SentenceView, draft: Draft) -> Decimal | None:
    end = draft.spans["amount"][1]
    following = next((figure for figure in view.figures if figure.start >= end), None)
    if following is None or following.kind != "percent" or following.start - end > _SHARE_WITHIN:
        return None
    if not following.value or growth_sign(document, view, following) != 0:
        return None
    return following.value / 100


def _periods_of_sums(drafts: list[Draft], totals: list[_Total]) -> Iterator[str]:
    """The periods whose totals the values of a paragraph add up to."""
    for of in ("commodity", "destinations"):
        values = [d for d in drafts if d.slots.get("metric") == "value" and d.has(of)]
        if len(values) < 2:
            continue
        amount = sum((Decimal(str(d.slots["amount"])) for d in values), Decimal(0))
        yield from {
            total.period
            for total in totals
            if total.currency == values[0].slots.get("currency")
            and abs(amount - total.amount) <= total.amount * _ROUNDING / 4
        }


def _settle_long_lists(document: Document, drafts: list[Draft], totals: list[_Total]) -> None:
    """Give a list of markets that bought more than all that its period had the longer period that was told before it.

    "Ekspor Juni 1,51 miliar. Selama Januari-Juni 9,92 miliar. ... Jepang 1,38 miliar, Amerika Serikat 1,28 miliar"
    """
    wholes: dict[tuple[object, object], Decimal] = {}
    for draft in drafts:
        if draft.slots.get("metric") == "value" and not (draft.has("commodity") or draft.has("destinations")):
            key = (draft.slots.get("period"), draft.slots.get("currency"))
            wholes[key] = max(wholes.get(key, Decimal(0)), Decimal(str(draft.slots["amount"])))
    for run in _runs(drafts):
        for paragraph in _paragraphs(document, run):
            markets = [d for d in paragraph if d.slots.get("metric") == "value" and d.has("destinations")]
            amounts = {str(d.slots["destinations"]): Decimal(str(d.slots["amount"])) for d in markets}
            if len(amounts) < 2 or len({d.slots.get("currency") for d in markets}) > 1:
                continue
            period, currency = str(markets[0].slots["period"]), markets[0].slots.get("currency")
            whole, amount = wholes.get((period, currency)), sum(amounts.values(), Decimal(0))
            if whole is None or amount <= whole * (1 + _ROUNDING):
                continue
            around = [
                t
                for t in totals
                if is_part(period, t.period)
                and t.currency == currency
                and t.amount >= amount
                and t.sentence < markets[0].sentences[0]
            ]
            if around:
                longer = min(around, key=lambda total: (total.amount, total.period)).period
                for draft in markets:
                    draft.put("period", longer)
                    draft.evidence.add("period_settled")
