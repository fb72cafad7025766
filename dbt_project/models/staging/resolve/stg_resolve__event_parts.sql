with source as (select * from {{ source('resolve', 'event_parts') }}),

renamed as (
    select
        total_event_id,
        part_event_id
    from source
)

select * from renamed
