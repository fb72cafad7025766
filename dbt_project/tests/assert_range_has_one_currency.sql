-- Guards against comparing currencies: the range of a value comes from claims in its own currency only.
with facts as (select * from {{ ref('fct_export_shipments') }}),

claims as (select * from {{ ref('claims') }}),

ranges as (
    select
        line_id,
        currency_code,
        min(value) as lowest,
        max(value) as highest
    from claims
    where value is not null
    group by line_id, currency_code
)

select facts.line_id
from facts
inner join ranges on facts.line_id = ranges.line_id and facts.currency_code = ranges.currency_code
where facts.value_min != ranges.lowest or facts.value_max != ranges.highest
