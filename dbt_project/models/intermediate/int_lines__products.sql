with claims as (select * from {{ ref('int_claims__coded') }}),

claim_products as (select * from {{ ref('stg_resolve__claim_products') }}),

support as (select * from {{ ref('int_lines__support') }}),

final as (
    select
        claims.line_id,
        claim_products.product_id,
        min(claims.event_id) as event_id,
        min_by(claim_products.product_name, (claims.source_rank, claims.claim_id)) as product_name_reported,
        cast(count(distinct claims.cluster_id) as bigint) as n_independent_sources,
        bool_or(claims.claim_id = support.best_claim_id) as is_in_best_claim
    from claims
    inner join claim_products on claims.claim_id = claim_products.claim_id
    inner join support on claims.line_id = support.line_id
    group by claims.line_id, claim_products.product_id
)

select * from final
