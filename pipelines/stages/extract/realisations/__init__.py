"""Realised exports: values, volumes and growths, with their period, region, goods and markets."""
