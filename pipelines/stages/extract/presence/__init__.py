"""Market presence: who sells which goods of a region where."""
