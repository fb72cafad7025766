"""Which sentences with figures tell of a dispatch: what rules one out, then what opens one or goes on about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.dispatch_asides import is_former, is_order
from pipelines.stages.extract.dispatch_places import abroad_around, destinations, goes_inland
from pipelines.stages.extract.dispatch_sentences import (
    HELD_BEFORE,
    Reading,
    covers_a_time,
    in_list,
    is_statistical,
    is_usable,
    lists_goods,
    lists_markets,
)
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.periods import PERIOD_FORMS
from pipelines.stages.extract.reports import STAT_NOUN
from pipelines.stages.extract.senders import goods_words
from pipelines.text.dates import TimeExpression
from pipelines.text.figures import Figure

_EXAMPLE = Pattern("dispatch_sentences.example")
_LIST_LEAD = Pattern("dispatch_sentences.list_lead")
_CAME_TO_NOTHING = Pattern("dispatch_gates.came_to_nothing")
_WHAT_LEFT = Pattern("dispatch_gates.what_left")
_LONG_CONTRACT = Pattern("dispatch_gates.long_contract")
_ONE_DISPATCH = Pattern("dispatch_gates.one_dispatch")
_TENDER = Pattern("dispatch_gates.tender")
_LEAVES = Pattern("dispatch_gates.leaves")
_ARRIVES = Pattern("dispatch_gates.arrives")
_SAME_DAY = Pattern("dispatch_gates.same_day")
_RANKS = Pattern("dispatch_gates.ranks")
_SAME_PERIOD = Pattern("dispatch_gates.same_period")
_THAN_BEFORE = Pattern("dispatch_gates.than_before")
_THROUGHOUT = Pattern("dispatch_gates.throughout")
_EXPORT_VALUE_OF = Pattern("dispatch_gates.export_value_of")

_OPENING = 3  # sentences of a release that may tell of a dispatch of the day
_NEXT = 2  # sentences in which a dispatch, its announcement or a list goes on
_STILL_TOLD = 6  # sentences behind a dispatch in which the one before it may be told
_LISTED = 8  # shipments just told, to whose goods a sum may belong
_MOST_TONNES = 1000  # more are what a region sends in months
_GOODS = frozenset({"quantity", "container"})
_MONTHS = ("month_range", "quarter", "semester")


@dataclass(frozen=True, slots=True)
class _Told:
    """A sentence that may tell of a dispatch, and what was told before it.

    Attributes:
        reading, document, view: Where it stands.
        figures, kinds: Its figures that a dispatch may have, and what they count.
        near: Whether a sentence shortly before told of a dispatch.
        led: Whether one shortly before announced a dispatch without figures.
        released: Whether that one tells of goods seen off on a day.
    """

    reading: Reading
    document: Document
    view: SentenceView
    figures: list[Figure]
    kinds: frozenset[str]
    near: bool
    led: bool
    released: bool

    @property
    def goods(self) -> bool:
        """True where goods or containers are counted."""
        return not self.kinds.isdisjoint(_GOODS)

    @property
    def sends(self) -> bool:
        """True where something is sent."""
        return self.view.has("send", "send_strong")

    @property
    def abroad(self) -> bool:
        """True where something goes to another country."""
        return bool(destinations(self.document, self.view, self.view.start, self.view.end))

    def has_time(self, *forms: str) -> bool:
        """True where a time of one of these forms is named."""
        return any(time.form in forms for time in self.view.times)


def is_relevant(reading: Reading, view: SentenceView) -> bool:
    """True for a sentence with figures that tells of a dispatch, or goes on about one."""
    figures = [figure for figure in view.figures if is_usable(reading, view, figure)]
    if not figures:
        return False
    since_told = view.index - reading.last_index
    leads = [lead for lead in reading.leads[-1:] if view.index - lead.index <= _NEXT]
    told = _Told(
        reading,
        reading.document,
        view,
        figures,
        frozenset(figure.kind for figure in figures),
        near=since_told <= _NEXT,
        led=bool(leads),
        released=any(lead.has("send_strong") and _names_day(lead) for lead in leads),
    )
    if any(rules_out(told) for rules_out in _NEVER):
        return False
    if _is_item(told):
        return True
    return not any(rules_out(told) for rules_out in _STATISTICS) and any(opens(told) for opens in _OPENINGS)


def _names_day(view: SentenceView) -> bool:
    return any(time.form in ("day", "weekday") for time in view.times)


def note_list(reading: Reading, view: SentenceView) -> None:
    """Remember a sentence with figures that opens a list of goods, or goes on with one."""
    figures = [figure for figure in view.figures if is_usable(reading, view, figure)]
    # "juga mengekspor sejumlah komoditas pada November 2015, seperti ..." of a release counts a month.
    counted = reading.report and any(time.form in PERIOD_FORMS - {"relative"} for time in view.times)
    opens = _LIST_LEAD.search(view.text) and not counted and not is_statistical(view)
    if (opens and any(figure.kind in _GOODS for figure in figures)) or _continues_list(
        reading, view, figures
    ):
        reading.list_open = view.index


# What is no dispatch, whatever else is told.


def _is_foiled(told: _Told) -> bool:
    """Goods that were seized or never left; the next sentence may say so: "Namun batal karena ..."."""
    view = told.view
    if view.has("smuggling") or (view.has("cancel") and not HELD_BEFORE.search(view.text)):
        return True
    following = told.document.sentences[view.index + 1 : view.index + 2]
    return any(_CAME_TO_NOTHING.match(other.text) for other in following)


def _stays_here(told: _Told) -> bool:
    return not told.view.countries and goes_inland(told.document, told.view)


def _is_made_up(told: _Told) -> bool:
    """An example, unless it has a date: "Pada 2 November lalu, misalnya, PT X mengirim ..."."""
    return _EXAMPLE.search(told.view.text) is not None and not told.has_time("day", "month")


def _is_of_long_contract(told: _Told) -> bool:
    return _LONG_CONTRACT.search(told.view.text) is not None


def _is_won_tender(told: _Told) -> bool:
    """The sum of a contract without goods: "pemenang tender pengadaan kereta senilai 73 juta dolar AS"."""
    return told.kinds == {"money"} and _TENDER.search(told.view.text) is not None


# What counts exports over a time.


def _covers_months(told: _Told) -> bool:
    return told.has_time(*_MONTHS)


def _covers_period(told: _Told) -> bool:
    """Times such as "sepanjang 2023", "periode yang sama", "sejak awal tahun hingga Mei", unless goods are seen off."""
    if told.view.has("send_strong") and not _SAME_PERIOD.search(told.view.text):
        return False
    text, view = told.document.text, told.view
    if covers_a_time(view) or _THAN_BEFORE.search(view.text):
        return True
    summed = view.has("value_word", "volume_word", "cumulative", "achieved")
    return any(
        _is_period(text, time) or (summed and time.form == "relative" and time.word.startswith("tahun"))
        for time in view.times
    )


def _is_period(text: str, time: TimeExpression) -> bool:
    if time.form == "relative":
        return time.word.startswith(("periode", "semester", "triwulan", "kuartal"))
    if time.form == "month" and time.until:
        return True
    return time.form in ("year", "month") and bool(
        _THROUGHOUT.search(text[max(0, time.start - 16) : time.end])
    )


def _goes_on_about_period(told: _Told) -> bool:
    """The sums behind a statement of what a region exported: "Ekspor itu berupa kepiting US$0,6 juta, ..."."""
    index = told.view.index
    return (
        index > 0
        and _counts_period(told.document.sentences[index - 1])
        and not told.has_time("day", "weekday")
        and not (told.goods and _SAME_DAY.search(told.view.text))
        and not (told.goods and told.sends and told.abroad)
        and not _is_one_dispatch(told)
    )


def _counts_period(view: SentenceView) -> bool:
    """True for a statement of what a region exported over a period."""
    return STAT_NOUN.search(view.text) is not None and any(
        time.form in PERIOD_FORMS - {"relative"} for time in view.times
    )


def _is_of_a_year(told: _Told) -> bool:
    """Sums of a year in which nobody is named who sent something."""
    view = told.view
    return (
        told.has_time("year")
        and not told.has_time("day", "month", "weekday", "day_range")
        and not view.has("send_strong", "first", "not_first", "this_one", "planned")
        and not view.firms
        and "container" not in told.kinds
    )


def _is_region_total(told: _Told) -> bool:
    """The exports of a region: "nilai ekspor Maluku bulan Juli"."""
    view, text = told.view, told.document.text
    return any(
        _EXPORT_VALUE_OF.search(text[max(view.start, mention.start - 40) : mention.start])
        for mention in view.regions
    )


def _ranks_firms(told: _Told) -> bool:
    """What the firms of a report exported in its period: "Terbesar PT X senilai US$58 juta, disusul CV Y"."""
    reading, view = told.reading, told.view
    if not reading.report or not view.firms or told.has_time("day", "weekday"):
        return False
    before = reading.document.sentences[max(0, view.index - 1) : view.index + 1]
    return any(other.firms and _RANKS.search(other.text) for other in before)


def _is_of_report(told: _Told) -> bool:
    """A figure of a statistics release, unless somebody is said to send these very goods."""
    reading, view = told.reading, told.view
    if not reading.report or told.near or told.released or view.firms or "container" in told.kinds:
        return False
    if _is_one_dispatch(told):
        return False
    if view.has("send") and view.countries and (view.has("planned") or _SAME_DAY.search(view.text)):
        return False
    if told.has_time("month", "year", "quarter") or not told.goods:
        return True
    opening = view.index - reading.document.body[0].index < _OPENING
    return not (view.has("send_strong") or (opening and view.countries))


def _is_one_dispatch(told: _Told) -> bool:
    """One dispatch told in passing: "Desember lalu ia mengirim 18 ton sagu ke Jepang", "Pengapalan pertama ... 1,2 ton"."""
    view = told.view
    if not told.goods or view.has("growth_up", "growth_down", "share", "cumulative", "rate_before"):
        return False
    if any(f.unit == "tonne" and f.value is not None and f.value > _MOST_TONNES for f in told.figures):
        return False
    return _ONE_DISPATCH.search(view.text) is not None and abroad_around(told.document, view)


# What tells of a dispatch.


def _is_item(told: _Told) -> bool:
    """An item of a list of goods or markets that a sentence before has opened."""
    reading, view = told.reading, told.view
    if told.goods and in_list(reading, view):
        return True
    return (told.near and lists_markets(view, told.figures)) or _continues_list(reading, view, told.figures)


def _continues_list(reading: Reading, view: SentenceView, figures: list[Figure]) -> bool:
    opened = bool(reading.drafts) and view.index - reading.list_open <= _NEXT
    return opened and lists_goods(view, figures)


def _is_ordered(told: _Told) -> bool:
    return told.goods and is_order(told.document, told.view)


def _is_former(told: _Told) -> bool:
    in_reach = told.view.index - told.reading.last_index <= _STILL_TOLD
    return told.goods and in_reach and is_former(told.view)


def _sends_goods(told: _Told) -> bool:
    """Goods that are exported, or leave where other countries are spoken of."""
    if not told.goods:
        return False
    if told.view.has("export") or (told.sends and told.reading.drafts):
        return True
    certified = told.view.has("certify") and not any(figure.kind == "count" for figure in told.view.figures)
    leaves = told.sends or certified or _LEAVES.search(told.view.text) is not None
    return leaves and abroad_around(told.document, told.view)


def _releases_containers(told: _Told) -> bool:
    return "container" in told.kinds and told.view.has("send_strong")


def _reaches_a_country(told: _Told) -> bool:
    return told.goods and told.abroad and _ARRIVES.search(told.view.text) is not None


def _goes_on(told: _Told) -> bool:
    """Figures behind the sentence that told or announced a dispatch."""
    if told.near and "container" in told.kinds:
        return True
    if told.led and told.goods and (told.released or not told.reading.report):
        return True
    if (told.near or told.led) and told.view.has("value_word", "volume_word", "this_one", "send", "buyer"):
        return True
    return told.near and told.kinds == {"money"} and _names_goods_told(told)


def _names_goods_told(told: _Told) -> bool:
    """True where a sum follows the name of goods just told: "Sedangkan karet mencapai Rp 6,1 miliar"."""
    if not told.view.has("achieved") or told.view.times:
        return False
    words = set(told.view.text.lower().split())
    return any(not goods_words(draft).isdisjoint(words) for draft in told.reading.drafts[-_LISTED:])


def _is_worth(told: _Told) -> bool:
    """A sum of money that goods fetched which are exported just now."""
    view = told.view
    if "money" not in told.kinds or not (told.sends or view.has("export")):
        return False
    if view.has("this_one", "first", "send_strong"):
        return True
    if told.near and told.abroad and _WHAT_LEFT.search(view.text):
        return True
    return told.abroad and (told.sends or (told.has_time("day", "weekday") and bool(view.products)))


def _is_worth_of_told(told: _Told) -> bool:
    """What goods told some sentences before are worth: "Nilai kepiting yang diperiksa mencapai Rp649 juta"."""
    reading, view = told.reading, told.view
    if "money" not in told.kinds or not reading.drafts or reading.report:
        return False
    if view.index - reading.last_index > _STILL_TOLD or not view.has("value_word"):
        return False
    if any(time.form not in ("day", "weekday") for time in view.times):
        return False
    told_before = {(draft.slots.get("quantity"), draft.slots.get("unit")) for draft in reading.drafts[-4:]}
    return _WHAT_LEFT.search(view.text) is not None or any(
        (figure.value, figure.unit) in told_before for figure in view.figures if figure.kind == "quantity"
    )


_Test = Callable[[_Told], bool]
_NEVER: tuple[_Test, ...] = (_is_foiled, _stays_here, _is_made_up, _is_of_long_contract, _is_won_tender)
_STATISTICS: tuple[_Test, ...] = (
    _covers_months,
    _covers_period,
    _goes_on_about_period,
    _is_of_a_year,
    _is_region_total,
    _ranks_firms,
    _is_of_report,
)
_OPENINGS: tuple[_Test, ...] = (
    _is_ordered,
    _is_former,
    _sends_goods,
    _releases_containers,
    _reaches_a_country,
    _goes_on,
    _is_worth,
    _is_worth_of_told,
)
