"""export_realisation: achieved exports of a region over a period, one claim per figure.

Statistics releases tell one thing after another about the same period: every figure that is no price, share,
import or budget is a claim whose region, period and goods are printed beside it or carried on from before.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import takewhile

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.export_figures import counts_as_export, growth_sign, is_amount
from pipelines.stages.extract.article.labels import Label, find_labels, span_of_goods
from pipelines.stages.extract.article.periods import (
    PERIOD_FORMS,
    is_compared,
    is_part,
    looks_back,
    main_period,
    told_just_before,
)
from pipelines.stages.extract.article.reports import is_report
from pipelines.stages.extract.article.tallies import settle_tallies, tallies
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.realisations.arithmetic import settle_periods
from pipelines.stages.extract.realisations.attachments import Attached, attach_labels
from pipelines.stages.extract.realisations.comparisons import WITH_A_MONTH, implied_period, is_month
from pipelines.stages.extract.realisations.figure_periods import period_of_figure
from pipelines.stages.extract.realisations.growth_bases import settle_bases, settle_growths
from pipelines.stages.extract.realisations.markets_meant import with_markets_meant
from pipelines.stages.extract.realisations.other_figures import told_otherwise
from pipelines.stages.extract.realisations.region_lists import regions_of_figures
from pipelines.stages.extract.realisations.scope import (
    ReportState,
    goes_on,
    headline_goods,
    move_scope,
    note_bases,
    note_period,
    note_subject,
    return_to,
    take_up_subject,
)
from pipelines.stages.extract.realisations.sentences import (
    LIST_MARK,
    METRICS,
    enters_time,
    heads_list,
    is_listed_below,
    is_result_of_aim,
    is_statistical,
    sets_scene,
    turns_away,
)
from pipelines.stages.extract.told_again import is_round
from pipelines.stages.extract.weighing.goods import PRINTED, RECAP, STATED, weigh_goods
from pipelines.text.figures import Figure

_OPENS_WITHIN = 12  # characters of a sentence that opens with a time
_NOT_TOLD_OF = ("dateline", "seat", "apposition")  # roles of regions that a sentence names besides
_ONLY = Pattern("realisations.read.only")
_SAME_SPAN = Pattern("realisations.read.same_span")
_LIST_GOES_ON = Pattern("article.export_figures.list_goes_on")
_THESE_ARE = Pattern("realisations.read.these_are")
_THEIR_MARKETS = Pattern("realisations.read.their_markets")
_THEN = Pattern("realisations.read.then")
_NAMES_ONLY = Pattern("realisations.read.names_only")
_ITS_MEASURE = Pattern("realisations.read.its_measure")
_GOES_WITH = Pattern("realisations.read.goes_with")


def read_realisations(
    document: Document,
    context: ArticleContext,
    *,
    skip: set[int],
    shipments: Sequence[Draft],
    recaps: set[int],
) -> list[Draft]:
    """Realisation claims of an article, in order.

    Args:
        document: The article.
        context: Its background.
        skip: Offsets of figures that other rules have claimed (shipments, missions, targets, ...).
        shipments: The dispatches it tells of.
        recaps: Sentences behind them that count a whole time.
    """
    drafts: list[Draft] = []
    state = ReportState(report=is_report(document), recaps=recaps)
    if state.report:
        state.period, state.period_span = main_period(document, context)
        state.main, state.main_span = state.period, state.period_span
        state.headline = state.topic = state.commodity = headline_goods(document)
    skip = skip | told_otherwise(document)
    counts: list[Figure] = []
    for sentence in document.body:
        view = sentence
        if (
            state.report
            or state.active
            or view.index in recaps
            or view.has("export", "source_stat", "certify")
        ):
            view = settle_tallies(document, sentence, counts)
        counts = tallies(view)
        if view.sentence.paragraph != state.paragraph and is_listed_below(document, view):
            state.paragraph, state.returning = view.sentence.paragraph, False
        elif view.sentence.paragraph != state.paragraph:
            # Goods and markets told in passing are dropped with the paragraph; those the report is about stay.
            state.paragraph, state.commodity = view.sentence.paragraph, state.topic
            state.destination = state.market
            state.suspended = state.suspended and (
                goes_on(view) or _LIST_GOES_ON.match(view.text) is not None
            )
            # Another region is told of in passing, most often the nation.
            if (state.region == "ID" and context.home) or (
                context.home and state.main_region == context.home
            ):
                return_to(state, context.home)
            elif state.left is not None and state.left.region != "ID":
                return_to(state, state.left.region)
            state.parts, state.subject, state.subject_market = set(), None, None
            state.bases = dict(state.first_bases)
            state.returning = state.aside and not LIST_MARK.match(view.text)
        if (
            (
                view.has("export")
                or state.report
                or (state.active and (heads_list(document, view) or enters_time(view)))
            )
            and not view.has("send_strong", "planned", "target", "mission", "fair", "training")
            and not any(is_amount(f) and f.kind in ("money", "quantity") for f in view.figures)
        ):
            if sets_scene(document, view, state):
                note_period(view, context, state)
                if enters_time(view) and view.times and state.mentioned and not state.report:
                    # "Data dinas untuk semester I 2016 memperlihatkan ...", behind figures of 2017
                    state.period, state.period_span = state.mentioned, None
            kept = state.region
            move_scope(document, view, context, state, None)
            if heads_list(document, view):
                _open_list(document, view, context, state)
            if len({m.code for m in view.regions if m.role not in _NOT_TOLD_OF}) > 1:
                # "turut membeli biji dari Bengkulu serta Sumatera Selatan": several regions told in passing.
                state.region = kept or state.region
        if _is_subheading(document, view):
            continue
        if view.has("export"):
            state.suspended = False
        if not view.has("export") and turns_away(document, view):
            state.suspended = True
        if (state.report or state.active) and not any(
            is_amount(f) and f.kind in METRICS for f in view.figures
        ):
            note_subject(document, view, state)
        if view.index - state.told_index == 1 and not view.figures and _THEIR_MARKETS.match(view.text):
            _fill_markets(view, drafts, state.told_index)
        if state.suspended or not is_statistical(document, view, state):
            if state.active and view.index - state.last_index > 3:
                state.active = False
            if view.has("domestic") and not state.report:
                # "Pada 2022 frekuensi domestik keluar 1.663 kali. Kalau untuk ekspor ...": of the same year.
                note_period(view, context, state)
            if state.returning and _SAME_SPAN.search(view.text):
                _return_to_main(document, view, state)
            continue
        if state.returning:
            _return_to_main(document, view, state)
        if view.index in recaps and state.commodity is None:
            state.commodity = _goods_dispatched(document, view, shipments)
        found = _read_sentence(document, view, context, state, skip)
        if found:
            state.active, state.last_index, state.told_index = True, view.index, view.index
        elif state.report and not view.has("import") and not any(f.start in skip for f in view.figures):
            if sets_scene(document, view, state):
                note_period(view, context, state)
            if view.has("growth_up", "growth_down"):
                # "Ekspor nonmigas turun sebesar US$ 73 juta. Dari semula US$ 589 juta menjadi ..."
                note_subject(document, view, state)
        drafts.extend(found)
    weigh_goods(document, drafts)
    settle_periods(document, drafts)
    settle_growths(drafts)
    settle_bases(document, context, drafts)
    return drafts


def _goods_dispatched(document: Document, view: SentenceView, shipments: Sequence[Draft]) -> Label | None:
    """The goods of all dispatches told before a sentence, where they are the same ones, or others told right before it."""
    before = document.before(view)
    if before is not None and not any(before.index in draft.sentences for draft in shipments):
        goods = [label for label in find_labels(document, before) if label.kind == "product"]
        if goods:
            return goods[0] if len(goods) == 1 else None
    told = [draft for draft in shipments if draft.order < view.start]
    kinds = {str(draft.slots.get("products")).lower() for draft in told}
    spans = [draft.spans["products"] for draft in told if "products" in draft.spans]
    names = told[0].slots.get("products") if len(kinds) == 1 and spans else None
    if not isinstance(names, list) or len(names) != 1:
        return None
    name = document.text[slice(*spans[0])]
    return Label(*spans[0], "product", (name,), name)


def _open_list(document: Document, view: SentenceView, context: ArticleContext, state: ReportState) -> None:
    """The figures of a list are of the time and the market that the line above it names, whatever was told before."""
    dated = [time for time in view.times if time.form in PERIOD_FORMS and time.year]
    resolved = context.resolve(dated[0], base=state.period) if len(dated) == 1 else None
    if resolved is not None:
        state.period, state.period_span = resolved.edtf, (dated[0].start, dated[0].end)
        state.aside = state.main is not None
    markets = [label for label in find_labels(document, view) if label.kind == "country"]
    if len(markets) == 1:
        state.destination = markets[0]


def _fill_markets(view: SentenceView, drafts: list[Draft], told_index: int) -> None:
    """Where the goods of the sentence before go: "batu apung 336.450 kg. Tujuannya Thailand dan Vietnam"."""
    told = [*takewhile(lambda draft: draft.sentences[0] == told_index, reversed(drafts))]
    goods = {draft.slots.get("commodity") for draft in told}
    if not view.countries or len(goods) != 1 or None in goods:
        return
    codes = list(dict.fromkeys(country.code for country in view.countries))
    for draft in told:
        if not draft.has("destinations"):
            draft.put("destinations", list(codes), (view.countries[0].start, view.countries[-1].end))


def _is_subheading(document: Document, view: SentenceView) -> bool:
    """True for "1. Ekspor migas melesat 44 persen" between paragraphs, which tell it exactly."""
    if not view.text[-1].isalnum() or LIST_MARK.match(view.text) is None:
        return False
    around = [
        *document.sentences[max(0, view.index - 1) : view.index],
        *document.sentences[view.index + 1 : view.index + 2],
    ]
    return len(around) > 1 and not any(LIST_MARK.match(other.text) for other in around)


def _return_to_main(document: Document, view: SentenceView, state: ReportState) -> None:
    """After an aside, the figures of a new paragraph are those of the main period again, unless it goes on about the aside."""
    longer = state.main is not None and state.period is not None and is_part(state.main, state.period)
    behind = document.sentences[view.index + 1].text if view.index + 1 < len(document.sentences) else ""
    state.returning = False
    of_the_month = (
        state.period is not None and is_month(state.period) and not (state.main and is_month(state.main))
    )
    goes_on = (
        _LIST_GOES_ON.match(view.text) is not None
        or (of_the_month and WITH_A_MONTH.search(view.text) is not None)
    ) or (
        longer and (_SAME_SPAN.search(view.text) or (_THESE_ARE.match(behind) and _SAME_SPAN.search(behind)))
    )
    if not goes_on:
        state.period, state.period_span = state.main, state.main_span
    # What a second paragraph goes on about is no aside any more.
    state.aside = False


def _read_sentence(
    document: Document, view: SentenceView, context: ArticleContext, state: ReportState, skip: set[int]
) -> list[Draft]:
    figures = [
        f
        for f in view.figures
        if is_amount(f) and f.start not in skip and counts_as_export(document, view, f)
    ]
    if not figures:
        return []
    told_of = state.region
    if is_result_of_aim(document, view):
        # "Ekspor Kepri ditargetkan 12 miliar. Kenyataannya terkumpul 9 miliar": of the region that the aim names.
        move_scope(document, document.sentences[view.index - 1], context, state, None)
    move_scope(document, view, context, state, figures[0])
    owners = regions_of_figures(document, view, figures)
    if owners:
        state.region = told_of or state.region
    take_up_subject(document, view, state, figures[0])
    note_bases(document, view, context, state)
    implied = implied_period(document, view, context, state.told, state.period)
    if implied is not None:
        state.period, state.period_span = implied, None
    labels = with_markets_meant(document, view, find_labels(document, view))
    attached = attach_labels(document, view, figures, labels, state)
    drafts = []
    # A period told in a sentence holds for the figures behind it, even where it looks back.
    then = _THEN.match(view.text) is not None
    led = told_just_before(document, view, context, meant=then, base=state.period)
    local = _time_meant(document, view, context, state) if then and led is None else None
    if local is None and led is not None:
        resolved = context.resolve(led, base=state.period)
        local = resolved.edtf if resolved else None
    if (
        local is None
        and view.index - state.last_index == 1
        and (_ITS_MEASURE.match(view.text) or _goes_on_looking_back(document, view, state))
    ):
        local = state.only_period
    previous: tuple[Attached, Draft] | None = None
    for item in attached:
        draft, local = _draft(document, view, context, state, item, local)
        if draft is None:
            previous = None
            continue
        if item.figure.start in owners:
            draft.put("region", region_name(owners[item.figure.start]))
        if previous is not None and item.time is None and _goes_with(document, previous[0], item):
            draft.put("period", previous[1].slots.get("period"), previous[1].spans.get("period"))
        drafts.append(draft)
        previous = item, draft
    state.told_goods = _only([item.product or state.commodity for item in attached])
    state.last_goods = state.told_goods or state.last_goods
    told_of_goods = {str(draft.slots["commodity"]).lower() for draft in drafts if draft.has("commodity")}
    state.goods |= told_of_goods - ({state.headline.text.lower()} if state.headline else set())
    market = _only([item.country or state.destination for item in attached])
    state.told_market = market if market is not None and len(market.values) == 1 else None
    for draft in drafts:
        if draft.slots["metric"] in ("value", "volume") and draft.has("period") and not is_round(draft):
            state.amounts.setdefault(
                (draft.slots["amount"], draft.slots.get("currency") or draft.slots.get("unit")),
                str(draft.slots["period"]),
            )
    told = [str(d.slots["period"]) for d in drafts if d.has("period")]
    state.told += told
    state.only_period = told[0] if len(set(told)) == 1 and not any(i.compared for i in attached) else None
    if state.main:
        # A series of months, or "khusus Maret": the next paragraph is about the whole period again.
        inside = {period for period in told if is_part(period, state.main)}
        state.parts |= inside
        if len(state.parts) >= 2 or (inside and _ONLY.search(view.text)):
            state.aside = True
        if any(is_part(state.main, period) for period in told):
            # The months so far, told beside the month that the report is about.
            state.aside = True
    return drafts


def _time_meant(
    document: Document, view: SentenceView, context: ArticleContext, state: ReportState
) -> str | None:
    """What "waktu itu" points to: the period that the sentence before compares with, else the one mentioned last."""
    before = document.sentences[view.index - 1] if view.index else None
    times = [time for time in before.times if time.form in PERIOD_FORMS] if before is not None else []
    if before is not None and times and is_compared(document.text, before, times[-1]) and state.period:
        if not before.figures and times[-1].year is not None:
            # "Angka 2018 jauh lebih baik daripada 2017. Waktu itu ..."
            resolved = context.resolve(times[-1], base=state.period)
            return resolved.edtf if resolved else state.mentioned
        return state.bases.get(state.period, state.mentioned)
    return state.mentioned


def _goes_on_looking_back(document: Document, view: SentenceView, state: ReportState) -> bool:
    """True where the sentence before is of an earlier time and this one goes on with its list or its subject.

    "Pada 2019 volumenya naik. Sektor industri ..." opens with that time; "Tiongkok membeli 1,2 juta pada 2017.
    Malaysia 0,37 juta" leaves out everything but names and figures.
    """
    last = document.sentences[state.last_index]
    if (
        state.only_period is None
        or not looks_back(state.only_period, state.period)
        or last.sentence.paragraph != view.sentence.paragraph
        or any(time.form in PERIOD_FORMS for time in view.times)
    ):
        return False
    opens = bool(last.times) and last.times[0].start - last.start <= _OPENS_WITHIN
    names_only = _NAMES_ONLY.match(view.text) is not None and bool(view.countries or view.products)
    # A bare growth is that of the period under discussion: "Juli 2022 31 juta. Ada kenaikan 12 persen."
    told = bool(view.products or any(figure.kind != "percent" for figure in view.figures))
    return (opens or names_only) and told


def _only(labels: list[Label | None]) -> Label | None:
    """The one thing that all figures of a sentence are of, or None."""
    first = labels[0] if labels else None
    return (
        first if first is not None and all(x is not None and x.text == first.text for x in labels) else None
    )


def _goes_with(document: Document, first: Attached, second: Attached) -> bool:
    """True for the other measure of a thing compared with: "pada periode serupa 2022 tonasenya 139.400 ton dengan 985 kali"."""
    return (
        first.compared
        and first.figure.kind != second.figure.kind
        and second.figure.kind != "percent"
        and _GOES_WITH.fullmatch(document.text, first.figure.end, second.figure.start) is not None
    )


def _draft(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    item: Attached,
    local: str | None,
) -> tuple[Draft | None, str | None]:
    figure = item.figure
    period, span, local = period_of_figure(document, view, context, state, item, local)
    product, country = item.product, item.country
    if figure.kind not in METRICS:
        return None, local
    metric = METRICS[figure.kind]
    draft = Draft("export_realisation", f"realisation.{metric}", [view.index], figure.start)
    draft.put_figure("amount", figure)
    if metric == "growth_pct":
        sign = growth_sign(document, view, figure)
        if sign < 0 and figure.value is not None:
            draft.put("amount", -abs(Decimal(figure.value)), (figure.start, figure.end))
    draft.put("metric", metric)
    draft.put("region", region_name(state.region))
    if period:
        draft.put("period", period, span)
    if product is None and not item.whole:
        product = state.commodity
    if country is None and not item.whole:
        country = state.destination
    if product is not None:
        start, end = span_of_goods(document.text, product)
        draft.put("commodity", document.text[start:end], (start, end))
    if country is not None:
        draft.put("destinations", list(country.values), (country.start, country.end))
    if (
        item.product is not None
        and figure.kind == "quantity"
        and (view.has("export", "abroad", "certify") or state.report)
    ):
        draft.evidence.add("topic")
    if item.product is not None:
        draft.evidence.add(PRINTED)
    elif state.stated or item.whole:
        draft.evidence.add(STATED)
    if item.time is None:
        draft.evidence.add("period_carried")
    if view.index in state.recaps:
        draft.evidence.add(RECAP)
    return draft, local
