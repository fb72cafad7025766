with facts as (select * from {{ ref('int_lines__facts') }}),

lists as (select * from {{ ref('int_lines__lists') }}),

regions as (select * from {{ ref('dim_region') }}),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.region_id,
        lists.first_product_id as product_id,
        ---------- attributes
        facts.line_code,
        regions.region_name,
        lists.product_names as commodity_name,
        lists.destination_codes,
        facts.metric_code,
        facts.statistical_basis_code,
        facts.growth_basis_code,
        facts.commitment_code,
        facts.aggregation_code,
        facts.flow_code,
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
    from facts
    left join lists on facts.line_id = lists.line_id
    left join regions on facts.region_id = regions.region_id
    where facts.claim_type_code = 'export_realisation'
)

select * from final
