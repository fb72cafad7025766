-- Every version of every fact line: what earlier runs published, and what this run changes.
{%- set facts = {
    'export_shipment': 'fct_export_shipments',
    'export_target': 'fct_export_targets',
    'export_realisation': 'fct_export_realisations',
    'trade_mission': 'fct_trade_missions',
    'market_presence': 'fct_market_presence',
    'training': 'fct_trainings',
    'exhibition': 'fct_exhibitions',
} -%}
{#- The support of a fact grows with every report; the history is of what the fact says. -#}
{%- set left_out = [
    'n_claims', 'n_articles', 'confidence', 'best_claim_id', 'last_said_day', 'first_seen_at',
] %}
with history as (select * from {{ ref('stg_news__fact_history') }}),

runs as (select * from {{ ref('stg_news__runs') }}),

this_run as (
    select
        run_id,
        started_at
    from runs
    order by started_at desc, run_id desc
    limit 1
),

current_facts as (
    {% for claim_type, fact in facts.items() %}
        select
            fact.line_id,
            fact.event_id,
            '{{ claim_type }}' as claim_type_code,
            cast(to_json(fact) as varchar) as content
        from (select * exclude ({{ left_out | join(', ') }}) from {{ ref(fact) }}) as fact
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

open_versions as (
    select *
    from history
    where valid_to_run_id is null
),

kept as (
    select
        history.line_id,
        history.event_id,
        history.claim_type_code,
        history.content,
        history.valid_from_run_id,
        history.valid_from_at,
        case
            when history.valid_to_run_id is not null then history.valid_to_run_id
            when coalesce(current_facts.content, '') != history.content then this_run.run_id
        end as valid_to_run_id,
        case
            when history.valid_to_run_id is not null then history.valid_to_at
            when coalesce(current_facts.content, '') != history.content then this_run.started_at
        end as valid_to_at
    from history
    left join current_facts on history.line_id = current_facts.line_id
    cross join this_run
),

opened as (
    select
        current_facts.line_id,
        current_facts.event_id,
        current_facts.claim_type_code,
        current_facts.content,
        this_run.run_id as valid_from_run_id,
        this_run.started_at as valid_from_at,
        cast(null as varchar) as valid_to_run_id,
        cast(null as timestamptz) as valid_to_at
    from current_facts
    cross join this_run
    left join open_versions
        on current_facts.line_id = open_versions.line_id and current_facts.content = open_versions.content
    where open_versions.line_id is null
),

final as (
    select * from kept
    union all
    select * from opened
)

select
    line_id,
    event_id,
    claim_type_code as claim_type,
    content,
    valid_from_run_id,
    valid_from_at,
    valid_to_run_id,
    valid_to_at
from final
