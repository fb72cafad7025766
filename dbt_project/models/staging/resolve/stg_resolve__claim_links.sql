with source as (select * from {{ source('resolve', 'claim_links') }}),

renamed as (
    select
        claim_id,
        other_claim_id,
        claim_type as claim_type_code,
        score,
        decision as decision_code,
        reasons
    from source
)

select * from renamed
