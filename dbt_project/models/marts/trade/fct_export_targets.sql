with facts as (select * from {{ ref('int_lines__facts') }}),

lists as (select * from {{ ref('int_lines__lists') }}),

regions as (select * from {{ ref('dim_region') }}),

codes as (select * from {{ ref('stg_resolve__claim_codes') }}),

stating as (select * from {{ ref('stg_resolve__event_claims') }}),

-- Why a target was changed, in the words of the most official claim that says so.
reasons as (
    select
        stating.event_id,
        min_by(codes.revision_reason, (codes.source_rank, stating.claim_id)) as revision_reason
    from stating
    inner join codes on stating.claim_id = codes.claim_id
    where codes.revision_reason is not null
    group by stating.event_id
),

-- One goal is region, measure, goods, period, currency or unit; its events are the versions of it.
targets as (
    select
        facts.*,
        lists.first_product_id as product_id,
        md5(
            to_json(
                [
                    facts.region_id,
                    facts.metric_code,
                    lists.first_product_id,
                    cast(facts.first_day as varchar),
                    cast(facts.last_day as varchar),
                    facts.amount_unit
                ]
            )
        ) as target_id,
        case facts.revision_code when 'original' then 0 when 'revised' then 2 else 1 end as version_rank
    from facts
    left join lists on facts.line_id = lists.line_id
    where facts.claim_type_code = 'export_target'
),

ordered as (
    select
        *,
        -- Only what is said to be revised replaces what came before; two figures alone may be a conflict.
        if(
            revision_code = 'revised',
            lag(line_id) over (partition by target_id order by version_rank, first_said_day, line_id),
            null
        ) as supersedes_line_id,
        count(*) filter (where revision_code = 'revised') over (
            partition by target_id
            order by version_rank, first_said_day, line_id
            rows between unbounded preceding and current row
        ) + 1 as version_number
    from targets
),

successors as (
    select
        supersedes_line_id as line_id,
        line_id as superseded_by_line_id
    from ordered
    where supersedes_line_id is not null
),

chained as (
    select
        ordered.*,
        successors.superseded_by_line_id
    from ordered
    left join successors on ordered.line_id = successors.line_id
),

final as (
    select
        ---------- keys
        facts.line_id,
        facts.event_id,
        facts.region_id,
        facts.product_id,
        facts.target_id,
        facts.supersedes_line_id,
        facts.superseded_by_line_id,
        ---------- attributes
        facts.line_code,
        cast(facts.version_number as integer) as version_number,
        facts.superseded_by_line_id is null as is_latest_version,
        facts.revision_code,
        reasons.revision_reason,
        regions.region_name,
        lists.issuer_names,
        lists.product_names as commodity_name,
        facts.metric_code,
        facts.commitment_code,
        facts.aggregation_code,
        facts.date_edtf as period_edtf,
        facts.first_day,
        facts.last_day,
        facts.date_precision_code,
        ---------- measures
        facts.amount,
        case when facts.metric_code = 'value' then facts.amount_unit end as currency_code,
        case when facts.metric_code != 'value' then facts.amount_unit end as unit_code,
        facts.amount_min,
        facts.amount_max,
        facts.amount_qualifier_code,
        ---------- provenance
        {{ fact_provenance() }}
    from chained as facts
    left join lists on facts.line_id = lists.line_id
    left join regions on facts.region_id = regions.region_id
    left join reasons on facts.event_id = reasons.event_id
)

select * from final
