-- Where an event id that is no longer used as before leads now, however many steps ago it gave way.
with recursive changes as (select * from {{ ref('stg_resolve__event_changes') }}),

events as (select distinct event_id from {{ ref('stg_resolve__event_claims') }}),

steps as (
    select
        old_event_id,
        event_id,
        1 as n_steps
    from changes
    union
    select
        steps.old_event_id,
        changes.event_id,
        steps.n_steps + 1 as n_steps
    from steps
    inner join changes on steps.event_id = changes.old_event_id
    -- An id can come back: a circle of changes must end.
    where steps.n_steps < 50
),

final as (
    select
        steps.old_event_id,
        steps.event_id,
        cast(min(steps.n_steps) as integer) as n_steps
    from steps
    inner join events on steps.event_id = events.event_id
    where steps.old_event_id != steps.event_id
    group by steps.old_event_id, steps.event_id
)

select * from final
