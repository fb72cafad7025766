"""Missions told in passing: several in one sentence, or an earlier visit."""

from __future__ import annotations

from pipelines.lexicons.patterns import Pattern
from pipelines.stages.extract.context import ArticleContext, region_name, resolve_in
from pipelines.stages.extract.document import Document, SentenceView
from pipelines.stages.extract.draft import Draft
from pipelines.stages.extract.mission_figures import deals, lists_parts, tells_sides
from pipelines.stages.extract.mission_parties import Parties

_VISIT = Pattern("mission_asides.visit")
_PAST = ("lalu", "silam", "yang lalu")


def read_list(
    document: Document, context: ArticleContext, parties: Parties, view: SentenceView
) -> tuple[list[Draft], set[int]]:
    """Several missions in one sentence, each with its place and total: "di Riau Rp187 miliar, di Bengkulu Rp76 miliar".

    Returns the missions, none where the sentence tells less than two, and the offsets of their sums.
    """
    figures = deals(view)
    if len(figures) < 2 or lists_parts(view) or tells_sides(view):
        return [], set()
    rows = []
    floor = view.start
    for figure in figures:
        hosts = [
            m
            for m in view.regions
            if floor <= m.start < figure.start
            and parties.lift(m.code) != parties.visitor
            and m.role != "apposition"
        ]
        times = [t for t in view.times if floor <= t.start < figure.start]
        if hosts:
            rows.append((figure, hosts[-1], times[-1] if times else None))
        floor = figure.end
    if len(rows) < 2:
        return [], set()
    drafts = []
    for figure, host, time in rows:
        draft = Draft("trade_mission", "mission.list", [view.index], figure.start)
        draft.put("region", region_name(parties.visitor))
        draft.put("destinations", [region_name(parties.lift(host.code)) or ""], (host.start, host.end))
        draft.put("direction", "domestic")
        draft.put("status", "realised")
        resolved = resolve_in(context, view, time) if time is not None else None
        if time is not None and resolved:
            draft.put("date", resolved.edtf, (time.start, time.end))
        draft.put_figure("transaction", figure)
        draft.put("transaction_status", "realised")
        drafts.append(draft)
    return drafts, {figure.start for figure, _, _ in rows}


def read_visits(context: ArticleContext, parties: Parties, view: SentenceView) -> list[Draft]:
    """Earlier visits told in passing: "kunjungan ke Russia awal bulan November lalu"."""
    drafts = []
    for match in _VISIT.finditer(view.text):
        offset = view.start + match.end()
        place = next((m for m in view.countries if 0 <= m.start - offset <= 25), None)
        past = [
            t for t in view.times if t.word in _PAST or (t.form == "relative" and t.word.endswith("lalu"))
        ]
        if place is None or not past:
            continue
        draft = Draft("trade_mission", "mission.visit", [view.index], place.start)
        draft.put("region", region_name(parties.visitor))
        draft.put("destinations", [place.code], (place.start, place.end))
        draft.put("direction", "outbound")
        draft.put("status", "realised")
        resolved = resolve_in(context, view, past[0])
        if resolved:
            draft.put("date", resolved.edtf, (past[0].start, past[0].end))
        draft.evidence.add("visit")
        drafts.append(draft)
    return drafts
