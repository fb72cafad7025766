-- Guards sums: the parts of one ceremony do not exceed the total that an article states for it. A warning,
-- for newspapers do print totals that do not close; the rows are what a reviewer should look at first.
{{ config(severity='warn') }}

with shipments as (select * from {{ ref('fct_export_shipments') }}),

event_parts as (select * from {{ ref('event_parts') }}),

summed as (
    select
        event_parts.total_event_id,
        parts.currency_code,
        parts.status_code,
        sum(parts.value) as value,
        count(*) as n_parts
    from event_parts
    inner join shipments as parts on event_parts.part_event_id = parts.event_id
    where parts.value is not null and parts.line_role_code = 'part'
    group by event_parts.total_event_id, parts.currency_code, parts.status_code
)

select
    totals.line_id,
    totals.value as stated_total,
    summed.value as sum_of_parts,
    summed.n_parts
from shipments as totals
inner join summed
    on
        totals.event_id = summed.total_event_id
        and totals.currency_code = summed.currency_code
        and totals.status_code = summed.status_code
where summed.value > totals.value * 1.01
