with regions as (select * from {{ ref('stg_reference__regions') }}),

aliases as (select * from {{ ref('stg_reference__region_aliases') }}),

former_names as (
    select
        kemendagri_code,
        list_sort(list(alias)) as former_names
    from aliases
    where kind_code = 'former_name'
    group by kemendagri_code
),

listed as (
    select
        regions.region_id,
        if(regions.level_code = 'province', 'ID', parents.region_id) as parent_region_id,
        regions.region_name,
        regions.base_name,
        regions.level_code,
        if(regions.level_code = 'province', regions.region_id, parents.region_id) as province_id,
        coalesce(parents.region_name, regions.region_name) as province_name,
        regions.kemendagri_code,
        regions.bps_code,
        coalesce(former_names.former_names, []) as former_names,
        regions.valid_from_date
    from regions
    left join regions as parents on regions.parent_code = parents.kemendagri_code
    left join former_names on regions.kemendagri_code = former_names.kemendagri_code
),

final as (
    select * from listed
    union all
    select
        'ID' as region_id,
        null as parent_region_id,
        'Indonesia' as region_name,
        'Indonesia' as base_name,
        'country' as level_code,
        null as province_id,
        null as province_name,
        null as kemendagri_code,
        '00' as bps_code,
        [] as former_names,
        null as valid_from_date
)

select * from final
