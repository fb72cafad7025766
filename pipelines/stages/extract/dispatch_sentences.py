"""Which sentences tell of a dispatch, and the figures and destinations in them that count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext
from pipelines.stages.extract.dispatch_asides import is_former, is_order
from pipelines.stages.extract.dispatch_places import abroad_around, abroad_before, destinations, goes_inland
from pipelines.stages.extract.document import Document, SentenceView, Spanned
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.periods import PERIOD_FORMS
from pipelines.stages.extract.reports import STAT_NOUN
from pipelines.text.figures import Figure

_STILL_TOLD = 6  # sentences behind a dispatch in which the one before it may be told
_NEXT = 2
_MOST_CONTAINERS = 1000  # more are what a region sends in months
_BESIDE = 30  # characters between goods and their amount
_LIST_ITEM = re.compile(r"\s*(?:\d{1,2}[.)]|[-•*–·])\s+")
_HELD_BEFORE = Pattern("dispatch_sentences.held_before")
_SUM_OF_BEFORE = Pattern("dispatch_sentences.sum_of_before")
_AGAIN = Pattern("dispatch_sentences.again")
_LEAVES = Pattern("dispatch_sentences.leaves")
_SAME_DAY = Pattern("dispatch_sentences.same_day")
_SINCE = Pattern("dispatch_sentences.since")
_LIST_LEAD = Pattern("dispatch_sentences.list_lead")
_EXAMPLE = Pattern("dispatch_sentences.example")
_ARRIVES = Pattern("dispatch_sentences.arrives")
_YEAR_WORD = Pattern("dispatch_sentences.year_word")
_EXPORT_VALUE_OF = Pattern("dispatch_sentences.export_value_of")
_THROUGHOUT = Pattern("dispatch_sentences.throughout")
_EACH = Pattern("dispatch_sentences.each")
_HANDLED = Pattern("dispatch_sentences.handled")
_TO_BE_EXPORTED = Pattern("dispatch_sentences.to_be_exported")
_PER_UNIT = Pattern("dispatch_sentences.per_unit")
_PART_ONLY = Pattern("dispatch_sentences.part_only")
_GOVERNORS = (
    "price",
    "import",
    "budget",
    "capacity",
    "domestic",
    "rate_before",
    "share",
    "send",
    "export",
    "value_word",
    "volume_word",
    "this_one",
    "achieved",
    "demand",
    "cancel",
    "target",
)


@dataclass(slots=True)
class Reading:
    """How far an article has been read, and the shipments found so far.

    Attributes:
        document, context: The article and its background.
        skip: Offsets of figures that other rules have claimed.
        report: Whether the article is a statistics release.
        drafts: Shipments in the order they were opened.
        taken: Offsets of the figures they use.
        last_index: Sentence that told of a shipment last.
        list_open: Sentence that opened a list.
        lead_in: Sentence without figures that opened the report of a dispatch, or None.
    """

    document: Document
    context: ArticleContext
    skip: set[int]
    report: bool
    drafts: list[Draft] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    last_index: int = -10
    list_open: int = -10
    lead_in: SentenceView | None = None


def tells_again(view: SentenceView) -> bool:
    """True where a sentence says that goods leave not for the first time: "ini pengapalan yang ketiga"."""
    return view.has("not_first") or says_again(view.text)


def says_again(text: str) -> bool:
    """True for wording such as "kembali dikirim" or "pengapalan yang ketiga"."""
    return _AGAIN.search(text) is not None


def note_lead_in(reading: Reading, view: SentenceView) -> None:
    """A sentence without figures may open the report of a dispatch: "... mengekspor ke Timor Leste"."""
    if _is_statistical(view) and not view.has("send_strong", "first"):
        return
    if (
        view.has("export", "send")
        and not view.has("smuggling", "cancel", "import")
        and not _EXAMPLE.search(view.text)
    ):
        if (
            destinations(reading.document, view, view.start, view.end)
            or view.has("send_strong")
            or view.products
        ):
            reading.lead_in = view
    elif view.has("buyer") and destinations(reading.document, view, view.start, view.end):
        reading.lead_in = view
    if (reading.drafts or reading.lead_in) and not _is_statistical(view) and _LIST_LEAD.search(view.text):
        reading.list_open = view.index


def lists_goods(view: SentenceView, figures: list[Figure]) -> bool:
    """True for a sentence of nothing but goods and their amounts: "Lalu kerapu sunu 1.115 ekor, kerapu macan 960 ekor"."""
    return _lists_amounts(view, figures) and _each_beside(view.products, view, figures)


def lists_markets(view: SentenceView, figures: list[Figure]) -> bool:
    """True for a sentence of nothing but countries and amounts: "Singapura 702 ekor, Malaysia 515 ekor"."""
    return _lists_amounts(view, figures) and _each_beside(view.countries, view, figures)


def _lists_amounts(view: SentenceView, figures: list[Figure]) -> bool:
    if (
        view.has("price", "import", "capacity", "domestic", "training", "mission", "target", "share")
        or view.times
    ):
        return False
    return len(figures) == len(view.figures) and all(f.kind in ("quantity", "container") for f in figures)


def _each_beside(named: Sequence[Spanned], view: SentenceView, amounts: list[Figure]) -> bool:
    ends = [view.start, *(f.end for f in amounts)]
    return bool(amounts) and all(
        any(end <= mention.start < f.start and f.start - mention.end <= _BESIDE for mention in named)
        for end, f in zip(ends, amounts, strict=False)
    )


def in_list(reading: Reading, view: SentenceView) -> bool:
    """True for an item of a list that a sentence shortly before has opened."""
    return bool(_LIST_ITEM.match(reading.document.text, view.start)) and view.index - reading.list_open <= 12


def _is_statistical(view: SentenceView) -> bool:
    return view.has("source_stat") or any(
        t.form in ("month_range", "quarter", "semester", "year") for t in view.times
    )


def _counts_a_period(view: SentenceView) -> bool:
    """True for a statement of what a region exported over a period."""
    return STAT_NOUN.search(view.text) is not None and any(
        t.form in PERIOD_FORMS - {"relative"} for t in view.times
    )


def is_relevant(reading: Reading, view: SentenceView) -> bool:
    """True for a sentence with figures that tells of a dispatch, or goes on about one."""
    if not view.figures or view.has("smuggling"):
        return False
    if view.has("cancel") and not view.has("send_strong") and not _HELD_BEFORE.search(view.text):
        return False
    if not view.countries and goes_inland(reading.document, view):
        return False
    near = view.index - reading.last_index <= 2 and bool(reading.drafts)
    led = reading.lead_in is not None and view.index - reading.lead_in.index <= 2
    figures = [f for f in view.figures if is_usable(reading, view, f)]
    if not figures or _EXAMPLE.search(view.text):
        return False
    kinds = {f.kind for f in figures}
    opened = not reading.report and view.index - reading.list_open <= _NEXT
    told = view.index - reading.last_index <= _NEXT
    if reading.drafts and (
        (opened and lists_goods(view, figures)) or (told and lists_markets(view, figures))
    ):
        reading.list_open = view.index
        return True
    if kinds & {"quantity", "container"} and not _is_statistical(view) and _LIST_LEAD.search(view.text):
        reading.list_open = view.index
    if in_list(reading, view) and kinds & {"quantity", "container"}:
        return True
    if view.has("mission", "training") and not view.has("send_strong"):
        return False
    in_reach = view.index - reading.last_index <= _STILL_TOLD
    text = reading.document.text
    stat_period = any(
        t.form in ("month_range", "quarter", "semester")
        or (t.form == "year" and _YEAR_WORD.search(text[max(0, t.start - 10) : t.start + 6]))
        or (t.form == "month" and t.until)
        or (t.form == "relative" and t.word.startswith(("periode", "semester", "triwulan", "kuartal")))
        or (
            t.form == "relative"
            and t.word.startswith("tahun")
            and view.has("value_word", "volume_word", "cumulative", "achieved")
        )
        for t in view.times
    ) or bool(_SINCE.search(view.text))
    if (
        view.index
        and _SUM_OF_BEFORE.match(view.text)
        and _is_statistical(reading.document.sentences[view.index - 1])
    ):
        return False
    if (
        view.index
        and (kinds == {"money"} or not (view.has("send", "send_strong", "certify") or view.firms))
        and _counts_a_period(reading.document.sentences[view.index - 1])
        and (not any(t.form in ("day", "weekday") for t in view.times) or STAT_NOUN.search(view.text))
        and not view.has("first")
    ):
        return False
    bare_year = any(t.form == "year" for t in view.times) and not any(
        t.form in ("day", "month", "weekday", "day_range") for t in view.times
    )
    if (
        bare_year
        and not view.has("send_strong", "first", "not_first", "this_one", "planned")
        and not view.firms
        and "container" not in kinds
    ):
        return False
    if any(
        _EXPORT_VALUE_OF.search(text[max(view.start, m.start - 14) : m.start]) for m in view.regions
    ) and any(t.form in ("month", "year") for t in view.times):
        return False
    spans_months = any(t.form in ("month_range", "quarter", "semester") for t in view.times)
    on_a_day = any(t.form in ("day", "weekday") for t in view.times)
    if stat_period and (not view.has("send_strong") or (spans_months and not on_a_day)):
        return False
    if view.has("cumulative") and _THROUGHOUT.search(view.text) and not view.has("send_strong"):
        return False
    monthly = any(t.form in ("month", "year", "quarter") for t in view.times)
    if reading.report and not (
        (view.has("send_strong") and not monthly and ("quantity" in kinds or "container" in kinds))
        or view.firms
        or "container" in kinds
        or (
            len([v for v in reading.document.body[:2] if v.index < view.index]) < 2
            and kinds & {"quantity"}
            and view.countries
            and not monthly
        )
        or (
            view.has("send", "certify", "export")
            and any(t.form == "day" for t in view.times)
            and not any(t.form == "month" for t in view.times)
        )
        or near
        or (view.has("send") and view.has("planned") and view.countries and kinds & {"quantity"})
        or (view.has("send") and view.countries and _SAME_DAY.search(view.text))
    ):
        return False
    if kinds & {"quantity", "container"} and (
        is_order(reading.document, view) or (reading.drafts and is_former(view) and in_reach)
    ):
        return True
    sends = view.has("send", "send_strong")
    exports = view.has("export")
    foreign = bool(destinations(reading.document, view, view.start, view.end))
    goods = bool(kinds & {"quantity", "container"})
    if (
        goods
        and (sends or exports)
        and (
            foreign
            or near
            or led
            or exports
            or reading.drafts
            or (view.firms and abroad_before(reading.document, view))
        )
    ):
        return True
    if "container" in kinds and view.has("send_strong"):
        return True
    if goods and _LEAVES.search(view.text) and abroad_around(reading.document, view):
        return True
    if near and goods and view.countries and _LIST_LEAD.search(view.text):
        return True
    if goods and foreign and _ARRIVES.search(view.text):
        return True
    if near and "container" in kinds:
        return True
    if led and goods and not reading.report and not view.has("price"):
        return True
    if (near or led) and view.has("value_word", "volume_word", "this_one", "send", "buyer"):
        return True
    if "money" in kinds and (sends or exports):
        dated = any(t.form in ("day", "weekday") for t in view.times)
        return view.has("this_one", "first", "send_strong") or (
            foreign and (sends or (dated and bool(view.products)))
        )
    return goods and sends and view.has("planned") and abroad_before(reading.document, view)


def is_usable(reading: Reading, view: SentenceView, figure: Figure) -> bool:
    """False for rates, prices, imports, budgets and figures that another rule has claimed."""
    if figure.is_rate or figure.same_as or figure.value is None or figure.start in reading.skip:
        return False
    if figure.kind not in ("money", "quantity", "container"):
        return False
    if figure.kind == "container" and figure.value > _MOST_CONTAINERS:
        return False
    price = view.last_cue_before(figure.start, "price")
    if (
        price is not None
        and price.key != "seharga"
        and figure.start - price.end < 28
        and "nilai" not in reading.document.text[price.end : figure.start].lower()
    ):
        return False
    governor = view.last_cue_before(figure.start, *_GOVERNORS)
    if (
        governor is not None
        and governor.key == "seharga"
        and figure.kind == "money"
        and figure.value >= 1_000_000
    ):
        return True
    if governor is not None and set(governor.codes) & {
        "price",
        "import",
        "budget",
        "domestic",
        "capacity",
        "rate_before",
        "cancel",
        "demand",
        "target",
    }:
        gap = figure.start - governor.end
        if not set(governor.codes) & {"send", "export", "achieved", "value_word"} and gap < 60:
            return False
    before = reading.document.text[max(view.start, figure.start - 60) : figure.start]
    if figure.kind != "money" and _EACH.search(before):
        return False
    sent_on = view.has("send_strong", "certify") and bool(
        _TO_BE_EXPORTED.search(reading.document.text, figure.end, view.end)
        or destinations(reading.document, view, figure.end, view.end)
    )
    if figure.kind != "money" and _HANDLED.search(before) and not sent_on:
        return False
    after = reading.document.text[figure.end : figure.end + 40]
    if _PER_UNIT.match(after) and figure.kind != "money":
        return False
    return not _PART_ONLY.match(after)
