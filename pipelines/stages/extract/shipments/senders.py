"""Who sends the goods of a dispatch: the firm told with them or meant by "perusahaan ini", or the only one of the article."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from itertools import pairwise

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.stages.extract.article.narrator import firm_of_kind, follow_firms, means_firm
from pipelines.stages.extract.draft import NATION, Draft
from pipelines.text.organisations import Organisation

_OWNER = Pattern("shipments.senders.owner")
_SENDERS = Pattern("shipments.senders.senders")
_THE_FIRM = Pattern("shipments.senders.the_firm")
_ANOTHER = Pattern("shipments.senders.another")
_ROLE = Pattern("shipments.senders.role")
_PERSON_SENDS = Pattern("shipments.senders.person_sends")
_GUESTS = Pattern("shipments.senders.guests")
_IN_TURN = Pattern("shipments.senders.in_turn")
_MAKES = Pattern("shipments.senders.makes")
_LEGAL_FORM = Pattern("shipments.senders.legal_form")
_NAMED_SENDER = Pattern("shipments.senders.named_sender")
_CLAUSE = Pattern("shipments.lines.split")

_LEADING = 20  # characters of "hasil budidaya" before a firm
_NEAR = 6  # sentences between goods and the firm that is told with them
_BEHIND = 8  # sentences behind the goods in which their senders are told
_AHEAD = 2  # sentences ahead of the goods in which they are told as well
_GOES_ON = 2  # sentences in which a firm stays the one that is spoken of
_LATE = 3  # sentences after which a firm is one example of the senders
_FEW = 3  # shipments of an article that is about one sender
LED_BY = "led_by"  # mark of a draft whose sender the sentence before told


def name_senders(drafts: list[Draft], document: Document) -> None:
    """Fill the exporter of the shipments that do not name one themselves, and call each firm by one name."""
    _in_turn(drafts, document)
    _by_role(drafts, document)
    _by_plain_name(drafts, document)
    _by_clause(drafts, document)
    _by_goods(drafts, document)
    _by_narrator(drafts, document)
    _by_pronoun(drafts, document)
    _by_one_name(drafts, document)
    _by_maker(drafts, document)
    single = _only_sender(document, few=len(drafts) <= _FEW)
    if single is None:
        return
    named_in = next(view.index for view in document.body if single.start < view.end)
    for draft in drafts:
        late = len(drafts) > _FEW and named_in - draft.sentences[-1] > _LATE
        if draft.has("exporter") or not draft.evidence.isdisjoint(("total", NATION)) or late:
            continue
        if not (_makes_others(document, draft, single) or _is_of_another(drafts, draft, document, single)):
            _put(draft, single)
    _name_totals(drafts)


def _makes_others(document: Document, draft: Draft, firm: Organisation) -> bool:
    """True for the firm whose own goods are told, which are not these: "Sedang kepiting hasil budidaya Koperasi X"."""
    at = bisect_right(document.sentences, firm.start, key=lambda view: view.start) - 1
    view = document.sentences[at]
    if at in draft.sentences or not view.products or not draft.has("products"):
        return False
    made = _MAKES.search(document.text, max(view.start, firm.start - _LEADING), firm.start)
    words = goods_words(draft)
    return made is not None and bool(words) and words.isdisjoint(view.text.lower().split())


def _name_totals(drafts: list[Draft]) -> None:
    """A total whose parts all have one sender has the same."""
    names = {str(draft.slots.get("exporter") or "") for draft in drafts if "total" not in draft.evidence}
    if len(names) == 1:
        for draft in drafts:
            draft.fill("exporter", next(iter(names)))


def _by_role(drafts: list[Draft], document: Document) -> None:
    """Whom a sentence behind goods calls their sender, whoever else speaks of them: "Pengirimnya PT X"."""
    for view in document.body:
        called = _called_sender(document, view)
        if called is None:
            continue
        name, span = called
        for draft in drafts:
            told_ahead = draft.has("exporter") and draft.spans.get("exporter", (0, 0))[0] < view.start
            near = any(0 < view.place - document.sentences[at].place <= _GOES_ON for at in draft.sentences)
            if near and not told_ahead:
                draft.put("exporter", name, span)


def _called_sender(document: Document, view: SentenceView) -> tuple[str, tuple[int, int]] | None:
    """The firm or person that a sentence calls the sender, and where: "Yang mengirim Reno Saragih, agen di Raya"."""
    for firm in view.firms[:1]:
        if _ROLE.fullmatch(document.text, view.start, firm.start):
            return firm.name, (firm.start, firm.end)
    person = None if view.firms else _PERSON_SENDS.search(view.text)
    if person is None:
        return None
    return person["name"], (view.start + person.start("name"), view.start + person.end("name"))


def _in_turn(drafts: list[Draft], document: Document) -> None:
    """As many firms as goods were told just before: "Pengirimnya berturut-turut PT X, PT Y dan PT Z"."""
    told_in: defaultdict[int, list[Draft]] = defaultdict(list)
    for draft in drafts:
        if "total" not in draft.evidence:
            told_in[draft.sentences[0]].append(draft)
    for view in document.body:
        if len(view.firms) < 2 or view.figures or not _IN_TURN.search(view.text):
            continue
        told = told_in[view.index - 1]
        if len(told) == len(view.firms):
            for draft, firm in zip(told, view.firms, strict=True):
                _put(draft, firm)


def _by_clause(drafts: list[Draft], document: Document) -> None:
    """Several firms of one sentence, each told with the goods or the market of one dispatch.

    "PT X yang mengekspor rumput laut dan PT Y yang mengekspor ketak", "yang ke Malaysia milik UD X, sedangkan yang ke
    Singapura dikirim CV Y".
    """
    unnamed = [
        d for d in drafts if (not d.has("exporter") or LED_BY in d.evidence) and "total" not in d.evidence
    ]
    firsts = [d.sentences[0] for d in unnamed]
    for view in document.body:
        if len(view.firms) < 2 or view.figures or view.has("mission", "training", "fair"):
            continue
        waiting = unnamed[
            bisect_left(firsts, view.index - _BEHIND) : bisect_right(firsts, view.index + _AHEAD)
        ]
        bounds = _clause_bounds(document, view)
        for firm, (start, end) in zip(view.firms, pairwise(bounds), strict=True):
            clause = document.text[start:end].lower().replace(firm.name.lower(), " ")
            words = set(re.findall(r"[a-z]{4,}", clause))
            codes = {m.code for m in view.countries if start <= m.start < end}
            told = [d for d in waiting if goods_words(d) & words or codes & set(d.listed("destinations"))]
            both = [d for d in told if goods_words(d) & words and codes & set(d.listed("destinations"))]
            for draft in both or told[: len(told) == 1]:
                if not draft.has("exporter") or LED_BY in draft.evidence:
                    _put(draft, firm)
                    draft.evidence.discard(LED_BY)


def _clause_bounds(document: Document, view: SentenceView) -> list[int]:
    """Where the clauses of the firms of a sentence begin and end: at the last separator between two firms."""
    cuts = [view.start]
    for one, two in pairwise(view.firms):
        ends = [match.start() for match in _CLAUSE.finditer(document.text, one.end, two.start)]
        cuts.append(ends[-1] if ends else one.end)
    return [*cuts, view.end]


def _by_goods(drafts: list[Draft], document: Document) -> None:
    """A firm told with the goods of one dispatch only: "Adapun tepung kelapa diproduksi PT X"."""
    for view in document.body:
        if not view.firms or view.has("mission", "training", "fair"):
            continue
        words = _words_beside_names(view)
        waiting = [d for d in drafts if not d.has("exporter") and "total" not in d.evidence]
        told = [d for d in waiting if goods_words(d) & words]
        near = [d for d in told if abs(d.sentences[0] - view.index) <= _NEAR]
        close = all(abs(d.sentences[0] - view.index) <= _GOES_ON for d in near)
        one = len(near) == 1 or (close and len(near) > 1 and _are_alike(near))
        if one and len({firm.name for firm in view.firms}) == 1:
            for draft in near:
                _put(draft, view.firms[0])
        elif not told and view.has("by_name") and _SENDERS.search(view.text):
            for draft in waiting:
                if 0 <= view.index - draft.sentences[0] <= _GOES_ON:
                    _put(draft, view.firms[0])


def _are_alike(drafts: list[Draft]) -> bool:
    """True for dispatches of the same goods."""
    first, *others = (goods_words(draft) for draft in drafts)
    return all(first == words for words in others)


def sender_told(view: SentenceView) -> tuple[int, int] | None:
    """The name ahead of "mengirim", whatever kind of sender has it: "Dapur Mutiara dari Kota Payakumbuh mengirim ..."."""
    named = _NAMED_SENDER.search(view.text)
    if named is None:
        return None
    start, end = view.start + named.start("name"), view.start + named.end("name")
    others: list[Spanned] = [*view.regions, *view.countries, *view.agencies]
    return None if any(other.start < end and start < other.end for other in others) else (start, end)


def _by_plain_name(drafts: list[Draft], document: Document) -> None:
    """A sender without "PT" or "Koperasi", of the two words at least that tell a name from a word."""
    for draft in drafts:
        view = document.sentences[draft.sentences[0]]
        if draft.has("exporter") or view.firms:
            continue
        named = sender_told(view)
        if named is not None and " " in document.text[slice(*named)]:
            draft.put("exporter", document.text[slice(*named)], named)


def _by_one_name(drafts: list[Draft], document: Document) -> None:
    """A firm told in full and in short has the full name: "Koperasi Serba Usaha Jatirogo ... KSU Jatirogo"."""
    full = _full_names(document)
    for draft in drafts:
        name = full.get(str(draft.slots.get("exporter")))
        if name is not None:
            draft.slots["exporter"] = name


def _by_maker(drafts: list[Draft], document: Document) -> None:
    """The one firm of an article in place of the label of its goods: "sepatu merek Hoka ... diproduksi PT Kaki Jaya"."""
    labels = {firm.name for firm in document.firms if firm.kind == "brand"}
    makers = {firm.name: firm for firm in document.firms if firm.name not in labels}
    maker = next(iter(makers.values())) if len(makers) == 1 else None
    if maker is None or _LEGAL_FORM.match(maker.name) is None:
        return
    for draft in drafts:
        if draft.slots.get("exporter") in labels:
            _put(draft, maker)


def _full_names(document: Document) -> dict[str, str]:
    """Short names of firms to the full ones that the article has as well."""
    named = [firm.name for firm in reversed(document.firms) if " " in firm.name]
    return {short: name for name in named for short in (_in_initials(name), _in_short(name)) if short != name}


def _in_short(name: str) -> str:
    """The name with its first three words, or two where it has but three, as initials."""
    words = name.split()
    form = words[: 3 if len(words) > 3 else 2]
    return " ".join(["".join(word[0] for word in form), *words[len(form) :]])


def _in_initials(name: str) -> str:
    """The name behind its form as initials: "PT Roban Wood Industry" is "PT RWI"."""
    form, *words = name.split()
    return f"{form} {''.join(word[0] for word in words)}"


def _words_beside_names(view: SentenceView) -> set[str]:
    """The words of a sentence without those of firms' names: "CV Buana Rumput" sends no "rumput"."""
    text = view.text
    for firm in reversed(view.firms):
        text = text[: firm.start - view.start] + text[firm.end - view.start :]
    return set(re.findall(r"[a-z]{4,}", text.lower()))


def _by_pronoun(drafts: list[Draft], document: Document) -> None:
    """The firm named last, where a dispatch is told of "perusahaan ini" or "koperasi tersebut"."""
    for draft in drafts:
        if draft.has("exporter") or "total" in draft.evidence:
            continue
        view = document.sentences[draft.sentences[0]]
        if _THE_FIRM.search(view.text):
            last = _named_last(document, view)
            if last is not None:
                _put(draft, last)


def _by_narrator(drafts: list[Draft], document: Document) -> None:
    """The firm that the article goes on about where one of its people or a word for it sends: "Pekan depan Yuli ..."."""
    waiting = [d for d in drafts if not d.has("exporter") and "total" not in d.evidence]
    if not waiting or not document.firms:
        return
    owners = follow_firms(document)
    for draft in waiting:
        view = document.sentences[draft.sentences[0]]
        owner = owners.get(view.index)
        kind = firm_of_kind(document, view.text, view.start)
        if kind is not None and not view.agencies:
            _put(draft, kind)
            continue
        if owner is not None and not view.agencies and (owner.distance == 0 or means_firm(view.text)):
            _put(draft, owner.firm)


def _named_last(document: Document, view: SentenceView) -> Organisation | None:
    before = document.sentences[max(0, view.index - _GOES_ON) : view.index + 1]
    return next((firm for other in reversed(before) for firm in reversed(other.firms)), None)


def _only_sender(document: Document, *, few: bool) -> Organisation | None:
    """The one firm of an article, or of several the one whose owner speaks."""
    full = _full_names(document)
    firms: dict[str, Organisation] = {}
    owned: dict[str, Organisation] = {}
    for view in document.body:
        if view.firms and _GUESTS.search(view.text) and not view.has("send", "export"):
            continue  # "PT Semen Padang dan sejumlah perusahaan lain turut hadir"
        for firm in view.firms:
            name = full.get(firm.name, firm.name)
            first = firms.setdefault(name, firm)
            if _OWNER.search(document.text[max(0, firm.start - 30) : firm.start]):
                owned[name] = first
    if len(firms) == 1:
        return next(iter(firms.values()))
    return next(iter(owned.values())) if len(owned) == 1 and few else None


def _is_of_another(drafts: list[Draft], draft: Draft, document: Document, firm: Organisation) -> bool:
    """True for goods unlike those told with the firm, unless the article goes on about the firm."""
    told = [
        d for d in drafts if d is not draft and d.slots.get("exporter") == firm.name and "exporter" in d.spans
    ]
    if not told or not draft.has("products"):
        return False
    if any(goods_words(draft) & goods_words(other) for other in told):
        return False
    first = document.sentences[draft.sentences[0]]
    goes_on = any(0 <= first.index - other.sentences[0] <= _GOES_ON for other in told)
    return not goes_on or bool(_ANOTHER.search(first.text))


def goods_words(draft: Draft) -> set[str]:
    """The words that name the goods of a dispatch, and the other names its article gives them."""
    words = {word for name in draft.listed("products") for word in name.lower().split() if len(word) > 3}
    words -= word_set("product_generic")
    return words | {mark.removeprefix("alias:") for mark in draft.evidence if mark.startswith("alias:")}


def _put(draft: Draft, firm: Organisation) -> None:
    draft.put("exporter", firm.name, (firm.start, firm.end))
