"""Why an article was read as it was: its text cut into segments, each with the mentions and claims it belongs to.

The text of an article is untrusted: the page escapes all of it, holds no script, and forbids every source but its
own style sheet.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from pipelines.contracts.claims import CLAIM_SLOTS, Claim, SlotValue, json_number
from pipelines.stages.extract.article.context import read_context
from pipelines.stages.extract.article.document import build_document
from pipelines.text.dates import ResolvedTime
from pipelines.text.figures import Figure
from pipelines.text.times import TimeExpression

# The kinds of mention, the most telling first: it gives a segment its colour where several cover it.
MENTION_KINDS: Final = ("figure", "time", "country", "region", "product", "firm", "agency", "fair", "cue")
# Controls, marks that turn the direction of writing and non-characters: what a reader sees must be what is there.
_HIDDEN: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Something the rules saw: its span, one of `MENTION_KINDS`, and what it was read as."""

    start: int
    end: int
    kind: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the text that the same mentions and claims cover from its start to its end.

    Attributes:
        start, end: Span in the text; segments follow each other without a gap.
        mentions: What it is part of, the most telling kind first.
        claims: Numbers, from 1, of the claims whose quote it is part of.
        slots: (claim number, slot) of the slots that were read from it.
    """

    start: int
    end: int
    mentions: tuple[Mention, ...]
    claims: tuple[int, ...]
    slots: tuple[tuple[int, str], ...]

    @property
    def kind(self) -> str | None:
        """The kind of its most telling mention, or None."""
        return self.mentions[0].kind if self.mentions else None


def find_mentions(text: str, *, published: str | None = None, title: str | None = None) -> list[Mention]:
    """Everything the rules look at in an article, in the order of the text.

    Args:
        text: `articles.text`.
        published: Publication date as EDTF, which gives relative dates their meaning.
        title: Headline, where the text opens with one.
    """
    document = build_document(text, title=title)
    context = read_context(document, published=published)
    found: list[Mention] = []
    for view in document.sentences:
        found += [Mention(f.start, f.end, "figure", _figure_meaning(f)) for f in view.figures]
        found += [Mention(t.start, t.end, "time", _time_meaning(t, context.resolve)) for t in view.times]
        found += [Mention(c.start, c.end, "country", c.code) for c in view.countries]
        found += [Mention(r.start, r.end, "region", f"{r.name}, {r.role}") for r in view.regions]
        found += [Mention(p.start, p.end, "product", p.key) for p in view.products]
        found += [Mention(o.start, o.end, "firm", o.name) for o in view.firms]
        found += [Mention(o.start, o.end, "agency", o.name) for o in view.agencies]
        found += [Mention(f.start, f.end, "fair", f.key) for f in view.fairs]
        found += [Mention(c.start, c.end, "cue", ", ".join(c.codes)) for c in view.cues]
    return sorted(found, key=lambda m: (m.start, -m.end, MENTION_KINDS.index(m.kind), m.meaning))


def _figure_meaning(figure: Figure) -> str:
    value = "no exact value" if figure.value is None else f"{json_number(figure.value)}"
    if figure.low is not None and figure.high is not None:
        value = f"{json_number(figure.low)} to {json_number(figure.high)}"
    parts = [figure.kind, figure.qualifier.replace("_", " "), value, figure.currency or figure.unit or ""]
    notes = (
        ["a rate"] * figure.is_rate + ["repeats the amount before it"] * figure.same_as + list(figure.flags)
    )
    return " ".join(filter(None, parts)) + "".join(f"; {note}" for note in notes)


def _time_meaning(time: TimeExpression, resolve: Callable[[TimeExpression], ResolvedTime | None]) -> str:
    resolved = resolve(time)
    if resolved is None:
        return f"{time.form}, not placed"
    return ", ".join([resolved.edtf, resolved.method, *resolved.flags])


def mark_segments(text: str, mentions: Iterable[Mention], claims: Sequence[Claim]) -> list[Segment]:
    """Cut a text where a mention, a quote or the span of a slot begins or ends.

    Guarantees: the segments joined are the text; a claim's number is its place in `claims`, from 1.
    """
    opening: dict[int, list[tuple[int, object]]] = {}
    spans: list[tuple[int, int, object]] = [(m.start, m.end, m) for m in mentions]
    for number, claim in enumerate(claims, 1):
        spans.append((claim.quote_start, claim.quote_end, number))
        spans += [(start, end, (number, slot)) for slot, (start, end) in claim.spans.items()]
    cuts = {0, len(text)}
    for start, end, what in spans:
        opening.setdefault(start, []).append((end, what))
        cuts |= {start, end}
    segments: list[Segment] = []
    open_now: list[tuple[int, object]] = []
    for start, end in pairwise(sorted(cuts)):
        open_now = [item for item in open_now if item[0] > start] + opening.get(start, [])
        segments.append(_segment(start, end, [what for _, what in open_now]))
    return segments


def _segment(start: int, end: int, covering: list[object]) -> Segment:
    mentions = [what for what in covering if isinstance(what, Mention)]
    slots = [what for what in covering if isinstance(what, tuple)]
    return Segment(
        start=start,
        end=end,
        mentions=tuple(sorted(mentions, key=lambda m: (MENTION_KINDS.index(m.kind), m.start, m.meaning))),
        claims=tuple(sorted(what for what in covering if isinstance(what, int))),
        slots=tuple(sorted((number, slot) for number, slot in slots)),
    )


def describe(segment: Segment, claims: Sequence[Claim]) -> list[str]:
    """What there is to say about a segment, one line each: slots, claims with rule and confidence, mentions."""
    lines = [f"{claims[n - 1].type} {n}: {slot} = {shown(claims[n - 1], slot)}" for n, slot in segment.slots]
    lines += [
        f"claim {n}: {claims[n - 1].type}, rule {claims[n - 1].rule_id}, confidence {claims[n - 1].confidence:.2f}"
        for n in sorted({*segment.claims, *(number for number, _ in segment.slots)})
    ]
    return lines + [f"{mention.kind}: {mention.meaning}" for mention in segment.mentions]


def shown(claim: Claim, slot: str) -> str:
    """A slot's value for people, with its qualifier."""
    value = _value(claim.slots.get(slot))
    qualifier = claim.qualifiers.get(slot)
    return f"{value} ({qualifier.replace('_', ' ')})" if qualifier else value


def _value(value: SlotValue) -> str:
    if isinstance(value, Decimal):
        return str(json_number(value))
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value or ""


def visible(text: str) -> str:
    """The text with every hidden character replaced by a mark, so that none can disguise what is written."""
    return _HIDDEN.sub("\ufffd", text)


_STYLE: Final = """
:root { color-scheme: light dark; --line: #8886; --dim: #8882; }
body { font: 16px/1.6 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
header p, .legend, td small { opacity: .75; }
article { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid var(--line); border-radius: .4rem; padding: 1rem; }
.quote { background: var(--dim); }
.slot { text-decoration: underline 2px; text-underline-offset: 3px; font-weight: 600; }
.figure { color: #b3261e; } .time { color: #7a5900; } .country { color: #00639b; } .region { color: #1b6b3a; }
.product { color: #8a3ffc; } .firm, .agency { color: #006a6a; } .fair { color: #a4006d; }
.cue { border-bottom: 1px dotted currentColor; }
@media (prefers-color-scheme: dark) {
  .figure { color: #ff8a80; } .time { color: #ffd54f; } .country { color: #80c7ff; } .region { color: #81d99b; }
  .product { color: #d0b0ff; } .firm, .agency { color: #7fdede; } .fair { color: #ff9bd5; }
}
table { border-collapse: collapse; width: 100%; margin-top: 1.5rem; }
td, th { border-top: 1px solid var(--line); padding: .4rem; text-align: left; vertical-align: top; }
td:nth-child(n+3) { overflow-wrap: anywhere; }
tr:target { background: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 .7rem; margin: 0; } dd { margin: 0; }
sup a { text-decoration: none; }
"""


def explain_html(
    text: str, segments: Sequence[Segment], claims: Sequence[Claim], *, about: Mapping[str, str | None]
) -> str:
    """One self-contained page: the article with everything marked, and a table of its claims.

    Args:
        text: `articles.text`.
        segments: The text as `mark_segments` cut it.
        claims: In the order that the segments count them.
        about: Label to value, shown above the article ("title", "published", ...); None is left out.

    Guarantees: every character of the article, its metadata and its claims is escaped; the page holds no script
        and loads nothing.
    """
    style_hash = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style_hash}'; base-uri 'none'; form-action 'none'"
    title = visible(about.get("title") or "Article")
    facts = [f"{label}: {visible(value)}" for label, value in about.items() if value and label != "title"]
    legend = " ".join(f'<span class="{kind}">{kind}</span>' for kind in MENTION_KINDS)
    body = "".join(_segment_html(text, segment, claims) for segment in segments)
    rows = "".join(_claim_row(number, claim) for number, claim in enumerate(claims, 1))
    table = (
        f"<table><thead><tr><th>#</th><th>claim</th><th>slots</th><th>evidence</th></tr></thead><tbody>{rows}</tbody></table>"
        if claims
        else "<p>No claim was read from this article.</p>"
    )
    return (
        '<!doctype html>\n<html lang="id"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_escaped(policy)}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">'
        f"<title>{_escaped(title)}</title><style>{_STYLE}</style></head>\n<body>\n"
        f"<header><h1>{_escaped(title)}</h1><p>{_escaped(' · '.join(facts))}</p></header>\n"
        f'<p class="legend">{len(claims)} claims. Hover a mark for its meaning, the rule and its confidence. {legend} '
        '<span class="slot">slot</span> <span class="quote">quote</span></p>\n'
        f"<article>{body}</article>\n{table}\n</body></html>\n"
    )


def _segment_html(text: str, segment: Segment, claims: Sequence[Claim]) -> str:
    content = _escaped(visible(text[segment.start : segment.end]))
    classes = [
        name
        for name, holds in (
            ("quote", segment.claims),
            ("slot", segment.slots),
            (segment.kind or "", segment.kind),
        )
        if holds
    ]
    ends = [n for n in segment.claims if claims[n - 1].quote_end == segment.end]
    notes = "".join(f'<sup> <a href="#claim-{n}">{n}</a></sup>' for n in ends)
    if not classes:
        return content
    hover = _escaped("\n".join(visible(line) for line in describe(segment, claims)))
    return f'<span class="{" ".join(classes)}" title="{hover}">{content}</span>{notes}'


def _claim_row(number: int, claim: Claim) -> str:
    slots = "".join(
        _slot_html(slot, shown(claim, slot), inferred=slot not in claim.spans)
        for slot in CLAIM_SLOTS[claim.type]
        if claim.slots.get(slot) not in (None, [], "")
    )
    flags = f"<br>flags {_escaped(', '.join(claim.flags))}" if claim.flags else ""
    return (
        f'<tr id="claim-{number}"><td>{number}</td><td>{_escaped(claim.type)}<br><small>rule {_escaped(claim.rule_id)}<br>'
        f"confidence {claim.confidence:.2f}{flags}</small></td><td><dl>{slots}</dl></td>"
        f"<td>{_escaped(visible(claim.quote))}<br><small>{claim.quote_start} to {claim.quote_end}</small></td></tr>"
    )


def _slot_html(slot: str, value: str, *, inferred: bool) -> str:
    note = " <small>inferred</small>" if inferred else ""
    return f"<dt>{slot}</dt><dd>{_escaped(visible(value))}{note}</dd>"


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
