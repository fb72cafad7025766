"""trade_mission: misi dagang, business matching and buyer missions, held, joined or planned."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name, resolve_in
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.text.dates import TimeExpression
from pipelines.text.figures import Figure
from pipelines.text.places import RegionMention

_HOST_BEFORE = Pattern("missions.host_before")
_VISITOR_BEFORE = Pattern("missions.visitor_before")
_INBOUND = Pattern("missions.inbound")
_COMPONENT = Pattern("missions.component")
_TARGET = Pattern("missions.target")
_POTENTIAL = Pattern("missions.potential")
_PARTS = Pattern("missions.parts")
_SIDE = Pattern("missions.side")
_VISIT = Pattern("missions.visit")
_HELD = Pattern("missions.held")
_SEVERAL = Pattern("missions.several")
_ANOTHER = Pattern("missions.another")
_PLANNED = Pattern("missions.planned")
_TOTAL_PEOPLE = Pattern("missions.total_people")
_TUAN_RUMAH = Pattern("missions.tuan_rumah")
_READ = Pattern("missions.read")
_CONTINUES = Pattern("missions.continues")
_IS_TRANSACTION = Pattern("missions.is_transaction")
_IS_DELEGATION = Pattern("missions.is_delegation")
_IS_DELEGATION_2 = Pattern("missions.is_delegation_2")
_IS_DELEGATION_3 = Pattern("missions.is_delegation_3")
_CHOOSE_PEOPLE = Pattern("missions.choose_people")
_MISSION_FOR = Pattern("missions.mission_for")
_MISSION_FOR_2 = Pattern("missions.mission_for_2")
_MISSION_FOR_3 = Pattern("missions.mission_for_3")
_OPEN = Pattern("missions.open")
_PLACES = Pattern("missions.places")
_PLACES_2 = Pattern("missions.places_2")
_PLACES_3 = Pattern("missions.places_3")
_PLACES_4 = Pattern("missions.places_4")
_PUT_MONEY = Pattern("missions.put_money")
_PUT_MONEY_2 = Pattern("missions.put_money_2")


@dataclass(slots=True)
class _Mission:
    """A mission while its sentences are read."""

    draft: Draft
    sentences: list[int] = field(default_factory=list)
    host_votes: Counter[str] = field(default_factory=Counter)
    visitor_votes: Counter[str] = field(default_factory=Counter)


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
        self.visitor, self.host = self._parties()

    # -- who visits whom

    def _parties(self) -> tuple[str | None, str | None]:
        """Visiting and host region of the article's main mission, by the words before their names."""
        visitors: Counter[str] = Counter()
        hosts: Counter[str] = Counter()
        text = self.document.text
        provinces = {r.code for r in self.document.regions if regions()[r.code].level == "province"}
        for view in self.document.sentences[:14]:
            weight = 2.0 if view.has("mission") else 1.0
            for position, mention in enumerate(view.regions):
                code = self._lift(mention.code, provinces)
                before = text[max(view.start, mention.start - 40) : mention.start]
                if position and re.fullmatch(
                    r"\s*[-–—]\s*", text[view.regions[position - 1].end : mention.start]
                ):
                    hosts[code] += 3
                    visitors[self._lift(view.regions[position - 1].code, provinces)] += 3
                elif mention.role == "apposition":
                    continue
                elif _HOST_BEFORE.search(before):
                    hosts[code] += weight  # type: ignore[assignment]
                elif _VISITOR_BEFORE.search(before) or mention.role in ("office", "origin"):
                    visitors[code] += weight  # type: ignore[assignment]
                elif mention.role == "dateline":
                    hosts[code] += 0.3  # type: ignore[assignment]
        if self.context.home:
            visitors[self._lift(self.context.home, provinces)] += 0.5  # type: ignore[assignment]
        ranked = sorted(visitors, key=lambda code: (-(visitors[code] - 0.6 * hosts[code]), code))
        visitor = ranked[0] if ranked else self.context.home
        others = [code for code in hosts if code != visitor and not self._inside(code, visitor)]
        host = max(others, key=lambda code: (hosts[code], code), default=None)
        return visitor, host

    def _lift(self, code: str, provinces: set[str]) -> str:
        """A city stands for its province where the article names that too, except the article's own region."""
        region = regions()[code]
        if (
            region.level in ("city", "regency")
            and region.parent_code in provinces
            and code != self.context.home
        ):
            return region.parent_code
        return code

    def _inside(self, code: str, other: str | None) -> bool:
        return other is not None and regions()[code].parent_code == other

    # -- sentences

    def read(self, view: SentenceView) -> None:
        if view.end <= self.document.title_end:
            return
        near = view.index - self.last_index <= 4 and bool(self.missions)
        if not view.has("mission") and not (near and self._continues(view)):
            return
        if view.has("fair", "training") and not view.has("mission"):
            return
        self.last_index = view.index
        if self._read_list(view):
            return
        money = [
            f
            for f in view.figures
            if f.kind == "money"
            and f.value is not None
            and not f.is_rate
            and not f.same_as
            and self._is_transaction(view, f)
        ]
        people = [
            f
            for f in view.figures
            if f.kind == "people"
            and f.value is not None
            and f.unit in ("firm", "person", "exporter")
            and self._is_delegation(view, f)
        ]
        self._note_visit(view)
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
            people = [
                f
                for f in previous.figures
                if f.kind == "people"
                and f.value is not None
                and f.unit in ("firm", "person", "exporter")
                and self._is_delegation(previous, f)
            ] or people
            for figure in previous.figures:
                if (
                    figure.kind == "money"
                    and figure.value is not None
                    and not figure.is_rate
                    and not figure.same_as
                    and previous.has("transaction", "potential")
                ):
                    self._put_money(previous, current, figure)
        total = next(
            (f for f in people if _READ.search(self.document.text[max(view.start, f.start - 16) : f.start])),
            None,
        )
        if total is not None and current is not None:
            current.put_figure("participants", total)
            current.slots.pop("unit", None)
        if people and current is not None and not current.has("participants"):
            chosen = self._choose_people(view, people)
            if chosen is not None:
                current.put_figure("participants", chosen)
                current.slots.pop("unit", None)
        for figure in money:
            self._put_money(view, current, figure)

    def _read_list(self, view: SentenceView) -> bool:
        """Several missions in one sentence, each with its place and total: "di Riau Rp187 miliar, di Bengkulu Rp76 miliar"."""
        figures = [
            f
            for f in view.figures
            if f.kind == "money" and f.value is not None and not f.is_rate and not f.same_as
        ]
        if len(figures) < 2 or _PARTS.search(view.text) or _SIDE.search(view.text):
            return False
        provinces = {r.code for r in self.document.regions if regions()[r.code].level == "province"}
        rows = []
        floor = view.start
        for figure in figures:
            hosts = [
                m
                for m in view.regions
                if floor <= m.start < figure.start
                and self._lift(m.code, provinces) != self.visitor
                and m.role != "apposition"
            ]
            times = [t for t in view.times if floor <= t.start < figure.start]
            if hosts:
                rows.append((figure, hosts[-1], times[-1] if times else None))
            floor = figure.end
        if len(rows) < 2:
            return False
        for figure, host, time in rows:
            draft = Draft("trade_mission", "mission.list", [view.index], figure.start)
            draft.put("region", region_name(self.visitor))
            draft.put(
                "destinations", [region_name(self._lift(host.code, provinces)) or ""], (host.start, host.end)
            )
            draft.put("direction", "domestic")
            draft.put("status", "realised")
            if time is not None:
                self._set_time(draft, time)
            draft.put_figure("transaction", figure)
            draft.put("transaction_status", "realised")
            self.taken.add(figure.start)
            self.visits.append(draft)
        return True

    def _note_visit(self, view: SentenceView) -> None:
        """An earlier visit told in passing: "kunjungan ke Russia awal bulan November lalu"."""
        for match in _VISIT.finditer(view.text):
            offset = view.start + match.end()
            place = next((m for m in view.countries if 0 <= m.start - offset <= 25), None)
            past = [
                t
                for t in view.times
                if t.word in ("lalu", "silam", "yang lalu")
                or (t.form == "relative" and t.word.endswith("lalu"))
            ]
            if place is None or not past:
                continue
            draft = Draft("trade_mission", "mission.visit", [view.index], place.start)
            draft.put("region", region_name(self.visitor))
            draft.put("destinations", [place.code], (place.start, place.end))
            draft.put("direction", "outbound")
            draft.put("status", "realised")
            self._set_time(draft, past[0])
            draft.evidence.add("visit")
            if not any(
                "visit" in m.evidence and m.slots.get("destinations") == [place.code] for m in self.visits
            ):
                self.visits.append(draft)

    def _continues(self, view: SentenceView) -> bool:
        return (
            view.has("transaction", "target", "join", "buyer")
            or any(f.kind in ("people",) for f in view.figures)
            or bool(_CONTINUES.search(view.text))
        )

    def _is_transaction(self, view: SentenceView, figure: Figure) -> bool:
        governor = view.last_cue_before(
            figure.start,
            "price",
            "budget",
            "import",
            "transaction",
            "potential",
            "target",
            "achieved",
            "export",
            "capacity",
            "mission",
        )
        if governor is None:
            after = view.first_cue_after(figure.end, "transaction", "mission", "price")
            return after is None or "price" not in after.codes
        classes = set(governor.codes)
        if classes & {"price", "import"} or (
            classes & {"budget", "capacity"} and not classes & {"transaction"}
        ):
            return False
        if "export" in classes and not classes & {"transaction"}:
            return False
        before = self.document.text[max(view.start, figure.start - 60) : figure.start]
        return not _IS_TRANSACTION.search(before)

    def _is_delegation(self, view: SentenceView, figure: Figure) -> bool:
        after = self.document.text[figure.end : figure.end + 30]
        before = self.document.text[max(view.start, figure.start - 30) : figure.start]
        if _IS_DELEGATION.search(before) and _IS_DELEGATION_2.search(after):
            return False
        if any(0 <= mention.start - figure.end <= 2 for mention in view.countries):
            return False
        return not _IS_DELEGATION_3.match(after)

    def _choose_people(self, view: SentenceView, people: list[Figure]) -> Figure | None:
        text = self.document.text
        total = [f for f in people if _CHOOSE_PEOPLE.search(text[max(view.start, f.start - 16) : f.start])]
        if total:
            return total[0]
        return people[0]

    def _mission_for(self, view: SentenceView) -> Draft | None:
        """The mission a sentence is about: the current one, or a new one where place or time differ."""
        places = self._places(view)
        time = self._time(view)
        opens = view.has("mission") or bool(_MISSION_FOR.search(view.text))
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
                and not set(places[0]) & set(self._list(current))
            )
            several = (
                bool(_SEVERAL.search(view.text))
                and any(f.kind == "money" for f in view.figures)
                and bool(_MISSION_FOR_2.search(view.text))
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
                and _MISSION_FOR_3.search(view.text)
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
                    else (self._list(main), str(main.slots.get("direction") or "") or None),
                    time,
                )
            if places[0] and not current.has("destinations"):
                self._set_places(current, places)
            elif (
                places[0]
                and set(places[0]) & set(self._list(main))
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

    def _list(self, draft: Draft) -> list[str]:
        value = draft.slots.get("destinations")
        return value if isinstance(value, list) else []

    def _open(
        self,
        view: SentenceView,
        places: tuple[list[str], str | None],
        time: TimeExpression | None,
        *,
        several: bool = False,
    ) -> Draft:
        draft = Draft("trade_mission", "mission.several" if several else "mission", [view.index], view.start)
        draft.put("region", region_name(self._region_in(view)))
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
        planned = bool(_PLANNED.search(view.text)) and not _OPEN.search(view.text)
        draft.put("status", "planned" if planned else "realised")
        self.missions.append(draft)
        return draft

    def _region_in(self, view: SentenceView) -> str | None:
        """The delegation's region: the one printed right behind "misi dagang", else the article's."""
        turn = next(
            (
                m
                for m in view.regions
                if re.search(r"\bgiliran $", self.document.text[max(view.start, m.start - 9) : m.start])
            ),
            None,
        )
        if turn is not None:
            return turn.code
        for cue in view.cues_of("mission"):
            for mention in view.regions:
                if 0 <= mention.start - cue.end <= 12 and not re.search(
                    r"\b(?:di|ke)\b", self.document.text[cue.end : mention.start]
                ):
                    return mention.code
        return self.visitor

    def _places(self, view: SentenceView) -> tuple[list[str], str | None]:
        """Destinations of the mission told in a sentence and its direction."""
        text = self.document.text
        abroad = []
        inbound = False
        for mention in view.countries:
            before = text[max(view.start, mention.start - 50) : mention.start]
            visited = any(visit.order == mention.start for visit in self.visits)
            if visited or _PLACES.search(text[view.start : mention.start]):
                continue
            if _PLACES_2.search(before):
                abroad.append(mention.code)
            if _PLACES_3.search(before):
                inbound = True
                abroad.append(mention.code)
        if abroad:
            return list(dict.fromkeys(abroad)), "inbound" if inbound else "outbound"
        provinces = {r.code for r in self.document.regions if regions()[r.code].level == "province"}
        hosts: list[str] = []
        for position, town in enumerate(view.regions):
            before = text[max(view.start, town.start - 40) : town.start]
            code = self._lift(town.code, provinces)
            if code == self.visitor or self._inside(town.code, self.visitor):
                continue
            paired = position and re.fullmatch(
                r"\s*[-–—]\s*", text[view.regions[position - 1].end : town.start]
            )
            if town.role == "apposition" and hosts:
                hosts[-1] = town.code
            elif _HOST_BEFORE.search(before) or paired or _PLACES_4.search(before):
                hosts.append(code)
        return [region_name(code) or "" for code in dict.fromkeys(hosts)][:1], "domestic" if hosts else None

    def _set_places(self, draft: Draft, places: tuple[list[str], str | None]) -> None:
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

    # -- transactions

    def _put_money(self, view: SentenceView, current: Draft | None, figure: Figure) -> None:
        text = self.document.text
        before = text[max(view.start, figure.start - 70) : figure.start]
        after = text[figure.end : figure.end + 40]
        if current is None:
            return
        target = bool(_TARGET.search(before)) or bool(_PUT_MONEY.match(after))
        if not target and (
            _PARTS.search(view.text)
            or (_SIDE.search(before) and len([f for f in view.figures if f.kind == "money"]) > 1)
        ):
            self.taken.add(figure.start)
            return
        if current.has("transaction") and not target:
            self.taken.add(figure.start)
            return
        if not target and current.has("transaction") and _COMPONENT.search(before):
            self.taken.add(figure.start)
            return
        self.taken.add(figure.start)
        potential = bool(_POTENTIAL.search(before)) or (
            bool(_POTENTIAL.search(view.text)) and not _PUT_MONEY_2.search(view.text)
        )
        status = "target" if target else ("potential" if potential else "realised")
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
        current.put("transaction_status", status)

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
                if self.host and draft is self.missions[0] and regions()[self.host].level == "province":
                    draft.put("destinations", [region_name(self.host) or ""])
                    draft.put("direction", "domestic")
            if any(draft.has(slot) for slot in ("date", "participants", "destinations", "transaction")):
                kept.append(draft)
        main = next((d for d in kept if "twin" not in d.evidence), None)
        for draft in kept:
            if "twin" in draft.evidence and main is not None:
                for slot in ("direction", "destinations", "date"):
                    draft.fill(slot, main.slots.get(slot), main.spans.get(slot))
        return kept, self.taken


__all__ = ["RegionMention", "read_missions"]
