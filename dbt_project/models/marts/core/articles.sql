{{ config(schema='core') }}

with articles as (select * from {{ ref('stg_news__articles') }}),

final as (
    select
        article_id,
        text_sha256,
        raw_path,
        raw_locator,
        url,
        title,
        outlet,
        published,
        published_method,
        modified,
        author,
        language,
        dateline,
        text,
        text_length,
        raw_length,
        repeat_start,
        repeat_end,
        run_id
    from articles
    where is_current
)

select * from final
