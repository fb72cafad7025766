"""Presence that an article tells twice: in its lead and again with the markets, or of the same goods in other words."""

from __future__ import annotations

from pipelines.lexicons.loader import country_areas, region_codes, regions, word_set
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.presence.topic import significant

_ANY_GOODS = Pattern("presence.read.any_goods")
_IN_A_LEAD = 2  # goods that a lead names at most
_SHARED = 0.6  # share of their words by which two names of goods may be the same


def drop_twins(drafts: list[Draft]) -> list[Draft]:
    """The claims that say something no other one says."""
    kept: list[Draft] = []
    for draft in drafts:
        if not any(_tells_again(draft, other) for other in kept):
            kept.append(draft)
    kept = [draft for draft in kept if not any(_tells_less(draft, other) for other in kept)]
    sold = [draft for draft in kept if draft.has("destinations") and draft.has("products")]
    return [
        draft for draft in kept
        if (draft.has("destinations") or not _is_lead(draft, sold))
        and (draft.has("products") or not any(_tells_more(other, draft) for other in kept))
    ]  # fmt: skip


def _is_lead(draft: Draft, sold: list[Draft]) -> bool:
    """True for goods that are sold "abroad" where another sentence tells in which countries.

    Where that sentence only says "hasil kerajinan", it takes the name that the lead gave them.
    """
    goods = [name for name in draft.listed("products") if not _ANY_GOODS.fullmatch(name)]
    if len(goods) > _IN_A_LEAD:
        return False
    names = [name for other in sold for name in other.listed("products")]
    if all(any(_is_like(name, other) for other in names) for name in goods):
        return True
    short = next((d for d in sold if _shortens(d, draft, goods)), None)
    if short is not None:
        # "Kain batik Blora menembus pasar luar negeri. ... batik itu dibeli orang Malaysia."
        short.put("products", draft.slots["products"], draft.spans.get("products"))
        return True
    loose = next(
        (d for d in sold if d.order > draft.order and all(map(_is_loose, d.listed("products")))), None
    )
    if loose is None:
        return False
    if not all(map(_is_loose, goods)):
        loose.put("products", draft.slots["products"], draft.spans.get("products"))
    return True


def _shortens(draft: Draft, lead: Draft, goods: list[str]) -> bool:
    """True for a later claim of the same region that names the one product of a lead in fewer words."""
    names = draft.listed("products")
    return (
        draft.order > lead.order
        and len(goods) == len(names) == 1
        and draft.slots.get("origin_region") == lead.slots.get("origin_region")
        and _names(names[0], goods[0])
    )


def _tells_again(draft: Draft, other: Draft) -> bool:
    """True where a claim says nothing that an earlier one does not."""
    if draft.slots["status"] != other.slots["status"] or _is_of_another_region(draft, other):
        return False
    if _names_its_own_seller(draft) and draft.slots["exporter"] != other.slots.get("exporter"):
        return False  # "Kopi Enrekang masuk Australia. Lewat Koperasi Benteng Alla warga menjual kopi ke Australia."
    goods, others = draft.listed("products"), other.listed("products")
    if goods and goods != others:
        short = len(goods) == len(others) == 1
        like = short and (_is_like(goods[0], others[0]) or _is_like(others[0], goods[0]))
        if not like and not {name.lower() for name in goods} <= {name.lower() for name in others}:
            return False
    return draft.has("destinations") <= other.has("destinations") and set(
        draft.listed("destinations")
    ) <= set(other.listed("destinations"))


def _names_its_own_seller(draft: Draft) -> bool:
    """True where the clause itself names who sells, not only a sentence before it."""
    span = draft.spans.get("exporter")
    return span is not None and span[0] >= draft.order


def _is_of_another_region(draft: Draft, other: Draft) -> bool:
    """True for claims of two regions, one not the other's province: "kopi dari Aceh Tengah dan Bener Meriah"."""
    own, its = draft.slots.get("origin_region"), other.slots.get("origin_region")
    if own == its:
        return False
    return draft.order == other.order or ("origin_region" in draft.spans and _level(own) == _level(its))


def _level(name: object) -> str | None:
    code = region_codes().get(str(name))
    return None if code is None else "regency" if regions()[code].parent_code else "province"


def _tells_less(draft: Draft, other: Draft) -> bool:
    """True for markets that a later sentence lists with others, or for a plan that another one tells as done."""
    status, done = draft.slots["status"], other.slots["status"]
    carried_out = status == "planned" and done == "realised"
    if not carried_out and (status != done or draft.order >= other.order):
        return False
    if draft.slots.get("origin_region") != other.slots.get("origin_region"):
        return False
    codes, others = set(draft.listed("destinations")), set(other.listed("destinations"))
    goods, names = draft.listed("products"), other.listed("products")
    if not codes or not goods:
        return False
    if codes == others and not carried_out:
        # "Gula semut masuk Eropa. ... Gula semut dan gula brontol sudah masuk Eropa."
        return len(goods) < len(names) and all(any(_is_like(a, b) for b in names) for a in goods)
    if not (codes <= others or _lie_within(others, codes)):
        return False
    return len(goods) == len(names) == 1 and (_is_like(goods[0], names[0]) or _is_like(names[0], goods[0]))


def _lie_within(codes: set[str], areas: set[str]) -> bool:
    """True for countries of areas told before: "ke Timur Tengah ... ke Timur Tengah, seperti Arab Saudi"."""
    return bool(codes) and all(areas.intersection(country_areas().get(code, ())) for code in codes)


def _tells_more(draft: Draft, general: Draft) -> bool:
    """True where a later claim says the same of named goods: "akan menembus Malaysia ... kerajinan ke Malaysia"."""
    codes, own = set(draft.listed("destinations")), set(general.listed("destinations"))
    set_aside = general.rule_id == "presence.besides" and general.sentences == draft.sentences
    return (
        draft.has("products")
        and (draft.order > general.order or set_aside)
        and draft.slots["status"] == general.slots["status"]
        and (own == codes or (set_aside and own <= codes))
    )


def _names(short: str, name: str) -> bool:
    """True where a name only shortens another: "kopi" after "kopi jenis arabika Gayo"."""
    return significant(short) <= significant(name)


def _is_like(name: str, other: str) -> bool:
    """True for names that share most of their words: "keripik batang pisang", "keripik pohon pisang"."""
    words, others = significant(name), significant(other)
    return (
        words <= others
        or len(words & others) >= _SHARED * len(words | others)
        or (len(words) > 1 and len(words & others) >= _SHARED * len(words))
    )


def _is_loose(name: str) -> bool:
    """True for goods told in general words only: "hasil kerajinan", "produk olahan"."""
    return word_set("goods_filler").issuperset(name.lower().split())
