with source as (select * from {{ source('news', 'rejects') }}),

renamed as (
    select
        reject_id,
        stage as stage_code,
        raw_path,
        raw_locator,
        article_id,
        reason_code,
        detail,
        run_id
    from source
)

select * from renamed
