"""Goods, country and period of each figure of a report: labels beside it, chains, respectively-lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.stages.extract.article.labels import Label, find_labels, label_after, span_of_goods
from pipelines.stages.extract.article.periods import PERIOD_FORMS, period_of
from pipelines.stages.extract.realisations.scope import ReportState
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_FILLER = Pattern("realisations.attachments.filler")
_SEPARATOR = Pattern("realisations.attachments.separator")
_CIRCUMSTANCE = Pattern("realisations.attachments.circumstance")
_NO_LABEL = Pattern("realisations.attachments.no_label")
_MARKET_BEHIND = Pattern("realisations.attachments.market_behind")
_SAME_CLAUSE = Pattern("realisations.attachments.same_clause")
_UNLIKE = Pattern("realisations.attachments.unlike")
_WHOSE_OWN = Pattern("realisations.attachments.whose_own")
_UNLIKE_WITHIN = 34  # characters before a name that set it apart
_FROM = Pattern("realisations.attachments.from")
_DRIVES = Pattern("realisations.attachments.drives")
_OF_ALL = Pattern("realisations.attachments.of_all")
_PART_AGAIN = Pattern("realisations.attachments.part_again")
_BREAKS_CHAIN = Pattern("realisations.attachments.breaks_chain")
_OTHER_MEASURE = Pattern("realisations.attachments.other_measure")
_FIGURE_JOIN = Pattern("realisations.attachments.figure_join")
_NAME_JOIN = Pattern("realisations.attachments.name_join")
_AND = Pattern("article.labels.and")


_TOLD_IN_TURN = PERIOD_FORMS - {"relative"}
_IN_TURN_WITHIN = 25  # characters from a list of periods to "masing-masing"
_AMOUNTS = ("money", "quantity", "percent")
_TWO_MEASURES = 3  # kinds of figures of a list told in two measures, growth among them


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class Attached:
    """A figure with what stands beside it; `whole` where it is the total that goods are a part of."""

    figure: Figure
    product: Label | None
    country: Label | None
    time: TimeExpression | None
    compared: bool
    whole: bool = False


def attach_labels(
    document: Document, view: SentenceView, figures: list[Figure], labels: list[Label], state: ReportState
) -> list[Attached]:
    """Give each figure its goods, its country and its time."""
    respectively = _respectively(document, view, figures)
    in_turn = _times_in_turn(document, view, figures)
    # "Pembeli nontimah ialah Tiongkok 9,87 juta, Bangladesh 5,10 juta": goods told once for a list of countries.
    opening = next((label for label in labels if label.end <= figures[0].start), None)
    shared = None
    if (
        opening is not None
        and opening.kind == "product"
        and any(label.kind == "country" and opening.end <= label.start < figures[0].start for label in labels)
    ):
        shared = opening
    elif respectively and all(label.kind == "country" for label in respectively.values()):
        # "Jerman dan Belanda masing-masing membeli ikan kaleng 24 ton dan 19,5 ton"
        shared = next(
            (
                label
                for label in reversed(labels)
                if label.kind == "product" and label.end <= figures[0].start
            ),
            None,
        )
    # "Meski krisis Eropa belum usai, ekspor Bantul naik": no market.
    told_first = _CIRCUMSTANCE.match(document.text, view.start, view.end)
    circumstance = told_first.end() if told_first else view.start
    attached: list[Attached] = []
    floor = view.start
    previous: Attached | None = None
    used_times: set[int] = set()
    behind: set[int] = set()  # labels that stand behind an earlier figure and belong to it
    for figure, next_figure in zip(figures, [*figures[1:], None], strict=True):
        following = next_figure.start if next_figure else view.end
        product = country = None
        if figure.start in respectively:
            label = respectively[figure.start]
            product, country = (label, None) if label.kind == "product" else (shared, label)
        else:
            after = label_after(document, view, figure, labels) or _adjacent(document, figure, labels)
            if after is None or after.kind == "country":
                after = _market_behind(document, view, figure, labels)
            own = [
                label
                for label in labels
                if floor <= label.start
                and label.end <= figure.start
                and label.start not in behind
                and not _is_unlike(document, view, label)
                and not (label.kind == "country" and label.end <= circumstance <= figure.start)
                and not (label.kind == "product" and _is_of_all(document, label.end, figure.start))
                and not (label.kind == "product" and _DRIVES.match(document.text, label.end, figure.start))
                and not _left_out(document, label, labels, figure)
            ]
            before_product = next(
                (label for label in reversed(own) if label.kind == "product" and not _is_scope(label, state)),
                None,
            )
            before_country = next((label for label in reversed(own) if label.kind == "country"), None)
            if before_country and (
                _is_scope(before_country, state)
                or _is_origin_country(document, before_country)
                or _is_of_all(document, before_country.end, figure.start)
            ):
                before_country = None
            if after and after.kind == "product":
                before_product = after
                if before_country is None and after.start >= figure.end:
                    # "12.480 ton pelet kayu asal Gorontalo dikirim ke Jepang"
                    before_country = _market_behind(document, view, figure, labels, goods=after)
                    if before_country is not None:
                        behind.add(before_country.start)
                if any(label.start > after.start and label.end <= following for label in labels):
                    # "Jepang US$ 121.744 berupa cakalang, dan Australia US$ 63.054"
                    behind.add(after.start)
            elif after and after.kind == "country":
                before_country = after
                behind.add(after.start)
            product, country = before_product, before_country
            if product is None and country is not None and shared is not None:
                product = shared
            if product is None and country is None and state.report:
                product = _bare_label(document, view, figure, floor)
            if (
                product is None
                and country is None
                and previous is not None
                and _chained(document, previous.figure, figure)
            ):
                product, country = previous.product, previous.country
        time, compared = (
            (in_turn[figure.start], False)
            if figure.start in in_turn
            else period_of(document, view, figure, used_times, figures)
        )
        chained = previous is not None and previous.whole and _chained(document, previous.figure, figure)
        whole = chained or _is_of_all(document, floor, figure.start)
        item = Attached(figure, product, country, time, compared, whole)
        attached.append(item)
        previous = item
        floor = figure.end
    return _with_other_measures(document, attached)


def _is_of_all(document: Document, start: int, end: int) -> bool:
    """True where an amount is the total: "9 persen dari total ekspor US$ 31 juta", not "... dari total ekspor atau 2 juta"."""
    total = _OF_ALL.search(document.text, start, end)
    return total is not None and not _PART_AGAIN.search(document.text, total.end(), end)


def _with_other_measures(document: Document, attached: list[Attached]) -> list[Attached]:
    """Share goods and country between the measures of one thing: "molase 5.500 ton ke Filipina senilai USD812.000"."""
    read = list(attached)
    for i in range(len(read) - 1):
        first, second = read[i], read[i + 1]
        goods = first.product
        behind = goods.end if goods and first.figure.end <= goods.start < second.figure.start else 0
        gap = document.text[max(first.figure.end, behind) : second.figure.start]
        if first.figure.kind == second.figure.kind or "percent" in (first.figure.kind, second.figure.kind):
            continue
        if not _OTHER_MEASURE.fullmatch(gap):
            continue
        if (
            first.time is None
            and second.time
            and second.time.start >= second.figure.end
            and not second.compared
        ):
            # "naik menjadi 32 ton atau senilai Rp613 juta pada periode yang sama 2020"
            read[i] = first = replace(first, time=second.time)
        if second.product is not None and second.product.start > max(first.figure.end, behind):
            continue  # "612.440 USD tujuan Singapura, tuna beku 14 dokumen": the next goods
        if second.product is None and first.product is not None:
            read[i + 1] = second = replace(second, product=first.product)
        if second.country is not None and first.country is None:
            # The one behind the last measure belongs to all of them.
            for k in range(i, -1, -1):
                if read[k].product is not second.product or read[k].country is not None:
                    break
                read[k] = replace(read[k], country=second.country)
        elif second.country is None and first.country is not None:
            read[i + 1] = replace(second, country=first.country)
    return read


def _bare_label(document: Document, view: SentenceView, figure: Figure, floor: int) -> Label | None:
    """Goods that no lexicon knows: the short noun phrase between a separator and a figure of a list."""
    text = document.text
    segment = text[max(floor, view.start) : figure.start]
    trimmed = _FILLER.sub("", segment)
    cut = [match.end() for match in _SEPARATOR.finditer(trimmed)]
    start = cut[-1] if cut else 0
    phrase = trimmed[start:].strip()
    words = phrase.split()
    if not 1 <= len(words) <= 4 or len(phrase) < 4 or not phrase[0].isalpha() or _NO_LABEL.search(phrase):
        return None
    if (start == 0 and floor > view.start) or any(char.isdigit() for char in phrase) or phrase[0].isupper():
        return None
    offset = max(floor, view.start) + trimmed.rindex(phrase)
    if any(cue.start < offset + len(phrase) and offset < cue.end for cue in view.cues):
        return None
    named: list[Spanned] = [*view.regions, *view.times, *view.countries]
    if any(mention.start < offset + len(phrase) and offset < mention.end for mention in named):
        return None
    return Label(offset, offset + len(phrase), "product", (phrase,), phrase)


def _market_behind(
    document: Document, view: SentenceView, figure: Figure, labels: list[Label], *, goods: Label | None = None
) -> Label | None:
    """Where the amount went, told behind it and its goods: "17,02 juta dolar AS yang dikapalkan lewat Meulaboh ke India"."""
    text = document.text
    start = goods.end if goods else figure.end
    label = next((found for found in labels if found.start >= start), None)
    if label is None or label.kind != "country":
        return None
    for region in view.regions if goods else ():
        if start <= region.start < label.start and _FROM.search(text, start, region.start):
            start = region.end  # "tuna asal Bitung dikirim ke Jepang": where the goods come from
    if not _MARKET_BEHIND.fullmatch(text, start, label.start):
        return None
    if any(f.kind in _AMOUNTS[:2] and figure.end <= f.start < label.start for f in view.figures):
        return None
    # ", ke Tiongkok 611,90 juta": the market of the next amount.
    following = next((f for f in view.figures if f.start >= label.end), None)
    goes_on = following is not None and _SAME_CLAUSE.fullmatch(text, label.end, following.start)
    return None if goes_on and "," in text[figure.end : label.start] else label


def _adjacent(document: Document, figure: Figure, labels: list[Label]) -> Label | None:
    """Goods right behind a quantity ("112,7 ton tuna"), or alone in brackets behind any amount ("US$ 5 juta (kayu)")."""
    text = document.text
    if text.startswith(" (", figure.end):
        return next(
            (label for label in labels if label.start == figure.end + 2 and text.startswith(")", label.end)),
            None,
        )
    if figure.kind != "quantity":
        return None
    return next(
        (label for label in labels if label.kind == "product" and label.start == figure.end + 1), None
    )


def _is_scope(label: Label, state: ReportState) -> bool:
    return (
        state.commodity is not None
        and label.start == state.commodity.start
        and label.end == state.commodity.end
    ) or (state.destination is not None and label.start == state.destination.start)


def _is_unlike(document: Document, view: SentenceView, label: Label) -> bool:
    """True for what a figure is set apart from: "Berbeda dengan karet, kopi naik 3 persen", not "... dengan karet yang naik"."""
    start = max(view.start, label.start - _UNLIKE_WITHIN)
    return bool(_UNLIKE.search(document.text, start, label.start)) and not _WHOSE_OWN.match(
        document.text, label.end
    )


def _left_out(document: Document, label: Label, labels: list[Label], figure: Figure) -> bool:
    """True for goods left out before the goods of a figure: "Di luar nikel, ekspor hasil laut USD 9,87 juta"."""
    others = any(
        other.kind == "product" and label.end < other.start and other.end <= figure.start for other in labels
    )
    return label.kind == "product" and others and span_of_goods(document.text, label)[0] < label.start


def _is_origin_country(document: Document, label: Label) -> bool:
    before = document.text[max(0, label.start - 12) : label.start]
    return bool(_FROM.search(before))


def _chained(document: Document, first: Figure, second: Figure) -> bool:
    """True where the second figure goes on about the same thing as the first."""
    between = document.text[first.end : second.start]
    return len(between) < 160 and not _BREAKS_CHAIN.search(between)


def _respectively(document: Document, view: SentenceView, figures: list[Figure]) -> dict[int, Label]:
    """Pairs of a respectively-list: figure offset to its label."""
    pairs: dict[int, Label] = {}
    for cue in view.cues_of("respectively"):
        after = [f for f in figures if f.start >= cue.end]
        run: list[Figure] = []
        for figure in after:
            if run and (figure.kind != run[0].kind or figure.start - run[-1].end > 60):
                break
            run.append(figure)
        single = [label for label in find_labels(document, view, single=True) if label.end <= cue.start]
        for kind in ("country", "product"):
            chosen = [label for label in single if label.kind == kind][-len(run) :]
            if not single and len(run) >= 2:
                chosen = _listed_before(document, view, kind)
            if len(run) >= 2 and len(chosen) == len(run):
                for figure, label in zip(run, chosen, strict=True):
                    pairs[figure.start] = label
                # "masing-masing 34 ton dan 21 ton atau senilai US$75 juta dan US$39 juta"
                others = [figure for figure in after if figure.start > run[-1].end][: len(run)]
                if (
                    len(others) == len(run)
                    and len({figure.kind for figure in others} | {run[0].kind, "percent"}) == _TWO_MEASURES
                    and _OTHER_MEASURE.fullmatch(document.text, run[-1].end, others[0].start)
                ):
                    pairs.update({figure.start: label for figure, label in zip(others, chosen, strict=True)})
                break
    pairs.update(_parallel_lists(document, view, figures, pairs))
    return pairs


def _times_in_turn(
    document: Document, view: SentenceView, figures: list[Figure]
) -> dict[int, TimeExpression]:
    """Periods of a list, one for each figure: "Juli dan Juni masing-masing senilai USD2,72 juta dan USD3,26 juta"."""
    text = document.text
    pairs: dict[int, TimeExpression] = {}
    for cue in view.cues_of("respectively"):
        run: list[Figure] = []
        for figure in figures:
            if figure.start < cue.end or (run and figure.kind != run[0].kind):
                continue
            if run and not _FIGURE_JOIN.fullmatch(text, run[-1].end, figure.start):
                break
            run.append(figure)
        listed: list[TimeExpression] = []
        for time in reversed([t for t in view.times if t.end <= cue.start and t.form in _TOLD_IN_TURN]):
            if listed and not _NAME_JOIN.fullmatch(text, time.end, listed[0].start):
                break
            listed[:0] = _pair_of_periods(text, time)
        near = listed and cue.start - listed[-1].end <= _IN_TURN_WITHIN
        if near and len(run) == len(listed) >= 2:
            year = listed[-1].year
            dated = (replace(time, year=time.year or year) for time in listed)
            pairs.update({figure.start: time for figure, time in zip(run, dated, strict=True)})
    return pairs


def _pair_of_periods(text: str, time: TimeExpression) -> list[TimeExpression]:
    """Two months of "Januari dan Februari", two years of "2020 dan 2021"; any other period as it stands."""
    if time.form not in ("month_range", "year_range") or not _AND.search(text, time.start, time.end):
        return [time]
    first = replace(time, form=time.form.removesuffix("_range"), year2=None, month2=None)
    return [first, replace(first, year=time.year2 or time.year, month=time.month2)]


def _listed_before(document: Document, view: SentenceView, kind: str) -> list[Label]:
    """Names of the sentence before, with no amounts or a list of them: "... karet dan kayu. Nilainya masing-masing ..."."""
    before = document.sentences[view.index - 1] if view.index else None
    if before is None:
        return []
    end = before.end
    if any(figure.kind in _AMOUNTS for figure in before.figures):
        # "Pertanian dan industri masing-masing 0,3 juta dan 34,9 juta. Bulan sebelumnya masing-masing 0,3 juta dan 30,9 juta."
        end = next((cue.start for cue in before.cues_of("respectively")), before.start)
    labels = find_labels(document, before, single=True)
    return [label for label in labels if label.kind == kind and label.end <= end]


def _parallel_lists(
    document: Document, view: SentenceView, figures: list[Figure], known: dict[int, Label]
) -> dict[int, Label]:
    """A list of names and then one of as many figures: "Belanda dan Korsel dengan US$ 2,2 juta dan US$ 1,4 juta"."""
    text = document.text
    runs: list[list[Figure]] = []
    for figure in figures:
        gap = text[runs[-1][-1].end : figure.start] if runs else ""
        if runs and runs[-1][-1].kind == figure.kind and _FIGURE_JOIN.fullmatch(gap):
            runs[-1].append(figure)
        else:
            runs.append([figure])
    pairs: dict[int, Label] = {}
    single = find_labels(document, view, single=True)
    for run in runs:
        if len(run) < 2 or run[0].start in known:
            continue
        before = [label for label in single if label.end <= run[0].start][-len(run) :]
        if (
            len(before) == len(run)
            and len({label.kind for label in before}) == 1
            and run[0].start - before[-1].end <= 40
        ):
            joined = all(_NAME_JOIN.fullmatch(text[a.end : b.start]) for a, b in pairwise(before))
            if joined:
                pairs.update({figure.start: label for figure, label in zip(run, before, strict=True)})
    return pairs
