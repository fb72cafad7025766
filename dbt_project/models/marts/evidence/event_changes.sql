with changes as (select * from {{ ref('stg_resolve__event_changes') }}),

final as (
    select
        old_event_id,
        event_id,
        change_code,
        run_id
    from changes
)

select * from final
