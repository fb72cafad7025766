with source as (select * from {{ source('news', 'article_clusters') }}),

renamed as (
    select
        article_id,
        cluster_id,
        representative_id,
        relation as relation_code,
        series_id,
        similarity,
        numeric_agreement,
        reason
    from source
)

select * from renamed
