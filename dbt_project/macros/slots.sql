{#- The preferred value of one slot, and what else was claimed, from int_slots__preferred (one row per scope and slot). -#}
{% macro slot_text(slot) -%}
    max(case when slot = '{{ slot }}' then value_text end)
{%- endmacro %}

{% macro slot_number(slot) -%}
    max(case when slot = '{{ slot }}' then printed_number end)
{%- endmacro %}

{% macro slot_min(slot) -%}
    max(case when slot = '{{ slot }}' then min_number end)
{%- endmacro %}

{% macro slot_max(slot) -%}
    max(case when slot = '{{ slot }}' then max_number end)
{%- endmacro %}

{% macro slot_unit(slot) -%}
    max(case when slot = '{{ slot }}' then printed_unit end)
{%- endmacro %}

{% macro slot_qualifier(slot) -%}
    max(case when slot = '{{ slot }}' then qualifier end)
{%- endmacro %}
