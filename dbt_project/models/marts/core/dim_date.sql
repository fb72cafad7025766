-- Days a fact can begin or end on: from 1945 to 2049, and every other year that a claim or a person names.
with codes as (select * from {{ ref('stg_resolve__claim_codes') }}),

decisions as (select * from {{ ref('stg_resolve__review_decisions') }}),

years as (
    select unnest(generate_series(1945, 2049)) as year_number
    union
    select year(first_day) from codes
    union
    select year(last_day) from codes
    union
    select year(first_day) from decisions
    union
    select year(last_day) from decisions
),

days as (
    select
        cast(
            unnest(
                generate_series(make_date(year_number, 1, 1), make_date(year_number, 12, 31), interval 1 day)
            ) as date
        ) as date_day
    from years
    where year_number is not null
),

final as (
    select
        date_day,
        cast(year(date_day) as integer) as year_number,
        cast(if(month(date_day) <= 6, 1, 2) as integer) as semester_number,
        cast(quarter(date_day) as integer) as quarter_number,
        cast(month(date_day) as integer) as month_number,
        strftime(date_day, '%Y-%m') as month_edtf,
        cast(isodow(date_day) as integer) as iso_weekday_number,
        cast(date_trunc('month', date_day) as date) as month_start_date,
        cast(date_trunc('year', date_day) as date) as year_start_date
    from days
)

select * from final
