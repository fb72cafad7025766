-- Guards trust in the whole warehouse: a quote must be found, verbatim, where we say it is.
-- Offsets count Unicode code points from 0, half-open; SQL substr counts from 1.
with claims as (select * from {{ ref('claims') }}),

articles as (select * from {{ ref('articles') }})

select claims.claim_id
from claims
left join articles on claims.article_id = articles.article_id and claims.text_sha256 = articles.text_sha256
where
    articles.text is null
    or substr(articles.text, claims.quote_start + 1, claims.quote_end - claims.quote_start) != claims.quote
