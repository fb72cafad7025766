{{ config(schema='core') }}

with clusters as (select * from {{ ref('stg_news__article_clusters') }}),

final as (
    select
        article_id,
        cluster_id,
        representative_id,
        relation_code as relation,
        series_id,
        similarity,
        numeric_agreement,
        reason
    from clusters
)

select * from final
