"""Which figures of a mission's sentence are its delegation and its deals."""

from __future__ import annotations

from decimal import Decimal

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.visits import countries_of
from pipelines.stages.extract.draft import Draft
from pipelines.text.figures import Figure

_OTHER_MONEY = Pattern("missions.figures.other_money")
_AT_LAST = Pattern("missions.figures.at_last")  # "saat penutupan naik menjadi"
_SO_FAR = Pattern("missions.figures.so_far")  # "hingga hari kedua tercatat"
_CHANGED_BY = Pattern("missions.figures.changed_by")
_ABROAD_OWNER = Pattern("missions.figures.abroad_owner")
_OF_COUNTRY = Pattern("missions.figures.of_country")  # "empat pelaku usaha di Malaysia"
_OTHER_PEOPLE = Pattern("missions.figures.other_people")
_ESTIMATED = Pattern("missions.figures.estimated")  # "potensi pembelian diperkirakan Rp20 miliar"
_HOSTS = Pattern("missions.figures.hosts")
_TO_PAY_FOR = Pattern("missions.figures.to_pay_for")  # "Rp180 juta untuk misi dagang ke Johor"
_TOTAL = Pattern("missions.figures.total")
_TOTAL_BEHIND = Pattern("missions.figures.total_behind")
_ONE_DEAL = Pattern("missions.figures.one_deal")
_TARGET = Pattern("missions.figures.target")
_TARGET_AHEAD = Pattern("missions.figures.target_ahead")
_TARGET_BEHIND = Pattern("missions.figures.target_behind")
_POTENTIAL = Pattern("missions.figures.potential")
_SIGNED = Pattern("missions.figures.signed")
_CLAUSE_END = Pattern("missions.figures.clause_end")
_SUM_OF = Pattern("missions.figures.sum_of")
_PARTS = Pattern("missions.figures.parts")
_SIDE = Pattern("missions.figures.side")


def deals(view: SentenceView) -> list[Figure]:
    """Sums of money in a sentence that could be transactions, in order."""
    return [
        figure
        for figure in view.figures
        if figure.kind == "money" and figure.value is not None and not figure.is_rate and not figure.same_as
    ]


def deals_told(document: Document, view: SentenceView) -> list[Figure]:
    """The deals of a sentence, without those that a total behind them sums up: "A Rp2 miliar, B Rp3 miliar, total Rp5 miliar"."""
    figures = deals(view)
    for position in range(len(figures) - 1, 1, -1):
        figure = figures[position]
        if _TOTAL_BEHIND.search(document.text, figures[position - 1].end, figure.start):
            return [f for f in figures[:position] if is_target(document, view, f)] + figures[position:]
    return figures


def is_transaction(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True where the words before a sum make it a mission's deal, not a price, a budget or exports in general."""
    before = document.text[max(view.start, figure.start - 110) : figure.start]
    if _OTHER_MONEY.search(before) or _CHANGED_BY.search(before):
        return False
    if _TO_PAY_FOR.match(document.text, figure.end, view.end):
        return False
    governor = view.last_cue_before(
        figure.start,
        "price",
        "budget",
        "import",
        "transaction",
        "potential",
        "target",
        "achieved",
        "export",
        "capacity",
        "mission",
    )
    if governor is None:
        after = view.first_cue_after(figure.end, "transaction", "mission", "price")
        return after is None or "price" not in after.codes
    classes = set(governor.codes)
    if classes & {"price", "import"} or (classes & {"budget", "capacity"} and not classes & {"transaction"}):
        return False
    return "export" not in classes or bool(classes & {"transaction"})


def delegation(
    document: Document, view: SentenceView, hosts: frozenset[str], *, received: bool = False
) -> tuple[Figure | None, bool]:
    """The count of people or firms that took part, and whether the text calls it the total of both sides.

    The people of the regions that receive the mission (codes in `hosts`) are not counted, nor the guests from abroad
    where the region has `received` them.
    """
    people = [
        figure
        for figure in view.figures
        if figure.kind == "people"
        and figure.value is not None
        and figure.value > 1  # "salah satu pembeli"
        and figure.unit in ("firm", "person", "exporter")
        and _is_delegation(document, view, figure, hosts)
    ]
    total = next(
        (f for f in people if _TOTAL.search(document.text[max(view.start, f.start - 16) : f.start])), None
    )
    if total is None:
        # "24 pengusaha dari Tawau Malaysia dengan 30 pengusaha Jatim": the region's own.
        people = [f for f in people if not _is_of_guests(document, view, f)]
    return total or (people[0] if people else None), total is not None


def _is_of_guests(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a count of people from abroad."""
    owner = next((m for m in view.countries if m.start >= figure.end), None)
    if any(mention.code in view.guests for mention in countries_of(view, figure.end)):
        return True
    return owner is not None and bool(_ABROAD_OWNER.fullmatch(document.text, figure.end, owner.start))


def _is_delegation(document: Document, view: SentenceView, figure: Figure, hosts: frozenset[str]) -> bool:
    after = document.text[figure.end : figure.end + 30]
    if any(_OF_COUNTRY.fullmatch(document.text, figure.end, mention.start) for mention in view.countries):
        return False
    owner = next((m for m in view.regions if m.start >= figure.end), None)
    if (
        owner is not None
        and owner.code in hosts
        and _HOSTS.fullmatch(document.text[figure.end : owner.start])
    ):
        return False
    return not _OTHER_PEOPLE.match(after)


def is_target(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a sum that the mission aims at."""
    floor = max([view.start, *(f.end for f in view.figures if f.kind == "money" and f.end <= figure.start)])
    before = document.text[max(floor, figure.start - 70) : figure.start]
    if _TARGET_AHEAD.match(view.text) and floor == view.start:
        return True
    if _ESTIMATED.search(before):
        return False
    return bool(_TARGET.search(before)) or bool(
        _TARGET_BEHIND.match(document.text[figure.end : figure.end + 40])
    )


def is_part(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for one side of a total: what was sold, bought or invested."""
    before = document.text[max(view.start, figure.start - 70) : figure.start]
    return lists_parts(view) or (bool(_SIDE.search(before)) and len(deals(view)) > 1)


def lists_parts(view: SentenceView) -> bool:
    """True for a sentence that breaks a total down."""
    return bool(_PARTS.search(view.text))


def is_one_deal(view: SentenceView) -> bool:
    """True for a sentence about one deal of several: the largest, one of them, one firm's."""
    return bool(_ONE_DEAL.search(view.text)) or any(f.kind == "quantity" for f in view.figures)


def is_finer_sum(figure: Figure, mission: Draft) -> bool:
    """True for the sum of a mission told again with more digits: "Rp1,88 triliun ..., tercatat Rp1,882 triliun"."""
    old, new = mission.slots.get("transaction"), figure.value
    if not isinstance(old, Decimal) or new is None or figure.currency != mission.slots.get("currency"):
        return False
    if _digits(new) <= _digits(old):
        return False
    vague = mission.qualifiers.get("transaction") in ("more_than", "at_least", "about", "nearly")
    return abs(new - old) * (10 if vague else 100) < old


def is_final_sum(document: Document, view: SentenceView, figure: Figure, mission: Draft) -> bool:
    """True for the sum at the end of a mission of which only the sum so far was told: "siang hari Rp52 miliar, sorenya ..."."""
    old, span = mission.slots.get("transaction"), mission.spans.get("transaction")
    if not isinstance(old, Decimal) or span is None or figure.value is None or figure.value <= old:
        return False
    if figure.currency != mission.slots.get("currency") or figure.start < span[0]:
        return False
    told = next(
        (v for v in map(document.sentences.__getitem__, mission.sentences) if v.start <= span[0] < v.end),
        view,
    )
    if _SO_FAR.search(document.text, told.start, span[0]) is None:
        return False
    return _AT_LAST.search(document.text, max(view.start, span[1]), figure.start) is not None


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def transaction_status(document: Document, view: SentenceView, figure: Figure) -> str:
    """`potential` for letters of intent and chances, else `realised`."""
    before = document.text[max(view.start, figure.start - 70) : figure.start]
    end = _CLAUSE_END.search(document.text, figure.end, figure.end + 40)
    after = document.text[figure.end : end.start() if end else figure.end + 40]
    if _POTENTIAL.search(before) and not _SIGNED.search(before + after):
        return "potential"
    if _POTENTIAL.search(view.text) and not _SIGNED.search(view.text):
        return "potential"
    previous = document.sentences[view.index - 1] if view.index else None
    if previous is not None and _SUM_OF.search(view.text) and _POTENTIAL.search(previous.text):
        return "potential"
    return "realised"
