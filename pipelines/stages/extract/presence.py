"""market_presence: goods of a region that are sold abroad in general, or are planned to be."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name
from pipelines.stages.extract.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.labels import Label, find_labels
from pipelines.stages.extract.reports import is_report

_CLAUSE = Pattern("presence.clause")
_PLAN = Pattern("presence.plan")
_SOLD = Pattern("presence.sold")
_STRONG_SOLD = Pattern("presence.strong_sold")
_NOT_YET = Pattern("presence.not_yet")
_AFTERTHOUGHT = Pattern("presence.afterthought")
_BESIDES = Pattern("presence.besides")
_BOTH = Pattern("presence.both")
_REST_LIST = Pattern("presence.rest_list")
_TRAILING = Pattern("presence.trailing")
_EXAMPLE = Pattern("presence.example")
_HABIT = Pattern("presence.habit")
_PRONOUN = Pattern("presence.pronoun")
_STOPPED = Pattern("presence.stopped")
_RANKED = Pattern("presence.ranked")
_FOREIGN = Pattern("presence.foreign")
_ORIGIN_OF = Pattern("presence.origin_of")
_SPEECH_ABOUT = Pattern("presence.speech_about")
_RANKED_MARKETS = Pattern("presence.ranked_markets")
_RETELLS = Pattern("presence.retells")
_READ_CLAUSE = Pattern("presence.read_clause")
_MARKETS = Pattern("presence.markets")
_BUYERS_ARE = Pattern("presence.buyers_are")
_MARKETS_2 = Pattern("presence.markets_2")
_MARKETS_3 = Pattern("presence.markets_3")
_LIKED_BY = Pattern("presence.liked_by")
_DRAFT = Pattern("presence.draft")
_DRAFT_2 = Pattern("presence.draft_2")
_DRAFT_3 = Pattern("presence.draft_3")
_TOPIC = Pattern("presence.topic")
_IS_PLANNED = Pattern("presence.is_planned")
_SUBJECT = Pattern("presence.subject")
_SUBJECT_2 = Pattern("presence.subject_2")


def read_presence(
    document: Document,
    context: ArticleContext,
    *,
    busy: set[int],
    used: set[int],
    shipments: list[Draft],
    topic: Draft | None = None,
) -> list[Draft]:
    """Presence claims of an article.

    Args:
        document: The article.
        context: Its background.
        busy: Indexes of sentences whose figures other rules claimed; only a separate clause of them is read.
        used: Offsets of countries that are destinations of such claims.
        shipments: The dispatches of the article; a sentence that only tells one of them again is no presence.
        topic: A realisation whose goods the whole report is about.
    """
    drafts: list[Draft] = []
    for view in document.body:
        if view.has("smuggling") or (view.has("mission") and not _STRONG_SOLD.search(view.text)):
            continue
        if view.has("import") and not view.has("export"):
            continue
        rest = _rest(document, view, context, busy, used)
        if rest is None and not view.countries and not _RANKED.search(view.text):
            continue
        if _EXAMPLE.search(view.text):
            continue
        if rest is not None:
            drafts.append(rest)
            continue
        besides = _besides(document, view, context)
        if besides is not None and not _retells(document, besides, view.start, view.end, shipments):
            drafts.append(besides)
        for start, end in _clauses(document, view):
            draft = _read_clause(document, view, context, start, end, busy, used, drafts)
            if draft is not None and shipments and view.has("first") and draft.has("destinations"):
                continue
            if draft is not None and not _retells(document, draft, start, end, shipments):
                _add_exporter(document, draft, start, end, shipments)
                if topic is not None and not draft.has("products"):
                    draft.put("products", [str(topic.slots["commodity"])], topic.spans.get("commodity"))
                drafts.append(draft)
    return _unique(drafts)


def _retells(document: Document, draft: Draft, start: int, end: int, shipments: list[Draft]) -> bool:
    text = document.text[start:end]
    codes = draft.slots.get("destinations")
    if not isinstance(codes, list) or not codes:
        return False
    for shipment in shipments:
        sent = shipment.slots.get("destinations")
        if isinstance(sent, list) and set(codes) <= set(sent):
            if not _HABIT.search(text) or _RETELLS.search(text):
                return True
            if draft.sentences[0] in shipment.sentences:
                return True
    return False


def _add_exporter(document: Document, draft: Draft, start: int, end: int, shipments: list[Draft]) -> None:
    """The firm of the article where a word points back to it: "Selama ini kopi dari koperasi itu ..."."""
    if draft.has("exporter") or not _PRONOUN.search(document.text[start:end]):
        return
    names = {
        str(s.slots["exporter"]): s
        for s in shipments
        if s.has("exporter") and ";" not in str(s.slots["exporter"])
    }
    if not names:
        firms = {firm.name: firm for firm in document.firms if firm.start >= document.title_end}
        if len(firms) == 1:
            firm = next(iter(firms.values()))
            draft.fill("exporter", firm.name, (firm.start, firm.end))
        return
    if len(names) == 1:
        name, source = next(iter(names.items()))
        draft.fill("exporter", name, source.spans.get("exporter"))
        if not draft.has("products") and draft.has("destinations"):
            draft.fill("products", source.slots.get("products"), source.spans.get("products"))


def _clauses(document: Document, view: SentenceView) -> list[tuple[int, int]]:
    spans = []
    start = view.start
    for match in _CLAUSE.finditer(document.text, view.start, view.end):
        if match.start() - start > 20:
            spans.append((start, match.start()))
            start = match.end()
    spans.append((start, view.end))
    return spans


def _read_clause(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    start: int,
    end: int,
    busy: set[int],
    used: set[int],
    drafts: list[Draft],
) -> Draft | None:
    text = document.text[start:end]
    countries = _markets(document, view, start, end, used)
    figures = [
        f
        for f in view.figures
        if start <= f.start < end and f.kind in ("money", "quantity", "container") and not f.is_rate
    ]
    if view.index in busy and (figures or not countries):
        return None
    if not countries and not _RANKED.search(text):
        return None
    if _NOT_YET.search(text) and not _READ_CLAUSE.search(text):
        return None
    if countries and len(countries) == 1 and view.has("share"):
        return None
    if countries:
        if (
            not _STRONG_SOLD.search(text)
            and not (_PLAN.search(text) and _SOLD.search(text))
            and not _RANKED_MARKETS.search(text)
        ):
            return None
        if _SPEECH_ABOUT.search(text) and not _STRONG_SOLD.search(text):
            return None
        if figures and any(f.kind == "container" or f.kind == "quantity" for f in figures):
            return None
        return _draft(document, view, context, start, end, countries, drafts, "presence.market")
    previous = " ".join(document.sentences[i].text for i in range(max(0, view.index - 2), view.index))
    if not _FOREIGN.search(view.text) and not (
        _FOREIGN.search(previous) and (view.index - 1 in busy or is_report(document))
    ):
        return None
    if any(f.kind in ("money", "quantity", "percent") for f in view.figures if start <= f.start < end):
        return None
    return _draft(document, view, context, start, end, [], drafts, "presence.product")


def _markets(
    document: Document, view: SentenceView, start: int, end: int, used: set[int]
) -> list[CountryMention]:
    text = document.text
    found = []
    goods = {hit.end for hit in view.products}
    for mention in view.countries:
        if not (start <= mention.start and mention.end <= end) or mention.start in used:
            continue
        before = text[max(view.start, mention.start - 26) : mention.start]
        if _ORIGIN_OF.search(before) and not (
            _MARKETS.search(before) or _BUYERS_ARE.search(text[start : mention.start])
        ):
            continue
        if _MARKETS_2.match(text[mention.end : mention.end + 12]):
            continue
        if _MARKETS_3.search(before) and not _LIKED_BY.search(before):
            continue
        if mention.start - 1 in goods:
            # "furnitur Tiongkok": where the goods come from.
            continue
        found.append(mention)
    led = [m for m in found if _AFTERTHOUGHT.search(text[view.start : m.start])]
    return [m for m in found if m not in led] if led and len(led) < len(found) else found


def _rest(
    document: Document, view: SentenceView, context: ArticleContext, busy: set[int], used: set[int]
) -> Draft | None:
    """What a report names without a figure: "Sisanya jamu, gitar, dan teh celup", "..., disusul Jerman dan Jepang"."""
    if not is_report(document) and view.index - 1 not in busy:
        return None
    figures = [f for f in view.figures if f.kind in ("money", "quantity", "percent")]
    draft = Draft("market_presence", "presence.rest", [view.index], view.end)
    draft.put("origin_region", region_name(context.home))
    draft.put("status", "realised")
    if not figures and _REST_LIST.match(view.text):
        products = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
        if len(products) >= 2:
            draft.put("products", [label.text for label in products], (products[0].start, products[-1].end))
            return draft
    if figures:
        tail = _TRAILING.match(document.text, figures[-1].end, view.end)
        countries = [m for m in view.countries if tail and m.start >= tail.end() and m.start not in used]
        if len(countries) >= 2 and tail and countries[0].start - tail.end() <= 3:
            draft.put("destinations", [m.code for m in countries], (countries[0].start, countries[-1].end))
            return draft
    return None


def _besides(document: Document, view: SentenceView, context: ArticleContext) -> Draft | None:
    """The markets before "selain": "Selain UEA dan Rusia, dinas juga ingin mengekspor ke Eropa"."""
    match = _BESIDES.match(view.text)
    if not match or not view.has("export", "presence"):
        return None
    countries = [m for m in view.countries if m.end <= view.start + match.end()]
    if not countries:
        return None
    draft = Draft("market_presence", "presence.besides", [view.index], view.start)
    draft.put(
        "destinations",
        list(dict.fromkeys(m.code for m in countries)),
        (countries[0].start, countries[-1].end),
    )
    origin = next((m for m in view.regions if m.role in ("origin", "office")), None)
    draft.put(
        "origin_region",
        origin.name if origin else region_name(context.home),
        (origin.start, origin.end) if origin else None,
    )
    draft.put("status", "realised")
    return draft


def _draft(
    document: Document, view: SentenceView, context: ArticleContext, start: int, end: int,
    countries: list[CountryMention], drafts: list[Draft], rule: str,
) -> Draft | None:  # fmt: skip
    labels = [
        label for label in find_labels(document, view, single=True)
        if label.kind == "product" and start <= label.start and label.end <= end
    ]  # fmt: skip
    text = document.text[start:end]
    draft = Draft("market_presence", rule, [view.index], start)
    products = _subject(document, view, labels, countries, start)
    if products:
        draft.put("products", [label.text for label in products], (products[0].start, products[-1].end))
    if countries:
        codes = list(dict.fromkeys(m.code for m in countries))
        draft.put("destinations", codes, (countries[0].start, countries[-1].end))
    if not products and not countries:
        return None
    if not products and countries and _DRAFT.search(text) and not _DRAFT_2.search(text):
        return None
    if (
        not products
        and rule == "presence.market"
        and not _RANKED_MARKETS.search(text)
        and not is_report(document)
    ):
        products = _topic(document, view)
        if products:
            draft.put("products", [label.text for label in products], (products[0].start, products[-1].end))
    if not products and rule == "presence.market":
        previous = document.sentences[view.index - 1] if view.index else None
        if _DRAFT_3.search(text) and drafts and previous and drafts[-1].sentences[0] == previous.index:
            draft.fill("products", drafts[-1].slots.get("products"), drafts[-1].spans.get("products"))
    firm = next((firm for firm in view.firms if start <= firm.start < end), None)
    if firm:
        draft.put("exporter", firm.name, (firm.start, firm.end))
    origin = next(
        (m for m in view.regions if start <= m.start < end and m.role in ("origin", "office")), None
    )
    origin = origin or next(
        (
            m
            for m in view.regions
            if start <= m.start < end and m.role == "bare" and _beside_product(m.start, products)
        ),
        None,
    )
    if origin:
        draft.put("origin_region", origin.name, (origin.start, origin.end))
    else:
        draft.put("origin_region", region_name(context.home))
    draft.put("status", "planned" if _is_planned(text) else "realised")
    return draft


def _topic(document: Document, view: SentenceView) -> list[Label]:
    """The goods under discussion where a sentence names none: of the sentence before, else of the headline."""
    title = [v for v in document.sentences if v.end <= document.title_end]
    for earlier in (*document.sentences[max(0, view.index - 2) : view.index][::-1], *title):
        if earlier.has("import", "smuggling"):
            continue
        labels = [
            label for label in find_labels(document, earlier, single=True)
            if label.kind == "product" and not label.text.lower().startswith(("produk", "hasil", "komoditas"))
        ]  # fmt: skip
        if labels:
            run = labels[:1]
            for label in labels[1:]:
                if _BOTH.search(view.text) and _TOPIC.fullmatch(document.text[run[-1].end : label.start]):
                    run.append(label)
            return run
    return []


def _beside_product(start: int, products: list[Label]) -> bool:
    return any(0 <= start - label.end <= 3 for label in products)


def _is_planned(text: str) -> bool:
    plans = [match.start() for match in _PLAN.finditer(text)]
    done = _IS_PLANNED.search(text)
    return bool(plans) and (not done or done.start() > plans[0] or plans[-1] > done.start() + 20)


def _subject(
    document: Document, view: SentenceView, labels: list[Label], countries: list[CountryMention], start: int
) -> list[Label]:
    """The goods that are sold: the list closest to the verb, before it or behind "antara lain"."""
    if not labels:
        return []
    runs: list[list[Label]] = []
    for label in labels:
        gap = document.text[runs[-1][-1].end : label.start] if runs else ""
        if runs and _SUBJECT.fullmatch(gap):
            runs[-1].append(label)
        else:
            runs.append([label])
    if not countries:
        # "Perikanan masih mendominasi, disusul kerajinan kayu dan pakaian jadi": one ranked list.
        return [label for run in runs for label in run]
    before = [run for run in runs if run[-1].end <= countries[0].start]
    after = [run for run in runs if run[0].start >= countries[-1].end]
    tail = document.text[countries[-1].end : after[0][0].start] if after else ""
    if after and _SUBJECT_2.search(tail):
        return after[0]
    if before:
        return before[-1] if len(before[-1]) >= len(before[0]) else max(before, key=len)
    return after[0] if after and len(tail) < 40 else []


def _unique(drafts: list[Draft]) -> list[Draft]:
    kept: list[Draft] = []
    for draft in drafts:
        if not any(_tells_again(draft, other) for other in kept):
            kept.append(draft)
    return kept


def _tells_again(draft: Draft, other: Draft) -> bool:
    """True where a claim says nothing that an earlier one does not."""
    return (
        draft.slots.get("destinations") == other.slots.get("destinations")
        and draft.slots["status"] == other.slots["status"]
        and (not draft.has("products") or draft.slots["products"] == other.slots.get("products"))
    )
