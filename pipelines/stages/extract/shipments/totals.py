"""Totals of a ceremony and their parts: which draft is the sum of the others, and what a total says of its own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.draft import NATION, Draft
from pipelines.stages.extract.shipments.measures import MASSES
from pipelines.stages.extract.shipments.senders import goods_words

HEAD = "head"  # mark of a draft that tells what all senders of a ceremony sent together
_OPENS_PARTS = Pattern("shipments.totals.opens_parts")
ALONE = "alone"  # mark of a draft whose worth is that of the one dispatch told just before
_PRINTED_TO = Decimal("0.01")  # amounts of parts and total are rounded, each to three figures or fewer
_FEW_OF = 10  # times over that a total is more than what its parts make at their mean: they are examples
AMOUNTS = ("quantity", "containers", "value")
_MOST_PARTS = 60  # before a total and behind it: endless lists of shipments are read in linear time


def settle_totals(drafts: list[Draft], text: str) -> list[Draft]:
    """The drafts without the totals that say nothing their parts do not."""
    _put_with_parts(drafts)
    realised = [d for d in drafts if d.slots.get("status") != "planned" and NATION not in d.evidence]
    counted: set[int] = set()
    dropped: set[int] = set()
    for index, total in enumerate(realised):
        if id(total) in counted:
            continue
        around = realised[max(0, index - _MOST_PARTS) : index + _MOST_PARTS]
        parts = [d for d in around if d is not total and id(d) not in dropped and _of_one_day(d, total)]
        told = [slot for slot in AMOUNTS if total.has(slot)]
        behind = [d for d in realised[index + 1 : index + _MOST_PARTS] if _of_one_day(d, total)]
        parts = _first_that_add_up(total, behind, told) or parts
        sums = [slot for slot in told if _is_sum(total, parts, slot)]
        listed = bool(sums) and _is_item_of_list(total, parts, text)
        if listed:
            sums = []
        together = (told == ["value"] and ALONE not in total.evidence) or HEAD in total.evidence
        bare = [d for d in parts if d.has("quantity") or d.has("containers")] if together else []
        if _is_of_other_goods(total, bare):
            bare = []
        if sums:
            counted.update(map(id, parts))
            _unite(total, [d for d in parts if "whole" not in d.evidence])
        elif len(bare) > 1:
            _unite(total, bare)
        near = [d for d in parts if d.sentences[0] - total.sentences[0] in (0, 1)]
        split = bool(told) and not listed and all(_is_sum(total, near, slot) for slot in told)
        if (
            split
            or (told and sums == told)
            or (len(bare) > 1 and "whole" in total.evidence and all(part.has("value") for part in bare))
        ):
            dropped.add(id(total))
    _lend_worth([draft for draft in realised if id(draft) not in dropped], dropped)
    return [draft for draft in drafts if id(draft) not in dropped]


def _put_with_parts(drafts: list[Draft]) -> None:
    """A total "yang akan diekspor" leaves as its parts do: "... akan diekspor 12 ton. PT X 5 ton, PT Y 7 ton"."""
    for index, total in enumerate(drafts):
        if total.slots.get("status") != "planned" or not total.has("quantity"):
            continue
        behind = [d for d in drafts[index + 1 : index + _MOST_PARTS] if d.slots.get("status") != "planned"]
        near = [d for d in behind if d.sentences[0] - total.sentences[0] <= 1]
        if _first_that_add_up(total, near, ["quantity"]):
            total.put("status", "realised")


def _first_that_add_up(total: Draft, behind: list[Draft], told: list[str]) -> list[Draft]:
    """The shipments told right behind a total that add up to it, whatever is told further on; none where they do not."""
    wholes = {slot: _amount(total, slot, total) or Decimal(0) for slot in told}
    sums = dict.fromkeys(told, Decimal(0))
    for end, part in enumerate(behind, start=1):
        for slot in told:
            sums[slot] += _amount(part, slot, total) or Decimal(0)
        if not told or any(sums[slot] > wholes[slot] * (1 + _PRINTED_TO) for slot in told):
            break
        near = all(wholes[slot] - sums[slot] <= wholes[slot] * _PRINTED_TO for slot in told)
        if near and all(_is_sum(total, behind[:end], slot) for slot in told):
            return behind[:end]
    return []


def _lend_worth(drafts: list[Draft], dropped: set[int]) -> None:
    """What a ceremony was worth, told ahead of its amount, is the worth of the amount."""
    counted = [d for d in drafts if "total" in d.evidence and (d.has("quantity") or d.has("containers"))]
    worths = [d for d in drafts if d.has("value")]
    if len(counted) != 1 or len(worths) != 1 or "whole" not in worths[0].evidence or counted == worths:
        return
    total, worth = counted[0], worths[0]
    if _of_one_day(worth, total) and worth.sentences[0] <= total.sentences[0]:
        for slot in ("value", "currency"):
            total.put(slot, worth.slots.get(slot), worth.spans.get(slot))
        dropped.add(id(worth))


def _is_item_of_list(total: Draft, parts: list[Draft], text: str) -> bool:
    """True for goods that only happen to weigh as much as the others of a list: "5 ton kopi, 3 ton kayu manis, 2 ton cengkeh"."""
    words, amount = goods_words(total), total.spans.get("quantity")
    if not words or amount is None:
        return False
    beside = [
        part.spans["quantity"]
        for part in parts
        if part.sentences[0] == total.sentences[0] and "quantity" in part.spans
    ]
    if len(beside) < 2 or any(words & goods_words(part) for part in parts):
        return False
    first, last = min(start for start, _ in beside), max(end for _, end in beside)
    between = text[amount[1] : first] if amount[0] < first else text[last : amount[0]]
    return _OPENS_PARTS.search(between) is None


def _is_of_other_goods(total: Draft, parts: list[Draft]) -> bool:
    """True for a sum of goods of its own: "... 403 ton senilai Rp8 miliar, lada senilai Rp6 miliar"."""
    words = goods_words(total)
    listed = any(part.sentences[0] == total.sentences[0] for part in parts)
    return listed and bool(words) and not any(words & goods_words(part) for part in parts)


def whole_of(drafts: Sequence[Draft]) -> Draft | None:
    """The shipment whose amount is what the others add up to, or None."""
    for total in drafts:
        parts = [d for d in drafts if d is not total]
        if any(_is_sum(total, parts, slot) for slot in ("quantity", "containers")):
            return total
    return None


def _of_one_day(part: Draft, total: Draft) -> bool:
    """False for a shipment of another day than the total's, or outside the month that it sums up."""
    if not (part.has("date") and total.has("date")):
        return True
    own, whole = str(part.slots["date"]), str(total.slots["date"])
    return own.startswith(whole) or whole.startswith(own)


def _is_sum(total: Draft, parts: list[Draft], slot: str) -> bool:
    amounts = [amount for part in parts if (amount := _amount(part, slot, total)) is not None]
    whole = _amount(total, slot, total)
    if whole is None or len(amounts) < 2:
        return False
    return abs(sum(amounts, Decimal(0)) - whole) <= whole * _PRINTED_TO


def _amount(draft: Draft, slot: str, like: Draft) -> Decimal | None:
    """An amount in the measure of another draft: kilograms for masses; None where the measures differ."""
    if not draft.has(slot):
        return None
    amount = Decimal(str(draft.slots[slot]))
    if slot == "value":
        return amount if draft.slots.get("currency") == like.slots.get("currency") else None
    if slot == "quantity":
        own, other = draft.slots.get("unit"), like.slots.get("unit")
        if own in MASSES and other in MASSES:
            return amount * MASSES[str(own)]
        return amount if own == other else None
    return amount


def _are_examples(total: Draft, parts: list[Draft]) -> bool:
    """True for parts that make up hardly anything of a total: more goods were sent, by others."""
    for slot in ("value", "quantity", "containers"):
        whole = _amount(total, slot, total)
        amounts = [amount for part in parts if (amount := _amount(part, slot, total)) is not None]
        if whole is not None and len(amounts) > 1:
            return sum(amounts, Decimal(0)) * len(parts) / len(amounts) * _FEW_OF < whole
    return False


def _unite(total: Draft, parts: list[Draft]) -> None:
    """Goods, destinations and senders of a total are those of its parts."""
    for slot in ("products", "destinations"):
        union = list(dict.fromkeys(item for part in parts for item in part.listed(slot)))
        if len(union) >= max(1, len(total.listed(slot))):
            total.put(slot, union)
    firms = list(dict.fromkeys(str(part.slots["exporter"]) for part in parts if part.has("exporter")))
    if len(firms) > 1 and not _are_examples(total, parts):
        total.put("exporter", "; ".join(firms))
    total.evidence.add("total")
    for part in parts:
        if total.has("date"):
            part.fill("date", total.slots["date"], total.spans.get("date"))
