with source as (select * from {{ source('lexicons', 'currencies') }}),

renamed as (
    select
        code as currency_code,
        name as currency_name,
        name_id as indonesian_name
    from source
)

select * from renamed
