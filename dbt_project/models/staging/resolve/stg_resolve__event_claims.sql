with source as (select * from {{ source('resolve', 'event_claims') }}),

renamed as (
    select
        event_id,
        claim_id,
        line_code,
        claim_type as claim_type_code,
        article_id,
        occasion_id,
        link_score,
        claim_key,
        first_seen_run_id
    from source
)

select * from renamed
