with facts as (select * from {{ ref('int_lines__facts') }}),

destinations as (select * from {{ ref('int_lines__destinations') }}),

regions as (select * from {{ ref('dim_region') }}),

-- Markets belong to the mission, whichever of its lines names them.
markets as (
    select
        event_id,
        string_agg(distinct destination_code, ', ' order by destination_code) as destination_codes
    from destinations
    group by event_id
),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.region_id,
        ---------- attributes
        facts.line_code,
        regions.region_name,
        facts.direction_code,
        markets.destination_codes,
        facts.status_code,
        case when facts.line_code != 'stated' then facts.line_code end as transaction_status_code,
        facts.commitment_code,
        facts.aggregation_code,
        facts.flow_code,
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
    left join markets on facts.event_id = markets.event_id
    left join regions on facts.region_id = regions.region_id
    where facts.claim_type_code = 'trade_mission'
)

select * from final
