"""exhibition: trade fairs joined or planned, and what was sold there."""

from __future__ import annotations

from decimal import Decimal

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import (
    ArticleContext,
    region_name,
    resolve_in,
    speaks_for_nation,
)
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.event_regions import opened_with
from pipelines.stages.extract.article.event_times import event_time, lies_ahead
from pipelines.stages.extract.article.reports import STAT_NOUN
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.exhibitions.editions import (
    Edition,
    as_draft,
    is_of_that_time,
    once,
    read_edition,
    took_part,
)
from pipelines.stages.extract.exhibitions.names import fair_as_named, fair_name, fair_place, same_name
from pipelines.stages.extract.missions.talk import tells_of_fair
from pipelines.text.figures import Figure
from pipelines.text.places import RegionMention
from pipelines.text.times import TimeExpression

_GRAND_TOTAL = Pattern("exhibitions.read.grand_total")
_HELD = Pattern("exhibitions.read.held")
_STAND_OF = Pattern("exhibitions.read.stand_of")
_WHOLE_FAIR = Pattern("exhibitions.read.whole_fair")
_ALL_TAKERS = Pattern("exhibitions.read.all_takers")
_GOES_ON = Pattern("exhibitions.read.goes_on")
_PLANNED = Pattern("exhibitions.read.planned")
_ONE_OF = Pattern("exhibitions.read.one_of")
_THEY = Pattern("exhibitions.read.they")
_TO_BE_TAKEN = Pattern("exhibitions.read.to_be_taken")
_TAKES_PART = Pattern("exhibitions.read.takes_part")
_TOOK_PART = Pattern("exhibitions.read.took_part_abroad")
_TARGET = Pattern("exhibitions.read.target")
_AIMED_AT = Pattern("exhibitions.read.aimed_at")
_SHOWS = Pattern("exhibitions.read.shows")
_SIGNED = Pattern("exhibitions.read.signed")
_COMMERCE = Pattern("exhibitions.read.commerce")
_ITS_OWN = Pattern("exhibitions.read.its_own")
_MIDDLEMAN = Pattern("presence.read.middleman")
_NATIONAL = Pattern("exhibitions.read.national")
_PRICE_OF_ONE = Pattern("exhibitions.read.price_of_one")
_READ_EXHIBITIONS = Pattern("exhibitions.read.read_exhibitions")
_HAS_SOLD = Pattern("exhibitions.read.has_sold")
_UNNAMED = Pattern("exhibitions.read.unnamed")
_UNNAMED_2 = Pattern("exhibitions.read.unnamed_2")

_CLOSE = 2  # sentences behind the last one about a fair in which its figures may stand
_LEANING = 4  # the same for a sentence that says whose they are: "Pesertanya 100 UMKM"
_ABROAD = "exhibition.abroad"  # rule of a fair that only its country tells


def read_exhibitions(
    document: Document, context: ArticleContext, *, skip: set[int]
) -> tuple[list[Draft], set[int]]:
    """Exhibition claims of an article and the offsets of the figures they used; those in `skip` tell of no fair."""
    if not document.cue_classes & {"fair"} and not any(view.fairs for view in document.sentences):
        return [], set()
    drafts: list[Draft] = []
    used: list[tuple[Draft, int]] = []
    aims: set[int] = set()
    others: set[str] = set()
    editions: list[Draft] = []
    stands: list[Draft] = []
    last_index = -10
    for view in document.body:
        last_name = str(drafts[-1].slots["name"]) if drafts and drafts[-1].has("name") else None
        name, span = fair_name(document, view, last_name)
        if name is None and last_name and _READ_EXHIBITIONS.search(view.text):
            name = last_name
        reach = _LEANING if _ITS_OWN.search(view.text) or _TO_BE_TAKEN.search(view.text) else _CLOSE
        near = bool(drafts) and view.index - last_index <= reach
        if editions and view.index - editions[-1].sentences[0] == 1 and is_of_that_time(view):
            people_then = next((f for f in view.figures if took_part(document, view, f)), None)
            if people_then is not None and not editions[-1].has("participants"):
                editions[-1].put_figure("participants", people_then)
                editions[-1].slots.pop("unit", None)
                continue
        fair = _known(drafts, name)
        edition = None
        if (name or view.has("fair") or near) and (fair is not None or not name or not drafts):
            edition = read_edition(document, context, view, _year_told(context, view, fair))
        told = _figures_of(edition, view)
        sums = [
            f
            for f in view.figures
            if f.kind == "money"
            and f.start not in told
            and f.start not in skip
            and f.value is not None
            and not f.is_rate
            and not f.same_as
            and _is_sale(view, f)
        ]
        money = [f for f in sums if not _is_aim(document, view, f)]
        if not name and not view.has("fair") and STAT_NOUN.search(view.text) and view.times:
            continue  # "Data BPS, nilai ekspor Papua pada Juli 2024 sebesar US$ 3,27 juta"
        if sums and not money and _NATIONAL.search(view.text):
            if not view.has("export"):
                aims.update(figure.start for figure in sums)
            continue  # what the nation aims at tells of no stand
        if edition is not None and fair is not None and not sums and len(told) > 1:
            editions.append(as_draft(document, edition, fair, view, _edition_region(document, view, fair)))
            used += [(editions[-1], start) for start in told]
            last_index = view.index
            continue
        if not (name or view.has("fair")) and not (
            near
            and (
                sums
                or view.has("join")
                or _SHOWS.search(view.text)
                or _HELD.search(view.text)
                or _GOES_ON.search(view.text)
                or _ITS_OWN.search(view.text)
            )
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
            if f.start not in told
            and took_part(document, view, f)
            and not _ONE_OF.match(document.text, f.start)
        ]
        time = event_time(view) or next(
            (
                t
                for t in view.times
                if t.start not in told and (t.form == "year" or t.word in ("tahun lalu", "tahun ini"))
            ),
            None,
        )
        place, place_span = fair_place(document, view, span)
        current = drafts[-1] if drafts else None
        planned = bool(_PLANNED.search(view.text)) and not _HAS_SOLD.search(view.text)
        is_new = _new_fair(context, current, name, time, money, view, others)
        if is_new and name and fair is not None and not _NATIONAL.search(view.text):
            before = _is_before(context, time, fair)
            if before and not (money or people or place):
                continue  # "buyer yang ditemui di TEI tahun lalu": nothing about that fair
            if not before and fair is not current and not planned:
                # "Peserta TEI, Failasuf, ...": back to the fair told before the last one.
                current, is_new = fair, False
        if is_new:
            if not name and not place:
                continue
            if not (place or time or people or money or (name and view.has("join", "fair"))):
                continue
            abroad = name is None and _is_abroad(document, view, place_span)
            current = Draft("exhibition", _ABROAD if abroad else "exhibition", [view.index], view.start)
            current.put("region", _exhibitor(document, context))
            if drafts and "region" in drafts[0].spans:
                # Whose stand the first fair had is printed: the next one is theirs too, where no other is named.
                current.put("region", drafts[0].slots["region"])
            origin = next(
                (
                    m
                    for m in view.regions
                    if (m.role == "origin" or _is_stand_of(document, m))
                    and not (abroad and _MIDDLEMAN.search(document.text, view.start, m.start))
                ),
                None,
            )
            if origin is None and not view.regions:
                origin = opened_with(document, view)
            if origin and not (context.home and regions()[context.home].parent_code == origin.code):
                current.put("region", origin.name, (origin.start, origin.end))
            if _NATIONAL.search(view.text) and money:
                current.put("region", "Indonesia")
                same = next(
                    (d for d in drafts if name and d.has("name") and same_name(name, str(d.slots["name"]))),
                    None,
                )
                if same is not None:
                    # The whole fair is where and when its stand was.
                    for slot in ("place", "date"):
                        current.fill(slot, same.slots.get(slot), same.spans.get(slot))
            current.put("status", "planned" if planned else "realised")
            drafts.append(current)
            # "Salon International de l'Alimentation (SIAL Interfood)": the other names of one fair.
            others = {fair_as_named(document, hit).lower() for hit in view.fairs}
            if not people and _THEY.match(view.text):
                people = _named_before(document, view)
            if not money and not people:
                money = _signed_before(document, view)
                used += [(current, figure.start) for figure in money]
        elif current is not None and people and _READ_EXHIBITIONS.search(view.text):
            stand = _other_stand(current, view, people[0])
            if stand is not None:
                stands.append(stand)
                used.append((stand, people[0].start))
                last_index = view.index
                continue
        if current is None:
            continue
        if current.slots["status"] == "realised" and not is_new and _TO_BE_TAKEN.search(view.text):
            current.put("status", "planned")
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
        joins = name or view.has("fair", "join") or any(p.search(view.text) for p in (_TAKES_PART, _ITS_OWN))
        if people and _is_whole_fair(document, view, people[0], current):
            people = []
        if people and not current.has("participants") and joins:
            current.put_figure("participants", people[0])
            current.slots.pop("unit", None)
            used.append((current, people[0].start))
        used += [(current, figure.start) for figure in sums]
        if money and (not current.has("transaction") or _is_grand_total(document, view, money[0], current)):
            current.put_figure("transaction", money[0])
        if edition is not None:
            editions.append(
                as_draft(document, edition, current, view, _edition_region(document, view, current))
            )
            used += [(editions[-1], start) for start in told]
        last_index = view.index
    drafts = [draft for draft in (*drafts, *stands, *once(editions, drafts)) if _is_told(draft)]
    return drafts, aims | {start for draft, start in used if draft in drafts}


def _signed_before(document: Document, view: SentenceView) -> list[Figure]:
    """The contracts told right before a fair: "12 nota kesepahaman senilai 45 juta dolar AS. Seremoninya di TEI ..."."""
    for before in reversed(document.sentences[max(0, view.index - _CLOSE) : view.index]):
        if before.start < document.title_end or before.fairs or before.has("mission"):
            break
        money = [f for f in before.figures if f.kind == "money" and f.value is not None and not f.same_as]
        if money:
            return money if len(money) == 1 and _SIGNED.search(before.text) else []
    return []


def _other_stand(current: Draft, view: SentenceView, people: Figure) -> Draft | None:
    """Another region's stand at the fair just told: "Papua memberangkatkan tiga pelaku UMKM ke pameran yang sama"."""
    owner = next((m for m in view.regions if m.start < people.start), None)
    if owner is None or not current.has("name") or owner.name == current.slots.get("region"):
        return None
    stand = Draft("exhibition", "exhibition.stand", [view.index], view.start)
    for slot in ("name", "place", "date", "status"):
        stand.fill(slot, current.slots.get(slot), current.spans.get(slot))
    stand.put("region", owner.name, (owner.start, owner.end))
    stand.put_figure("participants", people)
    stand.slots.pop("unit", None)
    return stand


def _named_before(document: Document, view: SentenceView) -> list[Figure]:
    """Those whom "mereka" means: "Empat UMKM pulang dari Arab Saudi ... Mereka mengikuti Indonesia Expo"."""
    for earlier in reversed(document.sentences[max(0, view.index - _CLOSE) : view.index]):
        if earlier.start >= document.title_end:
            people = [f for f in earlier.figures if took_part(document, earlier, f)]
            if people:
                return people
    return []


def _is_before(context: ArticleContext, time: TimeExpression | None, fair: Draft) -> bool:
    """True where a time lies in a year before that of a fair."""
    resolved = context.resolve(time) if time is not None else None
    return resolved is not None and fair.has("date") and resolved.edtf[:4] < str(fair.slots["date"])[:4]


def _known(drafts: list[Draft], name: str | None) -> Draft | None:
    """The first fair told before of this name, which is the region's own; without a name, that of the last one."""
    if name is None:
        if not drafts or not drafts[-1].has("name"):
            return drafts[-1] if drafts else None
        name = str(drafts[-1].slots["name"])
    return next((d for d in drafts if d.has("name") and same_name(name, str(d.slots["name"]))), None)


def _year_told(context: ArticleContext, view: SentenceView, fair: Draft | None) -> int | None:
    """The year of the fair that a sentence goes on about or tells of first."""
    if fair is not None:
        return int(str(fair.slots["date"])[:4]) if fair.has("date") else context.anchor.year
    time = event_time(view)
    resolved = context.resolve(time) if time is not None else None
    return int(resolved.edtf[:4]) if resolved else None


def _figures_of(edition: Edition | None, view: SentenceView) -> set[int]:
    """Offsets of the time and the figures that an earlier edition takes from a sentence."""
    if edition is None:
        return set()
    return {edition.time.start, *(f.start for f in view.figures if edition.holds(f))}


def _edition_region(document: Document, view: SentenceView, fair: Draft) -> str | None:
    """Whose earlier edition it is: the nation's where this sentence or the one before speaks of all its stands."""
    previous = document.sentences[view.index - 1] if view.index else view
    national = _NATIONAL.search(view.text) or (not view.regions and _NATIONAL.search(previous.text))
    return "Indonesia" if national else str(fair.slots.get("region") or "") or None


def _is_stand_of(document: Document, mention: RegionMention) -> bool:
    """True for the region whose stand or crafts council a text names: "Dekranasda Kabupaten Batu Bara"."""
    return bool(_STAND_OF.search(document.text, max(0, mention.start - 40), mention.start))


def _is_whole_fair(document: Document, view: SentenceView, figure: Figure, fair: Draft) -> bool:
    """True for all that take part in a fair of many regions, where `fair` is the stand of one."""
    if fair.slots.get("region") == "Indonesia" or "stand" not in document.cue_classes:
        return False
    return bool(
        _WHOLE_FAIR.search(document.text, max(view.start, figure.start - 90), figure.start)
        and _ALL_TAKERS.search(document.text, figure.start, figure.end + 12)
    )


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
    return draft.has("place") and (draft.has("date") or draft.has("participants") or draft.rule_id == _ABROAD)


def _is_abroad(document: Document, view: SentenceView, place: tuple[int, int] | None) -> bool:
    """True for a fair without a name that somebody took part in in another country: "ikut pameran di Belanda"."""
    if place is None or not any(place[0] <= m.start < place[1] for m in view.countries):
        return False
    return bool(_TOOK_PART.search(document.text, max(view.start, place[0] - 70), place[0]))


def _is_aim(document: Document, view: SentenceView, figure: Figure) -> bool:
    if _TARGET.search(document.text, max(view.start, figure.start - 50), figure.start):
        return True
    return bool(_AIMED_AT.search(document.text[view.start : figure.start]))


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
    if _PRICE_OF_ONE.search(view.text[: figure.start - view.start]):
        return False  # "selembar kain bisa laku RM 900"
    governor = view.last_cue_before(
        figure.start, "price", "budget", "import", "transaction", "achieved", "export", "target", "potential"
    )
    if governor is None:
        return view.first_cue_after(figure.end, "transaction", "fair") is not None
    if "achieved" in governor.codes and view.has("import") and not view.has("transaction"):
        return False  # "nilai impor dan ekspor selama semester I mencapai 33 miliar dolar"
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
    others: set[str],
) -> bool:
    if current is None:
        return True
    if name and current.has("name") and not same_name(name, str(current.slots["name"])):
        return name.lower() not in others
    resolved = context.resolve(time) if time is not None else None
    if resolved and current.has("date") and (name or view.has("fair")):
        own, size = str(current.slots["date"]), 4 if current.has("name") or not name else 7
        if resolved.edtf[:size] != own[: min(size, len(resolved.edtf))]:
            return True
    return bool(_NATIONAL.search(view.text)) and bool(money) and current.slots.get("region") != "Indonesia"
