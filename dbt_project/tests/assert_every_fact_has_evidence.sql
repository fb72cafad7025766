-- Guards the promise that every figure leads to a quote: no fact without a claim that states it.
{%- set facts = [
    'fct_export_shipments', 'fct_export_targets', 'fct_export_realisations', 'fct_trade_missions',
    'fct_market_presence', 'fct_trainings', 'fct_exhibitions',
] %}
with evidence as (select * from {{ ref('bridge_event_claims') }}),

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
    facts.fact,
    facts.line_id
from facts
anti join evidence on facts.line_id = evidence.line_id
