with source as (select * from {{ source('news', 'articles') }}),

renamed as (
    select
        article_id,
        text_sha256,
        raw_path,
        raw_locator,
        raw_sha256,
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
        is_current,
        run_id
    from source
)

select * from renamed
