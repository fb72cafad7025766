{{ config(schema='core') }}

with claims as (select * from {{ ref('stg_news__claims') }}),

articles as (select * from {{ ref('articles') }}),

codes as (select * from {{ ref('stg_resolve__claim_codes') }}),

decisions as (
    select distinct claim_id
    from {{ ref('stg_resolve__review_decisions') }}
    where decision_code = 'reject_claim' and outcome_code = 'applied'
),

coded as (select * from {{ ref('int_claims__coded') }}),

final as (
    select
        ---------- keys
        claims.claim_id,
        claims.article_id,
        coded.event_id,
        coded.line_id,
        codes.region_id,
        ---------- attributes
        claims.claim_type_code,
        coalesce(claims.origin_region, claims.region) as region_name,
        claims.exporter,
        claims.issuer,
        claims.organiser,
        claims.products,
        claims.commodity,
        claims.destinations,
        coalesce(claims.date_edtf, claims.period_edtf) as date_edtf,
        codes.first_day,
        codes.last_day,
        codes.date_precision_code,
        claims.metric_code,
        claims.revision_code,
        claims.is_first,
        claims.direction_code,
        claims.transaction_status_code,
        claims.fair_name,
        claims.fair_place,
        claims.status_code,
        codes.commitment_code,
        codes.aggregation_code,
        codes.flow_code,
        codes.statistical_basis_code,
        codes.growth_basis_code,
        ---------- measures
        claims.quantity,
        claims.unit_code,
        claims.containers,
        claims.value,
        claims.amount,
        claims.transaction_value,
        claims.currency_code,
        claims.participants,
        claims.qualifiers,
        claims.bounds,
        ---------- provenance
        claims.quote,
        claims.quote_start,
        claims.quote_end,
        claims.spans,
        claims.flags,
        claims.speaker_code,
        claims.rule_id,
        claims.confidence,
        claims.extractor_version,
        claims.text_sha256,
        if(decisions.claim_id is null, 'standing', 'rejected') as claim_status_code
    from claims
    inner join articles
        on claims.article_id = articles.article_id and claims.text_sha256 = articles.text_sha256
    inner join codes on claims.claim_id = codes.claim_id
    left join coded on claims.claim_id = coded.claim_id
    left join decisions on claims.claim_id = decisions.claim_id
)

select * from final
