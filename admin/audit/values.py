"""What the values of a change mean."""

from __future__ import annotations

_OF_PRICES = frozenset({"prices.change", "price_list.prices"})
_ENDS = (" price", "_minor")


def is_price(action: str, field: str) -> bool:
    """Say whether whole numbers in `field` of a change are amounts in minor units of the shop's currency."""
    return action in _OF_PRICES or field.endswith(_ENDS)
