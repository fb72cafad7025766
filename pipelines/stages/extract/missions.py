"""trade_mission: misi dagang, business matching and buyer missions, held, joined or planned."""

from __future__ import annotations

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name, resolve_in
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.mission_asides import read_list, read_visits
from pipelines.stages.extract.mission_figures import (
    deals,
    delegations,
    is_part,
    is_target,
    is_transaction,
    total_of,
    transaction_status,
)
from pipelines.stages.extract.mission_parties import Places, find_parties
from pipelines.text.dates import TimeExpression
from pipelines.text.figures import Figure

_HELD = Pattern("missions.held")
_SEVERAL = Pattern("missions.several")
_ANOTHER = Pattern("missions.another")
_PLANNED = Pattern("missions.planned")
_CONTINUES = Pattern("missions.continues")
_OPENS = Pattern("missions.opens")
_COUNTED = Pattern("missions.counted")
_AGAIN = Pattern("missions.again")
_DONE = Pattern("missions.done")


def read_missions(document: Document, context: ArticleContext) -> tuple[list[Draft], set[int]]:
    """Mission claims of an article and the offsets of the figures they used."""
    if "mission" not in document.cue_classes:
        return [], set()
    reader = _Reader(document, context)
    for view in document.sentences:
        reader.read(view)
    return reader.finish()


class _Reader:
    """Keeps the mission under discussion while walking through the article."""

    def __init__(self, document: Document, context: ArticleContext) -> None:
        self.document = document
        self.context = context
        self.missions: list[Draft] = []
        self.taken: set[int] = set()
        self.last_index = -10
        self.visits: list[Draft] = []
        self.parties = find_parties(document, context)

    def read(self, view: SentenceView) -> None:
        if view.end <= self.document.title_end:
            return
        near = view.index - self.last_index <= 4 and bool(self.missions)
        if not view.has("mission") and not (near and self._continues(view)):
            return
        if view.has("fair", "training") and not view.has("mission"):
            return
        self.last_index = view.index
        listed, used = read_list(self.document, self.context, self.parties, view)
        if listed:
            self.visits += listed
            self.taken |= used
            return
        money = [f for f in deals(view) if is_transaction(self.document, view, f)]
        people = delegations(self.document, view)
        self._note_visits(view)
        first = not self.missions
        current = self._mission_for(view)
        previous = self.document.sentences[view.index - 1] if view.index else None
        if (
            first
            and previous is not None
            and previous.start >= self.document.title_end
            and not previous.has("export")
        ):
            # The lead may give the figures before the word "misi dagang" falls.
            people = delegations(self.document, previous) or people
            if previous.has("transaction", "potential"):
                for figure in deals(previous):
                    self._put_money(previous, current, figure)
        total = total_of(self.document, view, people)
        if total is not None or (people and not current.has("participants")):
            current.put_figure("participants", total or people[0])
            current.slots.pop("unit", None)
        for figure in money:
            self._put_money(view, current, figure)

    def _note_visits(self, view: SentenceView) -> None:
        for visit in read_visits(self.context, self.parties, view):
            place = visit.slots["destinations"]
            if not any("visit" in m.evidence and m.slots.get("destinations") == place for m in self.visits):
                self.visits.append(visit)

    def _continues(self, view: SentenceView) -> bool:
        return (
            view.has("transaction", "target", "join", "buyer")
            or any(f.kind in ("people",) for f in view.figures)
            or bool(_CONTINUES.search(view.text))
        )

    def _mission_for(self, view: SentenceView) -> Draft:
        """The mission a sentence is about: the current one, or a new one where place or time differ."""
        places = self._places(view)
        time = self._time(view)
        opens = view.has("mission") or bool(_OPENS.search(view.text))
        if self.missions:
            current = self.missions[-1]
            main = self.missions[0]
            if not opens:
                if (
                    time is not None
                    and not current.has("date")
                    and (time.form == "day_range" or _HELD.search(view.text))
                ):
                    self._set_time(current, time)
                return current
            other_place = (
                bool(places[0])
                and current.has("destinations")
                and not set(places[0]) & set(current.listed("destinations"))
            )
            several = (
                bool(_SEVERAL.search(view.text))
                and any(f.kind == "money" for f in view.figures)
                and bool(_COUNTED.search(view.text))
            )
            if several:
                return self._open(view, places, time, several=True)
            if other_place and (
                _ANOTHER.search(view.text) or time is not None or any(f.kind == "money" for f in view.figures)
            ):
                return self._open(view, places, time)
            if (
                _PLANNED.search(view.text)
                and current.slots.get("status") == "realised"
                and time is not None
                and self._another_time(current, time)
                and view.has("mission")
            ):
                return self._open(view, places, time)
            if (
                not places[0]
                and _ANOTHER.search(view.text)
                and time is not None
                and self._another_time(current, time)
                and _AGAIN.search(view.text)
            ):
                return self._open(view, places, time)
            if (
                time is not None
                and time.form == "year"
                and view.has("mission")
                and self._another_time(current, time)
                and any(f.kind == "money" for f in view.figures)
            ):
                return self._open(
                    view,
                    places
                    if places[0]
                    else (main.listed("destinations"), str(main.slots.get("direction") or "") or None),
                    time,
                )
            if places[0] and not current.has("destinations"):
                self._set_places(current, places)
            elif (
                places[0]
                and set(places[0]) & set(main.listed("destinations"))
                and current is not main
                and not _ANOTHER.search(view.text)
            ):
                current = main
            if time is not None and not current.has("date"):
                self._set_time(current, time)
            if view.index not in current.sentences:
                current.sentences.append(view.index)
            return current
        previous = self.document.sentences[view.index - 1] if view.index else None
        if (
            previous is not None
            and previous.sentence.paragraph == view.sentence.paragraph
            and previous.start >= self.document.title_end
        ):
            # "... datang ke Malang, Selasa (27/2). Pertemuan itu ...": the sentence before may have set the scene.
            places = places if places[0] else self._places(previous)
            time = time or self._time(previous)
        return self._open(view, places, time)

    def _another_time(self, current: Draft, time: TimeExpression) -> bool:
        resolved = self.context.resolve(time)
        return (
            resolved is not None
            and current.has("date")
            and not str(current.slots["date"]).startswith(resolved.edtf[:7])
        )

    def _open(
        self,
        view: SentenceView,
        places: Places,
        time: TimeExpression | None,
        *,
        several: bool = False,
    ) -> Draft:
        draft = Draft("trade_mission", "mission.several" if several else "mission", [view.index], view.start)
        draft.put("region", region_name(self.parties.region_of(self.document, view)))
        if several:
            years = [t for t in view.times if t.form in ("year", "year_range", "month")]
            edtfs = [r.edtf for t in years if (r := self.context.resolve(t))]
            if len(edtfs) >= 2:
                draft.put("date", f"{edtfs[0].split('/')[0]}/{edtfs[-1].split('/')[-1]}")
            elif edtfs:
                draft.put(
                    "date",
                    edtfs[0]
                    if "/" in edtfs[0]
                    else (f"{edtfs[0]}/{self.context.anchor.year}" if self.context.anchor.year else edtfs[0]),
                )
        else:
            self._set_places(draft, places)
            if time is not None:
                self._set_time(draft, time)
        planned = bool(_PLANNED.search(view.text)) and not _DONE.search(view.text)
        draft.put("status", "planned" if planned else "realised")
        self.missions.append(draft)
        return draft

    def _places(self, view: SentenceView) -> Places:
        return self.parties.places(self.document, view, told={visit.order for visit in self.visits})

    def _set_places(self, draft: Draft, places: Places) -> None:
        if places[0]:
            draft.put("destinations", places[0])
            draft.put("direction", places[1])

    def _time(self, view: SentenceView) -> TimeExpression | None:
        for form in ("day_range", "day", "weekday", "month", "relative", "year"):
            for time in view.times:
                if form in ("day", "weekday") and view.is_speech_time(time.start, time.end):
                    continue
                if time.form == form and not (
                    form == "relative"
                    and time.word
                    not in (
                        "hari ini",
                        "tahun depan",
                        "tahun lalu",
                        "bulan depan",
                        "bulan lalu",
                        "pekan ini",
                        "pekan depan",
                        "tahun ini",
                        "pekan lalu",
                    )
                ):
                    return time
        return None

    def _set_time(self, draft: Draft, time: TimeExpression) -> None:
        view = next((v for v in self.document.sentences if v.start <= time.start < v.end), None)
        resolved = resolve_in(self.context, view, time) if view else self.context.resolve(time)
        if resolved:
            draft.put("date", resolved.edtf, (time.start, time.end))

    def _put_money(self, view: SentenceView, current: Draft, figure: Figure) -> None:
        self.taken.add(figure.start)
        target = is_target(self.document, view, figure)
        if not target and (is_part(self.document, view, figure) or current.has("transaction")):
            return
        if (target and current.slots.get("status") == "realised") or (target and current.has("transaction")):
            twin = Draft("trade_mission", "mission.target", [view.index], figure.start)
            for slot in ("region", "direction", "destinations", "date", "status"):
                twin.fill(slot, current.slots.get(slot), current.spans.get(slot))
            twin.put_figure("transaction", figure)
            twin.put("transaction_status", "target")
            twin.evidence.add("twin")
            if not any(
                m.slots.get("transaction") == figure.value and m.slots.get("transaction_status") == "target"
                for m in self.missions
            ):
                self.missions.insert(len(self.missions) - 1, twin)
            return
        current.put_figure("transaction", figure)
        current.put(
            "transaction_status", "target" if target else transaction_status(self.document, view, figure)
        )

    def finish(self) -> tuple[list[Draft], set[int]]:
        kept = []
        for visit in self.visits:
            if not any(
                visit.slots["destinations"] == m.slots.get("destinations")
                and visit.slots.get("date") == m.slots.get("date")
                for m in self.missions
            ):
                self.missions.append(visit)
        for draft in self.missions:
            if not draft.has("destinations") and draft.rule_id != "mission.several":
                if (
                    self.parties.host
                    and draft is self.missions[0]
                    and regions()[self.parties.host].level == "province"
                ):
                    draft.put("destinations", [region_name(self.parties.host) or ""])
                    draft.put("direction", "domestic")
            if any(draft.has(slot) for slot in ("date", "participants", "destinations", "transaction")):
                kept.append(draft)
        main = next((d for d in kept if "twin" not in d.evidence), None)
        for draft in kept:
            if "twin" in draft.evidence and main is not None:
                for slot in ("direction", "destinations", "date"):
                    draft.fill(slot, main.slots.get(slot), main.spans.get(slot))
        return kept, self.taken
