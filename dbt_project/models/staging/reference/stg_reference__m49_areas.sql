with source as (select * from {{ source('lexicons', 'm49_areas') }}),

renamed as (
    select
        'M49:' || code as country_code,
        code as m49_code,
        name_en as area_name,
        name_id as indonesian_name,
        parent as parent_m49_code
    from source
)

select * from renamed
