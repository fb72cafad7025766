with facts as (select * from {{ ref('int_lines__facts') }}),

lists as (select * from {{ ref('int_lines__lists') }}),

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
        lists.organiser_names,
        facts.status_code,
        facts.date_edtf,
        facts.first_day,
        facts.last_day,
        facts.date_precision_code,
        ---------- measures
        facts.participants,
        facts.participants_min,
        facts.participants_max,
        ---------- provenance
        {{ fact_provenance() }}
    from facts
    left join lists on facts.line_id = lists.line_id
    left join regions on facts.region_id = regions.region_id
    where facts.claim_type_code = 'training'
)

select * from final
