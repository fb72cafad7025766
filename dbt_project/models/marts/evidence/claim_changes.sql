with changes as (select * from {{ ref('stg_news__claim_changes') }}),

final as (
    select
        claim_id,
        article_id,
        run_id,
        claim_type_code as claim_type,
        change_code,
        quote,
        detail,
        version_before,
        version_after
    from changes
)

select * from final
