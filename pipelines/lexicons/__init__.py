"""Words and names as data, and typed access to them."""
