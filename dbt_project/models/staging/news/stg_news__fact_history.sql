with source as (select * from {{ source('news', 'fact_history') }}),

renamed as (
    select
        line_id,
        event_id,
        claim_type as claim_type_code,
        content,
        valid_from_run_id,
        valid_from_at,
        valid_to_run_id,
        valid_to_at
    from source
)

select * from renamed
