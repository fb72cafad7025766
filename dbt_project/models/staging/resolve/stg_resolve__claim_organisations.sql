with source as (select * from {{ source('resolve', 'claim_organisations') }}),

renamed as (
    select
        claim_id,
        role_code,
        ordinal,
        organisation_name,
        organisation_id
    from source
)

select * from renamed
