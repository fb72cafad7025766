-- Guards against loss and double counting: each claim that no person rejected states exactly one event.
with claims as (select * from {{ ref('stg_news__claims') }}),

rejected as (
    select claim_id
    from {{ ref('claims') }}
    where claim_status_code = 'rejected'
),

articles as (select * from {{ ref('articles') }}),

evidence as (select * from {{ ref('bridge_event_claims') }})

select
    claims.claim_id,
    count(evidence.event_id) as n_events
from claims
inner join articles on claims.article_id = articles.article_id and claims.text_sha256 = articles.text_sha256
left join evidence on claims.claim_id = evidence.claim_id
anti join rejected on claims.claim_id = rejected.claim_id
group by claims.claim_id
having count(evidence.event_id) != 1
