-- Goods and markets of each line as readable lists; the bridges hold them row by row.
with products as (select * from {{ ref('int_lines__products') }}),

destinations as (select * from {{ ref('int_lines__destinations') }}),

organisations as (select * from {{ ref('int_lines__organisations') }}),

names as (select * from {{ ref('stg_resolve__organisations') }}),

support as (select * from {{ ref('int_lines__support') }}),

product_lists as (
    select
        line_id,
        string_agg(product_name_reported, ', ' order by product_name_reported) as product_names,
        list(product_id order by product_id) as product_ids,
        min(product_id) as first_product_id
    from products
    group by line_id
),

destination_lists as (
    select
        line_id,
        string_agg(destination_code, ', ' order by destination_code) as destination_codes,
        list(country_code order by country_code) filter (where country_code is not null) as country_codes
    from destinations
    group by line_id
),

organisation_lists as (
    select
        organisations.line_id,
        organisations.role_code,
        string_agg(names.organisation_name, '; ' order by names.organisation_name) as organisation_names
    from organisations
    inner join names on organisations.organisation_id = names.organisation_id
    group by organisations.line_id, organisations.role_code
),

final as (
    select
        support.line_id,
        product_lists.product_names,
        coalesce(product_lists.product_ids, []) as product_ids,
        product_lists.first_product_id,
        destination_lists.destination_codes,
        coalesce(destination_lists.country_codes, []) as country_codes,
        exporters.organisation_names as exporter_names,
        issuers.organisation_names as issuer_names,
        organisers.organisation_names as organiser_names
    from support
    left join product_lists on support.line_id = product_lists.line_id
    left join destination_lists on support.line_id = destination_lists.line_id
    left join organisation_lists as exporters
        on support.line_id = exporters.line_id and exporters.role_code = 'exporter'
    left join organisation_lists as issuers
        on support.line_id = issuers.line_id and issuers.role_code = 'issuer'
    left join organisation_lists as organisers
        on support.line_id = organisers.line_id and organisers.role_code = 'organiser'
)

select * from final
