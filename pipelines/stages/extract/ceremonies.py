"""What the lines of a ceremony share: date, destination, region, totals, and whether it is the first."""

from __future__ import annotations

from decimal import Decimal

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.dispatch_sentences import Reading, destinations, tells_again
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.origins import origin_of
from pipelines.stages.extract.senders import name_senders

_NATIONWIDE = Pattern("ceremonies.nationwide")
_TOTAL = Pattern("ceremonies.total")
_EARLIER = Pattern("ceremonies.earlier")
_THIS_ONE = Pattern("ceremonies.this_one")
_COMES_FROM = Pattern("dispatch_sentences.from_country")
_RELEASED = Pattern("ceremonies.released")


_KILOGRAMS = {"tonne": Decimal(1000), "kg": Decimal(1), "gram": Decimal("0.001")}
_PRINTED_TO = Decimal("0.004")  # amounts are printed to three figures or so


def settle_ceremony(reading: Reading) -> list[Draft]:
    """The shipments of an article, complete with what they share, totals that repeat their parts left out."""
    document = reading.document
    drafts = [d for d in reading.drafts if d.has("quantity") or d.has("containers") or d.has("value")]
    if not drafts:
        return []
    _share_ceremony(reading, drafts)
    drafts = _settle_totals(drafts)
    name_senders(drafts, document)
    for draft in drafts:
        text = document.sentences[draft.sentences[0]].text
        if _NATIONWIDE.match(text) or ("whole" in draft.evidence and _NATIONWIDE.search(text)):
            draft.put("origin_region", "Indonesia")
        draft.fill("origin_region", origin_of(reading, draft))
        draft.fill("status", "realised")
    drafts = [d for d in drafts if _is_export(document, d)]
    if not any(d.has("is_first") for d in drafts):
        _first_from_article(document, drafts)
    return drafts


def _is_export(document: Document, draft: Draft) -> bool:
    if draft.has("destinations"):
        return True
    view = document.sentences[draft.sentences[0]]
    if view.has("export") or any(document.sentences[i].has("export") for i in draft.sentences):
        return True
    # "Gubernur melepas 96 peti kemas ... dari dermaga": an official sends containers off only abroad.
    return (
        draft.has("containers")
        and bool(_RELEASED.search(view.text))
        and any(other.has("export") for other in document.sentences)
    )


def _share_ceremony(reading: Reading, drafts: list[Draft]) -> None:
    """Parts inherit date, destination, exporter and products of the ceremony they belong to."""
    realised = [d for d in drafts if d.slots.get("status") != "planned"]
    lead = realised[0] if realised else drafts[0]
    date_source = next((d for d in realised if d.has("date")), None)
    if realised and not any(d.has("date") for d in realised):
        _date_from_lead(reading, lead)
        date_source = lead if lead.has("date") else None
    if not any(d.has("destinations") for d in drafts):
        _destination_from_lead(reading.document, lead)
    if not reading.report and not any(d.has("destinations") for d in drafts):
        country = _only_country(reading.document)
        if country is not None:
            lead.put("destinations", [country[0]], country[1])
    for draft in drafts:
        if (
            draft is not lead
            and draft.slots.get("status") != "planned"
            and date_source is not None
            and not draft.has("date")
            and not _EARLIER.search(reading.document.sentences[draft.sentences[0]].text)
        ):
            draft.put("date", date_source.slots["date"], date_source.spans.get("date"))
        for slot in ("destinations", "products", "origin_region"):
            source = next(
                (
                    d
                    for d in drafts
                    if d.has(slot)
                    and (slot != "origin_region" or d.slots.get("exporter") == draft.slots.get("exporter"))
                ),
                None,
            )
            if slot == "origin_region" and (len(drafts) > 3 or "whole" in draft.evidence):
                continue
            if (
                not draft.has(slot)
                and source is not None
                and not _TOTAL.search(reading.document.sentences[draft.sentences[0]].text)
            ):
                draft.put(slot, source.slots[slot], source.spans.get(slot))


def _date_from_lead(reading: Reading, lead: Draft) -> None:
    for view in reading.document.body[:6]:
        for time in view.times:
            if time.form in ("day", "weekday") or (time.form == "relative" and time.word == "hari ini"):
                resolved = reading.context.resolve(time)
                if resolved:
                    lead.put("date", resolved.edtf, (time.start, time.end))
                    return


def _destination_from_lead(document: Document, lead: Draft) -> None:
    for view in document.sentences[:8]:
        found = destinations(document, view, view.start, view.end)
        if found and view.has("export", "send"):
            lead.put(
                "destinations",
                list(dict.fromkeys(m.code for m in found)),
                (found[0].start, found[-1].end),
            )
            return


def _only_country(document: Document) -> tuple[str, tuple[int, int]] | None:
    """The one foreign country that a short report names, where it names no other."""
    mentions = [
        mention
        for view in document.sentences
        if not view.has("import", "mission", "training", "fair")
        for mention in view.countries
        if not _COMES_FROM.search(document.text, max(view.start, mention.start - 12), mention.start)
    ]
    if len({mention.code for mention in mentions}) != 1:
        return None
    return mentions[0].code, (mentions[0].start, mentions[0].end)


def _settle_totals(drafts: list[Draft]) -> list[Draft]:
    """A total is kept only where it says something its parts do not."""
    realised = [d for d in drafts if d.slots.get("status") != "planned"]
    kept = list(drafts)
    for slot in ("quantity", "containers"):
        stated = [d for d in realised if d.has(slot) and d in kept]
        if len(stated) < 3:
            continue
        for total in stated:
            parts = [
                d
                for d in stated
                if d is not total and (slot != "quantity" or d.slots.get("unit") == total.slots.get("unit"))
            ]
            amount = sum((Decimal(str(d.slots[slot])) for d in parts), Decimal(0))
            if len(parts) >= 2 and amount == total.slots[slot]:
                _make_total(total, parts)
                if not (total.has("value") and not all(d.has("value") for d in parts)):
                    kept.remove(total)
                break
    for total in realised:
        parts = [d for d in realised if d is not total and d in kept]
        if total in kept and _adds_up(total, parts):
            kept.remove(total)
    for draft in realised:
        if draft in kept and draft.has("value") and not draft.has("quantity") and not draft.has("containers"):
            parts = [
                d
                for d in realised
                if d is not draft and d in kept and (d.has("quantity") or d.has("containers"))
            ]
            if len(parts) >= 2:
                _make_total(draft, parts)
                if "whole" in draft.evidence and all(part.has("value") for part in parts):
                    kept.remove(draft)
    return kept


def _adds_up(total: Draft, parts: list[Draft]) -> bool:
    """True where every amount of a draft is what those of two parts or more add up to: it says nothing of its own."""
    told = [slot for slot in ("quantity", "containers", "value") if total.has(slot)]
    return bool(told) and all(_is_sum(total, parts, slot) for slot in told)


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
        if own in _KILOGRAMS and other in _KILOGRAMS:
            return amount * _KILOGRAMS[str(own)]
        return amount if own == other else None
    return amount


def _make_total(total: Draft, parts: list[Draft]) -> None:
    for slot in ("products", "destinations"):
        union: list[str] = []
        for part in parts:
            union += [item for item in part.listed(slot) if item not in union]
        if union:
            total.put(slot, list(union))
    firms = list(dict.fromkeys(str(part.slots["exporter"]) for part in parts if part.has("exporter")))
    if firms and len(firms) > 1:
        total.put("exporter", "; ".join(firms))
    total.evidence.add("total")
    for part in parts:
        if total.has("date"):
            part.fill("date", total.slots["date"], total.spans.get("date"))


def _first_from_article(document: Document, drafts: list[Draft]) -> None:
    """The word "perdana" told in another sentence belongs to the dispatch whose goods or country it names."""
    for view in document.body:
        again = tells_again(view)
        if not again and not view.has("first"):
            continue
        if view.has("mission", "training") or not view.has("export", "send", "presence", "buyer"):
            continue
        codes = {m.code for m in view.countries}
        for draft in drafts:
            if draft.slots.get("status") == "planned":
                continue
            words = {w for name in draft.listed("products") for w in name.lower().split()}
            same_goods = any(
                set(view.text[h.start - view.start : h.end - view.start].lower().split()) & words
                for h in view.products
            )
            same_place = bool(codes & set(draft.listed("destinations")))
            same_firm = any(firm.name == draft.slots.get("exporter") for firm in view.firms)
            just_told = _THIS_ONE.match(view.text) is not None and 0 < view.index - draft.sentences[-1] <= 2
            named = len(drafts) == 1 or same_goods or same_place or same_firm or just_told
            if named and draft.slots.get("is_first") is None:
                cue = next(iter(view.cues_of("not_first" if again else "first")), None)
                draft.put("is_first", not again, (cue.start, cue.end) if cue else None)
