"""Missions told without a word for one: buyers from abroad who meet the region's traders, traders taken to a country."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.event_times import event_time
from pipelines.text.gazetteer import Hit

if TYPE_CHECKING:
    from pipelines.stages.extract.article.document import SentenceView

_GUESTS_MEET = Pattern(
    "article.buyer_visits.guests_meet"
)  # "pembeli kopi dari Kanada menemui pengusaha kopi"
_BROUGHT = Pattern("article.buyer_visits.brought")  # "membawa empat pembeli dari Mesir ke Temanggung"
_AWAITED = Pattern("article.buyer_visits.awaited")  # "menyambut delapan buyer batik dari Arab Saudi"
_TAKEN_OUT = Pattern("article.buyer_visits.taken_out")  # "membawa 20 pengusaha ke Davao"
_SENT_OUT = Pattern("article.buyer_visits.sent_out")  # "18 UKM diberangkatkan ke Kuala Lumpur"
_OURS_MEET = Pattern("article.buyer_visits.ours_meet")  # "16 pengusaha Aceh bertemu pelaku usaha di Kedah"
_WHO_FROM = Pattern("article.buyer_visits.who_from")  # "lima pedagang rempah asal Turki"
_ARRANGED = Pattern("article.buyer_visits.arranged")
_MEETS = Pattern("article.buyer_visits.meets")
_HOSTS = Pattern("article.buyer_visits.hosts")
_OTHER_AIMS = Pattern("article.buyer_visits.other_aims")  # "membahas investasi"
_OF_TRADE = Pattern("article.buyer_visits.of_trade")
_ONE_BUYER = Pattern(
    "article.buyer_visits.one_buyer"
)  # "seorang pembeli dari Busan datang melihat bengkelnya"

_ORIGIN_WITHIN = 60  # characters from the people to the country they come from or go to
_OTHER_EVENTS = ("mission", "fair", "training")


def find_meeting(view: SentenceView) -> Hit | None:
    """The word for the people of such a visit, as a cue of a mission; None where a sentence tells of none."""
    if not view.countries or view.fairs or view.has(*_OTHER_EVENTS):
        return None
    if not (_has_day(view) or view.agencies or any(f.kind == "people" for f in view.figures)):
        return None
    if _OTHER_AIMS.search(view.text) and not _OF_TRADE.search(view.text):
        return None
    for pattern in (_GUESTS_MEET, _BROUGHT, _AWAITED, _TAKEN_OUT, _SENT_OUT, _OURS_MEET, _WHO_FROM):
        match = pattern.search(view.text)
        if match is None or _ONE_BUYER.search(view.text, 0, match.end("who")):
            continue
        if pattern is _WHO_FROM and not _meets_here(view):
            continue
        if pattern in (_GUESTS_MEET, _WHO_FROM) and not _is_arranged(view, view.start + match.end("who")):
            continue
        start, end = view.start + match.start("who"), view.start + match.end("who")
        origin = next((m.start for m in view.countries if end < m.start <= end + _ORIGIN_WITHIN), None)
        # "Eksportir dari Surabaya menemui pembeli di Jepang" are no guests.
        if origin is not None and (
            pattern in (_BROUGHT, _TAKEN_OUT, _SENT_OUT, _OURS_MEET)
            or not any(end < m.start < origin for m in view.regions)
        ):
            return Hit(start, end, "cue", match["who"].lower(), ("mission",))
    return None


def _is_arranged(view: SentenceView, who: int) -> bool:
    """True where an office is named, or guests who are counted or fetched come on a day; buyers alone only look around."""
    if view.agencies or any(f.kind == "people" and f.end == who for f in view.figures):
        return True
    counted = any(figure.start < who for figure in view.figures)
    return _has_day(view) and (counted or _ARRANGED.search(view.text) is not None)


def _meets_here(view: SentenceView) -> bool:
    """True where a sentence tells of a visit, on a day or in a month, to the traders or the place of a region."""
    if not _has_day(view) or not _MEETS.search(view.text):
        return False
    return bool(view.regions) or _HOSTS.search(view.text) is not None


def _has_day(view: SentenceView) -> bool:
    """True where a sentence tells the day or month of an event, not only its year."""
    time = event_time(view)
    return time is not None and not time.word.startswith("tahun")
