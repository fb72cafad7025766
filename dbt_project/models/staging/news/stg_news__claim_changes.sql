with source as (select * from {{ source('news', 'claim_changes') }}),

renamed as (
    select
        claim_id,
        article_id,
        claim_type as claim_type_code,
        change as change_code,
        quote,
        detail,
        version_before,
        version_after,
        run_id
    from source
)

select * from renamed
