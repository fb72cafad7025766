"""Whether a clause says that goods are sold abroad, or are a main export, and whether that is still a plan."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView
from pipelines.stages.extract.article.narrator import means_firm
from pipelines.stages.extract.article.reports import is_report
from pipelines.stages.extract.presence.pairs import Pair
from pipelines.stages.extract.weighing.likelihood import SALE, likelihood

_PLAN = Pattern("presence.read.plan")
_SOLD = Pattern("presence.gates.sold")
_STRONG_SOLD = Pattern("presence.read.strong_sold")
_RANKED_MARKETS = Pattern("presence.read.ranked_markets")
_RANKED_FIRST = Pattern("presence.gates.ranked_first")
_NOT_YET = Pattern("presence.gates.not_yet")
_LITTLE_SOLD = Pattern("presence.gates.little_sold")
_READ_CLAUSE = Pattern("presence.gates.read_clause")
_RANKED = Pattern("presence.gates.ranked")
_LISTED = Pattern("presence.gates.listed")
_FOREIGN = Pattern("presence.gates.foreign")
_EXAMPLE = Pattern("presence.gates.example")
_ELLIPTIC = Pattern("presence.gates.elliptic")
_NO_SALE = Pattern("presence.gates.no_sale")
_SAMPLE = Pattern("presence.gates.sample")
_COUNTED_NEXT = Pattern("presence.gates.counted_next")
_HOME_PRIDE = Pattern("presence.gates.home_pride")
_PEOPLE = Pattern("presence.gates.people")
_IMPORTERS = Pattern("presence.gates.importers")
_OF_THE_NATION = Pattern("presence.gates.of_the_nation")
_FRACTION = Pattern("presence.gates.fraction")
_NO_EXPORT = Pattern("presence.gates.no_export")
_ONLY_TALK = Pattern("presence.gates.only_talk")
_GOODS_WORD = Pattern("presence.gates.goods_word")
_POINTS_BACK = Pattern("presence.gates.points_back")
_HABIT = Pattern("presence.read.habit")
_ROUTINE = Pattern("presence.read.routine")
_PER_TIME = Pattern("presence.gates.per_time")
_MORE_OF = Pattern("presence.gates.more_of")
_CONDITION = Pattern("presence.gates.condition")
_LIST_OF_THEIRS = Pattern("presence.gates.list_of_theirs")
_HOPE = Pattern("presence.gates.hope")
_MET_AT = Pattern("presence.gates.met_at")
_MIGHT = Pattern("presence.gates.might")
_WISH = Pattern("presence.gates.wish")
_PARTS = Pattern("presence.gates.parts")
_RULE_TALK = Pattern("presence.gates.rule_talk")
_BUYERS_USE = Pattern("presence.gates.buyers_use")
_SO_THAT = Pattern("presence.read.so_that")
_EXPORT_OF = Pattern("presence.gates.export_of")
_ONE_MORE = Pattern("presence.gates.one_more")

_LIKELY = 0.5  # unseen sets gained as much between .35 and .6
_THEIRS = 4  # sentences back in which a paragraph says so of "their" goods
_MEASURES = ("money", "quantity", "container")
_COUNTS_NOTHING_SOLD = ("number", "percent", "people", "count")  # figures that count nothing that is sold


def tells_of_crime(document: Document) -> bool:
    """True where the headline or the opening tells of smuggling."""
    return any(view.has("smuggling") for view in [*document.sentences[:1], *document.body[:2]])


def names_main_goods(view: SentenceView) -> bool:
    """False where a sentence has no word that lists or ranks goods; a cheap test before all others."""
    text = view.text
    return bool(view.products) and bool(
        _LISTED.search(text) or _RANKED.search(text) or _LIST_OF_THEIRS.match(text)
    )


def may_speak_of_sales(document: Document, view: SentenceView) -> bool:
    """False for sentences about smuggling, imports, missions, people who travel, what buyers make of goods, examples."""
    near = document.sentences[max(0, view.index - 2) : view.index + 1]
    paragraph = view.sentence.paragraph
    crime = any(other.has("smuggling") and other.sentence.paragraph == paragraph for other in near)
    if crime or _PEOPLE.search(view.text):
        return False
    if view.has("mission") and not _STRONG_SOLD.search(view.text):
        return False
    imports = view.has("import") and not view.has("export", "buyer") and not _IMPORTERS.search(view.text)
    if imports or _ONLY_TALK.search(view.text) or _OF_THE_NATION.match(view.text):
        return False
    following = document.sentences[view.index + 1 : view.index + 2]
    if any(_NO_EXPORT.match(o.text) for o in following if o.sentence.paragraph == paragraph):
        return False  # "... dibawa warga ke Papua Nugini. Barang itu belum dapat disebut ekspor."
    return not (_EXAMPLE.search(view.text) or _BUYERS_USE.match(view.text))


def ranks_markets(text: str) -> bool:
    """True where markets are ranked or told as regular ones: "negara tujuan utama", "Terbesar ke Jepang"."""
    return bool(_RANKED_MARKETS.search(text) or _RANKED_FIRST.match(text))


def tells_of_sale(text: str) -> bool:
    """True where a clause says that something is sold, liked or sent somewhere, wherever that is."""
    return bool(_STRONG_SOLD.search(text) or _SOLD.search(text)) and not (
        _not_yet(text) or _CONDITION.search(text)
    )


def is_sold(document: Document, view: SentenceView, pair: Pair, *, busy: bool) -> bool:
    """True where a clause with markets says that goods reach them.

    Args:
        document: The article.
        view: The sentence.
        pair: A clause of it with its goods and markets.
        busy: Whether figures of the sentence belong to claims of other types.
    """
    text = document.text[pair.start : pair.end]
    figures = [
        f
        for f in view.figures
        if pair.start <= f.start < pair.end
        and f.kind in _MEASURES
        and (f.value is not None or f.low is not None)
        and not f.is_rate
    ]
    if _PER_TIME.search(text) or (
        figures
        and _ROUTINE.search(text)
        and any(f.is_rate for f in view.figures if f.start >= figures[-1].start)
    ):
        figures = []  # "rutin mengirim salak ke Thailand, 350 koli atau empat ton per minggu"
    wished = _WISH.search(document.text, pair.start, pair.countries[0].start)
    if _CONDITION.search(text) or _MIGHT.search(text) or wished:
        return False
    if figures and (busy or not pair.products or any(f.kind != "money" for f in figures)):
        return False
    grows = view.has("growth_up", "growth_down")
    counted = any(f.kind in ("money", "quantity", "percent") for f in view.figures)
    told = ranks_markets(text) or _STRONG_SOLD.search(text)
    if not pair.products and (_FRACTION.search(text) or (grows and (counted or not told))):
        return False
    share = len(pair.countries) == 1 and view.has("share")
    if _not_yet(text) or _is_sample(document, pair) or share:
        return False
    if _STRONG_SOLD.search(text):
        return True
    if (_PLAN.search(text) and _SOLD.search(text)) or ranks_markets(text):
        return True
    return _is_elliptic(document, pair)


def is_likely_sold(document: Document, view: SentenceView, pair: Pair, *, busy: bool) -> bool:
    """True for a clause with markets and without figures that looks like those of sales, in words that no rule knows."""
    text = document.text[pair.start : pair.end]
    counted = any(
        f.kind in (*_MEASURES, "percent") and not f.is_rate and pair.start <= f.start < pair.end
        for f in view.figures
    )
    if busy or counted or _not_yet(text) or _is_sample(document, pair):
        return False
    if any(pattern.search(text) for pattern in (_NO_SALE, _CONDITION, _HOPE, _MIGHT, _WISH)):
        return False
    return likelihood(document, view, SALE) >= _LIKELY


def goes_on(document: Document, view: SentenceView, pair: Pair) -> bool:
    """True for a clause that sets other goods and markets beside a sale just told, with whatever verb.

    "Yang ke Tiongkok rumput laut, sedangkan ke Korea Selatan ikan beku", "..., sementara Malaysia memilih beras putih".
    """
    text = document.text[pair.start : pair.end]
    if not pair.products or not pair.countries or _not_yet(text) or _is_sample(document, pair):
        return False
    if any(pair.start <= f.start < pair.end and f.kind in _MEASURES for f in view.figures):
        return False
    return not (_NO_SALE.search(text) or _CONDITION.search(text))


def _is_sample(document: Document, pair: Pair) -> bool:
    comma = document.text.find(",", pair.countries[-1].end, pair.end)
    return bool(_SAMPLE.search(document.text, pair.start, comma if comma >= 0 else pair.end))


def _is_elliptic(document: Document, pair: Pair) -> bool:
    """Goods and where they go, with no verb that says so: "Gurita banyak ke Italia"."""
    if not pair.products or not pair.countries or pair.products[-1].end > pair.countries[0].start:
        return False
    text = document.text
    gap = text[pair.products[-1].end : pair.countries[0].start]
    return bool(_ELLIPTIC.search(gap)) and not _NO_SALE.search(text, pair.start, pair.end)


def is_main_export(document: Document, view: SentenceView, pair: Pair, *, busy: set[int]) -> bool:
    """True where a clause without markets names what a region exports most: "masih bertumpu pada batu bara"."""
    text = document.text[pair.start : pair.end]
    if view.index in busy or _not_yet(text) or not (_RANKED.search(text) or _LIST_OF_THEIRS.match(text)):
        return False
    if (
        view.has("import")
        or (_says(view, pair, "domestic") and not _FOREIGN.search(text))
        or _RULE_TALK.search(text)
        or _HOPE.search(text)
        or _MIGHT.search(text)
    ):
        return False
    if _says(view, pair, "growth_up", "growth_down") and not _MORE_OF.search(text):
        return False
    if _goes_on_about_imports(document, view):
        return False
    following = document.sentences[view.index + 1] if view.index + 1 < len(document.sentences) else None
    if following and following.figures and _COUNTED_NEXT.match(following.text):
        return False
    if any(
        m.role == "route"
        and pair.start <= m.start < pair.end
        and document.text[m.start - 3 : m.start] == "ke "
        for m in view.regions
    ):
        return False
    reach = 2 if view.index - 1 in busy or is_report(document) else int(not _HOME_PRIDE.search(text))
    if _LIST_OF_THEIRS.match(text):
        # "Produk mereka antara lain ...": whatever the paragraph said of their selling.
        reach = _THEIRS
    near = [
        other
        for other in document.sentences[max(0, view.index - reach) : view.index + 1]
        if reach != _THEIRS or other.sentence.paragraph == view.sentence.paragraph
    ]
    # Goods listed behind a mission are those it took along, unless the sentence itself says that they are sold abroad.
    if any(other.has("mission") for other in near) and not _FOREIGN.search(text):
        return False
    # "Hasil industri tercatat 27,82 juta dolar. Isinya antara lain karet dan kayu lapis."
    parts = is_report(document) and len(pair.products) > 1 and _PARTS.match(text)
    abroad = parts and not any(other.has("import") for other in near)
    if not abroad and not any(
        _FOREIGN.search(other.text) or (other.countries and ranks_markets(other.text)) for other in near
    ):
        return False
    return not any(
        f.kind in ("money", "quantity", "percent") and not f.is_rate
        for f in view.figures
        if pair.start <= f.start < pair.end
    )


def _goes_on_about_imports(document: Document, view: SentenceView) -> bool:
    """True where the sentence before is about imports only, and this one does not turn to exports: "Mesin mendominasi"."""
    before = document.sentences[view.index - 1] if view.index else None
    if before is None or before.sentence.paragraph != view.sentence.paragraph or view.has("export"):
        return False
    if before.has("import"):
        return not before.has("export")
    # "Impor ... Sebagian besar didatangkan dari Australia. Mesin mendominasi."
    return before.index > 0 and not before.has("export") and _goes_on_about_imports(document, before)


def _says(view: SentenceView, pair: Pair, *classes: str) -> bool:
    """True for a sentence with such a cue: not beside the clause that tells of goods, nor behind its "sehingga"."""
    behind = pair.products[-1].end
    outcome = _SO_THAT.search(view.text, behind - view.start)
    stop = min(pair.end, view.start + outcome.start()) if outcome else pair.end
    return any(pair.start <= cue.start < stop for cue in view.cues_of(*classes))


def may_leave_goods_out(document: Document, view: SentenceView, pair: Pair, text: str) -> bool:
    """True where a clause may name markets alone: "Negara tujuan utama ...", "Produknya dibawa ke ..."."""
    if is_report(document) and len(pair.countries) == 1 and not _ONE_MORE.search(text):
        # A release that names one market at length gives its figure elsewhere.
        return False
    if view.fairs or view.has("fair"):
        return False
    counted = any(f.value is not None for f in view.figures)
    told = names_ranked_markets(text) or tells_of_all_goods(document, view, pair)
    if view.has("growth_up", "growth_down") and (counted or not told):
        return False
    if any(
        pair.start <= f.start < pair.end and f.kind not in _COUNTS_NOTHING_SOLD and not f.is_rate
        for f in view.figures
    ):
        return False
    return told or bool(_GOODS_WORD.search(text) or _HABIT.search(text))


def tells_of_all_goods(document: Document, view: SentenceView, pair: Pair) -> bool:
    """True for a clause on all that a region exports: "Ekspor Sulsel sebagian besar ke ...", "Barang asal Buol dikirim ke"."""
    return any(_EXPORT_OF.search(document.text, max(pair.start, m.start - 30), m.start) for m in view.regions)


def leaves_goods_implied(document: Document, view: SentenceView, pair: Pair) -> bool:
    """True where a seller is told and a plan or a habit, but not what is sold: "kami juga akan masuk ke Jepang"."""
    text = document.text[pair.start : pair.end]
    if view.products or view.has("mission", "training", "growth_up", "growth_down"):
        return False
    if tells_of_fair(document, view, pair):
        return False
    seller = means_firm(text) or any(pair.start <= firm.start < pair.end for firm in view.firms)
    return seller and any(p.search(text) for p in (_PLAN, _ROUTINE, _HABIT, _STRONG_SOLD))


def tells_of_fair(document: Document, view: SentenceView, pair: Pair) -> bool:
    """True where a sentence tells of a fair, not only of where its speaker or a buyer was met.

    "... ke Yaman," ucapnya di sela pameran; "berencana masuk Korea setelah bertemu pembeli di pameran".
    """
    fairs = [cue.start for cue in view.cues_of("fair")] + [fair.start for fair in view.fairs]
    if not fairs or not pair.countries:
        return bool(fairs)
    aside = _MET_AT.search(document.text, pair.countries[-1].end, view.end)
    return aside is None or min(fairs) < aside.start()


def points_back(text: str) -> bool:
    """True where a clause leans on goods named before: "Pasarnya ...", "Biji ini ...", "Keduanya ..."."""
    return bool(_POINTS_BACK.search(text))


def names_ranked_markets(text: str) -> bool:
    """True where markets are ranked among each other, whatever the goods."""
    return ranks_markets(text)


def is_planned(text: str) -> bool:
    """True where selling is announced and not yet done."""
    return _PLAN.search(text) is not None


def _not_yet(text: str) -> bool:
    if _LITTLE_SOLD.search(text):
        return True  # "Negara Asia belum banyak membeli karena sebagian sudah punya kain sendiri"
    return bool(_NOT_YET.search(text)) and not _READ_CLAUSE.search(text)
