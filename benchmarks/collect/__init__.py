"""How fast and how steadily web archives become articles."""
