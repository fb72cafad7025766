"""Which figures of a report are about exports, and which way a growth figure points."""

from __future__ import annotations

import re
from bisect import bisect_left

from pipelines.lexicons.loader import word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.article.document import Document, SentenceView, Spanned
from pipelines.text.figures import Figure
from pipelines.text.gazetteer import Hit

_STOP = re.compile(r"[.;](?!\d)")
_SENTENCE_END = re.compile(r"[.;]\s")
_SIGN_BEFORE = re.compile(r"\(\s*([+\-–−])\s*$")
_REVENUE = Pattern("article.export_figures.revenue")
_OF_ECONOMY = Pattern("article.export_figures.of_economy")
_ITSELF_ONLY = Pattern("article.export_figures.itself_only")
_GAP_OF_DIFFERENCE = Pattern("article.export_figures.gap_of_difference")
_SHARE_OF = Pattern("article.export_figures.share_of")
_GROWTH_LIST = Pattern("article.export_figures.growth_list")
_OUT_OF_AIM = Pattern("article.export_figures.out_of_aim")
_HABIT = Pattern("article.export_figures.habit")
_LIST_GOES_ON = Pattern("article.export_figures.list_goes_on")
_THIS_LEVEL = Pattern("article.export_figures.this_level")
_BUYS = Pattern("article.export_figures.buys")  # "Sebaliknya Papua membeli hasil pertanian ..."
_DUTY = Pattern("article.export_figures.duty")
_AS_MUCH = Pattern("article.export_figures.as_much")
_GOES_ON = Pattern("article.export_figures.goes_on")


_ONE_COSTS = Pattern("article.export_figures.one_costs")
_MORE_EXACTLY = Pattern("article.export_figures.more_exactly")
_PER_DAY = Pattern("article.export_figures.per_day")
_CHANGE_OF = Pattern("article.export_figures.change_of")
_NAMELY = Pattern("article.export_figures.namely")
_WORTH_INVESTED = Pattern("article.export_figures.worth_invested")
_LEVEL_OF_SHARE = Pattern("article.export_figures.level_of_share")
_LISTED_DIFFERENCE = Pattern("article.export_figures.listed_difference")
_GOVERNORS = ("export", "value_word", "volume_word", "achieved", "import", "price", "budget", "capacity", "share",
              "domestic", "target", "transaction", "presence", "send", "cumulative", "forecast")  # fmt: skip


# What is worth less was no export of a period: it is a price, a wage or a fee (a million rupiah is some 60 dollars).
LEAST_RUPIAH = 1_000_000
LEAST_DOLLARS = 50  # "USD1.195798", "USD 2,77" of a list of millions
# The least that exports over a time are worth; no golden statistic has less than Rp50 million, prices and costs have.
_LEAST = {"IDR": 50_000_000, "USD": LEAST_DOLLARS}
# Characters between the noun and the change that is its own: "impor Malut November 2022 sebesar USD 341 juta, turun 12 persen".
_OF_IMPORTS = 110
_OF_OTHERS = 45
_AIM_WITHIN = 70  # characters from a word of aiming to the papers aimed at
_NAMELY_WITHIN = 150  # ... where it is led back to: "kenaikan terjadi pada ..., yakni mencapai 41,66 persen"
_CHANGE_WITHIN = 200  # characters from a word of change over its goods to its size
_LIST_BACK = 4  # amounts of a list of changes
_ALIKE = 3  # times by which an amount and what it is compared with differ at most
_EXPECTED_WITHIN = 90  # characters from "memperkirakan" to the growth that is expected
_SUBJECT_WITHIN = 60  # characters from what grows to the word of growth
_GROWTH_WITHIN = 90  # characters between a word of growth and its figure
_EXCLUDING = {"import", "price", "budget", "domestic", "transaction", "target", "capacity"}


def is_amount(figure: Figure) -> bool:
    """False for rates, repetitions in another currency and figures without an exact value."""
    return not figure.is_rate and not figure.same_as and figure.value is not None


def counts_as_export(document: Document, view: SentenceView, figure: Figure) -> bool:
    """False for prices, shares, imports, budgets and whatever else stands beside exports."""
    text = document.text
    if _MORE_EXACTLY.match(text, figure.end, view.end):
        return False
    if _is_habit(document, view, figure):
        return False
    if figure.kind == "percent":
        expected = view.last_cue_before(figure.start, "forecast")
        if expected is not None and figure.start - expected.end <= _EXPECTED_WITHIN:
            return False
        return growth_sign(document, view, figure) != 0
    if figure.kind == "people":
        one_of_them = text[max(0, figure.start - len("salah ")) : figure.start].lower() == "salah "
        # "Lima eksportir mengirim barang, Rabu (13/9)": those of one dispatch.
        days = any(time.form in ("day", "weekday") for time in view.times)
        of_dispatch = days and view.has("send", "send_strong") and not view.has("source_stat")
        return figure.unit == "exporter" and not one_of_them and not of_dispatch
    if figure.kind == "container" and not (view.has("export") and view.times and not view.has("send_strong")):
        return False
    if figure.kind not in ("money", "quantity", "document", "container") or not figure.value:
        return False
    if figure.qualifier == "at_most" or (
        figure.kind == "document" and figure.value is not None and figure.value < 5
    ):
        return False
    aim = view.last_cue_before(figure.start, "target") if figure.kind == "document" else None
    if aim is not None and figure.start - aim.end <= _AIM_WITHIN:
        # "menargetkan penerbitan SKA sebanyak 250 surat"
        return False
    if figure.value and figure.value < _LEAST.get(figure.currency or "", 0):
        return False
    named = bisect_left(view.regions, figure.start, key=_start)
    if named and _BUYS.match(text, view.regions[named - 1].end, figure.start):
        return False
    if figure.kind == "money" and (
        _DUTY.match(text, figure.end)
        or _REVENUE.search(text, max(view.start, figure.start - 150), figure.start)
    ):
        return False
    if figure.kind != "document" and (
        _is_difference(document, view, figure)
        or _lists_differences(document, view, figure)
        or _goes_on_with_differences(document, view, figure)
    ):
        return False
    if (
        figure.kind == "quantity"
        and figure.unit in ("piece", "sheet", "pack", "unit", "set", "carton", "box", "bottle")
        and not view.has("export", "volume_word", "source_stat")
    ):
        return False
    if figure.kind == "quantity" and figure.value == 1 and _ONE_COSTS.match(text, figure.end, view.end):
        return False  # "Satu kilo bisa Rp15 juta"
    if view.last_cue_before(figure.start, "forecast") and figure.kind in ("money", "quantity"):
        return False
    if figure.kind in ("money", "quantity") and _OUT_OF_AIM.match(text, figure.end, view.end):
        return True  # "melampaui target, yakni 65 juta dari target 57 juta"
    if figure.kind == "money" and _WORTH_INVESTED.search(
        text, max(view.start, figure.start - 60), figure.start
    ):
        return True  # "volume pengirimannya 497.167 kg dengan nilai investasi 8,9 juta dolar AS"
    governor = view.last_cue_before(figure.start, *_GOVERNORS)
    if governor is None:
        governor = view.first_cue_after(figure.end, "import", "price", "budget", "share", "capacity")
        return not (governor and governor.start - figure.end < 25 and not set(governor.codes) <= {"share"})
    classes = set(governor.codes)
    if classes & {"export", "value_word", "volume_word", "achieved", "cumulative"} and not classes & {
        "import",
        "price",
        "budget",
    }:
        # "nilai impor ... mencapai": the noun before the verb decides.
        noun = view.last_cue_before(
            figure.start, "export", "import", "price", "budget", "domestic", "capacity"
        )
        if (
            noun is not None
            and noun is not governor
            and set(noun.codes) & _EXCLUDING
            and governor.start - noun.end < (_OF_IMPORTS if "import" in noun.codes else 70)
        ):
            between = text[noun.end : governor.start]
            return bool(_STOP.search(between)) or "ekspor" in between.lower()
        return True
    if (
        classes <= {"capacity", "share", "transaction"}
        and figure.kind == "money"
        and "budget" not in classes
        and (
            classes != {"transaction"}
            or governor.key in word_set("sold_for")
            or _is_traded(document, governor)
        )
    ):
        return True
    if classes & _EXCLUDING:
        labels_between = text[governor.end : figure.start]
        return (len(labels_between) > 90 and not classes & {"price", "import"}) or (
            classes == {"capacity"} and "ekspor" in labels_between.lower()
        )
    return True


def _is_traded(document: Document, governor: Hit) -> bool:
    """True for "nilai transaksinya 81,4 juta dolar AS" where no mission or fair is told of: what was sold abroad."""
    return governor.key.startswith(("transaksi", "nilai transaksi")) and not document.cue_classes & {
        "mission",
        "fair",
    }


def _is_habit(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for what leaves time and again: "hampir setiap malam ada 7 ton yang dikirim", "rata-rata 50 dokumen"."""
    if figure.kind == "money" and not any(time.form == "month" for time in view.times):
        return _HABIT.search(document.text, max(view.start, figure.start - 100), figure.start) is not None
    if figure.kind not in ("document", "quantity", "container"):
        return False
    if figure.kind != "document" and any(time.form == "month" for time in view.times):
        return False
    return _PER_DAY.search(document.text, max(view.start, figure.start - 60), figure.start) is not None


def _is_difference(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for "merosot 4,7 juta dolar": the size of a change, not a level."""
    cue = view.last_cue_before(figure.start, "growth_up", "growth_down")
    if _ITSELF_ONLY.search(document.text, view.start, figure.start):
        return True  # "Hanya makanan olahan yang bertambah, itu pun 2,48 juta dolar AS"
    if cue is not None and _CHANGE_OF.search(
        document.text, max(view.start, figure.start - _CHANGE_WITHIN), figure.start
    ):
        return True
    as_much = _AS_MUCH.search(document.text, max(view.start, figure.start - 120), figure.start)
    if as_much and not (as_much["share"] or as_much["beside"]):
        return True
    if as_much:
        # Behind a growth its size is told in money too: "turun 3,18 persen atau setara US$ 1,45 juta".
        percent = next((f for f in reversed(view.figures) if f.end <= figure.start), None)
        return percent is not None and growth_sign(document, view, percent) != 0
    if cue is None:
        return False
    gap = document.text[cue.end : figure.start]
    if _GAP_OF_DIFFERENCE.fullmatch(gap) is None or cue.key.endswith(("di atas", "di bawah")):
        return False
    if cue.key in word_set("compared_behind") and _NAMELY.search(gap):
        return False  # "lebih besar, yakni US$ 105 juta"
    return not _is_compared_next(document, view, figure)


def _is_compared_next(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a level behind a word of change: "meningkat sebesar 686 juta. Angka ini naik 5 persen dibanding 653 juta"."""
    if view.index + 1 >= len(document.sentences) or not figure.value:
        return False
    behind = document.sentences[view.index + 1]
    if _THIS_LEVEL.match(behind.text) is None or not behind.has("growth_up", "growth_down"):
        return False
    return any(
        base.kind == figure.kind
        and base.currency == figure.currency
        and base.value is not None
        and base.value / _ALIKE < figure.value < base.value * _ALIKE
        for base in behind.figures
    )


def _lists_differences(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a further change of a list: "turun senilai US$34,2 juta (99,9 persen) dan US$1,5 juta"."""
    later = figure
    for _ in range(_LIST_BACK):
        position = bisect_left(view.figures, later.start, key=_start) - 1
        while position >= 0 and view.figures[position].kind == "percent":
            position -= 1
        first = view.figures[position] if position >= 0 else None
        if (
            first is None
            or first.kind != figure.kind
            or not _LISTED_DIFFERENCE.fullmatch(document.text, first.end, later.start)
            or any(first.end <= cue.start < later.start for cue in view.cues_of("growth_up", "growth_down"))
        ):
            return False
        if _is_difference(document, view, first):
            return True
        later = first
    return False


def _goes_on_with_differences(document: Document, view: SentenceView, figure: Figure) -> bool:
    """True for a list of changes that goes on: "... dengan kenaikan 24 juta. Disusul kertas dengan angka 13 juta"."""
    previous = document.sentences[view.index - 1] if view.index else None
    if previous is None or not previous.figures or _LIST_GOES_ON.match(view.text) is None:
        return False
    amounts = [f for f in previous.figures[-_LIST_BACK:] if f.kind == figure.kind]
    return bool(amounts) and all(
        _is_difference(document, previous, f) or _lists_differences(document, previous, f) for f in amounts
    )


def _start(mention: Spanned) -> int:
    return mention.start


def _listed_growth(document: Document, view: SentenceView, figure: Figure) -> int:
    """The sign of the growth before it in a list: "tertinggi dialami buah-buahan 73,12%, lalu tembakau 38,56%"; 0 in none."""
    position = next((i for i, f in enumerate(view.figures) if f.start == figure.start), 0)
    first = view.figures[position - 1] if position else None
    if (
        first is None
        or first.kind != "percent"
        or not _GROWTH_LIST.fullmatch(document.text, first.end, figure.start)
    ):
        return 0
    if any(
        first.end <= cue.start < figure.start
        for cue in view.cues_of("share", "growth_up", "growth_down", "import")
    ):
        return 0
    return growth_sign(document, view, first)


def growth_sign(document: Document, view: SentenceView, figure: Figure) -> int:
    """1 or -1 for a growth figure, 0 for a share or another percentage."""
    up_before = view.last_cue_before(figure.start, "growth_up", "growth_down")
    after = view.first_cue_after(figure.end, "growth_up", "growth_down")
    text = document.text
    if (
        after
        and after.start - figure.end <= 3
        and view.last_cue_before(figure.start, "share") is None
        and after.key in word_set("compared_behind")
    ):
        return 1 if "growth_up" in after.codes else -1
    if _SHARE_OF.match(text[figure.end : figure.end + 40]) and (
        up_before is None or figure.start - up_before.end > 12
    ):
        return 0
    sign = _SIGN_BEFORE.search(text[max(0, figure.start - 4) : figure.start])
    if sign:
        return 1 if sign[1] == "+" else -1
    share_before = view.last_cue_before(figure.start, "share")
    if (
        share_before is not None
        and (up_before is None or share_before.start < up_before.start)
        and _LEVEL_OF_SHARE.search(text, max(view.start, figure.start - 40), figure.start)
    ):
        # "kontribusinya turun, dari 28,39 persen menjadi 21,93 persen": what the share was and is.
        return 0
    listed = _listed_growth(document, view, figure)
    if listed:
        return listed
    # "porsinya di bawah satu persen": a bound, not a fall.
    if up_before is None or up_before.key.endswith(("di atas", "di bawah")):
        return 0
    gap = text[up_before.end : figure.start]
    share = view.last_cue_before(figure.start, "share", "price", "budget", "capacity", "target")
    if share is not None and share.start > up_before.start:
        return 0
    amount = next((f for f in reversed(view.figures) if f.end <= figure.start), None)
    if amount is not None and amount.kind == "money" and text[amount.end : figure.start] == " (":
        if _is_difference(document, view, amount) or _lists_differences(document, view, amount):
            # Each country of a list with its change: "Jerman US$1,3 juta (42 persen), dan Australia ..."
            return 1 if "growth_up" in up_before.codes else -1
    if len(gap) > (_NAMELY_WITHIN if _NAMELY.search(gap) else _GROWTH_WITHIN) or _SENTENCE_END.search(gap):
        return 0
    if any(
        f.kind == "percent" and f.start > up_before.end and f.end <= figure.start for f in view.figures
    ) and not _GOES_ON.search(gap):
        return 0
    subject = view.last_cue_before(
        up_before.start, "export", "import", "price", "budget", "value_word", "volume_word", "capacity"
    )
    if (
        subject is not None
        and set(subject.codes) & {"import", "price", "budget", "capacity"}
        and up_before.start - subject.end
        < (_OF_IMPORTS if set(subject.codes) & {"import", "price"} else _OF_OTHERS)
    ):
        return 0
    if _OF_ECONOMY.search(text, max(view.start, up_before.start - _SUBJECT_WITHIN), up_before.start):
        # "ekonomi Sumsel triwulan III/2021 tumbuh 3,93 persen": what grows is not the exports.
        return 0
    return 1 if "growth_up" in up_before.codes else -1
