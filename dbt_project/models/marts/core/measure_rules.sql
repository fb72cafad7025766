{%- set axes = ['status_code', 'commitment_code', 'aggregation_code', 'flow_code'] -%}
{%- set figure = [
    'metric_code', 'commitment_code', 'aggregation_code', 'first_day', 'last_day', 'product_id'
] -%}
{%- set parts_only = "line_role_code != 'total'" -%}
{%- set quantities = "metric_code in ('value', 'volume')" -%}
{%- set one_level = 'A province holds its regencies: add regions of one level of dim_region only.' -%}
{#- fact, measure, rule, group_by, row_filter, caution -#}
{%- set rules = [
    ('fct_export_shipments', 'quantity', 'sum', axes + ['unit_code'], parts_only,
     'A total repeats its parts; a line without this figure is not zero.'),
    ('fct_export_shipments', 'quantity_kg', 'sum', axes, parts_only,
     'Masses only; what was counted in other units is missing.'),
    ('fct_export_shipments', 'containers', 'sum', axes, parts_only,
     'Containers of any size; a line without this figure is not zero.'),
    ('fct_export_shipments', 'value', 'sum', axes + ['currency_code'], parts_only,
     'No currency is converted; a line without this figure is not zero.'),
    ('fct_export_realisations', 'amount', 'sum', figure + ['flow_code', 'statistical_basis_code',
     'destination_codes', 'currency_code', 'unit_code'], quantities, one_level),
    ('fct_export_targets', 'amount', 'sum', figure + ['currency_code', 'unit_code'],
     quantities + ' and is_latest_version', one_level),
    ('fct_trade_missions', 'transaction_value', 'sum', axes + ['transaction_status_code', 'currency_code'],
     "aggregation_code = 'single'", 'A sum over several missions repeats the missions.'),
    ('fct_trade_missions', 'participants', 'once_per_event', ['status_code', 'flow_code'],
     "aggregation_code = 'single'", 'Every line of a mission repeats them.'),
    ('fct_exhibitions', 'transaction_value', 'sum', ['status_code', 'commitment_code', 'currency_code'],
     'true',
     'What each region says of its own stand.'),
    ('fct_exhibitions', 'participants', 'sum', ['status_code'], 'true',
     'What each region says of its own stand.'),
    ('fct_trainings', 'participants', 'sum', ['status_code'], 'true',
     'Places, not persons: one person may come twice.'),
    ('fct_coverage', 'n_articles_on_topic', 'never', [], 'true',
     'An article on two regions counts for each of them.'),
    ('fct_coverage', 'n_articles_read', 'never', [], 'true',
     'Repeats in every region of an outlet and month; count core.articles.'),
    ('fct_target_outcomes', 'target_amount', 'never', [], 'true',
     'Repeats for every basis; add fct_export_targets.'),
    ('fct_target_outcomes', 'realised_amount', 'never', [], 'true',
     'Repeats for every version of a target; add fct_export_realisations.'),
    ('fct_target_outcomes', 'achieved_share', 'never', [], 'true', 'A share.'),
] -%}
-- What may be added up, as data: a sum keeps the columns of group_by apart and takes the rows of row_filter.
with rules as (
    {% for fact, measure, rule, group_by, row_filter, caution in rules %}
        select
            '{{ fact }}' as fact_name,
            '{{ measure }}' as measure_name,
            '{{ rule }}' as rule_code,
            {{ group_by | tojson | replace('"', "'") }}::varchar[] as group_by,
            '{{ row_filter | replace("'", "''") }}' as row_filter,
            '{{ caution }}' as caution
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
)

select * from rules
