"""What a reader knows without being told again: today's date, whose region this is, who is speaking."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.text.dates import Anchor, ResolvedTime, resolve
from pipelines.text.edtf import first_day
from pipelines.text.times import TimeExpression

# A ministry that speaks for the country makes Indonesia the region of an article that names no other.
_MINISTRY = Pattern("article.context.ministry")
_MONTH_OF = re.compile(r"\d{4}-(\d{2})")
_NATIONAL_OFFICE = Pattern("article.context.national_office")
_NATION_TOLD = Pattern("article.context.the_nation")
_SOLD_THERE = Pattern("article.context.sold_there")  # "dijual ke kota besar seperti Bali"
_AS_EXAMPLE = Pattern("article.context.as_example")
_END_TO_END = Pattern("article.context.end_to_end")  # "dari Aceh hingga Papua"
_NATIONAL_BODY = Pattern("article.context.national_body")
_OF_NO_PLACE = frozenset({"dateline", "at"})  # roles of a town where something was only said
_CAPITAL = "Jakarta"
_OPENING = 400  # characters behind the headline, in which a region named counts for more
_OFFICE_IN_PASSING = 1.0  # weight of an office that an article names once, far from its opening
_NATION_WEIGHT = 0.6  # weight of the nation in a release that names it as little as its parts
_EXAMPLE_WEIGHT = 0.3  # of a region that is only an example
_NAMED_WITHOUT_YEAR = frozenset({"month", "month_range", "quarter", "semester"})
_MONTHS_ON = 2  # "Januari ..., Februari ..., Maret ...": a series goes on within the year
# Classes of cues that tell of what is yet to come.
OF_LATER = ("target", "planned", "forecast", "hope")
_NEWS_FOR = 18  # months: what a release tells of is no older; judgement, no golden article decides it
_ROLE_WEIGHT = {
    "office": 3.0,
    "origin": 2.0,
    "bare": 1.0,
    "at": 0.8,
    "route": 0.1,
    "apposition": 0.3,
    "branch": 0.9,
    "dateline": 0.6,
    "seat": 0.3,
}


@dataclass(frozen=True, slots=True)
class ArticleContext:
    """Background of an article.

    Attributes:
        anchor: What relative dates count from.
        home: Kemendagri code of the region the article is about, or None.
        home_weight: Share of that region among all region mentions.
        years_of_months: Month to the one year that the article prints it with.
    """

    anchor: Anchor
    home: str | None
    home_weight: float
    years_of_months: Mapping[int, int] = field(default_factory=dict)

    def resolve(self, expression: TimeExpression, *, base: str | None = None) -> ResolvedTime | None:
        """What a time expression means in this article; a base period lends its year to months without one."""
        anchor = self.anchor
        if base and expression.year is None and expression.form in _NAMED_WITHOUT_YEAR:
            if not expression.word:
                anchor = replace(anchor, year=self._year_beside(expression, base), month=None)
            elif anchor.year is None:
                anchor = replace(anchor, year=int(_last(base)[:4]), month=None)
        return resolve(expression, anchor, base=base)

    def _year_beside(self, expression: TimeExpression, base: str) -> int:
        """The year of a month without one, told beside a base period: that of the base, or one before where it is yet to come."""
        anchor, year = self.anchor, int(_last(base)[:4])
        month = expression.month2 or expression.month
        if month is None or self.years_of_months.get(month) == year:
            return year
        is_past = anchor.year == year and anchor.month is not None and month <= anchor.month
        last = _MONTH_OF.match(_last(base))
        if (
            last
            and month > int(last[1])
            and expression.form == "month"
            and not expression.until
            and not is_past
            and not ("/" not in base and month - int(last[1]) <= _MONTHS_ON)
        ):
            year -= 1
        if anchor.month and year == anchor.year and month > anchor.month and expression.month:
            # "rilis awal 2024 ini: ... pada November naik": what is told has been.
            year -= 1
        return year


def _last(period: str) -> str:
    """The last part of a period in EDTF."""
    return period.rsplit("/", maxsplit=1)[-1]


def resolve_in(
    context: ArticleContext, view: SentenceView, expression: TimeExpression
) -> ResolvedTime | None:
    """What a time expression means within its sentence: "untuk tahun 2025 ... pada Februari" is February 2025."""
    base = None
    if (
        expression.form in ("month", "month_range", "day", "day_range")
        and expression.year is None
        and not expression.word
    ):
        for time in view.times:
            if time.form == "year" or (time.form == "relative" and time.word.startswith("tahun")):
                found = context.resolve(time)
                if found and len(found.edtf) == 4:
                    base = found.edtf
    if base and expression.form in ("day", "day_range"):
        expression = replace(expression, year=int(base), year2=int(base))
    return context.resolve(expression, base=base)


def read_context(document: Document, *, published: str | None) -> ArticleContext:
    """Background of an article from its publication date, its printed dates and its region names."""
    home, weight = _home_region(document)
    return ArticleContext(
        anchor=_anchor(document, published),
        home=home,
        home_weight=weight,
        years_of_months=_years_of_months(document),
    )


def _years_of_months(document: Document) -> dict[int, int]:
    years: defaultdict[int, set[int]] = defaultdict(set)
    for time in document.times:
        if time.form in ("month", "month_range") and time.year and time.month:
            years[time.month].add(time.year)
    return {month: min(told) for month, told in years.items() if len(told) == 1}


def _anchor(document: Document, published: str | None) -> Anchor:
    anchor = Anchor.from_edtf(published)
    if anchor.day or anchor.month:
        return anchor
    printed: list[date] = []
    for expression in document.times:
        if expression.form == "day" and expression.year and expression.month and expression.day:
            found = resolve(expression, Anchor())
            day = first_day(found.edtf) if found else None
            if day and expression.word not in ("mendatang", "nanti", "depan"):
                printed.append(day)
    if anchor.year:
        same = [day for day in printed if day.year == anchor.year]
        return replace(anchor, month=same[0].month) if same else anchor
    told = _last_month_told(document)
    first = next(
        (day for day in printed if told is None or 0 <= _months_between(told, day) <= _NEWS_FOR), None
    )
    if first is not None:
        return Anchor(day=first, year=first.year, month=first.month, is_published=False)
    stated = [e.year for e in document.times if e.form == "year" and e.word == "ini"]
    if stated:
        return Anchor(year=stated[0])
    ranges = [e.year2 or e.year for e in document.times if e.form == "day_range" and e.year]
    if ranges:
        return Anchor(year=ranges[0])
    return Anchor()


def _last_month_told(document: Document) -> tuple[int, int] | None:
    """The last month that an article tells exports of: it came out no earlier, and not years later."""
    return max(
        (
            (time.year2 or time.year, time.month2 or time.month)
            for view in document.sentences
            if view.has("export") and not view.has(*OF_LATER)
            for time in view.times
            if time.form in ("month", "month_range") and time.year and time.month
        ),
        default=None,
    )


def _months_between(month: tuple[int, int], day: date) -> int:
    return (day.year - month[0]) * 12 + day.month - month[1]


def _home_region(document: Document) -> tuple[str | None, float]:
    scores: defaultdict[str, float] = defaultdict(float)
    first_seen: dict[str, int] = {}
    named = Counter(mention.code for mention in document.regions)
    examples = _examples(document)
    for position, mention in enumerate(document.regions):
        if _SOLD_THERE.search(document.text, max(0, mention.start - 90), mention.start):
            continue
        if _ends_the_country(document, position):
            continue
        weight = _ROLE_WEIGHT[mention.role]
        if (
            mention.role == "office"
            and named[mention.code] == 1
            and mention.start >= document.title_end + _OPENING
        ):
            weight = _OFFICE_IN_PASSING
        if mention.start < document.title_end:
            weight *= 1.5
        elif mention.start < document.title_end + _OPENING:
            weight *= 1.6
        if mention.explicit:
            weight *= 1.4
        if named[mention.code] == 1 and any(start <= mention.start < end for start, end in examples):
            weight *= _EXAMPLE_WEIGHT
        scores[mention.code] += weight
        first_seen.setdefault(mention.code, position)
    ministry = sum(len(_MINISTRY.findall(view.text)) for view in document.sentences)
    if ministry:
        scores["ID"] += 1.2 * ministry
        first_seen.setdefault("ID", len(document.regions))
    if not scores:
        return ("ID", 0.0) if document.says(_NATIONAL_BODY) else (None, 0.0)
    total = sum(scores.values())
    national = document.says(_NATIONAL_OFFICE)
    if national:
        # Statistics, quarantine and customs offices report for the province, whatever regency is praised in passing.
        for mention in document.regions:
            region = regions()[mention.code]
            if (
                region.level != "province"
                and mention.role in ("branch", "dateline")
                and region.parent_code in scores
            ):
                scores[region.parent_code] += 0.9
            if (
                region.level != "province"
                and mention.role in ("origin", "bare")
                and mention.start > document.title_end + _OPENING
                and mention.code in scores
            ):
                scores[mention.code] -= 1.0
    if _is_of_the_nation(document, national=national):
        return "ID", _NATION_WEIGHT
    best = max(scores, key=lambda code: (scores[code], -first_seen[code]))
    level = regions()[best].level
    if national and level in ("city", "regency"):
        own = any(m.code == best and m.role in ("office", "origin") for m in document.regions)
        if not own and regions()[best].parent_code in scores:
            best = regions()[best].parent_code
            level = "province"
    if level == "province":
        # A regency that is named again and again outweighs the province it lies in.
        inside = [
            code for code in scores
            if regions()[code].parent_code == best and scores[code] >= 0.9 * scores[best]
            and any(m.code == code and m.role in ("office", "origin", "bare", "at") for m in document.regions)
        ]  # fmt: skip
        if inside:
            best = max(inside, key=lambda code: scores[code])
    return best, scores[best] / total


def _examples(document: Document) -> list[tuple[int, int]]:
    """Where sentences behind the opening give an example: "Kopi dari Humbang Hasundutan, umpamanya, rutin dibeli Amerika"."""
    return [
        (view.start, view.end)
        for view in document.body
        if view.start >= document.title_end + _OPENING and _AS_EXAMPLE.search(view.text)
    ]


def _ends_the_country(document: Document, position: int) -> bool:
    """True for one of two provinces that only say how far something reaches: "74 perajin dari Aceh hingga Papua"."""
    mention = document.regions[position]
    if regions()[mention.code].level != "province":
        return False
    for first, last in ((position, position + 1), (position - 1, position)):
        if first >= 0 and last < len(document.regions):
            start, end = document.regions[first].start, document.regions[last].end
            if end - start < 60 and _END_TO_END.fullmatch(document.text, max(0, start - 5), end):
                return True
    return False


def _is_of_the_nation(document: Document, *, national: bool) -> bool:
    """True for news of the capital that names provinces only as parts: "Ekspor sawit RI naik ... paling banyak dari Riau"."""
    body = [m for m in document.regions if m.start >= document.title_end]
    if not body or body[0].role not in _OF_NO_PLACE or not body[0].name.endswith(_CAPITAL):
        return False
    if any(
        m.role in ("office", "branch", "seat") or (m.name.endswith(_CAPITAL) and m.role == "origin")
        for m in document.regions
    ):
        return False
    opening = next((view for view in document.body if view.has("export")), None)
    if opening is None or any(not m.name.endswith(_CAPITAL) for m in opening.regions):
        return False
    if national and not document.cue_classes & {"send_strong"}:
        return True
    return document.says(_NATION_TOLD) or document.says(_NATIONAL_BODY)


def region_name(code: str | None) -> str | None:
    """Official name with level of a region code; None for None."""
    return regions()[code].name if code else None


def speaks_for_nation(document: Document, context: ArticleContext) -> bool:
    """True where a ministry speaks and no region does: the article's region is only where it spoke."""
    own = ("office", "origin", "branch")
    return document.says(_MINISTRY) and not any(
        m.role in own and m.code == context.home for m in document.regions
    )
