"""Missions told in passing: several in one sentence, or summed up over years."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name, resolve_in
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.missions.figures import (
    deals,
    delegation,
    is_transaction,
    lists_parts,
    transaction_status,
)
from pipelines.stages.extract.missions.parties import Parties
from pipelines.stages.extract.missions.times import resolve_told, side_of_today, year_told
from pipelines.text.edtf import interval
from pipelines.text.figures import Figure

_ALL_OF_THEM = Pattern(
    "missions.asides.all_of_them"
)  # "12 daerah jadi tujuan misi dagang. Total transaksinya ..."
_FORMER_SUM = Pattern("missions.asides.former_sum")
_THAN_FORMER = Pattern("missions.asides.than_former")
_THESE = Pattern("missions.asides.these")
_SEVERAL = Pattern("missions.asides.several")
_VISIT = Pattern("missions.asides.visit")
_SINCE = Pattern("missions.asides.since")
_ABROAD = Pattern("missions.asides.abroad")
_AT_HOME = Pattern("missions.asides.at_home")
_BOTH = Pattern("missions.asides.both")
_THAT = Pattern("missions.asides.that")
_COUNTED = Pattern("missions.asides.counted")
_LIST_GOES_ON = Pattern("missions.asides.list_goes_on")
_ONE_BEFORE = Pattern("missions.asides.one_before")
_RECORD = Pattern("missions.asides.record")
_WITH_SUM = Pattern("missions.asides.with_sum")


_NEAR = 40  # characters from "pergi ke" to the country


def read_list(
    document: Document,
    context: ArticleContext,
    parties: Parties,
    view: SentenceView,
    main: Draft | None,
    told: Sequence[Draft] = (),
) -> tuple[list[Draft], set[int]]:
    """Several missions in one sentence, each with its place and total: "di Riau Rp187 miliar, di Bengkulu Rp76 miliar".

    A time before the first place, or the year of the missions `told` before that the sentence calls the same, is that of all.
    Returns the missions and the offsets of their sums; a single one only where the sentence goes on with the list of
    those before the `main` mission: "Kemudian di Banten dengan nilai transaksi Rp70 miliar".
    """
    figures = deals(view)
    goes_on = main is not None and _LIST_GOES_ON.search(view.text) is not None
    if len(figures) < (1 if goes_on else 2) or lists_parts(view):
        return [], set()
    rows = []
    floor = view.start
    for figure in figures:
        hosts = [
            m
            for m in view.regions
            if floor <= m.start < figure.start
            and parties.lift(m.code) != parties.visitor
            and m.role != "apposition"
        ]
        times = [t for t in view.times if floor <= t.start < figure.start]
        if hosts:
            rows.append((figure, hosts[-1], times[-1] if times else None))
        floor = figure.end
    if goes_on and main is not None and len(rows) == 1:
        figure, host, _ = rows[0]
        if (region_name(parties.lift(host.code)) or "") in main.listed(
            "destinations"
        ) or not _WITH_SUM.fullmatch(document.text, host.end, figure.start):
            return [], set()
    elif len({parties.lift(host.code) for _, host, _ in rows}) < 2:
        return [], set()
    first = rows[0][1].start
    common = rows[0][2] if len(view.times) == 1 and rows[0][2] and rows[0][2].start < first else None
    year = year_told(view, told)
    drafts = []
    for figure, host, printed in rows:
        time = printed or common
        draft = Draft("trade_mission", "mission.list", [view.index], figure.start)
        draft.put("region", region_name(parties.visitor))
        draft.put("destinations", [region_name(parties.lift(host.code)) or ""], (host.start, host.end))
        draft.put("direction", "domestic")
        draft.put("status", "realised")
        resolved = resolve_in(context, view, time) if time is not None else None
        if time is not None and resolved:
            draft.put("date", resolved.edtf, (time.start, time.end))
        elif year is not None:
            draft.put("date", year)
        draft.put_figure("transaction", figure)
        draft.put("transaction_status", "realised")
        drafts.append(draft)
    return drafts, {figure.start for figure, _, _ in rows}


def read_sum(
    document: Document,
    context: ArticleContext,
    parties: Parties,
    view: SentenceView,
    told: Sequence[Draft] = (),
) -> Draft | None:
    """A sum over several missions and the years they took: "sejak 2019 sudah 14 misi dagang dengan Rp3,9 triliun"."""
    sums = [figure for figure in deals(view) if is_transaction(document, view, figure)]
    if _ONE_BEFORE.search(view.text) or _RECORD.search(view.text):
        # "dibanding misi dagang sebelumnya pada Februari 2022", "tertinggi sepanjang 42 kali gelaran sejak 2019"
        return None
    counted = sums and _counted_before(document, view)
    if not sums or not (counted or (_SEVERAL.search(view.text) and _COUNTED.search(view.text))):
        return None
    draft = Draft("trade_mission", "mission.sum", [view.index], view.start)
    draft.put("region", region_name(parties.visitor))
    told_years = counted if counted and not view.times else view
    years = [
        resolved.edtf
        for time in told_years.times
        if (time.form in ("year", "year_range", "month", "month_range") or time.word.startswith("tahun"))
        and (resolved := context.resolve(time))
    ]
    if len(years) >= 2:
        draft.put("date", interval(years[0], years[-1]))
    elif years and _SINCE.search(told_years.text) and "/" not in years[0] and context.anchor.year:
        draft.put("date", interval(years[0], str(context.anchor.year)))
    elif years:
        draft.put("date", years[0])
    people, _ = delegation(document, view, frozenset())
    if people is not None:
        draft.put_figure("participants", people)
    if _BOTH.search(told_years.text):
        draft.evidence.add("both_ways")
    elif view.countries or _ABROAD.search(view.text):
        codes = list(dict.fromkeys(m.code for m in view.countries))
        draft.put("direction", "outbound")
        draft.put("destinations", codes)
    elif _AT_HOME.search(told_years.text):
        draft.put("direction", "domestic")
    if not draft.has("destinations") and _THESE.search(view.text):
        draft.put("destinations", _summed_up(told, sums[-1]))
    draft.put("status", "realised")
    draft.put_figure("transaction", sums[-1])
    draft.put("transaction_status", transaction_status(document, view, sums[-1]))
    return draft


def _counted_before(document: Document, view: SentenceView) -> SentenceView | None:
    """The sentence before, where it counts the missions whose total this one gives."""
    if not view.index or view.regions or not _ALL_OF_THEM.match(view.text):
        return None
    before = document.sentences[view.index - 1]
    counts = before.has("mission") and not deals(before) and _COUNTED.search(before.text) is not None
    return before if counts else None


def read_former(
    document: Document, context: ArticleContext, view: SentenceView, main: Draft | None
) -> tuple[Draft, Figure] | None:
    """An earlier mission that the sum of the main one is compared with: "naik dari kunjungan Mei 2017 yang menghasilkan ..."."""
    sums = deals(view)
    if main is None or len(sums) < 2 or not (view.has("mission") or main.has("date")):
        return None
    last = sums[-1]
    time = next((t for t in reversed(view.times) if sums[-2].end <= t.start < last.start), None)
    edtf = resolve_told(context, view, time, main) if time is not None else None
    if time is None or edtf is None or edtf[:4] > str(main.slots.get("date") or edtf)[:4]:
        return None
    if not _THAN_FORMER.search(document.text, sums[-2].end, time.start):
        return None
    if not _FORMER_SUM.fullmatch(document.text, time.end, last.start):
        return None
    draft = Draft("trade_mission", "mission.former", [view.index], time.start)
    for slot in ("region", "direction", "destinations"):
        draft.fill(slot, main.slots.get(slot), main.spans.get(slot))
    draft.put("date", edtf, (time.start, time.end))
    draft.put("status", "realised")
    draft.put_figure("transaction", last)
    draft.put("transaction_status", transaction_status(document, view, last))
    return draft, last


def _summed_up(told: Sequence[Draft], total: Figure) -> list[str]:
    """The destinations of the last missions whose sums make a total; empty where none do."""
    rest = total.value or Decimal(0)
    places: list[str] = []
    for draft in reversed(told):
        amount = draft.slots.get("transaction")
        if not isinstance(amount, Decimal) or draft.slots.get("currency") != total.currency or amount > rest:
            continue
        rest -= amount
        places = [*draft.listed("destinations"), *places]
        if not rest:
            return list(dict.fromkeys(places))
    return []


def read_series(context: ArticleContext, parties: Parties, view: SentenceView) -> list[Draft]:
    """Missions told one by one with their months: "di Riyadh pada November 2022 dan Dili pada Maret 2023"."""
    if not view.has("mission") or len(view.countries) < 2 or len(view.times) < 2 or deals(view):
        return []
    drafts: list[Draft] = []
    for position, mention in enumerate(view.countries):
        following = view.countries[position + 1 :]
        end = next((m.start for m in following if m.code != mention.code), view.end)
        time = next((t for t in view.times if mention.end <= t.start < end), None)
        resolved = resolve_in(context, view, time) if time is not None else None
        if time is None or resolved is None or any(mention.code in d.listed("destinations") for d in drafts):
            continue
        draft = Draft("trade_mission", "mission.list", [view.index], mention.start)
        draft.put("region", region_name(parties.visitor))
        draft.put("direction", "outbound")
        draft.put("destinations", [mention.code], (mention.start, mention.end))
        draft.put("date", resolved.edtf, (time.start, time.end))
        draft.put("status", "planned" if side_of_today(context, draft) > 0 else "realised")
        drafts.append(draft)
    return drafts if len(drafts) > 1 else []


def is_that_mission(view: SentenceView) -> bool:
    """True where a sentence goes on about the missions just told: "Misi dagang luar negeri tersebut mencatatkan ..."."""
    return bool(_THAT.match(view.text))


def read_visit(context: ArticleContext, parties: Parties, view: SentenceView) -> Draft | None:
    """An earlier journey told beside a mission: "... seperti awal November lalu kami pergi ke Kota Orion, Russia"."""
    for time in view.times:
        if time.word not in word_set("ago"):
            continue
        match = _VISIT.search(view.text, time.end - view.start)
        if match is None:
            continue
        countries = [
            m
            for m in view.countries
            if view.start + match.end() <= m.start <= view.start + match.end() + _NEAR
        ]
        resolved = resolve_in(context, view, time)
        if not countries or resolved is None:
            continue
        draft = Draft("trade_mission", "mission.visit", [view.index], time.start)
        draft.put("region", region_name(parties.visitor))
        draft.put("direction", "outbound")
        codes = list(dict.fromkeys(m.code for m in countries))
        draft.put("destinations", codes, (countries[0].start, countries[-1].end))
        draft.put("date", resolved.edtf, (time.start, time.end))
        draft.put("status", "realised")
        return draft
    return None
