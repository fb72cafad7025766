"""training: classes for would-be exporters and small industry, given or planned."""

from __future__ import annotations

from bisect import bisect_left

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name, resolve_in
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.event_regions import opened_with, that_region, turned_to
from pipelines.stages.extract.article.event_times import ahead, event_time, is_told_then, lies_ahead
from pipelines.stages.extract.article.speakers import speaker_of
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.trainings.cohorts import read_cohorts
from pipelines.text.figures import Figure
from pipelines.text.organisations import Organisation
from pipelines.text.times import TimeExpression

_ANOTHER = Pattern("trainings.read.another")
_AT = Pattern("trainings.read.at")
_BECOMES = Pattern("trainings.read.becomes")
_BY = Pattern("trainings.read.by")
_CLOSED = Pattern("trainings.read.closed")
_EACH = Pattern("trainings.read.each")
_FACILITY = Pattern("trainings.read.facility")
_GOES_ON = Pattern("trainings.read.goes_on")
_JOINT = Pattern("trainings.read.joint")
_NAME = Pattern("trainings.read.name")
_NOT_WHEN = Pattern("trainings.read.not_when")
_NOT_LEARNERS = Pattern("trainings.read.not_learners")
_OPENED = Pattern("trainings.read.opened")
_OWN_OFFICE = Pattern("trainings.read.own_office")
_BEFORE_OR_AFTER = Pattern("missions.talk.before_or_after")
_PLANNED = Pattern("trainings.read.planned")
_TEACHES = Pattern("trainings.read.teaches")
_SAME_OCCASION = Pattern("trainings.read.same_occasion")  # "di tempat yang sama"
_TEACHERS = Pattern("trainings.read.teachers")  # "dengan pemateri dari balai"
_THAT_OFFICE = Pattern("trainings.read.that_office")  # "kantor itu"
_THAT_EVENT = Pattern("trainings.read.that_event")
_THEIR_REGION = Pattern("trainings.read.their_region")  # "melatih 30 perajin di Kota Singkawang"
_TO_BECOME = Pattern("trainings.read.to_become")
_TRADE = Pattern("trainings.read.trade")

# How many sentences a class goes on being told after the last sentence about it.
_REACH = 3
_OPENING = 3  # sentences in which an article tells the day of its ceremony


def read_trainings(document: Document, context: ArticleContext) -> tuple[list[Draft], set[int]]:
    """Training claims of an article and the offsets of the figures they used."""
    if "training" not in document.cue_classes and not document.says(_NAME):
        return [], set()
    reader = _Reader(document, context)
    for view in document.body:
        reader.read(view)
    drafts = [draft for draft in reader.drafts if draft.has("participants") or draft.has("date")]
    for draft in drafts[1:]:
        draft.fill("organiser", drafts[0].slots.get("organiser"), drafts[0].spans.get("organiser"))
    return drafts, reader.taken


class _Reader:
    """Keeps the class under discussion while walking through the article."""

    def __init__(self, document: Document, context: ArticleContext) -> None:
        self.document = document
        self.context = context
        self.drafts: list[Draft] = []
        self.taken: set[int] = set()
        self.last_index = -10
        # The sentence that names a class without saying when or for whom.
        self.announced: SentenceView | None = None

    def read(self, view: SentenceView) -> None:
        """Take what a sentence tells about trainings."""
        named = _NAME.search(view.text) is not None or view.has("training")
        near = bool(self.drafts) and view.index - self.last_index <= _REACH
        if self._tells_announced(view):
            near = named = True
        if _FACILITY.search(view.text) or (not named and not (near and _GOES_ON.search(view.text))):
            return
        if self.drafts and self._leads_from(view):
            return
        start = self._start(view)
        people = self._learners(view, start)
        others = (
            read_cohorts(self.document, self.context, view, self.drafts[0], people) if self.drafts else []
        )
        if others:
            self.drafts[1:1] = [draft for draft, _ in others]
            self.taken.update(figure.start for figure in people)
            self.last_index = view.index
            return
        time = self._time(view, start)
        if not self.drafts or self._is_another(view, people, time, named=named):
            if not named and not (self.drafts and _ANOTHER.search(view.text)):
                return
            aim = view.has("target") and any(f.unit == "exporter" for f in view.figures)
            if not people and (aim or (time is None and (self.drafts or not view.has("organise")))):
                self.announced = view
                return
            if not self.drafts and not self._concerns_trade(view):
                return
            if self._open_each(view, people):
                return
            self._open(view)
            if time is None and _SAME_OCCASION.search(view.text):
                time = self._time_of_occasion(view)
            lead = self._lead_of(view) if time is None and len(self.drafts) == 1 else None
            told = event_time(lead) if lead is not None else None
            if lead is not None and told is not None:
                self._set_time(lead, self.drafts[-1], told)
        current = self.drafts[-1]
        if people:
            if not current.has("participants"):
                current.put_figure("participants", people[0])
                current.slots.pop("unit", None)
            self.taken.update(figure.start for figure in people)
        if time is not None:
            self._set_time(view, current, time)
        if not current.has("organiser"):
            self._set_organiser(view, current)
        self.last_index = view.index

    # -- what a sentence holds

    def _tells_announced(self, view: SentenceView) -> bool:
        """True right behind a class told without figures: "Kegiatan itu berlangsung 20-22 Januari, diikuti 30 IKM"."""
        announced = self.announced
        if (
            announced is None
            or self.drafts
            or view.index != announced.index + 1
            or view.has("fair", "mission")
        ):
            return False
        return bool(view.times) and _THAT_EVENT.match(view.text) is not None

    def _leads_from(self, view: SentenceView) -> bool:
        """True for what a class leads to: "Usai pelatihan, tiga UMKM terbaik akan diboyong ke Trade Expo"."""
        match = _NAME.search(view.text)
        return (
            match is not None
            and view.has("fair", "mission")
            and _BEFORE_OR_AFTER.search(view.text, 0, match.start()) is not None
        )

    def _start(self, view: SentenceView) -> int | None:
        """Where the class is named, in a sentence that tells of a fair or a mission before it; else None."""
        match = _NAME.search(view.text)
        other = next(iter(view.cues_of("fair", "mission")), None)
        if match is None or other is None or other.start > view.start + match.start():
            return None
        return view.start + match.start()

    def _learners(self, view: SentenceView, start: int | None) -> list[Figure]:
        text = self.document.text
        found = []
        for figure in view.figures:
            if (
                figure.kind != "people"
                or figure.value is None
                or (start is not None and figure.start < start)
            ):
                continue
            if figure.unit not in ("person", "firm", "exporter"):
                continue
            before = text[max(view.start, figure.start - 40) : figure.start]
            after = text[figure.end : figure.end + 40]
            if view.has("target") and _TO_BECOME.match(text, figure.end, view.end):
                continue  # "menargetkan 12 peserta ECP menjadi eksportir"
            if figure.unit == "exporter" and (view.has("target") or _BECOMES.search(before)):
                continue
            if _NOT_LEARNERS.match(after):
                continue
            found.append(figure)
        return found

    def _time(self, view: SentenceView, start: int | None) -> TimeExpression | None:
        time = event_time(view, start=start) or (event_time(view) if start is not None else None)
        if time is None and self.drafts and _ANOTHER.search(view.text):
            time = next((t for t in view.times if t.word == "tahun lalu"), None)
        return time or next(
            (
                t
                for t in view.times
                if t.form == "year"
                and not _NOT_WHEN.search(self.document.text, max(view.start, t.start - 120), t.start)
            ),
            None,
        )

    def _concerns_trade(self, view: SentenceView) -> bool:
        around = self.document.text[max(0, view.start - 200) : view.end + 300]
        return bool(_TRADE.search(view.text) or _TRADE.search(around))

    # -- which class

    def _is_another(
        self, view: SentenceView, people: list[Figure], time: TimeExpression | None, *, named: bool
    ) -> bool:
        """True where a sentence tells of another class than the current one: at another time, for other learners."""
        current = self.drafts[-1]
        if not (current.has("participants") or current.has("date")):
            return False
        others = bool(people) and current.slots.get("participants") not in (None, people[0].value)
        later = time is not None and self._other_time(view, current, time)
        planned = bool(_PLANNED.search(view.text)) and current.slots.get("status") == "realised"
        again = bool(_ANOTHER.search(view.text))
        if later and named and self._by_another(view, current):
            return True
        if later and people and (again or planned or named):
            return True
        if others and (again or planned) and (named or time is not None):
            return True
        return bool(planned and named and people and current.slots.get("participants") != people[0].value)

    def _by_another(self, view: SentenceView, current: Draft) -> bool:
        """True where a sentence names an office and none of those that hold the current class."""
        own = str(current.slots.get("organiser") or "")
        return bool(own) and bool(view.agencies) and not any(a.name in own for a in view.agencies)

    def _time_of_occasion(self, view: SentenceView) -> TimeExpression | None:
        """The day of the ceremony that an article opens with, for a class held beside it."""
        return next(
            (
                time
                for earlier in self.document.body[:_OPENING]
                if earlier.index < view.index
                for time in earlier.times
                if time.form in ("day", "weekday", "day_range") and not is_told_then(earlier, time)
            ),
            None,
        )

    def _lead_of(self, view: SentenceView) -> SentenceView | None:
        """The opening sentence, where it sets the scene of the class that the next one names."""
        lead = self.document.body[0]
        if view.index != lead.index + 1 or lead.sentence.paragraph != view.sentence.paragraph:
            return None
        return None if lead.has("export", "send", "fair", "mission") else lead

    def _other_time(self, view: SentenceView, current: Draft, time: TimeExpression) -> bool:
        resolved = resolve_in(self.context, view, time)
        if resolved is None or not current.has("date"):
            return False
        own = str(current.slots["date"])
        first, _, last = own.partition("/")
        last = last or first
        point = resolved.edtf.partition("/")[0]
        size = min(7, len(point), len(first))
        return not first[:size] <= point[:size] <= last[:size]

    # -- slots

    def _open(self, view: SentenceView) -> Draft:
        draft = Draft("training", "training", [view.index], view.start)
        draft.put("status", "planned" if _PLANNED.search(view.text) else "realised")
        self._set_region(view, draft)
        teaches = any(_TEACHES.match(self.document.text, a.end, view.end) for a in view.agencies)
        announced = self.announced if not self.drafts and not teaches else None
        if announced is not None and announced.index == view.index - 1:
            self._set_organiser(announced, draft)
        self._set_organiser(view, draft)
        self.drafts.append(draft)
        return draft

    def _open_each(self, view: SentenceView, people: list[Figure]) -> bool:
        """One class for each of several months: "di Maros pada Juli, di Parepare pada Agustus, masing-masing 35 orang"."""
        months = [t for t in view.times if t.form == "month"]
        if len(months) < 2 or not people or not _EACH.search(view.text):
            return False
        first = self.drafts[0] if self.drafts else None
        for time in months:
            draft = self._open(view)
            draft.put_figure("participants", people[0])
            draft.slots.pop("unit", None)
            if first is not None:
                draft.put("region", first.slots.get("region"))
                draft.fill("organiser", first.slots.get("organiser"), first.spans.get("organiser"))
            self._set_time(view, draft, time)
        self.taken.update(figure.start for figure in people)
        self.last_index = view.index
        return True

    def _set_time(self, view: SentenceView, current: Draft, time: TimeExpression) -> None:
        is_range = time.form == "day_range" and "/" not in str(current.slots.get("date") or "/")
        if current.has("date") and not (is_range and current.spans.get("date")):
            return
        resolved = resolve_in(self.context, view, time)
        if resolved is None:
            return
        span = (time.start, time.end)
        days = [t for t in view.times if t.form in ("day", "weekday") or t.word in ("kemarin", "hari ini")]
        if len(days) >= 2 and _OPENED.search(view.text) and _CLOSED.search(view.text):
            ends = [found.edtf for t in days if (found := resolve_in(self.context, view, t))]
            if len(ends) >= 2 and all(len(edtf) == 10 for edtf in ends) and ends[0] < ends[-1]:
                current.put("date", f"{ends[0]}/{ends[-1]}", (days[0].start, days[-1].end))
                return
        edtf = resolved.edtf
        if self._is_going_on(edtf):
            current.put("status", "realised")
        elif self.context.anchor.is_published and lies_ahead(edtf, self.context.anchor):
            current.put("status", "planned")
        if current.slots["status"] == "planned":
            edtf = ahead(edtf, time, self.context.anchor)
        current.put("date", edtf, span)

    def _is_going_on(self, edtf: str) -> bool:
        """True for days of which the first has come and the last is today or later."""
        first, _, last = edtf.partition("/")
        today = self.context.anchor.day
        return bool(today and len(first) == len(last) == 10 and first <= today.isoformat() <= last)

    def _set_region(self, view: SentenceView, draft: Draft) -> None:
        home = self.context.home
        theirs = next(
            (
                m
                for m in view.regions
                if m.explicit
                and m.code != home
                and _THEIR_REGION.search(self.document.text, view.start, m.start)
            ),
            None,
        )
        theirs = theirs or turned_to(self.document, view)
        if not any(m.role in ("office", "origin") for m in view.regions):
            theirs = theirs or opened_with(self.document, view) or that_region(self.document, view)
        if theirs is not None:
            draft.put("region", theirs.name, (theirs.start, theirs.end))
            return
        for role in ("office", "origin"):
            mentions = [m for m in view.regions if m.role == role]
            inside = [m for m in mentions if regions()[m.code].parent_code == home]
            if mentions and not (role == "origin" and inside and len(view.regions) > 1):
                draft.put("region", mentions[0].name, (mentions[0].start, mentions[0].end))
                return
        draft.put("region", region_name(home))

    def _set_organiser(self, view: SentenceView, draft: Draft) -> None:
        text = self.document.text
        agencies = [
            a
            for a in view.agencies
            if a.name.lower() != "pemerintah" and not _AT.search(text[max(view.start, a.start - 8) : a.start])
        ]
        agencies = [a for a in agencies if not _TEACHERS.search(text, view.start, a.start)]
        if not agencies and _THAT_OFFICE.search(view.text):
            known = self._office_before(view)
            if known is not None:
                draft.fill("organiser", known.name, (known.start, known.end))
                return
        if not agencies:
            if view.has("organise") or _OWN_OFFICE.search(view.text):
                speaker = speaker_of(self.document, view)
                if speaker is not None:
                    draft.fill("organiser", speaker.name, (speaker.start, speaker.end))
            return
        by = [a for a in agencies if _BY.search(text[max(0, a.start - 6) : a.start])]
        if not by and not view.has("organise", "training") and not _NAME.search(view.text):
            return
        chosen = self._together(agencies, by[0] if by else agencies[0])
        names = "; ".join(a.name for a in chosen)
        draft.fill("organiser", names, (chosen[0].start, chosen[-1].end))

    def _office_before(self, view: SentenceView) -> Organisation | None:
        """The office that "kantor itu" or "dinas" means: the last one named before."""
        agencies = self.document.agencies
        before = agencies[: bisect_left(agencies, view.start, key=lambda agency: agency.start)]
        return before[-1] if before else None

    def _together(self, agencies: list[Organisation], first: Organisation) -> list[Organisation]:
        """An office and those that are named beside it: "Disperindag Sulut bersama PPEI"."""
        chosen = [first]
        for agency in agencies[agencies.index(first) + 1 :]:
            if not _JOINT.fullmatch(self.document.text[chosen[-1].end : agency.start]):
                break
            chosen.append(agency)
        return chosen
