"""The resolve stage: claims in, coded claims and events out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import polars as pl

from pipelines.contracts.events import CLAIM_LINKS, EVENT_CHANGES
from pipelines.lexicons.reference import ReferenceData
from pipelines.stages.resolve.aliases import join_aliases
from pipelines.stages.resolve.candidates import candidate_pairs
from pipelines.stages.resolve.coding import code_claims
from pipelines.stages.resolve.events import event_claims, event_parts, line_codes, with_groups
from pipelines.stages.resolve.features import claim_features
from pipelines.stages.resolve.grouping import Link, group_claims
from pipelines.stages.resolve.lines import line_roles
from pipelines.stages.resolve.reviews import NO_REVIEWS, Reviews, read_reviews
from pipelines.stages.resolve.scoring import ScoredPairs, explain, score_pairs

# States and background figures: they are joined after the happenings, with the help of what those showed.
SECOND_PASS = ("market_presence", "export_realisation")
# A person's word outweighs every score.
DECIDED_SCORE = 1000.0


@dataclass(frozen=True, slots=True)
class ResolveResult:
    """The tables of contracts/events.py and contracts/reviews.py (review_decisions), one frame each."""

    claim_codes: pl.DataFrame
    claim_products: pl.DataFrame
    products: pl.DataFrame
    claim_destinations: pl.DataFrame
    claim_organisations: pl.DataFrame
    organisations: pl.DataFrame
    event_claims: pl.DataFrame
    event_parts: pl.DataFrame
    claim_links: pl.DataFrame
    event_changes: pl.DataFrame
    review_decisions: pl.DataFrame

    def tables(self) -> dict[str, pl.DataFrame]:
        """Table name to frame, for writing."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def resolve_claims(
    claims: pl.DataFrame,
    articles: pl.DataFrame,
    clusters: pl.DataFrame,
    *,
    reference: ReferenceData,
    previous: pl.DataFrame | None = None,
    previous_changes: pl.DataFrame | None = None,
    reviews: pl.DataFrame | None = None,
    run_id: str,
) -> ResolveResult:
    """Code the claims of all current articles and join them into events.

    In:  claims, articles, article_clusters (all of them, not only new ones); `previous` is the event_claims
        table of the last run and `previous_changes` its event_changes, both None on the first run; `reviews`
        holds the decisions of people (contracts/reviews.py).
    Out: the tables of contracts/events.py.
    Guarantees: every claim of a current article version that no person rejected states exactly one event;
        facts, codes and membership depend on claims and decisions only, not on row order or on earlier runs;
        event ids do depend on earlier runs, and every id that gave way or ended is in event_changes.
    """
    current = articles.filter("is_current").select("article_id", "text_sha256")
    claims = claims.join(current, on=["article_id", "text_sha256"], how="semi").sort("claim_id")
    decided = NO_REVIEWS if reviews is None else read_reviews(reviews, claims, reference=reference)
    coded = code_claims(claims, articles, reference=reference)
    features = claim_features(claims, clusters, coded, reference=reference)
    features = features.join(line_roles(features), on="claim_id", maintain_order="left")
    standing = ~pl.col("claim_id").is_in(sorted(decided.rejected))
    features = features.filter(standing)
    scored, groups = _group(features, decided)
    events, changes = event_claims(features, scored.near, groups, previous=previous, run_id=run_id)
    if previous_changes is not None:
        known = previous_changes.select(EVENT_CHANGES.columns)
        changes = pl.concat([known, changes]).unique()
    changes = _with_ended(changes, events, previous, run_id=run_id)
    event_of_claim = dict(events.select("claim_id", "event_id").iter_rows())
    organisations, claim_organisations = join_aliases(coded, event_of_claim)
    return ResolveResult(
        claim_codes=coded.codes,
        claim_products=coded.claim_products,
        products=coded.products,
        claim_destinations=coded.claim_destinations,
        claim_organisations=claim_organisations,
        organisations=organisations,
        event_claims=events,
        event_parts=event_parts(features, scored.near, events),
        claim_links=_claim_links(scored.near, features, groups),
        event_changes=changes,
        review_decisions=_with_blocked(decided, event_of_claim),
    )


def _with_ended(
    changes: pl.DataFrame, events: pl.DataFrame, previous: pl.DataFrame | None, *, run_id: str
) -> pl.DataFrame:
    """Changes with one row for every id that no claim states and that gave way to no other: it leads to itself."""
    used = set(changes["event_id"]) | set(() if previous is None else previous["event_id"])
    gone = sorted(used - set(events["event_id"]) - set(changes["old_event_id"]))
    rows = [{"old_event_id": old, "event_id": old, "change": "ended", "run_id": run_id} for old in gone]
    return pl.concat([changes, EVENT_CHANGES.frame(rows)]).sort(EVENT_CHANGES.key)


def _with_blocked(decided: Reviews, event_of_claim: Mapping[str, str]) -> pl.DataFrame:
    """Decisions with `blocked` where two claims could not be joined: one article tells them as two things."""
    blocked = sorted(
        f"{one} {other}"
        for one, other in decided.together
        if event_of_claim.get(one) != event_of_claim.get(other)
    )
    sides = (pl.min_horizontal("claim_id", "other_claim_id"), pl.max_horizontal("claim_id", "other_claim_id"))
    applied = (pl.col("decision") == "same_event") & (pl.col("outcome") == "applied")
    is_blocked = (applied & pl.concat_str(*sides, separator=" ").is_in(blocked)).fill_null(value=False)
    return decided.decisions.with_columns(
        outcome=pl.when(is_blocked).then(pl.lit("blocked")).otherwise("outcome")
    )


def _group(features: pl.DataFrame, decided: Reviews) -> tuple[ScoredPairs, list[int]]:
    """Score all candidate pairs in two passes; the scored pairs and the group of each claim."""
    pairs = candidate_pairs(features)
    types = features.with_row_index("row").select("row", "claim_type")
    typed = pairs.join(types, left_on="left", right_on="row")
    second = pl.col("claim_type").is_in(SECOND_PASS)
    happenings = score_pairs(typed.filter(~second).select("left", "right"), features)
    first_groups = _joined(features, happenings, decided)
    shared = _articles_sharing_events(features, first_groups)
    states = typed.filter(second).select("left", "right")
    scored = happenings.and_also(score_pairs(_with_shared_articles(states, features, shared), features))
    return scored, _joined(features, scored, decided)


def _joined(features: pl.DataFrame, scored: ScoredPairs, decided: Reviews) -> list[int]:
    row_of = {claim_id: row for row, claim_id in enumerate(features["claim_id"])}
    links = {(link.left, link.right): link for link in _decided_links(row_of, decided)}
    joining = scored.near.filter(pl.col("score") >= pl.col("threshold"))
    excess = joining.select("left", "right", pl.col("score") - pl.col("threshold"))
    for left, right, score in excess.iter_rows():
        links.setdefault((left, right), Link(left, right, score, joins=True))
    # A veto matters only between claims that some link could bring together.
    linked = pl.concat([joining["left"], joining["right"]]).unique().implode()
    vetoes = scored.against.filter(pl.col("left").is_in(linked) & pl.col("right").is_in(linked))
    for left, right in vetoes.iter_rows():
        links.setdefault((left, right), Link(left, right, 0.0, joins=False, vetoes=True))
    return group_claims(
        features["article_id"].to_list(), line_codes(features).to_list(), list(links.values())
    )


def _decided_links(row_of: dict[str, int], decided: Reviews) -> list[Link]:
    links = []
    for pairs, joins in ((decided.together, True), (decided.apart, False)):
        for one, other in sorted(pairs):
            if one in row_of and other in row_of:
                left, right = sorted((row_of[one], row_of[other]))
                links.append(Link(left, right, DECIDED_SCORE if joins else -DECIDED_SCORE, joins, not joins))
    return links


def _articles_sharing_events(features: pl.DataFrame, groups: list[int]) -> pl.DataFrame:
    frame = features.select("article_id").with_columns(group=pl.Series(groups, dtype=pl.UInt32)).unique()
    frame = frame.filter(pl.len().over("group") > 1)
    pairs = frame.join(frame, on="group", suffix="_b").filter(pl.col("article_id") != pl.col("article_id_b"))
    return pairs.select("article_id", "article_id_b").unique()


def _with_shared_articles(pairs: pl.DataFrame, features: pl.DataFrame, shared: pl.DataFrame) -> pl.DataFrame:
    rows = features.with_row_index("row").select("row", "article_id")
    frame = pairs.join(rows, left_on="left", right_on="row").join(
        rows, left_on="right", right_on="row", suffix="_b"
    )
    marked = shared.with_columns(other_event_shared=pl.lit(value=True))
    frame = frame.join(marked, on=["article_id", "article_id_b"], how="left")
    return frame.select("left", "right", pl.col("other_event_shared").fill_null(value=False))


def _claim_links(near: pl.DataFrame, features: pl.DataFrame, groups: list[int]) -> pl.DataFrame:
    ids = with_groups(features, groups)
    frame = near.join(ids, left_on="left", right_on="row", maintain_order="left").join(
        ids, left_on="right", right_on="row", suffix="_b", maintain_order="left"
    )
    together = pl.col("group") == pl.col("group_b")
    frame = frame.with_columns(
        other_claim_id=pl.col("claim_id_b"),
        decision=pl.when(together).then(pl.lit("joined")).otherwise(pl.lit("kept_apart")),
        reasons=explain(frame),
    )
    return frame.select(CLAIM_LINKS.columns).sort("claim_id", "other_claim_id")
