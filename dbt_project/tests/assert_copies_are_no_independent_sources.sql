-- Guards corroboration: articles of one cluster count as one source, however many outlets carry the text.
with facts as (select * from {{ ref('int_lines__support') }}),

evidence as (select * from {{ ref('bridge_event_claims') }}),

counted as (
    select
        line_id,
        count(distinct cluster_id) as n_clusters
    from evidence
    group by line_id
)

select facts.line_id
from facts
inner join counted on facts.line_id = counted.line_id
where facts.n_independent_sources != counted.n_clusters
