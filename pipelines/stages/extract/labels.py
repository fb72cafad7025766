"""Which goods and which country a figure stands for: labels beside figures, chains and respectively-lists."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.text.figures import Figure
from pipelines.text.products import product_list_at

_AFTER = Pattern("labels.after")
_COUNTRY_JOIN = Pattern("labels.country_join")
_NOT_SCOPE = Pattern("labels.not_scope")
_GENERIC_START = Pattern("labels.generic_start")
_SECTOR = Pattern("labels.sector")
_HS_CODE = re.compile(r"\s*\((?:hs\s*)?\d{2,4}\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Label:
    """Goods or countries that stand together.

    Attributes:
        start, end: Span.
        kind: `product` or `country`.
        values: Product names, or country codes.
        text: As printed.
    """

    start: int
    end: int
    kind: str
    values: tuple[str, ...]
    text: str


def find_labels(document: Document, view: SentenceView, *, single: bool = False) -> list[Label]:
    """Product and country groups of a sentence in order; a coordinated list is one label unless `single`."""
    if single not in view.labels:
        view.labels[single] = _read_labels(document.text, view, single=single)
    return list(view.labels[single])


def _read_labels(text: str, view: SentenceView, *, single: bool) -> list[Label]:
    labels: list[Label] = []
    barriers = frozenset(
        [m.start for m in view.countries]
        + [m.start for m in view.regions]
        + [f.start for f in view.figures]
        + [t.start for t in view.times]
        + [o.start for o in view.firms]
        + [o.start for o in view.agencies]
    )
    taken = [(o.start, o.end) for o in view.firms] + [(o.start, o.end) for o in view.agencies]
    terms = {hit.start: hit.end for hit in view.products}
    position = view.start
    for hit in view.products:
        if hit.start < position or any(a <= hit.start < b for a, b in taken):
            continue
        if text[hit.start - 1 : hit.start] == "(" and labels and hit.start - labels[-1].end <= 2:
            # "perhiasan (permata)": the brackets only explain the name before them.
            continue
        if text[hit.start].isupper() and _inside_name(text, view.start, hit.start):
            continue
        if _NOT_SCOPE.search(text[max(view.start, hit.start - 14) : hit.start]):
            continue
        start = _generic_start(text, view.start, hit.start)
        phrases = product_list_at(text, start, view.end, barriers, terms)
        if not phrases:
            continue
        if single:
            for phrase in phrases:
                labels.append(Label(phrase.start, phrase.end, "product", (phrase.text,), phrase.text))
        else:
            first, last = phrases[0], phrases[-1]
            labels.append(
                Label(
                    first.start,
                    last.end,
                    "product",
                    tuple(p.text for p in phrases),
                    text[first.start : last.end],
                )
            )
        position = phrases[-1].end
    for match in _SECTOR.finditer(text, view.start, view.end):
        start, end = match.span(1)
        if any(label.start < end and start < label.end for label in labels):
            continue
        labels.append(Label(start, end, "product", (match[1],), match[1]))
    group: list[Label] = []
    for mention in view.countries:
        label = Label(
            mention.start, mention.end, "country", (mention.code,), text[mention.start : mention.end]
        )
        clear = not group or not any(group[-1].end <= f.start < mention.start for f in view.figures)
        if group and clear and not single and _COUNTRY_JOIN.fullmatch(text, group[-1].end, mention.start):
            previous = group[-1]
            values = previous.values if mention.code in previous.values else (*previous.values, mention.code)
            group[-1] = replace(
                previous, end=mention.end, values=values, text=text[previous.start : mention.end]
            )
        elif (
            group
            and re.fullmatch(r"\s*,\s*|\s*\(\s*", text[group[-1].end : mention.start])
            and group[-1].values[-1] == mention.code
        ):
            group[-1] = replace(group[-1], end=mention.end)
        else:
            group.append(label)
    labels.extend(group)
    labels.sort(key=lambda label: label.start)
    return labels


def _inside_name(text: str, floor: int, start: int) -> bool:
    """True for a capitalised word behind another one: "Tanjung Emas", "Pelabuhan Anggrek"."""
    match = re.search(r"([^\W\d_][\w’'-]*) $", text[max(floor, start - 24) : start])
    return match is not None and match[1][0].isupper() and start - len(match[0]) > floor


def _generic_start(text: str, floor: int, start: int) -> int:
    """Where a phrase begins that has a generic head: "produk perikanan", "hasil hutan"."""
    match = _GENERIC_START.search(text[max(floor, start - 16) : start])
    return start - len(match[0]) if match else start


def label_after(document: Document, view: SentenceView, figure: Figure, labels: list[Label]) -> Label | None:
    """The label that a connective behind the figure points to ("US$ 5 juta dari kopi", "18 ton ke Jepang")."""
    match = _AFTER.match(document.text, figure.end, view.end)
    if not match:
        return None
    for label in labels:
        if 0 <= label.start - match.end() <= 12 and label.start >= match.end():
            return label
    return None


def label_before(figure: Figure, labels: list[Label], floor: int, *, kind: str | None = None) -> Label | None:
    """The closest label between an offset and the figure, of one kind if given."""
    best = None
    for label in labels:
        if label.start >= floor and label.end <= figure.start and (kind is None or label.kind == kind):
            best = label
    return best
