with lines as (select * from {{ ref('int_lines__destinations') }}),

final as (
    select
        line_id,
        event_id,
        destination_code,
        destination_kind_code,
        country_code,
        region_id,
        n_independent_sources,
        is_in_best_claim
    from lines
)

select * from final
