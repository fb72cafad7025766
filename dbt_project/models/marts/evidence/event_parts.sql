with parts as (select * from {{ ref('stg_resolve__event_parts') }}),

final as (
    select
        total_event_id,
        part_event_id
    from parts
)

select * from final
