with source as (select * from {{ source('lexicons', 'region_aliases') }}),

renamed as (
    select
        alias,
        kemendagri_code,
        kind as kind_code
    from source
)

select * from renamed
