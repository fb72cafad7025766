with claims as (select * from {{ ref('int_claims__coded') }}),

claim_organisations as (select * from {{ ref('stg_resolve__claim_organisations') }}),

final as (
    select
        claims.line_id,
        claim_organisations.organisation_id,
        claim_organisations.role_code,
        min(claims.event_id) as event_id,
        list_sort(list(distinct claim_organisations.organisation_name)) as names_reported,
        cast(count(distinct claims.cluster_id) as bigint) as n_independent_sources
    from claims
    inner join claim_organisations on claims.claim_id = claim_organisations.claim_id
    group by claims.line_id, claim_organisations.organisation_id, claim_organisations.role_code
)

select * from final
