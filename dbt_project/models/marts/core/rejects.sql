{{ config(schema='core') }}

with rejects as (select * from {{ ref('stg_news__rejects') }}),

final as (
    select
        reject_id,
        article_id,
        stage_code,
        raw_path,
        raw_locator,
        reason_code,
        detail,
        run_id
    from rejects
)

select * from final
