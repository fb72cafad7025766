"""Earlier editions of a fair told beside it: "TEI 2022 kita cuma Rp1,1 miliar", "tahun lalu enam UMKM, Rp3,75 miliar"."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.context import ArticleContext
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.exhibitions.names import fair_place
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

_ABOUT = Pattern("exhibitions.editions.about")
_OF_COUNTRIES = Pattern("exhibitions.editions.of_countries")
_TARGET = Pattern("exhibitions.read.target")
_THAT_TIME = Pattern("exhibitions.editions.that_time")
_VISITORS = Pattern("exhibitions.editions.visitors")

_NO_SALES = ("price", "budget", "import", "export", "capacity")


@dataclass(frozen=True, slots=True)
class Edition:
    """An earlier edition in a sentence: its time, its year, what was sold and who took part; `end` is where it ends."""

    time: TimeExpression
    year: str
    money: Figure | None
    people: Figure | None
    end: int

    def holds(self, figure: Figure) -> bool:
        """True for a figure that tells of this edition."""
        return self.time.start <= figure.start < self.end


def read_edition(
    document: Document, context: ArticleContext, view: SentenceView, year: int | None
) -> Edition | None:
    """The edition before that of `year` which a sentence about the fair tells with a figure of its own, or None."""
    if year is None or view.has("import", "training", "mission") or not _ABOUT.search(view.text):
        return None
    for time in view.times:
        if time.form != "year" and not (time.form == "relative" and time.word.startswith("tahun")):
            continue
        resolved = context.resolve(
            time, base=str(year) if time.word.endswith(("sebelumnya", "berikutnya")) else None
        )
        if resolved is None or not resolved.edtf[:4].isdigit() or int(resolved.edtf[:4]) >= year:
            continue
        end = next((t.start for t in view.times if t.start >= time.end and t.form == "year"), view.end)
        money = next(
            (f for f in view.figures if time.end <= f.start < end and _is_sale(document, view, f)), None
        )
        people = next(
            (f for f in view.figures if time.end <= f.start < end and took_part(document, view, f)), None
        )
        if money is not None or people is not None:
            return Edition(time, resolved.edtf[:4], money, people, end)
    return None


def is_of_that_time(view: SentenceView) -> bool:
    """True for a sentence that goes on about the edition just told: "Waktu itu kita bawa 10 pelaku usaha"."""
    return bool(_THAT_TIME.search(view.text))


def took_part(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a count of people or firms that took part in a fair, not of those who came to see or to buy."""
    return (
        figure.kind == "people"
        and figure.value is not None
        and figure.unit in ("firm", "person", "exporter")
        and not _VISITORS.search(document.text, max(view.start, figure.start - 40), figure.end + 14)
        and not _OF_COUNTRIES.match(document.text, figure.end)
    )


def as_draft(
    document: Document, edition: Edition, fair: Draft, view: SentenceView, region: str | None
) -> Draft:
    """The claim of an earlier edition of `fair`, where `region` had its stand; without a name, its place tells it."""
    draft = Draft("exhibition", "exhibition.edition", [view.index], edition.time.start)
    draft.put("region", region)
    draft.fill("name", fair.slots.get("name"), fair.spans.get("name"))
    if not draft.has("name"):
        place, span = fair_place(document, view, None)
        draft.fill("place", place, span)
    draft.put("date", edition.year, (edition.time.start, edition.time.end))
    draft.put("status", "realised")
    if edition.money is not None:
        draft.put_figure("transaction", edition.money)
    if edition.people is not None:
        draft.put_figure("participants", edition.people)
        draft.slots.pop("unit", None)
    return draft


def once(editions: list[Draft], fairs: list[Draft]) -> list[Draft]:
    """Each edition once, by whose and of which year it is, and not where the article tells it as a fair of its own."""
    told = {_identity(fair) for fair in fairs if fair.has("transaction") or fair.has("participants")}
    kept: list[Draft] = []
    for draft in editions:
        if _identity(draft) not in told:
            told.add(_identity(draft))
            kept.append(draft)
    return kept


def _identity(draft: Draft) -> tuple[object, ...]:
    return draft.slots.get("name"), draft.slots.get("region"), str(draft.slots.get("date") or "")[:4]


def _is_sale(document: Document, view: SentenceView, figure: Figure) -> bool:
    if figure.kind != "money" or figure.value is None or figure.is_rate or figure.same_as:
        return False
    if _TARGET.search(document.text[max(view.start, figure.start - 50) : figure.start]):
        return False
    governor = view.last_cue_before(figure.start, "transaction", "achieved", *_NO_SALES)
    return governor is None or bool(set(governor.codes) & {"transaction", "achieved"})
