"""Imports in the back office."""
