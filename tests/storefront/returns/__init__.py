"""Returns, exchanges and claims."""
