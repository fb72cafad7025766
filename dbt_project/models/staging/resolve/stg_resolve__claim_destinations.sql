with source as (select * from {{ source('resolve', 'claim_destinations') }}),

renamed as (
    select
        claim_id,
        ordinal,
        destination_code,
        destination_kind as destination_kind_code,
        region_id
    from source
)

select * from renamed
