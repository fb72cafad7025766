"""Who speaks in an article: the heads of offices, firms and governments, known again by their names."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.organisations import Organisation

_HEAD = Pattern("article.speakers.head")  # "Kepala ..." before an office
_DEPARTMENT_HEAD = Pattern("article.speakers.department_head")  # "Kadis Perdagangan Minsel"
_SHORT_HEAD = Pattern("article.speakers.short_head")  # "Kepala BKIPM Ambon"
_BARE_HEAD = Pattern("article.speakers.bare_head")  # "Kepala Dinas" without a name
_DEPARTMENT = Pattern("article.speakers.department")  # "Dinas ...", "Disperindag"
_HOLDER = Pattern("article.speakers.holder")  # "Gubernur Maluku"
_PERSON = Pattern("article.speakers.person")  # the name behind an office: ", drh. Yopie Sarwono,"
_PERSON_BEFORE = Pattern("article.speakers.person_before")  # "Ruddy Laku, Kepala Dinas ..."
_SPOKEN_BY = Pattern("article.speakers.spoken_by")  # "kata Yopie"
_WORD = re.compile(r"[A-Z][\w’'-]{2,}")
_HEAD_REACH = 70  # characters before an office that say who leads it
_SENTENCES_BACK = 7  # in which a speaker is still the one who speaks
_OFFICES_BACK = 20  # among which "Kepala Dinas" means one


@dataclass(frozen=True, slots=True)
class Speakers:
    """The offices that speak in an article.

    Attributes:
        heads: Offices whose head is named or speaks, by sentence.
        offices: Office of each person, by the words of the name.
        persons: Names told behind a verb of speech.
    """

    heads: dict[int, list[Organisation]]
    offices: dict[str, Organisation]
    persons: frozenset[str]


def speakers(document: Document) -> Speakers:
    """Who speaks in an article; looked for once."""
    if document.speakers is None:
        document.speakers = _find(document)
    return document.speakers


def speaker_of(document: Document, view: SentenceView) -> Organisation | None:
    """The office whose head speaks in or shortly before a sentence, or None."""
    known = speakers(document)
    for distance in range(min(_SENTENCES_BACK, view.index + 1)):
        candidate = document.sentences[view.index - distance]
        if candidate.start < document.title_end:
            break
        found = [(office.start, office) for office in known.heads.get(candidate.index, ())]
        if candidate.has("speech"):
            found += [
                (candidate.start + match.start(), known.offices[match[0]])
                for match in _WORD.finditer(candidate.text)
                if match[0] in known.offices
            ]
        if found:
            return max(found, key=lambda item: item[0])[1]
    # Nobody nearby: the first office whose head the article lets speak.
    return next((offices[0] for offices in known.heads.values()), None)


def _find(document: Document) -> Speakers:
    heads: dict[int, list[Organisation]] = {}
    offices: dict[str, Organisation] = {}
    persons: set[str] = set()
    for view in document.body:
        led = [
            o for o in (*view.agencies, *view.firms) if _HEAD.search(document.text, *_before(view, o.start))
        ]
        led += [*_departments(document, view), *_holders(document, view), *_bare_heads(document, view)]
        if led:
            heads[view.index] = sorted(led, key=lambda office: office.start)
        for office in led:
            offices.update(dict.fromkeys(_name_of_head(document, view, office), office))
        for cue in view.cues_of("speech"):
            name = _SPOKEN_BY.match(document.text, cue.end, view.end)
            persons.update(_WORD.findall(name["name"]) if name else ())
    return Speakers(heads, offices, frozenset(persons))


def _before(view: SentenceView, offset: int) -> tuple[int, int]:
    return max(view.start, offset - _HEAD_REACH), offset


def _name_of_head(document: Document, view: SentenceView, office: Organisation) -> list[str]:
    """The words of the name of who leads an office, where it stands behind or before that."""
    person = _PERSON.match(document.text, office.end, view.end) or _PERSON_BEFORE.search(
        document.text, *_before(view, office.start)
    )
    if person is None or any(region.start == person.start("name") for region in view.regions):
        return []
    return _WORD.findall(person["name"])


def _departments(document: Document, view: SentenceView) -> list[Organisation]:
    """The office of "Kadis Perdagangan Minsel Adrie Sumual" or "Kepala BKIPM Ambon", up to the region it is of."""
    found = []
    for match in _DEPARTMENT_HEAD.finditer(view.text):
        start, end = view.start + match.start("of"), view.start + match.end("of")
        end = next((region.end for region in view.regions if start < region.start < end), end)
        found.append(Organisation(start, end, "agency", f"Dinas {document.text[start:end]}"))
    for match in _SHORT_HEAD.finditer(view.text):
        start, end = view.start + match.start("of"), view.start + match.end("of")
        if not any(agency.start <= start < agency.end for agency in view.agencies):
            end = next((region.end for region in view.regions if region.start == end + 1), end)
            found.append(Organisation(start, end, "agency", document.text[start:end]))
    return found


def _holders(document: Document, view: SentenceView) -> list[Organisation]:
    """Governors, mayors and ministers who open a sentence or are quoted, with the region they govern."""
    found = []
    for match in _HOLDER.finditer(view.text):
        start, end = view.start + match.start("title"), view.start + match.end("title")
        end = next((region.end for region in view.regions if start <= region.start <= end + 1), end)
        found.append(Organisation(start, end, "agency", document.text[start:end]))
    return found


def _bare_heads(document: Document, view: SentenceView) -> list[Organisation]:
    """The office named before of a "Kepala Dinas" or "Kepala Bidang Perdagangan" told without it."""
    found = []
    for match in _BARE_HEAD.finditer(view.text):
        start, end = view.start + match.start("what"), view.start + match.end()
        if any(start <= agency.start < end + _HEAD_REACH for agency in view.agencies):
            continue
        position = bisect_left(document.agencies, start, key=lambda agency: agency.start)
        near = document.agencies[max(0, position - _OFFICES_BACK) : position]
        office = next((a for a in reversed(near) if _DEPARTMENT.match(a.name)), None)
        if office is not None:
            found.append(Organisation(start, end, "agency", office.name))
    return found


def is_department(office: Organisation) -> bool:
    """True for a regional department: "Dinas Perdagangan", "Disperindag"."""
    return _DEPARTMENT.match(office.name) is not None
