"""`niaga review`: what is most worth a person's look, and what the person decided."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console

from pipelines.adapters.delimited import printable
from pipelines.cli.app import WarehouseDirOption, app, expected_failures, settings_of
from pipelines.errors import NiagaError

review_app = typer.Typer(
    help="""List what is most worth checking, and record decisions.

    Without a sub-command: facts in conflict, doubted or thinly supported, and pairs of claims that nearly
    became one event, the most doubtful first. Decisions are rows of data/reviews.csv (NIAGA_REVIEWS), which
    every run applies; the claims themselves stay as they are.""",
    epilog="Example: niaga review decide same_event CLAIM OTHER --by 'Ani' --reason 'same truck, same day'",
)
app.add_typer(review_app, name="review")


class Decision(StrEnum):
    """What a person can decide."""

    same_event = "same_event"
    different_event = "different_event"
    value_is_wrong = "value_is_wrong"
    reject_claim = "reject_claim"
    confirm = "confirm"


@review_app.callback(invoke_without_command=True)
def review(
    context: typer.Context,
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many to list.")] = 20,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """List what is most worth checking."""
    if context.invoked_subcommand is not None:
        return
    with expected_failures():
        from pipelines.adapters.warehouse import read_published

        console = Console(highlight=False)
        with read_published(settings_of(warehouse_dir=warehouse_dir).published_path) as connection:
            for priority, kind, claim_type, reasons, *sides in connection.execute(_QUEUE, [limit]).fetchall():
                console.print(f"{priority}  {kind} {claim_type}: {reasons}", style="bold", markup=False)
                for claim_id, quote in (sides[:2], sides[2:]):
                    if claim_id is not None:
                        console.print(f"  {claim_id}  {printable(' '.join(quote.split()))}", markup=False)
        console.print("record a decision: niaga review decide --help")


@review_app.command()
def decide(
    decision: Annotated[Decision, typer.Argument(help="What is decided.")],
    claim: Annotated[str, typer.Argument(help="Id of the claim, as `niaga review` lists it.")],
    other: Annotated[
        str | None, typer.Argument(help="Second claim, for same_event and different_event.")
    ] = None,
    *,
    by: Annotated[str, typer.Option("--by", help="Who decides.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why: a source, a call, an arithmetic check.")] = "",
    slot: Annotated[
        str | None, typer.Option("--slot", help="Slot whose value is wrong, such as quantity.")
    ] = None,
    value: Annotated[
        str | None,
        typer.Option("--value", help="The right value; without it the claimed one is only doubted."),
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", help="Unit or currency of the value.")] = None,
    warehouse_dir: WarehouseDirOption = None,
) -> None:
    """Record a decision; the next run applies it and reports in marts.review_decisions what it made of it."""
    with expected_failures():
        from pipelines.adapters.reviews import add_review

        settings = settings_of(warehouse_dir=warehouse_dir)
        first, second = _claims(settings.published_path, claim, other)
        row: dict[str, Any] = {
            "decision": decision.value,
            "claim_id": claim,
            "article_id": first["article_id"],
            "claim_type": first["claim_type_code"],
            "quote": first["quote"],
            "other_claim_id": other,
            "other_article_id": second["article_id"] if second else None,
            "other_quote": second["quote"] if second else None,
            "slot": slot,
            "original_value": _stated_value(first, slot),
            "decided_value": value,
            "decided_unit": unit,
            "reviewer": by,
            "decided_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "reason": reason,
        }
        change = _change(row, first) if decision is Decision.value_is_wrong and slot else ""
        decision_id = add_review(settings.reviews_path, row)
        Console(highlight=False).print(
            f"{change}decision {decision_id} noted in {settings.reviews_path}; `niaga run` applies it",
            markup=False,
        )


def _claims(
    published_path: Any, claim: str, other: str | None
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    from pipelines.adapters.warehouse import read_published

    wanted = [claim] if other is None else [claim, other]
    with read_published(published_path) as connection:
        result = connection.execute(
            "select * from core.claims where claim_id in (select unnest(?))", [wanted]
        )
        names = [column[0] for column in result.description or ()]
        found = {
            row["claim_id"]: row for row in (dict(zip(names, row, strict=True)) for row in result.fetchall())
        }
    missing = [claim_id for claim_id in wanted if claim_id not in found]
    if missing:
        raise NiagaError(
            f"core.claims has no claim {', '.join(missing)}; `niaga review` lists claims with their ids"
        )
    return found[claim], found[other] if other is not None else None


_REFUSED = {
    "unknown_slot": "no value of slot {slot!r} of {claim_type} can be decided; a claim that is wrong in it is to be rejected",
    "unreadable_value": "{decided_value!r} cannot be read as {slot}: numbers are written 4050.5, dates 2024-02-26 or 2024-02, "
    "regions by their official name, codes as core.claims has them",
    "unknown_unit": "{decided_unit!r} is no unit of {slot}; marts.dim_unit and marts.dim_currency list the codes for --unit",
}


def _change(row: dict[str, Any], claim: dict[str, Any]) -> str:
    """What a decided value changes, in words.

    Raises:
        NiagaError: No run could apply it.
    """
    import polars as pl

    from pipelines.contracts.reviews import REVIEWS
    from pipelines.lexicons.reference import load_reference
    from pipelines.stages.resolve.reviews import read_reviews

    claims = pl.DataFrame(
        [
            {name: claim[name] for name in ("claim_id", "article_id", "quote")}
            | {
                "claim_type": row["claim_type"],
                "unit": claim["unit_code"],
                "currency": claim["currency_code"],
            }
        ],
        schema_overrides={"unit": pl.String, "currency": pl.String},
    )
    reviews = REVIEWS.frame([{"decision_id": "new", **row}])
    read = read_reviews(reviews, claims, reference=load_reference()).decisions.row(0, named=True)
    if read["outcome"] in _REFUSED:
        raise NiagaError(_REFUSED[read["outcome"]].format_map(row))
    decided = [row["decided_value"] or "unknown", read["decided_unit"] or ""]
    return f"{row['slot']}: {row['original_value'] or 'not stated'} -> {' '.join(decided).strip()}\n"


# Slots that core.claims holds under another name.
_COLUMN_OF_SLOT = {
    "date": "date_edtf", "period": "date_edtf", "name": "fair_name", "place": "fair_place",
    "transaction": "transaction_value", "region": "region_name", "origin_region": "region_name",
    "status": "status_code", "metric": "metric_code", "revision": "revision_code",
    "direction": "direction_code", "transaction_status": "transaction_status_code",
}  # fmt: skip


def _stated_value(claim: dict[str, Any], slot: str | None) -> str | None:
    if slot is None:
        return None
    value = claim.get(_COLUMN_OF_SLOT.get(slot, slot))
    return None if value is None else str(value)


_QUEUE = """
select
    round(queue.priority, 1), queue.item_kind_code, queue.claim_type_code,
    array_to_string(queue.reason_codes, ', '), queue.claim_id, first.quote, queue.other_claim_id, second.quote
from marts.review_queue as queue
inner join core.claims as first on queue.claim_id = first.claim_id
left join core.claims as second on queue.other_claim_id = second.claim_id
order by queue.priority desc, queue.item_id
limit ?
"""
