{{ config(materialized='view') }}

-- The values of each event that one claim tells: what the claim says is what there is.
with claims as (
    select *
    from {{ ref('int_claims__coded') }}
    where is_told_once
),

final as (
    select
        line_id,
        region_id,
        coalesce(date_edtf, period_edtf) as date_edtf,
        first_day,
        last_day,
        date_precision_code,
        status_code,
        is_first,
        direction_code,
        revision_code,
        fair_name,
        fair_place,
        statistical_basis_code,
        growth_basis_code,
        port_name,
        port_region_id,
        quantity,
        if(quantity is null, null, unit_code) as quantity_unit_code,
        if(quantity is null, null, quantity_kg) as quantity_kg,
        quantity as quantity_min,
        quantity as quantity_max,
        json_extract_string(qualifiers, '$.quantity') as quantity_qualifier_code,
        containers,
        containers as containers_min,
        containers as containers_max,
        value,
        if(value is null, null, currency_code) as value_currency_code,
        value as value_min,
        value as value_max,
        json_extract_string(qualifiers, '$.value') as value_qualifier_code,
        amount,
        if(amount is null, null, coalesce(unit_code, currency_code)) as amount_unit,
        amount as amount_min,
        amount as amount_max,
        json_extract_string(qualifiers, '$.amount') as amount_qualifier_code,
        transaction_value,
        if(transaction_value is null, null, currency_code) as transaction_currency_code,
        transaction_value as transaction_value_min,
        transaction_value as transaction_value_max,
        participants,
        participants as participants_min,
        participants as participants_max,
        list_value()::varchar[] as conflict_slots
    from claims
)

select * from final
