with products as (select * from {{ ref('stg_resolve__products') }}),

chapters as (select * from {{ ref('stg_reference__hs_chapters') }}),

final as (
    select
        products.product_id,
        products.product_name,
        products.product_group,
        products.hs_chapter_code,
        chapters.hs_chapter_name,
        products.hs_method_code,
        products.hs_confidence_code,
        products.hs_term
    from products
    left join chapters on products.hs_chapter_code = chapters.hs_chapter_code
)

select * from final
