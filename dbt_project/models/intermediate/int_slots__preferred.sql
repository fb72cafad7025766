-- One value per slot by the documented rule (docs/modelling.md, "Preferred value"), with what was claimed.
with slot_values as (select * from {{ ref('int_slots__values') }}),

stated as (select * from {{ ref('int_slots__stated') }}),

-- A coarser date or region that holds a finer one supports it.
support as (
    select
        one.slot,
        one.scope_id,
        one.value_text,
        sum(other.n_sources) as n_supporting
    from slot_values as one
    inner join slot_values as other
        on
            one.scope_id = other.scope_id
            and one.slot = other.slot
            and (
                (
                    one.slot = 'date'
                    and one.first_day >= other.first_day
                    and coalesce(one.last_day, one.first_day) <= coalesce(other.last_day, date '9999-12-31')
                )
                or (one.slot = 'region' and starts_with(one.value_text, other.value_text))
            )
    where one.slot in ('date', 'region')
    group by one.slot, one.scope_id, one.value_text
),

ranked as (
    select
        slot_values.*,
        row_number() over (
            partition by slot_values.slot, slot_values.scope_id
            order by
                slot_values.has_doubt asc,
                -- Dates, regions and status: the most exact first; a coarser one does not speak against it.
                if(slot_values.slot in ('date', 'region', 'status'), -slot_values.exactness, 0) asc,
                slot_values.source_rank asc,
                coalesce(support.n_supporting, slot_values.n_sources) desc,
                slot_values.exactness desc,
                slot_values.latest_said_day desc nulls last,
                slot_values.claim_id asc
        ) as preference
    from slot_values
    left join support
        on
            slot_values.slot = support.slot
            and slot_values.scope_id = support.scope_id
            and slot_values.value_text = support.value_text
),

preferred as (
    select *
    from ranked
    where preference = 1
),

compared as (
    select
        preferred.slot,
        preferred.scope_id,
        min(if(coalesce(ranked.unit, '') = coalesce(preferred.unit, ''), ranked.value_number, null))
            as min_value_number,
        max(if(coalesce(ranked.unit, '') = coalesce(preferred.unit, ''), ranked.value_number, null))
            as max_value_number,
        count(*) as n_values,
        sum(ranked.n_claims) as n_claims,
        -- Two units, a date inside another, a province around a regency and plan before deed are no conflict.
        coalesce(
            bool_or(
                case
                    when ranked.preference = 1 then false
                    when ranked.slot in ('status', 'commitment', 'line_role', 'port', 'port_region') then false
                    when ranked.value_number is not null
                        then coalesce(ranked.unit, '') = coalesce(preferred.unit, '')
                    when ranked.slot = 'date'
                        then
                            ranked.first_day > coalesce(preferred.last_day, date '9999-12-31')
                            or coalesce(ranked.last_day, date '9999-12-31') < preferred.first_day
                    when ranked.slot = 'region' then not starts_with(preferred.value_text, ranked.value_text)
                    else true
                end
            ),
            false
        ) as has_conflict
    from preferred
    inner join ranked on preferred.slot = ranked.slot and preferred.scope_id = ranked.scope_id
    group by preferred.slot, preferred.scope_id
),

-- Masses are compared in kilograms and shown as printed: how much of the printed unit one kilogram is.
printed as (
    select
        *,
        -- Null where the value is compared in the unit it is printed in.
        case when unit != printed_unit and value_number != 0 then printed_number / value_number end as per_kg
    from stated
),

final as (
    select
        preferred.slot,
        preferred.scope_id,
        preferred.event_id,
        preferred.value_text,
        preferred.value_number,
        preferred.unit,
        printed.printed_number,
        printed.printed_unit,
        printed.qualifier,
        preferred.claim_id,
        preferred.n_sources,
        compared.n_values,
        compared.n_claims,
        -- The range in the unit the preferred value is printed in.
        coalesce(
            cast(compared.min_value_number * printed.per_kg as decimal(28, 4)), compared.min_value_number
        )
            as min_number,
        coalesce(
            cast(compared.max_value_number * printed.per_kg as decimal(28, 4)), compared.max_value_number
        )
            as max_number,
        compared.has_conflict
    from preferred
    inner join compared on preferred.slot = compared.slot and preferred.scope_id = compared.scope_id
    inner join printed
        on
            preferred.slot = printed.slot
            and preferred.scope_id = printed.scope_id
            and preferred.claim_id = printed.claim_id
            and coalesce(preferred.value_number, 0) = coalesce(printed.value_number, 0)
            and coalesce(preferred.value_text, '') = coalesce(printed.value_text, '')
)

select * from final
