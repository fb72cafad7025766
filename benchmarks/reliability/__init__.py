"""Soaks and measurements behind docs/reliability.md: kills, readers, consecutive runs, fuzzed input."""
