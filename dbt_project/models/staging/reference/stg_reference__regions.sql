with source as (select * from {{ source('lexicons', 'regions') }}),

renamed as (
    select
        region_id,
        kemendagri_code,
        bps_code,
        name as region_name,
        base_name,
        level as level_code,
        parent_code,
        cast(valid_from as date) as valid_from_date
    from source
)

select * from renamed
