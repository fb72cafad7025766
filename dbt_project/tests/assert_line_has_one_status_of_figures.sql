-- Guards the four axes: one line never joins a target with a result, or export with interprovincial trade.
with claims as (select * from {{ ref('claims') }})

select line_id
from claims
group by line_id
having
    count(distinct flow_code) > 1
    or count(distinct metric_code) > 1
    or count(distinct if(commitment_code = 'target', 'target', 'other')) > 1
