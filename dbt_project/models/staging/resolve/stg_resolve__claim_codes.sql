with source as (select * from {{ source('resolve', 'claim_codes') }}),

renamed as (
    select
        claim_id,
        region_id,
        region_method as region_method_code,
        first_day,
        last_day,
        date_precision as date_precision_code,
        published_first_day,
        published_last_day,
        quantity_kg,
        commitment_code,
        aggregation_code,
        flow_code,
        statistical_basis_code,
        growth_basis_code,
        has_figure_doubt,
        has_date_doubt,
        source_rank,
        port_name,
        port_region_id,
        revision_reason
    from source
)

select * from renamed
