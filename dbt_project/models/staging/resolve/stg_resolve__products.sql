with source as (select * from {{ source('resolve', 'products') }}),

renamed as (
    select
        product_id,
        product_name,
        product_group,
        hs_chapter_code,
        hs_method as hs_method_code,
        hs_confidence as hs_confidence_code,
        hs_term
    from source
)

select * from renamed
