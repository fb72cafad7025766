"""What the figures of a list or of a change lend each other: a currency or a scale that is told once."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from pipelines.lexicons.patterns import Pattern

if TYPE_CHECKING:
    from pipelines.text.figures import Figure

_BECOMES = Pattern("text.figure_lists.becomes")
_LIST_GAP = Pattern("text.figure_lists.list_gap")
_SERIES = Pattern("text.figure_lists.series")
_ENDS = Pattern("text.figure_lists.ends")
_MILLION = Pattern("text.figure_lists.million")
_CENTS = Pattern("text.figure_lists.cents")
_OF_VALUE = Pattern("text.figure_lists.of_value")
_USUAL = 3  # amounts in millions of dollars that make these the usual ones
_TOLD_WITHIN = 100  # characters before an amount that say of what it is
_WORTH_BEFORE = Pattern("text.figure_lists.worth_before")
_MILLIARDS = re.compile(r" M\b(?!\.)")  # "nilai ekonomi 35,3 M"
_SHORT_SCALE = len(" M")
_MILLIARD = Decimal(10) ** 9
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:[.,]\d{3})+")
_JOIN = Pattern("text.figure_lists.join")
_STOP = re.compile(r"[.;\n]")
_ELSEWHERE = 30  # times by which the two amounts of a change differ at most


def lend_currency(text: str, figures: list[Figure]) -> list[Figure]:
    """Give a list the currency that is told once: "1.902,6 juta serta 884,1 juta dolar AS", "9.872 dan 5.268 dolar"."""
    lent: list[Figure] = []
    following: Figure | None = None
    for figure in reversed(figures):
        read = figure
        if figure.kind == "number" and following is not None:
            gap = text[figure.end : following.start]
            scaled = figure.noun == "scaled" and len(gap) <= 90 and not _STOP.search(gap)
            if scaled or (_GROUPED.fullmatch(text, figure.start, figure.end) and _JOIN.fullmatch(gap)):
                read = replace(
                    figure,
                    kind="money",
                    currency=following.currency,
                    noun="",
                    flags=(*figure.flags, "currency_lent"),
                )
        if read.kind == "money":
            following = read
        elif read.kind != "percent":
            following = None
        lent.append(read)
    lent.reverse()
    # Backwards first, then forwards: a list ends with its currency or begins with it.
    for position in range(1, len(lent)):
        first, last = lent[position - 1], lent[position]
        if first.kind == "percent" and position > 1:
            first = lent[position - 2]
        if last.noun != "scaled" or last.kind != "number" or first.kind != "money":
            continue
        listed = _LIST_GAP.fullmatch(text, first.end, last.start) and _ENDS.match(text, last.end)
        series = _SERIES.fullmatch(text, first.end, last.start) and _ENDS.match(text, last.end)
        if listed or series or _BECOMES.fullmatch(text, first.end, last.start):
            flags = (*last.flags, "currency_lent")
            lent[position] = replace(last, kind="money", currency=first.currency, noun="", flags=flags)
    return lent


def lend_usual_scale(text: str, figures: list[Figure]) -> list[Figure]:
    """Give "60,77 dolar AS" the million that every other amount of an article is counted in; nobody exports for 60,77 dollars.

    An amount whose currency alone was lost among these is read as well: "nilai ekspor yaitu sebesar 243,21 juta".
    """
    money = [figure for figure in figures if figure.kind == "money"]
    dollars = [figure for figure in money if figure.currency == "USD"]
    millions = sum(_MILLION.search(text, figure.start, figure.end) is not None for figure in dollars)
    usual = millions >= _USUAL and millions * 2 >= len(dollars)
    in_dollars = usual or (len(dollars) == len(money) >= _USUAL)
    if not in_dollars:
        return figures
    read = []
    for figure in figures:
        before = text[max(0, figure.start - _TOLD_WITHIN) : figure.start]
        small = (
            usual
            and figure.kind == "money"
            and figure.currency == "USD"
            and figure.value is not None
            and "scale_lent" not in figure.flags
        )
        if small and _CENTS.fullmatch(text, figure.start, figure.end):
            value = (figure.value or Decimal(0)) * 10**6
            read.append(replace(figure, value=value, flags=(*figure.flags, "scale_lent")))
        elif (
            figure.kind == "number"
            and figure.noun == "scaled"
            and _OF_VALUE.search(before)
            and _ENDS.match(text, figure.end)
        ):
            flags = (*figure.flags, "currency_lent")
            read.append(replace(figure, kind="money", currency="USD", noun="", flags=flags))
        else:
            read.append(figure)
    return read


def take_for_rupiah(text: str, figures: list[Figure]) -> list[Figure]:
    """Read what goods are said to be worth without a currency in rupiah: "16 kontainer dengan nilai 8,95 miliar".

    An article that counts in other money as well may mean that by its millions.
    """
    bare = {figure.start for figure in figures if figure.kind == "number" and _is_worth(text, figure)}
    if not bare:
        return figures
    foreign = any(figure.kind == "money" and figure.currency != "IDR" for figure in figures)
    return [
        replace(
            figure,
            kind="money",
            end=figure.end if figure.noun else figure.end + _SHORT_SCALE,
            value=figure.value if figure.noun or figure.value is None else figure.value * _MILLIARD,
            currency="IDR",
            noun="",
            flags=(*figure.flags, "currency_lent"),
        )
        if figure.start in bare and not (foreign and figure.noun and (figure.value or 0) < _MILLIARD)
        else figure
        for figure in figures
    ]


def _is_worth(text: str, figure: Figure) -> bool:
    scaled = figure.noun == "scaled" or _MILLIARDS.match(text, figure.end) is not None
    return scaled and _WORTH_BEFORE.search(text, max(0, figure.start - 40), figure.start) is not None


def lend_scale(text: str, figures: list[Figure]) -> list[Figure]:
    """Give the amount that a change leads to the scale that is told once: "dari US$1,95 miliar menjadi 1,73"."""
    read = list(figures)
    for position in range(1, len(read)):
        first, last = read[position - 1], read[position]
        if last.kind != "number" or last.noun or first.kind != "money" or not (first.value and last.value):
            continue
        if "," not in text[last.start : last.end] or not _BECOMES.fullmatch(text, first.end, last.start):
            continue
        for power in (12, 9, 6, 3):
            value = last.value * Decimal(10) ** power
            if first.value / _ELSEWHERE <= value <= first.value * _ELSEWHERE:
                flags = (*last.flags, "currency_lent", "scale_lent")
                read[position] = replace(
                    last, kind="money", value=value, currency=first.currency, flags=flags
                )
                break
    return read
