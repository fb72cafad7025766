"""market_presence: goods of a region that are sold abroad in general, or are planned to be."""

from __future__ import annotations

from dataclasses import replace

from pipelines.lexicons.loader import country_areas
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.narrator import Owner, follow_firms
from pipelines.stages.extract.article.reports import is_report
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.presence.gates import (
    goes_on,
    is_likely_sold,
    is_main_export,
    is_planned,
    is_sold,
    leaves_goods_implied,
    may_leave_goods_out,
    may_speak_of_sales,
    names_main_goods,
    names_ranked_markets,
    points_back,
    tells_of_all_goods,
    tells_of_crime,
    tells_of_fair,
)
from pipelines.stages.extract.presence.lists import (
    drop_figured,
    figured,
    joins_last,
    names_its_goods,
    read_also,
    read_besides,
    read_rest,
    read_shares,
    read_tail,
    take_besides,
)
from pipelines.stages.extract.presence.owner import (
    is_in_home,
    is_subject,
    lies_in_home,
    origin_of,
    place_of_goods,
    take_home_of_maker,
    take_seat,
    topic_goods,
)
from pipelines.stages.extract.presence.pairs import Pair, goods_of, goods_of_makers, pairs_of
from pipelines.stages.extract.presence.place import (
    shared_with,
    take_place_discussed,
    take_place_of_making,
    take_place_turned_to,
    take_province_speaking,
)
from pipelines.stages.extract.presence.seller import add_exporter
from pipelines.stages.extract.presence.series import (
    goes_on_listing,
    read_more_markets,
    read_series,
    read_there,
)
from pipelines.stages.extract.presence.topic import implied_goods, significant
from pipelines.stages.extract.presence.twins import drop_twins
from pipelines.text.places import RegionMention

_HABIT = Pattern("presence.read.habit")
_RETELLS = Pattern("presence.read.retells")
_SOUGHT = Pattern("presence.read.sought")
_BOTH_GO_ABROAD = Pattern("presence.read.both_go_abroad")
_ANY_GOODS = Pattern("presence.read.any_goods")
_SO_THAT = Pattern("presence.read.so_that")
_ITS_GOAL = Pattern("presence.read.its_goal")
_SENT = Pattern("presence.read.draft")
_PATRON = Pattern("presence.read.patron")
_ROUTINE = Pattern("presence.read.routine")
_SENT_GOODS = Pattern("presence.read.draft_2")
_SAME_GOODS = Pattern("presence.read.draft_3")
_NATIONAL = " Indonesia"  # end of "kain tenun Indonesia"
_ALSO = Pattern("presence.read.also")
_IS = Pattern("presence.read.is")
_NO_GOODS = Pattern("presence.read.no_goods")


def read_presence(
    document: Document,
    context: ArticleContext,
    *,
    busy: set[int],
    used: set[int],
    shipments: list[Draft],
    realisations: list[Draft],
    topic: Draft | None = None,
) -> list[Draft]:
    """Presence claims of an article.

    Args:
        document: The article.
        context: Its background.
        busy: Indexes of sentences whose figures other rules claimed; only a separate clause of them is read.
        used: Offsets of countries that are destinations of such claims.
        shipments: The dispatches of the article; a sentence that only tells one of them again is no presence.
        realisations: The figures of the article; main goods and main markets that have their own are no presence.
        topic: A realisation whose goods the whole report is about.
    """
    drafts: list[Draft] = []
    told = figured(realisations)
    places, counted = _counted(realisations, "region"), _counted(realisations, "commodity")
    owners = follow_firms(document)
    if topic is not None and _NO_GOODS.fullmatch(str(topic.slots["commodity"])):
        topic = None
    if tells_of_crime(document):
        return []
    for view in document.body:
        tail = read_tail(document, view, context, told, places.get(view.index))
        if tail is not None:
            sent_here = any(view.index in shipment.sentences for shipment in shipments)
            if not (sent_here and _sent_there(tail, shipments)) and drop_figured(tail, told):
                drafts.append(tail)
        series = read_series(document, view, used) or read_there(document, view, [*drafts, *shipments])
        if series is not None and view.index not in busy:
            _put_series(document, context, series, drafts, owners.get(series[0].index))
            continue
        if names_its_goods(document, view, drafts) or goes_on_listing(document, view, drafts, used):
            continue
        also = read_also(document, view, drafts) or read_more_markets(document, view, drafts, used)
        if also is not None and drop_figured(also, told):
            drafts.append(also)
            continue
        if not (view.countries or names_main_goods(view) or _BOTH_GO_ABROAD.search(view.text)):
            continue
        if not may_speak_of_sales(document, view):
            continue
        shares = read_shares(document, view, context, busy, drafts, told)
        if shares is not None:
            drafts.append(shares)
            continue
        rest = read_rest(document, view, context, busy, used)
        if rest is not None:
            drafts.append(rest)
            continue
        besides = read_besides(view, context)
        if besides is not None and not _sent_there(besides, shipments):
            drafts.append(besides)
        sale_told, owner = False, owners.get(view.index)
        for pair in pairs_of(document, view, used):
            draft = _read_pair(document, view, context, pair, busy, drafts, shipments, owner)
            if draft is None and sale_told and goes_on(document, view, pair):
                draft = _draft(document, view, context, pair, drafts, "presence.market", owner)
            beside, sale_told = sale_told, sale_told or (draft is not None and draft.has("destinations"))
            if draft is None or _tells_first_dispatch(view, pair, draft, shipments):
                continue
            _take_place_beside(document, draft, drafts)
            place = _near(document, view, places, context)
            of_firm = draft.has("exporter") or leaves_goods_implied(document, view, pair)
            if (
                place
                and draft.rule_id != "presence.markets"
                and not of_firm
                and "origin_region" not in draft.spans
            ):
                draft.slots["origin_region"] = place
            if not tells_of_all_goods(document, view, pair):
                _take_counted_goods(draft, _near(document, view, counted))
            take_besides(document, view, draft, used, shipments)
            told_again = not beside and _retells(document, draft, pair.start, pair.end, shipments)
            if told_again or joins_last(document, draft, pair, drafts):
                continue
            if view.index + 1 < len(document.sentences):
                # "Enam hasil kebun siap dijual ke Malaysia. Keenamnya madu, ...": they are known before markets with figures go.
                names_its_goods(document, document.sentences[view.index + 1], [draft])
            if not drop_figured(draft, told):
                continue
            add_exporter(document, view, draft, pair, shipments, owner)
            take_seat(document, draft)
            clause = document.text[pair.start : pair.end]
            take_home_of_maker(document, view, context, draft, clause)
            take_place_of_making(document, view, draft)
            take_province_speaking(document, view, context, draft)
            take_place_turned_to(document, view, context, draft)
            take_place_discussed(document, view, context, draft, clause)
            if topic is not None and not draft.has("products"):
                draft.put("products", [str(topic.slots["commodity"])], topic.spans.get("commodity"))
            drafts.append(draft)
            drafts.extend(shared_with(document, view, draft))
    return drop_twins(drafts)


def _put_series(
    document: Document,
    context: ArticleContext,
    series: tuple[SentenceView, Pair],
    drafts: list[Draft],
    owner: Owner | None,
) -> None:
    """A list in a sentence of its own, instead of what its sentence said without it."""
    view, pair = series
    rule = "presence.market" if pair.countries else "presence.product"
    draft = _draft(document, view, context, pair, drafts, rule, owner)
    if draft is None:
        return
    last = drafts[-1] if drafts else None
    if last is not None and last.sentences[0] == view.index and last.type == draft.type:
        drafts.pop()
    draft.sentences.append(view.index + 1)
    drafts.append(draft)


def _counted(realisations: list[Draft], slot: str) -> dict[int, str]:
    """What all figures of a sentence share, by sentence: the region or the goods whose exports it counts."""
    found: dict[int, set[str]] = {}
    for draft in realisations:
        found.setdefault(draft.sentences[0], set()).add(str(draft.slots.get(slot) or ""))
    return {index: value for index, values in found.items() if len(values) == 1 and (value := min(values))}


def _near(
    document: Document, view: SentenceView, counted: dict[int, str], context: ArticleContext | None = None
) -> str | None:
    """What a sentence or one shortly before it counts; within a paragraph it holds a little longer.

    With the background of the article, a region outside its home holds in its paragraph only: it is told in passing.
    """
    for index in (view.index, view.index - 1, view.index - 2):
        if index in counted:
            near = index >= view.index - 1
            same = document.sentences[index].sentence.paragraph == view.sentence.paragraph
            if context is not None and not same and not is_in_home(counted[index], context):
                return None
            return counted[index] if near or same else None
    return None


def _take_counted_goods(draft: Draft, goods: str | None) -> None:
    """Give a market told without goods those that the sentences before it counted: "Amerika menjadi pasar paling besar"."""
    if (
        goods
        and not _NO_GOODS.fullmatch(goods)
        and draft.rule_id == "presence.markets"
        and not draft.has("products")
    ):
        draft.put("products", [goods])


def _read_pair(
    document: Document, view: SentenceView, context: ArticleContext, pair: Pair, busy: set[int],
    drafts: list[Draft], shipments: list[Draft], owner: Owner | None,
) -> Draft | None:  # fmt: skip
    if pair.countries:
        if view.index - 1 in busy and _ITS_GOAL.match(document.text, pair.start):
            return None
        taken = view.index in busy
        if is_sold(document, view, pair, busy=taken) or is_likely_sold(document, view, pair, busy=taken):
            if not pair.products and leaves_goods_implied(document, view, pair):
                pair = replace(pair, products=implied_goods(document, _of_firm(shipments, owner)))
            return _draft(document, view, context, pair, drafts, "presence.market", owner)
    elif (
        not pair.products
        and view.index not in busy
        and _BOTH_GO_ABROAD.search(document.text, pair.start, pair.end)
    ):
        # "CPO dan cangkang sawit ... Kedua komoditas itu dikirim ke luar negeri."
        goods = topic_goods(document, view, pair, owner)
        if len(goods) > 1:
            return _draft(
                document,
                view,
                context,
                replace(pair, products=tuple(goods)),
                drafts,
                "presence.product",
                owner,
            )
    elif any(not _ANY_GOODS.fullmatch(label.text) for label in pair.products) and is_main_export(
        document, view, pair, busy=busy
    ):
        return _draft(document, view, context, pair, drafts, "presence.product", owner)
    return None


def _of_firm(shipments: list[Draft], owner: Owner | None) -> list[Draft]:
    """The dispatches that the firm under discussion may have sent: all but those that name another one."""
    if owner is None:
        return shipments
    return [s for s in shipments if s.slots.get("exporter") in (None, owner.firm.name)]


def _draft(
    document: Document,
    view: SentenceView,
    context: ArticleContext,
    pair: Pair,
    drafts: list[Draft],
    rule: str,
    owner: Owner | None,
) -> Draft | None:
    text = document.text[pair.start : pair.end]
    draft = Draft("market_presence", rule, [view.index], pair.start)
    products, countries = list(pair.products), pair.countries
    place: RegionMention | None = None
    if countries:
        codes = list(dict.fromkeys(m.code for m in countries))
        draft.put("destinations", codes, (countries[0].start, countries[-1].end))
        if (
            not products
            and _SENT.search(text)
            and not (_SENT_GOODS.search(text) or _ROUTINE.search(text))
            and not goods_of(document, view, view.start, pair.start)
        ):
            return None
        if not products and tells_of_fair(document, view, pair):
            return None
        ranked = names_ranked_markets(text)
        # "Yang diekspor tuna, pala dan kelapa. Negara tujuannya ...": the markets of all exports, not of these goods.
        of_all = ranked and _follows_main_goods(document, view, drafts)
        # Only a release ranks the markets of all that a region exports.
        leans_back = points_back(text) or not ranked or not is_report(document)
        if not products and not of_all and leans_back:
            products = topic_goods(document, view, pair, owner)
            place = place_of_goods(document, products)
        elif not products and not of_all:
            products = goods_of_makers(document, view, pair.start, pair.end)
        if not products and not may_leave_goods_out(document, view, pair, text):
            return None
    if products:
        if len(products) > 1 and _ANY_GOODS.fullmatch(products[0].text):
            # "Produk perkebunan yang rutin dikirim yaitu karet dan pinang": the first only leads to the others.
            products = products[_IS.search(document.text, products[0].end, products[1].start) is not None :]
        names = list(dict.fromkeys(label.text.removesuffix(_NATIONAL) for label in products))
        draft.put("products", names, (products[0].start, products[-1].end))
    elif view.index and drafts and drafts[-1].sentences[0] == view.index - 1 and _SAME_GOODS.search(text):
        draft.fill("products", drafts[-1].slots.get("products"), drafts[-1].spans.get("products"))
    if not draft.has("products"):
        draft.rule_id = "presence.markets"
    firm = next(
        (
            f
            for f in view.firms
            if pair.start <= f.start < pair.end
            and not _PATRON.search(document.text, max(view.start, f.start - 40), f.start)
        ),
        None,
    )
    if firm:
        draft.put("exporter", firm.name, (firm.start, firm.end))
    origin = origin_of(document, view, context, pair, products) or place
    if not countries and (is_planned(text) or _is_elsewhere(document, context, pair, origin)):
        # Goods that are only to be sold somewhere abroad some day are no presence yet.
        return None
    if (
        origin is None
        and products
        and products[0].text.endswith(_NATIONAL)
        and products[0].start >= pair.start
    ):
        draft.put(
            "origin_region", _NATIONAL.strip(), (products[0].end - len(_NATIONAL.strip()), products[0].end)
        )
    elif origin:
        draft.put("origin_region", origin.name, (origin.start, origin.end))
    else:
        draft.put("origin_region", region_name(context.home))
    draft.put("status", "planned" if is_planned(_without_outcome(document, pair)) else "realised")
    return draft


def _follows_main_goods(document: Document, view: SentenceView, drafts: list[Draft]) -> bool:
    """True right behind the main goods of a release, told without markets."""
    last = drafts[-1] if drafts else None
    if last is None or last.sentences[-1] != view.index - 1 or last.has("destinations"):
        return False
    return len(last.listed("products")) > 1 and is_report(document)


def _without_outcome(document: Document, pair: Pair) -> str:
    """A clause without what follows from the sale: "diminati Jepang, sehingga diharapkan petani ..."."""
    if not pair.countries:
        return document.text[pair.start : pair.end]
    outcome = _SO_THAT.search(document.text, pair.countries[-1].end, pair.end)
    return document.text[pair.start : outcome.start() if outcome else pair.end]


def _is_elsewhere(
    document: Document, context: ArticleContext, pair: Pair, origin: RegionMention | None
) -> bool:
    """True for a region outside the province of an article whose goods are only told in passing."""
    return origin is not None and not (lies_in_home(origin, context) or is_subject(document, pair, origin))


def _retells(document: Document, draft: Draft, start: int, end: int, shipments: list[Draft]) -> bool:
    text = document.text[start:end]
    codes = draft.listed("destinations")
    if not codes or not shipments or _SOUGHT.search(text):
        return False
    also = draft.slots["status"] == "planned" and _ALSO.search(text) is not None
    if (also or is_report(document)) and _has_other_goods(draft, shipments):
        return False
    sent_to = {code for shipment in shipments for code in shipment.listed("destinations")}
    if len(codes) > 1 and set(codes) <= sent_to and not _HABIT.search(text):
        return True
    for shipment in shipments:
        sent = shipment.listed("destinations")
        covered = set(sent).union(*(country_areas().get(code, frozenset()) for code in sent))
        if sent and set(codes) <= covered:
            if not _HABIT.search(text) or _RETELLS.search(text):
                return True
            if draft.sentences[0] == shipment.sentences[0]:
                return True
    return False


def _has_other_goods(draft: Draft, shipments: list[Draft]) -> bool:
    """True where a claim names goods and no dispatch has them: "Selain durian beku, ... akan memasarkan pasta durian"."""
    goods = [significant(name) for name in draft.listed("products")]
    sent = [significant(name) for shipment in shipments for name in shipment.listed("products")]
    return bool(goods) and not any(own <= other or other <= own for own in goods for other in sent)


def _sent_there(draft: Draft, shipments: list[Draft]) -> bool:
    """True where dispatches of the article reach all markets of a claim: "Selain Malaysia, produk itu juga ..."."""
    sent_to = {code for shipment in shipments for code in shipment.listed("destinations")}
    return set(draft.listed("destinations")) <= sent_to


def _tells_first_dispatch(view: SentenceView, pair: Pair, draft: Draft, shipments: list[Draft]) -> bool:
    """True for a clause that only says of a dispatch that it is the first: "kali pertama santan itu dijual ke luar negeri"."""
    if not shipments or not any(pair.start <= cue.start < pair.end for cue in view.cues_of("first")):
        return False
    return draft.has("destinations") or not _has_other_goods(draft, shipments)


def _take_place_beside(document: Document, draft: Draft, drafts: list[Draft]) -> None:
    """The place of the goods told before in a sentence: "Kopi Bali dibeli Jepang, adapun vanilinya Prancis"."""
    last = drafts[-1] if drafts else None
    if last is None or last.sentences[0] != draft.sentences[0] or "origin_region" not in last.spans:
        return
    its = "products" in draft.spans and document.text.startswith("nya", draft.spans["products"][1])
    if its and "origin_region" not in draft.spans:
        draft.put("origin_region", last.slots["origin_region"], last.spans["origin_region"])
