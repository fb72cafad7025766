-- A target beside what was achieved, only where measure, region, period, goods and currency or unit agree.
with targets as (select * from {{ ref('fct_export_targets') }}),

realisations as (select * from {{ ref('fct_export_realisations') }}),

final as (
    select
        ---------- keys
        targets.line_id as target_line_id,
        realisations.line_id as realisation_line_id,
        targets.region_id,
        ---------- attributes
        targets.region_name,
        targets.metric_code,
        targets.commodity_name,
        targets.period_edtf,
        coalesce(targets.currency_code, targets.unit_code) as currency_or_unit_code,
        realisations.statistical_basis_code,
        targets.is_latest_version,
        ---------- measures
        targets.amount as target_amount,
        realisations.amount as realised_amount,
        -- Derived; growth rates are compared, never divided.
        case
            when targets.metric_code in ('value', 'volume', 'exporters') and targets.amount > 0
                then cast(realisations.amount as double) / cast(targets.amount as double)
        end as achieved_share
    from targets
    inner join realisations
        on
            targets.region_id = realisations.region_id
            and targets.metric_code = realisations.metric_code
            and targets.first_day = realisations.first_day
            and targets.last_day = realisations.last_day
            and targets.product_id is not distinct from realisations.product_id
            and targets.currency_code is not distinct from realisations.currency_code
            and targets.unit_code is not distinct from realisations.unit_code
    where realisations.destination_codes is null
)

select * from final
