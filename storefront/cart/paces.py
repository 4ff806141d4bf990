"""How fast one may fill carts, whichever page does it."""

from __future__ import annotations

from storefront.web.pacing import Pace

FILLING = Pace("filling", alone=120, network=600, minutes=1)
"""Goods put into carts, one, a set or an order's: each may begin a cart."""
