with source as (select * from {{ source('news', 'article_links') }}),

renamed as (
    select
        article_id,
        other_article_id,
        relation as relation_code,
        similarity,
        numeric_agreement,
        reason
    from source
)

select * from renamed
