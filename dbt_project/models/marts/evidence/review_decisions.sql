with decisions as (select * from {{ ref('stg_resolve__review_decisions') }}),

evidence as (select * from {{ ref('bridge_event_claims') }}),

stated as (
    select
        claim_id,
        event_id,
        line_id
    from evidence
),

final as (
    select
        decisions.decision_id,
        decisions.claim_id,
        decisions.other_claim_id,
        stated.event_id,
        stated.line_id,
        decisions.decision_code,
        decisions.outcome_code,
        decisions.slot as slot_code,
        decisions.original_value,
        decisions.decided_value,
        decisions.reason,
        decisions.reviewer,
        decisions.decided_at
    from decisions
    left join stated on decisions.claim_id = stated.claim_id
)

select * from final
