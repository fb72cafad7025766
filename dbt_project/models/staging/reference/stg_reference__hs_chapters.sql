with source as (select * from {{ source('lexicons', 'hs_chapters') }}),

renamed as (
    select
        hs_chapter_code,
        hs_chapter_name
    from source
)

select * from renamed
