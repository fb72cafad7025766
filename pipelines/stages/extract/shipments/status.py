"""Whether a dispatch has left or is planned."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document
from pipelines.stages.extract.shipments.asides import when_sent
from pipelines.stages.extract.shipments.lines import Line
from pipelines.stages.extract.shipments.matching import is_later
from pipelines.stages.extract.shipments.sentences import names_day

_CONTRACTED = Pattern("shipments.status.contracted")
_PLANNED = Pattern("shipments.status.planned")
_EXAMINED = Pattern("shipments.status.examined")
_DONE = Pattern("shipments.status.done")
_SEEN_OFF = Pattern("shipments.status.seen_off")
_SOFT = Pattern("shipments.status.soft")
_IN_PLAN = Pattern("shipments.status.in_plan")
_TO_BE_SENT = Pattern("shipments.status.to_be_sent")

_PURPOSE = Pattern("shipments.status.purpose")
_THIS_TIME = Pattern("shipments.status.this_time")
_SAILS = Pattern("shipments.status.sails")
_JUST_BEFORE = 2  # sentences
_OPENING = 8  # sentences that say what an article reports


def status_of(document: Document, line: Line) -> str:
    """`planned` where the words around a line announce it, else `realised`."""
    verb = line.view.last_cue_before(line.first_figure.start, "send", "send_strong", "export")
    # "PT X akan mengekspor 240 ton pakan dan 60 ton tepung": the second line has the verb of the first.
    start = min(line.start, verb.start) if verb is not None else line.start
    if line.quantity is None and line.containers is None:
        start = line.view.start  # the worth of all lines
    text = document.text[max(line.view.start, start - 40) : line.end]
    if not line.view.has("send", "send_strong", "export", "certify") and line.view.index > 0:
        # "Rencananya tas purun diberangkatkan akhir Agustus. Kali ini 2.000 buah."
        before = document.sentences[line.view.index - 1]
        if _IN_PLAN.search(before.text) and not any(
            f.kind in ("quantity", "container") for f in before.figures
        ):
            return "planned"
    later = when_sent(document, line.view)
    if later is not None:
        text = f"{text} {later.text}"
    past = any(time.word in ("lalu", "kemarin") for time in line.view.times)
    contract = _CONTRACTED.search(line.view.text)
    if contract and not past and not _DONE.search(text.replace(contract[0], "")):
        return "planned"
    planned = _PLANNED.search(text)
    if planned and not (_SAILS.search(text) and _is_released(document, line)):
        examined = line.view.has("certify") or _EXAMINED.search(line.view.text)
        certified = examined and _TO_BE_SENT.search(text)
        # "melepas 2 ton bumbu untuk diekspor" has left
        seen_off = _PURPOSE.match(planned[0]) and _SEEN_OFF.search(text)
        if not certified and not seen_off:
            return "realised" if _leaves_now(document, line, planned[0]) else "planned"
    return "realised"


def _is_released(document: Document, line: Line) -> bool:
    """True just behind the sending off of goods that "dijadwalkan berangkat" with a ship."""
    before = document.sentences[max(document.body[0].index, line.view.index - _JUST_BEFORE) : line.view.index]
    return any(_SEEN_OFF.search(other.text) and names_day(other) and not is_later(other) for other in before)


def _leaves_now(document: Document, line: Line, planned: str) -> bool:
    """True for goods that "akan diekspor" in the report of their sending off, with no later time told."""
    view = line.view
    if (
        not _SOFT.fullmatch(planned)
        or view.has("target")
        or any(time.word != "hari ini" for time in view.times)
    ):
        return False
    if any(is_later(other) for other in document.sentences[max(0, view.index - 1) : view.index + 1]):
        return False
    if _THIS_TIME.search(view.text):
        return True  # "Kali ini 464 kilogram akan diekspor ke Tiongkok"
    opening = document.sentences[: document.body[0].index + _OPENING]
    return any(
        _SEEN_OFF.search(other.text) or _EXAMINED.search(other.text)
        for other in opening
        if not is_later(other)
    )
