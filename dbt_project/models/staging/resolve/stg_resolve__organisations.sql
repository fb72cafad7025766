with source as (select * from {{ source('resolve', 'organisations') }}),

renamed as (
    select
        organisation_id,
        organisation_name,
        organisation_kind as organisation_kind_code,
        legal_form as legal_form_code,
        aliases
    from source
)

select * from renamed
