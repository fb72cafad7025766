-- Guards links from outside: an event id that was ever published leads, step by step, to one that exists, or
-- to one that is said to have ended.
with recursive changes as (select * from {{ ref('event_changes') }}),

ended as (
    select distinct old_event_id as event_id
    from changes
    where change_code = 'ended'
),

events as (select distinct event_id from {{ ref('bridge_event_claims') }}),

steps as (
    select
        old_event_id,
        event_id,
        1 as depth
    from changes
    union
    select
        steps.old_event_id,
        changes.event_id,
        steps.depth + 1 as depth
    from steps
    inner join changes on steps.event_id = changes.old_event_id
    where steps.depth < 50
)

select steps.old_event_id
from steps
left join events on steps.event_id = events.event_id
left join ended on steps.event_id = ended.event_id
group by steps.old_event_id
having count(events.event_id) = 0 and count(ended.event_id) = 0
