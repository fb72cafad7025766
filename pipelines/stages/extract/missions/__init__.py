"""Trade missions, business matching and the visits of buyers."""
