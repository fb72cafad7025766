"""A cluster as a person wants to see it: who copied whom, when, what differs, and why it was merged or not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final

import polars as pl

from pipelines.stages.dedupe.figures import judge_figures
from pipelines.stages.dedupe.parameters import DedupeParameters

_MAX_WORDS: Final = 4_000  # of each text: comparing them takes the product of their lengths
_CONTEXT: Final = 4  # equal words shown around a difference
_MAX_CHANGES: Final = 60
_MAX_MEMBERS: Final = 50
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two texts: words that went and words that came, with equal words around them.

    Attributes:
        before: Equal words before it.
        removed: Words of the first text only.
        added: Words of the second text only.
        after: Equal words behind it.
    """

    before: str
    removed: str
    added: str
    after: str


def render_cluster(
    article_id: str, *, articles: pl.DataFrame, clusters: pl.DataFrame, links: pl.DataFrame
) -> str:
    """The cluster of an article as plain text for a terminal.

    Args:
        article_id: Any article of the cluster.
        articles: Rows of `articles`; at least the cluster's and those that links name.
        clusters: Rows of `article_clusters`.
        links: Rows of `article_links`.

    Returns:
        Lines without control characters, whatever the articles hold.

    Raises:
        LookupError: `clusters` has no such article.
    """
    own = clusters.filter(pl.col("article_id") == article_id)
    if own.is_empty():
        raise LookupError(f"no article {article_id} in article_clusters")
    cluster_id, head, series_id = own.select("cluster_id", "representative_id", "series_id").row(0)
    members = clusters.filter(pl.col("cluster_id") == cluster_id)
    known = {row["article_id"]: row for row in articles.filter(pl.col("is_current")).iter_rows(named=True)}
    rows = sorted(members.iter_rows(named=True), key=lambda row: _time_order(known, row["article_id"], head))

    outlets = {known[row["article_id"]]["outlet"] for row in rows if row["article_id"] in known}
    lines = [
        f"Cluster {cluster_id}: {_count(len(rows), 'article')}, {_count(len(outlets - {None}), 'outlet')}"
    ]
    lines.append("")
    shown = [row for at, row in enumerate(rows) if at < _MAX_MEMBERS or row["article_id"] == article_id]
    for row in shown:
        lines += _member_lines(row, known, is_asked=row["article_id"] == article_id)
        if row["article_id"] != head and row["article_id"] in known and head in known:
            lines += _difference_lines(known[head]["text"], known[row["article_id"]]["text"], row["relation"])
        lines.append("")
    if len(shown) < len(rows):
        lines += [f"... and {len(rows) - len(shown)} more copies", ""]
    apart = _apart(links, {row["article_id"] for row in rows}, known)
    lines += _other_story_lines(apart, known)
    lines += _series_lines(series_id, apart, known)
    return "\n".join(line.rstrip() for line in lines).rstrip() + "\n"


def word_changes(first: str, second: str) -> list[Change]:
    """What the second text says otherwise than the first, word by word, in order; long texts by their beginning."""
    mine, theirs = first.split()[:_MAX_WORDS], second.split()[:_MAX_WORDS]
    changes = []
    for operation, i1, i2, j1, j2 in SequenceMatcher(a=mine, b=theirs, autojunk=False).get_opcodes():
        if operation != "equal":
            changes.append(
                Change(
                    before=" ".join(mine[max(0, i1 - _CONTEXT) : i1]),
                    removed=" ".join(mine[i1:i2]),
                    added=" ".join(theirs[j1:j2]),
                    after=" ".join(mine[i2 : i2 + _CONTEXT]),
                )
            )
    return changes


def plain(text: str) -> str:
    """Text on one line without control, format and other invisible characters."""
    spaced = "".join(" " if character in "\n\t\r" else character for character in text)
    return "".join(character for character in spaced if not unicodedata.category(character).startswith("C"))


def _time_order(known: dict[str, dict[str, Any]], article_id: str, head: str) -> tuple[bool, str, str]:
    published = known[article_id]["published"] if article_id in known else None
    return article_id != head, published or "9999", article_id


def _member_lines(row: dict[str, Any], known: dict[str, dict[str, Any]], *, is_asked: bool) -> list[str]:
    article = known.get(row["article_id"], {})
    when = article.get("published") or "undated"
    where = article.get("outlet") or "outlet unknown"
    mark = "  <- asked for" if is_asked else ""
    lines = [plain(f"{when}  {where}  {row['article_id']}  {row['relation']}{mark}")]
    lines += [_INDENT + plain(article[name]) for name in ("title", "url") if article.get(name)]
    agreement = row["numeric_agreement"]
    if row["similarity"] is not None:
        figures = "no figures to compare" if agreement is None else f"{agreement:.0%} of the figures agree"
        lines.append(f"{_INDENT}similarity {row['similarity']:.0%}, {figures}")
    lines.append(_INDENT + plain(row["reason"]))
    return lines


def _difference_lines(first: str, second: str, relation: str) -> list[str]:
    changes = word_changes(first, second)
    if not changes:
        return [f"{_INDENT}word by word the same"]
    if relation == "exact":
        return [f"{_INDENT}differs in punctuation, capitals or white space only"]
    lines = [f"{_INDENT}differs in {_count(len(changes), 'place')} ([-removed-] {{+added+}}):"]
    lines += [_INDENT * 2 + _shown(change) for change in changes[:_MAX_CHANGES]]
    if len(changes) > _MAX_CHANGES:
        lines.append(f"{_INDENT * 2}... and {len(changes) - _MAX_CHANGES} more")
    return lines


def _shown(change: Change) -> str:
    parts = [change.before]
    if change.removed:
        parts.append(f"[-{_shortened(change.removed)}-]")
    if change.added:
        parts.append(f"{{+{_shortened(change.added)}+}}")
    parts.append(change.after)
    return plain(" ".join(part for part in parts if part))


def _shortened(words: str, most: int = 40) -> str:
    split = words.split()
    if len(split) <= most:
        return words
    return " ".join([*split[: most // 2], f"... {len(split) - most} words ...", *split[-most // 2 :]])


@dataclass(frozen=True, slots=True)
class _Apart:
    """A verified pair across the border of the cluster: an article inside, one outside, and what they are."""

    inside: str
    outside: str
    relation: str
    reason: str


def _apart(links: pl.DataFrame, members: set[str], known: Mapping[str, Any]) -> list[_Apart]:
    """Pairs of which one article is a member, the outside ones by time."""
    inside = pl.Series(sorted(members), dtype=pl.String).implode()
    crossing = links.filter(
        pl.col("article_id").is_in(inside) != pl.col("other_article_id").is_in(inside)
    ).sort("article_id", "other_article_id")
    pairs = []
    for row in crossing.iter_rows(named=True):
        ends = (row["article_id"], row["other_article_id"])
        own, other = ends if ends[0] in members else ends[::-1]
        pairs.append(_Apart(own, other, row["relation"], row["reason"]))
    return sorted(
        pairs, key=lambda pair: ((known.get(pair.outside) or {}).get("published") or "9999", pair.outside)
    )


def _other_story_lines(apart: Iterable[_Apart], known: Mapping[str, Any]) -> list[str]:
    """Articles outside that one of the members copies too: pages that carry two stories."""
    lines = []
    for pair in apart:
        if pair.relation != "template_series":
            lines += _outside_lines(pair, known)
    if not lines:
        return []
    return ["Copies across clusters: not merged, because the clusters tell different stories", *lines, ""]


def _series_lines(series_id: str | None, apart: Iterable[_Apart], known: Mapping[str, Any]) -> list[str]:
    """Articles of the same wording that were kept apart, with the reason."""
    issues = [pair for pair in apart if pair.relation == "template_series"]
    if series_id is None and not issues:
        return []
    lines = [f"Template series {series_id}: same wording, other figures; linked, not merged"]
    told: set[str] = set()
    for pair in issues:
        if pair.outside in told:
            continue
        told.add(pair.outside)
        lines += _outside_lines(pair, known)
        if pair.inside in known and pair.outside in known:
            texts = known[pair.outside]["text"], known[pair.inside]["text"]
            detail = judge_figures(*texts, DedupeParameters()).detail
            lines += [_INDENT + plain(f"figures there / here: {detail}")] if detail else []
    return lines


def _outside_lines(pair: _Apart, known: Mapping[str, Any]) -> list[str]:
    article = known.get(pair.outside) or {}
    when, where = article.get("published") or "undated", article.get("outlet") or "outlet unknown"
    lines = [plain(f"{when}  {where}  {pair.outside}  {pair.relation}")]
    if article.get("title"):
        lines.append(_INDENT + plain(article["title"]))
    return [*lines, _INDENT + plain(f"with {pair.inside}: {pair.reason}")]


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"
