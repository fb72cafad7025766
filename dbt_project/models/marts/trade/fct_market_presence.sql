with facts as (select * from {{ ref('int_lines__facts') }}),

lists as (select * from {{ ref('int_lines__lists') }}),

regions as (select * from {{ ref('dim_region') }}),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.region_id as origin_region_id,
        ---------- attributes
        facts.line_code,
        regions.region_name as origin_region_name,
        lists.exporter_names,
        lists.product_names,
        lists.destination_codes,
        lists.product_ids,
        lists.country_codes,
        facts.status_code,
        facts.flow_code,
        ---------- provenance
        {{ fact_provenance() }}
    from facts
    left join lists on facts.line_id = lists.line_id
    left join regions on facts.region_id = regions.region_id
    where facts.claim_type_code = 'market_presence'
)

select * from final
