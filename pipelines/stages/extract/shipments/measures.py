"""One amount of goods in two measures: weighed again in another unit, counted and weighed, or packed."""

from __future__ import annotations

from decimal import Decimal

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.figures import Figure

_SAME_MASS_GAP = Pattern("shipments.measures.same_mass_gap")
_PACKED_IN = Pattern("shipments.measures.packed_in")
_WEIGHING = Pattern("shipments.measures.weighing")
_IN_ALL = Pattern("shipments.measures.in_all")
_LINE_BREAK = Pattern("shipments.lines.line_break")

MASSES = {"tonne": Decimal(1000), "kg": Decimal(1), "gram": Decimal("0.001")}  # kilograms
_TOLD_ANEW = 60  # characters between a mass and the same in another unit
PACKAGES = frozenset(
    {"sack", "carton", "box", "pack", "bottle", "roll", "head", "piece", "unit", "sheet", "stem"}
)
_OUTER = frozenset({"carton", "box", "sack"})
_INNER = frozenset({"pack", "piece", "bottle"})
WRAPPED = frozenset({"carton", "box", "sack", "pack"})


def is_told_again(document: Document, view: SentenceView, group: list[Figure], figure: Figure) -> bool:
    """True for a quantity that measures anew what the last figures of a line count."""
    return (
        _same_mass(document, group, figure)
        or _counted_and_weighed(document, view, group, figure)
        or _weighed_and_packed(document, group, figure)
        or _packed_twice(document, view, group, figure)
    )


def is_only_wrapped(document: Document, packages: Figure, mass: Figure) -> bool:
    """True for packages and the weight of what they hold: "tiga kotak dengan berat 57 kilogram"."""
    if packages.unit not in WRAPPED or mass.unit not in MASSES:
        return False
    return _WEIGHING.search(document.text, packages.end, mass.start) is not None


def _same_mass(document: Document, group: list[Figure], figure: Figure) -> bool:
    """True for one line told in two units: "52 ton ... 52.000 kilogram", "447 ekor, netto 156 kg"."""
    last = group[-1]
    if last.kind != "quantity":
        return False
    between = document.text[last.end : figure.start]
    one, two = _kilograms(last), _kilograms(figure)
    if one is not None and two is not None:
        if one == two and last.unit != figure.unit and len(between) <= _TOLD_ANEW:
            return True
        if one != two and _IN_ALL.search(between):
            # "..., ubi jalar 300 kg dengan total 17.390 kg" sums up a list.
            return False
    return bool(_SAME_MASS_GAP.fullmatch(between))


def _kilograms(figure: Figure) -> Decimal | None:
    if figure.unit not in MASSES or figure.value is None:
        return None
    return figure.value * MASSES[figure.unit]


def _counted_and_weighed(document: Document, view: SentenceView, group: list[Figure], figure: Figure) -> bool:
    """True for goods counted and then weighed: "1.150 ekor, tujuannya sama, 470 kilogram"."""
    counted = next((f for f in group if f.kind == "quantity"), None)
    if counted is None or counted.unit in MASSES or figure.unit not in MASSES:
        return False
    between = document.text[counted.end : figure.start]
    named = any(counted.end + 1 < hit.start < figure.start for hit in view.products)
    # "60 meter kubik plywood ke Singapura, 19 ton kopi ke Belgia": the second has goods of its own.
    behind = next((hit.key for hit in view.products if hit.start == figure.end + 1), None)
    named = named or (
        behind is not None and all(hit.key != behind for hit in view.products if hit.end <= figure.start)
    )
    return not named and not _LINE_BREAK.search(between)


def _weighed_and_packed(document: Document, group: list[Figure], figure: Figure) -> bool:
    """True for goods weighed or counted, and then their packages: "7.300 kg pala dalam 292 karung"."""
    weighed = group[-1]
    if (
        weighed.unit not in (*MASSES, "head", "piece")
        or figure.unit == weighed.unit
        or figure.unit not in PACKAGES
    ):
        return False
    return _PACKED_IN.fullmatch(document.text, weighed.end, figure.start) is not None


def _packed_twice(document: Document, view: SentenceView, group: list[Figure], figure: Figure) -> bool:
    """True for cartons and then what they hold: "1.080 kardus keripik ke Malaysia, sebanyak 14 ribu kemasan"."""
    outer = group[-1]
    if outer.unit not in _OUTER or figure.unit not in _INNER or len({hit.key for hit in view.products}) > 1:
        return False
    return not _LINE_BREAK.search(document.text[outer.end : figure.start])
