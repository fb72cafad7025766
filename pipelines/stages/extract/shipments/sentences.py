"""Which sentences tell of a dispatch, and how far an article has been read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.stages.extract.article.markets import destinations, goes_inland
from pipelines.stages.extract.article.periods import covers_a_time
from pipelines.stages.extract.draft import Draft
from pipelines.text.figures import Figure
from pipelines.text.places import are_kin

_LED = 3  # sentences in which what leads up to a dispatch is remembered
_MOST_LEADS = 3
_BESIDE = 30  # characters between goods and their amount
_LIST_ITEM = re.compile(r"\s*(?:\d{1,2}[.)]|[-•*–·])\s+")
OF_METHOD = Pattern("shipments.sentences.of_method")
_AGAIN = Pattern("shipments.sentences.again")
_BEFORE_THIS = Pattern("shipments.sentences.before_this")
_LIST_LEAD = Pattern("shipments.sentences.list_lead")
_HEADING = Pattern("shipments.sentences.heading")
_EXAMPLE = Pattern("shipments.sentences.example")
_ITS_MEASURE = Pattern("realisations.read.its_measure")
_GOES_TO = Pattern("shipments.sentences.goes_to")


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
        count_open: Sentence that opened a list of what left over a time, or went on with it.
        leads: Sentences without figures that open the report of a dispatch.
        counted: Amounts, with their units, that sentences about a whole time have told.
        last_counted: The last of these sentences.
        recaps: Those of them that stand behind a dispatch.
    """

    document: Document
    context: ArticleContext
    skip: set[int]
    report: bool
    drafts: list[Draft] = field(default_factory=list)
    taken: set[int] = field(default_factory=set)
    last_index: int = -10
    list_open: int = -10
    count_open: int = -10
    leads: list[SentenceView] = field(default_factory=list)
    counted: set[tuple[str | None, Decimal | None]] = field(default_factory=set)
    last_counted: int = -10
    recaps: set[int] = field(default_factory=set)

    def leads_to(self, view: SentenceView) -> list[SentenceView]:
        """The leads shortly before a sentence, the nearest first."""
        # Quotes take no place before the first dispatch; behind it there is more that a sentence may lead to.
        reach = _LED + 1 if _ITS_MEASURE.match(view.text) else _LED
        return [
            lead
            for lead in reversed(self.leads[-_MOST_LEADS:])
            if (view.index - lead.index if self.drafts else view.place - lead.place) <= reach
            and not (looks_back(lead) and view.index - lead.index > 1)
            and not self.is_left(lead, view)
        ]

    def is_left(self, lead: SentenceView, view: SentenceView) -> bool:
        """True behind the paragraph that told in passing of another region: "Sigi juga mengirim kakao ke Prancis"."""
        home = self.context.home
        return (
            home is not None
            and lead.sentence.paragraph != view.sentence.paragraph
            and bool(lead.regions)
            and not lead.has("send_strong")
            and not any(are_kin(mention.code, home) for mention in lead.regions)
        )


def looks_back(lead: SentenceView) -> bool:
    """True for a lead about dispatches before this one: "Sebelumnya keripik ini juga diekspor ke Cina"."""
    return _BEFORE_THIS.match(lead.text) is not None


def tells_again(view: SentenceView) -> bool:
    """True where a sentence says that goods leave not for the first time: "ini pengapalan yang ketiga"."""
    return view.has("not_first") or says_again(view.text)


def tells_first(view: SentenceView) -> bool:
    """True where a sentence says that something is the first, unless it is only the way or the year that is new."""
    return view.has("first") and OF_METHOD.search(view.text) is None


def says_again(text: str) -> bool:
    """True for wording such as "kembali dikirim" or "pengapalan yang ketiga"."""
    return _AGAIN.search(text) is not None


def note_lead_in(reading: Reading, view: SentenceView) -> None:
    """A sentence without figures may open the report of a dispatch: "... mengekspor ke Timor Leste"."""
    told = view.has("send_strong", "first", "this_one") or (names_day(view) and not tells_of_period(view))
    if not told and is_statistical(view):
        return
    if not view.countries and goes_inland(reading.document, view):
        return
    if (
        view.has("export", "send")
        and not view.has("smuggling", "cancel", "import")
        and (view.firms or not _EXAMPLE.search(view.text))
    ):
        if (
            destinations(reading.document, view, view.start, view.end)
            or view.has("send_strong")
            or view.products
            or any(figure.unit == "country" for figure in view.figures)
        ):
            reading.leads.append(view)
    elif reading.leads[-1:] and reading.leads[-1].index == view.index - 1 and _GOES_TO.match(view.text):
        # "Gubernur melepas hasil bumi Lampung. Tujuannya antara lain Italia dan Cina."
        if destinations(reading.document, view, view.start, view.end):
            reading.leads.append(view)
    elif view.has("buyer") and destinations(reading.document, view, view.start, view.end):
        reading.leads.append(view)
    if (reading.drafts or reading.leads) and _LIST_LEAD.search(view.text) and not is_statistical(view):
        reading.list_open = view.index


def note_count(reading: Reading, view: SentenceView) -> None:
    """Remember what opens a list of goods counted over a time, and what goes on with it: headings and items.

    "Volume ekspor sepanjang 2023 sebagai berikut:" or "Selama 2023 diekspor 214 ton. Rinciannya:", then "Pertanian:" and
    "1. Pisang 784.120 kg".
    """
    if view.has("send_strong", "this_one", "first"):
        return
    behind_count = view.index - reading.last_counted <= 1 and not view.times
    opens = _LIST_LEAD.search(view.text) and (behind_count or _tells_of_months(view))
    goes_on = goes_on_with_count(reading, view)
    if opens or (goes_on and (is_list_item(reading, view) or _HEADING.fullmatch(view.text))):
        reading.count_open = view.index


def goes_on_with_count(reading: Reading, view: SentenceView) -> bool:
    """True just behind a list of what left over a time, or behind one of its items."""
    return view.index - reading.count_open == 1


def is_list_item(reading: Reading, view: SentenceView) -> bool:
    """True for a line that opens with a number or a mark, as the items of lists do."""
    return _LIST_ITEM.match(reading.document.text, view.start) is not None


def _tells_of_months(view: SentenceView) -> bool:
    """True for a period, and for a month of which no day is named."""
    return tells_of_period(view) or (any(time.form == "month" for time in view.times) and not names_day(view))


def lists_goods(view: SentenceView, figures: list[Figure]) -> bool:
    """True for a sentence of nothing but goods and their amounts: "Lalu kerapu sunu 1.115 ekor, kerapu macan 960 ekor"."""
    return _lists_amounts(view, figures) and _each_beside(view.products, view, figures)


def lists_goods_worth(view: SentenceView, amounts: list[Figure]) -> bool:
    """True where every amount of money stands right behind its goods: "Kemudian lada Rp6,2 miliar tujuan Vietnam"."""
    return len(amounts) == len(view.figures) and _each_beside(view.products, view, amounts)


def lists_parts(view: SentenceView, figures: list[Figure]) -> bool:
    """True where every amount of a sentence stands behind its goods."""
    return len(figures) > 1 and _each_beside(view.products, view, figures)


def lists_regions(view: SentenceView) -> bool:
    """True where each amount of a sentence stands behind a region: "dari Jawa Timur USD 121 juta, Jawa Tengah USD 96 juta"."""
    amounts = [f for f in view.figures if f.kind in ("money", "quantity") and not f.same_as]
    if len(amounts) < 2 or len(view.regions) < len(amounts) or view.products:
        return False
    return _each_beside(view.regions, view, amounts)


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
    return is_list_item(reading, view) and view.index - reading.list_open <= 12


def is_statistical(view: SentenceView) -> bool:
    """True for a sentence that rests on a statistics office or tells of months, a quarter or a year."""
    return view.has("source_stat") or tells_of_period(view)


def tells_of_period(view: SentenceView) -> bool:
    """True where a sentence tells of months, a quarter, a year or of what went on all the time."""
    return covers_a_time(view) or (
        bool(view.times)
        and any(time.form in ("month_range", "quarter", "semester", "year") for time in view.times)
    )


def names_day(view: SentenceView) -> bool:
    """True where a sentence tells the day of what happened."""
    return any(time.form in ("day", "weekday") for time in view.times)
