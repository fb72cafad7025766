"""What the lines of a ceremony share: date, destination, exporter, region, totals, and whether it is the first."""

from __future__ import annotations

import re
from decimal import Decimal

from pipelines.lexicons.loader import regions
from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name
from pipelines.stages.extract.dispatch_sentences import Reading, destinations, tells_again
from pipelines.stages.extract.document import Document
from pipelines.stages.extract.draft import Draft

_NATIONWIDE = Pattern("ceremonies.nationwide")
_TOTAL = Pattern("ceremonies.total")
_EARLIER = Pattern("ceremonies.earlier")
_OWNER = Pattern("ceremonies.owner")
_THIS_ONE = Pattern("ceremonies.this_one")
_PORT = Pattern("scope.port")
_COMES_FROM = Pattern("dispatch_sentences.from_country")
_RELEASED = Pattern("ceremonies.released")
_SENDERS = Pattern("ceremonies.senders")


_KILOGRAMS = {"tonne": Decimal(1000), "kg": Decimal(1), "gram": Decimal("0.001")}
_PRINTED_TO = Decimal("0.004")  # amounts are printed to three figures or so
_ONE_STORY = 3  # shipments of an article that is about one place
_LEAD = 3  # sentences


def settle_ceremony(reading: Reading) -> list[Draft]:
    """The shipments of an article, complete with what they share, totals that repeat their parts left out."""
    document, context = reading.document, reading.context
    drafts = [d for d in reading.drafts if d.has("quantity") or d.has("containers") or d.has("value")]
    if not drafts:
        return []
    _share_ceremony(reading, drafts)
    drafts = _settle_totals(drafts)
    for draft in drafts:
        text = reading.document.sentences[draft.sentences[0]].text
        if _NATIONWIDE.match(text) or ("whole" in draft.evidence and _NATIONWIDE.search(text)):
            draft.put("origin_region", "Indonesia")
        draft.fill("origin_region", _origin(reading, draft))
        draft.fill("status", "realised")
    drafts = [d for d in drafts if _is_export(reading.document, d)]
    _apply_article_facts(drafts, document, context)
    return drafts


def _origin(reading: Reading, draft: Draft) -> str | None:
    """The region of the goods: a regency named with the dispatch, else the one the article is about."""
    home = reading.context.home
    home_region = regions()[home] if home else None
    if home_region is not None and home_region.level == "province":
        told = {str(d.slots["origin_region"]) for d in reading.drafts if "origin_region" in d.spans}
        own, *others = (_regency_told(reading.document, index, home) for index in draft.sentences)
        if own is not None or told == {home_region.name}:
            return own or home_region.name
        regency = next(filter(None, others), None)
        if regency is not None:
            return regency
        if len(reading.drafts) <= _ONE_STORY and reading.document.body:
            named = _regencies_of_lead(reading.document, home)
            if len(named) == 1:
                return named.pop()
    return region_name(home)


def _regency_told(document: Document, index: int, province: str | None) -> str | None:
    """The regency of a province that a sentence of a dispatch names, or None."""
    for mention in document.sentences[index].regions:
        region = regions()[mention.code]
        if (
            mention.role in ("at", "bare", "origin")
            and mention.explicit
            and region.parent_code == province
            and region.level == "regency"
        ):
            return region.name
    return None


def _regencies_of_lead(document: Document, province: str | None) -> set[str]:
    """The regencies of a province that an article opens with; where a port lies is not where goods come from."""
    named: set[str] = set()
    for view in document.sentences[: document.body[0].index + _LEAD]:
        ports = [
            (view.start + match.start(), view.start + match.end()) for match in _PORT.finditer(view.text)
        ]
        named |= {
            mention.name
            for mention in view.regions
            if mention.explicit
            and mention.role in ("origin", "bare", "at", "apposition")
            and regions()[mention.code].parent_code == province
            and not any(start <= mention.start <= end for start, end in ports)
        }
    return named


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


def _apply_article_facts(drafts: list[Draft], document: Document, context: ArticleContext) -> None:
    firms: dict[str, tuple[int, int]] = {}
    for view in document.body:
        for firm in view.firms:
            firms.setdefault(firm.name, (firm.start, firm.end))
    names = list(firms)
    single = names[0] if len(names) == 1 else None
    if single is None and len(names) > 1:
        owned = [n for n in names if _OWNER.search(document.text[max(0, firms[n][0] - 30) : firms[n][0]])]
        single = owned[0] if len(owned) == 1 and len(drafts) <= 3 else None
    _name_exporters(drafts, document)
    for draft in drafts:
        told = [
            d
            for d in drafts
            if d is not draft and d.slots.get("exporter") == single and "exporter" in d.spans
        ]
        other_goods = (
            bool(told)
            and draft.has("products")
            and not any(
                {w for n in draft.listed("products") for w in n.lower().split()}
                & {w for n in d.listed("products") for w in n.lower().split()}
                for d in told
            )
        )
        if other_goods:
            continue
        if single and not draft.has("exporter") and "total" not in draft.evidence:
            draft.put("exporter", single, firms[single])
    if len(drafts) >= 1 and not any(d.has("is_first") for d in drafts):
        _first_from_article(document, drafts)


def _name_exporters(drafts: list[Draft], document: Document) -> None:
    """A firm told with the goods of one dispatch only: "Adapun tepung kelapa diproduksi PT X"."""
    for view in document.body:
        if not view.firms or view.has("mission", "training", "fair"):
            continue
        words = set(re.findall(r"[a-z]{4,}", view.text.lower()))
        open_drafts = [d for d in drafts if not d.has("exporter") and "total" not in d.evidence]
        match = [
            d for d in open_drafts
            if {w for name in d.listed("products") for w in name.lower().split() if len(w) > 3} & words
            or {m.removeprefix("alias:") for m in d.evidence if m.startswith("alias:")} & words
        ]  # fmt: skip
        near = [d for d in match if abs(d.sentences[0] - view.index) <= 6]
        if len(near) == 1 and len({firm.name for firm in view.firms}) == 1:
            near[0].put("exporter", view.firms[0].name, (view.firms[0].start, view.firms[0].end))
        elif not match and view.has("by_name") and _SENDERS.search(view.text):
            for draft in open_drafts:
                if 0 <= view.index - draft.sentences[0] <= 2:
                    draft.put("exporter", view.firms[0].name, (view.firms[0].start, view.firms[0].end))


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
