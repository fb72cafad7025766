-- Guards sums: the parts of one ceremony do not exceed the total that an article states for it. A warning,
-- for newspapers do print totals that do not close; the rows are what a reviewer should look at first.
{{ config(severity='warn') }}

with shipments as (select * from {{ ref('fct_export_shipments') }}),

parts as (
    select
        occasion_id,
        currency_code,
        status_code,
        sum(value) as value,
        count(*) as n_parts
    from shipments
    where line_role_code = 'part' and value is not null and occasion_id is not null
    group by occasion_id, currency_code, status_code
)

select
    totals.line_id,
    totals.value as stated_total,
    parts.value as sum_of_parts,
    parts.n_parts
from shipments as totals
inner join parts
    on
        totals.occasion_id = parts.occasion_id
        and totals.currency_code = parts.currency_code
        and totals.status_code = parts.status_code
where totals.line_role_code = 'total' and parts.value > totals.value * 1.01
