"""Who sets an aim: the subject of the verb that sets it, the agent behind it, or the office whose head says "target kami"."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.contracts.claims import Span
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.speakers import is_department, speaker_of, speakers
from pipelines.stages.extract.draft import Draft
from pipelines.text.organisations import Organisation

_SETS = Pattern("targets.issuers.sets")  # "menargetkan", "kami patok", "memangkas target"
_SET_BY = Pattern("targets.issuers.set_by")  # "yang dipatok pemprov"
_OURS = Pattern("targets.issuers.ours")  # "target kami"
_TARGET_OF = Pattern("targets.issuers.target_of")  # "target ekspor semen PT Semen Padang"
_IMPOSED = Pattern("targets.issuers.imposed")  # "kami ditargetkan", "target dari pusat"
_MEASURED = Pattern("targets.issuers.measured")  # "melampaui target"
_TOLD_IN = Pattern("targets.issuers.told_in")  # "tercantum dalam RPJMD"
_VERSION = Pattern("targets.issuers.version")  # "semula"
_PASSIVE = Pattern("targets.issuers.passive")  # "dibidik"
_NOT_SUBJECT = Pattern("targets.issuers.not_subject")  # "melalui", "kata"
_SELF = Pattern("targets.issuers.self")
_BODY = Pattern("targets.issuers.body")  # "pemprov", "dinas", "perusahaan"
_HOLDER = Pattern("targets.issuers.holder")  # "Gubernur", "Menteri Perdagangan"
_DOCUMENT = Pattern("targets.issuers.document")  # "RPJMD mematok"
_NAME = Pattern("targets.issuers.name")
_GOVERNMENT = Pattern("targets.issuers.government")
_OF_LEVEL = Pattern("targets.issuers.of_level")
_OF_REGION = Pattern("targets.issuers.of_region")

_SUBJECTS = {"self": _SELF, "body": _BODY, "holder": _HOLDER, "document": _DOCUMENT}
_REACH = 25  # characters before a name that say it is no subject
_NAME_REACH = 80  # characters that a name and the adverbs behind it take
_TARGET_REACH = 60  # characters from "target" to whose it is
_NAMED_BEFORE = 40  # organisations among which a short name means one
_AIMS_BEFORE = 20  # aims that show whether one body sets them all
_FIRST = 3  # letters that the short and the long name of an office share


@dataclass(frozen=True, slots=True)
class Setter:
    """Who sets an aim, and where that is read; no name where the text says that it is nobody it tells of."""

    name: str | None
    span: Span | None = None


_NOBODY = Setter(None)


def put_issuer(
    document: Document,
    view: SentenceView,
    draft: Draft,
    *,
    earlier: Sequence[Draft] = (),
    breath: Draft | None = None,
    announced: Draft | None = None,
) -> None:
    """Fill who set an aim.

    Args:
        document: The article.
        view: The sentence of the aim.
        draft: The aim.
        earlier: Aims told before.
        breath: The last of them where it stands right before.
        announced: An aim whose figures follow only here.
    """
    setter = _Sentence(document, view, draft, breath).setter() or _stated_nearby(document, view, draft)
    if setter is not None:
        if setter.name:
            draft.put("issuer", setter.name, setter.span)
        return
    if breath is not None and not view.has("rev_new"):
        draft.fill("issuer", breath.slots.get("issuer"), breath.spans.get("issuer"))
    if announced is not None:
        draft.fill("issuer", announced.slots.get("issuer"), announced.spans.get("issuer"))
    if not draft.has("issuer") and _PASSIVE.search(view.text) and not _DOCUMENT.search(view.text):
        # "Karena itu tahun ini dibidik 15 eksportir baru": the one who has set all aims so far.
        setters = {aim.slots["issuer"]: aim for aim in earlier[-_AIMS_BEFORE:] if aim.has("issuer")}
        if len(setters) == 1:
            issuer, aim = setters.popitem()
            draft.fill("issuer", issuer, aim.spans.get("issuer"))


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence that sets an aim."""

    document: Document
    view: SentenceView
    draft: Draft
    breath: Draft | None

    def setter(self) -> Setter | None:
        """Who sets the aim by this sentence; None where it does not say."""
        view = self.view
        if _IMPOSED.search(view.text):
            return self._agent() or _NOBODY
        verb = None
        for match in _SETS.finditer(view.text):
            if verb is None or view.start + match.start() < self.draft.order:
                verb = match
        found = self._subject(view.start + verb.start()) if verb else None
        found = found or self._agent() or self._owner()
        if found is None and _OURS.search(view.text):
            found = self._speaker()
        if found is None and verb is None:
            told = _TOLD_IN.search(view.text) and not _VERSION.search(view.text)
            return _NOBODY if told or _MEASURED.search(view.text) else None
        return found

    def _subject(self, verb: int) -> Setter | None:
        """The last of all that stands before a verb and may be its subject."""
        view, text = self.view, self.document.text
        named = [agency for agency in view.agencies if not _BODY.fullmatch(agency.name)]
        found = [(agency.start, agency.end, "agency") for agency in named]
        for kind, pattern in _SUBJECTS.items():
            found += [
                (view.start + match.start(), view.start + match.end(), kind)
                for match in pattern.finditer(view.text)
                if not any(a.start <= view.start + match.start() < a.end for a in named)
            ]
        name = _NAME.search(text, max(view.start, verb - _NAME_REACH), verb)
        if name is not None and not any(a.start <= name.start("name") < a.end for a in named):
            found.append((name.start("name"), name.end("name"), "name"))
        start, end, kind = max(
            (
                mention
                for mention in found
                if mention[1] <= verb
                and not _NOT_SUBJECT.search(text, max(view.start, mention[0] - _REACH), mention[0])
            ),
            key=lambda mention: mention[:2],
            default=(0, 0, ""),
        )
        if kind == "self":
            return self._speaker()
        if kind == "document":
            return _NOBODY
        if kind == "holder":
            return Setter(text[start:end], (start, end))
        if kind == "name":
            return self._named(start, end)
        return self._whole(start, end) if kind else None

    def _agent(self) -> Setter | None:
        """Who stands behind the passive of a verb that sets an aim: "sasaran 2022 yang dipatok pemprov"."""
        match = _SET_BY.search(self.view.text)
        if match is None:
            return None
        start, end = self.view.start + match.start("body"), self.view.start + match.end("body")
        named = next((a for a in self.view.agencies if a.start <= start < a.end), None)
        if named is not None:
            return self._whole(named.start, named.end)
        return self._whole(start, end) if _BODY.fullmatch(match["body"]) else None

    def _owner(self) -> Setter | None:
        """Whose the aim is: "target ekspor semen PT Semen Padang"."""
        for owner in (*self.view.agencies, *self.view.firms):
            reach = max(self.view.start, owner.start - _TARGET_REACH)
            if _TARGET_OF.search(self.document.text, reach, owner.start):
                return self._whole(owner.start, owner.end)
        return None

    def _speaker(self) -> Setter | None:
        """Who says "kami": the one whose aim was told right before, or the office whose head speaks."""
        breath = self.breath
        if breath is not None and breath.has("issuer"):
            heads = speakers(self.document).heads
            if not any(index in heads for index in range(breath.sentences[0], self.view.index + 1)):
                # "Disperindag DIY menargetkan ... Adapun untuk 2023, pihaknya memasang ..."
                return Setter(str(breath.slots["issuer"]), breath.spans.get("issuer"))
        return _setter(speaker_of(self.document, self.view))

    def _named(self, start: int, end: int) -> Setter | None:
        """A name before a verb: a person who speaks for an office or firm, or a body told by its name alone."""
        known = speakers(self.document)
        words = self.document.text[start:end].split()
        office = next((known.offices[word] for word in reversed(words) if word in known.offices), None)
        if office is not None:
            return _setter(office)
        if known.persons.isdisjoint(words):
            return Setter(self.document.text[start:end], (start, end))
        return self._speaker()

    def _whole(self, start: int, end: int) -> Setter | None:
        region = self.draft.slots.get("region")
        return _by_whole_name(self.document, start, end, str(region) if region else None)


def _stated_nearby(document: Document, view: SentenceView, draft: Draft) -> Setter | None:
    """The office before the word for an aim, if its head does not only speak; or the government of the sentence before."""
    cue = next(iter(view.cues_of("target")), None)
    position = cue.start if cue else view.end
    region = str(draft.slots["region"]) if draft.has("region") else None
    subject = [agency for agency in view.agencies if agency.end <= position]
    if subject and not (view.has("speech") and view.index in speakers(document).heads):
        return _by_whole_name(document, subject[-1].start, subject[-1].end, region)
    body = _BODY.search(view.text, 0, max(0, position - view.start))
    if body and not any(a.start <= view.start + body.start() < a.end for a in subject):
        return _by_whole_name(document, view.start + body.start(), view.start + body.end(), region)
    before = document.sentences[view.index - 1] if view.index else None
    if before is None or before.start < document.title_end or before.figures:
        return None
    bodies = [agency for agency in before.agencies if _GOVERNMENT.match(agency.name)]
    if len(bodies) == 1 and before.sentence.paragraph == view.sentence.paragraph:
        # "... membuat Pemerintah Provinsi Kalimantan Selatan berhitung ulang. Target ekspor 2024 ..."
        return _setter(bodies[0])
    return None


def _by_whole_name(document: Document, start: int, end: int, region: str | None) -> Setter | None:
    """A body by its whole name: "dinas" is the one named last, "pemkab" that of the region an aim is set for."""
    near = _named_before(document.agencies, start + 1)
    name = (
        near[0].name if near and near[0].start == start and near[0].end >= end else document.text[start:end]
    )
    body = _BODY.fullmatch(name)
    if body is None:
        return Setter(name, (start, end))
    space = _OF_REGION.match(document.text, end)
    if space:
        position = bisect_left(document.regions, space.end(), key=lambda mention: mention.start)
        if position < len(document.regions) and document.regions[position].start == space.end():
            end = document.regions[position].end
            return Setter(document.text[start:end], (start, end))
    kind = body.lastgroup
    if kind == "government":
        level = _level_of(name)
        whole = (a for a in near if a.start < start and _level_of(a.name, whole=True) == level)
        alone = f"{name} {region.split(maxsplit=1)[-1]}" if region else name
        return _setter(next(whole, None)) or Setter(alone, (start, end))
    if kind == "nation":
        return Setter(name, (start, end))
    if kind == "firm":
        return _setter(next(iter(_named_before(document.firms, start)), None))
    named = [a for a in near if a.start < start and not _BODY.fullmatch(a.name)]
    first = name[:_FIRST].lower()
    alike = (
        a for a in named if (is_department(a) if kind == "department" else a.name.lower().startswith(first))
    )
    return _setter(next(alike, None))


def _setter(organisation: Organisation | None) -> Setter | None:
    return Setter(organisation.name, (organisation.start, organisation.end)) if organisation else None


def _named_before(organisations: list[Organisation], offset: int) -> list[Organisation]:
    """What is named before an offset and not too far away, the nearest first."""
    position = bisect_left(organisations, offset, key=lambda organisation: organisation.start)
    return organisations[max(0, position - _NAMED_BEFORE) : position][::-1]


def _level_of(name: str, *, whole: bool = False) -> str | None:
    """The level of a government; None for other bodies and, where asked for whole names, for "pemprov" alone."""
    match = _OF_LEVEL.match(name)
    if match is None or (whole and match.end() == len(name)):
        return None
    return match.lastgroup
