"""The search report."""
