"""Which figures of a sentence count what leaves: no rates, prices, sizes, contracts or parts of others."""

from __future__ import annotations

from bisect import bisect_left

from pipelines.lexicons.patterns import Pattern, Stretch
from pipelines.stages.extract.article.counted_goods import is_share_of_few
from pipelines.stages.extract.article.document import SentenceView
from pipelines.stages.extract.article.markets import destinations
from pipelines.stages.extract.article.tallies import counts_papers
from pipelines.stages.extract.shipments.asides import is_former
from pipelines.stages.extract.shipments.sentences import Reading
from pipelines.text.figures import Figure
from pipelines.text.gazetteer import Hit

_MOST_CONTAINERS = 1000  # more are what a region sends in months
_WITHIN = 100  # characters between "bagian dari kontrak" and its figures
_LEAST_OF_ALL = {
    "IDR": 30_000_000,
    "USD": 5_000,
}  # what a lot fetches at least, and a kilogram or a piece does not
_LEAST_WORTH = {"IDR": 100_000, "USD": 20}  # what a dispatch is worth at least; less is a price
_HANDED_ON = 50  # characters from "kapasitas", "bantuan" to "sebanyak"
_PACKAGES = {"gram": 5000, "kg": 100, "litre": 100}  # what one package holds at most
HELD_BEFORE = Pattern("shipments.figures.held_before")
_SIZE = Pattern("shipments.figures.size")
_TO_SEND_ONE = Pattern("shipments.figures.to_send_one")
_EACH_OF_THEM = Pattern("shipments.figures.each_of_them")
_GROSS = Pattern("shipments.figures.gross")
_ITS_PRICE = Pattern("shipments.figures.its_price")
_ESTIMATED = Pattern("shipments.figures.estimated")
_LIMIT = Pattern("shipments.figures.limit")
_LET_GO_FOR = Pattern("shipments.figures.let_go_for")
_EACH = Pattern("shipments.figures.each")
_HANDLED = Pattern("shipments.figures.handled")
_EVERY_TIME = Pattern("shipments.figures.every_time")
_HABIT_WITHIN = Pattern("shipments.figures.habit_within")
_NEEDED = Pattern("shipments.figures.needed")
_NOT_ONLY = Pattern("shipments.figures.not_only")
_TO_BE_EXPORTED = Pattern("shipments.figures.to_be_exported")
_OF_WHOLE = Pattern("shipments.figures.of_whole")
_PER_UNIT = Pattern("shipments.figures.per_unit")
_PART_ONLY = Pattern("shipments.figures.part_only")
_OUT_OF = Pattern("shipments.figures.out_of")
_ORDERED = Pattern("shipments.figures.ordered")
_GOVERNORS = (
    "price",
    "import",
    "budget",
    "capacity",
    "domestic",
    "rate_before",
    "share",
    "send",
    "export",
    "value_word",
    "volume_word",
    "this_one",
    "achieved",
    "demand",
    "cancel",
    "target",
)


def _is_for_each(reading: Reading, view: SentenceView, figure: Figure) -> bool:
    """True for "tiga kontainer (satu kontainer 28 ton)" and "35 ribu dolar AS atau Rp500 juta per kontainer"."""
    if figure.kind == "container":
        text = reading.document.text
        opened = text[figure.start - 1 : figure.start] == "(" and text[figure.end : figure.end + 1] != ")"
        return (
            opened
            and figure.value == 1
            and any(f.kind == "container" and f.end < figure.start for f in view.figures)
        )
    alone = sum(f.kind == "quantity" for f in view.figures) == 1
    if figure.kind == "quantity" and alone and _EACH_OF_THEM.search(view.text, 0, figure.start - view.start):
        return True  # "lima peti kemas, masing-masing berisi 24 ton"
    behind = bisect_left(view.figures, figure.end, key=lambda other: other.start)
    return behind < len(view.figures) and view.figures[behind].same_as and view.figures[behind].is_rate


def _is_of_one_only(view: SentenceView, figure: Figure) -> bool:
    """True for the one that freight or a denial is about: "ongkosnya sama dengan mengirim satu kontainer"."""
    if figure.kind == "money" or figure.value != 1:
        return False
    return _TO_SEND_ONE.search(view.text, 0, figure.start - view.start) is not None


def _is_habit(view: SentenceView) -> bool:
    """True for what is sent again and again: "Setiap pekan Temanggung mengekspor 6 ton"."""
    if _EVERY_TIME.search(view.text):
        return True
    return _HABIT_WITHIN.search(view.text) is not None and all(
        time.form not in ("day", "weekday") or view.is_speech_time(time.start, time.end)
        for time in view.times
    )


def _governor_of(view: SentenceView, figure: Figure) -> Hit | None:
    """The cue that says what a figure counts; "sebesar" and "sebanyak" only hand on what stands before them."""
    governor = view.last_cue_before(figure.start, *_GOVERNORS)
    if governor is not None and "by_name" in governor.codes and is_of_firm(view, governor):
        return None  # "tuna kaleng produksi PT X 66 ton"
    if governor is None or governor.codes != ("achieved",):
        return governor
    before = view.last_cue_before(governor.start, *_GOVERNORS)
    if before is None:
        return governor
    reach = _HANDED_ON if before.codes == ("capacity",) else 1
    return before if governor.start - before.end <= reach else governor


def is_of_firm(view: SentenceView, cue: Hit) -> bool:
    """True for a word that hands goods to the firm behind it: "milik PT X", "dari CV Y"."""
    return any(firm.start - cue.end == 1 for firm in view.firms)


def _is_imported(view: SentenceView, figure: Figure) -> bool:
    """True for what a country takes in: "impor durian Tiongkok mencapai 1,53 juta ton, sementara ..."."""
    if not view.has("import"):
        return False
    last = view.last_cue_before(figure.start, "import", "export", "send", "send_strong")
    return last is not None and "import" in last.codes


def _is_size(figure: Figure, before: Stretch) -> bool:
    """True for what one package holds or one animal must weigh: "ukuran 50 gram", "bobotnya lebih dari 150 gram"."""
    most = _PACKAGES.get(figure.unit or "")
    small = most is not None and figure.value is not None and figure.value <= most
    limited = _LIMIT.search(*before)
    if limited is not None and (figure.unit == "gram" or limited["allowed"]):
        return small
    return small and _SIZE.search(*before) is not None


def _is_gross(view: SentenceView, figure: Figure, before: Stretch) -> bool:
    """True for the weight with the packing, told beside the net one: "berat neto 150 kg dan bruto 180 kg"."""
    weights = [f for f in view.figures if f.kind == "quantity" and f.unit == figure.unit]
    return len(weights) > 1 and _GROSS.search(*before) is not None


def _is_price_of_all(view: SentenceView, figure: Figure) -> bool:
    """True for what a whole lot fetches: "juga 25 ton, harganya Rp387,7 juta"; a kilogram costs less."""
    least = _LEAST_OF_ALL.get(figure.currency or "")
    if figure.kind != "money" or least is None or figure.value is None or figure.value < least:
        return False
    counted = any(f.kind in ("quantity", "container") and f.end <= figure.start for f in view.figures)
    return _ITS_PRICE.search(view.text, 0, figure.start - view.start) is not None and (
        counted or _ESTIMATED.search(view.text) is not None
    )


def _is_price_of_one(view: SentenceView) -> bool:
    """True for one piece and its price: "Satu set sofa rotan dilepas sekitar Rp4 juta"."""
    if view.countries or view.has("export") or not any(f.kind == "money" for f in view.figures):
        return False
    if any(f.kind in ("quantity", "container") and f.value != 1 for f in view.figures):
        return False
    return any(
        f.kind == "money" and _LET_GO_FOR.search(view.text, 0, f.start - view.start) for f in view.figures
    )


def _leaves_next(reading: Reading, view: SentenceView) -> bool:
    """True where the next sentence sends off what this one examines: "Setelah itu kepiting berangkat ke Tawau"."""
    behind = reading.document.sentences[view.index + 1 : view.index + 2]
    return any(
        other.has("send", "export") and destinations(reading.document, other, other.start, other.end)
        for other in behind
    )


def is_usable(reading: Reading, view: SentenceView, figure: Figure) -> bool:
    """False for rates, prices, imports, budgets and figures that another rule has claimed."""
    if figure.is_rate or figure.same_as or figure.value is None or figure.start in reading.skip:
        return False
    if figure.kind not in ("money", "quantity", "container"):
        return False
    if (figure.kind == "container" and figure.value > _MOST_CONTAINERS) or counts_papers(view, figure):
        return False
    if figure.kind == "money" and figure.value < _LEAST_WORTH.get(figure.currency or "", 0):
        return False
    if _is_for_each(reading, view, figure) or _is_of_one_only(view, figure):
        return False
    price = view.last_cue_before(figure.start, "price")
    if (
        price is not None
        and price.key != "seharga"
        and not _is_price_of_all(view, figure)
        and figure.start - price.end < 28
        and "nilai" not in reading.document.text[price.end : figure.start].lower()
    ):
        return False
    if figure.kind != "money" and _is_habit(view):
        return False
    if _OF_WHOLE.search(reading.document.text, max(view.start, figure.start - _WITHIN), figure.start):
        return False
    governor = _governor_of(view, figure)
    if (
        governor is not None
        and governor.key == "seharga"
        and figure.kind == "money"
        and figure.value >= 1_000_000
    ):
        return True
    held = governor is not None and "cancel" in governor.codes and HELD_BEFORE.search(view.text)
    # "Rp305 juta dengan kurs Rp14.200 per dollar AS, yang ke Irak 26 ton"
    exchanged = governor is not None and governor.key == "kurs" and figure.kind != "money"
    if (
        governor is not None
        and not held
        and not exchanged
        and not _is_price_of_all(view, figure)
        and not (governor.codes == ("capacity",) and is_former(view))
        and set(governor.codes)
        & {
            "price",
            "import",
            "budget",
            "domestic",
            "capacity",
            "rate_before",
            "cancel",
            "demand",
            "target",
        }
    ):
        gap = figure.start - governor.end
        near = gap < 60 or governor.codes == (
            "capacity",
        )  # "kapasitas tuna 6.200 ton, pelagis 2.000 ton, ..."
        if not set(governor.codes) & {"send", "export", "achieved", "value_word"} and near:
            return False
    if _is_imported(view, figure) or _is_price_of_one(view):
        return False
    text, floor = reading.document.text, max(view.start, figure.start - 60)
    before = (text, floor, figure.start)
    if _NOT_ONLY.search(*before) or is_share_of_few(view, figure) or _is_gross(view, figure, before):
        return False
    if figure.kind != "money" and (
        _EACH.search(*before) or _NEEDED.search(text[floor : figure.start]) or _is_size(figure, before)
    ):
        return False
    sent_on = view.has("send_strong", "certify") and bool(
        _TO_BE_EXPORTED.search(reading.document.text, figure.end, view.end)
        or destinations(reading.document, view, figure.end, view.end)
        or _leaves_next(reading, view)
    )
    if figure.kind != "money" and _HANDLED.search(*before) and not sent_on:
        return False
    after = reading.document.text[figure.end : figure.end + 40]
    if _PER_UNIT.match(after) and figure.kind != "money":
        return False
    if figure.kind == "quantity" and _OUT_OF.search(*before) and _ORDERED.match(after):
        return False  # "2,5 ton dari 6,5 ton pesanan vanili"
    return not _PART_ONLY.match(after)
