"""The firm a narrative is about, sentence by sentence: named, meant by its owner's name, or left for somebody else."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.text.organisations import Organisation

_ROLE_BEFORE = Pattern("article.narrator.role_before")
_NAME_BEHIND = Pattern("article.narrator.name_behind")
_RUN_BY = Pattern("article.narrator.run_by")
_NAME_BEFORE = Pattern("article.narrator.name_before")
_ITS_HEAD = Pattern("article.narrator.its_head")
_ASIDE = Pattern("article.narrator.aside")
_OFFICIAL = Pattern("article.narrator.official")
_SPEAKER = Pattern("article.narrator.speaker")
_HEADS = Pattern("article.narrator.heads")
_MEANS_FIRM = Pattern("article.narrator.means_firm")
_OTHERS = Pattern("article.narrator.others")
_BARE_NAME = Pattern("article.narrator.bare_name")
_ITS_KIND = Pattern("article.narrator.its_kind")
_FORMS = {
    "company": Pattern("article.narrator.company"),
    "coop": Pattern("article.narrator.coop"),
    "group": Pattern("article.narrator.group"),
}
_NAME_WORD = re.compile(r"\b[A-Z][a-z’']{2,}")

_REACH = 8  # sentences through which a firm stays the one that a pronoun means
_QUOTED = 3  # sentences of one paragraph in which somebody else may speak of it
_FIRMS_BACK = 40  # firms among which a word for its kind means one
_CLOSE = 2  # sentences of one paragraph in which its goods need no word that points to it


@dataclass(frozen=True, slots=True)
class Owner:
    """The firm under discussion in a sentence.

    Attributes:
        firm: Where it was named.
        distance: Sentences since it or one of its people was named; 0 where this sentence does.
        same_paragraph: Whether that was in the paragraph of this sentence.
        people: Words of the names of those who own or lead it, as far as they were told.
    """

    firm: Organisation
    distance: int
    same_paragraph: bool
    people: frozenset[str]


def follow_firms(document: Document) -> dict[int, Owner]:
    """The firm that each sentence of the body goes on about; sentences about nobody or somebody else are left out."""
    owners: dict[int, Owner] = {}
    if not document.firms:
        return owners
    people: dict[str, Organisation] = {}
    officials = _officials(document)
    names = _bare_names(document)
    current: Organisation | None = None
    seen: SentenceView | None = None
    aside: tuple[Organisation, SentenceView, int] | None = None
    times = Counter(firm.name for firm in document.firms)
    for view in document.body:
        named = _firm_of(document, view, people, names)
        if aside is not None and view.sentence.paragraph != aside[2]:
            if named is None:
                current, seen = aside[:2]
            aside = None
        if named is not None:
            told_in_passing = times[named.name] == 1 and named not in people.values()
            if (
                current is not None
                and seen is not None
                and told_in_passing
                and (times[current.name] > 1 or current in people.values())
                and seen.sentence.paragraph != view.sentence.paragraph
            ):
                # One firm of a paragraph of its own does not become the one that the article goes on about.
                aside = (current, seen, view.sentence.paragraph)
            current, seen = named, view
        elif current is not None and (
            len({firm.name for firm in view.firms}) > 1
            or _OFFICIAL.search(view.text)
            or (officials and not officials.isdisjoint(_NAME_WORD.findall(view.text)))
        ):
            current = None
        elif current is not None and _names_kind_of(view, current):
            seen = view
        if current is None or seen is None or view.index - seen.index > _REACH:
            continue
        if named is None:
            _learn_head(view, current, people)
        distance, same = view.index - seen.index, view.sentence.paragraph == seen.sentence.paragraph
        if distance <= (_QUOTED if same else 1) or not _speaks_another(view, people):
            own = frozenset(word for word, firm in people.items() if firm.name == current.name)
            owners[view.index] = Owner(current, distance, same, own)
    return owners


def is_of_another_firm(view: SentenceView, earlier: SentenceView, owner: Owner | None) -> bool:
    """True for a sentence of another paragraph that tells of firms, and not of the one that a sentence goes on about."""
    if not earlier.firms or earlier.sentence.paragraph == view.sentence.paragraph:
        return False
    return owner is not None and all(firm.name != owner.firm.name for firm in earlier.firms)


def means_firm(text: str) -> bool:
    """True where a clause points to a firm named before: "perusahaan itu", "kami", "buatannya"."""
    return bool(_MEANS_FIRM.search(text))


def speaks_official(view: SentenceView) -> bool:
    """True for a sentence in which an office, its head or an outsider is told or speaks."""
    return bool(_OFFICIAL.search(view.text))


def owner_of_clause(owner: Owner, text: str, *, elsewhere: bool) -> Organisation | None:
    """The firm where a clause tells of its goods, or None.

    Args:
        owner: The firm under discussion in the sentence.
        text: The clause.
        elsewhere: Whether the clause says where its goods come from, as one about a region does.
    """
    if _OTHERS.search(text):
        return None
    if means_firm(text):
        return owner.firm
    if elsewhere or (owner.distance > _CLOSE or not owner.same_paragraph):
        return None
    return owner.firm


def firm_of_kind(document: Document, text: str, before: int) -> Organisation | None:
    """The one firm named before that a word of its kind means, however long ago: "koperasi", "perusahaannya"."""
    kind = _ITS_KIND.search(text)
    if kind is None:
        return None
    form = _FORMS[kind.lastgroup or ""]
    position = bisect_left(document.firms, before, key=lambda firm: firm.start)
    near = document.firms[max(0, position - _FIRMS_BACK) : position]
    named = {firm.name: firm for firm in near if form.match(firm.name)}
    return next(iter(named.values())) if len(named) == 1 else None


def _names_kind_of(view: SentenceView, firm: Organisation) -> bool:
    """True for a sentence about "koperasi itu" where the firm under discussion is a cooperative."""
    kind = _ITS_KIND.search(view.text)
    return kind is not None and bool(_FORMS[kind.lastgroup or ""].match(firm.name))


def _officials(document: Document) -> frozenset[str]:
    """Names of those who head an office: "Kepala Dinas Perdagangan Sumbar Novri Hendra" speaks for no firm."""
    found: set[str] = set()
    for agency in document.agencies:
        if _HEADS.search(document.text, max(0, agency.start - 30), agency.start):
            behind = _NAME_BEHIND.match(document.text, agency.end)
            if behind is not None:
                places = {
                    word
                    for m in document.regions
                    if behind.start() <= m.start < behind.end()
                    for word in m.name.split()
                }
                found.update(
                    word for word in behind["person"].split() if len(word) > 2 and word not in places
                )
    return frozenset(found)


def _bare_names(document: Document) -> dict[str, tuple[str, Organisation]]:
    """Names without a legal form, by their first word: "Pandan Asri" once "usaha bernama Pandan Asri" was told."""
    names = {}
    for firm in document.firms:
        found = _BARE_NAME.search(firm.name)
        if found is not None and firm.start >= document.title_end:
            names[found[0].split()[0]] = (found[0], firm)
        own = firm.name.partition(" ")[2]
        if " " in own and firm.start >= document.title_end:
            names.setdefault(own.split()[0], (own, firm))  # "beras organik Mukti Lestari"
    return names


def _firm_of(
    document: Document,
    view: SentenceView,
    people: dict[str, Organisation],
    names: dict[str, tuple[str, Organisation]],
) -> Organisation | None:
    """The one firm that a sentence names itself or by one of its people; learns who these are."""
    text = document.text
    firms = {f.name: f for f in view.firms if not _ASIDE.search(text, max(view.start, f.start - 30), f.start)}
    for firm in firms.values():
        _learn(text, view, firm, people)
    if firms:
        return next(iter(firms.values())) if len(firms) == 1 else None
    if not people and not names:
        return None
    meant: dict[str, Organisation] = {}
    for word in _NAME_WORD.finditer(view.text):
        if word[0] in people:
            meant[people[word[0]].name] = people[word[0]]
        elif word[0] in names and view.text.startswith(names[word[0]][0], word.start()):
            meant[names[word[0]][1].name] = names[word[0]][1]
    return next(iter(meant.values())) if len(meant) == 1 else None


def _learn(text: str, view: SentenceView, firm: Organisation, people: dict[str, Organisation]) -> None:
    """Whose firm it is: "Asep Saepudin, pemilik UD Madu", "UD Ketak milik Awaludin", "Direktur PT Coco, Ani"."""
    if _ROLE_BEFORE.search(text, max(view.start, firm.start - 60), firm.start):
        _note(_NAME_BEHIND.match(text, firm.end, view.end), view, firm, people)
    _note(_RUN_BY.match(text, firm.end, view.end), view, firm, people)
    _note(_NAME_BEFORE.search(text, max(view.start, firm.start - 90), firm.start), view, firm, people)


def _learn_head(view: SentenceView, firm: Organisation, people: dict[str, Organisation]) -> None:
    """The head of the firm under discussion: "Pemiliknya, Tiur Hutajulu, ..."."""
    for match in _ITS_HEAD.finditer(view.text):
        _note(match, view, firm, people)


def _note(
    match: re.Match[str] | None, view: SentenceView, firm: Organisation, people: dict[str, Organisation]
) -> None:
    if match is None:
        return
    spans: list[Spanned] = [*view.regions, *view.countries]
    places = {
        word for m in spans for word in view.text[m.start - view.start : m.end - view.start].lower().split()
    }
    for word in match[match.lastgroup or 0].split():
        if len(word) > 2 and word.lower() not in places:
            people[word] = firm


def _speaks_another(view: SentenceView, people: dict[str, Organisation]) -> bool:
    """True where a sentence is said by somebody who is none of the firms' people."""
    speaker = _SPEAKER.search(view.text)
    return speaker is not None and people.keys().isdisjoint(speaker["person"].split())
