"""Missions told without a word for one: guests from abroad who come to the region's traders, traders taken to a country.

Guests are told in any words: who they are, that they come, whom they meet. What a sentence holds of this is counted, for each
of those alone is found in other news too. Where no such words are known, all words are weighed (travels.py).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import chain, compress, islice
from typing import TYPE_CHECKING

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern, any_of
from pipelines.stages.extract.article.event_times import event_time
from pipelines.stages.extract.article.travels import direction
from pipelines.text.gazetteer import Hit

if TYPE_CHECKING:
    from pipelines.stages.extract.article.document import CountryMention, SentenceView, Spanned


def _words(*kinds: str) -> Pattern:
    return Pattern(
        f"words: {kinds}", build=lambda: rf"(?i)\b{any_of(chain.from_iterable(map(word_set, kinds)))}\b"
    )


GUEST = _words("guest_buyer", "guest_trader", "guest_group")
VISIT = _words("visit")
GUEST_AGAIN = _words("guest_again")  # "kedua tamu itu"
_HOST = _words("host")
_FOR_TRADE = _words("visit_for_trade")
_FOR_ELSE = _words("visit_for_else")
_COUNTRY_OF = Pattern("article.visits.country_of")  # "pengusaha Bosnia", "Duta Besar Spanyol"
_AND_OF = Pattern("article.visits.and_of")
_LEADS_TO = Pattern("article.visits.leads_to")  # "ke pembeli Jepang"
_ONE = Pattern("article.visits.one")
_THEN_VISITS = Pattern("article.visits.then_visits")
_TAKEN_OUT = Pattern("article.visits.taken_out")  # "membawa 20 pengusaha ke Davao"
_SENT_OUT = Pattern("article.visits.sent_out")  # "18 UKM diberangkatkan ke Kuala Lumpur"
_OURS_MEET = Pattern("article.visits.ours_meet")  # "16 pengusaha Aceh bertemu pelaku usaha di Kedah"
_OTHER_AIMS = Pattern("article.visits.other_aims")  # "diberangkatkan untuk belajar"

_WITHIN = 60  # characters from the people to the country they come from or go to
_BESIDE = 25  # characters from the people to their number
_OPENING = 10  # characters before the people who a sentence is about: "Para pembeli berasal dari ..."
_MOST_GUESTS = 8  # of a sentence; what names more is a list
_EARLY = 4  # sentences in which news says what it is about
# Points that make a visit: of the golden articles with one, 55 of 62 are found, and 10 more are taken for one.
_ENOUGH = 5
_OTHER_EVENTS = ("mission", "fair", "training")
# Chance from which the words of a sentence are taken for a travel, and beside other missions, where it must tell a time of its
# own. Of the golden sentences that the rules leave, each set left out: from .5, 40 right, 7 the other way and 6 false; from
# .25, 75, 15 and 18 (scripts/fit_travels.py).
_ALONE = 0.5
_AMONG_OTHERS = 0.25


def mark_visits(views: Sequence[SentenceView], title_end: int) -> list[Hit]:
    """Add the cue of a mission to each sentence that tells of such a visit without one; returns the cues.

    The sentence keeps the countries of its guests (`SentenceView.guests`). What only the headline says of them goes to the
    first sentence behind it that names them again or tells that somebody comes.
    """
    cues: list[Hit] = []
    headline = bisect_left(views, title_end, key=lambda view: view.start)
    for view in (*views[headline:], *views[:headline]):
        if not view.countries or view.fairs or view.has("fair", "training"):
            continue
        found = _guests(views, view, title_end) or (None if view.has("mission") else _sent(view))
        if found is None:
            continue
        cue, guests = found
        told: SentenceView | None = view
        if view.start < title_end:
            told, cue = _told_behind(views[headline : headline + 2 * _EARLY], cue, guests)
        if told is None or told.guests:
            continue
        told.guests = guests
        if not told.has(*_OTHER_EVENTS):
            told.add_cue(cue)
            cues.append(cue)
    for view in views[headline:]:
        if view.countries and not view.fairs and not view.has(*_OTHER_EVENTS):
            is_another = any(other.has("mission") for other in views)
            if (is_another and event_time(view) is None) or _is_for_else(view):
                continue
            travel = travel_of(views, view, _AMONG_OTHERS if is_another else _ALONE)
            if travel is not None:
                view.add_cue(travel)
                cues.append(travel)
    return cues


def _guests(
    views: Sequence[SentenceView], view: SentenceView, title_end: int
) -> tuple[Hit, tuple[str, ...]] | None:
    """The first guests of a sentence and their countries, where enough speaks for a visit."""
    named = (
        (guest, list(countries_of(view, view.start + guest.end()))) for guest in GUEST.finditer(view.text)
    )
    for guest, countries in islice(((guest, found) for guest, found in named if found), _MOST_GUESTS):
        start, end = view.start + guest.start(), view.start + guest.end()
        is_group = guest[0].lower() in word_set("guest_group")
        if _points(views, view, title_end, start, countries, is_group=is_group) >= _ENOUGH:
            codes = tuple(dict.fromkeys(mention.code for mention in countries))
            return Hit(start, end, "cue", guest[0].lower(), ("mission",)), codes
    return None


def countries_of(view: SentenceView, end: int) -> Iterator[CountryMention]:
    """The countries that guests named before `end` come from: "dari Hong Kong, Korea Selatan dan Jepang"."""
    last: CountryMention | None = None
    for mention in islice(view.countries, bisect_left(view.countries, end, key=_start), None):
        if last is None:
            if mention.start > end + _WITHIN:
                return
            region = next(islice(view.regions, bisect_left(view.regions, end, key=_start), None), None)
            if region is not None and region.start < mention.start:
                return
            if not _COUNTRY_OF.fullmatch(view.text, end - view.start, mention.start - view.start):
                continue
        elif not _AND_OF.fullmatch(view.text, last.end - view.start, mention.start - view.start):
            return
        last = mention
        yield mention


def _points(
    views: Sequence[SentenceView],
    view: SentenceView,
    title_end: int,
    guest: int,
    countries: Sequence[CountryMention],
    *,
    is_group: bool,
) -> int:
    """How much speaks for a visit of these guests."""
    around = [views[at] for at in (view.index - 1, view.index + 1) if 0 <= at < len(views)]
    comes = VISIT.search(view.text) is not None
    comes_near = any(
        other.has("mission") or (VISIT.search(other.text) and GUEST_AGAIN.search(other.text))
        for other in around
    )
    if not comes and not comes_near and view.start >= title_end:
        return 0
    for_trade = _FOR_TRADE.search(view.text) is not None
    told_on = views[max(0, view.index - 1) : view.index + _EARLY]
    before = (view.text, 0, guest - view.start)
    behind = countries[-1].end - view.start
    return (
        3 * bool(_THEN_VISITS.match(view.text, behind))
        + 2 * any(f.kind == "people" and abs(f.end - guest) < _BESIDE for f in view.figures)
        + 2 * comes_near
        + 2 * (view.start < title_end)
        + 2 * view.has("mission")
        + (len(countries) > 1)
        + (guest - view.start < _OPENING and any(other.has("mission") for other in around))
        + 2 * bool(view.regions)
        + (view.index < _EARLY)
        + any(_HOST.search(near.text) is not None for near in (view, *around))
        + for_trade
        + comes
        - view.has("export", "send", "send_strong", "presence")
        - bool(_LEADS_TO.search(*before))
        - 2 * bool(_ONE.search(*before))
        - _ENOUGH * _is_for_else(view)
        - _ENOUGH * (is_group and not any(_FOR_TRADE.search(near.text) for near in told_on))
        - _ENOUGH * view.has("hope", "smuggling")
    )


def _is_for_else(view: SentenceView) -> bool:
    """True for a visit to study, to see the sights, to invest, and not to trade."""
    return _FOR_ELSE.search(view.text) is not None and _FOR_TRADE.search(view.text) is None


def _told_behind(
    opening: Sequence[SentenceView], cue: Hit, guests: tuple[str, ...]
) -> tuple[SentenceView | None, Hit]:
    """The sentence behind a headline that names its guests again, else the first that tells of a visit on a day; with the cue."""
    comes = [VISIT.search(view.text) is not None or event_time(view) is not None for view in opening]
    for view in compress(opening, comes):
        for guest in GUEST.finditer(view.text):
            start, end = view.start + guest.start(), view.start + guest.end()
            if any(mention.code in guests for mention in countries_of(view, end)):
                return view, Hit(start, end, "cue", cue.key, cue.codes)
    for view in opening:
        if VISIT.search(view.text) and event_time(view) is not None:
            return view, Hit(view.start, view.start, "cue", cue.key, cue.codes)
    return None, cue


def _sent(view: SentenceView) -> tuple[Hit, tuple[str, ...]] | None:
    """The traders of ours that are taken to a country or meet others there."""
    if not (_has_day(view) or view.agencies or any(f.kind == "people" for f in view.figures)):
        return None
    if _OTHER_AIMS.search(view.text):
        return None
    for pattern in (_TAKEN_OUT, _SENT_OUT, _OURS_MEET):
        match = pattern.search(view.text)
        if match is None:
            continue
        start, end = view.start + match.start("who"), view.start + match.end("who")
        if any(end < mention.start <= end + _WITHIN for mention in view.countries):
            return Hit(start, end, "cue", match["who"].lower(), ("mission",)), ()
    return None


def travel_of(views: Sequence[SentenceView], view: SentenceView, least: float) -> Hit | None:
    """Cue of the travel that the words of a sentence speak for, whoever travels; the sentence keeps who is visited or visits."""
    way = direction(views, view, least)
    if way is None:
        return None
    named = (list(countries_of(view, view.start + guest.end())) for guest in GUEST.finditer(view.text))
    countries = next(filter(None, named), None) or _first_countries(view)
    codes = tuple(dict.fromkeys(mention.code for mention in countries))
    if way == "inbound":
        view.guests = codes
    else:
        view.hosts = codes
    return Hit(view.start, view.start, "cue", way, ("mission",))


def _first_countries(view: SentenceView) -> list[CountryMention]:
    """The first country of a sentence and those listed with it."""
    listed = view.countries[:1]
    for mention in view.countries[1:]:
        if not _AND_OF.fullmatch(view.text, listed[-1].end - view.start, mention.start - view.start):
            break
        listed.append(mention)
    return listed


def _start(mention: Spanned) -> int:
    return mention.start


def _has_day(view: SentenceView) -> bool:
    """True where a sentence tells the day or month of an event, not only its year."""
    time = event_time(view)
    return time is not None and not time.word.startswith("tahun")
