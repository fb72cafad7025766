with source as (select * from {{ source('resolve', 'review_decisions') }}),

renamed as (
    select
        decision_id,
        decision as decision_code,
        outcome as outcome_code,
        claim_id,
        other_claim_id,
        slot,
        original_value,
        decided_value,
        decided_text,
        decided_number,
        decided_unit,
        decided_kg,
        first_day,
        last_day,
        date_precision as date_precision_code,
        reviewer,
        decided_at,
        reason
    from source
)

select * from renamed
