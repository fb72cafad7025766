"""Realisations that an article tells more than once: one claim per figure."""

from __future__ import annotations

from decimal import Decimal

from pipelines.stages.extract.draft import Draft

_ROUND = 2  # digits
_BY_CHANCE = 3  # digits that two things of one report may share


def drop_repeats(drafts: list[Draft]) -> list[Draft]:
    """One claim per figure: a repetition is kept once, in its most telling form, an amount with most of its digits."""
    kept: list[Draft] = []
    # Places in `kept` by size: repetitions are looked up, not compared with all.
    alike: dict[tuple[object, ...], list[int]] = {}
    for draft in drafts:
        places = alike.setdefault(_size(draft), [])
        place = next((place for place in places if _same_statement(kept[place], draft)), None)
        if place is None:
            places.append(len(kept))
            kept.append(draft)
            continue
        exact, other = kept[place], draft
        if len(_digits(draft)) > len(_digits(exact)):
            exact, other = draft, exact
            kept[place] = exact
        for slot in ("commodity", "destinations", "period"):
            if slot in other.slots:
                exact.fill(slot, other.slots[slot], other.spans.get(slot))
    return kept


def _size(draft: Draft) -> tuple[object, ...]:
    """What an amount and its rounding have in common: measure, order of magnitude and first digits."""
    amount = Decimal(str(draft.slots["amount"]))
    return draft.slots["metric"], draft.slots.get("currency"), amount.adjusted(), _digits(draft)[:_ROUND]


def _same_statement(first: Draft, second: Draft) -> bool:
    if first.slots["metric"] != second.slots["metric"]:
        return False
    if first.slots["amount"] != second.slots["amount"]:
        return _is_rounding(first, second)
    if first.slots.get("currency") != second.slots.get("currency"):
        return False
    for slot in ("period", "commodity", "region"):
        a, b = first.slots.get(slot), second.slots.get(slot)
        if a and b and a != b and slot != "commodity":
            return False
    if first.sentences == second.sentences and _has_own_goods(first, second):
        return False
    if first.has("commodity") != second.has("commodity") and _both_dated(first, second):
        return False
    a, b = first.slots.get("destinations"), second.slots.get("destinations")
    return not (a and b and a != b) and not (
        len(_digits(first)) <= _BY_CHANCE and _of_other_things(first, second)
    )


def _is_rounding(first: Draft, second: Draft) -> bool:
    """True for one amount told with fewer digits in another sentence: "246 juta dolar ... 246,03 juta dolar"."""
    if first.sentences == second.sentences or any(
        first.slots.get(slot) != second.slots.get(slot) for slot in ("currency", "unit", "region", "period")
    ):
        return False
    if first.slots["metric"] != "value" or not first.has("period"):
        return False
    for slot in ("commodity", "destinations"):
        if first.has(slot) and second.has(slot) and not _is_same(first.slots[slot], second.slots[slot]):
            return False
    exact, rounded = (_digits(draft) for draft in (first, second))
    if len(exact) < len(rounded):
        exact, rounded = rounded, exact
    if not _ROUND < len(rounded) < len(exact):
        return False
    a, b = (Decimal(str(draft.slots["amount"])) for draft in (first, second))
    step = Decimal(10) ** (max(a, b).adjusted() - len(rounded) + 1)
    return abs(a - b) < step


def _digits(draft: Draft) -> str:
    """The digits of an amount that count."""
    return str(draft.slots["amount"]).replace(".", "").strip("0-")


def _has_own_goods(first: Draft, second: Draft) -> bool:
    """True for two goods of one sentence that happen to have the same amount: "kopi 1.183 ton, karet 1.183 ton"."""
    if not (first.has("commodity") and second.has("commodity")):
        return False
    apart = first.spans.get("commodity") != second.spans.get("commodity")
    return apart and not _is_same(first.slots["commodity"], second.slots["commodity"])


def is_round(draft: Draft) -> bool:
    """True for an amount of one or two digits, which two things may have by chance: "Malaysia 0,4 juta", "pertanian 0,4 juta"."""
    return len(_digits(draft)) <= _ROUND


def _both_dated(first: Draft, second: Draft) -> bool:
    """True where each figure has its period beside it: the total, and the part that is all of it but for rounding."""
    return all(d.has("period") and "period_carried" not in d.evidence for d in (first, second))


def _of_other_things(first: Draft, second: Draft) -> bool:
    """True where each figure says what it is of, and not of the same."""
    of = [
        {slot: d.slots[slot] for slot in ("commodity", "destinations") if d.has(slot)}
        for d in (first, second)
    ]
    return bool(of[0] and of[1]) and not any(
        slot in of[0] and slot in of[1] and _is_same(of[0][slot], of[1][slot]) for slot in of[0] | of[1]
    )


def _is_same(first: object, second: object) -> bool:
    """True for the same goods in other words, or the same markets: "Kopi Robusta" and "biji kopi robusta"."""
    if not (isinstance(first, str) and isinstance(second, str)):
        return first == second
    a, b = first.casefold(), second.casefold()
    return a in b or b in a
