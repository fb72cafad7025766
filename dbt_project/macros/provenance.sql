{#- The columns every fact ends with: support, conflicts, confidence, review and when it was first said and seen. -#}
{% macro fact_provenance() -%}
        facts.n_claims,
        facts.n_articles,
        facts.n_independent_sources,
        len(facts.conflict_slots) > 0 as has_conflict,
        facts.conflict_slots,
        facts.confidence,
        facts.review_status_code,
        facts.best_claim_id,
        ---------- times
        facts.first_said_day,
        facts.last_said_day,
        facts.first_seen_at
{%- endmacro %}
