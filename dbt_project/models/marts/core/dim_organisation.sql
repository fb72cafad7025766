with organisations as (select * from {{ ref('stg_resolve__organisations') }}),

final as (
    select
        organisation_id,
        organisation_name,
        organisation_kind_code,
        legal_form_code,
        aliases
    from organisations
)

select * from final
