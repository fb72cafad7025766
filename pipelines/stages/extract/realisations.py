"""export_realisation: achieved exports of a region over a period, one claim per figure.

Statistics releases tell one thing after another about the same period: every figure that is no price, share,
import or budget is a claim whose region, period and goods are printed beside it or carried on from before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from pipelines.lexicons.loader import regions
from pipelines.stages.extract.context import ArticleContext, region_name
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.labels import Label, find_labels, label_after
from pipelines.text.dates import TimeExpression, shift_years
from pipelines.text.figures import Figure
from pipelines.lexicons.patterns import Pattern

_GOVERNORS = ("export", "value_word", "volume_word", "achieved", "import", "price", "budget", "capacity", "share",
              "domestic", "target", "transaction", "presence", "send", "cumulative", "forecast")  # fmt: skip
_EXCLUDING = {"import", "price", "budget", "domestic", "transaction", "target", "capacity"}
_METRICS = {"money": "value", "quantity": "volume", "percent": "growth_pct", "people": "exporters", "document": "other"}
_PERIOD_FORMS = {"month", "month_range", "year", "quarter", "semester", "relative", "year_range"}
_COMPARE_BEFORE = Pattern("realisations.compare_before")
_TIME_RIGHT_AFTER = Pattern("realisations.time_right_after")
_NATION = Pattern("realisations.nation")
_LIST_MARK = re.compile(r"\s*(?:\d{1,2}[.)]|[-•*–·])\s")
_CHANGE = Pattern("realisations.change")
_INTO = Pattern("realisations.into")
_THEN = Pattern("realisations.then")
_CONTRAST = Pattern("realisations.contrast")
_YEAR_BEFORE = Pattern("realisations.year_before")
_MONTH_BEFORE = Pattern("realisations.month_before")
_SUBTOTAL = Pattern("realisations.subtotal")
_OPENS_WITH_LINK = Pattern("realisations.opens_with_link")  # fmt: skip
_IS_TOTAL = Pattern("realisations.is_total")
_STAT_NOUN = Pattern("realisations.stat_noun")


@dataclass(slots=True)
class _State:
    """What a statistics report carries on from sentence to sentence."""

    region: str | None = None
    period: str | None = None
    period_span: tuple[int, int] | None = None
    paragraph: int = -1
    topic: Label | None = None
    mentioned: str | None = None
    commodity: Label | None = None
    destination: Label | None = None
    active: bool = False
    report: bool = False
    suspended: bool = False
    last_index: int = -10


@dataclass(frozen=True, slots=True)
class _Attached:
    """A figure with what stands beside it."""

    figure: Figure
    product: Label | None
    country: Label | None
    time: TimeExpression | None
    compared: bool


def read_realisations(document: Document, context: ArticleContext, *, skip: set[int]) -> list[Draft]:
    """Realisation claims of an article, in order.

    Args:
        document: The article.
        context: Its background.
        skip: Offsets of figures that other rules have claimed (shipments, missions, targets, ...).
    """
    drafts: list[Draft] = []
    state = _State(report=is_report(document))
    if state.report:
        state.period, state.period_span = _main_period(document, context)
    for view in document.body:
        if (view.has("export") or state.report) and not view.has("send_strong", "planned") and not any(_usable(f) and f.kind in ("money", "quantity") for f in view.figures):
            _note_period(view, context, state)
            _move_scope(document, view, context, state, find_labels(document, view), None)
        if view.sentence.paragraph != state.paragraph:
            # Goods told in passing are dropped with the paragraph; those the report is about stay.
            state.paragraph, state.commodity = view.sentence.paragraph, state.topic
            state.suspended = False
        if view.has("export"):
            state.suspended = False
        if view.has("import", "domestic") and not view.has("export"):
            state.suspended = True
        if state.suspended or not _is_statistical(document, view, state):
            if state.active and view.index - state.last_index > 3:
                state.active = False
            continue
        found = _read_sentence(document, view, context, state, skip)
        if found:
            state.active, state.last_index = True, view.index
        drafts.extend(found)
    return drafts


def _main_period(document: Document, context: ArticleContext) -> tuple[str | None, tuple[int, int] | None]:
    """The period a report is about: the first one it states without comparing, else the headline's."""
    for view in (*document.body[:8], *(v for v in document.sentences if v.end <= document.title_end)):
        if not view.has("export", "abroad", "source_stat", "send", "value_word", "volume_word"):
            continue
        for time in view.times:
            if time.form in _PERIOD_FORMS - {"relative"} and not _is_compared(document.text, view, time):
                resolved = context.resolve(time)
                if resolved:
                    return resolved.edtf, (time.start, time.end)
    return None, None


def is_report(document: Document) -> bool:
    """True for a statistics release: its figures are about exports unless something else is said."""
    if _leads_with_dispatch(document):
        return False
    statistics = dispatches = 0
    sourced = "source_stat" in document.cue_classes
    for view in document.body:
        figures = [f for f in view.figures if _usable(f) and f.kind in ("money", "quantity", "percent", "document")]
        periods = any(time.form in _PERIOD_FORMS for time in view.times)
        if figures and (_STAT_NOUN.search(view.text) or (view.has("source_stat", "export") and periods)):
            statistics += 1
        elif figures and periods and sourced and view.has("value_word", "volume_word", "growth_up", "growth_down", "cumulative", "certify"):
            statistics += 1
        dated = any(time.form in ("day", "weekday") for time in view.times)
        goods = any(f.kind in ("container", "quantity") for f in view.figures)
        sent = view.has("send", "send_strong") or (view.has("export", "certify") and not periods and view.countries)
        if any(f.kind == "container" for f in view.figures) or (sent and goods and (dated or view.firms or (view.countries and not periods))):
            dispatches += 1
    told = statistics
    loose = sum(f.kind in ("money", "percent") and _usable(f) for view in document.body for f in view.figures)
    if statistics > dispatches and (statistics >= 2 or (told == 1 and dispatches == 0 and loose >= 5)):
        return True
    if document.cue_classes & {"mission", "fair", "training"} or not (sourced or document.agencies) or loose < 5:
        return False
    return _leads_with_period(document)


def _leads_with_dispatch(document: Document) -> bool:
    """True where an article opens with goods that leave on a day: no report, whatever totals follow."""
    lead = document.body[:3]
    dated = any(time.form in ("day", "weekday") or time.word in ("hari ini", "kemarin") for view in lead for time in view.times)
    for view in lead:
        if any(time.form in _PERIOD_FORMS - {"relative"} for time in view.times):
            continue
        goods = any(f.kind in ("container", "quantity") for f in view.figures)
        if view.has("send_strong") and dated:
            return True
        if goods and view.has("send", "export", "certify") and (dated or view.firms or any(f.kind == "container" for f in view.figures)):
            return True
    return False


def _leads_with_period(document: Document) -> bool:
    """True where an article opens with a month, quarter or year."""
    return any(time.form in _PERIOD_FORMS - {"relative"} for view in document.body[:4] for time in view.times)


def _note_period(view: SentenceView, context: ArticleContext, state: _State) -> None:
    """A sentence without figures may still say what the next ones are about."""
    for time in view.times:
        if time.year is None and not view.has("export", "abroad"):
            continue
        if time.form in _PERIOD_FORMS - {"relative"} and not _is_compared(view.text, view, _shifted(time, -view.start)):
            resolved = context.resolve(time, base=state.period)
            if resolved:
                state.mentioned = resolved.edtf
            if resolved and not _looks_back(resolved.edtf, state.period):
                state.period, state.period_span = resolved.edtf, (time.start, time.end)


def _shifted(time: TimeExpression, by: int) -> TimeExpression:
    return replace(time, start=time.start + by, end=time.end + by)


def _ends(edtf: str) -> str:
    """Sort key of the last month of a period."""
    last = edtf.split("/")[-1]
    return last if len(last) > 4 else f"{last}-12"


def _looks_back(period: str, current: str | None) -> bool:
    """True where a period lies wholly before the one under discussion."""
    if current is None:
        return False
    first = current.split("/")[0]
    return _ends(period) < (first if len(first) > 4 else f"{first}-01")


def _usable(figure: Figure) -> bool:
    return not figure.is_rate and not figure.same_as and figure.value is not None


def _is_statistical(document: Document, view: SentenceView, state: _State) -> bool:
    kinds = {figure.kind for figure in view.figures if _usable(figure)}
    if not kinds & {"money", "quantity", "percent", "document", "people"}:
        return _only_moves_period(view)
    if view.has("smuggling") or (view.has("cancel") and not view.has("achieved")):
        return False
    if not document.cue_classes & {"export", "abroad"}:
        return False
    if "mission" in document.cue_classes and not _STAT_NOUN.search(view.text) and not (view.has("export") and view.times):
        return False
    if view.has("mission", "training", "fair") and not _STAT_NOUN.search(view.text):
        return False
    periods = [time for time in view.times if time.form in _PERIOD_FORMS]
    if view.has("forecast") and not state.report:
        return False
    if view.has("planned") and not state.report and not _STAT_NOUN.search(view.text):
        return False
    if _STAT_NOUN.search(view.text) and (periods or state.active or not view.has("send_strong", "this_one")):
        return not (view.has("this_one", "first") and not periods)
    if "document" in kinds:
        return True
    if view.has("export") and periods and not view.has("send_strong"):
        return True
    if view.has("source_stat") and periods and not view.has("import", "send_strong"):
        return True
    if view.has("abroad", "certify") and periods and kinds & {"quantity", "money"} and not view.has("send_strong"):
        return True
    if state.report and kinds & {"money", "quantity", "percent"}:
        return bool(view.products or view.countries or _LIST_MARK.match(view.text)) or view.has("value_word", "volume_word", "achieved", "growth_up", "growth_down", "export", "rest", "cumulative") or bool(periods)
    return state.active and view.index - state.last_index <= 3


def _only_moves_period(view: SentenceView) -> bool:
    return False


def _read_sentence(
    document: Document, view: SentenceView, context: ArticleContext, state: _State, skip: set[int]
) -> list[Draft]:
    labels = find_labels(document, view)
    figures = [f for f in view.figures if _usable(f) and f.start not in skip and _counts(document, view, f)]
    if not figures:
        return []
    _move_scope(document, view, context, state, labels, figures[0])
    attached = _attach(document, view, figures, labels, state)
    drafts = []
    # A period told in a sentence holds for the figures behind it, even where it looks back.
    local = state.mentioned if _THEN.match(view.text) else None
    for item in attached:
        draft, local = _draft(document, view, context, state, item, local)
        if draft is not None:
            drafts.append(draft)
    return drafts


def _counts(document: Document, view: SentenceView, figure: Figure) -> bool:
    """False for prices, shares, imports, budgets and whatever else stands beside exports."""
    text = document.text
    if figure.kind == "percent":
        return _growth_sign(document, view, figure) != 0
    if figure.kind == "people":
        return figure.unit == "exporter" or (
            view.has("export") and _COUNTS.search(text[figure.end : figure.end + 50]) is not None
        )
    if figure.noun == "kali" and _COUNTS_2.search(view.text):
        return True
    if figure.kind not in ("money", "quantity", "document"):
        return False
    if figure.qualifier == "at_most" or (figure.kind == "document" and figure.value is not None and figure.value < 5):
        return False
    if figure.kind != "document" and _is_difference(document, view, figure):
        return False
    if figure.kind == "quantity" and figure.unit in ("piece", "sheet", "pack", "unit", "set", "carton", "box", "bottle") and not view.has(
        "export", "volume_word", "source_stat"
    ):
        return False
    if view.last_cue_before(figure.start, "forecast") and figure.kind in ("money", "quantity"):
        return False
    governor = view.last_cue_before(figure.start, *_GOVERNORS)
    if governor is None:
        governor = view.first_cue_after(figure.end, "import", "price", "budget", "share", "capacity")
        return not (governor and governor.start - figure.end < 25 and not set(governor.codes) <= {"share"})
    classes = set(governor.codes)
    if classes & {"export", "value_word", "volume_word", "achieved", "cumulative"} and not classes & {"import", "price", "budget"}:
        # "nilai impor ... mencapai": the noun before the verb decides.
        noun = view.last_cue_before(figure.start, "export", "import", "price", "budget", "domestic", "capacity")
        if noun is not None and noun is not governor and set(noun.codes) & _EXCLUDING and governor.start - noun.end < 70:
            between = text[noun.end : governor.start]
            return bool(re.search(r"[.;]", between)) or "ekspor" in between.lower()
        return True
    if classes <= {"capacity", "share", "transaction"} and figure.kind == "money" and "budget" not in classes and (classes != {"transaction"} or governor.key in ("laku", "terjual")):
        return True
    if classes & _EXCLUDING:
        labels_between = text[governor.end : figure.start]
        return (len(labels_between) > 90 and not classes & {"price", "import"}) or (classes == {"capacity"} and "ekspor" in labels_between.lower())
    return True


def _is_difference(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for "merosot 4,7 juta dolar": the size of a change, not a level."""
    cue = view.last_cue_before(figure.start, "growth_up", "growth_down")
    if cue is None:
        return False
    gap = document.text[cue.end : figure.start]
    return _IS_DIFFERENCE.fullmatch(gap) is not None and not cue.key.endswith(("di atas", "di bawah"))


def _growth_sign(document: Document, view: SentenceView, figure: Figure) -> int:
    """1 or -1 for a growth figure, 0 for a share or another percentage."""
    up_before = view.last_cue_before(figure.start, "growth_up", "growth_down")
    after = view.first_cue_after(figure.end, "growth_up", "growth_down")
    text = document.text
    if after and after.start - figure.end <= 3 and view.last_cue_before(figure.start, "share") is None and after.key in (
        "lebih rendah", "lebih tinggi", "lebih besar", "lebih kecil", "lebih banyak", "lebih sedikit", "di atas", "di bawah"
    ):
        return 1 if "growth_up" in after.codes else -1
    if _GROWTH_SIGN.match(text[figure.end : figure.end + 40]) and (
        up_before is None or figure.start - up_before.end > 12
    ):
        return 0
    sign = re.search(r"\(\s*([+\-–−])\s*$", text[max(0, figure.start - 4) : figure.start])
    if sign:
        return 1 if sign[1] == "+" else -1
    if _GROWTH_SIGN_2.search(text[max(0, figure.start - 10) : figure.start]):
        return -1
    if up_before is None:
        return 0
    gap = text[up_before.end : figure.start]
    share = view.last_cue_before(figure.start, "share", "price", "budget", "capacity", "target")
    if share is not None and share.start > up_before.start:
        return 0
    if len(gap) > 75 or re.search(r"[.;]\s", gap):
        return 0
    if any(f.kind == "percent" and f.start > up_before.end and f.end <= figure.start for f in view.figures) and not _GROWTH_SIGN_3.search(gap):
        return 0
    subject = view.last_cue_before(up_before.start, "export", "import", "price", "budget", "value_word", "volume_word", "capacity")
    if subject is not None and set(subject.codes) & {"import", "price", "budget", "capacity"} and up_before.start - subject.end < 45:
        return 0
    return 1 if "growth_up" in up_before.codes else -1


def _move_scope(
    document: Document, view: SentenceView, context: ArticleContext, state: _State, labels: list[Label], first: Figure | None
) -> None:
    """Carry region, goods and destination of the statement on, or set them anew where the sentence does."""
    text = document.text
    export = next((cue for cue in view.cues_of("export")), None)
    region = _stated_region(document, view, context)
    if region:
        if state.region and region != state.region:
            state.commodity = state.destination = None
        state.region = region
    elif state.region is None:
        state.region = context.home
    if export is None:
        return
    lead = [label for label in labels if first is None or label.end <= first.start]
    scope = None
    destination = None
    for label in lead:
        between = text[export.end : label.start]
        if label.kind == "product" and -2 <= label.start - export.end <= 40 and _MOVE_SCOPE.fullmatch(between):
            scope = label
        if label.kind == "country" and _MOVE_SCOPE_2.search(text[max(view.start, label.start - 16) : label.start]) and label.start > export.start:
            destination = label
    fresh = bool(_MOVE_SCOPE_3.search(text[view.start : export.end])) or export.start - view.start < 25
    total = _IS_TOTAL.match(text, export.end) is not None or any(
        0 <= mention.start - export.end <= 14 for mention in view.regions
    )
    if scope:
        if state.topic is None and not state.active and not _SUBTOTAL.match(scope.text):
            state.topic = scope
        state.commodity = scope
    elif total and export.key.startswith(("ekspor", "eksport", "export")):
        state.commodity = state.topic = None
    elif fresh and not _OPENS_WITH_LINK.match(view.text[: 20]):
        state.commodity = None
    elif fresh and _MOVE_SCOPE_4.search(view.text):
        state.commodity = None
    if destination and first is not None and not _country_list_follows(labels, view, first):
        state.destination = destination
    elif fresh:
        state.destination = None


def _country_list_follows(labels: list[Label], view: SentenceView, first: Figure) -> bool:
    countries = [label for label in labels if label.kind == "country"]
    return len(countries) >= 2 and len(view.figures) >= 2


def _stated_region(document: Document, view: SentenceView, context: ArticleContext) -> str | None:
    if _NATION.search(view.text) and not _STATED_REGION.search(view.text):
        return "ID"
    here = _STATED_REGION_2.search(view.text)
    best: tuple[int, str] | None = None
    export = [cue.start for cue in view.cues_of("export", "abroad")]
    for mention in view.regions:
        if mention.role in ("route", "at", "apposition"):
            continue
        near = any(-60 <= mention.start - offset <= 60 for offset in export)
        weight = {"origin": 3, "office": 2, "bare": 2, "branch": 1, "dateline": 0, "seat": 0}[mention.role] + near
        if mention.role in ("dateline", "seat") or (mention.role == "branch" and regions()[mention.code].level != "province"):
            continue
        if mention.role == "bare" and not near:
            continue
        if mention.role == "office" and not near:
            weight = 1
            if context.home and context.home != mention.code:
                # An office named by its seat speaks for the region the article is about.
                continue
        if best is None or weight > best[0]:
            best = (weight, mention.code)
    if best is None and here and here[1].lower() == "provinsi" and context.home:
        return regions()[context.home].parent_code or context.home
    return best[1] if best else None


def _attach(
    document: Document, view: SentenceView, figures: list[Figure], labels: list[Label], state: _State
) -> list[_Attached]:
    """Give each figure its goods, its country and its time."""
    respectively = _respectively(document, view, figures)
    # "Pembeli nontimah ialah Tiongkok 9,87 juta, Bangladesh 5,10 juta": goods told once for a list of countries.
    opening = next((label for label in labels if label.end <= figures[0].start), None)
    shared = None
    if opening is not None and opening.kind == "product" and any(
        label.kind == "country" and opening.end <= label.start < figures[0].start for label in labels
    ):
        shared = opening
    attached: list[_Attached] = []
    floor = view.start
    previous: _Attached | None = None
    used_times: set[int] = set()
    for figure in figures:
        product = country = None
        if figure.start in respectively:
            label = respectively[figure.start]
            product, country = (label, None) if label.kind == "product" else (None, label)
        else:
            after = label_after(document, view, figure, labels) or _adjacent(document, figure, labels)
            if after and after.kind == "country" and not _ATTACH.match(document.text[figure.end :figure.end+40]):
                after = None
            own = [label for label in labels if floor <= label.start and label.end <= figure.start and not _is_scope(document, view, label, state)]
            before_product = next((label for label in reversed(own) if label.kind == "product"), None)
            before_country = next((label for label in reversed(own) if label.kind == "country"), None)
            if before_country and _is_origin_country(document, before_country):
                before_country = None
            if after and after.kind == "product":
                before_product = after
            elif after and after.kind == "country":
                before_country = after
            product, country = before_product, before_country
            if product is None and country is not None and shared is not None:
                product = shared
            if product is None and country is None and state.report:
                product = _bare_label(document, view, figure, floor)
            if product is None and country is None and previous is not None and _chained(document, previous.figure, figure):
                product, country = previous.product, previous.country
        time, compared = _time_of(document, view, figure, used_times, figures)
        item = _Attached(figure, product, country, time, compared)
        attached.append(item)
        previous = item
        floor = figure.end
    return attached


_FILLER = Pattern("realisations.filler")
_SEPARATOR = Pattern("realisations.separator")
_NO_LABEL = Pattern("realisations.no_label")
_COUNTS = Pattern("realisations.counts")
_COUNTS_2 = Pattern("realisations.counts_2")
_IS_DIFFERENCE = Pattern("realisations.is_difference")
_GROWTH_SIGN = Pattern("realisations.growth_sign")
_GROWTH_SIGN_2 = Pattern("realisations.growth_sign_2")
_GROWTH_SIGN_3 = Pattern("realisations.growth_sign_3")
_MOVE_SCOPE = Pattern("realisations.move_scope")
_MOVE_SCOPE_2 = Pattern("realisations.move_scope_2")
_MOVE_SCOPE_3 = Pattern("realisations.move_scope_3")
_MOVE_SCOPE_4 = Pattern("realisations.move_scope_4")
_STATED_REGION = Pattern("realisations.stated_region")
_STATED_REGION_2 = Pattern("realisations.stated_region_2")
_ATTACH = Pattern("realisations.attach")
_IS_ORIGIN_COUNTRY = Pattern("realisations.is_origin_country")
_CHAINED = Pattern("realisations.chained")
_PARALLEL_LISTS = Pattern("realisations.parallel_lists")
_PARALLEL_LISTS_2 = Pattern("realisations.parallel_lists_2")
_COMPARED_FIGURE = Pattern("realisations.compared_figure")
_COMPARED_FIGURE_2 = Pattern("realisations.compared_figure_2")


def _bare_label(document: Document, view: SentenceView, figure: Figure, floor: int) -> Label | None:
    """Goods that no lexicon knows: the short noun phrase between a separator and a figure of a list."""
    text = document.text
    segment = text[max(floor, view.start) : figure.start]
    trimmed = _FILLER.sub("", segment)
    cut = [match.end() for match in _SEPARATOR.finditer(trimmed)]
    start = cut[-1] if cut else 0
    phrase = trimmed[start:].strip()
    words = phrase.split()
    if not 1 <= len(words) <= 4 or len(phrase) < 4 or not phrase[0].isalpha() or _NO_LABEL.search(phrase):
        return None
    if (start == 0 and floor > view.start) or any(char.isdigit() for char in phrase) or phrase[0].isupper():
        return None
    offset = max(floor, view.start) + trimmed.rindex(phrase)
    if any(cue.start < offset + len(phrase) and offset < cue.end for cue in view.cues):
        return None
    if any(m.start < offset + len(phrase) and offset < m.end for m in (*view.regions, *view.times, *view.countries)):
        return None
    return Label(offset, offset + len(phrase), "product", (phrase,), phrase)


def _adjacent(document: Document, figure: Figure, labels: list[Label]) -> Label | None:
    """Goods right behind a quantity: "112,7 ton tuna"."""
    if figure.kind != "quantity":
        return None
    return next((label for label in labels if label.kind == "product" and 0 < label.start - figure.end <= 2), None)


def _is_scope(document: Document, view: SentenceView, label: Label, state: _State) -> bool:
    return (state.commodity is not None and label.start == state.commodity.start and label.end == state.commodity.end) or (
        state.destination is not None and label.start == state.destination.start
    )


def _is_origin_country(document: Document, label: Label) -> bool:
    before = document.text[max(0, label.start - 12) : label.start]
    return bool(_IS_ORIGIN_COUNTRY.search(before))


def _chained(document: Document, first: Figure, second: Figure) -> bool:
    """True where the second figure goes on about the same thing as the first."""
    between = document.text[first.end : second.start]
    return len(between) < 160 and not _CHAINED.search(between)


def _respectively(document: Document, view: SentenceView, figures: list[Figure]) -> dict[int, Label]:
    """Pairs of a respectively-list: figure offset to its label."""
    pairs: dict[int, Label] = {}
    for cue in view.cues_of("respectively"):
        after = [f for f in figures if f.start >= cue.end]
        run: list[Figure] = []
        for figure in after:
            if run and (figure.kind != run[0].kind or figure.start - run[-1].end > 60):
                break
            run.append(figure)
        single = [label for label in find_labels(document, view, single=True) if label.end <= cue.start]
        for kind in ("country", "product"):
            chosen = [label for label in single if label.kind == kind][-len(run) :]
            if len(run) >= 2 and len(chosen) == len(run):
                for figure, label in zip(run, chosen, strict=True):
                    pairs[figure.start] = label
                break
    pairs.update(_parallel_lists(document, view, figures, pairs))
    return pairs


def _parallel_lists(document: Document, view: SentenceView, figures: list[Figure], known: dict[int, Label]) -> dict[int, Label]:
    """A list of names and then a list of as many figures: "Belanda, UEA dan Korsel dengan US$ 2,2 juta, US$ 1,4 juta dan US$ 1,1 juta"."""
    text = document.text
    runs: list[list[Figure]] = []
    for figure in figures:
        gap = text[runs[-1][-1].end : figure.start] if runs else ""
        if runs and runs[-1][-1].kind == figure.kind and _PARALLEL_LISTS.fullmatch(gap):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    pairs: dict[int, Label] = {}
    single = find_labels(document, view, single=True)
    for run in runs:
        if len(run) < 2 or run[0].start in known:
            continue
        before = [label for label in single if label.end <= run[0].start][-len(run) :]
        if len(before) == len(run) and len({label.kind for label in before}) == 1 and run[0].start - before[-1].end <= 40:
            joined = all(_PARALLEL_LISTS_2.fullmatch(text[a.end : b.start]) for a, b in zip(before, before[1:], strict=False))
            if joined:
                pairs.update({figure.start: label for figure, label in zip(run, before, strict=True)})
    return pairs


def _time_of(
    document: Document, view: SentenceView, figure: Figure, used: set[int], figures: list[Figure]
) -> tuple[TimeExpression | None, bool]:
    """The period printed for a figure, and whether it is one that the report only compares with."""
    text = document.text
    times = [time for time in view.times if time.form in _PERIOD_FORMS]
    position = next(i for i, f in enumerate(figures) if f.start == figure.start)
    next_start = figures[position + 1].start if position + 1 < len(figures) else view.end
    previous_end = figures[position - 1].end if position else view.start
    for time in times:
        if figure.end <= time.start < next_start and _TIME_RIGHT_AFTER.fullmatch(text, figure.end, time.start):
            used.add(time.start)
            return time, figure.kind != "percent" and _compared_figure(text, view, figure)
    before = [time for time in times if previous_end <= time.start and time.end <= figure.start and time.start not in used]
    if before:
        time = before[-1]
        if figure.kind == "percent":
            plain = [t for t in before if not _is_compared(text, view, t)]
            return (plain[-1], False) if plain else (None, False)
        return time, _is_compared(text, view, time)
    if position == 0:
        # "senilai US$ 5 juta ... selama Januari 2022" with more words between.
        for time in times:
            if figure.kind == "percent" or _CONTRAST.search(text[figure.end : time.start]):
                break
            if figure.end <= time.start and time.end <= next_start + 40 and not _is_compared(text, view, time) and time.start not in used:
                return time, False
    return None, False


def _is_compared(text: str, view: SentenceView, time: TimeExpression) -> bool:
    before = text[max(view.start, time.start - 60) : time.start]
    match = _COMPARE_BEFORE.search(before)
    if not match:
        return time.form == "relative" and any(w in time.word for w in ("sebelumnya", "sama"))  and "ini" not in time.word
    if match[0].lower().startswith(("dari", "untuk")):
        earlier = text[view.start : time.start - len(match[0])] if len(match[0]) else ""
        if match[0].lower().startswith("untuk"):
            return False
        return _CHANGE.search(earlier) is not None
    return True


def _compared_figure(text: str, view: SentenceView, figure: Figure) -> bool:
    before = text[max(view.start, figure.start - 40) : figure.start]
    if _COMPARED_FIGURE.search(before):
        return True
    if not _COMPARED_FIGURE_2.search(before):
        return False
    return _CHANGE.search(text[view.start : figure.start]) is not None or bool(_INTO.match(text[figure.end : figure.end + 60]))


def _draft(
    document: Document, view: SentenceView, context: ArticleContext, state: _State, item: _Attached, local: str | None
) -> tuple[Draft | None, str | None]:
    figure = item.figure
    period, span = (local, None) if local else (state.period, state.period_span)
    before = document.text[max(view.start, figure.start - 60) : figure.start]
    if item.time is None and period and figure.kind != "percent":
        shifted = shift_years(period, -1) if _YEAR_BEFORE.search(before) else None
        if _MONTH_BEFORE.search(before):
            earlier = resolve_relative_month(period)
            shifted = earlier or shifted
        period = shifted or period
    if item.time is not None:
        base = local if local and item.time.form == "relative" and "berikutnya" in item.time.word else state.period
        resolved = context.resolve(item.time, base=base)
        if resolved:
            period, span = resolved.edtf, (item.time.start, item.time.end)
            state.mentioned = period
            if not item.compared:
                local = period
            # A look back at an earlier period is about its own figure only.
            if not item.compared and not _looks_back(period, state.period):
                state.period, state.period_span = period, span
        elif not item.compared and item.time.form != "relative":
            period = span = None
    product, country = item.product, item.country
    if (figure.noun == "kali" and view.has("certify")) or figure.unit == "sheet" and (view.has("source_stat") or "ska" in view.text.lower()):
        figure = replace(figure, kind="document", unit=None)
    if figure.kind not in _METRICS:
        return None, local
    metric = _METRICS[figure.kind]
    draft = Draft("export_realisation", f"realisation.{metric}", [view.index], figure.start)
    draft.put_figure("amount", figure)
    if metric == "growth_pct":
        sign = _growth_sign(document, view, figure)
        if sign < 0 and figure.value is not None:
            draft.put("amount", -abs(Decimal(figure.value)), (figure.start, figure.end))
    draft.put("metric", metric)
    draft.put("region", region_name(state.region))
    if period:
        draft.put("period", period, span)
    if product is None:
        product = state.commodity
    if country is None:
        country = state.destination
    if product is not None:
        draft.put("commodity", product.text, (product.start, product.end))
    if country is not None:
        draft.put("destinations", list(country.values), (country.start, country.end))
    if item.product is not None and figure.kind == "quantity" and (view.has("export", "abroad", "certify") or state.report):
        draft.evidence.add("topic")
    if item.time is None:
        draft.evidence.add("period_carried")
    return draft, local


def resolve_relative_month(period: str) -> str | None:
    """The month before a month in EDTF; None for a longer period."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", period)
    if not match:
        return None
    index = int(match[1]) * 12 + int(match[2]) - 2
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def drop_repeats(drafts: list[Draft]) -> list[Draft]:
    """One claim per figure: a repetition is kept once, in its most telling form."""
    kept: list[Draft] = []
    for draft in drafts:
        twin = next((other for other in kept if _same_statement(other, draft)), None)
        if twin is None:
            kept.append(draft)
            continue
        for slot in ("commodity", "destinations", "period"):
            if slot in draft.slots:
                twin.fill(slot, draft.slots[slot], draft.spans.get(slot))
    return kept


def _same_statement(first: Draft, second: Draft) -> bool:
    if first.slots["metric"] != second.slots["metric"] or first.slots["amount"] != second.slots["amount"]:
        return False
    if first.slots.get("currency") != second.slots.get("currency"):
        return False
    for slot in ("period", "commodity", "region"):
        a, b = first.slots.get(slot), second.slots.get(slot)
        if a and b and a != b and slot != "commodity":
            return False
    a, b = first.slots.get("destinations"), second.slots.get("destinations")
    return not (a and b and a != b)


__all__ = ["drop_repeats", "read_realisations", "replace"]
