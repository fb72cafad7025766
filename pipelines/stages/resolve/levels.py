"""Comparisons of two claims: each expression gives the level (a word) of one pair.

Columns of the second claim carry the suffix `_b` (see `scoring.score_pairs`).
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

# Printed figures of one fact differ by rounding (0.5 %), by a late count (10 %) or by a different scope.
EQUAL_SHARE, CLOSE_SHARE, NEAR_RATIO = 0.005, 0.10, 2.0
# Follow-up reports of one event appear within ten days; a monthly series repeats after about thirty.
SAID_TOGETHER_DAYS, SAID_NEAR_DAYS, SAID_FAR_DAYS, YEAR_DAYS = 10, 31, 60, 300
DAYS_APART = 3
# Two reports of one visit to one firm repeat where it sells; a month later it is another statement.
PRESENCE_SAID_DAYS = 14
# Of all letter triples of two spellings of one brand half are shared ("sibatik", "sebatik": 5 of 11).
SPELLING_SHARE = 0.45
UNVERIFIED_GAP_DAYS = 62
ANNOUNCED_DAYS = 120
COMPARABLE_PRECISIONS = ("day", "month", "interval", "quarter", "semester")
DAY_PRECISIONS = ("day", "interval")


def _b(name: str) -> pl.Expr:
    return pl.col(f"{name}_b")


def _level(*cases: tuple[pl.Expr, str], otherwise: str) -> pl.Expr:
    expression = pl.lit(otherwise)
    for condition, name in reversed(cases):
        expression = pl.when(condition.fill_null(value=False)).then(pl.lit(name)).otherwise(expression)
    return expression


def _empty(name: str) -> pl.Expr:
    return pl.col(name).list.len() == 0


def _sets(name: str) -> tuple[pl.Expr, pl.Expr, pl.Expr, pl.Expr]:
    a, b = pl.col(name), _b(name)
    return a.list.len(), b.list.len(), a.list.set_intersection(b).list.len(), a == b


def _region() -> pl.Expr:
    a, b = pl.col("region_id"), _b("region_id")
    swapped = pl.col("destinations").list.contains(b) & _b("destinations").list.contains(a)
    return _level(
        (a == b, "same"),
        (swapped, "swapped"),
        (a.is_null() | b.is_null(), "unknown"),
        ((a == "ID") | (b == "ID"), "country"),
        (
            a.str.starts_with(pl.concat_str(b, pl.lit(".")))
            | b.str.starts_with(pl.concat_str(a, pl.lit("."))),
            "within",
        ),
        (pl.col("province") != _b("province"), "differs"),
        # Reports confuse a city with the regency of its name, and the dateline with the seat of the firm.
        (pl.col("place_name") == _b("place_name"), "namesake"),
        (_shares("exporter_joined", "exporter_joined"), "neighbour_of_same_firm"),
        otherwise="neighbour",
    )


def _destinations() -> pl.Expr:
    size_a, size_b, shared, same = _sets("destinations")
    swapped = pl.col("destinations").list.contains(_b("region_id")) & _b("destinations").list.contains(
        pl.col("region_id")
    )
    area = (pl.col("destinations").list.set_intersection(_b("destination_areas")).list.len() > 0) | (
        _b("destinations").list.set_intersection(pl.col("destination_areas")).list.len() > 0
    )
    return _level(
        ((size_a == 0) & (size_b == 0), "unknown"),
        ((size_a == 0) | (size_b == 0), "one_empty"),
        (same, "same"),
        (swapped, "swapped"),
        (shared > 0, "overlap"),
        (area, "area"),
        otherwise="differs",
    )


def _product() -> pl.Expr:
    size_a, size_b, shared, same = _sets("product_words")
    groups = pl.col("product_groups").list.set_intersection(_b("product_groups")).list.len()
    smaller = pl.min_horizontal(size_a, size_b)
    half = shared * 2 >= smaller
    return _level(
        ((size_a == 0) & (size_b == 0), "unknown"),
        ((size_a == 0) | (size_b == 0), "one_empty"),
        (same, "same"),
        # One shared word may be the material of different goods ("gula kelapa", "minyak kelapa"); two are not.
        ((shared == smaller) & (smaller > 1), "words"),
        (half & ((groups > 0) | _empty("product_groups") | _empty("product_groups_b")), "words"),
        (groups > 0, "group"),
        (pl.col("is_generic_good") | _b("is_generic_good"), "generic"),
        otherwise="differs",
    )


def _commodity() -> pl.Expr:
    size_a, size_b, shared, same = _sets("product_words")
    groups = pl.col("product_groups").list.set_intersection(_b("product_groups")).list.len()
    return _level(
        (same, "same"),
        ((size_a == 0) | (size_b == 0), "one_empty"),
        ((groups > 0) & (shared > 0), "group"),
        (shared * 3 >= pl.max_horizontal(size_a, size_b) * 2, "group"),
        otherwise="differs",
    )


def _names(column: str) -> pl.Expr:
    size_a, size_b, shared, same = _sets(column)
    smaller, larger = pl.min_horizontal(size_a, size_b), pl.max_horizontal(size_a, size_b)
    return _level(
        (smaller == 0, "unknown"),
        (same, "same"),
        ((shared == smaller) | (shared * 4 >= larger * 3), "contained"),
        (shared > 0, "shared_words"),
        otherwise="differs",
    )


def _exporter() -> pl.Expr:
    """Names of firms: forms of one name, an abbreviation, a spelling, a brand beside a firm, another firm."""
    goods = pl.col("product_words").list.set_union(_b("product_words"))
    a, b = pl.col("exporter_words"), _b("exporter_words")
    # What two furniture makers share is the word furniture.
    own_a, own_b = a.list.set_difference(goods), b.list.set_difference(goods)
    shared = own_a.list.set_intersection(own_b).list.len()
    smaller = pl.min_horizontal(own_a.list.len(), own_b.list.len())
    larger = pl.max_horizontal(own_a.list.len(), own_b.list.len())
    joined = pl.col("exporter_joined").list.set_intersection(_b("exporter_joined")).list.len()
    initials = _shares("exporter_joined", "exporter_initials") | _shares(
        "exporter_initials", "exporter_joined"
    )
    trigrams = pl.col("exporter_trigrams").list.set_intersection(_b("exporter_trigrams")).list.len()
    all_trigrams = pl.col("exporter_trigrams").list.set_union(_b("exporter_trigrams")).list.len()
    return _level(
        (pl.min_horizontal(a.list.len(), b.list.len()) == 0, "unknown"),
        ((a == b) | (joined > 0), "same"),
        (initials, "abbreviated"),
        ((smaller > 0) & ((shared == smaller) | (shared * 4 >= larger * 3)), "contained"),
        (trigrams >= SPELLING_SHARE * all_trigrams, "spelling"),
        ((smaller > 0) & (shared * 2 >= smaller), "shared_words"),
        # A cooperative's goods leave the country through a trading house: outlets name the one or the other.
        (pl.col("is_producer_group") != _b("is_producer_group"), "producer_and_trader"),
        (pl.min_horizontal(a.list.len(), b.list.len()) == 1, "brand"),
        otherwise="differs",
    )


def _shares(one: str, other: str) -> pl.Expr:
    return pl.col(one).list.set_intersection(_b(other)).list.len() > 0


def _fair() -> pl.Expr:
    initials = pl.col("name_initials")
    abbreviated = (_b("name_words").list.contains(initials) & (initials.str.len_chars() > 1)) | (
        pl.col("name_words").list.contains(_b("name_initials")) & (_b("name_initials").str.len_chars() > 1)
    )
    return pl.when(abbreviated.fill_null(value=False)).then(pl.lit("same")).otherwise(_names("name_words"))


def _revision() -> pl.Expr:
    """Original and revised are two targets; a claim without the word is the one whose amount it states."""
    a, b = pl.col("revision"), _b("revision")
    apart = _figure("measure", "dimension").is_in(["close", "near", "far"])
    return _level(
        (a != b, "differs"),
        (a.is_null() & b.is_null(), "unknown"),
        ((a.is_null() | b.is_null()) & apart, "other_amount"),
        otherwise="same",
    )


def _figure(column: str, dimension: str | None = None) -> pl.Expr:
    a, b = pl.col(column), _b(column)
    difference = (a - b).abs()
    size = pl.max_horizontal(a.abs(), b.abs())
    cases = [
        (difference <= EQUAL_SHARE * size, "equal"),
        (difference <= CLOSE_SHARE * size, "close"),
        (pl.min_horizontal(a.abs(), b.abs()) * NEAR_RATIO >= size, "near"),
    ]
    if dimension is not None:
        cases.insert(0, (pl.col(dimension).ne_missing(_b(dimension)), "incomparable"))
    cases.insert(0, (a.is_null() | b.is_null(), "unknown"))
    return _level(*cases, otherwise="far")


def _gap(first: str, last: str) -> pl.Expr:
    """Days between two day ranges, 0 where they meet; null where one is unknown."""
    a_last, b_last = pl.coalesce(last, first), pl.coalesce(f"{last}_b", f"{first}_b")
    forward = (_b(first) - a_last).dt.total_days()
    backward = (pl.col(first) - b_last).dt.total_days()
    both = pl.col(first).is_not_null() & _b(first).is_not_null()
    return pl.when(both).then(pl.max_horizontal(forward, backward, pl.lit(0)))


def _said_gap() -> pl.Expr:
    return _gap("published_first_day", "published_last_day")


def _when() -> pl.Expr:
    gap, said = _gap("first_day", "last_day"), _said_gap()
    fine_a = pl.col("date_precision").is_in(COMPARABLE_PRECISIONS).fill_null(value=False)
    fine_b = _b("date_precision").is_in(COMPARABLE_PRECISIONS).fill_null(value=False)
    # A date that its weekday or its day of publication speaks against is no evidence of another event.
    doubted = pl.col("has_date_doubt") | _b("has_date_doubt")
    both_fine = fine_a & fine_b & (~doubted | (gap == 0))
    # Where a date is missing or only a year, the day it was said stands in for it.
    anchor_gap = pl.min_horizontal(said, _mixed_gap())
    both_days = (pl.col("date_precision") == "day") & (_b("date_precision") == "day")
    by_day = pl.col("date_precision").is_in(DAY_PRECISIONS) & _b("date_precision").is_in(DAY_PRECISIONS)
    confirmed = _date_fits_publication("") & _date_fits_publication("_b")
    # What two reports tell without any date is the news of their days.
    undated = pl.col("first_day").is_null() & _b("first_day").is_null()
    delayed = by_day & (_delay("", "_b") | _delay("_b", ""))
    return _level(
        ((gap == 0) & both_days, "same_day"),
        ((gap == 0) & both_fine & _same_short_interval(), "same_day"),
        ((gap == 0) & both_fine, "overlapping_months"),
        (by_day & (gap <= DAYS_APART), "days_apart"),
        (delayed, "plan_delayed"),
        (both_fine & (said <= SAID_TOGETHER_DAYS), "differs_said_together"),
        (both_fine & (gap > YEAR_DAYS), "other_year"),
        (both_fine & (gap <= UNVERIFIED_GAP_DAYS) & said.is_null(), "differs_unverified"),
        (both_fine & confirmed, "differs_confirmed"),
        (both_fine, "differs"),
        ((gap > YEAR_DAYS) & ~doubted, "other_year"),
        ((gap > 0) & ~doubted, "differs"),
        (undated & (said > SAID_NEAR_DAYS) & (said <= YEAR_DAYS), "undated_said_apart"),
        (anchor_gap <= SAID_NEAR_DAYS, "said_together"),
        (anchor_gap > YEAR_DAYS, "said_in_other_years"),
        (anchor_gap > SAID_FAR_DAYS, "said_far_apart"),
        (anchor_gap > SAID_NEAR_DAYS, "said_apart"),
        (gap == 0, "overlapping_years"),
        otherwise="unknown",
    )


def _delay(plan: str, deed: str) -> pl.Expr:
    """A plan told before its day, and a deed within a month after that day."""
    days = (pl.col(f"first_day{deed}") - pl.col(f"last_day{plan}")).dt.total_days()
    told_before = pl.col(f"published_last_day{plan}") <= pl.col(f"first_day{plan}")
    is_plan = (pl.col(f"status{plan}") == "planned") & (pl.col(f"status{deed}") == "realised")
    return (is_plan & told_before & days.is_between(1, SAID_NEAR_DAYS)).fill_null(value=False)


def _date_fits_publication(suffix: str) -> pl.Expr:
    """The date is what a report of that day would say: at most a month past, or announced a season ahead."""
    published, day = pl.col(f"published_first_day{suffix}"), pl.col(f"last_day{suffix}")
    age = (published - day).dt.total_days()
    return age.is_between(-ANNOUNCED_DAYS, SAID_NEAR_DAYS).fill_null(value=False)


def _same_short_interval() -> pl.Expr:
    same = (pl.col("first_day") == _b("first_day")) & (pl.col("last_day") == _b("last_day"))
    days = (pl.col("last_day") - pl.col("first_day")).dt.total_days()
    return same & (days <= SAID_TOGETHER_DAYS)


def _mixed_gap() -> pl.Expr:
    """Days between the date of one claim and the publication of the other, whichever is known."""
    one = (_b("published_first_day") - pl.col("last_day")).dt.total_days().abs()
    other = (pl.col("published_first_day") - _b("last_day")).dt.total_days().abs()
    fine_a = pl.col("date_precision").is_in(COMPARABLE_PRECISIONS)
    fine_b = _b("date_precision").is_in(COMPARABLE_PRECISIONS)
    return pl.min_horizontal(pl.when(fine_a).then(one), pl.when(fine_b).then(other))


def _period() -> pl.Expr:
    same = (pl.col("first_day") == _b("first_day")) & pl.col("last_day").eq_missing(_b("last_day"))
    a, b = pl.col("first_day"), _b("first_day")
    return _level(
        (a.is_null() & b.is_null(), "both_unknown"),
        (a.is_null() | b.is_null(), "one_unknown"),
        (same, "same"),
        otherwise="differs",
    )


def _coverage() -> pl.Expr:
    """`part_of_total`: one claim names more goods or markets than the other, which is one of several parts.

    That shows where the other is far smaller, has siblings in its article, or names a firm that the wider one does
    not while no figure of the two agrees.
    """
    figures = (_figure("measure", "dimension"), _figure("value", "currency"), _figure("containers"))
    far = (figures[0] == "far") | (figures[1] == "far")
    agrees = pl.any_horizontal(figure.is_in(["equal", "close"]) for figure in figures)

    def part(whole: str, part: str) -> pl.Expr:
        siblings = pl.col(f"has_siblings{part}") & ~pl.col(f"has_siblings{whole}")
        one_firm = _empty(f"exporter_words{whole}") & ~_empty(f"exporter_words{part}") & ~agrees
        return _wider(whole, part) & (far | siblings | one_firm)

    return _level((part("", "_b") | part("_b", ""), "part_of_total"), otherwise="alike")


def _wider(whole: str, part: str) -> pl.Expr:
    def holds(name: str) -> tuple[pl.Expr, pl.Expr]:
        large, small = pl.col(f"{name}{whole}"), pl.col(f"{name}{part}")
        shared = large.list.set_intersection(small).list.len()
        return shared == small.list.len(), large.list.len() > small.list.len()

    holds_goods, more_goods = holds("product_groups")
    holds_markets, more_markets = holds("destinations")
    return holds_goods & holds_markets & (more_goods | more_markets)


def _same_or_differs(column: str) -> pl.Expr:
    a, b = pl.col(column), _b(column)
    return _level((a.is_null() | b.is_null(), "unknown"), (a == b, "same"), otherwise="differs")


def _known_codes(column: str) -> pl.Expr:
    a, b = pl.col(column), _b(column)
    unknown = a.is_null() | b.is_null() | (a == "unstated") | (b == "unstated")
    return _level((unknown, "unknown"), (a == b, "same"), otherwise="differs")


def _strict_amount() -> pl.Expr:
    """Counts of unnamed things ("other") and growth without a basis are one only if the figures agree."""
    loose = (pl.col("metric") == "other") | (
        (pl.col("metric") == "growth_pct")
        & ((pl.col("growth_basis_code") == "unstated") | (_b("growth_basis_code") == "unstated"))
    )
    difference = (pl.col("amount") - _b("amount")).abs()
    size = pl.max_horizontal(pl.col("amount").abs(), _b("amount").abs())
    return _level((loose & (difference > CLOSE_SHARE * size), "differs"), otherwise="agrees")


COMPARISONS: Mapping[str, pl.Expr] = {
    "region": _region(),
    "destinations": _destinations(),
    "product": _product(),
    "commodity": _commodity(),
    "exporter": _exporter(),
    "office": _names("office_words"),
    "name": _fair(),
    "place": _names("place_words"),
    "when": _when(),
    "period": _period(),
    "said": _level(
        (_said_gap() <= PRESENCE_SAID_DAYS, "together"),
        (_said_gap() > PRESENCE_SAID_DAYS, "apart"),
        otherwise="unknown",
    ),
    "quantity": _figure("measure", "dimension"),
    "value": _figure("value", "currency"),
    "containers": _figure("containers"),
    "amount": _figure("measure", "dimension"),
    "strict_amount": _strict_amount(),
    "transaction": _level(
        (pl.col("transaction_status").ne_missing(_b("transaction_status")), "incomparable"),
        (_figure("transaction", "currency") == "equal", "equal"),
        (_figure("transaction", "currency") == "close", "close"),
        (_figure("transaction", "currency") == "near", "near"),
        (_figure("transaction", "currency") == "far", "far"),
        otherwise="unknown",
    ),
    "participants": _figure("participants"),
    "dimension": _level(
        ((pl.col("dimension") == "none") | (_b("dimension") == "none"), "unknown"),
        (pl.col("dimension") == _b("dimension"), "same"),
        otherwise="differs",
    ),
    "basis": _known_codes("statistical_basis_code"),
    "growth_basis": _known_codes("growth_basis_code"),
    "revision": _revision(),
    "status": _same_or_differs("status"),
    "direction": _same_or_differs("direction"),
    "aggregation": _same_or_differs("aggregation_code"),
    "coverage": _coverage(),
    "line_role": _level(
        ((pl.col("line_role") == "total") != (_b("line_role") == "total"), "differs"), otherwise="same"
    ),
    "is_first": _level(
        (pl.col("is_first") & _b("is_first"), "both_first"),
        (pl.col("is_first") != _b("is_first"), "differs"),
        otherwise="unknown",
    ),
    "context": _level(
        (pl.col("cluster_id") == _b("cluster_id"), "copies"),
        (pl.col("other_event_shared"), "other_event_shared"),
        otherwise="none",
    ),
}  # fmt: skip
