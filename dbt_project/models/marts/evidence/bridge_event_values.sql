-- Every value that was claimed of every slot, beside the one that was preferred: where conflicts are read.
with slot_values as (select * from {{ ref('int_slots__values') }}),

preferred as (select * from {{ ref('int_slots__preferred') }}),

final as (
    select
        -- A decided value stands beside what its claim says.
        concat_ws(
            ':',
            slot_values.scope_id,
            slot_values.slot,
            slot_values.claim_id,
            if(slot_values.is_decided, 'decided', null)
        ) as event_value_id,
        slot_values.event_id,
        slot_values.scope_id,
        slot_values.claim_id,
        slot_values.slot as slot_code,
        slot_values.value_text,
        slot_values.value_number,
        slot_values.unit as unit_or_currency_code,
        slot_values.n_claims,
        slot_values.n_sources as n_independent_sources,
        slot_values.source_rank,
        slot_values.has_doubt,
        slot_values.is_decided,
        preferred.claim_id = slot_values.claim_id
        and preferred.is_decided = slot_values.is_decided as is_preferred,
        slot_values.latest_said_day
    from slot_values
    inner join preferred on slot_values.slot = preferred.slot and slot_values.scope_id = preferred.scope_id
)

select * from final
