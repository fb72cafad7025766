"""Sentences that count exports over a time, in which no dispatch is told."""

from __future__ import annotations

from collections.abc import Callable

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import SentenceView
from pipelines.stages.extract.article.event_times import is_since
from pipelines.stages.extract.article.markets import abroad_around
from pipelines.stages.extract.article.periods import PERIOD_FORMS, UNTIL_NOW, covers_a_time, is_span_of_days
from pipelines.stages.extract.article.reports import STAT_NOUN
from pipelines.stages.extract.shipments.senders import sender_told
from pipelines.stages.extract.shipments.told import GOODS, Told, amount_of
from pipelines.text.times import TimeExpression

_BECOMES = Pattern("shipments.statistics.becomes")
_ONE_DISPATCH = Pattern("shipments.statistics.one_dispatch")
_SEEN_OFF = Pattern("shipments.statistics.seen_off")
_LEAVES = Pattern("shipments.gates.leaves")
_SAME_DAY = Pattern("shipments.statistics.same_day")
_ONCE = Pattern("shipments.statistics.once")
_EVER = Pattern("shipments.statistics.ever")
_SUMS_ON = Pattern("shipments.statistics.sums_on")
_OFTEN = Pattern("shipments.statistics.often")
_DATA_OF = Pattern("shipments.statistics.data_of")
_RANKS = Pattern("shipments.statistics.ranks")
_SAME_PERIOD = Pattern("shipments.statistics.same_period")
_THAN_BEFORE = Pattern("shipments.statistics.than_before")
_THEN = Pattern("shipments.read.then")
_THROUGHOUT = Pattern("article.reports.throughout")
_TOTAL_OF = Pattern("shipments.statistics.total_of")
_OPENS_WITH_VALUE = Pattern("shipments.statistics.opens_with_value")
_GOES_ON = Pattern("shipments.statistics.goes_on")
_NATION_EXPORTS = Pattern("shipments.statistics.nation_exports")
_EXPORT_VALUE_OF = Pattern("shipments.statistics.export_value_of")
_DONE_SINCE = Pattern("shipments.statistics.done_since")
_SO_FAR = Pattern("shipments.statistics.so_far")
_SUM_OF_ALL = Pattern("shipments.statistics.sum_of_all")

_SEVERAL = 5  # papers, more than one dispatch has
_BEFORE = 30  # characters of the words that lead to a time
_OPENING = 3  # sentences of a release that may tell of a dispatch of the day
_MOST_TONNES = 1000  # more are what a region sends in months
_MOST_OF_ONE_SHIP = 5000  # tonnes
_MOST_OF_ONE_SENDER = 100  # tonnes
_PART_OF_MONTH = Pattern("shipments.statistics.part_of_month")
_OF_PARTICIPANTS = Pattern("shipments.statistics.of_participants")
_BY_STATISTICS = Pattern("shipments.statistics.by_statistics")
_SAID_AT = Pattern("shipments.statistics.said_at")
_MONTHS = ("month_range", "quarter", "semester")


def _covers_months(told: Told) -> bool:
    return told.has_time(*_MONTHS)


def _covers_period(told: Told) -> bool:
    """Times such as "sepanjang 2023", "periode yang sama", "sejak awal tahun hingga Mei", unless goods are seen off."""
    if told.view.has("send_strong") and not _SAME_PERIOD.search(told.view.text):
        return False
    text, view = told.document.text, told.view
    if covers_a_time(view) or _THAN_BEFORE.search(view.text):
        return True
    summed = view.has("value_word", "volume_word", "cumulative", "achieved")
    return any(
        _is_period(text, time)
        or (
            summed
            and time.form == "relative"
            and time.word.startswith("tahun")
            and not (view.has("first") and is_since(view, time))
            and not _is_of_days(told)
        )
        for time in view.times
    )


def _is_of_days(told: Told) -> bool:
    """True where days are told on which goods left: "yang pertama tahun ini 9 Juni 2020 6.100 ton, disusul 17 Juni 2020 ..."."""
    view = told.view
    return any(
        time.form == "day" and not view.is_speech_time(time.start, time.end) and not is_since(view, time)
        for time in view.times
    )


def _is_period(text: str, time: TimeExpression) -> bool:
    if time.form == "relative":
        return time.word.startswith(("periode", "semester", "triwulan", "kuartal"))
    if time.form == "month" and time.until:
        return True
    if time.form == "day_range":
        return is_span_of_days(text, time)
    if time.form == "month" and _TOTAL_OF.search(text, max(0, time.start - _BEFORE), time.start):
        return True
    return time.form in ("year", "month") and bool(
        _THROUGHOUT.search(text, max(0, time.start - 16), time.end)
    )


def _counts_so_far(told: Told) -> bool:
    """What has left until now: "sejak awal 2018 telah diekspor 30 ton", "Sampai 18 Oktober total ekspor 166,4 ton"."""
    view = told.view
    if view.has("send_strong", "planned"):
        return False
    if told.goods and _SUM_OF_ALL.search(view.text):
        return True
    if told.goods and _SO_FAR.match(view.text) and not view.has("this_one"):
        return True
    if told.repeats_amount or view.has("this_one"):
        return False
    first = told.figures[0].start
    if any(UNTIL_NOW.match(told.document.text, time.end) for time in view.times if time.form == "month"):
        return True
    return any(
        time.end <= first
        and time.form in ("year", "month", "relative")
        and is_since(view, time)
        and _DONE_SINCE.search(told.document.text, time.end, first)
        for time in view.times
    )


def _repeats_count(told: Told) -> bool:
    """An amount that a sentence about a whole time told before: "150 ton yang dikirim ke China itu dari pesisir utara"."""
    view, reading = told.view, told.reading
    if not reading.counted or view.has("send_strong", "this_one", "planned"):
        return False
    days = (time for time in view.times if time.form in ("day", "weekday"))
    if any(not view.is_speech_time(time.start, time.end) for time in days):
        return False
    goods = [figure for figure in told.figures if figure.kind in GOODS]
    return bool(goods) and all(amount_of(figure) in reading.counted for figure in goods)


def _goes_on_about_period(told: Told) -> bool:
    """The sums behind a statement of what a region exported: "Ekspor itu berupa kepiting US$0,6 juta, ..."."""
    index = told.view.index
    if index == 0:
        return False
    before = told.document.sentences[index - 1]
    if _splits_count(told):
        return True
    counted = any(t.form in _MONTHS or is_span_of_days(told.document.text, t) for t in before.times)
    if _GOES_ON.match(told.view.text) and counted:
        # "Tercatat dari Januari-April 37.640 ekor. Sedangkan untuk ekspor 1.020 ekor."
        return not told.has_time("day", "weekday", "month") and "container" not in told.kinds
    if _tells_period(told, before) or _is_of_that_year(told, before):
        return True
    if _SUMS_ON.match(told.view.text) and (
        any(time.form in _MONTHS for time in before.times)
        or (told.kinds == {"money"} and index - told.reading.last_counted == 1)
    ):
        # "Dari Januari hingga Juni 42 kali mengirim kayu. Volume yang dikirim mencapai 11 ribu kubik."
        return not told.view.times and not told.view.has("this_one", "send_strong")
    apart = not told.reading.report and before.sentence.paragraph != told.view.sentence.paragraph
    return (
        _counts_period(before)
        and not apart
        and not told.has_time("day", "weekday")
        and not (told.goods and (_SAME_DAY.search(told.view.text) or told.view.has("send_strong")))
        and not (told.goods and told.sends and told.abroad)
        and not _is_one_dispatch(told)
    )


def _splits_count(told: Told) -> bool:
    """A month of what was just counted: "Sampai Februari 260 ton. Rinciannya, Januari 154 ton ke sembilan negara"."""
    next_to_count = told.view.index - told.reading.last_counted == 1
    if not next_to_count or told.view.firms or told.sends or told.has_time("day", "weekday"):
        return False
    return told.has_time("month") and _GOES_ON.match(told.view.text) is not None


def _tells_period(told: Told, before: SentenceView) -> bool:
    """True behind what a region exported in a year: "... sepanjang 2022 didominasi kopra. Kopra 189 ribu ton ..."."""
    text, view = told.document.text, told.view
    if not before.has("export") or before.has("send_strong", "first", "this_one", "target") or before.firms:
        return False
    if view.firms or view.times or view.has("send_strong", "first", "this_one", "planned"):
        return False
    return any(time.form == "year" and _is_period(text, time) for time in before.times)


def _is_of_that_year(told: Told, before: SentenceView) -> bool:
    """The exports of a year just named: "Angka itu jauh melampaui 2021. Ketika itu, ekspor cangkang hanya 16.700 ton"."""
    if _THEN.match(told.view.text) is None or told.view.times or told.sends or not told.view.has("export"):
        return False
    return bool(before.times) and all(time.form == "year" for time in before.times)


def _counts_period(view: SentenceView) -> bool:
    """True for a statement of what a region exported over a period."""
    return STAT_NOUN.search(view.text) is not None and any(
        time.form in PERIOD_FORMS - {"relative"} for time in view.times
    )


def _is_of_a_year(told: Told) -> bool:
    """Sums of a year in which nobody is named who sent something."""
    view = told.view
    return (
        told.has_time("year")
        and not told.has_time("day", "month", "weekday", "day_range")
        and not view.has("send_strong", "first", "not_first", "this_one", "planned")
        and not view.firms
        and ("container" not in told.kinds or _tells_two_years(view))
        and not (told.goods and told.sends and told.abroad and _EVER.search(view.text))
        and not told.repeats_amount
    )


def _tells_two_years(view: SentenceView) -> bool:
    """True for the sums of two years: "Pada 2020 sebanyak 438 ton, sedangkan tahun 2021 609 ton (sekitar 43 kontainer)"."""
    return len({time.year for time in view.times if time.form == "year"}) > 1


def _is_region_total(told: Told) -> bool:
    """The exports of a region: "nilai ekspor Maluku bulan Juli"."""
    view, text = told.view, told.document.text
    if view.has("send_strong"):
        return False  # "Nilai ekspor Sulsel yang dilepas hari ini Rp1 triliun"
    if _NATION_EXPORTS.search(view.text) and told.has_time("month", "year"):
        return True
    if _OPENS_WITH_VALUE.match(view.text) and told.has_time("month", "year") and not told.sends:
        return not told.has_time("day", "weekday") and "container" not in told.kinds and not view.firms
    return any(
        _EXPORT_VALUE_OF.search(text, max(view.start, mention.start - 40), mention.start)
        for mention in view.regions
    )


def _ranks_firms(told: Told) -> bool:
    """What the firms of a report exported in its period: "Terbesar PT X senilai US$58 juta, disusul CV Y"."""
    reading, view = told.reading, told.view
    if not reading.report or not view.firms or told.has_time("day", "weekday"):
        return False
    before = reading.document.sentences[max(0, view.index - 1) : view.index + 1]
    return any(other.firms and _RANKS.search(other.text) for other in before)


def _is_said_at_ceremony(told: Told) -> bool:
    """What somebody counts who only speaks at a ceremony: "Ke Korea di bawah satu ton," tuturnya usai pelepasan ekspor."""
    said = _SAID_AT.search(told.view.text)
    if said is None or not told.reading.counted or told.reading.drafts:
        return False
    at = told.view.start + said.start()
    cues = told.view.cues_of("send", "send_strong", "export", "this_one", "certify")
    return told.figures[-1].end <= at and all(cue.start >= at for cue in cues)


def _is_of_participants(told: Told) -> bool:
    """What those who were trained exported together: "13 peserta sudah ekspor perdana dengan total nilai ..."."""
    return told.kinds == {"money"} and _OF_PARTICIPANTS.search(told.view.text) is not None


def _is_by_statistics(told: Told) -> bool:
    """What the statistics office tells of a month: "Kepala BPS pernah melaporkan ekspor pinang pada Juli 2018 senilai ..."."""
    return (
        told.kinds == {"money"}
        and told.has_time("month", "year")
        and not told.view.has("send_strong")
        and _BY_STATISTICS.search(told.view.text) is not None
    )


def _compares_months(told: Told) -> bool:
    """Sums of two months: "seluruh ekspor lewat pos itu Rp9,5 miliar pada Februari 2025, padahal Februari 2024 Rp1,6 miliar"."""
    months = [time for time in told.view.times if time.form in ("month", "year")]
    return (
        (
            told.kinds == {"money"}
            or (told.kinds == {"quantity"} and (told.view.has("volume_word") or _changed(told.view)))
        )
        and len(told.figures) > 1
        and len(months) > 1
        and not told.sends
        and not told.view.firms
        and not told.has_time("day", "weekday")
    )


def _changed(view: SentenceView) -> bool:
    return view.has("growth_up", "growth_down") and view.has("export")


def _grew(told: Told) -> bool:
    """What exports rose or fell to: "Terjadi peningkatan ekspor kepiting menjadi 361.775 kg"."""
    view = told.view
    behind_count = view.index - told.reading.last_counted == 1 and told.has_time("month")
    return (
        (view.has("export", "volume_word", "value_word") or behind_count)
        and not view.has("send_strong", "this_one", "first", "planned")
        and not view.firms
        and not told.has_time("day", "weekday")
        and _BECOMES.search(view.text) is not None
    )


def _counts_dispatches(told: Told) -> bool:
    """What many dispatches were together: "32 kali pengiriman dengan total volume 425 ton"."""
    return _OFTEN.search(told.view.text) is not None or _has_papers_of_month(told)


def _has_papers_of_month(told: Told) -> bool:
    """What left in a month with so many papers: "Pada Juni 2020 yang dikirim ke Malaysia 114.077 kg dengan 35 sertifikat"."""
    several = any(
        f.kind == "document" and f.value is not None and f.value >= _SEVERAL for f in told.view.figures
    )
    return several and told.has_time("month") and not told.has_time("day", "weekday")


def _is_by_data_of_month(told: Told) -> bool:
    """What data tell of a month: "Menurut data pelabuhan, batu bara yang diekspor pada Maret 2020 sebanyak 48.800 ton"."""
    return (
        _DATA_OF.match(told.view.text) is not None
        and told.has_time("month")
        and not told.has_time("day", "weekday")
        and "container" not in told.kinds
        and not told.view.firms
        and not told.view.has("send_strong", "this_one", "first", "not_first")
    )


def _is_of_report(told: Told) -> bool:
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
    of_the_day = opening and view.countries and (told.sends or told.has_time("day", "weekday"))
    return not (of_the_day or (view.has("send_strong") and _may_see_off(told)))


def _may_see_off(told: Told) -> bool:
    """False for "366.953 kilogram kelapa dilepas ke Tiongkok" of a release that tells of no day and of no dispatch before."""
    reading, view = told.reading, told.view
    before = reading.drafts or any(lead.has("send_strong") for lead in reading.leads)
    return bool(before) or told.has_time("day", "weekday") or view.has("this_one", "first", "not_first")


def _is_one_dispatch(told: Told) -> bool:
    """One dispatch told in passing: "Desember lalu ia mengirim 18 ton sagu ke Jepang", "Pengapalan pertama ... 1,2 ton"."""
    if _is_seen_off(told) or _is_released_on_day(told):
        return _may_be_one(told, most=None)
    if not told.goods:
        return False
    if _ONE_DISPATCH.search(told.view.text):
        return _may_be_one(told)
    if _is_sent_by_one(told):
        return _may_be_one(told, most=_MOST_OF_ONE_SENDER)
    # "Juli lalu sempat dikapalkan 3.000 ton minyak sawit ke India"
    sent = told.sends or told.view.has("planned", "certify") or _LEAVES.search(told.view.text) is not None
    return sent and told.abroad and _left_once(told) and _may_be_one(told, most=_MOST_OF_ONE_SHIP)


def _is_seen_off(told: Told) -> bool:
    """Goods that somebody saw off: "pertengahan Februari lalu Menteri Pertanian melepas 46.200 ton jagung"."""
    seen_off = _SEEN_OFF.search(told.view.text)
    return (
        seen_off is not None
        and any(figure.kind in ("money", *GOODS) for figure in told.figures)
        and bool(told.view.products)
        and not told.has_time("year")
    )


def _is_sent_by_one(told: Told) -> bool:
    """What somebody sent whose name is told: "Juli 2022, Dapur Mutiara dari Payakumbuh mengirim satu ton rendang ke Jerman"."""
    view = told.view
    if not told.abroad or len(view.times) != 1 or not told.has_time("day", "month"):
        return False
    return sender_told(view) is not None


def _is_released_on_day(told: Told) -> bool:
    """Goods sent off on a day that is told: "Pada 22 Mei 2019 dilepas ekspor asal Kalbar Rp24,1 miliar"."""
    view = told.view
    if not view.has("send_strong") or view.has("target") or _counts_exports(view):
        return False
    if any(time.form not in ("day", "weekday") and not time.word.startswith("hari") for time in view.times):
        return False
    days = [time for time in view.times if not view.is_speech_time(time.start, time.end)]
    same = _SAME_DAY.search(view.text) is not None
    return (bool(days) or same) and any(figure.kind in ("money", *GOODS) for figure in told.figures)


def _counts_exports(view: SentenceView) -> bool:
    """True for the noun of a statistic, unless it is what is seen off: "melepas ekspor produk UKM senilai Rp2 miliar"."""
    noun = STAT_NOUN.search(view.text)
    at = view.start + noun.start() if noun is not None else 0
    return noun is not None and not any(cue.start <= at < cue.end for cue in view.cues_of("send_strong"))


def _left_once(told: Told) -> bool:
    """True for goods that left on a day or in a month gone by, for the first time, or are planned to leave in a month."""
    view = told.view
    if view.has("value_word", "volume_word") and not (
        view.has("first", "planned") or _EVER.search(view.text)
    ):
        return False
    first = view.has("first")
    # "Awal September ...", "pada pertengahan bulan itu ..."
    part = _PART_OF_MONTH.search(view.text) is not None and not view.has("value_word", "cumulative")
    once = _ONCE.search(view.text) is not None or first or part or view.has("planned")
    times = [time for time in view.times if time.form in ("day", "weekday", "month")]
    others = [time for time in view.times if not (time.form == "relative" and time.word == "kemarin")]
    if len(times) == 1 and (len(others) == 1 or first):
        printed = times[0].form == "day" and not view.is_speech_time(times[0].start, times[0].end)
        return once or printed or times[0].word == "lalu"
    if len(view.times) != 1:
        return False
    that_month = part and view.times[0].word == "bulan itu"
    return (view.times[0].form == "year" and first) or that_month


def _may_be_one(told: Told, *, most: int | None = _MOST_TONNES) -> bool:
    if told.view.has("growth_up", "growth_down", "share", "cumulative", "rate_before"):
        return False
    if most is not None and any(
        f.unit == "tonne" and f.value is not None and f.value > most for f in told.figures
    ):
        return False
    return abroad_around(told.document, told.view)


STATISTICS: tuple[Callable[[Told], bool], ...] = (
    _covers_months,
    _covers_period,
    _counts_so_far,
    _repeats_count,
    _goes_on_about_period,
    _is_of_a_year,
    _is_region_total,
    _counts_dispatches,
    _is_of_participants,
    _is_by_statistics,
    _compares_months,
    _grew,
    _is_said_at_ceremony,
    _ranks_firms,
    _is_by_data_of_month,
    _is_of_report,
)
