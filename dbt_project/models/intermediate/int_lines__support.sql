-- How well each stated line is supported: articles, independent sources (clusters, not copies), since when.
with claims as (select * from {{ ref('int_claims__coded') }}),

runs as (select * from {{ ref('stg_news__runs') }}),

decisions as (
    select
        claim_id,
        max(decision_code = 'value_is_wrong') as is_corrected
    from {{ ref('stg_resolve__review_decisions') }}
    where outcome_code = 'applied'
    group by claim_id
),

final as (
    select
        claims.line_id,
        min(claims.event_id) as event_id,
        min(claims.line_code) as line_code,
        min(claims.claim_type_code) as claim_type_code,
        min(claims.occasion_id) as occasion_id,
        bool_and(claims.is_told_once) as is_told_once,
        count(*) as n_claims,
        count(distinct claims.article_id) as n_articles,
        count(distinct claims.cluster_id) as n_independent_sources,
        max(claims.confidence) as confidence,
        bool_or(claims.has_figure_doubt or claims.has_date_doubt) as has_doubt,
        -- The claim shown for the line: the most official, then the surest, then the smallest id.
        min_by(claims.claim_id, (claims.source_rank, -claims.confidence, claims.claim_id)) as best_claim_id,
        min(claims.published_first_day) as first_said_day,
        max(claims.published_last_day) as last_said_day,
        min(runs.started_at) as first_seen_at,
        case
            when bool_or(decisions.is_corrected) then 'corrected'
            when count(decisions.claim_id) > 0 then 'confirmed'
            else 'unreviewed'
        end as review_status_code
    from claims
    left join decisions on claims.claim_id = decisions.claim_id
    left join runs on claims.first_seen_run_id = runs.run_id
    group by claims.line_id
)

select * from final
