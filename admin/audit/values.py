"""What of a change is an amount, and whom it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

STAFF, ASSIGNED = "staff:", "assigned_to"
_OF_PRICES = frozenset({"prices.change", "price_list.prices"})
_ENDS = (" price", "_minor")
_MINOR = frozenset({("return.refund", "suggested"), ("return.refund", "paid back")})
_DECIMAL = frozenset(
    {("order.refund", "refund"), ("order.transfer", "amount"), ("order.create", "total"), ("order.change", "total")}
)


def is_price(action: str, field: str) -> bool:
    """Say whether whole numbers in `field` of a change are amounts in minor units of the shop's currency."""
    return action in _OF_PRICES or field.endswith(_ENDS) or (action, field) in _MINOR


def is_decimal(action: str, field: str) -> bool:
    """Say whether `field` of a change holds amounts as people write them."""
    return (action, field) in _DECIMAL


def actor_in(field: str, value: object) -> str:
    """Return the member of staff ("staff:3") whom a value names, "" where it names nobody."""
    if field == ASSIGNED and value is not None:
        return f"{STAFF}{str(value).removeprefix(STAFF)}"
    return str(value) if str(value).startswith(STAFF) else ""


def named_in(entry: Any) -> Iterator[str]:
    """Return the members of staff whom a change names; what is no change names nobody."""
    for field, values in getattr(entry, "changes", {}).items():
        yield from filter(None, (actor_in(field, value) for value in values))
