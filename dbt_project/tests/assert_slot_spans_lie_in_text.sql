-- Guards slot evidence: each slot's span is a non-empty piece of the article's text.
with claims as (select * from {{ ref('claims') }}),

articles as (select * from {{ ref('articles') }}),

spans as (
    select
        claims.claim_id,
        articles.text_length,
        unnest(json_keys(claims.spans)) as slot,
        claims.spans
    from claims
    inner join articles on claims.article_id = articles.article_id
    where claims.spans is not null
)

select
    claim_id,
    slot
from spans
where
    cast(json_extract(spans, '$.' || slot || '[0]') as bigint) < 0
    or cast(json_extract(spans, '$.' || slot || '[1]') as bigint) > text_length
    or cast(json_extract(spans, '$.' || slot || '[0]') as bigint)
    >= cast(json_extract(spans, '$.' || slot || '[1]') as bigint)
