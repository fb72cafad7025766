"""Which figures of a sentence are aims of exports, and what they measure."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.export_figures import LEAST_RUPIAH
from pipelines.stages.extract.article.reports import is_report
from pipelines.text.figures import Figure

_OTHER_TARGET = Pattern("targets.metrics.other_target")
_STATES_EXPORTS = Pattern("targets.metrics.states_exports")
_SOFT = Pattern("targets.metrics.soft")
_LEANS = Pattern("targets.metrics.leans")
_EXCEEDS = Pattern("targets.metrics.exceeds")
_RESULT = Pattern("targets.metrics.result")
_TO_BE_REACHED = Pattern("targets.metrics.to_be_reached")  # "menargetkan ekspor tercapai hingga"
_AN_AIM = Pattern("targets.metrics.an_aim")
_MARKET_AIMED = Pattern("targets.metrics.market_aimed")
_OUT_OF_AIM = Pattern("article.export_figures.out_of_aim")
_EXCEEDED = Pattern("targets.metrics.exceeded")
_RESULT_BEHIND = Pattern("targets.metrics.result_behind")
_COMPARED = Pattern("targets.metrics.compared")
_ORIGINAL = Pattern("targets.metrics.original")
_REVISED = Pattern("targets.metrics.revised")
_REVISED_TO = Pattern("targets.metrics.revised_to")
_EXCEEDS_IT = Pattern("targets.metrics.exceeds_it")
_COST = Pattern("targets.metrics.cost")
_EXPORTER = Pattern("targets.metrics.exporter")
_NAMED_EXPORTERS = Pattern("targets.metrics.named_exporters")
_REPORTING = Pattern("targets.metrics.reporting")
_TOTAL = Pattern("targets.metrics.total")
_PERIODIC = Pattern("targets.metrics.periodic")

# Units of what is built or bought as often as it is exported: "empat unit crane".
_COUNTED_THINGS = ("unit", "piece", "set")
_AIM_WITHIN = 110  # characters from "ingin" to its figure
_COUNT_WITHIN = 20  # characters from "targetnya" to a bare number
CHANGES_TO = Pattern("targets.metrics.changes_to")
_VERSIONS = ("rev_new", "rev_old")


def may_be_aim(document: Document, figure: Figure) -> bool:
    """False for prices, exchange rates, repeats in another currency and what has no value; "300 ton sebulan" may be one."""
    if figure.value is None or figure.same_as:
        return False
    if figure.currency == "IDR" and figure.value < LEAST_RUPIAH:
        return False
    if not figure.is_rate or figure.kind == "percent":
        return True
    return bool(_PERIODIC.match(document.text, figure.end))


def softly_aims(view: SentenceView, context: ArticleContext) -> int | None:
    """Offset behind a verb of will or duty that makes an aim with its figure and year: "ingin ada 20 eksportir tahun ini".

    None where the sentence tells of a result or of a wish without a year.
    """
    if not view.figures or view.has("forecast", "training", "mission", "fair"):
        return None
    match = _SOFT.search(view.text)
    if match is None or not (view.has("export") or _EXPORTER.search(view.text)):
        return None
    return view.start + match.end() if _is_ahead(view, context) else None


def _is_ahead(view: SentenceView, context: ArticleContext) -> bool:
    """True where a sentence names this year or a later one."""
    periods = [
        context.resolve(t) for t in view.times if t.form in ("year", "relative", "semester", "quarter")
    ]
    return any(
        p is not None and int(p.edtf.split("/")[-1][:4]) >= (context.anchor.year or 0) for p in periods
    )


def leans_on_target(document: Document, view: SentenceView) -> bool:
    """True right behind a sentence that only announces an aim: "Targetnya jelas. Sampai akhir 2024 minimal 15 peserta ..."."""
    previous = document.sentences[view.index - 1] if view.index else None
    if previous is None or previous.start < document.title_end or not previous.has("target"):
        return False
    if any(f.kind not in ("number", "count") for f in previous.figures) or _OTHER_TARGET.search(
        previous.text
    ):
        return False
    return bool(_LEANS.search(view.text)) and not (view.has("forecast") or _RESULT.search(view.text))


def tells_version(view: SentenceView) -> bool:
    """True where a sentence tells an aim as it was or as it is now: "Dari sebelumnya US$40,9 miliar menjadi US$38,6 miliar"."""
    return view.has(*_VERSIONS) or CHANGES_TO.match(view.text) is not None


def is_about_exports(document: Document, view: SentenceView) -> bool:
    """True where a sentence or the ones it follows speak of exports."""
    if view.has("export"):
        return True
    if is_report(document) or ("export" in document.cue_classes and _STATES_EXPORTS.search(document.text)):
        return True
    for distance in (1, 2, 3):
        if view.index - distance < 0:
            break
        previous = document.sentences[view.index - distance]
        if previous.has("export"):
            return True
        if _OTHER_TARGET.search(previous.text):
            break
    return False


def metric_of(
    document: Document,
    view: SentenceView,
    figure: Figure,
    *,
    near: bool,
    aim: int | None,
    told: str | None = None,
) -> str | None:
    """What a figure of a target sentence measures; None where it is no goal of exports.

    Args:
        document: The article.
        view: The sentence.
        figure: One of its figures.
        near: Whether a target has been told one or two sentences ago.
        aim: Offset from which the sentence aims without a word such as "target"; None where it does not.
        told: What the target told one or two sentences ago measures.
    """
    if not (figure.kind == "document" or _is_about_them(document, view, figure)):
        return None
    if _AN_AIM.match(document.text, figure.end):
        return None
    hard = view.last_cue_before(figure.start, "target")
    if hard is not None and _MARKET_AIMED.search(
        document.text, max(view.start, hard.start - 12), min(view.end, hard.end + 40)
    ):
        return None  # "Lada kerap menjadi sasaran ekspor berbagai negara"
    if _OUT_OF_AIM.match(document.text, figure.end, view.end):
        return None  # "melampaui target, yakni 65 juta dari target 57 juta"
    start = hard.end if hard is not None else aim
    if start is not None and start <= figure.start:
        if hard is None and not _softly_aimed(view, figure, start):
            return None
        if not _is_aimed(document, view, figure, start):
            return None
        if hard is not None and _EXCEEDED.search(document.text, max(view.start, hard.start - 20), hard.start):
            if _RESULT_BEHIND.match(document.text, hard.end, figure.start):
                return None
    elif not (near and tells_version(view)) and not _aimed_behind(document, view, figure):
        return None
    if (
        figure.kind == "number"
        and not figure.noun
        and hard is not None
        and figure.start - hard.end <= _COUNT_WITHIN
        and (told == "exporters" or _grows(document, view, figure))
    ):
        # "25 eksportir baru. Khusus tahun ini targetnya lima": counted as before
        return "exporters"
    # "... merevisi target ekspor kopi. Dari rencana awal 18.000 ton, kini 15.500 ton"
    is_version = near and tells_version(view)
    corrected = _REVISED_TO.search(document.text, view.start, figure.start) is not None
    if is_version and corrected and figure.kind == "percent" and told == "growth_pct":
        return told  # "Semula target dipatok 7 persen. Kini angka itu dikoreksi jadi 4,5 persen"
    return _measures(document, view, figure, start, is_version=is_version)


def _is_about_them(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a figure of exports, or of firms that are to sell abroad."""
    if figure.kind == "people" and _EXPORTER.search(view.text):
        return True
    return is_about_exports(document, view)


def _softly_aimed(view: SentenceView, figure: Figure, start: int) -> bool:
    """True for the first figure behind a verb of will, of a kind that such verbs set as an aim."""
    if figure.start - start > _AIM_WITHIN or figure.kind not in ("money", "percent", "people"):
        return False
    return not any(f.start >= start and f.kind == figure.kind and f.end <= figure.start for f in view.figures)


def _is_aimed(document: Document, view: SentenceView, figure: Figure, start: int) -> bool:
    """False where a result, another aim or what an aim is compared with stands between its verb and a figure."""
    reached = _TO_BE_REACHED.match(document.text, max(view.start, start - len("menargetkan")), figure.start)
    between = document.text[reached.end() if reached else start : figure.start]
    versions = bool(_REVISED.search(between) or _ORIGINAL.search(between))
    changed = (_ORIGINAL.search(view.text) and _REVISED.search(between)) or _REVISED_TO.search(between)
    if _RESULT.search(between) and not changed:
        return False
    if _OTHER_TARGET.search(between) or (not view.has("export") and _OTHER_TARGET.search(view.text)):
        return False
    told = any(f.start > start and f.kind == figure.kind and f.end <= figure.start for f in view.figures)
    return not (told and not versions and _COMPARED.search(between))


def _aimed_behind(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True where "target" follows its figure: "US$ 2 miliar menjadi target ekspor tahun ini"."""
    later = view.first_cue_after(figure.end, "target")
    if later is None or later.start - figure.end > 40:
        return False
    return not _EXCEEDS.search(document.text[figure.end : later.start])


def _measures(
    document: Document, view: SentenceView, figure: Figure, start: int | None, *, is_version: bool
) -> str | None:
    text = document.text
    before = text[max(view.start, figure.start - _AIM_WITHIN) : figure.start]
    after = text[figure.end : min(figure.end + 60, view.end)]
    if figure.kind == "document":
        return "other"  # certificates of origin to be issued
    if figure.kind == "money":
        return None if _COST.search(before[-40:]) else "value"
    if figure.kind == "percent":
        return "growth_pct" if _is_growth(document, view, figure) else None
    if figure.kind in ("quantity", "container"):
        aimed = (start is not None or is_version) and figure.unit not in _COUNTED_THINGS
        return "volume" if view.has("export") or aimed else None
    if figure.kind == "people":
        if _counted_again(document, view, figure):
            return None
        counted = figure.unit == "exporter" or _EXPORTER.search(after + before[-30:])
        return "exporters" if counted or _grows(document, view, figure) else None
    if figure.kind == "number" and view.has("rev_old") and any(f.unit == "exporter" for f in view.figures):
        return "exporters"
    if figure.kind == "number" and _NAMED_EXPORTERS.search(after) and "eksportir" in view.text.lower():
        return "exporters"
    return None


def _is_growth(document: Document, view: SentenceView, figure: Figure) -> bool:
    growth = view.last_cue_before(figure.start, "growth_up", "growth_down")
    if growth is not None and figure.start - growth.end < 60:
        return True
    previous = document.sentences[view.index - 1] if view.index else None
    if previous is not None and previous.has("target") and previous.has("growth_up"):
        if view.has("target", *_VERSIONS):
            return True
    if previous is not None and previous.has("growth_up") and _EXCEEDS_IT.match(view.text):
        # "... pertumbuhan ekspor 16,2 persen. Jauh melebihi target yang ditetapkan, yakni 5,6 persen."
        return any(f.kind == "percent" for f in previous.figures)
    before = document.text[max(view.start, figure.start - _AIM_WITHIN) : figure.start]
    # "menurunkan target ekspor dari semula 12 persen menjadi 7,5 persen"
    moved = view.has("growth_up") or (view.has("rev_new") and view.has("export") and not view.has("share"))
    return moved and bool(_REVISED.search(before) or _ORIGINAL.search(before))


def _counted_again(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a share of a number of exporters that the sentence totals: "tiap kabupaten dua ... keseluruhan 12"."""
    if _ORIGINAL.search(view.text) and _REVISED.search(view.text):
        return False
    text = document.text
    others = [f for f in view.figures if f.kind == "people" and f.start > figure.end and f.value is not None]
    return any(_TOTAL.search(text[max(view.start, f.start - 24) : f.start]) for f in others)


def _grows(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for firms whose number is to rise, where the text has just counted exporters: "jumlah itu menjadi 25 UMKM"."""
    if not _TOTAL.search(document.text[max(view.start, figure.start - 24) : figure.start]):
        return False
    nearby = document.sentences[max(0, view.index - 2) : view.index]
    return bool(_REPORTING.search(view.text)) or any(_EXPORTER.search(v.text) for v in nearby)
