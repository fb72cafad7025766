{#- Schemas are named as the project says (`marts`, `core`), without the target's prefix: readers query these names. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name if custom_schema_name is not none else target.schema }}
{%- endmacro %}
