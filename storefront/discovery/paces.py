"""How fast one may search and ask for suggestions, whichever page asks."""

from __future__ import annotations

from storefront.web.pacing import Pace

SEARCHES = Pace("search", alone=120, network=600, minutes=1)
"""Searches, in the whole shop or in a category."""
SUGGESTIONS = Pace("suggestions", alone=300, network=1500, minutes=1)
