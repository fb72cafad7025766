-- What is most worth a person's look: facts in conflict, doubted or thinly supported, pairs nearly joined.
with lines as (select * from {{ ref('int_lines__facts') }}),

links as (select * from {{ ref('stg_resolve__claim_links') }}),

decisions as (select * from {{ ref('stg_resolve__review_decisions') }}),

facts as (
    select
        lines.line_id as item_id,
        'fact' as item_kind_code,
        lines.claim_type_code,
        lines.event_id,
        lines.best_claim_id as claim_id,
        cast(null as varchar) as other_claim_id,
        list_sort(list_distinct(
            [
                if(len(lines.conflict_slots) > 0, 'conflict', null),
                if(lines.has_doubt, 'doubted_value', null),
                if(lines.confidence < 0.5, 'low_confidence', null),
                if(lines.n_independent_sources = 1, 'single_source', null)
            ]
        )) as reason_codes,
        -- A conflict or a failed check outweighs any lack of confidence; most facts have a lone source.
        3.0 * least(len(lines.conflict_slots), 2) + 3.0 * if(lines.has_doubt, 1, 0)
        + 2.0 * (1 - lines.confidence) + 0.5 * if(lines.n_independent_sources = 1, 1, 0) as priority
    from lines
    where lines.review_status_code = 'unreviewed'
),

near_misses as (
    select
        links.claim_id || ':' || links.other_claim_id as item_id,
        'pair' as item_kind_code,
        links.claim_type_code,
        cast(null as varchar) as event_id,
        links.claim_id,
        links.other_claim_id,
        ['near_miss'] as reason_codes,
        3.5 as priority
    from links
    anti join decisions
        on
            least(links.claim_id, links.other_claim_id) = least(decisions.claim_id, decisions.other_claim_id)
            and greatest(links.claim_id, links.other_claim_id)
            = greatest(decisions.claim_id, decisions.other_claim_id)
            and decisions.other_claim_id is not null
    where links.decision_code = 'kept_apart' and links.score >= 3
),

final as (
    select
        item_id,
        item_kind_code,
        claim_type_code,
        event_id,
        claim_id,
        other_claim_id,
        reason_codes,
        cast(priority as double) as priority
    from facts
    where len(reason_codes) > 0
    union all
    select
        item_id,
        item_kind_code,
        claim_type_code,
        event_id,
        claim_id,
        other_claim_id,
        reason_codes,
        cast(priority as double) as priority
    from near_misses
)

select * from final
