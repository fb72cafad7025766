with source as (select * from {{ source('lexicons', 'countries') }}),

renamed as (
    select
        alpha2 as country_code,
        alpha3 as alpha3_code,
        m49 as m49_code,
        name_en as country_name,
        name_id as indonesian_name,
        region_m49 as region_m49_code,
        subregion_m49 as subregion_m49_code
    from source
)

select * from renamed
