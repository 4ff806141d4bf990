"""The shop: its domain, and the pages that shoppers see.

A set of rooms, one per feature, listed bottom-up in `pyproject.toml` (import-linter) and in CONTRIBUTING.
"""
