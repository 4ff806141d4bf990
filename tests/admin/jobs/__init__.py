"""Background work in the back office."""
