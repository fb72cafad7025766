with source as (select * from {{ source('resolve', 'event_changes') }}),

renamed as (
    select
        old_event_id,
        event_id,
        change as change_code,
        run_id
    from source
)

select * from renamed
