"""Mirrors the four packages, plus `journeys/` (whole errands, some in a browser) and `plan/` (rules of the house)."""
