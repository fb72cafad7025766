-- Guards completeness: each stated line of an event is one row of exactly one fact table.
{%- set facts = [
    'fct_export_shipments', 'fct_export_targets', 'fct_export_realisations', 'fct_trade_missions',
    'fct_market_presence', 'fct_trainings', 'fct_exhibitions',
] %}
with support as (select * from {{ ref('int_lines__support') }}),

facts as (
    {% for fact in facts %}
        select
            '{{ fact }}' as fact,
            line_id
        from {{ ref(fact) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select
    support.line_id,
    count(facts.fact) as n_facts
from support
left join facts on support.line_id = facts.line_id
group by support.line_id
having count(facts.fact) != 1
