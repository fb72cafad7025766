with claims as (select * from {{ ref('stg_news__claims') }}),

codes as (select * from {{ ref('stg_resolve__claim_codes') }}),

stating as (select * from {{ ref('stg_resolve__event_claims') }}),

clusters as (select * from {{ ref('stg_news__article_clusters') }}),

decided as (
    select distinct claim_id
    from {{ ref('stg_resolve__review_decisions') }}
    where outcome_code = 'applied' and decision_code = 'value_is_wrong'
),

-- Two events in three are told by one claim: there is nothing to choose between.
told as (
    select
        stating.event_id,
        count(*) = 1 and count(decided.claim_id) = 0 as is_told_once
    from stating
    left join decided on stating.claim_id = decided.claim_id
    group by stating.event_id
),

coded as (
    select
        claims.claim_id,
        claims.article_id,
        claims.claim_type_code,
        stating.event_id,
        stating.line_code,
        stating.event_id || ':' || stating.line_code as line_id,
        stating.occasion_id,
        stating.first_seen_run_id,
        told.is_told_once,
        codes.region_id,
        claims.quantity,
        claims.unit_code,
        codes.quantity_kg,
        claims.containers,
        claims.value,
        claims.amount,
        claims.transaction_value,
        claims.currency_code,
        claims.participants,
        claims.date_edtf,
        claims.period_edtf,
        codes.first_day,
        codes.last_day,
        codes.date_precision_code,
        codes.published_first_day,
        codes.published_last_day,
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
        codes.port_name,
        codes.port_region_id,
        claims.qualifiers,
        codes.has_figure_doubt,
        codes.has_date_doubt,
        codes.source_rank,
        claims.confidence,
        coalesce(clusters.cluster_id, claims.article_id) as cluster_id
    from claims
    inner join stating on claims.claim_id = stating.claim_id
    inner join told on stating.event_id = told.event_id
    inner join codes on claims.claim_id = codes.claim_id
    left join clusters on claims.article_id = clusters.article_id
)

select * from coded
