"""Who visits whom on a trade mission: the travelling region, its host, and the places a sentence names."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext, region_name, speaks_for_nation
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView
from pipelines.text.places import RegionMention

_HOST_BEFORE = Pattern("missions.parties.host_before")
_VISITOR_BEFORE = Pattern("missions.parties.visitor_before")
_BESIDES = Pattern("missions.parties.besides")
_POST_ABROAD = Pattern("missions.parties.post_abroad")  # "Atase Perdagangan di Hanoi"
_PARTNER_BEFORE = Pattern("missions.parties.partner_before")
_PEOPLE_OF = Pattern("missions.parties.people_of")  # "mempertemukan UMKM di Jawa Timur dengan ..."
_GUEST_BEFORE = Pattern("missions.parties.guest_before")
_GUESTS = Pattern("missions.parties.guests")
_GUESTS_COME = Pattern("missions.parties.guests_come")
_VISITS_HERE = Pattern("missions.parties.visits_here")  # "Malaysia berkunjung ke"
_TURN = Pattern("missions.parties.turn")
_AND = Pattern("missions.parties.and")
_AT = Pattern("missions.parties.at")
_BACK_FROM = Pattern("missions.parties.back_from")
_RECEIVES = Pattern("missions.parties.receives")
_SENDS_OUT = Pattern("missions.parties.sends_out")
_PLANS_TO = Pattern("missions.parties.plans_to")
_ONLINE = Pattern("missions.parties.online")  # who meets by screen is met from here
_OWNED = Pattern("missions.parties.owned")
_IS_HOST = Pattern("missions.parties.is_host")
_SUCH_AS = Pattern("presence.read.such_as")
_VENUE = Pattern("missions.parties.venue")
_WELCOMES = Pattern("missions.parties.welcomes")
_TAKES_TO = Pattern("missions.parties.takes_to")
_IS_SCENE = Pattern("missions.parties.is_scene")  # "Aula PLBN di Kabupaten Belu menjadi tempat temu bisnis"
_INVITES = Pattern("missions.parties.invites")  # "Kadin Lampung berencana mendatangkan pembeli dari Mesir"
_SETS_OUT = Pattern("missions.parties.sets_out")  # "Dinas Perindag Lampung membawa 35 orang ke Semarang"
RETURN_VISIT = Pattern("missions.parties.return_visit")
_BETWEEN = Pattern("missions.parties.between")
_HELD_THERE = Pattern("missions.parties.held_there")
_HELD_IN = Pattern("missions.parties.held_in")
_MEET = Pattern("missions.parties.meet")
_PAIR = re.compile(r"\s*[-–—]\s*")

_NAMED_ONCE = 0.5  # weight of the article's own region where no word makes it travel

Places = tuple[list[str], str | None]


@dataclass(frozen=True, slots=True)
class Parties:
    """The regions that meet on the article's main mission.

    Attributes:
        home: Code of the article's own region.
        provinces: Codes of the provinces that the article names.
        visitor, host: Codes of the travelling region and of the one it visits.
        met_in_hall: Whether the hall in which two provinces met says which of them is the host, however they are named.
    """

    home: str | None
    provinces: frozenset[str]
    visitor: str | None = None
    host: str | None = None
    met_in_hall: bool = False

    def lift(self, code: str) -> str:
        """A city stands for its province where the article names that too, except the article's own that hosts nobody."""
        region = regions()[code]
        if region.level not in ("city", "regency") or region.parent_code not in self.provinces:
            return code
        if code != self.home or region.parent_code == self.host:
            return region.parent_code
        return code

    def region_of(self, document: Document, view: SentenceView) -> str | None:
        """The delegation's region: the one printed right behind "misi dagang", else the visitor."""
        turn = next(
            (
                m
                for m in view.regions
                if _TURN.search(document.text, max(view.start, m.start - 9), m.start)
                and not _IS_HOST.match(document.text[m.end : view.end])
            ),
            None,
        )
        if turn is not None:
            return turn.code
        traveller = self.who_sets_out(document, view)
        if traveller is not None:
            return traveller
        for cue in view.cues_of("mission"):
            subject = next((m for m in view.regions if m.end <= cue.start), None)
            if subject is not None and _PLANS_TO.fullmatch(document.text, subject.end, cue.start):
                return subject.code
            for position, mention in enumerate(view.regions):
                if mention.start >= cue.end and _OWNED.fullmatch(document.text[cue.end : mention.start]):
                    named_first = self.lift(mention.code) == self.host and (
                        self.met_in_hall or self._is_paired(document, view, position)
                    )
                    return self.visitor if named_first else mention.code
        return self.visitor

    def who_sets_out(self, document: Document, view: SentenceView) -> str | None:
        """The region of a sentence that goes to the one named next in it, or None."""
        for subject, goal in pairwise(view.regions):
            if (
                subject.role != "dateline"
                and not _inside(goal.code, subject.code)
                and not _inside(subject.code, goal.code)
                and _SETS_OUT.fullmatch(document.text, subject.end, goal.start)
            ):
                return self.lift(subject.code)
        return None

    def _is_paired(self, document: Document, view: SentenceView, position: int) -> bool:
        """True for the host in "misi dagang HOST-VISITOR"."""
        mention, following = view.regions[position], view.regions[position + 1 : position + 2]
        return any(
            self.lift(other.code) == self.visitor
            and _PAIR.fullmatch(document.text, mention.end, other.start) is not None
            for other in following
        )

    def places(self, document: Document, view: SentenceView) -> Places:
        """Destinations of the mission told in a sentence and its direction; ([], None) where it names none."""
        if view.guests:
            return list(view.guests), "inbound"
        abroad, inbound = _foreign_partners(document.text, view)
        if view.hosts:
            return abroad or list(view.hosts), "outbound"
        if abroad:
            by_screen = _ONLINE.search(view.text) and not view.has("join")
            here = inbound or by_screen or self._meet_here(document, view)
            return abroad, "inbound" if here else "outbound"
        text = document.text
        visitor = self.region_of(document, view)
        if self.met_in_hall and self.host and any(self.lift(m.code) == self.host for m in view.regions):
            return [region_name(self.host) or ""], "domestic"
        hosts: list[str] = []
        cue, last = next(iter(view.cues_of("mission")), None), view.start
        for position, town in enumerate(view.regions):
            before = text[max(view.start, town.start - 40) : town.start]
            code = self.lift(town.code)
            if visitor in (code, town.code) or _inside(town.code, visitor) or _inside(visitor, code):
                continue
            paired = position and _PAIR.fullmatch(text[view.regions[position - 1].end : town.start])
            if town.role == "apposition" and hosts:
                hosts[-1] = town.code
            elif _HOST_BEFORE.search(before) or paired or _TURN.search(before):
                if hosts and cue is not None and last < cue.start < town.start:
                    # "... lies in Penajam, kata gubernur saat misi dagang di Samarinda": the place behind the word.
                    hosts = []
                hosts.append(code)
                last = town.start
        return [region_name(code) or "" for code in dict.fromkeys(hosts)][:1], "domestic" if hosts else None

    def _meet_here(self, document: Document, view: SentenceView) -> bool:
        """True where both sides meet in a hall of the article's region: "mempertemukan ... di Gedung X, Surabaya"."""
        if not _MEET.search(view.text) or _SENDS_OUT.search(view.text):
            return False
        scene = _IS_SCENE.search(view.text)
        if scene is not None:
            named_before = (m.start < view.start + scene.start() for m in view.countries)
            return (
                view.regions[:1] != []
                and view.regions[0].start < view.start + scene.start()
                and not any(named_before)
            )
        return any(
            self.visitor in (mention.code, regions()[mention.code].parent_code)
            and _in_hall(document, view, mention, 80)
            for mention in view.regions
        )

    def host_of_guests(self, document: Document, view: SentenceView) -> str | None:
        """Name of another region than the article's that invites or receives the foreign guests of a sentence, or None."""
        for mention in view.regions:
            if mention.code != self.visitor and _INVITES.match(document.text, mention.end, view.end):
                return region_name(self.lift(mention.code))
        goals = (m for m in _goals(document, view) if m.explicit and m.code != self.visitor)
        return next((m.name for m in goals), None)

    def goal_of(self, document: Document, view: SentenceView) -> str | None:
        """Name of the first region that a sentence goes to or meets in, or None."""
        return next((m.name for m in _goals(document, view)), None)


def _goals(document: Document, view: SentenceView) -> Iterator[RegionMention]:
    """The regions behind "ke" or "di"."""
    for mention in view.regions:
        if _AT.search(document.text, max(view.start, mention.start - 20), mention.start):
            yield mention


def _foreign_partners(text: str, view: SentenceView) -> tuple[list[str], bool]:
    """Countries that a sentence's mission goes to or whose guests it receives, and whether they only come here."""
    codes: list[str] = []
    areas: set[str] = set()
    last: CountryMention | None = None
    visited = received = held_there = False
    kind: str | None = None
    end = view.start
    for mention in view.countries:
        before = text[max(view.start, mention.start - 60) : mention.start]
        if _BESIDES.search(text, view.start, mention.start) or _POST_ABROAD.search(before):
            continue
        goes_on = kind is not None and _AND.fullmatch(text[end : mention.start])
        if not goes_on:
            comes = (
                _GUESTS.search(before) and _GUESTS_COME.match(text, mention.end, view.end)
            ) or _visits_region(text, view, mention)
            back = bool(_BACK_FROM.search(before))
            guest = bool(comes or _GUEST_BEFORE.search(before)) and not back
            # "Temu bisnis Kepri-Malaysia": at home, unless more is said.
            named = bisect_left(view.regions, mention.start, key=_start)
            guest |= (
                named > 0 and _PAIR.fullmatch(text, view.regions[named - 1].end, mention.start) is not None
            )
            kind = "guest" if guest else ("host" if back or _PARTNER_BEFORE.search(before) else None)
        if kind is not None:
            codes.append(mention.code)
            if (
                last is not None
                and last.code.startswith("M49")
                and _SUCH_AS.fullmatch(text, last.end, mention.start)
            ):
                # "negara di Afrika, antara lain Kenya ...": the countries say it better.
                areas.add(last.code)
            last = mention
            if mention.code not in codes[:-1]:
                # "kedatangan pengusaha asal Mesir ..., diakomodir Kedubes Indonesia di Mesir": they are the guests.
                visited |= kind == "host"
                received |= kind == "guest"
            end = mention.end
        held_there |= mention.code in codes and _HELD_THERE.search(before) is not None
    if held_there:
        visited = True  # "mempertemukan ... dengan rekannya dari Sandakan di sebuah hotel di Sandakan"
    codes = [code for code in dict.fromkeys(codes) if code not in areas]
    if codes and not received and _receives(view) and not _SENDS_OUT.search(view.text):
        received, visited = True, False
    return codes, received and not visited


def _visits_region(text: str, view: SentenceView, mention: CountryMention) -> bool:
    """True for the subject of a visit to a region: "Malaysia berkunjung ke Kaltim"."""
    region = next((m for m in view.regions if m.start >= mention.end), None)
    return region is not None and _VISITS_HERE.match(text, mention.end, region.start) is not None


def _receives(view: SentenceView) -> bool:
    """True where guests are received, not for a delegation of ours that "datang ke Penang"."""
    match = _RECEIVES.search(view.text)
    if match is None:
        return False
    there = view.start + match.end("there") if match["there"] else None
    return not any(mention.start == there for mention in view.countries)


def find_parties(document: Document, context: ArticleContext) -> Parties:
    """Visiting and host region of the article's main mission, by the words before their names."""
    provinces = frozenset(r.code for r in document.regions if regions()[r.code].level == "province")
    known = Parties(context.home, provinces)
    visitors: Counter[str] = Counter()
    hosts: Counter[str] = Counter()
    text = document.text
    for view in document.sentences[:14]:
        if RETURN_VISIT.search(view.text):
            continue
        weight = 2.0 if view.has("mission") else 1.0
        for position, mention in enumerate(view.regions):
            code = known.lift(mention.code)
            before = text[max(view.start, mention.start - 40) : mention.start]
            if position and _PAIR.fullmatch(text[view.regions[position - 1].end : mention.start]):
                hosts[code] += 3
                visitors[known.lift(view.regions[position - 1].code)] += 3
            elif mention.role == "apposition":
                continue
            elif _in_hall(document, view, mention, 80):
                hosts[code] += 2
            elif _TAKES_TO.search(text, max(view.start, mention.start - 110), mention.start):
                hosts[code] += 6
                visitors[code] -= 6
            elif _WELCOMES.match(text, mention.end, view.end):
                hosts[code] += 6
            elif _PEOPLE_OF.search(before):
                visitors[code] += weight  # type: ignore[assignment]
            elif _HOST_BEFORE.search(before):
                hosts[code] += weight  # type: ignore[assignment]
            elif _VISITOR_BEFORE.search(before) or mention.role in ("office", "origin"):
                visitors[code] += weight  # type: ignore[assignment]
            elif mention.role == "dateline":
                hosts[code] += 0.3  # type: ignore[assignment]
    if context.home:
        visitors[known.lift(context.home)] += 0.5  # type: ignore[assignment]
        if not any(visitors[code] > _NAMED_ONCE for code in visitors) and speaks_for_nation(
            document, context
        ):
            return Parties("ID", provinces, "ID", None)
    ranked = sorted(visitors, key=lambda code: (-(visitors[code] - 0.6 * hosts[code]), code))
    visitor = ranked[0] if ranked else context.home
    turned = _guest_of(document, known, visitor)
    if turned is not None:
        return Parties(context.home, provinces, turned, visitor, met_in_hall=True)
    others = [
        code
        for code in hosts
        if code != visitor
        and hosts[code] > _NAMED_ONCE  # more than the dateline
        and not _inside(code, visitor)
        and not _inside(visitor, code)
    ]
    host = max(others, key=lambda code: (hosts[code], code), default=None)
    if host is not None and regions()[host].parent_code in others:
        host = regions()[host].parent_code  # "misi dagang Jatim-Maluku di Ambon"
    return Parties(context.home, provinces, visitor, host)


def _guest_of(document: Document, known: Parties, host: str | None) -> str | None:
    """The other of two provinces that meet in a hall of the first: "misi dagang antara A dan B ... di Hotel X, A"."""
    if host is None or regions()[host].level != "province":
        return None
    pair: set[str] = set()
    is_here = False
    for view in document.sentences[:14]:
        if _SENDS_OUT.search(view.text) or RETURN_VISIT.search(view.text):
            continue
        if view.has("mission"):
            named = {known.lift(m.code) for m in view.regions} & known.provinces
            met = [
                m
                for m in view.regions
                if _BETWEEN.search(document.text, max(view.start, m.start - 60), m.start)
            ]
            if met and host in named and len(named) == 2:
                pair = pair or named - {host}
        if _HELD_IN.search(view.text):
            is_here |= any(
                known.lift(m.code) == host and _in_hall(document, view, m, 120) for m in view.regions
            )
    return next(iter(pair)) if pair and is_here else None


def _in_hall(document: Document, view: SentenceView, mention: RegionMention, reach: int) -> bool:
    """True for the first region behind the hall in which a sentence says that something is held."""
    hall = _VENUE.search(document.text, max(view.start, mention.start - reach), mention.start)
    return hall is not None and not any(hall.start() <= m.start < mention.start for m in view.regions)


def _inside(code: str | None, other: str | None) -> bool:
    return code is not None and other is not None and regions()[code].parent_code == other


def _start(mention: RegionMention) -> int:
    return mention.start
