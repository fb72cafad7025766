-- One value per slot by the documented rule (docs/modelling.md, "Preferred value"), with what was claimed.
with slot_values as (select * from {{ ref('int_slots__values') }}),

counted as (
    select
        *,
        count(*) over (partition by slot, scope_id) as n_values
    from slot_values
),

agreed as (
    select *
    from counted
    where n_values = 1
),

disputed as (
    select *
    from counted
    where n_values > 1
),

-- A coarser date or region that holds a finer one supports it.
support as (
    select
        one.slot,
        one.scope_id,
        one.value_text,
        sum(other.n_sources) as n_supporting
    from disputed as one
    inner join disputed as other
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
        disputed.*,
        row_number() over (
            partition by disputed.slot, disputed.scope_id
            order by
                disputed.has_doubt asc,
                -- Dates, regions and status: the most exact first; a coarser one does not speak against it.
                if(disputed.slot in ('date', 'region', 'status'), -disputed.exactness, 0) asc,
                disputed.source_rank asc,
                coalesce(support.n_supporting, disputed.n_sources) desc,
                disputed.exactness desc,
                disputed.latest_said_day desc nulls last,
                disputed.claim_id asc
        ) as preference
    from disputed
    left join support
        on
            disputed.slot = support.slot
            and disputed.scope_id = support.scope_id
            and disputed.value_text = support.value_text
),

preferred as (
    select * exclude (preference, n_claims)
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
        sum(ranked.n_claims) as n_claims,
        -- Two units, a date inside another, a province around a regency and plan before deed are no conflict.
        coalesce(
            bool_or(
                case
                    when ranked.preference = 1 then false
                    when ranked.slot in ('status', 'port', 'port_region') then false
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

chosen as (
    select
        preferred.*,
        compared.n_claims,
        compared.min_value_number,
        compared.max_value_number,
        compared.has_conflict
    from preferred
    inner join compared on preferred.slot = compared.slot and preferred.scope_id = compared.scope_id
    union all by name
    select
        *,
        value_number as min_value_number,
        value_number as max_value_number,
        false as has_conflict
    from agreed
),

-- Masses are compared in kilograms and shown as printed: how much of the printed unit one kilogram is.
scaled as (
    select
        *,
        -- Null where the value is compared in the unit it is printed in.
        case when unit != printed_unit and value_number != 0 then printed_number / value_number end as per_kg
    from chosen
),

final as (
    select
        slot,
        scope_id,
        event_id,
        value_text,
        value_number,
        unit,
        printed_number,
        printed_unit,
        qualifier,
        first_day,
        last_day,
        date_precision_code,
        claim_id,
        is_decided,
        n_sources,
        n_values,
        n_claims,
        -- The range in the unit the preferred value is printed in.
        coalesce(cast(min_value_number * per_kg as decimal(28, 4)), min_value_number) as min_number,
        coalesce(cast(max_value_number * per_kg as decimal(28, 4)), max_value_number) as max_number,
        has_conflict
    from scaled
)

select * from final
