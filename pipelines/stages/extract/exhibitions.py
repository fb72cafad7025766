"""exhibition: trade fairs joined or planned, and what was sold there."""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.lexicons.loader import fair_names, regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name, resolve_in, speaks_for_nation
from pipelines.stages.extract.document import Document, SentenceView, Spanned
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.event_times import event_time, lies_ahead
from pipelines.stages.extract.mission_talk import tells_of_fair
from pipelines.stages.extract.reports import STAT_NOUN
from pipelines.text.figures import Figure
from pipelines.text.gazetteer import Hit
from pipelines.text.places import RegionMention
from pipelines.text.times import TimeExpression, find_times

_GRAND_TOTAL = Pattern("exhibitions.grand_total")
_HELD = Pattern("exhibitions.held")
_PLANNED = Pattern("exhibitions.planned")
_FAIR_NAME = Pattern("exhibitions.fair_name")
_FAIR_NAME_BACK = Pattern("exhibitions.fair_name_back")
_LONG_NAME = 6  # letters that make the beginning of a name the name
_PLACE = re.compile(
    r"\b(?:di|Di)\s+(?P<name>(?:[A-Z][\w’'().-]*)(?:\s+(?:[A-Z][\w’'().-]*|of|and|(?:and|of|for) the))*"
    r"(?:,\s+(?:[A-Z][\w’'().-]*)(?:\s+[A-Z][\w’'().-]*)*){0,2})"
)
_PLACE_BEHIND = re.compile(
    r"(?:\s*\([\w -]+\))?(?:\s+ke-\d+)?,\s+(?P<name>(?:[A-Z][\w’'().-]*)(?:\s+[A-Z][\w’'().-]*)*)"
)
_VISITORS = Pattern("exhibitions.visitors")
_COMMITTEE = Pattern("exhibitions.committee")
_ONE_OF = Pattern("exhibitions.one_of")
_TAKES_PART = Pattern("exhibitions.takes_part")
_HALL = Pattern("exhibitions.hall")
_TARGET = Pattern("exhibitions.target")
_SHOWS = Pattern("exhibitions.shows")
_COMMERCE = Pattern("exhibitions.commerce")
_NATIONAL = Pattern("exhibitions.national")
_READ_EXHIBITIONS = Pattern("exhibitions.read_exhibitions")
_READ_EXHIBITIONS_2 = Pattern("exhibitions.read_exhibitions_2")
_UNNAMED = Pattern("exhibitions.unnamed")
_UNNAMED_2 = Pattern("exhibitions.unnamed_2")
_FAIR_NAME_2 = Pattern("exhibitions.fair_name_2")
_FAIR_NAME_3 = Pattern("exhibitions.fair_name_3")


def read_exhibitions(document: Document, context: ArticleContext) -> tuple[list[Draft], set[int]]:
    """Exhibition claims of an article and the offsets of the figures they used."""
    if not document.cue_classes & {"fair"} and not any(view.fairs for view in document.sentences):
        return [], set()
    drafts: list[Draft] = []
    used: list[tuple[Draft, int]] = []
    aims: set[int] = set()
    others: set[str] = set()
    last_index = -10
    for view in document.body:
        last_name = str(drafts[-1].slots["name"]) if drafts and drafts[-1].has("name") else None
        name, span = _fair_name(document, view, last_name)
        if name is None and last_name and _READ_EXHIBITIONS.search(view.text):
            name = last_name
        near = bool(drafts) and view.index - last_index <= 2
        sums = [
            f
            for f in view.figures
            if f.kind == "money"
            and f.value is not None
            and not f.is_rate
            and not f.same_as
            and _is_sale(view, f)
        ]
        money = [f for f in sums if not _is_aim(document, view, f)]
        if not name and not view.has("fair") and STAT_NOUN.search(view.text) and view.times:
            continue  # "Data BPS, nilai ekspor Papua pada Juli 2024 sebesar US$ 3,27 juta"
        if sums and not money and _NATIONAL.search(view.text):
            aims.update(figure.start for figure in sums)
            continue  # what the nation aims at tells of no stand
        if not (name or view.has("fair")) and not (
            near and (sums or view.has("join") or _SHOWS.search(view.text) or _HELD.search(view.text))
        ):
            continue
        if not name and (
            (view.has("mission") and not tells_of_fair(view))
            or (view.has("training") and not view.has("fair"))
        ):
            continue
        if not name and not drafts and not _COMMERCE.search(document.text):
            continue
        if name is None:
            shown = _unnamed(document, view, context, bool(drafts) or "fair" in document.cue_classes)
            if shown:
                drafts.extend(shown)
                last_index = view.index
                continue
        people = [
            f
            for f in view.figures
            if f.kind == "people"
            and f.value is not None
            and f.unit in ("firm", "person", "exporter")
            and not _ONE_OF.match(document.text, f.start)
            and not _VISITORS.search(document.text, max(view.start, f.start - 40), f.end + 14)
        ]
        time = event_time(view) or next(
            (t for t in view.times if t.form == "year" or t.word in ("tahun lalu", "tahun ini")), None
        )
        place, place_span = _place(document, view, name, span)
        current = drafts[-1] if drafts else None
        planned = bool(_PLANNED.search(view.text)) and not _READ_EXHIBITIONS_2.search(view.text)
        if _new_fair(context, current, name, time, money, view, place, others):
            if not name and not place:
                continue
            if not (place or time or people or money or (name and view.has("join", "fair"))):
                continue
            current = Draft("exhibition", "exhibition", [view.index], view.start)
            current.put("region", _exhibitor(document, context))
            origin = next((m for m in view.regions if m.role in ("origin",)), None)
            if origin and not (context.home and regions()[context.home].parent_code == origin.code):
                current.put("region", origin.name, (origin.start, origin.end))
            if _NATIONAL.search(view.text) and money:
                current.put("region", "Indonesia")
                same = next(
                    (d for d in drafts if name and d.has("name") and _same_name(name, str(d.slots["name"]))),
                    None,
                )
                if same is not None:
                    # The whole fair is where and when its stand was.
                    for slot in ("place", "date"):
                        current.fill(slot, same.slots.get(slot), same.spans.get(slot))
            current.put("status", "planned" if planned else "realised")
            drafts.append(current)
            # "Salon International de l'Alimentation (SIAL Interfood)": the other names of one fair.
            others = {_fair_as_named(document, hit).lower() for hit in view.fairs}
        if current is None:
            continue
        if name:
            current.fill("name", name, span)
        if place:
            current.fill("place", place, place_span)
        if time is not None and (
            not current.has("date") or (time.form == "day_range" and "/" not in str(current.slots["date"]))
        ):
            resolved = resolve_in(context, view, time)
            if resolved and not (
                time.form == "day" and not name and not view.has("fair") and not _HELD.search(view.text)
            ):
                current.put("date", resolved.edtf, (time.start, time.end))
                if context.anchor.is_published and lies_ahead(resolved.edtf, context.anchor):
                    current.put("status", "planned")
        joins = name or view.has("fair", "join") or _TAKES_PART.search(view.text)
        if people and not current.has("participants") and joins:
            current.put_figure("participants", people[0])
            current.slots.pop("unit", None)
            used.append((current, people[0].start))
        used += [(current, figure.start) for figure in sums]
        if money and (not current.has("transaction") or _is_grand_total(document, view, money[0], current)):
            current.put_figure("transaction", money[0])
        last_index = view.index
    drafts = [draft for draft in drafts if _is_told(draft)]
    return drafts, aims | {start for draft, start in used if draft in drafts}


def _exhibitor(document: Document, context: ArticleContext) -> str | None:
    """Whose stand it is: the article's region, or the nation where that is only the place of a fair of a ministry."""
    return "Indonesia" if speaks_for_nation(document, context) else region_name(context.home)


def _is_grand_total(document: Document, view: SentenceView, figure: Figure, fair: Draft) -> bool:
    """True for the sum of all days of a fair, told behind that of one day."""
    told = fair.slots.get("transaction")
    return (
        isinstance(told, Decimal)
        and figure.value is not None
        and figure.value > told
        and figure.currency == fair.slots.get("currency")
        and bool(_GRAND_TOTAL.search(document.text, max(view.start, figure.start - 70), figure.start))
    )


def _is_told(draft: Draft) -> bool:
    """False for a fair named in passing, and for one without a name that nobody could find: "ikut pameran di Jakarta"."""
    if draft.has("name"):
        return any(draft.has(slot) for slot in ("date", "participants", "place", "transaction"))
    return draft.has("place") and (draft.has("date") or draft.has("participants"))


def _is_aim(document: Document, view: SentenceView, figure: Figure) -> bool:
    return bool(_TARGET.search(document.text, max(view.start, figure.start - 50), figure.start))


def _unnamed(document: Document, view: SentenceView, context: ArticleContext, known: bool) -> list[Draft]:
    """Shows without a name, one per town: "dua kali memamerkan produk mereka, seperti di Pontianak dan Bali"."""
    if not known or not _SHOWS.search(view.text):
        return []
    text = document.text
    towns: list[RegionMention] = []
    for mention in view.regions:
        joined = towns and _UNNAMED.fullmatch(text[towns[-1].end : mention.start])
        if (
            mention.role in ("at", "seat")
            and _UNNAMED_2.search(text[max(view.start, mention.start - 8) : mention.start])
        ) or joined:
            towns.append(mention)
    time = event_time(view) or next(
        (t for t in view.times if t.form == "year" or t.word in ("tahun lalu", "tahun ini")), None
    )
    resolved = resolve_in(context, view, time) if time is not None else None
    if not towns or resolved is None:
        return []
    drafts = []
    for town in towns:
        draft = Draft("exhibition", "exhibition.unnamed", [view.index], town.start)
        draft.put("region", region_name(context.home))
        draft.put("place", text[town.start : town.end], (town.start, town.end))
        if time is not None:
            draft.put("date", resolved.edtf, (time.start, time.end))
        draft.put("status", "planned" if _PLANNED.search(view.text) else "realised")
        drafts.append(draft)
    return drafts


def _is_sale(view: SentenceView, figure: Figure) -> bool:
    governor = view.last_cue_before(
        figure.start, "price", "budget", "import", "transaction", "achieved", "export", "target", "potential"
    )
    if governor is None:
        after = view.first_cue_after(figure.end, "transaction", "fair")
        return after is not None
    return not set(governor.codes) & {"price", "import", "export"} and (
        bool(set(governor.codes) & {"transaction", "achieved", "target", "potential"})
    )


def _new_fair(
    context: ArticleContext,
    current: Draft | None,
    name: str | None,
    time: TimeExpression | None,
    money: list[Figure],
    view: SentenceView,
    place: str | None,
    others: set[str],
) -> bool:
    if current is None:
        return True
    if name and current.has("name") and not _same_name(name, str(current.slots["name"])):
        return name.lower() not in others
    resolved = context.resolve(time) if time is not None else None
    if resolved and current.has("date") and (name or view.has("fair")):
        own = str(current.slots["date"])
        if resolved.edtf[:4] != own[:4]:
            return True
    return bool(_NATIONAL.search(view.text)) and bool(money) and current.slots.get("region") != "Indonesia"


def _same_name(first: str, second: str) -> bool:
    a, b = set(first.lower().split()), set(second.lower().split())
    if len(a) == len(b) == 1 and min(len(first), len(second)) >= _LONG_NAME:
        # "Inacraft", misprinted "Inacraf".
        return first.lower().startswith(second.lower()) or second.lower().startswith(first.lower())
    return len(a & b) >= 0.5 * min(len(a), len(b))


def _fair_as_named(document: Document, hit: Hit) -> str:
    """The full name where the article prints it somewhere, else the name or abbreviation as printed."""
    full = fair_names()[hit.key]
    return full if full.lower() in document.text.lower() else document.text[hit.start : hit.end]


def _fair_name(
    document: Document, view: SentenceView, known: str | None
) -> tuple[str | None, tuple[int, int] | None]:
    if view.fairs:
        hit = view.fairs[0]
        if (
            len(view.fairs) > 1
            and known
            and _same_name(_fair_as_named(document, hit), known)
            and _FAIR_NAME_2.search(document.text[view.start : hit.start])
        ):
            hit = view.fairs[-1]
        return _fair_as_named(document, hit), (hit.start, hit.end)
    for pattern in (_FAIR_NAME_BACK, _FAIR_NAME):
        match = pattern.search(document.text, view.start, view.end)
        if match and len(match["name"]) > 4 and not _FAIR_NAME_3.match(match["name"]):
            committee = _COMMITTEE.match(match["name"])
            start = match.start("name") + (committee.end() if committee else 0)
            return document.text[start : match.end("name")].strip(), (start, match.end("name"))
    return None, None


def _place(
    document: Document, view: SentenceView, name: str | None, span: tuple[int, int] | None
) -> tuple[str | None, tuple[int, int] | None]:
    start = span[1] if span else view.start
    if span is None:
        cue = next(iter(view.cues_of("fair")), None)
        start = cue.start if cue else view.start
    match = _PLACE_BEHIND.match(document.text, span[1], view.end) if span else None
    if match is None or not _is_place(view, match):
        match = _PLACE.search(document.text, start, view.end)
    if match is None:
        return None, None
    printed = match["name"]
    cut = find_times(printed)
    if cut:
        printed = printed[: cut[0].start]
    printed = printed.rstrip("., (")
    return (printed, (match.start("name"), match.start("name") + len(printed))) if printed else (None, None)


def _is_place(view: SentenceView, match: re.Match[str]) -> bool:
    """True for capitalised words that name a town, a country or a hall: "TEI, Jakarta", not "TEI, Mientje Tahalele"."""
    named: list[Spanned] = [*view.regions, *view.countries]
    return bool(_HALL.search(match["name"])) or any(
        match.start("name") <= mention.start < match.end("name") for mention in named
    )
