with lines as (select * from {{ ref('int_lines__organisations') }}),

final as (
    select
        line_id,
        event_id,
        organisation_id,
        role_code,
        names_reported,
        n_independent_sources
    from lines
)

select * from final
