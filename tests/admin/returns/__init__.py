"""Returns in the back office."""
