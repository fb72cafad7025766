with source as (select * from {{ source('news', 'runs') }}),

renamed as (
    select
        run_id,
        started_at,
        finished_at,
        niaga_version,
        extractor_version,
        n_new_articles,
        n_articles,
        n_clusters,
        n_claims,
        n_rejects
    from source
)

select * from renamed
