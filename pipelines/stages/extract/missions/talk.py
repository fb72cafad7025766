"""Whether a sentence without the word goes on about a mission."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.visits import GUEST, GUEST_AGAIN, VISIT
from pipelines.stages.extract.missions.figures import deals
from pipelines.stages.extract.missions.parties import Parties, Places
from pipelines.stages.extract.missions.times import mission_time
from pipelines.text.times import TimeExpression

_AT_LAST = Pattern("missions.figures.at_last")  # "sorenya bertambah menjadi"
_BEARS = Pattern("missions.talk.bears")  # "kunjungan itu membuahkan kontrak"
_CONTINUES = Pattern("missions.talk.continues")
_OWN_TRADE = Pattern("missions.talk.own_trade")
_GOES = Pattern("missions.talk.goes")
_SCENE = Pattern("missions.talk.scene")  # "kesepakatan itu ditandai penandatanganan di Kendari, Kamis (23/6)"
_PURPOSE = Pattern("missions.talk.purpose")
_TRIP = Pattern("missions.talk.trip")
_ANY_EVENT = Pattern("missions.talk.any_event")
_FRAGMENT = Pattern("missions.talk.fragment")


# Sentences, the headline included, that may tell where a mission goes before the word falls.
_OPENING = 4
_SCENE_REACH = 3
_PARAGRAPH = 8  # sentences before in which a paragraph has told what it is about


def scene_before(document: Document, view: SentenceView) -> SentenceView | None:
    """The sentence before the first one about a mission, where it stands in the same paragraph."""
    previous = document.sentences[view.index - 1] if view.index else None
    if previous is None or previous.start < document.title_end:
        return None
    return previous if previous.sentence.paragraph == view.sentence.paragraph else None


def day_of_scene(document: Document, first: int) -> TimeExpression | None:
    """The day that the sentences before the first one about a mission give the meeting, or None."""
    for view in reversed(document.sentences[max(0, first - _SCENE_REACH) : first]):
        if view.start >= document.title_end and _SCENE.search(view.text) and not view.has("fair", "training"):
            time = mission_time(view)
            if time is not None and time.form in ("day", "day_range", "weekday"):
                return time
    return None


def announced_partners(document: Document, parties: Parties, view: SentenceView) -> Places:
    """Foreign partners told in the headline or the opening: "Lawatan Gubernur ke Mesir ...", "Buyer Malaysia datang"."""
    for earlier in document.sentences[: min(view.index, _OPENING)][::-1]:
        if earlier.countries and _TRIP.search(earlier.text) and not earlier.has("import"):
            places = parties.places(document, earlier)
            if places[1] in ("inbound", "outbound"):
                return places
    return [], None


def continues(document: Document, parties: Parties, view: SentenceView, *, next_to: bool) -> bool:
    """True where a sentence goes on about a mission told before.

    Args:
        document: The article.
        parties: Who meets whom on the main mission.
        view: The sentence.
        next_to: Whether it stands right behind a sentence about the mission.
    """
    weighed = any(f.kind in ("quantity", "container") for f in view.figures)
    if (weighed and not _BEARS.search(view.text)) or _OWN_TRADE.search(view.text):
        return False
    if not view.has("transaction") and (
        (deals(view) and view.has("export"))
        or (any(f.kind in ("money", "percent") for f in view.figures) and _counts_exports(document, view))
    ):
        return False
    if view.has("target") and any(f.unit == "exporter" for f in view.figures):
        return False
    people = any(f.kind == "people" for f in view.figures)
    if view.has("import") and not view.has("export", "transaction", "join") and not people:
        return False
    told = bool(_CONTINUES.search(view.text)) or (next_to and is_fragment(view))
    told |= goes_on_about_guests(view)
    if people and view.has("export") and not (told or view.has("transaction", "join")):
        # "jumlah eksportir aktif tinggal 86 perusahaan"
        return False
    return (
        told
        or view.has("transaction", "target", "join")
        or bool(deals(view) and view.has("potential"))
        or (view.has("buyer") and bool(view.figures or _TRIP.search(view.text)))
        or (people and next_to)
        or (next_to and any(_AT_LAST.search(document.text, view.start, f.start) for f in deals(view)))
        or goes_on(document, parties, view)
        or bool(deals(view) and view.times and (view.countries or view.regions))
    )


def goes_on_about_guests(view: SentenceView) -> bool:
    """True where guests come to something: "Pemprov mempertemukan sembilan perusahaan dengan ketiga importir tersebut"."""
    return bool(VISIT.search(view.text) and (GUEST.search(view.text) or GUEST_AGAIN.search(view.text)))


def _counts_exports(document: Document, view: SentenceView) -> bool:
    """True behind a sum of exports told in the same paragraph: "Ekspor Kaltara US$ 157 juta. Ke China nilainya ..."."""
    return any(
        other.has("export")
        and any(f.kind in ("money", "quantity") for f in other.figures)
        and not other.has("mission", "transaction")
        for other in document.sentences[max(0, view.index - _PARAGRAPH) : view.index]
        if other.sentence.paragraph == view.sentence.paragraph
    )


def tells_of_fair(view: SentenceView) -> bool:
    """True for a sentence about a trade fair; a "gelaran" may be anything that is held, a "pameran temu bisnis" is a mission."""
    missions = {cue.start for cue in view.cues_of("mission")}
    return any(
        not _ANY_EVENT.fullmatch(view.text, c.start - view.start, c.end - view.start)
        and c.end + 1 not in missions
        for c in view.cues_of("fair")
    )


def is_fragment(view: SentenceView) -> bool:
    """True for what only tells the sentence before more exactly: "Tepatnya ke Palembang, Senin (29/9)."."""
    return bool(_FRAGMENT.match(view.text))


def is_purpose(view: SentenceView) -> bool:
    """True where missions are only what something else is good for: "menjadi sarana menjalin misi dagang"."""
    if deals(view) or view.times or view.countries or any(f.kind == "people" for f in view.figures):
        return False
    return bool(_PURPOSE.search(view.text))


def goes_on(document: Document, parties: Parties, view: SentenceView) -> bool:
    """True where the delegation goes somewhere else: "Bulan Mei nanti kita ke Kalimantan Tengah"."""
    return bool(view.times and _GOES.search(view.text) and parties.places(document, view)[0])
