with links as (select * from {{ ref('stg_resolve__claim_links') }}),

final as (
    select
        claim_id,
        other_claim_id,
        claim_type_code,
        decision_code,
        score,
        reasons
    from links
)

select * from final
