{#- Generic test: a row-level invariant holds in every row; unknown (null) counts as held. -#}
{% test expression_holds(model, expression) %}
select *
from {{ model }}
where not ({{ expression }})
{% endtest %}
