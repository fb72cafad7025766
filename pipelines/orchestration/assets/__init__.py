"""The assets, one module for each stage: load, call one pure function, store."""
