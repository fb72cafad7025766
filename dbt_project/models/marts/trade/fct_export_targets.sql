with facts as (select * from {{ ref('int_lines__facts') }}),

lists as (select * from {{ ref('int_lines__lists') }}),

regions as (select * from {{ ref('dim_region') }}),

targets as (
    select
        *,
        case
            when line_code in ('original', 'stated') then 1
            when line_code = 'revised' then 2
            else 1 + cast(regexp_extract(line_code, '[0-9]+') as integer)
        end as version_number
    from facts
    where claim_type_code = 'export_target'
),

chained as (
    select
        *,
        lag(line_id) over (partition by event_id order by version_number) as supersedes_line_id,
        lead(line_id) over (partition by event_id order by version_number) as superseded_by_line_id
    from targets
),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.region_id,
        lists.first_product_id as product_id,
        facts.supersedes_line_id,
        facts.superseded_by_line_id,
        ---------- attributes
        facts.line_code,
        cast(facts.version_number as integer) as version_number,
        facts.superseded_by_line_id is null as is_latest_version,
        case
            when facts.line_code = 'original' then 'original'
            when facts.line_code like 'revised%' then 'revised'
        end as revision_code,
        regions.region_name,
        lists.issuer_names,
        lists.product_names as commodity_name,
        facts.metric_code,
        facts.commitment_code,
        facts.aggregation_code,
        facts.date_edtf as period_edtf,
        facts.first_day,
        facts.last_day,
        facts.date_precision_code,
        ---------- measures
        facts.amount,
        case when facts.metric_code = 'value' then facts.amount_unit end as currency_code,
        case when facts.metric_code != 'value' then facts.amount_unit end as unit_code,
        facts.amount_min,
        facts.amount_max,
        facts.amount_qualifier_code,
        ---------- provenance
        {{ fact_provenance() }}
    from chained as facts
    left join lists on facts.line_id = lists.line_id
    left join regions on facts.region_id = regions.region_id
)

select * from final
