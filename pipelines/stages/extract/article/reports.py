"""Statistics releases: whether an article is one, by what it opens with and what its sentences count."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.counted_goods import with_counted_goods
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.event_times import is_since
from pipelines.stages.extract.article.export_figures import is_amount
from pipelines.stages.extract.article.periods import PERIOD_FORMS, covers_a_time

# All of 3 to 4 and of 1 to 6 score within .0002 of each other on the golden sets.
_MANY = 4  # statistics that make an article a release wherever they stand
_OPENING = 4  # sentences in which a release has told what it is about
_LOOSE = 5  # amounts and percentages of a report that tells but one of them as a statistic
_LOOSE_BELOW_HEAD = 3  # ... where its headline or lead says how exports went
_THROUGHOUT = Pattern("article.reports.throughout")
_OTHER_INDICATOR = Pattern("article.reports.other_indicator")
STAT_NOUN = Pattern("article.reports.stat_noun")


def is_report(document: Document) -> bool:
    """True for a statistics release: its figures are about exports unless something else is said."""
    if document.is_report is None:
        document.is_report = _judge_report(document)
    return document.is_report


def _judge_report(document: Document) -> bool:
    if _leads_with_dispatch(document) or _headline_sends(document):
        return False
    statistics = dispatches = 0
    first = len(document.body)  # sentence that counts
    spanned = _leads_with_span(document)
    headed = _headline_counts(document)
    sourced = "source_stat" in document.cue_classes
    for view in document.body:
        if not view.figures or _is_of_other_things(document, view):
            continue
        figures = [
            f for f in view.figures if is_amount(f) and f.kind in ("money", "quantity", "percent", "document")
        ]
        periods = any(time.form in PERIOD_FORMS for time in view.times)
        if (figures and (STAT_NOUN.search(view.text) or (view.has("source_stat", "export") and periods))) or (
            figures
            and (periods or headed)
            and (sourced or headed)
            and view.has("value_word", "volume_word", "growth_up", "growth_down", "cumulative", "certify")
        ):
            statistics += 1
            first = min(first, view.index - document.body[0].index)
        dated = any(time.form in ("day", "weekday") for time in view.times)
        goods = any(f.kind in ("container", "quantity") for f in view.figures)
        sent = view.has("send", "send_strong") or (
            view.has("export", "certify") and (dated or not periods) and (dated or view.countries)
        )
        if any(f.kind == "container" for f in view.figures) or (
            sent and goods and (dated or view.firms or (view.countries and not periods and not spanned))
        ):
            dispatches += 1
    if spanned and statistics and not dispatches:
        return True
    loose = sum(
        f.kind in ("money", "percent") and is_amount(f) for view in document.body for f in view.figures
    )
    if statistics > dispatches and (
        statistics >= _MANY
        or (statistics > 1 and first <= _OPENING)
        or (dispatches == 0 and loose >= (_LOOSE_BELOW_HEAD if headed else _LOOSE))
    ):
        return True
    if (
        document.cue_classes & {"mission", "fair", "training"}
        or not (sourced or document.agencies)
        or loose < _LOOSE
    ):
        return False
    return _leads_with_period(document)


def _is_of_other_things(document: Document, view: SentenceView) -> bool:
    """True for an aside with figures that are no statistics of exports: a target, an outlook, another indicator."""
    if view.has("target", "forecast"):
        return view is not document.body[0]
    return not view.has("export", "abroad") and _OTHER_INDICATOR.search(view.text) is not None


def _leads_with_dispatch(document: Document) -> bool:
    """True where an article opens with goods that leave on a day: no report, whatever totals follow."""
    # "serentak di Lamongan, Jawa Timur; Boyolali, Jawa Tengah; ..." is one sentence in pieces.
    pieces = sum(view.text.rstrip().endswith(";") for view in document.body[:6])
    lead = document.body[: 3 + pieces]
    dated = any(
        time.form in ("day", "weekday") or time.word in ("hari ini", "kemarin")
        for view in lead
        for time in view.times
    )
    for view in lead:
        periods = any(
            time.form in PERIOD_FORMS - {"relative"}
            or (
                time.form == "day_range"
                and _THROUGHOUT.search(document.text, max(view.start, time.start - 12), time.end)
            )
            for time in view.times
        )
        if view is lead[0] and periods and view.has("source_stat") and STAT_NOUN.search(view.text):
            # "BPS mencatat nilai ekspor pada November 2015 ...": what left follows as its parts.
            return False
        kinds = {figure.kind for figure in with_counted_goods(document, view).figures}
        goods = bool(kinds & {"container", "quantity"})
        if goods and view.has("planned") and view.has("send", "export") and view.countries:
            return True  # "akan mengekspor 8.200 ton cangkang ke Jepang pada akhir Agustus 2022"
        leaves = (
            (dated and view.has("send_strong"))
            or _leaves_on_day(view)
            or (
                goods
                and view.has("send", "export", "certify")
                and (dated or bool(view.firms) or "container" in kinds or _sends_next(document, view))
            )
        )
        if not leaves or periods:
            continue
        if not view.has("send", "send_strong") and STAT_NOUN.search(view.text):
            continue
        if any(time.word.startswith(("tahun", "bulan")) for time in view.times) and view.has(
            "value_word", "volume_word"
        ):
            continue
        return True
    return False


def _headline_sends(document: Document) -> bool:
    """True where the headline sees goods off and the lead tells of no period: "Sumsel Lepas Komoditas ke 11 Negara"."""
    headline = [view for view in document.sentences if view.end <= document.title_end]
    opening = [view.sentence.paragraph for view in document.body[:1]]
    lead = [view for view in document.body[:2] if view.sentence.paragraph in opening]
    times = [time for view in headline + lead for time in view.times if not time.word.startswith("hari")]
    if any(time.form in PERIOD_FORMS for time in times):
        return False
    return any(
        view.has("send", "send_strong")
        and not view.has("growth_up", "growth_down", "cumulative", "target", "forecast")
        and not covers_a_time(view)
        for view in headline
    )


def _leaves_on_day(view: SentenceView) -> bool:
    """True for goods that leave on a day, though nobody counts them yet: "Dua komoditas berangkat ke luar negeri, Kamis"."""
    return (
        view.has("send")
        and not view.has("growth_up", "growth_down", "value_word", "volume_word")
        and (bool(view.countries) or view.has("abroad"))
        and any(
            time.form in ("day", "weekday")
            and not view.is_speech_time(time.start, time.end)
            and not is_since(view, time)
            for time in view.times
        )
    )


def _sends_next(document: Document, view: SentenceView) -> bool:
    """True where goods are certified that the next sentence sends abroad."""
    following = document.sentences[view.index + 1 : view.index + 2]
    return view.has("certify") and any(other.has("send") and other.countries for other in following)


def _headline_counts(document: Document) -> bool:
    """True where the headline, or a lead without figures, tells how exports went: "Ekspor Biji Kopi Lampung Melandai"."""
    opening = [view for view in document.sentences if view.end <= document.title_end]
    opening += [view for view in document.body[:1] if not view.figures]
    return any(
        view.has("export")
        and view.has("growth_up", "growth_down", "value_word", "volume_word")
        and not view.has("send", "send_strong", "first", "planned", "target", "mission", "fair", "training")
        for view in opening
    )


def _leads_with_span(document: Document) -> bool:
    """True where an article opens with what was exported throughout a time: "Sepanjang 2023 batu bara paling banyak diekspor"."""
    return any(
        view.has("export", "abroad")
        and not view.has("send_strong", "planned", "target")
        and any(
            time.form in PERIOD_FORMS - {"relative", "month"}
            and _THROUGHOUT.search(document.text, max(view.start, time.start - 12), time.end)
            for time in view.times
        )
        for view in document.body[:2]
    )


def _leads_with_period(document: Document) -> bool:
    """True where an article opens with a month, quarter or year."""
    return any(time.form in PERIOD_FORMS - {"relative"} for view in document.body[:4] for time in view.times)
