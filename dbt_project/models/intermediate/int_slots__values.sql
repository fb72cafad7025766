-- What the values of one slot are, who says each, and how exact each is.
with stated as (
    select
        *,
        datediff('day', published_first_day, date '2100-01-01') as days_before_2100
    from {{ ref('int_slots__stated') }}
),

merged as (
    select
        slot,
        scope_id,
        value_text,
        value_number,
        unit,
        min(event_id) as event_id,
        min(first_day) as first_day,
        max(last_day) as last_day,
        min(date_precision_code) as date_precision_code,
        bool_and(has_doubt) as has_doubt,
        min(source_rank) as source_rank,
        count(distinct cluster_id) as n_sources,
        count(*) as n_claims,
        max(published_first_day) as latest_said_day,
        -- The claim that speaks for the value: the most official, then the latest, then the smallest id.
        min_by(
            {
                'claim_id': claim_id,
                'printed_number': printed_number,
                'printed_unit': printed_unit,
                'qualifier': qualifier
            },
            (source_rank, coalesce(days_before_2100, 99999), claim_id)
        ) as speaker,
        bool_or(qualifier is null) as is_unqualified,
        bool_or(is_decided) as is_decided
    from stated
    group by slot, scope_id, value_text, value_number, unit
),

exactness as (
    select
        slot,
        scope_id,
        value_text,
        value_number,
        unit,
        event_id,
        first_day,
        last_day,
        date_precision_code,
        has_doubt,
        source_rank,
        n_sources,
        n_claims,
        latest_said_day,
        is_decided,
        struct_extract(speaker, 'claim_id') as claim_id,
        struct_extract(speaker, 'printed_number') as printed_number,
        struct_extract(speaker, 'printed_unit') as printed_unit,
        struct_extract(speaker, 'qualifier') as qualifier,
        rtrim(rtrim(cast(abs(value_number) as varchar), '0'), '.') as digits,
        case
            -- Days a date leaves open, fewer is more exact; an open interval leaves a century.
            when slot = 'date'
                then datediff('day', coalesce(last_day, first_day + interval 100 year), first_day)
            -- A regency is more exact than its province, and a province than the country.
            when slot = 'region' then length(value_text)
            -- What has happened is known later than what was planned.
            when slot = 'status' then if(value_text = 'realised', 1, 0)
            -- Significant digits; a hedged figure is less exact than a bare one.
            when value_number is not null
                then 2 * length(trim(replace(digits, '.', ''), '0')) + if(is_unqualified, 1, 0)
            else 0
        end as exactness
    from merged
)

select * exclude (digits) from exactness
