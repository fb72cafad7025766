with lines as (select * from {{ ref('int_lines__products') }}),

final as (
    select
        line_id,
        event_id,
        product_id,
        product_name_reported,
        n_independent_sources,
        is_in_best_claim
    from lines
)

select * from final
