with claims as (select * from {{ ref('int_claims__coded') }}),

claim_destinations as (select * from {{ ref('stg_resolve__claim_destinations') }}),

support as (select * from {{ ref('int_lines__support') }}),

final as (
    select
        claims.line_id,
        claim_destinations.destination_code,
        min(claims.event_id) as event_id,
        min(claim_destinations.destination_kind_code) as destination_kind_code,
        min(
            if(claim_destinations.destination_kind_code = 'region', null, claim_destinations.destination_code)
        ) as country_code,
        min(claim_destinations.region_id) as region_id,
        cast(count(distinct claims.cluster_id) as bigint) as n_independent_sources,
        bool_or(claims.claim_id = support.best_claim_id) as is_in_best_claim
    from claims
    inner join claim_destinations on claims.claim_id = claim_destinations.claim_id
    inner join support on claims.line_id = support.line_id
    group by claims.line_id, claim_destinations.destination_code
)

select * from final
