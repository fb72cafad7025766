with recursive countries as (select * from {{ ref('stg_reference__countries') }}),

areas as (select * from {{ ref('stg_reference__m49_areas') }}),

-- Up from each area to the continent that holds it: the area right below the world (001).
steps as (
    select
        m49_code,
        m49_code as step_m49_code,
        parent_m49_code
    from areas
    where m49_code != '001'
    union all
    select
        steps.m49_code,
        parents.m49_code as step_m49_code,
        parents.parent_m49_code
    from steps
    inner join areas as parents on steps.parent_m49_code = parents.m49_code
    where parents.m49_code != '001'
),

continents as (
    select
        m49_code,
        step_m49_code as continent_m49_code
    from steps
    where parent_m49_code = '001'
),

final as (
    select
        country_code,
        'country' as country_kind_code,
        country_name,
        indonesian_name,
        alpha3_code,
        m49_code,
        subregion_m49_code as area_m49_code,
        region_m49_code as continent_m49_code
    from countries
    union all
    select
        areas.country_code,
        'area' as country_kind_code,
        areas.area_name as country_name,
        areas.indonesian_name,
        null as alpha3_code,
        areas.m49_code,
        areas.parent_m49_code as area_m49_code,
        continents.continent_m49_code
    from areas
    left join continents on areas.m49_code = continents.m49_code
)

select * from final
