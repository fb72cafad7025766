"""Numbers as Indonesian news prints them: digits with separators, and number words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from pipelines.lexicons.loader import numeral_words, word_set
from pipelines.lexicons.patterns import Pattern, any_of
from pipelines.text.gazetteer import lower

# A single digit first: `re` skips to it, where it would try `\d+` at every character.
DIGITS = re.compile(r"\d\d*(?:[.,]\d+)*")
# "6.434, 70": a space slipped in behind the decimal comma. Only two digits after a grouped number read that way.
BROKEN_DECIMAL = Pattern("text.numerals.broken_decimal")
_MILLIONS = re.compile(r"\s*(?:juta|jt)\b", re.IGNORECASE)
_GROUPED = re.compile(r"\d\.\d{3}")
_HUNDREDS = Pattern("text.numerals.hundreds")
_INDONESIAN = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2}")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3}){2,}|\d{1,3}(?:,\d{3})+\.\d+|\d{1,2}\.\d{1,2}")
_CLOCK = re.compile(r"\s*(?:WIB|WITA|WIT)\b")


class Style(Enum):
    """Which sign an article groups thousands with."""

    INDONESIAN = "indonesian"
    ENGLISH = "english"
    # Indonesian, with thousands of millions besides: "US$7.986,4 juta".
    LARGE = "large"


def parse_decimal(text: str) -> Decimal:
    """Read a number where ``.`` groups thousands and ``,`` marks decimals.

    Args:
        text: Digits only, without unit or currency, e.g. ``"1.250,5"``.

    Returns:
        The exact value, e.g. ``Decimal("1250.5")``; never a float.

    Raises:
        ValueError: ``text`` is in another format, e.g. English ``"1,250.5"``.
    """
    if not re.fullmatch(r"\d+|\d{1,3}(?:\.\d{3})+|(?:\d+|\d{1,3}(?:\.\d{3})+),\d+", text):
        raise ValueError(f"not an Indonesian number: {text!r}")
    return Decimal(text.replace(".", "").replace(",", "."))


def read_number(
    text: str, *, style: Style = Style.INDONESIAN, scaled: bool = False, money: bool = False
) -> Decimal:
    """Read a printed number by sense: Indonesian first, obvious English slips as English.

    Args:
        text: Digits with ``.`` and ``,``.
        style: What the rest of the article uses; decides where one sign and three digits are ambiguous.
        scaled: A scale word follows ("juta"): a comma then marks decimals even before three digits.
        money: The number is an amount of money; amounts have no thousandths, so ``USD 21,750`` is 21750.
    """
    text = text.rstrip(".,")
    dots, commas = text.count("."), text.count(",")
    if not dots and not commas:
        return Decimal(text)
    if dots and commas:
        # Whichever comes last marks the decimals.
        if text.rfind(",") > text.rfind("."):
            return Decimal(text.replace(".", "").replace(",", "."))
        return Decimal(text.replace(",", ""))
    sign = "." if dots else ","
    groups = text.split(sign)
    tail = groups[-1]
    if len(groups) > 2:
        # 1.053.146.943.500, or a dot too many before cents: 91.125.15
        if len(tail) == 3:
            return Decimal("".join(groups))
        return Decimal("".join(groups[:-1]) + "." + tail)
    thousands = len(tail) == 3 and len(groups[0]) <= 3 and groups[0] != "0"
    if sign == ".":
        if not thousands:
            return Decimal(text)
        # "1.446 miliar" are decimals; nobody prints 2.1 million as "2.100 juta".
        printed_out = groups[1].endswith("00")
        slip = len(groups[0]) == 1 and money and not printed_out and style is not Style.LARGE
        if scaled and (style is Style.ENGLISH or slip):
            return Decimal(text)
        if style is Style.ENGLISH and not money:
            return Decimal(text)
        return Decimal("".join(groups))
    if thousands and not scaled and (money or style is Style.ENGLISH):
        return Decimal("".join(groups))
    return Decimal(text.replace(",", "."))


def vote_style(text: str) -> Style:
    """The grouping sign that an article's unambiguous numbers use; Indonesian where they say nothing."""
    indonesian = english = 0
    # "6.257 juta" are thousands of millions where nothing is told in smaller ones ("93,16 juta"), or hundreds are ("366,9 juta").
    large = thousands = hundreds = False
    for match in DIGITS.finditer(text):
        number = match[0].rstrip(".,")
        if number.isdigit():
            continue
        if _INDONESIAN.fullmatch(number):
            indonesian += 1
            if _MILLIONS.match(text, match.end()):
                large, hundreds = large or "." in number, hundreds or "." not in number
        elif _GROUPED.fullmatch(number):
            thousands = thousands or bool(_MILLIONS.match(text, match.end()))
        elif _ENGLISH.fullmatch(number):
            # Times of day (17.00) are printed with a dot and two digits too.
            clock = _CLOCK.match(text, match.end(), match.end() + 6)
            before = text[max(0, match.start() - 6) : match.start()].lower()
            english += not clock and not before.endswith(tuple(f"{word} " for word in word_set("clock")))
    if english > indonesian:
        return Style.ENGLISH
    if large or (thousands and indonesian > english and not hundreds):
        return Style.LARGE
    if thousands and indonesian >= english and _HUNDREDS.search(text):
        return Style.LARGE
    return Style.INDONESIAN


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class WordNumber:
    """A number written in words, with its span; value None where it is vague ("puluhan")."""

    start: int
    end: int
    value: Decimal | None


def _word_sequence() -> str:
    word = any_of(numeral_words())
    return rf"(?<![\w-]){word}(?:[ ]{word})*(?!\w)"


_WORD_SEQUENCE = Pattern("text.numerals.word_sequence", _word_sequence)


def find_word_numbers(text: str) -> list[WordNumber]:
    """Number words in order: "dua puluh dua", "lima ratus empat puluh juta", "setengah", "puluhan"."""
    return [
        WordNumber(match.start(), match.end(), _value_of(match[0].split()))
        for match in _WORD_SEQUENCE.finditer(lower(text))
    ]


def _value_of(words: list[str]) -> Decimal | None:
    lexicon = numeral_words()
    if len(words) > 1 and lexicon[words[0]][1] == "quantifier":
        words = words[1:]  # "sejumlah dua kontainer" is two; "sejumlah kontainer" is some
    if "koma" in words:
        # "empat koma satu": digits are told one by one behind the point.
        cut = words.index("koma")
        whole, rest = _value_of(words[:cut]) if cut else None, words[cut + 1 :]
        digits = [lexicon[word][0] for word in rest if lexicon[word][1] == "unit"]
        scales = [lexicon[word][0] for word in rest if lexicon[word][1] == "scale"]
        if whole is None or not digits:
            return None
        exact = Decimal(f"{whole:f}.{''.join(str(int(digit or 0)) for digit in digits)}")
        return exact * (scales[0] or Decimal(1)) if scales else exact
    total = section = Decimal(0)
    current: Decimal | None = None
    for word in words:
        value, kind = lexicon[word]
        if value is None:
            return None
        if kind in ("unit", "whole", "fraction", "collective"):
            if current is not None:
                section += current
            current = value
            if kind == "whole" and value >= 100:
                section, current = section + value, None
        elif kind == "teens":
            current = (current or Decimal(0)) + 10
        elif kind == "multiplier":
            section, current = section + (current or Decimal(1)) * value, None
        elif kind == "scale":
            total += (
                section + (current if current is not None else (Decimal(0) if section else Decimal(1)))
            ) * value
            section, current = Decimal(0), None
        elif kind == "whole_scale":
            total, section, current = total + value, Decimal(0), None
    return total + section + (current or Decimal(0))
