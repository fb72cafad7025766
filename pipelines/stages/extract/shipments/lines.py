"""The lines of a sentence that tells of a dispatch: figures that belong together, with their goods and places."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.article.labels import Label, find_labels
from pipelines.stages.extract.article.markets import destinations
from pipelines.stages.extract.shipments.measures import is_only_wrapped, is_told_again
from pipelines.stages.extract.shipments.sentences import Reading, in_list, lists_markets
from pipelines.text.figures import Figure
from pipelines.text.organisations import Organisation
from pipelines.text.products import product_list_at

_SPLIT = Pattern("shipments.lines.split")
_LIST_LEAD = Pattern("shipments.sentences.list_lead")
_LINE_BREAK = Pattern("shipments.lines.line_break")
_GOODS_LEAD = Pattern("shipments.lines.goods_lead")
_COUNTED_AHEAD = Pattern("shipments.lines.counted_ahead")
_USED_FOR = Pattern("shipments.lines.used_for")
_TOTAL_WORTH = Pattern("shipments.lines.total_worth")
_EACH_IN_TURN = Pattern("shipments.lines.each_in_turn")

_HEADING = Pattern("shipments.lines.heading")
_SENT_AT = Pattern("shipments.lines.sent_at")
_FIRM_JOIN = Pattern("shipments.lines.names_join")
_NAMED_AS = Pattern("shipments.lines.named_as")

_IN_TURN = 40  # characters between "masing-masing" and the first amount


@dataclass(slots=True)
class Line:
    """One figure group of a sentence: what is sent, by whom, where to.

    `told_again` are the figures that give its quantity in another measure; up to `heading` the sentence speaks of all
    its lines.
    """

    start: int
    end: int
    view: SentenceView
    quantity: Figure | None = None
    containers: Figure | None = None
    value: Figure | None = None
    products: list[Label] = field(default_factory=list)
    countries: list[CountryMention] = field(default_factory=list)
    sender: Organisation | None = None
    told_again: list[Figure] = field(default_factory=list)
    heading: int = 0

    @property
    def counts_markets(self) -> bool:
        """True where the line says how many countries its goods go to, not which."""
        return any(f.unit == "country" and self.start <= f.start < self.end for f in self.view.figures)

    @property
    def first_figure(self) -> Figure:
        """The figure that opens the line; every line has one."""
        figures = (self.quantity, self.containers, self.value)
        return min((f for f in figures if f is not None), key=lambda figure: figure.start)


def find_lines(reading: Reading, view: SentenceView, figures: list[Figure]) -> list[Line]:
    """The lines of a sentence, in order: one for each group of its figures of different kinds."""
    groups: list[list[Figure]] = []
    again: list[list[Figure]] = []
    for figure in figures:
        kinds = {f.kind for f in groups[-1]} if groups else set()
        if (
            groups
            and figure.kind not in kinds
            and not _is_worth_of_all(reading.document, figures, groups, figure)
            and not _breaks(reading.document, view, groups[-1][-1], figure)
        ):
            groups[-1].append(figure)
        elif (
            groups
            and figure.kind == "quantity"
            and "quantity" in kinds
            and is_told_again(reading.document, view, groups[-1], figure)
        ):
            last = groups[-1][-1]
            if is_only_wrapped(reading.document, last, figure):
                # "tiga kotak dengan berat 57 kilogram": goods are weighed, boxes only hold them.
                groups[-1][-1] = figure
                again[-1].append(last)
            else:
                again[-1].append(figure)
        else:
            groups.append([figure])
            again.append([])
    _give_worth_to_total(reading.document, groups)
    lines: list[Line] = []
    start = view.start
    figures_last = _goods_come_first(reading.document, view, groups)
    for index, group in enumerate(groups):
        end = view.end
        if index + 1 < len(groups):
            following = groups[index + 1][0].start
            if figures_last:
                following = _goods_between(reading.document, view, group[-1].end, following)
            end = _boundary(reading.document, group[-1].end, following)
            opened = _HEADING.search(reading.document.text, group[-1].end, following)
            if index == 0 and opened and {f.kind for f in group} == {groups[1][0].kind} == {"money"}:
                end = (
                    opened.start()
                )  # "Rp24 miliar, meliputi karet ke India Rp9 miliar": the goods are the parts'
            worth = _TOTAL_WORTH.search(reading.document.text, group[-1].end, following)
            if worth is not None and groups[index + 1][0].kind == "money":
                end = worth.start()
        line = Line(start, end, view, told_again=again[index])
        for figure in group:
            if figure.kind == "quantity":
                line.quantity = figure
            elif figure.kind == "container":
                line.containers = figure
            else:
                line.value = figure
        line.products = _products(reading.document, view, line, group)
        line.countries = destinations(reading.document, view, start, end)
        listed = in_list(reading, view) or _LIST_LEAD.search(view.text) or lists_markets(view, figures)
        if not line.countries and listed:
            line.countries = [m for m in view.countries if start <= m.start < end]
        line.sender = next((firm for firm in view.firms if start <= firm.start < end), None)
        lines.append(line)
        start = end
    if len(lines) == 1 and lines[0].sender is not None:
        lines[0].sender = _together(reading.document, view, lines[0].sender)
    _pair_in_order(reading.document, view, lines)
    _share_what_is_told_once(lines)
    _share_heading(reading.document, view, lines)
    return lines


def _together(document: Document, view: SentenceView, first: Organisation) -> Organisation:
    """A firm with those listed behind it, all of one dispatch: "36.900 kilogram milik PT X dan PT Y"."""
    run = [first]
    for firm in view.firms:
        if firm.start >= run[-1].end and _FIRM_JOIN.fullmatch(document.text, run[-1].end, firm.start):
            run.append(firm)
    return (
        first if len(run) == 1 else replace(first, name="; ".join(firm.name for firm in run), end=run[-1].end)
    )


def _pair_in_order(document: Document, view: SentenceView, lines: list[Line]) -> None:
    """Senders, goods, markets listed ahead of their amounts: "PT X dan PT Y mengekspor pakan masing-masing 240 dan 60 ton"."""
    counted = [line for line in lines if line.quantity is not None or line.containers is not None]
    if len(counted) < 2:
        return
    start = lines[0].first_figure.start
    if not _EACH_IN_TURN.search(document.text, max(view.start, start - _IN_TURN), start):
        return
    firms = [firm for firm in view.firms if firm.end <= start]
    markets = [country for country in view.countries if country.end <= start]
    goods = [
        label
        for label in find_labels(document, view, single=True)
        if label.kind == "product" and label.end <= start
    ]
    for position, line in enumerate(counted):
        if len(firms) == len(counted):
            line.sender = firms[position]
        if len(markets) == len(counted):
            line.countries = [markets[position]]
        if len(goods) == len(counted):
            line.products = [goods[position]]


def _is_worth_of_all(
    document: Document, figures: list[Figure], groups: list[list[Figure]], figure: Figure
) -> bool:
    """True for the one sum behind several amounts: "236 m3 ke Kanada dan 20 m3 ke Oman dengan total nilai Rp15 miliar"."""
    if figure.kind != "money" or len(groups) < 2 or sum(f.kind == "money" for f in figures) > 1:
        return False
    return _TOTAL_WORTH.search(document.text, groups[-1][-1].end, figure.start) is not None


def _give_worth_to_total(document: Document, groups: list[list[Figure]]) -> None:
    """The one sum behind parts that add up is that of their total: "1.600 ekor: 1.300 dan 300, senilai Rp70 juta"."""
    if len(groups) < 3 or [figure.kind for figure in groups[-1]] != ["quantity", "money"]:
        return
    total, *parts = (group[0] for group in groups)
    amounts = [part.value for part in parts if part.kind == "quantity" and part.unit == total.unit]
    alone = all(len(group) == 1 for group in groups[:-1])
    if not alone or len(amounts) != len(parts) or sum(filter(None, amounts)) != total.value:
        return
    if _HEADING.search(document.text, total.end, parts[0].start) and _SENT_AT.search(
        document.text, parts[-1].end, groups[-1][1].start
    ):
        groups[0].append(groups[-1].pop())


def _share_what_is_told_once(lines: list[Line]) -> None:
    """A destination or goods told once are those of all lines; who sends one thing sends the next as well."""
    sending = [line.countries for line in lines if line.countries]
    goods = [line.products for line in lines if line.products]
    sender: Organisation | None = None
    for line in lines:
        if not line.countries and len(sending) == 1 and not line.counts_markets:
            line.countries = sending[0]
        if not line.products and len(goods) == 1:
            line.products = goods[0]
        if line.sender is None:
            line.sender = sender
        else:
            sender = line.sender if line.sender.end <= line.first_figure.start else None


def _share_heading(document: Document, view: SentenceView, lines: list[Line]) -> None:
    """What stands ahead of a list is said of all its lines: "dua komoditas asal Bantaeng milik PT X, yakni ..."."""
    if len(lines) < 2:
        return
    opened = _HEADING.search(document.text, view.start, lines[0].first_figure.start)
    if opened is None:
        return
    owners = {firm.name: firm for firm in view.firms if firm.end <= opened.start()}
    own = any(line.sender is not None and line.sender.start > opened.start() for line in lines)
    for line in lines:
        line.heading = opened.start()
        if line.sender is None and len(owners) == 1 and not own:
            line.sender = next(iter(owners.values()))


def _breaks(document: Document, view: SentenceView, previous: Figure, figure: Figure) -> bool:
    between = document.text[previous.end : figure.start]
    other_sender = any(
        previous.end <= firm.start < figure.start
        and _SPLIT.search(document.text, previous.end, firm.start + 1) is not None
        for firm in view.firms
    )
    return bool(_LINE_BREAK.search(between)) or other_sender or _item_closes(document, view, previous, figure)


def _item_closes(document: Document, view: SentenceView, previous: Figure, figure: Figure) -> bool:
    """True where a list goes on to the next goods: "600 kilogram kerapu tujuan Hongkong, dan rumput laut satu kontainer"."""
    country = next((m for m in view.countries if previous.end <= m.start and m.end <= figure.start), None)
    if country is None and previous.kind != "money":
        return False
    if country is not None and previous.kind == "money" and view.countries[0].end <= previous.start:
        # "Untuk Jepang nilainya Rp10 miliar, ke Vietnam 160 ton": each item opens with its country.
        return _SPLIT.search(document.text, previous.end, country.start) is not None
    comma = _SPLIT.search(document.text, country.end if country else previous.end, figure.start)
    return comma is not None and any(
        comma.end() <= label.start and label.end <= figure.start
        for label in find_labels(document, view, single=True)
        if label.kind == "product"
    )


def _goods_come_first(document: Document, view: SentenceView, groups: list[list[Figure]]) -> bool:
    """True where each sum or amount stands behind its goods: "kerapu sunu 1.115 ekor, kerapu macan 960 ekor"."""
    if len(groups) < 2:
        return False
    goods = [label for label in find_labels(document, view, single=True) if label.kind == "product"]
    ends = [view.start, *(group[-1].end for group in groups)]
    behind = any(label.start >= ends[-1] for label in goods)
    if behind and any(figure.kind != "money" for group in groups for figure in group):
        return False
    return all(
        any(end <= label.start and label.end <= group[0].start for label in goods)
        for end, group in zip(ends, groups, strict=False)
    )


def _goods_between(document: Document, view: SentenceView, start: int, end: int) -> int:
    """Where the next goods are named between two figures, at least behind a separator."""
    labels = find_labels(document, view, single=True)
    return next((x.start for x in labels if x.kind == "product" and start <= x.start and x.end <= end), end)


def _boundary(document: Document, start: int, end: int) -> int:
    """Where a line ends: at the last separator before the next one, but at once where a contrast begins."""
    cut = start
    for match in _SPLIT.finditer(document.text, start, end):
        cut = match.start()
        if match[0].strip(" ,").lower() in ("sedangkan", "sementara", ";"):
            return cut
    return cut


def _named_as(text: str, labels: list[Label]) -> int | None:
    """Where the goods meant begin: behind the kind in "produk olahan kelapa berupa santan beku"."""
    pairs = enumerate(pairwise(labels), start=1)
    return next((at for at, (one, two) in pairs if _NAMED_AS.fullmatch(text, one.end, two.start)), None)


def _products(document: Document, view: SentenceView, line: Line, group: list[Figure]) -> list[Label]:
    text = document.text
    barriers = frozenset(
        [m.start for m in view.countries]
        + [m.start for m in view.regions]
        + [o.start for o in view.firms]
        + [f.start for f in view.figures]
        + [t.start for t in view.times]
    )
    found = find_labels(document, view, single=True)
    for figure in (line.quantity, line.containers):
        if figure is None:
            continue
        ahead = next((label for label in reversed(found) if label.end <= figure.start), None)
        if (
            ahead is not None
            and ahead.kind == "product"
            and line.start <= ahead.start
            and _COUNTED_AHEAD.fullmatch(text, ahead.end, figure.start)
        ):
            break  # "udang beku seberat 100 kg hasil tambak Bacan"
        match = _GOODS_LEAD.match(text, figure.end, line.end)
        offset = match.end() if match else figure.end
        terms = {hit.start: hit.end for hit in view.products}
        phrases = product_list_at(text, offset, line.end, barriers, terms)
        named = _NAMED_AS.match(text, phrases[-1].end, line.end) if phrases else None
        meant = product_list_at(text, named.end(), line.end, barriers, terms) if named else []
        if meant and meant[0].known:
            phrases = meant
        if phrases and (
            phrases[0].known or (figure.kind == "quantity" and phrases[0].start - figure.end < 3)
        ):
            return [Label(p.start, p.end, "product", (p.text,), p.text) for p in phrases]
    labels = [
        label
        for label in found
        if label.kind == "product"
        and line.start <= label.start
        and label.end <= line.end
        and not _USED_FOR.search(text[max(line.start, label.start - 40) : label.start])
    ]
    if not labels:
        return []
    anchor = group[0].start
    before = [label for label in labels if label.end <= anchor]
    opening = _named_as(text, before)
    if opening is not None:
        before = before[opening:]
    chosen = before or labels
    # A coordinated list stays together; anything further away is another topic.
    run = [chosen[-1]] if before else [chosen[0]]
    ordered = reversed(chosen[:-1]) if before else iter(chosen[1:])
    for label in ordered:
        near = run[0].start - label.end if before else label.start - run[-1].end
        if near <= 8:
            run = [label, *run] if before else [*run, label]
        else:
            break
    return run
