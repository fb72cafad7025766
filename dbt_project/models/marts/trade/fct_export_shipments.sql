with facts as (select * from {{ ref('int_lines__facts') }}),

lists as (select * from {{ ref('int_lines__lists') }}),

regions as (select * from {{ ref('dim_region') }}),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.occasion_id,
        facts.region_id as origin_region_id,
        facts.port_region_id,
        ---------- attributes
        facts.line_code,
        facts.line_role_code,
        regions.region_name as origin_region_name,
        lists.exporter_names,
        lists.product_names,
        lists.destination_codes,
        lists.product_ids,
        lists.country_codes,
        facts.status_code,
        facts.commitment_code,
        facts.aggregation_code,
        facts.flow_code,
        facts.is_first,
        facts.port_name,
        facts.date_edtf,
        facts.first_day,
        facts.last_day,
        facts.date_precision_code,
        ---------- measures
        facts.quantity,
        facts.quantity_unit_code as unit_code,
        facts.quantity_min,
        facts.quantity_max,
        facts.quantity_qualifier_code,
        facts.quantity_kg,
        facts.containers,
        facts.containers_min,
        facts.containers_max,
        facts.value,
        facts.value_currency_code as currency_code,
        facts.value_min,
        facts.value_max,
        facts.value_qualifier_code,
        ---------- provenance
        {{ fact_provenance() }}
    from facts
    left join lists on facts.line_id = lists.line_id
    left join regions on facts.region_id = regions.region_id
    where facts.claim_type_code = 'export_shipment'
)

select * from final
