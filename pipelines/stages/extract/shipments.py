"""export_shipment: particular dispatches, read sentence by sentence and joined into the lines of a ceremony."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from pipelines.lexicons.loader import regions, word_set
from pipelines.stages.extract.context import ArticleContext, region_name
from pipelines.stages.extract.document import CountryMention, Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.labels import Label, find_labels
from pipelines.stages.extract.realisations import is_report
from pipelines.text.dates import TimeExpression
from pipelines.text.figures import Figure
from pipelines.text.organisations import find_owned_brands
from pipelines.text.products import product_list_at
from pipelines.lexicons.patterns import Pattern

_TO = Pattern("shipments.to")
_FROM_COUNTRY = Pattern("shipments.from_country")
_BUYER_FROM = Pattern("shipments.buyer_from")
_SPLIT = Pattern("shipments.split")
_NATIONWIDE = Pattern("shipments.nationwide")
_TOTAL = Pattern("shipments.total")
_VALUE_BACK = Pattern("shipments.value_back")
_EARLIER = Pattern("shipments.earlier")
_LATER = Pattern("shipments.later")
_CEREMONY = Pattern("shipments.ceremony")
_OWNER = Pattern("shipments.owner")
_NTH = Pattern("shipments.nth")
_SAME_DAY = Pattern("shipments.same_day")
_SINCE = Pattern("shipments.since")
_LIST_ITEM = re.compile(r"\s*(?:\d{1,2}[.)]|[-•*–·])\s+")
_LIST_LEAD = Pattern("shipments.list_lead")
_EXAMPLE = Pattern("shipments.example")
_PACKAGES = frozenset({"sack", "carton", "box", "pack", "bottle", "roll", "head", "piece", "unit", "sheet", "stem"})
_ARRIVES = Pattern("shipments.arrives")
_DOMESTIC_DEST = Pattern("shipments.domestic_dest")
_RELEVANT = Pattern("shipments.relevant")
_RELEVANT_2 = Pattern("shipments.relevant_2")
_RELEVANT_3 = Pattern("shipments.relevant_3")
_GOES_INLAND = Pattern("shipments.goes_inland")
_USABLE = Pattern("shipments.usable")
_USABLE_2 = Pattern("shipments.usable_2")
_DESTINATIONS = Pattern("shipments.destinations")
_BREAKS = Pattern("shipments.breaks")
_SAME_MASS = Pattern("shipments.same_mass")
_PRODUCTS = Pattern("shipments.products")
_MATCHING = Pattern("shipments.matching")
_STATUS = Pattern("shipments.status")
_STATUS_2 = Pattern("shipments.status_2")
_STATUS_3 = Pattern("shipments.status_3")
_NAME_EXPORTERS = Pattern("shipments.name_exporters")


@dataclass(slots=True)
class _Line:
    """One figure group of a sentence: what is sent, by whom, where to."""

    start: int
    end: int
    view: SentenceView
    quantity: Figure | None = None
    containers: Figure | None = None
    value: Figure | None = None
    products: list[Label] = field(default_factory=list)
    countries: list[CountryMention] = field(default_factory=list)


def read_shipments(document: Document, context: ArticleContext, *, skip: set[int]) -> tuple[list[Draft], set[int]]:
    """Shipment claims of an article and the offsets of the figures they used."""
    reader = _Reader(document, context, skip)
    for view in document.sentences:
        reader.read(view)
    return reader.finish(), reader.taken


class _Reader:
    """Walks through an article and keeps the shipments found so far."""

    def __init__(self, document: Document, context: ArticleContext, skip: set[int]) -> None:
        self.document = document
        self.context = context
        self.skip = skip
        self.taken: set[int] = set()
        self.drafts: list[Draft] = []
        self.last_index = -10
        self.list_open = -10
        self.lead_in: SentenceView | None = None
        self.report = is_report(document)

    def read(self, view: SentenceView) -> None:
        if view.end <= self.document.title_end:
            if not self.report and view.has("export", "send", "presence"):
                self.lead_in = view
            return
        if not self._relevant(view):
            self._note_lead_in(view)
            return
        lines = self._lines(view)
        for line in lines:
            self._take(line)
        if lines:
            self.last_index = view.index

    def _note_lead_in(self, view: SentenceView) -> None:
        """A sentence without figures may open the report of a dispatch: "... mengekspor ke Timor Leste"."""
        if view.has("export", "send") and not view.has("smuggling", "cancel", "import") and not _EXAMPLE.search(view.text):
            if self._destinations(view, view.start, view.end) or view.has("send_strong") or view.products:
                self.lead_in = view
        elif view.has("buyer") and self._destinations(view, view.start, view.end):
            self.lead_in = view
        if (self.drafts or self.lead_in) and _LIST_LEAD.search(view.text) and not self._is_statistical(view):
            self.list_open = view.index

    def _is_statistical(self, view: SentenceView) -> bool:
        return view.has("source_stat") or any(t.form in ("month_range", "quarter", "semester", "year") for t in view.times)

    def _in_list(self, view: SentenceView) -> bool:
        return bool(_LIST_ITEM.match(self.document.text, view.start)) and view.index - self.list_open <= 12

    # -- which sentences

    def _relevant(self, view: SentenceView) -> bool:
        if view.has("smuggling") or (view.has("cancel") and not view.has("send_strong")):
            return False
        if not view.countries and self._goes_inland(view):
            return False
        if _EXAMPLE.search(view.text):
            return False
        near = view.index - self.last_index <= 2 and bool(self.drafts)
        led = self.lead_in is not None and view.index - self.lead_in.index <= 2
        figures = [f for f in view.figures if self._usable(view, f)]
        if not figures:
            return False
        kinds = {f.kind for f in figures}
        if _LIST_LEAD.search(view.text) and kinds & {"quantity", "container"} and not self._is_statistical(view):
            self.list_open = view.index
        if self._in_list(view) and kinds & {"quantity", "container"}:
            return True
        if view.has("mission", "training") and not view.has("send_strong"):
            return False
        text = self.document.text
        stat_period = any(
            t.form in ("month_range", "quarter", "semester")
            or (t.form == "year" and _RELEVANT.search(text[max(0, t.start - 10) : t.start + 6]))
            or (t.form == "month" and t.until)
            or (t.form == "relative" and t.word.startswith("periode"))
            for t in view.times
        ) or bool(_SINCE.search(view.text))
        if any(_RELEVANT_2.search(text[max(view.start, m.start - 14) : m.start]) for m in view.regions) and any(
            t.form in ("month", "year") for t in view.times
        ):
            return False
        if stat_period and not view.has("send_strong"):
            return False
        if view.has("cumulative") and _RELEVANT_3.search(view.text) and not view.has("send_strong"):
            return False
        monthly = any(t.form in ("month", "year", "quarter") for t in view.times)
        if self.report and not (
            (view.has("send_strong") and not monthly and ("quantity" in kinds or "container" in kinds))
            or view.firms
            or "container" in kinds
            or (len([v for v in self.document.body if v.index < view.index]) < 2 and kinds & {"quantity"} and view.countries and not monthly)
            or (view.has("send", "certify", "export") and any(t.form == "day" for t in view.times) and not any(t.form == "month" for t in view.times))
            or near
            or (view.has("send") and view.countries and _SAME_DAY.search(view.text))
        ):
            return False
        sends = view.has("send", "send_strong")
        exports = view.has("export")
        foreign = bool(self._destinations(view, view.start, view.end))
        goods = bool(kinds & {"quantity", "container"})
        if goods and (sends or exports) and (foreign or near or led or exports or self.drafts or (view.firms and self._abroad_before(view))):
            return True
        if "container" in kinds and view.has("send_strong"):
            return True
        if near and goods and view.countries and _LIST_LEAD.search(view.text):
            return True
        if goods and foreign and _ARRIVES.search(view.text):
            return True
        if near and "container" in kinds:
            return True
        if led and goods and not self.report and not view.has("price"):
            return True
        if (near or led) and view.has("value_word", "volume_word", "this_one", "send", "buyer"):
            return True
        if "money" in kinds and (sends or exports):
            return view.has("this_one", "first", "send_strong") or (foreign and sends)
        return goods and sends and view.has("planned") and self._abroad_before(view)

    def _goes_inland(self, view: SentenceView) -> bool:
        """True where the only places that goods go to are regions of Indonesia."""
        text = self.document.text
        inland = [m for m in view.regions if _GOES_INLAND.search(text[max(view.start, m.start - 20) : m.start])]
        island = any(f"ke {name}" in view.text.lower() for name in sorted(word_set("island")))
        return bool(inland) and not view.has("send_strong") or (island and not inland and '"' in view.text)

    def _abroad_before(self, view: SentenceView) -> bool:
        return any(self.document.sentences[i].countries for i in range(max(0, view.index - 3), view.index))

    def _usable(self, view: SentenceView, figure: Figure) -> bool:
        if figure.is_rate or figure.same_as or figure.value is None or figure.start in self.skip:
            return False
        if figure.kind not in ("money", "quantity", "container"):
            return False
        price = view.last_cue_before(figure.start, "price")
        if price is not None and price.key != "seharga" and figure.start - price.end < 28 and "nilai" not in self.document.text[price.end : figure.start].lower():
            return False
        governor = view.last_cue_before(figure.start, "price", "import", "budget", "capacity", "domestic", "rate_before", "share",
                                        "send", "export", "value_word", "volume_word", "this_one", "achieved", "demand", "cancel")  # fmt: skip
        if governor is not None and governor.key == "seharga" and figure.kind == "money" and figure.value >= 1_000_000:
            return True
        if governor is not None and set(governor.codes) & {"price", "import", "budget", "domestic", "capacity", "rate_before", "cancel", "demand"}:
            gap = figure.start - governor.end
            if not set(governor.codes) & {"send", "export", "achieved", "value_word"} and gap < 60:
                return False
        after = self.document.text[figure.end : figure.end + 40]
        if _USABLE.match(after) and figure.kind != "money":
            return False
        return not _USABLE_2.match(after)

    def _destinations(self, view: SentenceView, start: int, end: int) -> list[CountryMention]:
        """Countries that goods go to within a span, by the preposition or verb before them."""
        text = self.document.text
        found: list[CountryMention] = []
        for mention in view.countries:
            if not (start <= mention.start and mention.end <= end):
                continue
            before = text[max(view.start, mention.start - 40) : mention.start]
            joined = bool(found) and _DESTINATIONS.fullmatch(text[found[-1].end : mention.start])
            if joined or (_TO.search(before) and not _FROM_COUNTRY.search(before)) or _BUYER_FROM.search(before):
                found.append(mention)
        return found

    # -- lines of a sentence

    def _lines(self, view: SentenceView) -> list[_Line]:
        text = self.document.text
        figures = [f for f in view.figures if self._usable(view, f)]
        groups: list[list[Figure]] = []
        for figure in figures:
            kinds = {f.kind for f in groups[-1]} if groups else set()
            if groups and figure.kind not in kinds and not self._breaks(view, groups[-1][-1], figure):
                groups[-1].append(figure)
            elif groups and figure.kind == "quantity" and "quantity" in kinds and self._same_mass(groups[-1], figure):
                continue
            else:
                groups.append([figure])
        lines: list[_Line] = []
        start = view.start
        for index, group in enumerate(groups):
            end = view.end
            if index + 1 < len(groups):
                end = self._boundary(view, group[-1].end, groups[index + 1][0].start)
            line = _Line(start, end, view)
            for figure in group:
                if figure.kind == "quantity":
                    line.quantity = figure
                elif figure.kind == "container":
                    line.containers = figure
                else:
                    line.value = figure
            line.products = self._products(view, line, group)
            line.countries = self._destinations(view, start, end)
            if not line.countries and (self._in_list(view) or _LIST_LEAD.search(view.text)):
                line.countries = [m for m in view.countries if start <= m.start < end]
            lines.append(line)
            start = end
        if len(lines) > 1:
            # A destination or product told once for all lines of the sentence.
            for line in lines:
                if not line.countries and sum(bool(other.countries) for other in lines) == 1:
                    line.countries = next(other.countries for other in lines if other.countries)
        return lines

    def _breaks(self, view: SentenceView, previous: Figure, figure: Figure) -> bool:
        between = self.document.text[previous.end : figure.start]
        return bool(_BREAKS.search(between))

    def _same_mass(self, group: list[Figure], figure: Figure) -> bool:
        """"52 ton ... 52.000 kilogram", "447 ekor, netto 156 kg": one line told in two units."""
        between = self.document.text[group[-1].end : figure.start]
        return bool(_SAME_MASS.fullmatch(between))

    def _boundary(self, view: SentenceView, start: int, end: int) -> int:
        cut = start
        for match in _SPLIT.finditer(self.document.text, start, end):
            cut = match.start()
            if match[0].strip(" ,").lower() in ("sedangkan", "sementara", ";") or match[0] == ";":
                return match.start()
        return cut

    def _products(self, view: SentenceView, line: _Line, group: list[Figure]) -> list[Label]:
        text = self.document.text
        barriers = frozenset([m.start for m in view.countries] + [m.start for m in view.regions] + [o.start for o in view.firms] + [f.start for f in view.figures])
        for figure in (line.quantity, line.containers):
            if figure is None:
                continue
            match = _PRODUCTS.match(text, figure.end, line.end)
            offset = match.end() if match else figure.end
            phrases = product_list_at(text, offset, line.end, barriers, {h.start: h.end for h in view.products})
            if phrases and (phrases[0].known or (figure.kind == "quantity" and phrases[0].start - figure.end < 3)):
                return [Label(p.start, p.end, "product", (p.text,), p.text) for p in phrases]
        labels = [label for label in find_labels(self.document, view, single=True) if label.kind == "product" and line.start <= label.start and label.end <= line.end]
        if not labels:
            return []
        anchor = group[0].start
        before = [label for label in labels if label.end <= anchor]
        chosen = before or labels
        # A coordinated list stays together; anything further away is another topic.
        run = [chosen[-1]] if before else [chosen[0]]
        ordered = reversed(chosen[:-1]) if before else iter(chosen[1:])
        for label in ordered:
            near = run[0].start - label.end if before else label.start - run[-1].end
            if near <= 8:
                run = [label, *run] if before else [*run, label]
            else:
                break
        return run

    # -- joining lines into shipments

    def _take(self, line: _Line) -> None:
        for figure in (line.quantity, line.containers, line.value):
            if figure is not None:
                self.taken.add(figure.start)
        target = self._matching(line)
        if target is None:
            whole = line.quantity is None and line.containers is None
            if whole and not (line.products or line.countries or _TOTAL.search(line.view.text) or line.view.has("send_strong")) and not self.drafts:
                return
            target = Draft("export_shipment", "shipment.line", [line.view.index], self._order(line))
            self.drafts.append(target)
            if whole:
                target.evidence.add("whole")
            self._fill(target, line)
            self._fill_from_lead_in(target, line)
            return
        elif line.view.index not in target.sentences:
            target.sentences.append(line.view.index)
        self._fill(target, line)

    def _order(self, line: _Line) -> int:
        return min(f.start for f in (line.quantity, line.containers, line.value) if f is not None)

    def _matching(self, line: _Line) -> Draft | None:
        """The shipment that a line goes on about, or None for a new one."""
        later = bool(_LATER.search(line.view.text)) and line.view.has("planned")
        own_time = self._own_time(line)
        for draft in reversed(self.drafts):
            if self._equal(draft, line) and not (later and draft.slots.get("status") == "realised"):
                return draft
        if not self.drafts:
            return None
        if later or (own_time and _EARLIER.search(line.view.text)):
            return None
        if line.view.index - self.last_index > 12:
            return None
        if line.value is not None and line.quantity is None and line.containers is None:
            if _TOTAL.search(line.view.text) and (len(self.drafts) > 1 or len(line.products) > 1):
                return None
            if _NATIONWIDE.search(line.view.text):
                return None
            codes = {m.code for m in line.countries}
            for draft in reversed(self.drafts):
                if codes and codes == set(self._list(draft, "destinations")) and not draft.has("value"):
                    return draft
            for draft in reversed(self.drafts):
                if line.products and self._shares_product(draft, line) and not draft.has("value"):
                    return draft
            candidate = self.drafts[-1]
            return None if candidate.has("value") else candidate
        for draft in reversed(self.drafts):
            if "whole" in draft.evidence and (line.products or line.countries or len(self.drafts) > 1):
                continue
            packed = (
                line.quantity is not None
                and draft.has("quantity")
                and line.quantity.unit in _PACKAGES
                and draft.slots.get("unit") in ("tonne", "kg")
                and bool(_MATCHING.search(line.view.text))
            )
            conflict = (
                (line.quantity is not None and draft.has("quantity") and not packed)
                or (line.containers is not None and draft.has("containers"))
                or (line.value is not None and draft.has("value"))
            )
            if conflict:
                continue
            if line.countries and draft.has("destinations") and not set(m.code for m in line.countries) <= set(self._list(draft, "destinations")):
                continue
            if line.products and draft.has("products") and not self._shares_product(draft, line):
                continue
            if draft.slots.get("status") == "planned" and not line.view.has("planned"):
                continue
            return draft
        return None

    def _own_time(self, line: _Line) -> TimeExpression | None:
        return next((t for t in line.view.times if t.form in ("day", "month", "year", "relative")), None)

    def _list(self, draft: Draft, slot: str) -> list[str]:
        value = draft.slots.get(slot)
        return value if isinstance(value, list) else []

    def _equal(self, draft: Draft, line: _Line) -> bool:
        same = False
        for slot, figure in (("quantity", line.quantity), ("containers", line.containers), ("value", line.value)):
            if figure is None or not draft.has(slot):
                continue
            if draft.slots[slot] == figure.value and (slot != "quantity" or draft.slots.get("unit") == figure.unit):
                same = True
            elif slot == "quantity":
                return False
            else:
                return False
        if same and line.countries and draft.has("destinations"):
            return bool(set(m.code for m in line.countries) & set(self._list(draft, "destinations")))
        return same

    def _shares_product(self, draft: Draft, line: _Line) -> bool:
        known = {word for name in self._list(draft, "products") for word in name.lower().split()}
        known |= {mark.removeprefix("alias:") for mark in draft.evidence if mark.startswith("alias:")}
        told = {word for label in line.products for word in label.text.lower().split()}
        return bool(told & known) or bool({w for w in known if len(w) > 4} & set(line.view.text.lower().split()[:4]))

    def _fill(self, draft: Draft, line: _Line) -> None:
        view = line.view
        if line.quantity is not None and not draft.has("quantity"):
            draft.put_figure("quantity", line.quantity)
        if line.containers is not None and not draft.has("containers"):
            draft.put("containers", line.containers.value, (line.containers.start, line.containers.end))
        if line.value is not None and not draft.has("value"):
            draft.put_figure("value", line.value)
        if line.products:
            # "tetes tebu (molases)": the name in brackets may stand alone later.
            alias = re.match(r"\s*\(([^()]{3,30})\)", self.document.text[line.products[-1].end : line.products[-1].end + 36])
            if alias:
                draft.evidence.update(f"alias:{word}" for word in alias[1].lower().split())
        if line.products and not draft.has("products"):
            draft.put("products", [label.text for label in line.products], (line.products[0].start, line.products[-1].end))
        if line.countries and not draft.has("destinations"):
            codes = list(dict.fromkeys(m.code for m in line.countries))
            draft.put("destinations", codes, (line.countries[0].start, line.countries[-1].end))
        firms = [firm for firm in view.firms if line.start <= firm.start < line.end]
        if firms and not draft.has("exporter"):
            draft.put("exporter", firms[0].name, (firms[0].start, firms[0].end))
        self._fill_origin(draft, line)
        self._fill_date(draft, line)
        if "status" not in draft.slots:
            draft.put("status", self._status(line))
        if view.has("not_first") or _NTH.search(view.text):
            draft.fill("is_first", False)
        elif view.has("first") and draft.slots.get("is_first") is None and self._first_is_about_goods(view, line):
            cue = view.cues_of("first")[0]
            draft.put("is_first", True, (cue.start, cue.end))

    def _fill_from_lead_in(self, draft: Draft, line: _Line) -> None:
        """What the sentence before said of the dispatch: where to, what, by whom, whether it is the first."""
        lead = self.lead_in
        if lead is None or line.view.index - lead.index > 3:
            return
        draft.sentences.append(lead.index)
        found = self._destinations(lead, lead.start, lead.end)
        if found:
            draft.fill("destinations", list(dict.fromkeys(m.code for m in found)), (found[0].start, found[-1].end))
        whole = _Line(lead.start, lead.end, lead)
        labels = [label for label in find_labels(self.document, lead, single=True) if label.kind == "product"]
        if labels and not draft.has("products"):
            draft.put("products", [labels[0].text], (labels[0].start, labels[0].end))
        if lead.firms:
            draft.fill("exporter", lead.firms[0].name, (lead.firms[0].start, lead.firms[0].end))
        self._fill_origin(draft, whole)
        if not self._own_time(line):
            self._fill_date(draft, whole)
        if draft.slots.get("is_first") is None and lead.has("first", "not_first"):
            cue = lead.cues_of("first", "not_first")[0]
            draft.put("is_first", not lead.has("not_first"), (cue.start, cue.end))

    def _first_is_about_goods(self, view: SentenceView, line: _Line) -> bool:
        cue = view.cues_of("first")[0]
        return line.start <= cue.start <= line.end or len(view.figures) <= 2

    def _fill_origin(self, draft: Draft, line: _Line) -> None:
        for mention in line.view.regions:
            if mention.role == "origin" and line.start <= mention.start < line.end:
                draft.fill("origin_region", mention.name, (mention.start, mention.end))
                return

    def _fill_date(self, draft: Draft, line: _Line) -> None:
        if draft.has("date"):
            return
        times = [t for t in line.view.times if line.start - 60 <= t.start]
        for form in ("day", "day_range", "weekday", "relative", "month", "year"):
            for time in times:
                if time.form != form:
                    continue
                if time.form == "relative" and not time.word.startswith(("hari", "bulan", "pekan", "minggu", "tahun", "kemarin", "besok")):
                    continue
                if time.form == "weekday" and self._is_speech_time(time):
                    continue
                resolved = self.context.resolve(time)
                if resolved:
                    draft.put("date", resolved.edtf, (time.start, time.end))
                    draft.flags.extend(flag for flag in resolved.flags if flag not in draft.flags)
                    return

    def _is_speech_time(self, time: TimeExpression) -> bool:
        return False

    def _status(self, line: _Line) -> str:
        text = self.document.text[max(line.view.start, line.start - 40) : line.end]
        planned = _STATUS.search(text)  # fmt: skip
        if planned:
            done = _STATUS_2.search(text)
            certified = line.view.has("certify") and _STATUS_3.search(text)
            if not certified and not (done and planned[0].lower() in ("akan", "segera", "nanti")):
                return "planned"
        return "realised"

    # -- what the ceremony shares

    def finish(self) -> list[Draft]:
        document, context = self.document, self.context
        drafts = [d for d in self.drafts if d.has("quantity") or d.has("containers") or d.has("value")]
        if not drafts:
            return []
        self._share_ceremony(drafts)
        drafts = self._settle_totals(drafts)
        for draft in drafts:
            if "whole" in draft.evidence and _NATIONWIDE.search(self.document.sentences[draft.sentences[0]].text):
                draft.put("origin_region", "Indonesia")
            draft.fill("origin_region", self._origin(draft))
            draft.fill("status", "realised")
        drafts = [d for d in drafts if self._is_export(d)]
        self._apply_article_facts(drafts, document, context)
        return drafts

    def _origin(self, draft: Draft) -> str | None:
        """The region of the goods: a regency named with the dispatch, else the one the article is about."""
        home = self.context.home
        home_region = regions()[home] if home else None
        if home_region is not None and home_region.level == "province":
            for index in draft.sentences:
                for mention in self.document.sentences[index].regions:
                    region = regions()[mention.code]
                    if mention.role in ("at", "bare", "origin") and mention.explicit and region.parent_code == home and region.level == "regency":
                        return region.name
        return region_name(home)

    def _is_export(self, draft: Draft) -> bool:
        if draft.has("destinations"):
            return True
        view = self.document.sentences[draft.sentences[0]]
        return view.has("export") or any(self.document.sentences[i].has("export") for i in draft.sentences)

    def _share_ceremony(self, drafts: list[Draft]) -> None:
        """Parts inherit date, destination, exporter and products of the ceremony they belong to."""
        realised = [d for d in drafts if d.slots.get("status") != "planned"]
        lead = realised[0] if realised else drafts[0]
        date_source = next((d for d in realised if d.has("date")), None)
        if realised and not any(d.has("date") for d in realised):
            self._date_from_lead(lead)
            date_source = lead if lead.has("date") else None
        if not any(d.has("destinations") for d in drafts):
            self._destination_from_lead(lead)
        for draft in drafts:
            if draft is not lead and draft.slots.get("status") != "planned" and date_source is not None and not draft.has("date"):
                if not _EARLIER.search(self.document.sentences[draft.sentences[0]].text):
                    draft.put("date", date_source.slots["date"], date_source.spans.get("date"))
            for slot in ("destinations", "products", "origin_region"):
                source = next((d for d in drafts if d.has(slot) and (slot != "origin_region" or d.slots.get("exporter") == draft.slots.get("exporter"))), None)
                if slot == "origin_region" and (len(drafts) > 3 or "whole" in draft.evidence):
                    continue
                if not draft.has(slot) and source is not None and not _TOTAL.search(self.document.sentences[draft.sentences[0]].text):
                    draft.put(slot, source.slots[slot], source.spans.get(slot))
        if lead.has("date") and not date_source:
            date_source = lead

    def _date_from_lead(self, lead: Draft) -> None:
        for view in self.document.body[:6]:
            for time in view.times:
                if time.form in ("day", "weekday") or (time.form == "relative" and time.word == "hari ini"):
                    resolved = self.context.resolve(time)
                    if resolved:
                        lead.put("date", resolved.edtf, (time.start, time.end))
                        return

    def _destination_from_lead(self, lead: Draft) -> None:
        for view in self.document.sentences[:8]:
            found = self._destinations(view, view.start, view.end)
            if found and view.has("export", "send"):
                lead.put("destinations", list(dict.fromkeys(m.code for m in found)), (found[0].start, found[-1].end))
                return

    def _settle_totals(self, drafts: list[Draft]) -> list[Draft]:
        """A total is kept only where it says something its parts do not."""
        realised = [d for d in drafts if d.slots.get("status") != "planned"]
        kept = list(drafts)
        for slot in ("quantity", "containers"):
            stated = [d for d in realised if d.has(slot) and d in kept]
            if len(stated) < 3:
                continue
            for total in stated:
                parts = [d for d in stated if d is not total and (slot != "quantity" or d.slots.get("unit") == total.slots.get("unit"))]
                amount = sum((Decimal(str(d.slots[slot])) for d in parts), Decimal(0))
                if len(parts) >= 2 and amount == total.slots[slot]:
                    self._make_total(total, parts)
                    if not (total.has("value") and not all(d.has("value") for d in parts)):
                        kept.remove(total)
                    break
        for draft in realised:
            if draft in kept and draft.has("value") and not draft.has("quantity") and not draft.has("containers"):
                parts = [d for d in realised if d is not draft and d in kept and (d.has("quantity") or d.has("containers"))]
                if len(parts) >= 2:
                    self._make_total(draft, parts)
                    if "whole" in draft.evidence and all(part.has("value") for part in parts):
                        kept.remove(draft)
        return kept

    def _make_total(self, total: Draft, parts: list[Draft]) -> None:
        for slot in ("products", "destinations"):
            union: list[str] = []
            for part in parts:
                union += [item for item in self._list(part, slot) if item not in union]
            if union:
                total.put(slot, list(union))
        firms = list(dict.fromkeys(str(part.slots["exporter"]) for part in parts if part.has("exporter")))
        if firms and len(firms) > 1:
            total.put("exporter", "; ".join(firms))
        total.evidence.add("total")
        for part in parts:
            if total.has("date"):
                part.fill("date", total.slots["date"], total.spans.get("date"))

    def _apply_article_facts(self, drafts: list[Draft], document: Document, context: ArticleContext) -> None:
        firms: dict[str, tuple[int, int]] = {}
        for view in document.body:
            for firm in view.firms:
                firms.setdefault(firm.name, (firm.start, firm.end))
        names = list(firms)
        single = names[0] if len(names) == 1 else None
        if single is None and len(names) > 1:
            owned = [n for n in names if _OWNER.search(document.text[max(0, firms[n][0] - 30) : firms[n][0]])]
            single = owned[0] if len(owned) == 1 and len(drafts) <= 3 else None
        if not names:
            brands = find_owned_brands(document.text)
            single = None
            firms.update({b.name: (b.start, b.end) for b in brands[:0]})
        self._name_exporters(drafts, document)
        for draft in drafts:
            told = [d for d in drafts if d is not draft and d.slots.get("exporter") == single and "exporter" in d.spans]
            other_goods = bool(told) and draft.has("products") and not any(
                {w for n in self._list(draft, "products") for w in n.lower().split()} & {w for n in self._list(d, "products") for w in n.lower().split()} for d in told
            )
            if other_goods:
                continue
            if single and not draft.has("exporter") and "total" not in draft.evidence:
                draft.put("exporter", single, firms[single])
        if len(drafts) >= 1 and not any(d.has("is_first") for d in drafts):
            self._first_from_article(drafts)

    def _name_exporters(self, drafts: list[Draft], document: Document) -> None:
        """A firm told with the goods of one dispatch only: "Adapun tepung kelapa diproduksi PT X"."""
        for view in document.body:
            if not view.firms or view.has("mission", "training", "fair"):
                continue
            words = set(re.findall(r"[a-z]{4,}", view.text.lower()))
            open_drafts = [d for d in drafts if not d.has("exporter") and "total" not in d.evidence]
            match = [
                d for d in open_drafts
                if {w for name in self._list(d, "products") for w in name.lower().split() if len(w) > 3} & words
                or {m.removeprefix("alias:") for m in d.evidence if m.startswith("alias:")} & words
            ]  # fmt: skip
            near = [d for d in match if abs(d.sentences[0] - view.index) <= 6]
            if len(near) == 1 and len({firm.name for firm in view.firms}) == 1:
                near[0].put("exporter", view.firms[0].name, (view.firms[0].start, view.firms[0].end))
            elif not match and view.has("by_name") and _NAME_EXPORTERS.search(view.text):
                for draft in open_drafts:
                    if 0 <= view.index - draft.sentences[0] <= 2:
                        draft.put("exporter", view.firms[0].name, (view.firms[0].start, view.firms[0].end))

    def _first_from_article(self, drafts: list[Draft]) -> None:
        """"Perdana" told in another sentence belongs to the dispatch whose goods or country it names."""
        for view in self.document.body:
            if not view.has("first", "not_first"):
                continue
            if view.has("mission", "training") or not view.has("export", "send", "presence", "buyer"):
                continue
            value = not view.has("not_first")
            codes = {m.code for m in view.countries}
            for draft in drafts:
                if draft.slots.get("status") == "planned":
                    continue
                words = {w for name in self._list(draft, "products") for w in name.lower().split()}
                same_goods = any(set(view.text[h.start - view.start : h.end - view.start].lower().split()) & words for h in view.products)
                same_place = bool(codes & set(self._list(draft, "destinations")))
                if len(drafts) == 1 or same_goods or same_place:
                    if draft.slots.get("is_first") is None:
                        cue = view.cues_of("first", "not_first")[0]
                        draft.put("is_first", value, (cue.start, cue.end))
            if any(d.has("is_first") for d in drafts):
                return


def province_of(code: str) -> str:
    """The province code of a region code."""
    region = regions()[code]
    return region.parent_code or region.code
