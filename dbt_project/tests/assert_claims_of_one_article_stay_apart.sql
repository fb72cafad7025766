-- Guards several figures of one article: two claims of one article never state the same line of one event,
-- so a part, its total and another part are never taken for one shipment.
with evidence as (select * from {{ ref('bridge_event_claims') }})

select
    line_id,
    article_id,
    count(*) as n_claims
from evidence
group by line_id, article_id
having count(*) > 1
