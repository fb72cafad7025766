"""An article with everything the rules look at: sentences, figures, times, places, names and cue words."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from pipelines.lexicons.loader import product_terms, word_set
from pipelines.lexicons.patterns import Pattern, read_ahead
from pipelines.stages.extract.article.visits import mark_visits
from pipelines.text.figures import Figure, find_figures
from pipelines.text.gazetteer import Hit, find_hits, lower
from pipelines.text.organisations import (
    Organisation,
    find_agencies,
    find_brands,
    find_firms,
    is_carrier,
    without_heads,
    without_labels,
)
from pipelines.text.places import RegionMention, find_datelines, find_regions
from pipelines.text.sentences import Sentence, split_sentences
from pipelines.text.times import TimeExpression, find_times

if TYPE_CHECKING:
    from pipelines.stages.extract.article.labels import Label
    from pipelines.stages.extract.article.speakers import Speakers

_THAT_ONE = Pattern("article.document.that_one")
_HOTEL_NAME = Pattern("article.document.hotel_name")  # "Swiss Bell Hotel"


class Spanned(Protocol):
    """Anything with a place in the text."""

    @property
    def start(self) -> int:
        """Offset of its first character."""

    @property
    def end(self) -> int:
        """Offset behind its last character."""


_TELLING = frozenset(("export", "send", "send_strong"))

S = TypeVar("S", bound=Spanned)


# Not frozen: see figures.Figure.
@dataclass(slots=True)
class CountryMention:
    """A country, foreign city or world area named in a text."""

    start: int
    end: int
    code: str
    key: str


@dataclass(slots=True)
class SentenceView:
    """One sentence with the mentions that lie in it.

    Attributes:
        sentence, text: Its span and words.
        figures, times, regions, countries, firms, agencies, products, fairs, cues: Mentions in order.
        start, end, index: Offsets of the sentence, and its position among those of the article.
        place: Its position among those that tell something; what is only said around them takes no place.
        classes: Classes of its cue words.
        labels: What `labels.find_labels` found in it, as lists or as single names; filled on first use.
        words: What `words.placed_words` makes of it; filled on first use.
        chances: How likely it makes a claim, by type (weighing/likelihood.py); filled on first use.
        guests: Countries of the guests whose visit it tells (visits.py).
        hosts: Countries that traders of ours go to, where only the words of the sentence together tell it.
    """

    sentence: Sentence
    text: str
    figures: list[Figure]
    times: list[TimeExpression]
    regions: list[RegionMention]
    countries: list[CountryMention]
    firms: list[Organisation]
    agencies: list[Organisation]
    products: list[Hit]
    fairs: list[Hit]
    cues: list[Hit]
    # Copied from the sentence, for they are asked for a hundred times as often as a view is made.
    start: int = field(init=False)
    end: int = field(init=False)
    index: int = field(init=False)
    place: int = field(init=False, default=0)
    classes: frozenset[str] = field(init=False)
    labels: dict[bool, list[Label]] = field(default_factory=dict)
    words: list[tuple[str, int]] | None = None
    chances: dict[str, float] = field(default_factory=dict)
    guests: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self.start, self.end, self.index = self.sentence.start, self.sentence.end, self.sentence.index
        self.classes = _classes_of(self.cues)
        if "buys" in self.classes and self.countries:
            self.cues = _seen_from_here(self.cues, self.countries[0])
            self.classes = _classes_of(self.cues)

    def add_cue(self, cue: Hit) -> None:
        """Put a cue that only the whole sentence shows among those of its words."""
        self.cues = sorted([*self.cues, cue])
        self.classes = _classes_of(self.cues)

    @property
    def tells(self) -> bool:
        """False for a quote, an advertisement or the like: it names no figure, country or firm and sends nothing."""
        if self.figures or self.countries or self.firms:
            return True
        return not self.classes.isdisjoint(_TELLING)

    def has(self, *classes: str) -> bool:
        """True where a cue of any of the classes stands in the sentence."""
        return not self.classes.isdisjoint(classes)

    def cues_of(self, *classes: str) -> list[Hit]:
        """The cues of these classes, in order."""
        if self.classes.isdisjoint(classes):
            return []
        wanted = set(classes)
        return [cue for cue in self.cues if not wanted.isdisjoint(cue.codes)]

    def is_speech_time(self, start: int, end: int) -> bool:
        """True for the day on which somebody spoke: behind "kata X", at the end of the sentence."""
        spoken = any(cue.end <= start for cue in self.cues_of("speech"))
        return spoken and self.end - end <= 3

    def last_cue_before(self, offset: int, *classes: str) -> Hit | None:
        """The cue of these classes that ends before an offset and starts last."""
        if self.classes.isdisjoint(classes):
            return None
        wanted = set(classes)
        for cue in reversed(self.cues):
            if cue.end <= offset and not wanted.isdisjoint(cue.codes):
                return cue
        return None

    def first_cue_after(self, offset: int, *classes: str) -> Hit | None:
        """The cue of these classes that starts closest behind an offset."""
        if self.classes.isdisjoint(classes):
            return None
        wanted = set(classes)
        for cue in self.cues:
            if cue.start >= offset and not wanted.isdisjoint(cue.codes):
                return cue
        return None


@dataclass(slots=True)
class Document:
    """An article ready to be read by the rules; every offset counts in `text`.

    Attributes:
        text: The article after cleaning.
        title_end: Where the headline ends; 0 where there is none.
        sentences: Every sentence, headline included.
        regions, times, firms, agencies: What the whole article names, in order.
        cue_classes: Classes of all its cue words.
        is_report: Whether it is a statistics release; None until `reports.is_report` has judged it.
        speakers: Who speaks; None until `speakers.speakers` has looked.
        body: Sentences behind the headline.
    """

    text: str
    title_end: int
    sentences: list[SentenceView]
    regions: list[RegionMention]
    times: list[TimeExpression]
    firms: list[Organisation]
    agencies: list[Organisation]
    cue_classes: frozenset[str]
    is_report: bool | None = None
    speakers: Speakers | None = None
    body: list[SentenceView] = field(init=False)

    def __post_init__(self) -> None:
        self.body = [view for view in self.sentences if view.start >= self.title_end]
        telling = {view.sentence.paragraph for view in self.sentences if view.tells}
        place = 0
        for view in self.sentences:
            place += view.sentence.paragraph in telling
            view.place = place

    def before(self, view: SentenceView) -> SentenceView | None:
        """The sentence before one; none before the first behind the headline."""
        return self.sentences[view.index - 1] if view.index > self.body[0].index else None

    def says(self, wording: Pattern) -> bool:
        """True where a sentence has a wording."""
        return wording.may_match(self.text) and any(wording.search(view.text) for view in self.sentences)

    def paragraph_of(self, view: SentenceView) -> list[SentenceView]:
        """The sentences of the paragraph that one stands in."""
        first, last, paragraph = view.index, view.index + 1, view.sentence.paragraph
        while first and self.sentences[first - 1].sentence.paragraph == paragraph:
            first -= 1
        while last < len(self.sentences) and self.sentences[last].sentence.paragraph == paragraph:
            last += 1
        return self.sentences[first:last]

    def around(self, view: SentenceView, reach: int) -> list[SentenceView]:
        """The sentences so many places before and behind one, those between them that tell nothing included."""
        first, last = view.index, view.index
        while first and view.place - self.sentences[first - 1].place <= reach:
            first -= 1
        while last + 1 < len(self.sentences) and self.sentences[last + 1].place - view.place <= reach:
            last += 1
        return self.sentences[first : last + 1]


def build_document(text: str, *, title: str | None) -> Document:
    """Find every mention of an article once; the rules then only look things up."""
    sentences = split_sentences(text)
    printed = read_ahead(text, [(sentence.start, sentence.end) for sentence in sentences])
    lowered = lower(text)
    names, cues = find_hits(text, lowered)
    times = find_times(text)
    figures = find_figures(text, taken=[(t.start, t.end) for t in times])
    regions = find_regions(text, names)
    countries = [
        CountryMention(hit.start, hit.end, hit.codes[0], hit.key)
        for hit in names
        if hit.kind == "country"
        and hit.codes[0] != "ID"
        and text[hit.end : hit.end + 1] != "$"
        and not _is_inside(figures, hit)
        and not _HOTEL_NAME.match(text, hit.end)
    ]
    countries = _told_before(text, countries)
    agencies = without_heads(text, find_agencies(text), regions)
    named_firms = [firm for firm in find_firms(text) if not _overlaps(agencies, firm)]
    firms = [firm for firm in named_firms if not is_carrier(firm)]
    agencies = sorted([*agencies, *filter(is_carrier, named_firms)], key=_start)
    cues = _outside_names(cues, firms)
    countries = [mention for mention in countries if not _is_area_of_name(firms, mention)]
    regions = [mention for mention in regions if not _is_of_name(text, firms, mention)]
    found = find_brands(text)
    regions = [mention for mention in regions if not _is_of_name(text, found, mention)]
    named: tuple[Sequence[Spanned], ...] = (agencies, firms, regions, countries, figures, times)
    nation = {hit.start for hit in names if hit.kind == "country" and hit.codes[0] == "ID"}
    brands = [
        brand
        for brand in found
        if brand.name.lower() not in product_terms()  # "sentra IKM Rendang" makes rendang
        and brand.start not in nation  # "UMKM Indonesia"
        and not any(_overlaps(mentions, brand) for mentions in named)
    ]
    firms = without_labels(text, sorted([*firms, *brands], key=_start))
    datelines = find_datelines(text, regions)
    products = [
        hit
        for hit in names
        if hit.kind == "product"
        and not _overlaps(agencies, hit)
        and not _overlaps(datelines, hit)  # "Kupang, Mutiara Online – Ekspor ..."
    ]
    fairs = [hit for hit in names if hit.kind == "fair"]
    mentions = (figures, times, regions, countries, firms, agencies, products, fairs, cues)
    own = zip(*(_by_sentence(found, sentences) for found in mentions), strict=True)
    views = [
        SentenceView(sentence, words, *found)
        for sentence, words, found in zip(sentences, printed, own, strict=True)
    ]
    title_end = len(title) if title and text.startswith(title) else 0
    cues += mark_visits(views, title_end)
    return Document(
        text=text,
        title_end=title_end,
        sentences=views,
        regions=regions,
        times=times,
        firms=firms,
        agencies=agencies,
        cue_classes=_classes_of(cues),
    )


def _told_before(text: str, countries: list[CountryMention]) -> list[CountryMention]:
    """The countries with "negeri jiran tersebut" as the one told before it, "negeri jiran Singapura" as that one."""
    read: list[CountryMention] = []
    for mention, then in zip(countries, [*countries[1:], None], strict=False):
        if then is not None and mention.key in word_set("neighbour") and then.start == mention.end + 1:
            continue
        told = read and mention.key in word_set("neighbour") and _THAT_ONE.match(text, mention.end)
        read.append(replace(mention, code=read[-1].code) if told else mention)
    return read


def _outside_names(cues: list[Hit], firms: list[Organisation]) -> list[Hit]:
    """The cues without the "perdana" of "CV Tirta Perdana"; "PT Tirta Ekspor Perdana ..." is a headline, no name."""
    sends = [cue for cue in cues if "send_strong" in cue.codes or "export" in cue.codes]
    names = [firm for firm in firms if not _overlaps(sends, firm)]
    return [cue for cue in cues if "first" not in cue.codes or not _overlaps(names, cue)]


def _is_area_of_name(firms: Sequence[Organisation], country: CountryMention) -> bool:
    """True for the Pasifik of "PT Indo Numfor Pasifik", which is no market."""
    position = bisect_left(firms, country.end, key=_start)
    inside = position > 0 and firms[position - 1].start < country.start < firms[position - 1].end
    return inside and country.code.startswith("M49")


def _is_of_name(text: str, firms: Sequence[Organisation], region: RegionMention) -> bool:
    """True for the Medan of "PT Medan Sugar Industry" and the initials of "PT Pulau Bintan Djaya (PBD)"."""
    position = bisect_left(firms, region.end, key=_start)
    firm = firms[position - 1] if position > 0 else None
    if firm is None:
        return False
    initials = "".join(word[0] for word in firm.name.split())
    return (firm.start < region.start and region.end < firm.end) or (
        text[firm.end : region.end + 1] == f" ({text[region.start : region.end]})"
        and initials.endswith(text[region.start : region.end])
    )


def _classes_of(cues: list[Hit]) -> frozenset[str]:
    return frozenset().union(*[cue.codes for cue in cues])


def _seen_from_here(cues: list[Hit], country: CountryMention) -> list[Hit]:
    """What another country imports is our export: "Jerman dan Belanda mengimpor ikan kaleng 24 ton"."""
    return [
        cue._replace(codes=("buyer", "achieved")) if "buys" in cue.codes and country.end <= cue.start else cue
        for cue in cues
    ]


def _overlaps(mentions: Sequence[Spanned], hit: Spanned) -> bool:
    """True where a name is part of another mention: the AS of "dolar AS"."""
    position = bisect_left(mentions, hit.end, key=_start)
    return position > 0 and mentions[position - 1].end > hit.start


def _is_inside(mentions: Sequence[Spanned], hit: Spanned) -> bool:
    """True where a name ends with another mention, the AS of "dolar AS"; not "negara ASEAN" behind "sejumlah negara"."""
    position = bisect_left(mentions, hit.end, key=_start)
    around = mentions[position - 1] if position else None
    return around is not None and around.start <= hit.start and around.end >= hit.end


def _by_sentence(mentions: Sequence[S], sentences: Sequence[Sentence]) -> list[list[S]]:
    """For each sentence the mentions that lie in it, in order."""
    found: list[list[S]] = [[] for _ in sentences]
    starts = [sentence.start for sentence in sentences]
    for mention in mentions:
        index = bisect_right(starts, mention.start) - 1
        if index >= 0 and mention.end <= sentences[index].end:
            found[index].append(mention)
    return found


def _start(mention: Spanned) -> int:
    return mention.start
