{{ config(schema='core') }}

with runs as (select * from {{ ref('stg_news__runs') }}),

final as (
    select
        run_id,
        niaga_version,
        extractor_version,
        n_new_articles,
        n_articles,
        n_clusters,
        n_claims,
        n_rejects,
        started_at,
        finished_at
    from runs
)

select * from final
