with facts as (select * from {{ ref('int_lines__facts') }}),

regions as (select * from {{ ref('dim_region') }}),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.region_id,
        ---------- attributes
        facts.line_code,
        regions.region_name,
        facts.fair_name,
        facts.fair_place,
        facts.status_code,
        facts.commitment_code,
        facts.date_edtf,
        facts.first_day,
        facts.last_day,
        facts.date_precision_code,
        ---------- measures
        facts.transaction_value,
        facts.transaction_currency_code as currency_code,
        facts.transaction_value_min,
        facts.transaction_value_max,
        facts.participants,
        facts.participants_min,
        facts.participants_max,
        ---------- provenance
        {{ fact_provenance() }}
    from facts
    left join regions on facts.region_id = regions.region_id
    where facts.claim_type_code = 'exhibition'
)

select * from final
