-- Guards revisions: of one goal nothing is superseded twice, and a version never supersedes itself or its successor.
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
