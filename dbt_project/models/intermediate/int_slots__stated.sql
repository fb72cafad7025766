{{ config(materialized='view') }}

{#- Slot, where its value is read from, and what it belongs to: a mission's figures belong to the stated line,
    what else is said of the mission to the event, however many lines it has. -#}
{%- set number_slots = [
    ('quantity', 'quantity', 'unit_code', 'line'),
    ('containers', 'containers', 'null', 'line'),
    ('value', 'value', 'currency_code', 'line'),
    ('amount', 'amount', 'coalesce(unit_code, currency_code)', 'line'),
    ('transaction', 'transaction_value', 'currency_code', 'line'),
    ('participants', 'participants', 'null', 'event'),
] -%}
{%- set text_slots = [
    ('region', 'region_id', 'event'),
    ('date', 'coalesce(date_edtf, period_edtf)', 'event'),
    ('status', 'status_code', 'event'),
    ('is_first', 'cast(is_first as varchar)', 'event'),
    ('direction', 'direction_code', 'event'),
    ('fair_name', 'fair_name', 'event'),
    ('fair_place', 'fair_place', 'event'),
    ('statistical_basis', "nullif(statistical_basis_code, 'unstated')", 'event'),
    ('growth_basis', "nullif(growth_basis_code, 'unstated')", 'event'),
    ('revision', 'revision_code', 'event'),
    ('port', 'port_name', 'event'),
    ('port_region', 'port_region_id', 'event'),
] -%}
with claims as (
    select *
    from {{ ref('int_claims__coded') }}
    where not is_told_once
),

organisations as (select * from {{ ref('stg_resolve__claim_organisations') }}),

decisions as (
    select *
    from {{ ref('stg_resolve__review_decisions') }}
    where decision_code = 'value_is_wrong' and outcome_code = 'applied'
),

stated_numbers as (
    {% for slot, column, unit, scope in number_slots %}
        select
            '{{ slot }}' as slot,
            {{ 'line_id' if scope == 'line' else 'event_id' }} as scope_id,
            claim_id,
            cast(null as varchar) as value_text,
            {% if slot in ('quantity', 'amount') %}
                coalesce(quantity_kg, {{ column }}) as value_number,
                case when quantity_kg is not null then 'kg' else {{ unit }} end as unit,
            {% else %}
                {{ column }} as value_number,
                cast({{ unit }} as varchar) as unit,
            {% endif %}
            {{ column }} as printed_number,
            cast({{ unit }} as varchar) as printed_unit
        from claims
        where {{ column }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

stated_texts as (
    {% for slot, column, scope in text_slots %}
        select
            '{{ slot }}' as slot,
            {{ 'line_id' if scope == 'line' else 'event_id' }} as scope_id,
            claim_id,
            {{ column }} as value_text
        from claims
        where {{ column }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
    union all
    -- Several organisations of one claim are one value: the list in its own order.
    select
        organisations.role_code as slot,
        claims.event_id as scope_id,
        claims.claim_id,
        string_agg(organisations.organisation_id, ';' order by organisations.ordinal) as value_text
    from organisations
    inner join claims on organisations.claim_id = claims.claim_id
    group by organisations.role_code, claims.event_id, claims.claim_id
),

stated as (
    select
        slot,
        scope_id,
        claim_id,
        value_text,
        value_number,
        unit,
        printed_number,
        printed_unit
    from stated_numbers
    union all
    select
        slot,
        scope_id,
        claim_id,
        value_text,
        null as value_number,
        null as unit,
        null as printed_number,
        null as printed_unit
    from stated_texts
),

-- What a person decided stands beside what the claim says, which is then doubted: nothing is overwritten.
decided as (
    select
        decisions.claim_id,
        case decisions.slot
            when 'origin_region' then 'region'
            when 'period' then 'date'
            when 'name' then 'fair_name'
            when 'place' then 'fair_place'
            else decisions.slot
        end as slot,
        decisions.decided_text,
        decisions.decided_number,
        decisions.decided_unit,
        decisions.decided_kg,
        decisions.first_day,
        decisions.last_day,
        decisions.date_precision_code
    from decisions
),

all_stated as (
    select
        stated.slot,
        stated.scope_id,
        stated.claim_id,
        stated.value_text,
        stated.value_number,
        stated.unit,
        stated.printed_number,
        stated.printed_unit,
        cast(null as date) as decided_first_day,
        cast(null as date) as decided_last_day,
        cast(null as varchar) as decided_precision_code,
        false as is_decided,
        decided.claim_id is not null as is_overruled
    from stated
    left join decided on stated.claim_id = decided.claim_id and stated.slot = decided.slot
    union all
    select
        decided.slot,
        if(
            decided.slot in ('quantity', 'containers', 'value', 'amount', 'transaction'),
            claims.line_id,
            claims.event_id
        ) as scope_id,
        decided.claim_id,
        decided.decided_text as value_text,
        coalesce(decided.decided_kg, decided.decided_number) as value_number,
        if(decided.decided_kg is null, decided.decided_unit, 'kg') as unit,
        decided.decided_number as printed_number,
        decided.decided_unit as printed_unit,
        decided.first_day as decided_first_day,
        decided.last_day as decided_last_day,
        decided.date_precision_code as decided_precision_code,
        true as is_decided,
        false as is_overruled
    from decided
    inner join claims on decided.claim_id = claims.claim_id
    where decided.decided_text is not null or decided.decided_number is not null
),

final as (
    select
        stated.slot,
        stated.scope_id,
        claims.event_id,
        stated.claim_id,
        claims.claim_type_code,
        stated.value_text,
        stated.value_number,
        stated.unit,
        stated.printed_number,
        stated.printed_unit,
        if(stated.slot = 'date', coalesce(stated.decided_first_day, claims.first_day), null) as first_day,
        if(stated.slot = 'date', coalesce(stated.decided_last_day, claims.last_day), null) as last_day,
        if(stated.slot = 'date', coalesce(stated.decided_precision_code, claims.date_precision_code), null)
            as date_precision_code,
        case
            when stated.is_decided then null
            when stated.slot in ('quantity', 'value', 'containers', 'amount', 'transaction', 'participants')
                then json_extract_string(claims.qualifiers, '$.' || stated.slot)
        end as qualifier,
        case
            when stated.is_overruled then true
            when stated.is_decided then false
            when stated.slot = 'date' then claims.has_date_doubt
            when stated.value_number is not null then claims.has_figure_doubt
            else false
        end as has_doubt,
        -- 0 is a person's decision.
        if(stated.is_decided, 0, claims.source_rank) as source_rank,
        stated.is_decided,
        claims.cluster_id,
        claims.published_first_day,
        claims.confidence
    from all_stated as stated
    inner join claims on stated.claim_id = claims.claim_id
)

select * from final
