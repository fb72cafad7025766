with event_claims as (select * from {{ ref('stg_resolve__event_claims') }}),

claims as (select * from {{ ref('stg_news__claims') }}),

articles as (select * from {{ ref('articles') }}),

clusters as (select * from {{ ref('stg_news__article_clusters') }}),

support as (select * from {{ ref('int_lines__support') }}),

final as (
    select
        ---------- keys
        event_claims.event_id,
        event_claims.claim_id,
        event_claims.event_id || ':' || event_claims.line_code as line_id,
        claims.article_id,
        coalesce(clusters.cluster_id, claims.article_id) as cluster_id,
        ---------- attributes
        claims.claim_type_code as claim_type,
        coalesce(support.best_claim_id = claims.claim_id, false) as is_best_claim,
        ---------- provenance
        claims.quote,
        claims.quote_start,
        claims.quote_end,
        articles.url,
        articles.raw_path,
        articles.outlet,
        articles.published,
        claims.speaker_code,
        claims.rule_id,
        claims.confidence,
        event_claims.link_score,
        event_claims.first_seen_run_id
    from event_claims
    inner join claims on event_claims.claim_id = claims.claim_id
    inner join articles on claims.article_id = articles.article_id
    left join clusters on claims.article_id = clusters.article_id
    left join support on event_claims.event_id || ':' || event_claims.line_code = support.line_id
)

select * from final
