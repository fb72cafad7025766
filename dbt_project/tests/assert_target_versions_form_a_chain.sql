-- Guards revisions: a version supersedes one earlier version of its own goal, and one at most supersedes it.
with targets as (select * from {{ ref('fct_export_targets') }})

select
    newer.target_id,
    newer.line_id
from targets as newer
left join targets as older on newer.supersedes_line_id = older.line_id
where
    newer.supersedes_line_id is not null
    and (
        older.target_id != newer.target_id
        or older.superseded_by_line_id != newer.line_id
        or older.version_number >= newer.version_number
    )
