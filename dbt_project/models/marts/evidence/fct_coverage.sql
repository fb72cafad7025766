with articles as (select * from {{ ref('articles') }}),

claims as (select * from {{ ref('int_claims__coded') }}),

-- An article's month: its publication date where that is known to the month, else unknown.
read as (
    select
        article_id,
        coalesce(outlet, 'unknown') as outlet_name,
        case when length(published) >= 7 then substr(published, 1, 7) else 'unknown' end as published_month
    from articles
),

read_per_outlet as (
    select
        outlet_name,
        published_month,
        count(*) as n_articles_read
    from read
    group by outlet_name, published_month
),

on_topic as (
    select distinct
        read.article_id,
        read.outlet_name,
        read.published_month,
        coalesce(claims.region_id, 'unknown') as coverage_region_id
    from read
    inner join claims on read.article_id = claims.article_id
),

off_topic as (
    select
        read.article_id,
        read.outlet_name,
        read.published_month,
        'none' as coverage_region_id
    from read
    anti join claims on read.article_id = claims.article_id
),

counted as (
    select
        coverage_region_id,
        outlet_name,
        published_month,
        count(*) as n_articles_on_topic
    from on_topic
    group by coverage_region_id, outlet_name, published_month
    union all
    select
        coverage_region_id,
        outlet_name,
        published_month,
        0 as n_articles_on_topic
    from off_topic
    group by coverage_region_id, outlet_name, published_month
),

final as (
    select
        concat_ws('|', counted.coverage_region_id, counted.outlet_name, counted.published_month)
            as coverage_id,
        if(counted.coverage_region_id in ('unknown', 'none'), null, counted.coverage_region_id) as region_id,
        counted.coverage_region_id = 'none' as is_off_topic,
        counted.outlet_name,
        counted.published_month,
        read_per_outlet.n_articles_read,
        cast(counted.n_articles_on_topic as bigint) as n_articles_on_topic
    from counted
    inner join read_per_outlet
        on
            counted.outlet_name = read_per_outlet.outlet_name
            and counted.published_month = read_per_outlet.published_month
)

select * from final
