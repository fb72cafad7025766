"""Which organisation names are one organisation: names printed for the exporter or issuer of one event."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import combinations

import polars as pl

from pipelines.contracts.events import ORGANISATIONS
from pipelines.stages.resolve.coding import CodedClaims
from pipelines.stages.resolve.names import OrganisationName

# Spellings of one brand differ by a letter or two ("Sibatik", "Sebatik"); other firms differ by more.
SPELLING_RATIO = 0.85


def join_aliases(coded: CodedClaims, event_of_claim: Mapping[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Join names of one organisation.

    Two names are one organisation when some event was told with both in the same role and one holds all words
    of the other, they differ in spelling or spacing only, or one abbreviates the other. Names that never met in
    an event stay apart.

    Returns:
        organisations, and claim_organisations with the organisation_id after joining.
    """
    names: dict[str, list[OrganisationName]] = defaultdict(list)
    for key in sorted(coded.organisation_names, key=lambda k: (k[0], k[1] or "")):
        name = coded.organisation_names[key]
        names[name.organisation_id].append(name)
    uses = Counter(coded.claim_organisations["organisation_id"].to_list())
    canonical = _canonical_ids(names, uses, _met(coded.claim_organisations, event_of_claim))
    rows = []
    members: dict[str, list[OrganisationName]] = defaultdict(list)
    for organisation_id, forms in names.items():
        members[canonical[organisation_id]].extend(forms)
    for organisation_id in sorted(members):
        forms = members[organisation_id]
        best = max(
            names[organisation_id], key=lambda form: (len(form.words), form.legal_form or "", form.printed)
        )
        rows.append(
            {
                "organisation_id": organisation_id,
                "organisation_name": best.printed,
                "organisation_kind": best.kind,
                "legal_form": best.legal_form,
                "aliases": sorted({form.printed for form in forms}),
            }
        )
    mapped = coded.claim_organisations.with_columns(
        organisation_id=pl.col("organisation_id").replace_strict(canonical, return_dtype=pl.String)
        if canonical
        else pl.col("organisation_id")
    )
    return ORGANISATIONS.frame(rows), mapped


def _met(claim_organisations: pl.DataFrame, event_of_claim: Mapping[str, str]) -> list[tuple[str, str]]:
    by_event: dict[tuple[str, str], set[str]] = defaultdict(set)
    for claim_id, role, organisation_id in claim_organisations.select(
        "claim_id", "role_code", "organisation_id"
    ).iter_rows():
        if claim_id in event_of_claim:
            by_event[(event_of_claim[claim_id], role)].add(organisation_id)
    pairs = {pair for ids in by_event.values() if len(ids) > 1 for pair in combinations(sorted(ids), 2)}
    return sorted(pairs)


def _canonical_ids(
    names: Mapping[str, Sequence[OrganisationName]], uses: Mapping[str, int], met: Iterable[tuple[str, str]]
) -> dict[str, str]:
    parent = {organisation_id: organisation_id for organisation_id in names}

    def root(organisation_id: str) -> str:
        while parent[organisation_id] != organisation_id:
            organisation_id = parent[organisation_id]
        return organisation_id

    for one, other in met:
        if _same_name(names[one][0], names[other][0]):
            first, second = root(one), root(other)
            # The fullest name speaks for all; then the one used most; then the smaller id.
            rank = {key: (-len(names[key][0].words), -uses.get(key, 0), key) for key in (first, second)}
            keep, give = sorted((first, second), key=lambda key: rank[key])
            if keep != give:
                parent[give] = keep
    return {organisation_id: root(organisation_id) for organisation_id in names}


def _same_name(one: OrganisationName, other: OrganisationName) -> bool:
    a, b = set(one.words), set(other.words)
    if a <= b or b <= a or one.joined == other.joined:
        return True
    if one.joined == other.initials or one.initials == other.joined:
        return True
    return SequenceMatcher(None, " ".join(one.words), " ".join(other.words)).ratio() >= SPELLING_RATIO
