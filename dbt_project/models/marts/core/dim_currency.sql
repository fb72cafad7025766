with currencies as (select * from {{ ref('stg_reference__currencies') }}),

final as (
    select
        currency_code,
        currency_name,
        indonesian_name
    from currencies
)

select * from final
