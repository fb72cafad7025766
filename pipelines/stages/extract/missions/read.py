"""trade_mission: misi dagang, business matching and buyer missions, held, joined or planned."""

from __future__ import annotations

from pipelines.lexicons.loader import regions, word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.event_times import ahead
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.missions.asides import (
    is_that_mission,
    read_former,
    read_list,
    read_series,
    read_sum,
    read_visit,
)
from pipelines.stages.extract.missions.claims import settled
from pipelines.stages.extract.missions.figures import (
    deals,
    deals_told,
    delegation,
    is_final_sum,
    is_finer_sum,
    is_one_deal,
    is_part,
    is_target,
    is_transaction,
    transaction_status,
)
from pipelines.stages.extract.missions.parties import RETURN_VISIT, Places, find_parties
from pipelines.stages.extract.missions.talk import (
    announced_partners,
    continues,
    day_of_scene,
    goes_on,
    goes_on_about_guests,
    is_fragment,
    is_purpose,
    scene_before,
    tells_of_fair,
)
from pipelines.stages.extract.missions.times import (
    is_announced,
    is_finer,
    is_older,
    is_other_time,
    mission_time,
    resolve_told,
    side_of_today,
)
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_ALIKE = Pattern("missions.read.alike")
_ANOTHER = Pattern("missions.read.another")
_BEFORE_OR_AFTER = Pattern("missions.talk.before_or_after")
_BESIDE = Pattern("missions.read.beside")
_DEAL = Pattern("missions.read.deal")
_HELD = Pattern("missions.read.held")
_RESULT = Pattern("missions.read.result")
_SAME_GUESTS = Pattern("missions.read.same_guests")
_SAME = Pattern("missions.read.same")
_THAN_THEN = Pattern("missions.read.than_then")
_THIS = Pattern("missions.read.this")
_TRIP = Pattern("missions.talk.trip")

_SHARED = ("region", "direction", "destinations", "date", "status")
# How many sentences a mission goes on being told after the last sentence about it.
_REACH = 5
_FAR = 10  # the same for a sentence that gives the result: "Hasilnya, tercatat potensi transaksi RM 3,2 juta"
_AT_ONCE = 2  # sentences behind its first in which a day beside the deals is the mission's own


def read_missions(document: Document, context: ArticleContext) -> tuple[list[Draft], set[int]]:
    """Mission claims of an article and the offsets of the figures they used."""
    if "mission" not in document.cue_classes:
        return [], set()
    reader = _Reader(document, context)
    for view in document.sentences:
        if view.end > document.title_end:
            reader.read(view)
    for view in document.sentences:
        if view.end <= document.title_end and view.has("mission"):
            reader.read_headline(view)
    return reader.finish()


class _Reader:
    """Keeps the mission under discussion while walking through the article.

    A mission is told until a sentence names another place, another time or another travelling region.
    """

    def __init__(self, document: Document, context: ArticleContext) -> None:
        self.document = document
        self.context = context
        self.parties = find_parties(document, context)
        self.missions: list[Draft] = []
        self.asides: list[Draft] = []
        self.current: Draft | None = None
        self.taken: set[int] = set()
        self.last_index = -10
        self.named_index = -10

    def read(self, view: SentenceView) -> None:
        """Take what a sentence tells about missions."""
        near = self.current is not None and (
            view.index - self.last_index <= _REACH
            or bool(_ALIKE.search(view.text))
            or (
                view.index - self.last_index <= _FAR
                and (bool(_RESULT.match(view.text)) or self._counts_for_guests(view))
            )
        )
        # "... digarap lewat misi dagang. Ke Palu transaksinya Rp3 miliar, ke Banjarmasin Rp14 miliar."
        named = self.named_index == view.index - 1
        if (near and self.missions) or named:
            main = self.missions[0] if near and self.missions else None
            listed, used = read_list(self.document, self.context, self.parties, view, main, self._told())
            if listed:
                self.asides += listed
                self.taken |= used
                self.last_index = view.index
                return
        if not view.has("mission"):
            if (
                not near
                or view.has("training")
                or tells_of_fair(view)
                or not continues(self.document, self.parties, view, next_to=view.index - self.last_index == 1)
            ):
                return
        elif (self.current is None and view.has("mission") and is_purpose(view)) or self._leads_up_to(view):
            self.named_index = view.index
            return
        self.last_index = view.index
        if not (near and self.missions):
            listed, used = read_list(self.document, self.context, self.parties, view, None)
            if listed:
                self.asides += listed
                self.taken |= used
                return
        summed = (
            None
            if self.current is not None and is_that_mission(view)
            else read_sum(self.document, self.context, self.parties, view, self._told())
        )
        if summed is not None:
            self.asides.append(summed)
            self.taken |= {figure.start for figure in deals(view)}
            return
        series = read_series(self.context, self.parties, view)
        if series:
            self.asides += series
            return
        visit = read_visit(self.context, self.parties, view) if self.current is not None else None
        if visit is not None and not deals(view):
            self.asides.append(visit)
            return
        first = self.current is None
        # The time of a mission that this one is compared with tells of no other in a sentence of its own.
        former = read_former(self.document, self.context, view, self.current)
        current = self.current if self.current is not None and former is not None else self._mission_for(view)
        self.current = current
        before = self._lead(view) if first else None
        self._put_people(view, before, current)
        if before is not None and (before.has("transaction", "potential") or _DEAL.search(before.text)):
            for figure in deals(before):
                self._put_money(before, current, figure)
        if first:
            former = read_former(self.document, self.context, view, current)
        if former is not None:
            self.asides.append(former[0])
            self.taken.add(former[1].start)
        told = deals_told(self.document, view)
        self.taken |= {figure.start for figure in deals(view) if figure not in told}
        for figure in told:
            if figure.start not in self.taken and is_transaction(self.document, view, figure):
                self._put_money(view, current, figure)

    def _counts_for_guests(self, view: SentenceView) -> bool:
        """True for those whom the guests of the mission met, however many quotes stand between."""
        current = self.current
        return (
            current is not None
            and current.slots.get("direction") == "inbound"
            and any(figure.kind == "people" for figure in view.figures)
            and goes_on_about_guests(view)
        )

    def _told(self) -> list[Draft]:
        """All missions told so far, in the order of the text."""
        return sorted([*self.missions, *self.asides], key=lambda draft: draft.order)

    def _leads_up_to(self, view: SentenceView) -> bool:
        """True for a class held for a mission: "Sebelum temu bisnis, 45 pelaku usaha mendapat pelatihan, 7-8 Agustus"."""
        first = view.cues_of("mission")[0]
        return (
            view.has("training")
            and not deals(view)
            and _BEFORE_OR_AFTER.search(self.document.text, view.start, first.start) is not None
        )

    def read_headline(self, view: SentenceView) -> None:
        """Take the deals that only the headline tells."""
        results = [
            figure
            for figure in deals(view)
            if is_transaction(self.document, view, figure) and not is_target(self.document, view, figure)
        ]
        if not results or any(m.has("transaction") for m in (*self.missions, *self.asides[:1])):
            return
        if self.missions:
            self._put_money(view, self.missions[0], results[0])

    def _lead(self, view: SentenceView) -> SentenceView | None:
        """The sentence before the first one about a mission: it may give the figures before the word falls."""
        previous = self.document.sentences[view.index - 1] if view.index else None
        if previous is None or previous.start < self.document.title_end:
            return None
        summed = any(previous.index in draft.sentences for draft in self.asides)
        beside = _BESIDE.match(view.text) is not None  # "Selain pameran, juga digelar business meeting"
        return None if summed or beside or previous.has("export", "fair", "training") else previous

    # -- which mission

    def _mission_for(self, view: SentenceView) -> Draft:
        """The mission that a sentence is about: one known by its place, the current one, or a new one."""
        places = self.parties.places(self.document, view)
        time = mission_time(view)
        current = self.current
        if current is None:
            previous = scene_before(self.document, view)
            if previous is not None:
                # "... datang ke Malang, Selasa (27/2). Pertemuan itu ...": the sentence before may have set the scene.
                places = places if places[0] else self.parties.places(self.document, previous)
                time = time or mission_time(previous)
            if not places[0]:
                places = announced_partners(self.document, self.parties, view)
            return self._open(view, places, time)
        elsewhere = self._same_guests_at(view, places)
        if elsewhere is not None:
            draft = self._open(view, self._inherited(), time)
            draft.put("region", elsewhere)
            draft.evidence.add("same_way")
            return draft
        returned = self._return_visit(view)
        if returned is not None:
            draft = self._open(view, (returned[1], "domestic"), time)
            draft.put("region", returned[0])
            return draft
        known = self._known(view, places, time)
        if known is None:
            alike = not places[0]
            draft = self._open(view, self._inherited() if alike else places, time)
            if alike:
                draft.evidence.add("same_way")
            return draft
        if places[0] and not known.has("destinations"):
            known.put("destinations", places[0])
            known.put("direction", places[1])
        if time is not None and (
            not known.has("date")
            or (time.form == "day_range" and "/" not in str(known.slots["date"]))
            or is_finer(self.context, known, time)
        ):
            told_at_once = (
                known is self.missions[0]
                and view.index - known.sentences[0] <= _AT_ONCE
                and time.form in ("day", "weekday")
            )
            if (
                view.has("mission")
                or time.form == "day_range"
                or _HELD.search(view.text)
                or (told_at_once and (view.has("transaction") or is_fragment(view)))
            ):
                self._set_time(known, time)
        if view.index not in known.sentences:
            known.sentences.append(view.index)
        return known

    def _same_guests_at(self, view: SentenceView, places: Places) -> str | None:
        """The other region that the same guests visited: "acara serupa diadakan di Kabupaten Jeneponto"; else None."""
        if self.missions[0].slots.get("direction") != "inbound" or places[1] != "domestic":
            return None
        host = next(
            (m.code for m in view.regions if region_name(self.parties.lift(m.code)) == places[0][0]), None
        )
        own = self.parties.visitor
        nearby = host and own and regions()[host].parent_code in (own, regions()[own].parent_code)
        same = _SAME_GUESTS.search(view.text) or (nearby and _ALIKE.search(view.text))
        return places[0][0] if same else None

    def _return_visit(self, view: SentenceView) -> tuple[str, list[str]] | None:
        """Who visits whom in return: "misi dagang balasan ke Surabaya" is the host's; None where none is told."""
        main = self.missions[0]
        hosts = main.listed("destinations")
        if main.slots.get("direction") != "domestic" or not hosts or not RETURN_VISIT.search(view.text):
            return None
        visited = self.parties.goal_of(self.document, view)
        return hosts[0], [visited if visited and visited not in hosts else str(main.slots.get("region"))]

    def _known(self, view: SentenceView, places: Places, time: TimeExpression | None) -> Draft | None:
        """The mission read before that a sentence goes on about, or None where it tells of another."""
        current = self.current
        assert current is not None
        people = any(f.kind == "people" and f.value != 1 for f in view.figures)
        told = bool(deals(view)) or people
        trip = (
            view.has("mission")
            or bool(_TRIP.search(view.text))
            or (people and view.has("join"))
            or goes_on(self.document, self.parties, view)
            or self.parties.who_sets_out(self.document, view) is not None
        )
        another = bool(_ANOTHER.search(view.text))
        past = (
            time is not None
            and time.form == "year"
            and bool(deals(view))
            and (another or _THAN_THEN.search(view.text) is not None)
        )
        another = another or past
        if view.has("mission"):
            region = region_name(self.parties.region_of(self.document, view))
            if region != self.missions[0].slots.get("region") and told and places[0]:
                return None
        if places[1] == "domestic" and current.slots.get("direction") == "inbound" and not told:
            return current  # where the guests were shown around
        if places[0]:
            same = [
                m
                for m in self.missions
                if set(places[0]) & set(m.listed("destinations"))
                and {m.slots.get("direction"), places[1]} != {"inbound", "outbound"}
            ]
            fitting = [m for m in same if time is None or not self._is_other(m, time)]
            if fitting:
                return fitting[-1]
            if same:
                # "misi dagang ke NTB pernah digelar pada Oktober 2019": the same way at another time.
                return None if (trip or past) and (told or another) else same[-1]
            turned = set(places[0]) & set(current.listed("destinations"))
            if turned and trip and time is not None and self._is_other(current, time):
                turned = set()
            if (not current.has("destinations") or turned) and not another:
                return current  # "Dari Sandakan hadir 25 pengusaha": the other side of the same meeting
            return None if (trip or told) and (another or time is not None or told) else current
        if time is not None and self._is_other(current, time):
            if (
                (trip or past)
                and (told or another)
                and not (_THIS.search(view.text) and not _SAME.search(view.text))
            ):
                return None
        if _THIS.search(view.text) and not another:
            return self.missions[0]
        return current

    def _is_other(self, mission: Draft, time: TimeExpression) -> bool:
        return is_other_time(self.context, mission, time, main=mission is self.missions[0])

    def _inherited(self) -> Places:
        main = self.missions[0]
        return main.listed("destinations"), str(main.slots.get("direction") or "") or None

    def _open(self, view: SentenceView, places: Places, time: TimeExpression | None) -> Draft:
        draft = Draft("trade_mission", "mission", [view.index], view.start)
        draft.put("region", region_name(self.parties.region_of(self.document, view)))
        if places[0]:
            draft.put("destinations", places[0])
            draft.put("direction", places[1])
        if places[1] == "inbound" and (self.missions or self.parties.visitor == "ID"):
            host = self.parties.host_of_guests(self.document, view)
            if host is not None:
                draft.put("region", host)
        if any(cue.key in word_set("buying_mission") for cue in view.cues_of("mission")):
            draft.evidence.add("buyers_come")
        if time is not None:
            self._set_time(draft, time)
        side = side_of_today(self.context, draft)
        if time is not None and side < 0 and time.year is None and not time.word:
            side = 0
        draft.put("status", "planned" if side > 0 or (is_announced(view.text) and side == 0) else "realised")
        if time is not None and draft.has("date") and draft.slots["status"] == "planned":
            draft.put(
                "date", ahead(str(draft.slots["date"]), time, self.context.anchor), (time.start, time.end)
            )
        self.missions.append(draft)
        return draft

    def _set_time(self, draft: Draft, time: TimeExpression) -> None:
        view = next((v for v in self.document.sentences if v.start <= time.start < v.end), None)
        edtf = resolve_told(self.context, view, time, self.missions[0] if self.missions else None)
        if edtf:
            draft.put("date", edtf, (time.start, time.end))

    # -- what it brought

    def _put_people(self, view: SentenceView, before: SentenceView | None, current: Draft) -> None:
        hosts = frozenset(
            m.code
            for m in (*view.regions, *(before.regions if before else ()))
            if m.code != self.parties.visitor
            and current.slots.get("direction") == "domestic"
            and region_name(self.parties.lift(m.code)) in current.listed("destinations")
        )
        current = self._of_the_people(view, current)
        received = current.slots.get("direction") == "inbound"
        people, total = delegation(self.document, view, hosts, received=received)
        if people is None and before is not None:
            people, total = delegation(self.document, before, hosts, received=received)
        if people is not None and (total or not current.has("participants")):
            current.put_figure("participants", people)
            current.slots.pop("unit", None)

    def _of_the_people(self, view: SentenceView, current: Draft) -> Draft:
        """The mission whose delegation a sentence counts: the main one again in a paragraph behind an aside."""
        main = self.missions[0]
        aside = self.document.sentences[current.sentences[0]]
        if (
            current is main
            or view.index == aside.index
            or main.has("participants")
            or view.sentence.paragraph == aside.sentence.paragraph
            or main.slots.get("status") != "planned"
            or self.parties.places(self.document, view)[0]
        ):
            return current
        return main

    def _put_money(self, view: SentenceView, current: Draft, figure: Figure) -> None:
        """Give a mission its transaction; an aim, a chance and a result of one mission are claims of their own."""
        self.taken.add(figure.start)
        target = is_target(self.document, view, figure)
        if not target and is_part(self.document, view, figure):
            return
        status = "target" if target else transaction_status(self.document, view, figure)
        main = self.missions[0]
        if target and view.index not in current.sentences and is_older(current, main):
            # An aim told behind an older mission is still the one of the mission that the article is about.
            current = main
        if not target and current.slots.get("transaction") == figure.value:
            return
        if status == current.slots.get("transaction_status") and is_final_sum(
            self.document, view, figure, current
        ):
            current.put_figure("transaction", figure)
            return
        counted = view.has("transaction", "potential")
        if "told_in_passing" in current.evidence and counted and not target:
            # "Mejaku laku Rp55 juta ... Transaksi sampai penutupan Rp148 miliar"
            current.evidence.discard("told_in_passing")
            current.put_figure("transaction", figure)
            current.put("transaction_status", status)
            return
        held = current.slots.get("status") == "realised"
        if current.has("transaction") or (target and held):
            if status == current.slots.get("transaction_status") and is_finer_sum(figure, current):
                current.put_figure("transaction", figure)
                return
            told = [current, *(m for m in self.asides if m.order in current.sentences)]
            if any(m.slots.get("transaction_status") == status for m in told) or (
                not target and is_one_deal(view)
            ):
                return
            twin = Draft("trade_mission", f"mission.{status}", [view.index], figure.start)
            for slot in _SHARED:
                twin.fill(slot, current.slots.get(slot), current.spans.get(slot))
            twin.put_figure("transaction", figure)
            twin.put("transaction_status", status)
            twin.evidence.add("twin")
            if not any(
                m.slots.get("transaction") == figure.value and m.slots.get("transaction_status") == status
                for m in self.asides
            ):
                self.asides.append(twin)
            return
        current.put_figure("transaction", figure)
        current.put("transaction_status", status)
        if not counted and not target and not view.has("mission"):
            current.evidence.add("told_in_passing")

    def finish(self) -> tuple[list[Draft], set[int]]:
        """The claims, and the offsets of the figures they used."""
        main = self.missions[0] if self.missions else None
        if main is not None and not main.has("date"):
            time = day_of_scene(self.document, main.sentences[0])
            if time is not None:
                self._set_time(main, time)
        return settled(self.document, self.parties, self.missions, self.asides), self.taken
