-- Days a fact can begin or end on: wider than any article this warehouse reads.
with days as (
    select cast(day as date) as date_day
    from generate_series(date '1945-01-01', date '2049-12-31', interval 1 day) as series (day)
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
