"""How resolve, dbt and the fifteen questions do on a million synthetic claims."""
