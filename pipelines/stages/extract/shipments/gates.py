"""Which sentences with figures tell of a dispatch: what opens one or goes on about it."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.counted_goods import is_share_of_few
from pipelines.stages.extract.article.document import SentenceView
from pipelines.stages.extract.article.markets import abroad_around, destinations
from pipelines.stages.extract.article.periods import PERIOD_FORMS
from pipelines.stages.extract.shipments.asides import is_former, orders, when_sent
from pipelines.stages.extract.shipments.figures import is_of_firm
from pipelines.stages.extract.shipments.matching import is_to_come
from pipelines.stages.extract.shipments.refusals import NEVER, NO_EXPORT
from pipelines.stages.extract.shipments.senders import goods_words
from pipelines.stages.extract.shipments.sentences import (
    Reading,
    goes_on_with_count,
    in_list,
    is_list_item,
    is_statistical,
    lists_goods,
    lists_goods_worth,
    lists_markets,
    lists_parts,
    lists_regions,
    names_day,
)
from pipelines.stages.extract.shipments.statistics import STATISTICS
from pipelines.stages.extract.shipments.told import GOODS, Told, amount_of
from pipelines.stages.extract.weighing.likelihood import DISPATCH, likelihood
from pipelines.text.figures import Figure

_LIST_LEAD = Pattern("shipments.sentences.list_lead")
_WHAT_LEFT = Pattern("shipments.gates.what_left")
_EXPORTS = Pattern("shipments.gates.exports")
_SUM = Pattern("shipments.gates.sum")
_ITS_VALUE = Pattern("realisations.read.its_measure")
_CONSISTS = Pattern("shipments.gates.consists")
_LEAVES = Pattern("shipments.gates.leaves")
_ARRIVES = Pattern("shipments.gates.arrives")
_ALL_OVER = Pattern("shipments.gates.all_over")
_HELD = Pattern("shipments.gates.held")
_ADDS_TO_SUM = Pattern("shipments.gates.adds_to_sum")
_WHAT_IT_HOLDS = Pattern("shipments.gates.what_it_holds")
_GOES_TO = Pattern("shipments.sentences.goes_to")

_RIGHT_BEHIND = 10  # characters from a day to its amount
_OF_DAY = 3  # sentences before in which a ceremony is told
_NEXT = 2  # sentences in which a dispatch, its announcement or a list goes on
_STILL_TOLD = 6  # sentences behind a dispatch in which the one before it may be told
# Of the sentences that no rule opens, those likelier than this are taken: unseen sets gained most between .2 and .3.
_LIKELY = 0.3
_MEASURED = 4  # sentences behind a dispatch that tell what it weighed
_LISTED = 8  # shipments just told, to whose goods a sum may belong


def is_relevant(reading: Reading, view: SentenceView, figures: list[Figure]) -> bool:
    """True for a sentence with figures that a dispatch may have, which tells of one or goes on about one."""
    if not view.figures:
        return False
    reading.taken.update(figure.start for figure in view.figures if is_share_of_few(view, figure))
    if not figures:
        return False
    leads = [
        lead
        for lead in reading.leads[-_NEXT:]
        if _follows_lead(reading, view, lead) and not reading.is_left(lead, view)
    ]
    told = Told(
        reading,
        reading.document,
        view,
        figures,
        frozenset(figure.kind for figure in figures),
        near=_is_just_behind(reading, view, reading.last_index),
        led=bool(leads),
        released=any(lead.has("send_strong") and names_day(lead) for lead in leads),
    )
    if any(rules_out(told) for rules_out in NEVER):
        return False
    if any(counts_others(told) for counts_others in NO_EXPORT):
        reading.taken.update(figure.start for figure in figures)
        return False
    if _is_counted_item(told):
        return False
    if _is_item(told):
        return True
    if _is_of_whole_nation(told) or _splits_release(told):
        return True
    if not _adds_to_sum(told) and any(counts(told) for counts in STATISTICS):
        reading.last_counted = view.index
        if reading.drafts:
            reading.recaps.add(view.index)
        reading.counted.update(amount_of(figure) for figure in figures if figure.kind in GOODS)
        return False
    return any(opens(told) for opens in _OPENINGS)


def _is_just_behind(reading: Reading, view: SentenceView, index: int) -> bool:
    """True shortly behind a sentence that tells of the same."""
    return 0 <= view.index - index <= _NEXT and _is_of_same(reading, view, index)


def _follows_lead(reading: Reading, view: SentenceView, lead: SentenceView) -> bool:
    """True shortly behind a sentence that announces a dispatch; until it is counted, a quote between them is passed over."""
    is_counted = reading.last_index >= lead.index
    behind = view.index - lead.index if is_counted else view.place - lead.place
    return behind <= _NEXT and _is_of_same(reading, view, lead.index)


def _is_of_same(reading: Reading, view: SentenceView, index: int) -> bool:
    """False where the paragraph of a statistics release that told of a dispatch in passing has ended."""
    told = reading.document.sentences[index]
    return (
        not reading.report
        or told.sentence.paragraph == view.sentence.paragraph
        or told.has("send_strong")
        or view.has("send_strong")
        or names_day(told)
        or _ITS_VALUE.match(view.text) is not None
    )


def note_list(reading: Reading, view: SentenceView, figures: list[Figure]) -> None:
    """Remember a sentence with figures that opens a list of goods, or goes on with one."""
    # "juga mengekspor sejumlah komoditas pada November 2015, seperti ..." of a release counts a month.
    counted = reading.report and any(time.form in PERIOD_FORMS - {"relative"} for time in view.times)
    opens = _LIST_LEAD.search(view.text) and not counted and not is_statistical(view)
    if (opens and any(figure.kind in GOODS for figure in figures)) or _continues_list(reading, view, figures):
        reading.list_open = view.index


def _adds_to_sum(told: Told) -> bool:
    """A dispatch, and behind it the sum it adds to: "60 ton ini menggenapkan jumlah ekspor 509 ton sejak Januari"."""
    sum_of = _ADDS_TO_SUM.search(told.view.text)
    if sum_of is None:
        return False
    at = told.view.start + sum_of.start()
    return told.figures[-1].end <= at and all(
        time.start >= at or time.form in ("day", "weekday") for time in told.view.times
    )


def _is_of_whole_nation(told: Told) -> bool:
    """What left everywhere on the day of a ceremony: "Total yang diberangkatkan dari seluruh Indonesia Rp7,29 triliun"."""
    if _ALL_OVER.search(told.view.text) is None or any(time.form in PERIOD_FORMS for time in told.view.times):
        return False
    before = told.document.sentences[max(0, told.view.index - _OF_DAY) : told.view.index + 1]
    return any(other.has("send_strong", "export") and _HELD.search(other.text) for other in before)


def _splits_release(told: Told) -> bool:
    """What each of several regions has of a release just told: "... dari Jawa Timur USD 121 juta, Jawa Tengah USD 96 juta"."""
    if not told.near or not told.reading.drafts or told.reading.report or told.view.times:
        return False
    return "whole" in told.reading.drafts[-1].evidence and lists_regions(told.view)


# What tells of a dispatch.


def _is_counted_item(told: Told) -> bool:
    """An item of a list of what left over a time: "1. Pisang 784.120 kg" below "Volume ekspor tahun 2024:"."""
    return is_list_item(told.reading, told.view) and goes_on_with_count(told.reading, told.view)


def _is_item(told: Told) -> bool:
    """An item of a list of goods or markets that a sentence before has opened."""
    reading, view = told.reading, told.view
    if told.goods and in_list(reading, view):
        return True
    if _is_next_piece(told):
        return True
    markets = told.near and not view.has("cumulative") and lists_markets(view, told.figures)
    return markets or _continues_list(reading, view, told.figures)


def _is_next_piece(told: Told) -> bool:
    """True behind the semicolon of a sentence that tells of a dispatch: "...; kelapa bulat tujuan China Rp1,4 miliar"."""
    reading, view = told.reading, told.view
    if reading.last_index != view.index - 1 or view.times:
        return False
    before = reading.document.sentences[view.index - 1]
    return before.text.rstrip().endswith(";") and bool(view.products) and told.abroad


def _continues_list(reading: Reading, view: SentenceView, figures: list[Figure]) -> bool:
    opened = bool(reading.drafts) and view.index - reading.list_open <= _NEXT
    return opened and lists_goods(view, figures)


def _is_ordered(told: Told) -> bool:
    """Goods ordered from abroad and sent later: "Bulan April diminta lagi dua ton", "pesanan 120 syal ... akan dikirim"."""
    if not told.goods or told.has_time("year") or told.view.has("share", "growth_up", "rate_before"):
        return False
    if not orders(told.view):
        return False
    sent_later = when_sent(told.document, told.view) is not None or is_to_come(told.reading, told.view)
    return sent_later and (bool(told.view.countries) or abroad_around(told.document, told.view))


def _is_former(told: Told) -> bool:
    in_reach = told.view.index - told.reading.last_index <= _STILL_TOLD
    return told.goods and in_reach and is_former(told.view)


def _sends_goods(told: Told) -> bool:
    """Goods that are exported, or leave where other countries are spoken of."""
    if not told.goods:
        return False
    if told.view.has("export") or (told.sends and told.reading.drafts):
        return True
    certified = told.view.has("certify") and not any(figure.kind == "count" for figure in told.view.figures)
    leaves = told.sends or certified or _LEAVES.search(told.view.text) is not None
    return leaves and abroad_around(told.document, told.view)


def _releases_containers(told: Told) -> bool:
    return "container" in told.kinds and told.view.has("send_strong")


def _reaches_a_country(told: Told) -> bool:
    return told.goods and told.abroad and _ARRIVES.search(told.view.text) is not None


def _goes_on(told: Told) -> bool:
    """Figures behind the sentence that told or announced a dispatch."""
    if told.near and "container" in told.kinds:
        return True
    aimed = told.view.has("target") and not told.sends
    if told.led and told.goods and not aimed and (told.released or not told.reading.report):
        return True
    if told.goods and told.view.firms and _is_near_quote_apart(told):
        if told.view.has("by_name"):
            return True  # "14 ton di antaranya milik PT X"
        if any(is_of_firm(told.view, cue) for cue in told.view.cues_of("origin_word")):
            return True  # "Lalu kelapa kering dari PT X 52 ton"
    if (told.near or told.led) and told.view.has("value_word", "volume_word", "this_one", "send", "buyer"):
        return True
    return told.kinds == {"money"} and (_sums_up(told) or (told.near and _names_goods_told(told)))


def _is_near_quote_apart(told: Told) -> bool:
    """True shortly behind a dispatch, a quote between them passed over."""
    last = told.reading.last_index
    return last >= 0 and told.view.place - told.document.sentences[last].place <= _NEXT


def _lists_days(told: Told) -> bool:
    """Further days behind a dispatch, each with its amount: "Lalu 7 Oktober 7.802 kg, dan 14 Oktober 8.292 kg"."""
    days = [time for time in told.view.times if time.form == "day"]
    goods = [figure for figure in told.figures if figure.kind in GOODS]
    return (
        told.near
        and bool(goods)
        and all(any(0 <= f.start - day.end <= _RIGHT_BEHIND for day in days) for f in goods)
    )


def _adds_up(told: Told) -> bool:
    """The parts of a dispatch just told, whatever joins them: "Ia merinci, 684 ton itu ialah kopi 108 ton, nanas 576 ton"."""
    if not told.near or told.view.times:
        return False
    for draft in told.reading.drafts[-_LISTED:]:
        unit, whole = draft.slots.get("unit"), draft.slots.get("quantity")
        parts = [f.value for f in told.figures if f.kind == "quantity" and f.unit == unit and f.value]
        others = parts[1:] if parts[:1] == [whole] else parts
        if len(others) > 1 and sum(others) == whole:
            return True
    return False


def _is_made_up_of(told: Told) -> bool:
    """What a dispatch just told consists of: "Ikan tersebut terdiri dari kerapu sunu 1.240 ekor, kerapu macan 800 ekor"."""
    return told.near and lists_parts(told.view, told.figures) and _CONSISTS.match(told.view.text) is not None


def _prices_goods(told: Told) -> bool:
    """Goods, what they are worth and where they go, behind a dispatch: "Karet lempengan Rp9,1 miliar tujuan China dan India"."""
    if told.kinds != {"money"} or told.view.times or told.reading.report or not _is_near_quote_apart(told):
        return False
    return told.abroad and lists_goods_worth(told.view, told.figures)


def _measures_lead(told: Told) -> bool:
    """What goods weigh or fetch that were sent off some sentences before: "Tuna bertolak ke Amerika. ... Beratnya 17,8 ton"."""
    reading, view = told.reading, told.view
    if reading.report or view.times or view.firms or _ITS_VALUE.match(view.text) is None:
        return False
    return any(
        reading.last_index < lead.index and view.index - lead.index <= _MEASURED and lead.has("send_strong")
        for lead in reading.leads[-_NEXT:]
    )


def _heads_abroad(told: Told) -> bool:
    """What goods weigh whose market the next sentence tells: "Truk gula keluar dari Kalak. Beratnya 15 ton. Tujuannya Korea"."""
    view, sentences = told.view, told.document.sentences
    if not told.goods or told.reading.report or view.times or _WHAT_IT_HOLDS.match(view.text) is None:
        return False
    before, behind = (
        sentences[max(0, view.index - 1) : view.index],
        sentences[view.index + 1 : view.index + 2],
    )
    return any(other.products for other in before) and any(
        _GOES_TO.match(other.text) and destinations(told.document, other, other.start, other.end)
        for other in behind
    )


def _sums_up(told: Told) -> bool:
    """True for "Total devisanya 1.850 dolar AS" just behind a dispatch, or behind what announces one."""
    before = [told.reading.last_index, *(lead.index for lead in told.reading.leads[-1:])]
    return told.view.index - max(before) == 1 and _SUM.match(told.view.text) is not None


def _names_goods_told(told: Told) -> bool:
    """True where a sum follows the name of goods just told: "Sedangkan karet mencapai Rp 6,1 miliar"."""
    if not told.view.has("achieved") or told.view.times:
        return False
    words = set(told.view.text.lower().split())
    return any(not goods_words(draft).isdisjoint(words) for draft in told.reading.drafts[-_LISTED:])


def _is_worth(told: Told) -> bool:
    """A sum of money that goods fetched which are exported just now."""
    view = told.view
    if "money" not in told.kinds or not (told.sends or view.has("export")):
        return False
    if view.has("this_one", "first", "send_strong"):
        return True
    if told.near and told.abroad and _WHAT_LEFT.search(view.text):
        return True
    if told.has_time("day", "weekday") and any(figure.unit == "country" for figure in view.figures):
        return True  # "Sulut mengekspor komoditas pertanian ke 14 negara senilai Rp63 miliar, Sabtu"
    if told.abroad and not view.times and _EXPORTS.search(view.text) and _is_told_on(told):
        return True
    if any(figure.kind == "container" for figure in view.figures) and view.firms and not view.times:
        return True  # "PT X mengekspor belasan kontainer senilai 440 ribu dolar AS"
    if not told.abroad:
        return False
    if told.sends or (told.has_time("day", "weekday") and bool(view.products)):
        return True
    # "PT X mengekspor pasta bawang senilai Rp1,2 miliar ke Arab Saudi"
    return bool(view.firms and view.products) and not view.times and _EXPORTS.search(view.text) is not None


def _is_told_on(told: Told) -> bool:
    """True where the next sentence counts what left on a day: "Pengiriman 28.512 ekor ini dilakukan pada 6 Oktober"."""
    goods = {hit.key for hit in told.view.products}
    following = told.document.sentences[told.view.index + 1 : told.view.index + 2]
    return any(
        other.has("send")
        and names_day(other)
        and any(figure.kind in GOODS for figure in other.figures)
        and not goods.isdisjoint(hit.key for hit in other.products)
        for other in following
    )


def _is_worth_of_told(told: Told) -> bool:
    """What goods told some sentences before are worth: "Nilai kepiting yang diperiksa mencapai Rp649 juta"."""
    reading, view = told.reading, told.view
    if "money" not in told.kinds or not reading.drafts or reading.report:
        return False
    if view.index - reading.last_index > _STILL_TOLD or not view.has("value_word"):
        return False
    if any(time.form not in ("day", "weekday") for time in view.times):
        return False
    return _WHAT_LEFT.search(view.text) is not None or told.repeats_amount


def _is_likely(told: Told) -> bool:
    """Goods counted in a sentence that looks like those of dispatches, in words that no rule knows."""
    goes_abroad = bool(told.view.countries) and abroad_around(told.document, told.view)
    return told.goods and goes_abroad and likelihood(told.document, told.view, DISPATCH) >= _LIKELY


_Test = Callable[[Told], bool]
_OPENINGS: tuple[_Test, ...] = (
    _is_ordered,
    _is_former,
    _sends_goods,
    _releases_containers,
    _reaches_a_country,
    _goes_on,
    _is_made_up_of,
    _prices_goods,
    _lists_days,
    _adds_up,
    _measures_lead,
    _heads_abroad,
    _is_worth,
    _is_worth_of_told,
    _is_likely,
)
