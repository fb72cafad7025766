with units as (select * from {{ ref('stg_reference__measure_units') }}),

final as (
    select
        unit_code,
        unit_name,
        dimension_code,
        base_unit_code,
        factor_to_base,
        unece_code
    from units
)

select * from final
