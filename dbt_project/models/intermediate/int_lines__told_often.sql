-- The preferred values of each line of an event that several claims tell, wide.
with support as (
    select *
    from {{ ref('int_lines__support') }}
    where not is_told_once
),

slots as (select * from {{ ref('int_slots__preferred') }}),

wide as (
    select
        scope_id,
        {{ slot_number('quantity') }} as quantity,
        {{ slot_unit('quantity') }} as quantity_unit_code,
        max(case when slot = 'quantity' and unit = 'kg' then value_number end) as quantity_kg,
        {{ slot_min('quantity') }} as quantity_min,
        {{ slot_max('quantity') }} as quantity_max,
        {{ slot_qualifier('quantity') }} as quantity_qualifier_code,
        {{ slot_number('containers') }} as containers,
        {{ slot_min('containers') }} as containers_min,
        {{ slot_max('containers') }} as containers_max,
        {{ slot_number('value') }} as value,
        {{ slot_unit('value') }} as value_currency_code,
        {{ slot_min('value') }} as value_min,
        {{ slot_max('value') }} as value_max,
        {{ slot_qualifier('value') }} as value_qualifier_code,
        {{ slot_number('amount') }} as amount,
        {{ slot_unit('amount') }} as amount_unit,
        {{ slot_min('amount') }} as amount_min,
        {{ slot_max('amount') }} as amount_max,
        {{ slot_qualifier('amount') }} as amount_qualifier_code,
        {{ slot_number('transaction') }} as transaction_value,
        {{ slot_unit('transaction') }} as transaction_currency_code,
        {{ slot_min('transaction') }} as transaction_value_min,
        {{ slot_max('transaction') }} as transaction_value_max,
        {{ slot_number('participants') }} as participants,
        {{ slot_min('participants') }} as participants_min,
        {{ slot_max('participants') }} as participants_max,
        {{ slot_text('region') }} as region_id,
        {{ slot_text('date') }} as date_edtf,
        max(case when slot = 'date' then first_day end) as first_day,
        max(case when slot = 'date' then last_day end) as last_day,
        max(case when slot = 'date' then date_precision_code end) as date_precision_code,
        {{ slot_text('status') }} as status_code,
        {{ slot_text('is_first') }} as is_first,
        {{ slot_text('direction') }} as direction_code,
        {{ slot_text('revision') }} as revision_code,
        {{ slot_text('fair_name') }} as fair_name,
        {{ slot_text('fair_place') }} as fair_place,
        {{ slot_text('statistical_basis') }} as statistical_basis_code,
        {{ slot_text('growth_basis') }} as growth_basis_code,
        {{ slot_text('port') }} as port_name,
        {{ slot_text('port_region') }} as port_region_id,
        list(slot order by slot) filter (where has_conflict) as conflict_slots
    from slots
    group by scope_id
),

final as (
    select
        support.line_id,
        event_values.region_id,
        event_values.date_edtf,
        event_values.first_day,
        event_values.last_day,
        event_values.date_precision_code,
        event_values.status_code,
        cast(event_values.is_first as boolean) as is_first,
        event_values.direction_code,
        event_values.revision_code,
        event_values.fair_name,
        event_values.fair_place,
        event_values.statistical_basis_code,
        event_values.growth_basis_code,
        event_values.port_name,
        event_values.port_region_id,
        line_values.quantity,
        line_values.quantity_unit_code,
        line_values.quantity_kg,
        line_values.quantity_min,
        line_values.quantity_max,
        line_values.quantity_qualifier_code,
        line_values.containers,
        line_values.containers_min,
        line_values.containers_max,
        line_values.value,
        line_values.value_currency_code,
        line_values.value_min,
        line_values.value_max,
        line_values.value_qualifier_code,
        line_values.amount,
        line_values.amount_unit,
        line_values.amount_min,
        line_values.amount_max,
        line_values.amount_qualifier_code,
        line_values.transaction_value,
        line_values.transaction_currency_code,
        line_values.transaction_value_min,
        line_values.transaction_value_max,
        event_values.participants,
        event_values.participants_min,
        event_values.participants_max,
        coalesce(list_sort(list_concat(event_values.conflict_slots, line_values.conflict_slots)), [])
            as conflict_slots
    from support
    left join wide as event_values on support.event_id = event_values.scope_id
    left join wide as line_values on support.line_id = line_values.scope_id
)

select * from final
