"""What a report carries on from sentence to sentence: region, period, goods and destination."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.article.periods import (
    PERIOD_FORMS,
    is_compared,
    is_part,
    is_spoken,
    looks_back,
    spans_a_record,
)
from pipelines.stages.extract.realisations.stated_regions import stated_region
from pipelines.text.figures import Figure
from pipelines.text.places import are_kin
from pipelines.text.times import TimeExpression

_SUBTOTAL = Pattern("realisations.scope.subtotal")
_OF_ALL_GOODS = Pattern("realisations.scope.of_all_goods")
_IS_TOTAL = Pattern("realisations.scope.is_total")
_OPENS_WITH_TOTAL = Pattern("realisations.scope.opens_with_total")
_SCOPE_GAP = Pattern("realisations.scope.scope_gap")
_TO_COUNTRY = Pattern("realisations.scope.to_country")
_STATED_NOUN = Pattern("realisations.scope.stated_noun")
_THERE = Pattern("realisations.scope.there")
_ITS_FIGURE = Pattern("realisations.scope.its_figure")
_A_MARKET = Pattern("realisations.scope.a_market")
_BUT_COMPARED = Pattern("realisations.scope.but_compared")
_NEXT_MARKETS = Pattern("realisations.scope.next_markets")
_OTHER_MARKETS = Pattern("realisations.scope.other_markets")
_GOES_ON = Pattern("realisations.scope.goes_on")
_BY_GOODS = Pattern("realisations.scope.by_goods")
_BY_PORT = Pattern("realisations.scope.by_port")
_THESE_GOODS = Pattern("realisations.scope.these_goods")
_DOMINATES_EXPORTS = Pattern("realisations.scope.dominates_exports")
_DOMINATES = Pattern("realisations.scope.dominates")
_TOTAL_VALUE = Pattern("realisations.scope.total_value")
_HOPE = Pattern("article.periods.hope")
_DRIVES = Pattern("realisations.attachments.drives")


_SEVERAL_GOODS = 2  # a report that has told these apart is about no single one
_SHORT = 90  # characters of a sentence that names its goods and no more
_SUBJECT_WITHIN = 45  # characters of a sentence in which its subject begins


@dataclass(frozen=True, slots=True)
class Left:
    """The region and period under discussion when a report turns to a region that is no part of it."""

    region: str
    period: str | None
    span: tuple[int, int] | None


@dataclass(slots=True)
class ReportState:
    """What a statistics report carries on from sentence to sentence."""

    region: str | None = None
    main_region: str | None = None
    main: str | None = None
    main_span: tuple[int, int] | None = None
    aside: bool = False
    returning: bool = False
    parts: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    left: Left | None = None
    only_period: str | None = None  # of all figures of the sentence read last
    amounts: dict[tuple[object, object], str] = field(default_factory=dict)
    bases: dict[str, str] = field(default_factory=dict)
    first_bases: dict[str, str] = field(default_factory=dict)  # what each period was compared with first
    subject: Label | None = None
    subject_market: Label | None = None
    of_all_goods: bool = False  # whether the sentence before spoke of all goods
    stated: bool = False  # whether the sentence itself says which goods, or all of them, it goes on about
    told_goods: Label | None = None
    last_goods: Label | None = None
    told_market: Label | None = None
    period: str | None = None
    period_span: tuple[int, int] | None = None
    paragraph: int = -1
    headline: Label | None = None
    goods: set[str] = field(default_factory=set)  # told beside figures so far
    topic: Label | None = None
    market: Label | None = None
    mentioned: str | None = None
    commodity: Label | None = None
    destination: Label | None = None
    active: bool = False
    report: bool = False
    suspended: bool = False
    recaps: set[int] = field(default_factory=set)  # sentences behind a dispatch that count a whole time
    last_index: int = -10
    told_index: int = -10


def move_scope(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    state: ReportState,
    first: Figure | None,
) -> None:
    """Carry region, goods and destination of the statement on, or set them anew where the sentence does."""
    text = document.text
    state.stated = False
    export = next((cue for cue in view.cues_of("export")), None)
    region = stated_region(document, view, context, state.region)
    if region:
        if state.region and region != state.region:
            # A province of a release about the nation's nickel exports nickel too.
            state.commodity = state.topic if context.home == "ID" else None
            state.destination = None
        under_discussion = state.region
        if under_discussion is None and first is None and _opens_with(document, context.home):
            under_discussion = context.home  # an aside before the first figures
        if state.left is None and under_discussion and not are_kin(region, under_discussion):
            state.left = Left(under_discussion, state.period, state.period_span)
            state.region = region
        else:
            return_to(state, region)
        if state.main_region is None and region != "ID" and (first is not None or region == context.home):
            # "Kontribusi Batam bagi ekspor Kepri": the first figures say whose report it is.
            state.main_region = region
    elif state.region is None:
        state.region = context.home
        if _opens_with(document, context.home):
            # "Ekspor Batam Naik": what is told of its province beside that is told in passing.
            state.main_region = state.main_region or context.home
    if _OTHER_MARKETS.search(view.text):
        state.destination = None
    if export is None:
        if _BY_GOODS.search(view.text) or _BY_PORT.match(view.text):
            state.destination = None
        if _OPENS_WITH_TOTAL.match(view.text):
            # "Migas 127 ribu dan nonmigas 1 juta dolar. Total volume 4.402 ton."
            state.commodity, state.stated = state.topic, True
        return
    labels = find_labels(document, view)
    lead = [label for label in labels if first is None or label.end <= first.start]
    scope = None
    destination = None
    for label in lead:
        between = text[export.end : label.start]
        near = label.kind == "product" and -2 <= label.start - export.end <= 40
        if near and _SCOPE_GAP.fullmatch(between) and not _DRIVES.match(text, label.end):
            scope = label
        if (
            label.kind == "country"
            and _TO_COUNTRY.search(text, max(view.start, label.start - 16), label.start)
            and label.start > export.start
        ):
            destination = label
    fresh = bool(_STATED_NOUN.search(text, view.start, export.end)) or export.start - view.start < 25
    told_total = _IS_TOTAL.match(text, export.end) is not None
    total = told_total or any(0 <= mention.start - export.end <= 14 for mention in view.regions)
    if scope:
        if state.topic is None and not state.active and not _SUBTOTAL.match(scope.text):
            state.topic = scope
        state.commodity, state.stated = scope, True
    elif total and export.key.startswith(("ekspor", "eksport", "export")):
        if state.headline is None or told_total or len(state.goods) >= _SEVERAL_GOODS:
            state.commodity, state.stated = None, True
            if state.left is None:
                # Not the total of a region told of in passing.
                state.topic = state.headline = None
        else:
            # Below "Ekspor nonmigas Sulut turun", "ekspor Sulut" is that of the headline.
            state.commodity = state.headline
    elif fresh:
        state.commodity = state.topic
    if destination and first is not None and not _country_list_follows(labels, view):
        if state.market is None and not state.active:
            state.market = destination
        state.destination = destination
    elif (fresh and not _THERE.search(view.text)) or _BY_GOODS.search(view.text):
        state.destination = None


def return_to(state: ReportState, region: str) -> None:
    """Go on with a region; back from another one, with the period it was left in: that of an aside stays with the aside."""
    left = state.left
    if left is not None and are_kin(region, left.region):
        if state.region and not are_kin(state.region, left.region):
            state.period, state.period_span = left.period, left.span
        state.left = None
    state.region = region


def _opens_with(document: Document, home: str | None) -> bool:
    """True where the headline or the first sentence is about the region of an article, and not where an office or a port lies."""
    end = max(document.title_end, document.body[0].end if document.body else 0)
    return home != "ID" and any(
        mention.code == home and mention.role in ("office", "origin", "bare")
        for mention in document.regions
        if mention.start < end
    )


def note_subject(document: Document, view: SentenceView, state: ReportState) -> None:
    """A sentence without figures names what the next ones are about: "Khusus batik polanya sama. Pada Januari nilainya ..."."""
    state.of_all_goods = _OF_ALL_GOODS.search(view.text) is not None
    if state.of_all_goods:
        # "Meski gambir seret, ekspor Sumbar secara keseluruhan belum goyah. Nilainya ..."
        state.subject = state.subject_market = None
        return
    labels = find_labels(document, view)
    goods = [label for label in labels if label.kind == "product"]
    if goods and _DOMINATES.search(view.text):
        state.last_goods = goods[-1]
    opens = view.index == document.body[0].index
    # One name in a short sentence is its subject wherever it stands: "Yang paling tinggi masih tekstil dan garmen."
    leads = len(goods) == 1 and view.end - view.start <= _SHORT
    subject = goods[0] if goods and (leads or goods[0].start - view.start <= _SUBJECT_WITHIN) else None
    state.subject = None if opens and not _DOMINATES_EXPORTS.search(view.text) else subject
    markets = [label for label in labels if label.kind == "country"]
    if len({code for label in markets for code in label.values}) == 1 and _A_MARKET.search(view.text):
        state.destination = markets[0]
    to_market = markets and _TO_COUNTRY.search(document.text[view.start : markets[0].start])
    # "Tiongkok masih paling dominan."
    leads = bool(markets) and markets[0].start == view.start and _DOMINATES.search(view.text) is not None
    if len(markets) == 1 and (to_market or leads or _A_MARKET.search(view.text)):
        state.subject_market = markets[0]


def take_up_subject(document: Document, view: SentenceView, state: ReportState, first: Figure) -> None:
    """The figures of a sentence are those of the goods that the one before named, where a pronoun says so."""
    before = [label for label in find_labels(document, view) if label.end <= first.start]
    named = any(label.kind == "product" for label in before)
    of_all, state.of_all_goods = state.of_all_goods, False
    if of_all and not named:
        state.commodity, state.stated = None, True
        return
    these = _THESE_GOODS.search(view.text, 0, first.start - view.start)
    if these and not these["many"] and not named:
        # "Komoditas lemak nabati masih dominan. ... Kontribusi komoditas ini mencapai 87,15 juta"
        goods = _only_goods_before(document, view) or state.last_goods
        if goods is not None:
            state.commodity, state.subject, state.stated = goods, None, True
            return
    listed = before and all(label.kind == "country" for label in before) and _NEXT_MARKETS.match(view.text)
    if listed and state.told_goods is not None and _leads_to_markets(document, view, state.told_goods):
        # "Pembeli timah terbesar ialah Singapura, 18 juta. Berikutnya Jepang 13 juta dan Belanda 9 juta."
        state.commodity, state.stated = state.told_goods, True
    if state.subject is not None and not named and (_ITS_FIGURE.search(view.text) or goes_on(view)):
        state.commodity, state.stated = state.subject, True
    elif not before and goes_on(view) and _is_near(document, view, state):
        state.commodity = state.told_goods or state.commodity
        state.stated = state.stated or state.told_goods is not None
        state.destination = state.told_market or state.destination
    elif not before and _BUT_COMPARED.match(view.text) and view.index - state.told_index == 1:
        # "Ke Tiongkok 14,76 juta. Tetapi kalau dibandingkan Mei 2023, malah turun 27 persen"
        state.commodity = state.told_goods or state.commodity
        state.stated = state.stated or state.told_goods is not None
        state.destination = state.told_market or state.destination
    if state.subject_market is not None and not before and goes_on(view):
        # "Ekspor ke Jepang dan India turun. Nilainya ..."
        state.destination = state.subject_market
    state.subject = state.subject_market = None


def _only_goods_before(document: Document, view: SentenceView) -> Label | None:
    """The goods that a sentence without amounts named last: "Lonjakan terjadi pada nonmigas. Kelompok ini tumbuh"."""
    before = document.sentences[view.index - 1] if view.index else None
    if before is None or any(figure.kind != "percent" for figure in before.figures):
        return None
    goods = [label for label in find_labels(document, before) if label.kind == "product"]
    return goods[0] if len(goods) == 1 else None


def _leads_to_markets(document: Document, view: SentenceView, goods: Label) -> bool:
    """True where the sentence before tells the goods first and then who buys them."""
    before = document.sentences[view.index - 1]
    return before.start <= goods.start and any(country.start > goods.end for country in before.countries)


def _is_near(document: Document, view: SentenceView, state: ReportState) -> bool:
    """True right behind a sentence with figures, or behind one more about the same: "Kelompok ini menyumbang ..."."""
    behind = view.index - state.told_index
    return behind == 1 or (behind == 2 and goes_on(document.sentences[view.index - 1]))


def goes_on(view: SentenceView) -> bool:
    """True for a sentence that tells more of what the one before counted: "Namun nilai tersebut turun ..."."""
    return _GOES_ON.match(view.text) is not None


def headline_goods(document: Document) -> Label | None:
    """The goods a headline tells of: "Ekspor Biji Kopi Lampung Melandai"; "nonmigas" and lists where the lead says so too."""
    lead = next((view for view in document.body if view.has("export")), None)
    for view in document.sentences:
        if view.end > document.title_end:
            break
        for export in view.cues_of("export"):
            for label in find_labels(document, view):
                between = document.text[export.end : label.start]
                if label.kind != "product" or label.start < export.end or not _SCOPE_GAP.fullmatch(between):
                    continue
                told_again = lead is not None and label.text.lower() in lead.text.lower()
                if lead is not None and told_again and _drives_all(document, lead, label):
                    continue  # "Membaiknya penjualan pinang ikut mengerek nilai ekspor"
                some = _SUBTOTAL.match(label.text) or len(label.values) > 1
                if told_again or not (some or _TOTAL_VALUE.search(lead.text if lead else "")):
                    return label
    return None


def _drives_all(document: Document, lead: SentenceView, goods: Label) -> bool:
    """True where goods are only why the exports of a region rose or fell."""
    return any(
        label.text.lower() == goods.text.lower() and _DRIVES.match(document.text, label.end)
        for label in find_labels(document, lead)
    )


def _country_list_follows(labels: list[Label], view: SentenceView) -> bool:
    countries = [label for label in labels if label.kind == "country"]
    return len(countries) >= 2 and len(view.figures) >= 2


def note_period(view: SentenceView, context: ArticleContext, state: ReportState) -> None:
    """A sentence without figures may still say what the next ones are about."""
    noted: str | None = None
    for time in view.times:
        if _HOPE.search(view.text, 0, time.start - view.start):
            continue
        if spans_a_record(view, time):
            continue
        if time.year is None and not view.has("export", "abroad"):
            continue
        if time.form in PERIOD_FORMS - {"relative"} and not is_compared(
            view.text, view, _shifted(time, -view.start)
        ):
            resolved = (
                None
                if is_spoken(view.text, time.start - view.start)
                else context.resolve(time, base=state.period)
            )
            if resolved is None or (noted is not None and is_part(resolved.edtf, noted)):
                continue
            if state.main and resolved.edtf == _month_of_publication(context):
                # "panen raya baru dimulai bulan Juni ini": nobody has figures of the running month yet.
                continue
            state.mentioned = resolved.edtf
            if not looks_back(resolved.edtf, state.period):
                state.period, state.period_span = resolved.edtf, (time.start, time.end)
                noted = resolved.edtf
                if state.main and view.has("share") and any(f.kind == "percent" for f in view.figures):
                    # "berperan 21,77 persen pada Januari-November": the span of the share.
                    state.aside = True


def _month_of_publication(context: ArticleContext) -> str | None:
    anchor = context.anchor
    return f"{anchor.year:04d}-{anchor.month:02d}" if anchor.year and anchor.month else None


def note_bases(document: Document, view: SentenceView, context: ArticleContext, state: ReportState) -> None:
    """Keep what a sentence compares the period under discussion with."""
    for time in view.times:
        if time.form in PERIOD_FORMS and state.period and is_compared(document.text, view, time):
            resolved = context.resolve(time, base=state.period)
            if resolved and looks_back(resolved.edtf, state.period):
                state.bases[state.period] = resolved.edtf
                state.first_bases.setdefault(state.period, resolved.edtf)


def _shifted(time: TimeExpression, by: int) -> TimeExpression:
    return replace(time, start=time.start + by, end=time.end + by)
