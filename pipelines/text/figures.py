"""Figures: a number with what it counts, as printed: money, quantities, containers, people, percentages."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.lexicons.loader import (
    currency_aliases,
    qualifier_phrases,
    scale_words,
    unit_words,
    word_set,
)
from pipelines.lexicons.patterns import Pattern, any_of
from pipelines.text.figure_lists import lend_currency, lend_scale, lend_usual_scale, take_for_rupiah
from pipelines.text.gazetteer import lower
from pipelines.text.numerals import BROKEN_DECIMAL, DIGITS, Style, find_word_numbers, read_number, vote_style

_PERCENT = Pattern("text.figures.percent")
_RATE_AFTER = Pattern("text.figures.rate_after")
_SIZE_BEFORE = Pattern("text.figures.size_before")
_VAGUE_AFTER = re.compile(r"-?an\b")
_RANGE_JOIN = Pattern("text.figures.range_join")
_ORDINAL_BEFORE = Pattern("text.figures.ordinal_before")
_EQUIVALENT = Pattern("text.figures.equivalent")
_KILOGRAMS_A_TONNE = 1000
_RUPIAH_AT_LEAST = 1000  # to any currency that exports are told in, the yen apart
_SIZE_WITHIN = 40  # characters before a figure in which it may stand that it tells a size
_COUNTED = frozenset({"head", "piece", "pair", "stem", "sheet"})
_GROUPED = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SPELT_TWICE = re.compile(r"\s*\((?:\d+(?:[.,]\d+)*)\)")
_SPELT_BEFORE = Pattern("text.figures.spelt_before")
_SPELT_BEHIND = Pattern("text.figures.spelt_behind")
_ONE_CONTAINER = Pattern("text.figures.one_container")
_CONTAINER_TIMES = Pattern("text.figures.container_times")
_SIZE_AFTER = Pattern("text.figures.size_after")
_JOIN_RANGE = Pattern("text.figures.join_range")
_ROUNDING = Decimal("0.006")
_LONGEST_DIGIT = len("sembilan ")


# Not frozen, as none of the mentions is: an article has hundreds, and a frozen one takes four times as long to make.
@dataclass(slots=True)
class Figure:
    """A number and what it counts.

    Attributes:
        start, end: Span from the currency sign or number to the unit; read in the style of its article it gives the same value.
        kind: `money`, `quantity`, `container`, `percent`, `people`, `document`, `count` or `number`.
        value: Exact value in units of `unit` or `currency`; None for a range or a vague number.
        unit: Canonical unit (lexicons/units.csv), None for money and percentages.
        currency: ISO 4217 code of money.
        qualifier: `about`, `more_than`, `nearly`, `at_least`, `at_most`, `range` or "".
        low, high: Bounds of a range.
        is_rate: True for "per kilogram", "setahun", "kemasan 250 gram": a price, a habit or a size, not an amount.
        same_as: True where it repeats the figure before it in another currency or unit.
        noun: The printed unit word in lower case.
        flags: What was odd about the print (`currency_conflict`, `number_repaired`) or told once (`currency_lent`, `scale_lent`).
    """

    start: int
    end: int
    kind: str
    value: Decimal | None
    unit: str | None = None
    currency: str | None = None
    qualifier: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    is_rate: bool = False
    same_as: bool = False
    noun: str = ""
    flags: tuple[str, ...] = ()


def _currency_before() -> str:
    # Read backwards, the word or sign that a text ends with is found at once.
    return rf"\s*\.?\)??\s*(?P<name>{any_of(alias[::-1] for alias in currency_aliases())})(?=[\d)]|\W|$)"


def _currency_after() -> str:
    return rf"\s*({any_of(name for name in currency_aliases() if name[0].isalpha())})(?!\w)(?:\s*\((?:as|usd?)\))?"


def _scale() -> str:
    # "125 jutaan" are about 125 million.
    return rf"\s*-?({any_of(scale_words())})(?:-?an)?(?!\w)"


def _unit() -> str:
    return rf"[\s-]*({any_of(unit_words())})(?!\w)"


def _qualifier_before() -> str:
    return rf"(?<!\w)({any_of(_qualifiers('before'))})\s+(?:\w+\s+)?$"


def _qualifier_after() -> str:
    return rf"\s+({any_of(_qualifiers('after'))})(?!\w)(?!\s+{any_of(word_set('comparative'))})"


def _qualifiers(side: str) -> list[str]:
    return [phrase for phrase, (_, place) in qualifier_phrases().items() if place == side]


# Built from lexicons; all are matched against lower-case text.
_CURRENCY_BEFORE = Pattern("text.figures.currency_before", _currency_before)
_CURRENCY_AFTER = Pattern("text.figures.currency_after", _currency_after)
_SCALE = Pattern("text.figures.scale", _scale)
_UNIT = Pattern("text.figures.unit", _unit)
_QUALIFIER_BEFORE = Pattern("text.figures.qualifier_before", _qualifier_before)
_QUALIFIER_AFTER = Pattern("text.figures.qualifier_after", _qualifier_after)


@dataclass(frozen=True, slots=True)
class _Source:
    """What figures are read from: the text as printed and in lower case, and its grouping sign."""

    text: str
    lowered: str
    style: Style


def find_figures(
    text: str, *, taken: Sequence[tuple[int, int]] = (), style: Style | None = None
) -> list[Figure]:
    """Every figure of a text in order, without overlaps.

    Args:
        text: Article or sentence.
        taken: Spans (dates) whose digits are no figures.
        style: Grouping sign of the article; voted on `text` where not given.
    """
    source = _Source(text, lower(text), style or vote_style(text))
    found: list[Figure] = []
    position = 0
    spans = sorted(taken)
    for start, end, value_or_text, flags in _numbers(text):
        if start < position or _touches(spans, start, end):
            continue
        figure = _figure_at(source, start, end, value_or_text, flags)
        if figure is None:
            continue
        if found and figure.start < found[-1].end:
            continue
        joined = _join_range(text, found[-1], figure) if found else None
        if joined:
            found[-1] = joined
            position = joined.end
            continue
        if found and _goes_on_in_kilograms(text, found[-1], figure):
            found[-1] = replace(found[-1], end=figure.end, value=_in_tonnes(found[-1], figure))
            position = figure.end
            continue
        if found and _is_same_amount(text, found[-1], figure):
            figure = replace(figure, same_as=True)
        elif found and _is_bare_rupiah(text, found[-1], figure):
            figure = replace(figure, kind="money", currency="IDR", same_as=True)
        found.append(figure)
        position = figure.end
    read = lend_usual_scale(text, lend_scale(text, lend_currency(text, found)))
    return take_for_rupiah(text, read)


def _goes_on_in_kilograms(text: str, first: Figure, second: Figure) -> bool:
    """True for one mass printed in two units: "15 ton 240 kilogram"."""
    return (
        first.unit == "tonne"
        and second.unit == "kg"
        and second.value is not None
        and second.value < _KILOGRAMS_A_TONNE
        and first.value is not None
        and first.value == first.value.to_integral_value()
        and text[first.end : second.start].isspace()
    )


def _in_tonnes(first: Figure, second: Figure) -> Decimal:
    return (first.value or Decimal(0)) + (second.value or Decimal(0)) / _KILOGRAMS_A_TONNE


def _touches(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """True where a span overlaps one of these, which are in order and apart."""
    position = bisect_left(spans, (end, -1))
    return position > 0 and spans[position - 1][1] > start


def _numbers(text: str) -> list[tuple[int, int, str | Decimal | None, tuple[str, ...]]]:
    """Digit and word numbers in order: (start, end, digits or value, flags)."""
    numbers: list[tuple[int, int, str | Decimal | None, tuple[str, ...]]] = []
    covered = 0
    letters = tuple(word_set("currency_letters"))
    for match in DIGITS.finditer(text):
        if match.start() < covered:
            continue
        fixed = (
            BROKEN_DECIMAL.match(text, match.start()) if text.startswith((", ", " ,"), match.end()) else None
        )
        if fixed:
            numbers.append(
                (fixed.start(), fixed.end(), f"{fixed['whole']},{fixed['cents']}", ("number_repaired",))
            )
            covered = fixed.end()
            continue
        before = text[match.start() - 1] if match.start() else " "
        if before.isalpha() and not text[max(0, match.start() - 4) : match.start()].lower().endswith(letters):
            continue
        numbers.append((match.start(), match.end(), match[0], ()))
    numbers.extend((found.start(), found.end(), Decimal(1), ()) for found in _ONE_CONTAINER.finditer(text))
    for word in find_word_numbers(text):
        if _SPELT_TWICE.match(text, word.end) or text[word.start : word.end].lower() in scale_words():
            # "sebesar US$ Juta": the number itself was lost.
            continue
        numbers.append((word.start, word.end, word.value, ()))
    numbers.sort(key=lambda number: number[:2])
    merged: list[tuple[int, int, str | Decimal | None, tuple[str, ...]]] = []
    for number in numbers:
        # "45 ribu": the scale word is read with the digits before it.
        if (
            merged
            and isinstance(merged[-1][2], str)
            and number[0] - merged[-1][1] <= 1
            and not isinstance(number[2], str)
        ):
            continue
        merged.append(number)
    return merged


def _figure_at(
    source: _Source, start: int, end: int, number: str | Decimal | None, flags: tuple[str, ...]
) -> Figure | None:
    text, lowered = source.text, source.lowered
    before = lowered[max(0, start - 28) : start]
    if isinstance(number, str):
        trimmed = number.rstrip(".,")
        end -= len(number) - len(trimmed)
        number = trimmed
    if _ORDINAL_BEFORE.search(before):
        return None
    times = _CONTAINER_TIMES.match(text, start)
    if times:
        return Figure(start, times.end(), "container", Decimal(times[1]), "container", noun="kontainer")
    prefix = _CURRENCY_BEFORE.match(before[::-1])
    spelt = _SPELT_BEHIND.match(text, end) if isinstance(number, str) else None
    cursor = spelt.end() if spelt else end
    scale = _SCALE.match(lowered, cursor)
    exponent = 0
    if scale and not isinstance(number, Decimal):
        power, context = scale_words()[scale[1]]
        if context == "any" or prefix:
            exponent, cursor = power, scale.end()
            again = _SCALE.match(lowered, cursor)
            if again and scale_words()[again[1]][1] == "any":
                exponent, cursor = exponent + scale_words()[again[1]][0], again.end()
    if text.startswith(")", cursor) and _SPELT_BEFORE.search(before):
        cursor += 1
    suffix = _CURRENCY_AFTER.match(lowered, cursor)
    if prefix or suffix:
        value = _value(number, exponent, source.style, money=True)
        code, flags = _currency(prefix["name"][::-1] if prefix else "", suffix[1] if suffix else "", flags)
        stop = suffix.end() if suffix else cursor
        first = start - prefix.end("name") if prefix else start
        return _finish(source, Figure(first, stop, "money", value, currency=code, flags=flags))
    percent = _PERCENT.match(text, cursor)
    value = _value(number, exponent, source.style, money=False)
    if percent:
        return _finish(source, Figure(start, percent.end(), "percent", value, noun="persen"))
    unit = _UNIT.match(lowered, cursor)
    if not unit and lowered.startswith("ke", start):
        return None
    if not unit:
        return _finish(
            source,
            Figure(start, cursor, "number", value, noun="scaled" if exponent >= 6 else "", flags=flags),
        )
    word = unit_words()[unit[1]]
    stop = unit.end()
    if word.unit in ("unit", "piece", "box"):
        further = _UNIT.match(lowered, stop)
        if further and unit_words()[further[1]].kind == "container":
            word, stop = unit_words()[further[1]], further.end()
    if word.kind == "people" and word.unit == "person":
        further = _UNIT.match(lowered, stop)
        if further and unit_words()[further[1]].kind == "people":
            word, stop = unit_words()[further[1]], further.end()
    if (
        value is not None
        and (word.unit in _COUNTED or (word.unit == "kg" and word.factor == 1))
        and _GROUPED.fullmatch(str(number))
        and value != value.to_integral_value()
    ):
        value *= 1000  # there is no 12,08 of a crab, whatever sign the article's other numbers use
    if value is not None:
        value *= word.factor
    if lowered.startswith("ke", start) and word.kind != "container":
        # "ketiga kontainer" are three; "ketiga perusahaan" may be the third.
        return None
    if word.kind == "container":
        size = _SIZE_AFTER.match(text, stop)
        stop = size.end() if size else stop
    return _finish(source, Figure(start, stop, word.kind, value, word.unit, noun=word.word, flags=flags))


def _value(number: str | Decimal | None, exponent: int, style: Style, *, money: bool) -> Decimal | None:
    if number is None:
        return None
    if isinstance(number, Decimal):
        return number
    try:
        return read_number(number, style=style, scaled=exponent > 0, money=money) * Decimal(10) ** exponent
    except ArithmeticError:
        return None


def _currency(before: str, after: str, flags: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    first = currency_aliases()[before][0] if before else ""
    last = currency_aliases()[after][0] if after else ""
    if first and last and first != last:
        return last, flags if before == "$" else (*flags, "currency_conflict")
    return first or last, flags


def _finish(source: _Source, figure: Figure) -> Figure:
    lowered, start, end = source.lowered, figure.start, figure.end
    hedge = _QUALIFIER_BEFORE.search(lowered[max(0, start - 40) : start]) or _QUALIFIER_AFTER.match(
        lowered, end
    )
    qualifier = qualifier_phrases()[hedge[1]][0] if hedge else ""
    is_rate = _RATE_AFTER.match(lowered, end) is not None
    size = _SIZE_BEFORE.search(lowered[max(0, start - _SIZE_WITHIN) : start])
    if size is not None and figure.kind == "quantity" and (size["holds"] or figure.unit != "tonne"):
        is_rate = True  # "kemasan 250 gram": what one pack holds; not "santan kemasan 125 ton"
    value = None if _VAGUE_AFTER.match(source.text, end) else figure.value
    figure.value, figure.qualifier, figure.is_rate = value, qualifier, is_rate
    return figure


def _join_range(text: str, first: Figure, second: Figure) -> Figure | None:
    between = text[first.end : second.start]
    if len(between) > 16 or (
        not _RANGE_JOIN.fullmatch(between + " ")
        and not _RANGE_JOIN.match(between + text[second.start : second.start + _LONGEST_DIGIT])
    ):
        return None
    if len(_JOIN_RANGE.sub("", between)):
        return None
    if first.kind == "money" and second.noun == "scaled":
        # "Rp1,5 miliar-1,6 miliar", "US$5-6 juta": the sign is told once.
        second = replace(second, kind="money", currency=first.currency, noun="")
    if first.kind not in ("number", second.kind) or (
        first.kind == "money" and first.currency != second.currency
    ):
        return None
    low, high = first.value, second.value
    if low is None or high is None:
        return None
    if first.kind in ("number", "money") and low < high and second.kind != "number":
        scale = Decimal(1)
        for power in (12, 9, 6, 3):
            if high >= Decimal(10) ** power and low < 1000:
                scale = Decimal(10) ** power
                break
        low *= scale
    if low >= high:
        return None
    return replace(second, start=first.start, value=None, low=low, high=high, qualifier="range")


def _is_rounded(first: Figure, second: Figure) -> bool:
    if not (first.value and second.value) or first.value == second.value:
        return False
    return abs(first.value - second.value) <= first.value * _ROUNDING


def _is_bare_rupiah(text: str, first: Figure, second: Figure) -> bool:
    """True for "513 ribu dolar AS atau setara 7,16 miliar": a number that much larger is told in rupiah."""
    if first.kind != "money" or first.currency in (None, "IDR") or second.noun != "scaled":
        return False
    between = text[first.end : second.start]
    if first.value is None or second.value is None or second.value < first.value * _RUPIAH_AT_LEAST:
        return False
    return bool(between.strip(" ,(")) and _EQUIVALENT.match(between) is not None


def _is_same_amount(text: str, first: Figure, second: Figure) -> bool:
    between = text[first.end : second.start]
    if first.unit == "kg" and second.unit == "tonne" and between.strip() and _EQUIVALENT.match(between):
        # Told again in tonnes: "33.414.144 kilogram (33.414 ton)", "2.222 kilogram atau 2,22 ton".
        tonnes = None if first.value is None else replace(first, value=first.value / _KILOGRAMS_A_TONNE)
        return tonnes is not None and (tonnes.value == second.value or _is_rounded(tonnes, second))
    if first.kind != "money" or second.kind != "money":
        return False
    if first.currency == second.currency:
        # Once more, rounded: "US$5.817,1 juta, atau US$5,82 miliar".
        return _is_rounded(first, second) and "atau" in between and bool(_EQUIVALENT.match(between))
    return len(between) <= 45 and bool(_EQUIVALENT.match(between)) and bool(between.strip(" ,"))
