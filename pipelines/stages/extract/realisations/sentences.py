"""Which sentences of an article tell statistics of exports, and where a report turns to something else."""

from __future__ import annotations

import re

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import OF_LATER
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.export_figures import is_amount
from pipelines.stages.extract.article.markets import goes_inland
from pipelines.stages.extract.article.periods import PERIOD_FORMS, covers_a_time, is_span_of_days
from pipelines.stages.extract.article.reports import STAT_NOUN
from pipelines.stages.extract.realisations.scope import ReportState
from pipelines.stages.extract.targets.metrics import is_about_exports

# Kind of a figure to what it measures.
METRICS = {
    "money": "value",
    "quantity": "volume",
    "container": "volume",
    "percent": "growth_pct",
    "people": "exporters",
    "document": "other",
}
LIST_MARK = re.compile(r"\s*(?:\d{1,2}[.)]|[-•*–·])\s")
_THEN = Pattern("shipments.read.then")
_SUM_OF_PERIOD = Pattern("realisations.sentences.sum_of_period")
_NOT_SENT = (
    "import",
    "domestic",
    "price",
    "budget",
    "capacity",
    "send_strong",
    "planned",
    "target",
    "forecast",
)
_NOT_COUNTED = (*(cue for cue in _NOT_SENT if cue != "send_strong"), "demand", "hope", "potential")
_OF_EXPORTS = ("abroad", "share", "certify", "send")
_A_RULE = Pattern("realisations.sentences.a_rule")
_ENTERS = Pattern("realisations.sentences.enters")
_TAKEN_IN = Pattern("realisations.sentences.taken_in")
_OTHER_INDICATOR = Pattern("article.reports.other_indicator")
_IMPORT_RULE = Pattern("realisations.sentences.import_rule")
_RULE_WITHIN = 30  # characters from "tarif" to the imports it is put on
_NOT_EXPORTING = Pattern("article.tallies.not_exporting")
_RESULT_OF_AIM = Pattern("realisations.sentences.result_of_aim")
_SEVERAL = 5  # exporters that a report counts
_GOES_ON = 3  # sentences behind a statistic in which its figures go on


def is_statistical(document: Document, view: SentenceView, state: ReportState) -> bool:
    """True where a sentence has figures of what a region exported over a time."""
    kinds = {figure.kind for figure in view.figures if is_amount(figure)}
    if not kinds & set(METRICS) or _is_ruled_out(document, view, state):
        return False
    periods = [t for t in view.times if t.form in PERIOD_FORMS or is_span_of_days(document.text, t)]
    if STAT_NOUN.search(view.text) and (periods or state.active or not view.has("send_strong", "this_one")):
        return state.report or bool(periods) or not view.has("this_one", "first")
    if "document" in kinds or (state.report and _counts_exporters(view)):
        return True
    if is_result_of_aim(document, view):
        return True
    if view.has("export") and periods and not view.has("send_strong"):
        return True
    if (
        view.has("export")
        and covers_a_time(view)
        and kinds & {"quantity", "money"}
        and not view.has(*_NOT_SENT)
    ):
        return True  # "Dalam dua bulan terakhir Bangka Belitung mengekspor 90 ton lada"
    if kinds & {"quantity", "money"} and _is_of_year_meant(document, view):
        return True
    if view.has("source_stat") and periods and not view.has("import", "send_strong"):
        return True
    if (
        view.has("abroad", "certify")
        and periods
        and kinds & {"quantity", "money"}
        and not view.has("send_strong")
    ):
        return True
    if state.report and kinds & {"money", "quantity", "percent"}:
        return (
            bool(view.products or view.countries or LIST_MARK.match(view.text))
            or view.has(
                "value_word",
                "volume_word",
                "achieved",
                "growth_up",
                "growth_down",
                "export",
                "rest",
                "cumulative",
            )
            or bool(periods)
            or "money" in kinds
        )
    if periods and kinds & {"quantity", "money"} and _tells_of_exports_before(document, view):
        return True
    if periods and view.products and _SUM_OF_PERIOD.search(view.text) and not view.has(*_NOT_SENT):
        return True
    if view.index in state.recaps and _counts_what_left(view, kinds):
        return True
    return state.active and view.index - state.last_index <= _GOES_ON


def _counts_what_left(view: SentenceView, kinds: set[str]) -> bool:
    """True behind a dispatch for what left over a time: "Sepanjang 2022 totalnya 140 ton"; money alone may be a price."""
    if view.has(*_NOT_COUNTED) or _TAKEN_IN.search(view.text):
        return False
    return "quantity" in kinds or ("money" in kinds and view.has("value_word", "export", "cumulative"))


def _is_of_year_meant(document: Document, view: SentenceView) -> bool:
    """True for the exports of a year just named: "... melampaui tahun 2021. Ketika itu, ekspor hanya 16.700 ton"."""
    if not view.index or not view.has("export") or view.times or view.has("send", *_NOT_SENT):
        return False
    before = document.sentences[view.index - 1].times
    return bool(before) and all(t.form == "year" for t in before) and _THEN.match(view.text) is not None


def _tells_of_exports_before(document: Document, view: SentenceView) -> bool:
    """True behind a sentence on how exports went: "Ekspor gambir membaik. Pada 2024 tercatat 13.482 ton"."""
    before = document.before(view)
    return (
        before is not None
        and before.has("export")
        and before.has("growth_up", "growth_down")
        and not before.figures
        and view.has("achieved", "value_word", "volume_word")
        and not view.has("send", "send_strong", *_NOT_SENT)
    )


def _measures_again(view: SentenceView, state: ReportState) -> bool:
    """True right behind a statistic, for its measure in another time or its growth elsewhere.

    "Lima bulan pertama 2020 volumenya 2.927 ton", "Bandingkan dengan Riau yang tumbuh 43,31 persen"
    """
    in_time = view.has("value_word", "volume_word") and any(t.form in PERIOD_FORMS for t in view.times)
    elsewhere = view.has("growth_up", "growth_down") and bool(view.regions)
    return (
        view.index - state.told_index == 1
        and (in_time or elsewhere)
        and not view.has("mission", "fair", "training", "transaction")
    )


def _counts_exporters(view: SentenceView) -> bool:
    """True for how many exporters there are: "saat ini berjumlah 300 eksportir", not "19 calon eksportir"."""
    several = any(f.unit == "exporter" and (f.value or 0) >= _SEVERAL for f in view.figures)
    return several and _NOT_EXPORTING.search(view.text) is None


def _is_ruled_out(document: Document, view: SentenceView, state: ReportState) -> bool:
    """True for contraband, goods that stay here, missions, plans and outlooks, whatever figures are told."""
    if view.has("smuggling"):
        return True
    # In a report a shipment put off is the reason for a change.
    if view.has("cancel") and not (
        view.has("achieved") or (state.report and view.has("growth_up", "growth_down"))
    ):
        return True
    if not view.countries and not state.report and goes_inland(document, view):
        return True
    if not document.cue_classes & {"export", "abroad"} and not (
        state.active or view.index in state.recaps or (view.has("source_stat") and view.has("send"))
    ):
        return True
    if (
        "mission" in document.cue_classes
        and not is_result_of_aim(document, view)
        and not (state.report and not _tells_of_mission(document, view))
        and not STAT_NOUN.search(view.text)
        and not (view.has("export") and view.times)
        and not _goes_on_in_paragraph(document, view, state)
        and not _tells_of_exports_before(document, view)
        and not _measures_again(view, state)
    ):
        return True
    if view.has("mission", "training", "fair") and not STAT_NOUN.search(view.text):
        return True
    outlook = view.cues_of("forecast")
    if (
        outlook
        and not state.report
        and not any(f.end <= outlook[0].start for f in view.figures if is_amount(f))
    ):
        return True
    return view.has("planned") and not state.report and not STAT_NOUN.search(view.text)


def turns_away(document: Document, view: SentenceView) -> bool:
    """True where a report goes on to imports, the home market or another indicator; tariffs abroad are only a reason."""
    return (
        view.has("domestic")
        or _OTHER_INDICATOR.search(view.text) is not None
        or (
            view.has("import")
            and any(
                not _IMPORT_RULE.search(document.text, max(view.start, cue.start - _RULE_WITHIN), cue.start)
                for cue in view.cues_of("import")
            )
        )
    )


def sets_scene(document: Document, view: SentenceView, state: ReportState) -> bool:
    """True where the times of a sentence without amounts of exports say when the next ones are of.

    An aside has times of its own: a law's year, a target's, those of an epidemic or of another indicator.
    """
    if enters_time(view) or heads_list(document, view):
        return True
    if view.has(*OF_LATER) or _A_RULE.search(view.text):
        return False
    if view.has("export"):
        return True
    return not turns_away(document, view) and (state.period is None or view.has(*_OF_EXPORTS))


def enters_time(view: SentenceView) -> bool:
    """True where a sentence goes on to another time: "Memasuki 2018 ...", "Data dinas untuk semester I 2016 memperlihatkan"."""
    return _ENTERS.match(view.text) is not None


def heads_list(document: Document, view: SentenceView) -> bool:
    """True for the line above a list: "Rincian komoditas dari Sambas ke Malaysia pada 2024:"."""
    behind = document.sentences[view.index + 1] if view.index + 1 < len(document.sentences) else None
    return (
        behind is not None and view.text.rstrip().endswith(":") and LIST_MARK.match(behind.text) is not None
    )


def is_listed_below(document: Document, view: SentenceView) -> bool:
    """True for a line of a list right below the line above it, or below another one."""
    if view.index == 0 or LIST_MARK.match(view.text) is None:
        return False
    above = document.sentences[view.index - 1]
    return LIST_MARK.match(above.text) is not None or heads_list(document, above)


def _goes_on_in_paragraph(document: Document, view: SentenceView, state: ReportState) -> bool:
    """True right behind a statistic of the same paragraph: "Batu bara menyumbang 241,6 juta dolar AS", "Angka itu turun"."""
    return (
        state.active
        and view.index - state.last_index == 1
        and document.sentences[state.last_index].sentence.paragraph == view.sentence.paragraph
        and (
            bool(view.products or view.countries)
            or view.has("growth_up", "growth_down", "value_word", "volume_word")
        )
        and not view.has("mission", "fair", "training", "transaction", "planned", "send_strong")
    )


def is_result_of_aim(document: Document, view: SentenceView) -> bool:
    """True right behind an aim of exports, for what was reached of it: "Kita ditarget 7.430 juta. Capaiannya 8.137 juta"."""
    if not view.index or _RESULT_OF_AIM.match(view.text) is None:
        return False
    aim = document.sentences[view.index - 1]
    return (
        aim.has("target")
        and aim.start >= document.title_end
        and any(figure.kind in METRICS for figure in aim.figures)
        and is_about_exports(document, aim)
    )


def _tells_of_mission(document: Document, view: SentenceView) -> bool:
    """True for a sentence in a paragraph, or right behind a sentence, about a mission or a fair."""
    around = document.sentences[max(0, view.index - 6) : view.index + 4]
    return any(
        other.has("mission", "fair", "transaction")
        for other in around
        if other.sentence.paragraph == view.sentence.paragraph or other.index == view.index - 1
    )
