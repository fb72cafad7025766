with source as (select * from {{ source('lexicons', 'measure_units') }}),

renamed as (
    select
        unit_code,
        unit_name,
        dimension as dimension_code,
        cast(factor_to_base as decimal(28, 4)) as factor_to_base,
        base_unit_code,
        unece_code
    from source
)

select * from renamed
