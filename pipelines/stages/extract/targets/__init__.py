"""Export targets and their revisions."""
