-- The values and the support of each stated line: what the fact tables select from.
with support as (select * from {{ ref('int_lines__support') }}),

claims as (select * from {{ ref('int_claims__coded') }}),

told_once as (select * from {{ ref('int_lines__told_once') }}),

told_often as (select * from {{ ref('int_lines__told_often') }}),

told as (
    select * from told_once
    union all
    select * from told_often
),

-- The key comes from the support; the basis has a word for not being stated.
told_values as (
    select
        * exclude (line_id, conflict_slots, statistical_basis_code),
        line_id as told_line_id,
        conflict_slots as told_conflict_slots,
        coalesce(statistical_basis_code, 'unstated') as statistical_basis_code
    from told
),

-- What the best claim says of itself: these do not differ between the claims of one line.
best as (
    select
        claim_id,
        metric_code,
        commitment_code,
        aggregation_code,
        flow_code
    from claims
),

event_parts as (select * from {{ ref('stg_resolve__event_parts') }}),

totals as (select distinct total_event_id as event_id from event_parts),

parts as (select distinct part_event_id as event_id from event_parts),

final as (
    select
        support.line_id,
        support.event_id,
        support.line_code,
        support.claim_type_code,
        support.occasion_id,
        told_values.*,
        best.metric_code,
        best.commitment_code,
        best.aggregation_code,
        best.flow_code,
        case
            when totals.event_id is not null then 'total'
            when parts.event_id is not null then 'part'
            else 'single'
        end as line_role_code,
        told_values.told_conflict_slots as conflict_slots,
        support.has_doubt,
        support.n_claims,
        support.n_articles,
        support.n_independent_sources,
        support.confidence,
        support.best_claim_id,
        support.review_status_code,
        support.first_said_day,
        support.last_said_day,
        support.first_seen_at
    from support
    inner join told_values on support.line_id = told_values.told_line_id
    inner join best on support.best_claim_id = best.claim_id
    left join totals on support.event_id = totals.event_id
    left join parts on support.event_id = parts.event_id
)

select * from final  -- noqa: AM04
