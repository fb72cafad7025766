with source as (select * from {{ source('resolve', 'claim_products') }}),

renamed as (
    select
        claim_id,
        ordinal,
        product_name,
        product_id
    from source
)

select * from renamed
