-- Guards revisions: the versions of one target form one chain with one latest version.
with targets as (select * from {{ ref('fct_export_targets') }})

select event_id
from targets
group by event_id
having
    sum(if(is_latest_version, 1, 0)) != 1
    or sum(if(supersedes_line_id is null, 1, 0)) != 1
    or count(distinct version_number) != count(*)
